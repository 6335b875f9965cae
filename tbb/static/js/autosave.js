/* Saves a draft or the record of a meeting while it is written: a few seconds after each change and when a field is
   left, only what has changed. `data-over` says what is told when it can be written in no longer. Nothing is kept in the browser. What another device has changed meanwhile is put together by the server, and shown.
   When one is signed out the text stays in the page, and saving goes on after signing in in another tab. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const [SOON, LATER, MOST] = [400, 2500, 30e3];
  const line = form.querySelector("[data-saved]");
  const said = line.querySelector("[data-saved-text]");
  const seen = form.elements.namedItem("seen");
  const touched = new Set();
  let [timer, busy, tries, leaving, over] = [0, false, 0, false, false];

  const fields = (name) => [...form.elements].filter((field) => field.name === name);
  const value = (name) => {
    const [first, ...more] = fields(name).filter((field, _at, all) => field.type !== "hidden" || all.length === 1);
    if (first.type === "radio") return [first, ...more].find((field) => field.checked)?.value ?? "";
    return first.type === "checkbox" ? (first.checked ? first.value : "") : first.value;
  };
  const kept = (field) => field.name && (field.name.includes(".") || field.name === "strengths");

  const tell = (text, bad = false) => {
    if (bad) line.dataset.state = "bad";
    else delete line.dataset.state;
    if (said.textContent !== text) said.replaceChildren(text);
  };
  const askToSignIn = () => {
    tell("Du är utloggad. Det du har skrivit är kvar här på sidan men inte sparat. ", true);
    const link = document.createElement("a");
    Object.assign(link, { href: location.pathname, target: "_blank", rel: "noopener", className: "ds-link" });
    link.textContent = "Logga in på en ny flik";
    said.append(link, " och låt den här sidan vara öppen. Då sparas det av sig självt.");
  };

  /* A note under a field: what is wrong, or what is pointed out. */
  const note = (name, kind, sentences) => {
    const field = fields(name).at(-1);
    const id = `${field.id}-${kind}`;
    let box = document.getElementById(id);
    if (!sentences.length) return void box?.remove();
    if (!box) {
      box = document.createElement("div");
      Object.assign(box, { id, className: kind === "fel" ? "ds-validation-message" : "guarded" });
      box.setAttribute("role", "status");
      (field.closest(".ds-field") ?? field).append(box);
    }
    const text = sentences.join(" ");
    if (box.textContent !== text) box.textContent = text;
  };

  /* The words of both devices, without moving the caret of the one who writes on. */
  const put = (name, sent, merged) => {
    const [field] = fields(name);
    if (!field.value.startsWith(sent)) return false;
    const at = [field.selectionStart, field.selectionEnd].map((spot) => spot + merged.length - sent.length);
    const here = document.activeElement === field && merged.endsWith(sent);
    field.value = merged + field.value.slice(sent.length);
    if (here) field.setSelectionRange(...at);
    return true;
  };
  const take = (answer, sent) => {
    const marks = JSON.parse(seen.value || "{}");
    let both = false;
    for (const [name, mark] of Object.entries(answer.seen)) {
      const merged = answer.merged[name];
      if (merged !== undefined) both = true;
      if (merged === undefined || put(name, sent.get(name), merged)) marks[name] = mark;
    }
    seen.value = JSON.stringify(marks);
    for (const name of sent.keys()) {
      note(name, "fel", [answer.problems[name]].filter(Boolean));
      const old = document.getElementById(`${fields(name).at(-1).id}-w`);
      if (old && name in answer.warnings) old.remove();
      note(name, "obs", answer.warnings[name] ?? []);
    }
    const wrong = Object.keys(answer.problems).length;
    if (both) tell("En text hade ändrats på en annan enhet. Båda versionerna finns kvar. Läs igenom.", true);
    else if (wrong) tell("Allt utom det som är markerat är sparat.", true);
    else tell(answer.left.length ? "Valet och det som hör till det sparas när du trycker på Spara." : answer.saved);
  };

  const body = (names) => {
    const data = new URLSearchParams();
    data.set("csrf_token", form.elements.namedItem("csrf_token").value);
    const marks = JSON.parse(seen.value || "{}");
    data.set("seen", JSON.stringify(Object.fromEntries(names.filter((name) => name in marks).map((name) => [name, marks[name]]))));
    for (const name of names) data.set(name, value(name));
    return data;
  };
  /* After signing in anew the page's token is another; it is fetched from the page itself, and only its author gets it. */
  const renewToken = async () => {
    const answer = await fetch(location.pathname, { redirect: "manual", cache: "no-store" });
    if (!answer.ok) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("form[data-autosave] [name=csrf_token]")?.value;
    if (token) form.elements.namedItem("csrf_token").value = token;
    return Boolean(token);
  };
  const again = () => plan(Math.min(MOST, 3000 * ++tries));

  const save = async (keepalive = false) => {
    if (over || !touched.size || (busy && !keepalive)) return;
    clearTimeout(timer);
    busy = true;
    const names = [...touched];
    const sent = new Map(names.map((name) => [name, value(name)]));
    touched.clear();
    const failed = () => names.forEach((name) => touched.add(name));
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: body(names), redirect: "manual", cache: "no-store", keepalive });
      if (answer.ok) {
        tries = 0;
        take(await answer.json(), sent);
        document.dispatchEvent(new Event("htmx:after:swap")); /* sitting.js: one is still here */
      } else if (answer.status === 404 || answer.status === 409) {
        over = true;
        tell(form.dataset.over ?? "Hjulet är skickat eller borttaget på en annan enhet. Det du skriver här sparas inte.", true);
      } else {
        failed();
        if (answer.type === "opaqueredirect" || answer.status === 400) (await renewToken()) || askToSignIn();
        else tell("Det gick inte att spara just nu. Texten är kvar på sidan. Vi försöker igen.", true);
        again();
      }
    } catch {
      failed();
      tell("Ingen kontakt med tjänsten. Texten är kvar på sidan. Vi försöker igen.", true);
      again();
    }
    busy = false;
    if (touched.size && !tries) plan(LATER);
  };
  const plan = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };

  /* In another tab somebody has signed in. sitting.js asks before it leaves the page: what is not saved yet is saved
     first, out of sight, if it is the author who came back; nobody else is given the page's token. */
  const saveFirst = async (leave) => {
    document.documentElement.hidden = true;
    while (busy) await new Promise((done) => setTimeout(done, 50));
    const mine = await renewToken().catch(() => false);
    if (mine) await save();
    document.documentElement.hidden = !mine;
    if (mine && touched.size) return again();
    leaving = true;
    leave();
  };
  document.addEventListener("tbb:other-sitting", (event) => {
    if (over || !(touched.size || busy)) return;
    event.preventDefault();
    saveFirst(event.detail);
  });

  form.addEventListener("input", ({ target }) => {
    if (!kept(target)) return;
    touched.add(target.name);
    if (!tries) plan(LATER);
  });
  form.addEventListener("change", ({ target }) => {
    if (!kept(target)) return;
    touched.add(target.name);
    count();
    if (!tries) plan(SOON);
  });
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
  });
  document.addEventListener("visibilitychange", () => document.hidden && save(true));
  addEventListener("pagehide", () => leaving || save(true));
  addEventListener("online", () => touched.size && plan(SOON));
  addEventListener("beforeunload", (event) => {
    if (!leaving && !over && touched.size && line.dataset.state === "bad") event.preventDefault();
  });

  /* How many areas are filled in, as the server says it when the page is made. */
  const left = form.querySelector("[data-left-areas]");
  const count = () => {
    if (!left) return;
    const areas = [...form.querySelectorAll("fieldset.area[data-color]")];
    const open = areas.filter((area) => !area.querySelector(".levels :checked"));
    const names = open.map((area) => area.querySelector("legend .ds-heading").firstChild.textContent.trim());
    const last = names.pop();
    left.querySelector("strong").textContent = `${areas.length - open.length} av ${areas.length}`;
    left.querySelector("span").textContent = last ? `${names.length ? `${names.join(", ")} och ` : ""}${last} är kvar.` : "Alla är med.";
  };
})();

/* Watches over a sitting: warns before it ends, and lets no private page be seen when it has. The server decides;
   this only tells in time and hides. Nothing is kept in the browser. The tabs of one browser tell each other. */
(() => {
  "use strict";
  const dialog = document.getElementById("kvar");
  if (!dialog) return;
  const { sitting, check, extend, out } = dialog.dataset;
  const [IDLE, WARN, UNSURE] = [1800e3, 300e3, 60e3]; /* the server notes that one is there once a minute */
  const find = (name) => dialog.querySelector(`[${name}]`);
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("tbb sitting") : null;
  const title = document.title;
  let [idleAt, wholeAt] = [0, 0];
  let [told, gone] = [false, false];

  const darken = () => {
    gone = true;
    document.documentElement.hidden = true;
    document.body.replaceChildren();
  };
  /* Away from here, to the page that was asked for if it can be, so that one comes back to it after signing in. */
  const leave = () => {
    darken();
    location.replace("again" in dialog.dataset ? location.pathname + location.search : out);
  };
  /* Another tab is signing out: dark at once, and on when the server has heard it too. */
  const follow = async (tries = 20) => {
    darken();
    const answer = await fetch(check, { redirect: "manual", cache: "no-store" }).catch(() => null);
    if (answer?.ok && tries) setTimeout(follow, 250, tries - 1);
    else location.replace(out);
  };
  const tell = (kind) => tabs?.postMessage({ kind, sitting, idleAt, wholeAt });
  const set = (idle, whole) => {
    idleAt = Date.now() + idle * 1e3;
    wholeAt = Date.now() + whole * 1e3;
    tell("here");
    look();
  };

  /* Asks the server; an answer that leads elsewhere, or is about somebody else's sitting, means that it is over. */
  const ask = async (address, method) => {
    const answer = await fetch(address, { method, redirect: "manual", cache: "no-store" });
    const told = answer.ok ? await answer.json() : {};
    if (answer.status >= 500) throw new Error("the service is away");
    if (told.mark !== sitting) leave();
    else set(told.idle, told.whole);
    return told.mark === sitting;
  };

  const words = (left) =>
    left < 60e3 ? "Mindre än en minut kvar." : left <= 120e3 ? "Två minuter kvar." : `${Math.ceil(left / 60e3)} minuter kvar.`;
  const show = (left, last) => {
    for (const part of dialog.querySelectorAll("[data-still]")) part.textContent = part.dataset[last ? "last" : "still"];
    if (find("data-left").textContent !== words(left)) find("data-left").textContent = words(left);
    if (dialog.open) return;
    find("data-problem").hidden = true;
    dialog.showModal();
    find("data-stay").focus();
    document.title = `${dialog.querySelector("h2").textContent} – ${title}`;
  };
  const hide = () => {
    if (dialog.open) dialog.close();
    document.title = title;
  };
  const look = () => {
    if (gone) return;
    const last = wholeAt <= idleAt;
    const left = Math.min(idleAt, wholeAt) - Date.now();
    if (left <= 0) leave();
    else if (left > WARN || (last && told)) hide();
    else show(left, last);
  };
  const stay = async () => {
    if (wholeAt <= idleAt) {
      told = true;
      return look();
    }
    try {
      await ask(extend, "POST");
    } catch {
      find("data-problem").hidden = false;
    }
  };

  find("data-stay").addEventListener("click", stay);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    stay();
  });
  tabs?.addEventListener("message", ({ data }) => {
    if (data.kind === "out") return void follow();
    if (data.sitting !== sitting) {
      // What is being written may be saved first; whoever listens holds the event back and leaves when done.
      const asked = new CustomEvent("tbb:other-sitting", { cancelable: true, detail: leave });
      return void (document.dispatchEvent(asked) && leave());
    }
    [idleAt, wholeAt] = [Math.max(idleAt, data.idleAt), data.wholeAt];
    look();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.querySelector("[data-sign-out]")) tell("out");
  });
  document.addEventListener("htmx:after:swap", () => {
    idleAt = Math.max(idleAt, Date.now() + IDLE - UNSURE);
    tell("here");
  });
  document.addEventListener("visibilitychange", look);

  /* A page that goes into the browser's memory is hidden first; coming back, it is shown when the server says so. */
  addEventListener("pagehide", () => (document.documentElement.hidden = true));
  addEventListener("pageshow", async (event) => {
    if (!event.persisted) return void (document.documentElement.hidden = false);
    try {
      if (await ask(check, "GET")) document.documentElement.hidden = false;
    } catch {
      leave();
    }
  });

  set(Number(dialog.dataset.idle), Number(dialog.dataset.whole));
  setInterval(look, 1000);
})();

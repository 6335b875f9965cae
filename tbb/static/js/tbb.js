/* What the pages gain when scripts run. Everything works without this file. */
(() => {
  "use strict";
  const all = (root, selector) => [...root.querySelectorAll(selector)];

  /* The language list closes on Escape, and when something outside it is pressed or focused. */
  const closeLanguages = (event) => {
    for (const list of all(document, ".lang[open]")) {
      if (event.type === "keydown") {
        if (event.key !== "Escape") continue;
        list.querySelector("summary").focus();
      } else if (list.contains(event.target)) continue;
      list.open = false;
    }
  };
  for (const type of ["keydown", "click", "focusin"]) document.addEventListener(type, closeLanguages);

  /* Suggestions: the links under a search box behave as a list box. */
  const options = (finder) => all(finder, ".suggest a");
  const mark = (finder, chosen) => {
    const input = finder.querySelector("input[type=search]");
    for (const option of options(finder)) option.setAttribute("aria-selected", String(option === chosen));
    if (chosen) {
      input.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const show = (finder, open) => {
    const box = finder.querySelector(".suggest");
    if (open) {
      box.setAttribute("role", "listbox");
      box.setAttribute("aria-label", finder.querySelector("label").textContent);
    } else {
      box.removeAttribute("role");
      box.removeAttribute("aria-label");
      box.replaceChildren();
    }
    finder.querySelector("input[type=search]").setAttribute("aria-expanded", String(open));
    mark(finder, null);
  };
  const list = (finder) => {
    const box = finder.querySelector(".suggest");
    const heard = box.querySelector("[data-announce]");
    finder.querySelector("[data-finder-status]").textContent = heard?.textContent ?? "";
    heard?.remove();
    options(finder).forEach((option, number) => {
      option.id = `${box.id}-${number}`;
      option.tabIndex = -1;
      option.setAttribute("role", "option");
      option.parentElement.setAttribute("role", "presentation");
      option.parentElement.parentElement.setAttribute("role", "presentation");
    });
    show(finder, options(finder).length > 0);
  };
  const steer = (finder, event) => {
    const links = options(finder);
    const now = links.findIndex((link) => link.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && links.length) mark(finder, links.at((now < 0 && step < 0 ? 0 : now) + step) ?? links[0]);
    else if (event.key === "Enter" && now >= 0) links[now].click();
    else if (event.key === "Escape") {
      event.target.dispatchEvent(new Event("htmx:abort")); /* an answer on its way must not open the list again */
      if (!links.length) return;
      show(finder, false);
    }
    else return;
    event.preventDefault();
  };
  const equip = (finder) => {
    const input = finder.querySelector("input[type=search]");
    const box = finder.querySelector(".suggest");
    if (!box) return;
    const wiring = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": box.id };
    for (const [name, value] of Object.entries(wiring)) input.setAttribute(name, value);
    input.addEventListener("keydown", (event) => steer(finder, event));
    finder.addEventListener("focusout", (event) => finder.contains(event.relatedTarget) || show(finder, false));
  };

  /* After a page or a fragment has come: new search boxes, suggestions, print buttons, and where to look next. */
  const arrive = (root) => {
    all(root, "[data-finder]:not([data-ready])").forEach((finder) => {
      finder.dataset.ready = "";
      equip(finder);
    });
    all(root, "[data-print]").forEach((button) => (button.hidden = false));
    const next = root.querySelector("[data-focus]");
    next?.removeAttribute("data-focus");
    next?.focus();
  };
  document.addEventListener("click", (event) => event.target.closest?.("[data-print]") && window.print());
  document.addEventListener("htmx:after:swap", (event) => {
    const finder = event.target.closest?.("[data-finder]");
    if (finder) list(finder);
    else arrive(document);
  });
  arrive(document);
})();

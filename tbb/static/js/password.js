/* A button that shows what is typed in the password fields it names, and hides it again before they are sent. */
(() => {
  "use strict";
  const fieldsOf = (button) => button.dataset.reveal.split(" ").map((name) => document.getElementById(name));
  const show = (button, shown) => {
    for (const field of fieldsOf(button)) field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };
  for (const button of document.querySelectorAll("[data-reveal]")) {
    button.hidden = false;
    button.addEventListener("click", () => show(button, button.getAttribute("aria-pressed") !== "true"));
    button.form?.addEventListener("submit", () => show(button, false));
  }
})();

/* The editor of news: buttons that write Markdown's signs, and the newest version's number after each saving.
   Saving itself is a form and htmx; without this file one writes the signs oneself and presses Spara. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-editor]");
  if (!form) return;
  const text = form.elements.namedItem("body");
  const bar = form.querySelector("[data-toolbar]");
  bar.hidden = false;

  const around = (before, after, sample) => {
    const [from, to] = [text.selectionStart, text.selectionEnd];
    const chosen = text.value.slice(from, to) || sample;
    text.setRangeText(before + chosen + after, from, to, "end");
    text.setSelectionRange(from + before.length, from + before.length + chosen.length);
  };
  const lines = (sign) => {
    const from = text.value.lastIndexOf("\n", text.selectionStart - 1) + 1;
    const until = text.value.indexOf("\n", text.selectionEnd);
    const to = until < 0 ? text.value.length : until;
    const made = text.value.slice(from, to).split("\n").map((line, number) => sign(number) + line).join("\n");
    text.setRangeText(made, from, to, "end");
  };
  const put = {
    heading: () => lines(() => "## "),
    bold: () => around("**", "**", "viktigt"),
    list: () => lines(() => "- "),
    numbers: () => lines((number) => `${number + 1}. `),
    quote: () => lines(() => "> "),
    tongue: () => around("[", "]{en}", "text på engelska"),
    link: () => around("[", "](https://)", "vart länken leder"),
  };
  bar.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-put]");
    if (!button) return;
    text.focus();
    put[button.dataset.put]();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });

  /* A picture goes where the caret last was, on a line of its own. Without scripts one writes its line oneself. */
  for (const part of form.querySelectorAll("[data-by-hand], [data-by-button]")) part.hidden = "byHand" in part.dataset;
  form.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-picture]");
    if (!button) return;
    const [before, after] = [text.value.slice(0, text.selectionEnd).trimEnd(), text.value.slice(text.selectionEnd).trimStart()];
    const line = `${before && "\n\n"}![](bild:${button.dataset.picture})\n\n`;
    text.setRangeText(line + after, before.length, text.value.length);
    text.setSelectionRange(before.length + line.length, before.length + line.length);
    text.focus();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });

  /* One stop for the Tab key, arrows between the buttons: as toolbars are. */
  const buttons = [...bar.querySelectorAll("button")];
  buttons.forEach((button, number) => (button.tabIndex = number ? -1 : 0));
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const now = buttons.indexOf(document.activeElement);
    if (!step || now < 0) return;
    event.preventDefault();
    const next = buttons.at((now + step) % buttons.length);
    buttons[now].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });

  /* After a saving the answer tells the version that is kept now. */
  document.addEventListener("htmx:after:swap", () => {
    const fresh = document.querySelector("[data-fresh-version]");
    if (!fresh) return;
    form.elements.namedItem("seen").value = fresh.value;
    fresh.remove();
  });
})();

/* The wheel as a tool for talking: asks before answers are lost, tells the wheel's petals what was answered, and reads
   aloud. Nothing is kept, nothing is sent: what is answered lives in the form alone, and is gone when one leaves. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-talk]");
  if (!form) return;
  let sending = false;

  /* The petals are links to the areas; those who listen hear how each area is. */
  const petals = [...form.querySelectorAll(".petal a")].map((link) => [link, link.getAttribute("aria-label")]);
  const tell = () => {
    for (const [link, name] of petals) {
      const chosen = form.querySelector(`${link.getAttribute("href")} input:checked`);
      link.setAttribute("aria-label", chosen ? `${name}: ${chosen.labels[0].textContent.trim()}` : name);
    }
  };

  /* Leaving asks, when there is something to lose. The button that takes the answers along leaves on purpose. */
  const ask = (event) => sending || event.preventDefault();
  const watch = () => {
    const answered = form.querySelector("input[type=radio]:checked") !== null;
    window[answered ? "addEventListener" : "removeEventListener"]("beforeunload", ask);
    tell();
  };
  form.addEventListener("change", watch);
  form.addEventListener("reset", () => setTimeout(watch));
  form.addEventListener("submit", (event) => (sending = event.submitter?.getAttribute("formmethod") !== "dialog"));

  /* Reading aloud: only by a voice in this device, since the others would send what is read to somebody else. */
  const speech = window.speechSynthesis;
  const buttons = [...form.querySelectorAll("[data-read]")];
  const here = document.documentElement.lang;
  const voice = () => speech.getVoices().find((one) => one.localService && one.lang.slice(0, 2).toLowerCase() === here);
  const parts = (area) => area.querySelectorAll("legend .ds-heading, .talkabout, .facechoice .ds-label");
  const hush = () => {
    speech?.cancel();
    for (const button of buttons) button.setAttribute("aria-pressed", "false");
    for (const area of form.querySelectorAll(".is-read")) area.classList.remove("is-read");
  };
  const read = (areas, button) => {
    hush();
    button.setAttribute("aria-pressed", "true");
    areas.forEach((area, number) => {
      const said = new SpeechSynthesisUtterance([...parts(area)].map((part) => part.textContent.trim()).join(". "));
      said.voice = voice();
      said.lang = said.voice.lang;
      said.rate = 0.9;
      said.onstart = () => {
        for (const other of areas) other.classList.toggle("is-read", other === area);
      };
      if (number === areas.length - 1) said.onend = hush;
      speech.speak(said);
    });
  };
  const offer = () => {
    for (const button of buttons) button.hidden = !voice();
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-pressed") === "true") return hush();
      const one = button.dataset.read;
      read(one ? [document.getElementById(one)] : [...form.querySelectorAll(".talkarea")], button);
    });
  }
  if (speech && buttons.length) {
    offer();
    speech.addEventListener?.("voiceschanged", offer);
  }

  /* A page that goes into the browser's memory takes no answers along. */
  addEventListener("pagehide", () => {
    hush();
    form.reset();
    sending = false;
  });
})();

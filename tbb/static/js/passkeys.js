/* Passkeys: the server is asked for a question, the device for an answer, and the form is sent with it. */
(() => {
  "use strict";
  /* A passkey belongs to a name, so a bare number such as 127.0.0.1 cannot have any. */
  const named = !/^[\d.]+$|:/.test(location.hostname);
  const able = named && "PublicKeyCredential" in window && "credentials" in navigator;
  const PROBLEMS = {
    AbortError: "Det avbröts. Försök igen.",
    InvalidStateError: "Den här enheten har redan en nyckel till ditt konto.",
    NotAllowedError: "Det avbröts, eller så tog det för lång tid. Försök igen.",
    NotSupportedError: "Den här enheten kan inte skapa en nyckel som fungerar här. Välj ett annat sätt.",
    SecurityError: "Nycklar fungerar inte på den här webbadressen.",
    Busy: "Du har försökt många gånger. Vänta några minuter och försök igen.",
    Full: "Du har redan så många nycklar som du kan ha. Ta bort någon först.",
    Old: "Sidan har legat öppen för länge. Läs in den igen.",
    TypeError: "Vi når inte servern. Kontrollera att du är ansluten till internet.",
  };

  const bytes = (text) => {
    const plain = text.replaceAll("-", "+").replaceAll("_", "/");
    return Uint8Array.from(atob(plain), (sign) => sign.charCodeAt(0));
  };
  const text = (buffer) => {
    const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
    return plain.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  };
  const known = (keys = []) => keys.map((key) => ({ ...key, id: bytes(key.id) }));
  const refuse = (name) => {
    throw Object.assign(new Error(name), { name });
  };

  const ask = async (form) => {
    const answer = await fetch(form.dataset.ask, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (answer.status === 429) refuse("Busy");
    if (answer.status === 409) refuse("Full");
    if (!answer.ok || answer.redirected) refuse("Old");
    return answer.json();
  };
  const create = async (options) => {
    const user = { ...options.user, id: bytes(options.user.id) };
    const excludeCredentials = known(options.excludeCredentials);
    const publicKey = { ...options, challenge: bytes(options.challenge), user, excludeCredentials };
    const made = await navigator.credentials.create({ publicKey });
    return {
      id: made.id,
      rawId: text(made.rawId),
      type: made.type,
      response: {
        clientDataJSON: text(made.response.clientDataJSON),
        attestationObject: text(made.response.attestationObject),
        transports: made.response.getTransports?.() ?? [],
      },
    };
  };
  const get = async (options) => {
    const allowCredentials = known(options.allowCredentials);
    const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials };
    const given = await navigator.credentials.get({ publicKey });
    return {
      id: given.id,
      rawId: text(given.rawId),
      type: given.type,
      response: {
        clientDataJSON: text(given.response.clientDataJSON),
        authenticatorData: text(given.response.authenticatorData),
        signature: text(given.response.signature),
        userHandle: given.response.userHandle ? text(given.response.userHandle) : null,
      },
    };
  };

  const say = (form, sentence) => {
    const place = form.querySelector("[data-passkey-problem]");
    place.replaceChildren();
    if (!sentence) return;
    const line = document.createElement("p");
    line.className = "ds-validation-message";
    line.textContent = sentence;
    place.append(line);
  };
  const rest = (form, resting) => {
    for (const button of form.querySelectorAll("button")) button.disabled = !resting;
    form.ariaBusy = String(!resting);
  };
  const run = async (form) => {
    say(form, "");
    rest(form, false);
    try {
      const { token, options } = await ask(form);
      const answer = await (form.dataset.passkey === "create" ? create(options) : get(options));
      form.elements.token.value = token;
      form.elements.answer.value = JSON.stringify(answer);
      form.submit();
    } catch (problem) {
      rest(form, true);
      say(form, PROBLEMS[problem.name] ?? "Det gick inte. Försök igen eller välj ett annat sätt.");
    }
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.ariaBusy !== "true") run(form);
    });
  }
  for (const place of document.querySelectorAll("[data-passkey-able]")) place.hidden = !able;
  for (const place of document.querySelectorAll("[data-passkey-unable]")) place.hidden = able;
  addEventListener("pageshow", () => document.querySelectorAll("form[data-passkey]").forEach((form) => rest(form, true)));
})();

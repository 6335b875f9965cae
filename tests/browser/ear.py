"""Listens to a tab for whatever a page does that its visitor has not asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Error
from playwright.sync_api import Page as Tab

OWN_FILES = re.compile(r"/static/|(/\w\w)?/(bilder|filer)/|.*/qr\.svg$")
TELL = """document.addEventListener('securitypolicyviolation',
    ({violatedDirective, blockedURI, sample}) => heard(`${violatedDirective} ${blockedURI} ${sample}`), true)"""
SETTLE = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 20)))"
ACTS = r"""() => {
  const acts = /^(javascript|vbscript|data:text)/i;
  const would = ({name, value}) =>
    /^(data-)?hx-on|^on|^srcdoc$/i.test(name) || (/^(data-)?hx-/i.test(name) && /fiende|alert/.test(value))
    || (/^(href|src|action|formaction|xlink:href|data)$/i.test(name) && acts.test(value.replace(/[\x00-\x20]/g, '')))
    || (/^(src|srcset|action|formaction|poster|data|background)$/i.test(name) && /evil\.example/.test(value));
  const found = [...document.querySelectorAll('*')].flatMap(({localName, attributes}) =>
    [...attributes].filter(would).map(({name, value}) => `<${localName} ${name}=${value.slice(0, 60)}>`));
  const strange = 'script:not([src]), iframe, object, embed, base, meta[http-equiv], portal, marquee, math, body style,'
    + ' body link[rel=stylesheet]';
  return [...found, ...[...document.querySelectorAll(strange)].map(({localName}) => `<${localName}>`)];
}"""
"""What would act when it is touched, or as soon as the policy were gone."""


@dataclass
class Ear:
    """Opens pages in a tab, and remembers what they did: `faults` says where and what."""

    tab: Tab
    faults: list[str] = field(default_factory=list)
    asked: str = "about:blank"
    opened: int = 0
    requests: int = 0

    def __post_init__(self):
        tab = self.tab
        tab.expose_function("heard", lambda told: self.note(f"refused by the policy: {told}"))
        tab.add_init_script(TELL)
        tab.on("dialog", self._dialog)
        tab.on("pageerror", lambda problem: self.note(f"a script failed: {problem}"))
        tab.on("console", lambda said: said.type in ("error", "warning") and self.note(f"console: {said.text}"))
        tab.on("request", lambda request: request.redirected_from or self._request(request.url))
        for kind in ("popup", "download", "websocket", "worker"):
            tab.on(kind, lambda _thing, kind=kind: self.note(f"a {kind}"))

    def open(self, address: str) -> None:
        """Go to a page, let it do what it will, and look for what would act when touched."""
        self.asked = address
        answer = self.tab.goto(address)
        if answer and answer.status >= 400:
            self.note(f"answers {answer.status}")
        self.look()

    def look(self) -> None:
        """Look at the page that is there."""
        self.opened += 1
        try:
            self.tab.evaluate(SETTLE)
            for acts in self.tab.evaluate(ACTS):
                self.note(f"would act: {acts}")
        except Error as problem:
            self.note(f"it led away: {problem}")

    def note(self, fault: str) -> None:
        """Remember what a page did."""
        self.faults.append(f"{urlsplit(self.asked).path}: {fault[:300]}")

    def _dialog(self, dialog) -> None:
        self.note(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, address: str) -> None:
        """A page is asked for, and then only its own files."""
        self.requests += 1
        parts, asked = urlsplit(address), urlsplit(self.asked)
        here = (parts.scheme, parts.netloc) == (asked.scheme, asked.netloc)
        own = here and OWN_FILES.match(parts.path)
        if address != self.asked and parts.scheme not in ("data", "about") and not own:
            self.note(f"a request for {address}")

"""The printable A4 poster of a unit: who to talk to, as a PDF that screen readers can read (PDF/UA-1)."""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tbb.services import poster_art
from tbb.services.cards import dial, one_line, web_address

if TYPE_CHECKING:
    from typst import Compiler

TEMPLATE = Path(__file__).with_name("poster.typ")
LONGEST = 200  # characters of any one text; the directory holds none longer
ROUNDS = 8  # tries at leaving out single characters that no font has, before only Latin text is kept
UNBROKEN = 30  # characters of a word on one line; longer ones may be broken anywhere

QUESTION = "Är det något som känns svårt?"
SENDER = "Tillsammans för barnens bästa i Sörmland"
ROLE = "Barnets bästa-ansvarig"
LEADS = {
    "person": ("Prata med mig. Jag är", ROLE, "här.", ""),
    "function": ("Prata med oss. Vi har en", ROLE, "här.", ""),
    "missing": ("Just nu finns ingen", ROLE, "här.", "Vänd dig i stället till:"),
}


class PosterError(Exception):
    """The poster could not be made; the message says why, for the log."""


@dataclass(frozen=True)
class PosterText:
    """What a poster says. Empty text means: left out."""

    unit: str
    place: str = ""
    name: str = ""  # of the BBA; without a BBA: who to turn to instead
    title: str = ""
    phone: str = ""
    email: str = ""
    phone_hours: str = ""
    languages: str = ""
    note: str = ""  # where to find the person, for instance
    url: str = ""
    bba: bool = True  # False: the unit has no BBA, and the poster says who to turn to instead
    person: bool = True  # False: a protected person's function, which cannot say "mig"

    @property
    def kicker(self) -> str:
        """The unit and where it is, unless its name already says so."""
        if not self.place or re.search(rf"\b{re.escape(self.place)}\b", self.unit, re.IGNORECASE):
            return self.unit
        return f"{self.unit} i {self.place}"

    @property
    def lead(self) -> tuple[str, str, str, str]:
        """The words under the question: before, in bold, after, and a second line."""
        return LEADS["missing" if not self.bba else "person" if self.person else "function"]


def make_poster(text: PosterText, *, fonts: Path, qr_svg: str) -> bytes:
    """The poster as PDF/UA-1. The same text always gives the same bytes, so it can be cached."""
    for _ in range(ROUNDS):
        try:
            return _compile(_content(text), fonts, qr_svg)
        except _NoGlyphError as error:
            missing = dict.fromkeys(set(map(ord, error.signs)) - set(map(ord, _latin(error.signs))))
            text = _with_each(text, lambda value, missing=missing: value.translate(missing))
    return _compile(_content(_with_each(text, _latin)), fonts, qr_svg)


def _content(text: PosterText) -> dict[str, object]:
    """The template's data: clean, of reasonable length, with room to break."""
    email, number, url = one_line(text.email), dial(text.phone), web_address(text.url)
    details = [one_line(text.phone_hours), one_line(text.note)]
    if languages := one_line(text.languages):
        details.append(f"Språk: {languages}")
    return {
        "document_title": f"Affisch för {_short(text.unit)}",
        "sender": SENDER,
        "question": QUESTION,
        "kicker": _breakable(_short(text.kicker)),
        "lead": list(text.lead),
        "name": _breakable(_short(text.name)),
        "title": _breakable(_short(text.title)),
        "phone": _breakable(_short(text.phone)),
        "dial": f"tel:{number}" if number else "",
        "email": _breakable(_short(text.email)),
        "mailto": f"mailto:{email}" if re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", email, re.ASCII) else "",
        "details": [_breakable(_short(detail)) for detail in details if detail],
        "url": url,
        "short_url": _breakable(_short(re.sub(r"^https?://(www\.)?", "", url))),
        "qr_alt": f"QR-kod till {_short(url)}" if url else "QR-kod till enhetens sida",
    }


def _short(text: str) -> str:
    """One line of at most 200 characters, without emoji and their joiners, which no font here has."""
    without_emoji = re.sub("[\U00010000-\U0010ffff\ufe00-\ufe0f\u200d]", "", text)
    line = unicodedata.normalize("NFC", one_line(without_emoji))
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _breakable(text: str) -> str:
    """Long words, addresses above all, get places where a line may end: after a sign first, else anywhere."""

    def loosen(word: re.Match[str]) -> str:
        at_signs = re.sub(r"([/@._-])(?=\w)", "\\1\u200b", word[0])
        return re.sub(rf"([^\u200b]{{{UNBROKEN}}})(?=[^\u200b])", "\\1\u200b", at_signs)

    return re.sub(rf"\S{{{UNBROKEN + 1},}}", loosen, text)


def _with_each(text: PosterText, change: Callable[[str], str]) -> PosterText:
    """The same poster with every text on it changed."""
    texts = {name: value for name, value in vars(text).items() if isinstance(value, str)}
    return replace(text, **{name: change(value) for name, value in texts.items()})


def _latin(text: str) -> str:
    """Only letters and signs that the poster's own typeface is known to have."""
    return re.sub(r"[^ -~\u00a0-\u024f\u2013\u2014\u2018-\u201d\u2026]", "", text)


class _NoGlyphError(Exception):
    """No font has these characters; PDF/UA forbids printing empty boxes for them."""

    def __init__(self, signs: str) -> None:
        super().__init__(signs)
        self.signs = signs


_lock = threading.Lock()


def _compile(content: dict[str, object], fonts: Path, qr_svg: str) -> bytes:
    from typst import TypstError

    inputs = {"poster": json.dumps(content), "qr": qr_svg, "art": _art()}
    try:
        with _lock:  # a Compiler holds its inputs, so it makes one poster at a time
            pdf, warnings = _compiler(fonts).compile_with_warnings(
                format="pdf", sys_inputs=inputs, pdf_standards="ua-1"
            )
    except TypstError as error:
        if found := re.search(r'the text `"(.+)"` could not be displayed', error.message, re.DOTALL):
            raise _NoGlyphError(_unescaped(found[1])) from error
        raise PosterError(error.message) from error
    if warnings:
        raise PosterError("; ".join(warning.message for warning in warnings))
    return pdf


def _unescaped(reported: str) -> str:
    """The characters in typst's message, where invisible ones are written as \\u{200f}."""
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), reported)


@lru_cache(maxsize=2)
def _compiler(fonts: Path) -> Compiler:
    """Made at the first poster and kept. Not at import: its threads would not survive a server's fork."""
    from typst import Compiler

    return Compiler(TEMPLATE, font_paths=[fonts], ignore_system_fonts=True)


@lru_cache(maxsize=1)
def _art() -> str:
    areas = [{"name": area.name, "icon": poster_art.area_icon(area)} for area in poster_art.AREAS]
    drawings = {
        "scene": poster_art.scene(),
        "logo": poster_art.logo(),
        "arabic": poster_art.arabic("#5a554a"),
    }
    return json.dumps({**drawings, "areas": areas})

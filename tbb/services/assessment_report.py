"""Sets a barnkonsekvensanalys as an A4 report that screen readers can read (PDF/UA-1), with the wheel drawn."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.dates import format_date

from tbb import clock
from tbb.services import poster_art
from tbb.services.assessment_texts import AFTER, BEFORE, EFFECTS, OF_AREA, VOICES
from tbb.services.assessments import Shown
from tbb.services.wheel_texts import AREA_NAMES, AREAS

if TYPE_CHECKING:
    from typst import Compiler

TEMPLATE = Path(__file__).with_suffix(".typ")
FONTS = Path(__file__).parent.parent / "static" / "vendor" / "print"
SENDER = "Tillsammans för barnens bästa i Sörmland"
SIGNS = {
    "better": "M-6 0h12M0-6v12",
    "both": "M-5-4h10M0-9v10M-5 6.5h10",
    "worse": "M-6 0h12",
    "none": "M-6-3h12M-6 3h12",
    "unknown": "M-3.6-3.6a3.6 3.6 0 1 1 5 3.3c-.9.4-1.4 1.1-1.4 2.1v.7M0 6.6v.1",
}
"""The sign of each effect, as a path around 0,0: plus, plus and minus, minus, equals, question mark."""
ROUNDS = 12
"""Tries at replacing single characters that no font has, before only Latin text is kept."""
NO_LETTER = "¤"
UNBROKEN = 30
_PETAL = (
    "M203.6 156.1Q195 158.9 191.1 150.8L159.3 84.7C144.1 53.1 171.6 14 220 14C268.4 14 295.9 53.1 280.7 84.7"
    "L248.9 150.8Q245 158.9 236.4 156.1A66 66 0 0 0 203.6 156.1Z"
)
_NOT_LATIN = re.compile(r"[^\n -~\u00a0-\u024f\u200b\u2013\u2014\u2018-\u201d\u2026]")
_lock = threading.Lock()


class CannotSet(Exception):
    """The report could not be set. The message names the kind of fault, never any words of the report."""


class _NoGlyph(Exception):
    """The typeface lacks some characters."""

    def __init__(self, signs: str):
        super().__init__()
        self.signs = signs


def pdf(shown: Shown) -> bytes:
    """Set the report. Characters that no font has are replaced by ¤. Raises CannotSet."""
    content = _each(_content(shown), _breakable)
    for _ in range(ROUNDS):
        try:
            return _compile(content)
        except _NoGlyph as problem:
            missing = dict.fromkeys(map(ord, problem.signs), NO_LETTER)
            content = _each(content, lambda text, missing=missing: text.translate(missing))
    return _compile(_each(content, lambda text: _NOT_LATIN.sub(NO_LETTER, text)))


def _content(shown: Shown) -> dict[str, Any]:
    """What the template sets: headings and texts; what was left empty is told as such."""
    answers = shown.answers
    sections = {
        "before": [(asked.label, answers.get(name, "")) for name, asked in BEFORE.items()],
        "voices": [(asked.label, answers.get(name, "")) for name, asked in VOICES.items()],
        "after": [(asked.label, answers.get(name, "")) for name, asked in AFTER.items()],
    }
    areas = [
        {
            "code": area,
            "name": AREA_NAMES[area],
            "effect": EFFECTS.get(shown.effects.get(area, ""), "Inte bedömt"),
            "texts": [
                (asked.label, answers[f"{area}.{part}"])
                for part, asked in OF_AREA.items()
                if answers.get(f"{area}.{part}")
            ],
        }
        for area in AREAS
    ]
    day = shown.finished_at or shown.saved_at
    state = f"Klar {_day(day)}" if shown.finished else f"Utkast, sparat {_day(day)}"
    follow = format_date(shown.follow_on, "long", locale="sv") if shown.follow_on else "Ingen dag vald"
    lead = ", ".join(part for part in (shown.where, shown.author) if part)
    return {"title": shown.title, "sender": SENDER, "state": state, "lead": lead, "follow": follow, "areas": areas} | {
        "wheel_alt": _told(shown.effects), "effects": dict(shown.effects), **sections
    }  # fmt: skip


def _area(area: str, answers: dict[str, str]) -> dict[str, Any]:
    said = [(asked.label, answers.get(f"{area}.{part}", "")) for part, asked in OF_AREA.items()]
    return {
        "code": area,
        "name": AREA_NAMES[area],
        "effect": EFFECTS.get(answers.get(f"{area}.effect", ""), "Inte bedömt"),
        "texts": [(label, words) for label, words in said if words],
    }


def _told(effects: dict[str, str]) -> str:
    """The wheel in words."""
    said = [f"{AREA_NAMES[area]}: {EFFECTS[effect].lower()}" for area, effect in effects.items()]
    return f"Barnets bästa-hjulet. {'. '.join(said) or 'Inget område är bedömt än'}."


def _day(moment: Any) -> str:
    return format_date(clock.local(moment).date(), "long", locale="sv")


def _each(value: Any, change: Callable[[str], str]) -> Any:
    """The same content with every text in it changed; names of keys stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _each(each, change) for name, each in value.items()}
    return [_each(each, change) for each in value]


def _breakable(text: str) -> str:
    """Let words that are too long for a line end anywhere, and leave out what is no character on paper."""
    plain = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ufe00-\ufe0f\u200d]", "", text)
    return re.sub(
        rf"\S{{{UNBROKEN + 1},}}", lambda long: re.sub(rf"(.{{{UNBROKEN}}})(?=.)", "\\1\u200b", long[0]), plain
    )


def wheel_svg(effects: dict[str, str]) -> str:
    """Draw the wheel for paper: each petal filled and signed by what the decision means for its area."""
    hatches, petals, badges = [], [], []
    for number, (code, area) in enumerate(zip(AREAS, poster_art.AREAS, strict=True)):
        effect, turn = effects.get(code, "none"), number * 360 / 7
        fill, ink = _fill(effect, area.colour, area.ink, number)
        hatches.append(
            f'<pattern id="h{number}" width="9" height="9" patternUnits="userSpaceOnUse"'
            f' patternTransform="rotate(45)">'
            f'<path fill="#fff" d="M0 0h9v9H0z"/>'
            f'<path fill="{area.colour}" fill-opacity=".42" d="M0 0h3.4v9H0z"/></pattern>'
        )
        dashes = ' stroke-dasharray="3 7"' if effect == "unknown" else ""
        petals.append(
            f'<path transform="rotate({turn:.2f} 220 220)" d="{_PETAL}" {fill} stroke="{area.colour}"'
            f' stroke-width="{3 if effect in ("both", "unknown") else 2}"{dashes}/>{_icon(area, turn, ink)}'
        )
        if code in effects and effect != "none":
            badges.append(_badge(effect, turn))
    heart = '<circle cx="220" cy="220" r="56" fill="#f0b93a"/>'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-14 -14 468 468">'
        f"<defs>{''.join(hatches)}</defs>{''.join(petals)}{''.join(badges)}{heart}</svg>"
    )


def _fill(effect: str, colour: str, ink: str, number: int) -> tuple[str, str]:
    """How a petal is filled, and in which colour its icon is drawn."""
    return {
        "better": (f'fill="{colour}" fill-opacity=".2"', "#1d1c18"),
        "both": (f'fill="url(#h{number})"', "#1d1c18"),
        "worse": (f'fill="{colour}"', ink),
    }.get(effect, ('fill="#fff"', "#1d1c18"))


def _at(turn: float, radius: float) -> str:
    """Move to a point on a petal's middle line, upright."""
    return f"rotate({turn:.2f} 220 220) translate(220 {220 - radius}) rotate({-turn:.2f})"


def _icon(area: poster_art.Area, turn: float, ink: str) -> str:
    strokes = "".join(f'<path d="{path}"/>' for path in area.icon)
    return (
        f'<g transform="{_at(turn, 130)} scale(2) translate(-12 -12)" fill="none" stroke="{ink}" stroke-width="1.6"'
        f' stroke-linecap="round" stroke-linejoin="round">{strokes}</g>'
    )


def _badge(effect: str, turn: float) -> str:
    return (
        f'<g transform="{_at(turn, 209)}"><circle r="19" fill="#fff" stroke="#8a8272" stroke-width="1.5"/>'
        f'<path d="{SIGNS[effect]}" fill="none" stroke="#1d1c18" stroke-width="2.4" stroke-linecap="round"/></g>'
    )


def _compile(content: dict[str, Any]) -> bytes:
    from typst import TypstError

    art = {
        "logo": poster_art.logo(),
        "wheel": wheel_svg(content["effects"]),
        "icons": {code: poster_art.area_icon(area) for code, area in zip(AREAS, poster_art.AREAS, strict=True)},
    }
    inputs = {"report": json.dumps(content), "art": json.dumps(art)}
    try:
        with _lock:  # a Compiler holds its inputs, so it makes one report at a time
            made, warnings = _compiler().compile_with_warnings(format="pdf", sys_inputs=inputs, pdf_standards="ua-1")
    except TypstError as error:
        if found := re.search(r'the text `"(.+)"` could not be displayed', error.message, re.DOTALL):
            raise _NoGlyph(_unescaped(found[1])) from None
        raise CannotSet("The report has a fault that typst refuses.") from None
    if warnings:
        raise CannotSet(f"typst gave {len(warnings)} warnings.")
    return made


def _unescaped(reported: str) -> str:
    """The characters in typst's message, where invisible ones are written as \\u{200f}."""
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), reported)


@lru_cache(maxsize=1)
def _compiler() -> Compiler:
    """Made at the first report and kept. Not at import: its threads would not survive a server's fork."""
    from typst import Compiler

    return Compiler(TEMPLATE, font_paths=[FONTS], ignore_system_fonts=True)

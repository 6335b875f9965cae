"""What a barnkonsekvensanalys asks, field by field, in the order that forms and reports have."""

from __future__ import annotations

from typing import NamedTuple

from tbb.services.wheel_texts import AREA_NAMES, AREAS

LONGEST_TITLE = 120
LONGEST_TEXT = 4000
NO_PERSONS = "Skriv inga uppgifter om enskilda barn."
EFFECTS = {
    "better": "Blir bättre",
    "both": "Både bättre och sämre",
    "worse": "Blir sämre",
    "none": "Påverkas inte",
    "unknown": "Vet inte än",
}
"""What a decision can mean for an area of children's lives."""
TOUCHED = ("better", "both", "worse")


class Question(NamedTuple):
    """A text that is asked for: what it is called, what to think of, and how many lines its box has."""

    label: str
    hint: str = ""
    rows: int = 4


BEFORE = {
    "decision": Question("Vilket beslut gäller det?", "Vad ska beslutas, av vem och när? Varför behövs ett beslut?"),
    "alternatives": Question(
        "Vilka alternativ finns?", "Ta med vad som händer om inget ändras. Nämn även det som ni har valt bort."
    ),
    "children": Question(
        "Vilka barn påverkas?",
        "Skriv grupper, till exempel årskurser, åldrar eller barn med skolskjuts. Aldrig enskilda barn. Tänk särskilt"
        " på barn med funktionsnedsättning och på barn i familjer med liten ekonomi.",
    ),
}
OF_AREA = {
    "gains": Question("Vad blir bättre?", rows=3),
    "losses": Question("Vad blir sämre?", rows=3),
    "easing": Question("Vad kan ni göra åt det?", rows=3),
}
VOICES = {
    "how": Question(
        "Hur har barnen fått säga vad de tycker?",
        "Till exempel elevråd, klassråd, intervjuer eller bilder. Har de inte tillfrågats, skriv varför.",
    ),
    "said": Question("Vad säger barnen?", "Sammanfatta så att ingen enskild känns igen. Ta med det som talar emot."),
}
AFTER = {
    "interests": Question(
        "Vilka andra intressen finns?", "Till exempel ekonomi, lokaler, personal eller miljö. Hur väger de mot barnens?"
    ),
    "conclusion": Question(
        "Vad blir slutsatsen?",
        "Vilket alternativ är bäst för barnen? Blir beslutet ett annat, skriv vad som vägde tyngre och hur barnen"
        " kompenseras.",
        5,
    ),
}
FOLLOW_ON = "follow_on"
AREA_FIELDS = tuple(f"{area}.{part}" for area in AREAS for part in ("effect", *OF_AREA))
FIELDS = ("title", *BEFORE, *AREA_FIELDS, *VOICES, *AFTER, FOLLOW_ON)
"""Every field, in order. All but the title are kept in the body."""
NEEDED = {
    "title": "Skriv vad analysen handlar om.",
    "decision": "Skriv vilket beslut det gäller.",
    "children": "Skriv vilka barn som påverkas.",
    "effect": "Välj hur minst ett område påverkas.",
    "how": "Skriv hur barnen har fått säga vad de tycker, eller varför de inte har tillfrågats.",
    "conclusion": "Skriv en slutsats.",
    FOLLOW_ON: "Välj en dag för uppföljning.",
}
"""What an analysis must have before it is finished, and what is said when it is missing."""


def name_of(field: str) -> str:
    """Name a field so that it is understood alone: ``Hälsa: vad blir bättre?``."""
    area, _, part = field.partition(".")
    if part == "effect":
        return f"{AREA_NAMES[area]}: hur påverkas området?"
    if part:
        label = OF_AREA[part].label
        return f"{AREA_NAMES[area]}: {label[0].lower()}{label[1:]}"
    known = BEFORE | VOICES | AFTER
    return known[field].label if field in known else {"title": "Rubrik", FOLLOW_ON: "När följer ni upp?"}[field]


def missing(answers: dict[str, str]) -> list[str]:
    """Name what an analysis still lacks before it can be finished, by the keys of NEEDED."""
    has_effect = any(answers.get(f"{area}.effect") for area in AREAS)
    return [name for name in NEEDED if not (has_effect if name == "effect" else answers.get(name))]

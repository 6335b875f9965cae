"""What the answers of a wheel and a case are called in Swedish, and in which order they are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from tbb.models.kinds import NoteKind
from tbb.services.wheel_texts import AREAS, EDITIONS, NEWEST, Edition, edition

TEXT, QUOTE, GUARDIANS, LEVEL, CHOICE, MARK = "text", "quote", "guardians", "level", "choice", "mark"
PERSON = "person"
FREE = (TEXT, QUOTE, GUARDIANS)
"""What is written freely: by staff, in the child's own words, in the guardians' words. PERSON is who somebody is."""
SENDERS, NOW, ABSENCE, GOAL, DIRECTION, BEFORE = "area", "now", "absence", "goal", "direction", "before"
STEPS = {
    "detect": "Frånvaron märks",
    "investigate": "Frånvaron utreds",
    "measures": "Det här gör vi",
    "back": "Tillbaka i skolan",
}
OF_AREA = {
    "level": ("Läge", LEVEL),
    "see": ("Vad den som fyllde i ser", TEXT),
    "child": ("Barnet säger", QUOTE),
    "strength": ("Styrkor", TEXT),
    "hidden": ("Visas inte för vårdnadshavare", MARK),
}
OF_GOAL = {
    "child": ("Mål med barnets egna ord", QUOTE),
    "own": ("Mål med de vuxnas ord", TEXT),
    "hidden": ("Visas inte för vårdnadshavare", MARK),
}
OF_STEP = {"on": ("Dag", CHOICE), "text": ("Beskrivning", TEXT), "child": ("Barnet säger", QUOTE)}
PLAIN = {
    "child.label": ("Arbetsnamn eller initialer", CHOICE),
    "child.stage": ("Ålder eller årskurs", CHOICE),
    "child.own_reference": ("Verksamhetens egen beteckning", CHOICE),
    "group.label": ("Gruppen", CHOICE),
    "strengths": ("Det som fungerar bra", TEXT),
    "told.child": ("Barnet har fått veta", CHOICE),
    "told.child_says": ("Barnet säger", QUOTE),
    "told.guardians": ("Vårdnadshavarna har fått veta", CHOICE),
    "told.guardians_say": ("Vårdnadshavarna säger", GUARDIANS),
    "handover.reason": ("Varför det lämnas över", TEXT),
    "handover.plan": ("Planen vid överlämningen", TEXT),
    "handover.plan_reason": ("Varför planen avslutas", TEXT),
    "handover.summary": ("Sammanfattning av den som lämnar över", TEXT),
    "voice.own": ("Den egna verksamheten", TEXT),
    "voice.guardians": ("Vårdnadshavarna", GUARDIANS),
    "voice.child": ("Barnet", QUOTE),
    "voice.child.none": ("Varför barnet inte har fått berätta", TEXT),
    "factor.disability": ("Funktionsnedsättning", TEXT),
    "factor.illness": ("Långvarig sjukdom", TEXT),
    "factor.economy": ("Familjens ekonomi", TEXT),
    "outcome.reason": ("Skäl till beslutet", TEXT),
    "outcome.measures": ("Vad verksamheten gör själv", TEXT),
    "better.child": ("Barnet: Har det blivit bättre för dig?", CHOICE),
    "better.child.words": ("Barnet säger", QUOTE),
    "better.guardians": ("Vårdnadshavarna: Har det blivit bättre?", CHOICE),
    "better.guardians.words": ("Vårdnadshavarna säger", GUARDIANS),
    "listened.child": ("Barnet: Har någon lyssnat på dig?", CHOICE),
    "listened.child.words": ("Barnet säger om att bli lyssnat på", QUOTE),
    "listened.guardians": ("Vårdnadshavarna: Har någon lyssnat på er?", CHOICE),
    "listened.guardians.words": ("Vårdnadshavarna säger om att bli lyssnade på", GUARDIANS),
    "followup.outcome": ("Vad som blir av planen", CHOICE),
    "followup.reason": ("Skäl", TEXT),
    "booked.by": ("Vem som ville ha tiden", TEXT),
    "coordinator.wish": ("Vem barnet vill ha som samordningsperson", QUOTE),
    "coordinator.why_not_asked": ("Varför barnet inte fick frågan", TEXT),
    "coordinator.reason": ("Varför det blev någon annan än barnet ville", TEXT),
    "action.what": ("Vad som ska göras", TEXT),
    "action.who": ("Vem som gör det", TEXT),
    "note.deviation": ("En verksamhet är inte med", TEXT),
    "note.family": ("Familjen säger till om planen", GUARDIANS),
    "note.done": ("Vad som gjordes åt det", TEXT),
    "participant.person": ("Deltagarens kontaktuppgifter", PERSON),
}
CHOICES = {
    "yes": "Ja",
    "no": "Nej",
    "not_yet": "Inte än",
    "partly": "Delvis",
    "unknown": "Vet inte",
    "better": "Bättre",
    "same": "Oförändrat",
    "worse": "Svårare",
    "continued": "Planen fortsätter",
    "changed": "Planen ändras och fortsätter",
    "ended": "Planen avslutas",
    "all": "Hela mötet",
    "part": "En del av mötet",
    "through": "Genom någon annan",
}
NOTES = {
    NoteKind.NOTE: "Anteckning",
    NoteKind.QUESTION: "Fråga till den som skickade hjulet",
    NoteKind.ADDITION: "Tillägg av den som skickade hjulet",
    NoteKind.CORRECTION: "Rättelse",
}
OTHERS = {
    "consent.information": "Vad samtycket gäller",
    "consent.why_not_asked": "Varför någon inte är tillfrågad",
    "consent.paper": "Var det skriftliga samtycket finns",
}
_ORDER = (*PLAIN, *(f"question.{number}" for number in range(1, 6)))
_FIRST = ("child.", "group.", SENDERS, ABSENCE, "strengths", "told.", NOW, "voice.", "factor.", "question.", "outcome.")


@dataclass(frozen=True)
class Word:
    """What an answer is called, which kind of answer it is, and the area it is about."""

    label: str
    kind: str
    area: str = ""


def word_of(name: str, code: str = NEWEST) -> Word:
    """Name an answer. One that is not known here is called by its own name, so that nothing is ever left out."""
    head, _, rest = name.partition(".")
    middle, _, tail = rest.partition(".")
    if head == GOAL and middle in AREAS and tail in OF_GOAL:
        return Word(*OF_GOAL[tail], area=middle)
    if head == DIRECTION and middle in AREAS:
        return Word("Hur det har gått", CHOICE, area=middle)
    if head == BEFORE and middle in AREAS:
        return Word("Läge före", LEVEL, area=middle)
    if head in (SENDERS, NOW) and middle in AREAS and tail in OF_AREA:
        return Word(*OF_AREA[tail], area=middle)
    if head == ABSENCE and middle in STEPS and tail in OF_STEP:
        return Word(*OF_STEP[tail])
    if head == "question" and middle.isdecimal() and 1 <= int(middle) <= len(_edition(code).questions):
        asked = _edition(code).questions[int(middle) - 1]
        return Word(f"{asked} – Ej tillämpligt, därför att" if tail == "none" else asked, TEXT)
    if name.endswith(".hidden"):
        return Word(OF_AREA["hidden"][0], MARK)
    return Word(*PLAIN.get(name, (name, TEXT)))


def full_name(name: str) -> str:
    """Name an answer so that it is understood alone: Hälsa: Barnet säger."""
    head, _, rest = name.partition(".")
    middle = rest.partition(".")[0]
    word = word_of(name)
    if name in PLAIN:
        return PLAIN[name][0]
    if head == "note" and rest in NOTES:
        return NOTES[rest]
    if name in OTHERS:
        return OTHERS[name]
    if word.area:
        return f"{_edition(NEWEST).areas[word.area]}: {word.label[0].lower()}{word.label[1:]}"
    if head == ABSENCE and middle in STEPS:
        return f"{STEPS[middle]}: {word.label[0].lower()}{word.label[1:]}"
    if head == "question" and middle.isdecimal():
        return f"Fråga {middle}"
    if head == "event":
        return "Skäl"
    return word.label


def in_words(name: str, value: str, code: str = NEWEST) -> str:
    """Say an answer in words: of a level its name, of a choice what was chosen."""
    kind = word_of(name, code).kind
    if kind == LEVEL:
        return _edition(code).levels.get(value, value)
    if kind == MARK:
        return "Ja" if value == "1" else value
    return chosen(value) if kind == CHOICE else value


def place_in_order(name: str) -> tuple[int, int, int, str]:
    """Where an answer comes among the others, as the forms have them."""
    head = next((number for number, start in enumerate(_FIRST) if name.startswith(start)), len(_FIRST))
    parts = name.split(".")
    if parts[0] in (SENDERS, NOW) and len(parts) == 3 and parts[1] in AREAS:
        inner = list(OF_AREA).index(parts[2]) if parts[2] in OF_AREA else len(OF_AREA)
        return head, AREAS.index(parts[1]), inner, name
    if parts[0] == ABSENCE and len(parts) == 3 and parts[1] in STEPS:
        inner = list(OF_STEP).index(parts[2]) if parts[2] in OF_STEP else len(OF_STEP)
        return head, list(STEPS).index(parts[1]), inner, name
    return head, _ORDER.index(name) if name in _ORDER else len(_ORDER), 0, name


def chosen(value: str) -> str:
    """Say what was chosen: a day in words, yes or no."""
    try:
        return format_date(date.fromisoformat(value), "long", locale="sv")
    except ValueError:
        return CHOICES.get(value, value)


def _edition(code: str) -> Edition:
    return edition(code if code in EDITIONS else NEWEST)

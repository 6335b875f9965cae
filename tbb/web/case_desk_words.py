"""The desk of cases in words: steps, next steps, what waits, and days as one says them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tbb import clock
from tbb.services.case_desk import Line, StandingIn
from tbb.services.case_todos import ToDo
from tbb.services.reports import Step
from tbb.services.wheel_texts import AREA_NAMES
from tbb.web.desk import plural

TABS = {
    "alla": "Alla pågående",
    "upptacka": "Upptäcka",
    "kartlagga": "Kartlägga",
    "samarbeta": "Samarbeta",
    "avslutade": "Avslutade",
}
STEPS = {
    "sent": ("Upptäcka", "accent", "eye"),
    "received": ("Kartlägga", "info", "clipboard-list"),
    "mapping": ("Kartlägga", "info", "clipboard-list"),
    "collaborating": ("Samarbeta", "brand", "friends"),
    "closed": ("Avslutat", "neutral", "circle-check"),
}
"""Where a case is: in words, in which colour, with which picture."""
NEXT = {
    "receive": "Ta emot hjulet",
    "begin": "Börja kartlägga",
    "wait": "Vänta på att mottagaren tar emot",
    "decide": "Bestäm vad som blir nästa steg",
    "hand_over": "Lämna över till den andra verksamheten",
    "meet": "Kalla till samverkansmöte",
    "follow": "Följ upp och avsluta",
    "": "",
}
REPORTED = {
    "sent": ("Skickat", "Hjulet har kommit fram.", "send"),
    "received": ("Mottaget", "Barnets bästa-ansvarig har tagit emot hjulet.", "circle-check"),
    "mapping": ("Kartläggs", "Barnets bästa-ansvarig samlar det som behövs för att förstå.", "clipboard-list"),
    "collaborating": ("Går vidare till samarbete", "Flera verksamheter behövs.", "friends"),
    "closed": ("Avslutat", "Barnets bästa-ansvarig är klar.", "flag"),
}
"""What a sender sees of each step: never what it led to."""
WHAT_WAITS = {
    "answer": ("Läs det nya svaret om {who}", "message-circle"),
    "receive": ("Ta emot ett nytt hjul om {who}", "message-2"),
    "begin": ("Börja kartläggningen om {who}", "clipboard-list"),
    "silent": ("Din fråga om {who} har inte fått svar", "clock"),
    "decide": ("Bestäm vad som blir nästa steg för {who}", "list-check"),
    "questions": ("Svara på de fem frågorna om {who}", "clipboard-list"),
    "meet": ("Boka samverkansmötet om {who}", "calendar-plus"),
    "prepare": ("Bokningen om {who} är inte klar", "calendar-event"),
    "choose": ("Välj tid för mötet om {who}", "list-check"),
    "call": ("Kallelsen till mötet om {who} är inte skickad", "send"),
    "fill": ("En verksamhet har ingen med på mötet om {who}", "users"),
    "record": ("Skriv vad mötet om {who} kom fram till", "notes"),
    "delegation": ("En delegering slutar snart: {who}", "calendar-event"),
}
WEEKDAYS = ("Måndag", "Tisdag", "Onsdag", "Torsdag", "Fredag", "Lördag", "Söndag")
MONTHS = ("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november",
          "december")  # fmt: skip


@dataclass(frozen=True)
class Task:
    """One thing to do, as a line: what, a note, its picture, and whether it should be done today."""

    kind: str
    who: str
    text: str
    note: str
    picture: str
    key: str
    urgent: bool
    meeting: str = ""


def weekday(day: date) -> str:
    """Write a day as a greeting does: Onsdag 12 november."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def near(day: date) -> str:
    """Write a day as one says it today: i dag, i går, i morgon, 13 nov, 13 nov 2025."""
    today = clock.today()
    said = {0: "i dag", 1: "i morgon", -1: "i går"}.get((day - today).days)
    month = MONTHS[day.month - 1][:3] if day.month not in (6, 7) else MONTHS[day.month - 1]
    return said or f"{day.day} {month}" + (f" {day.year}" if day.year != today.year else "")


def name_of(line: Line) -> str:
    """What a case is called in a list: the working name, or its reference when there is none."""
    return line.card.label or line.reference


def who_of(line: Line) -> str:
    """What a case is called within a sentence: Alva E, årskurs 6."""
    if line.about == "anonymous":
        return f"en anonym konsultation, {line.reference}"
    stage = line.card.stage
    # "Årskurs 6" becomes small within a sentence, "KAA" does not.
    small = stage if stage.isupper() else stage[:1].lower() + stage[1:]
    return f"{name_of(line)}, {small}" if stage else name_of(line)


def note_of(line: Line) -> str:
    """What stands under the name: the stage, or whom it is about."""
    return {"group": "En grupp barn", "anonymous": "Ingen namngiven"}.get(line.about, line.card.stage)


def needs(line: Line) -> str:
    """Name the areas that need support, else those to look at."""
    for level, begins in (("stod", ""), ("uppm", "Att uppmärksamma: ")):
        names = [AREA_NAMES[area] for area in AREA_NAMES if line.card.levels.get(area) == level]
        if names:
            return begins + ", ".join(names if not begins else [name.lower() for name in names])
    return "Inget än"


def next_of(line: Line) -> str:
    """Say what comes next."""
    if line.step == "questions":
        return "Svara på de fem frågorna" + (f" ({line.answered} av 5 klara)" if line.answered else "")
    return NEXT[line.step]


def age_of(line: Line) -> str:
    """Say how old a case is in working days."""
    days = plural(line.age, "1 arbetsdag", "{} arbetsdagar")
    if line.closed_on:
        return f"Tog {days}" if line.age else "Avslutades samma dag"
    return days if line.age else "Kom i dag" if line.opened_on == clock.today() else "Kom nyss"


def task(todo: ToDo) -> Task:
    """Say what waits as a line to follow."""
    line, (text, picture) = todo.line, WHAT_WAITS[todo.kind]
    late = todo.due < clock.today()
    by = f"Skulle ha gjorts {near(todo.due)}." if late else f"Senast {near(todo.due)}."
    note = {
        "receive": f"Från {line.sender}, {near(todo.day)}. {by}",
        "begin": f"Mottaget {near(todo.day)}. {by}",
        "answer": f"Kom {near(todo.day)}.",
        "silent": f"Du frågade {near(todo.day)}. Ring i stället, om det går.",
        "decide": "Alla fem frågor är besvarade.",
        "questions": f"{line.answered} av 5 är klara. Senast ändrat {near(todo.day)}.",
        "meet": f"Beslutat {near(todo.day)}. {by}",
        "prepare": f"Påbörjad {near(todo.day)}. Ingen är tillfrågad än.",
        "choose": f"Sista dag att svara: {near(todo.day)}. Ring dem som inte har svarat.",
        "call": f"Tiden bestämdes {near(todo.day)}. Läs breven och skicka dem.",
        "fill": "Någon har slutat eller tagits bort. Bjud in någon annan, eller ta bort verksamheten.",
        "record": f"Mötet var {near(todo.day)}. {by}",
        "delegation": f"{todo.name} kan arbeta med ärendet till och med {near(todo.day)}.",
    }[todo.kind]
    said = text.format(who=who_of(line)).replace("ett nytt hjul om en anonym", "en anonym")
    return Task(todo.kind, who_of(line), said, note, picture, line.key, todo.urgent, todo.meeting)


def standing(place: StandingIn) -> tuple[str, str]:
    """Say for whom somebody answers and why: a heading and a sentence."""
    until = f"till och med {near(place.until)}" if place.until else "tills vidare"
    if place.why == "away":
        return f"Du ersätter {place.name} {until}", f"Du ser och sköter ärendena på {place.label} under tiden."
    if place.why == "none":
        sentence = f"{place.label} har ingen Barnets bästa-ansvarig som kan logga in. Du går in så länge."
        return f"Du ersätter på {place.label}", sentence
    gone = f"{place.name} är frånvarande {until}, och" if place.name else "Verksamheten saknar ansvarig, och"
    return (
        f"Du svarar för ärendena på {place.label}",
        f"{gone} det finns ingen ersättare som kan logga in. Därför går ärendena till dig som chef."
        " Utse någon så snart du kan.",
    )


def reported(steps: tuple[Step, ...]) -> list[tuple[str, str, str, str]]:
    """Give the way of a sent wheel for `ui.timeline`: text, note, state, picture."""
    here = next((number for number, step in enumerate(steps) if step.now), 0)
    found = []
    for number, step in enumerate(steps):
        text, note, picture = REPORTED[step.code]
        state = "now" if number == here else "done" if number < here else "next"
        day = near(step.day).capitalize() if step.day and number <= here else ""
        found.append((text, f"{day}. {note}" if step.now and day else day, state, picture))
    return found

"""The page of a case in words: the four steps and their days, what comes next, what has happened, what is missing."""

from __future__ import annotations

from dataclasses import dataclass

from tbb import clock
from tbb.services import case_names
from tbb.services.case_page import Event, Shown, WheelSeen
from tbb.services.outcomes import MEETING, NONE, OTHER, OWN
from tbb.services.plan_page import Shown as Planned
from tbb.services.wheel_texts import AREA_NAMES, LEVEL_NAMES
from tbb.web.case_desk_words import near
from tbb.web.desk import plural

STATES = {
    "sent": ("Väntar på att tas emot", "accent", "clock"),
    "received": ("Mottaget", "info", "circle-check"),
    "mapping": ("Kartläggs", "info", "clipboard-list"),
    "collaborating": ("Går vidare till samarbete", "brand", "friends"),
    "closed": ("Avslutat", "neutral", "lock"),
}
DECIDED = {
    OWN: "Den egna verksamheten räcker",
    OTHER: "Lämnas över helt till en annan verksamhet",
    MEETING: "Ett samverkansmöte behövs",
    NONE: "Inget mer behövs",
}
HAPPENED = {
    "sent": "Hjulet skickades",
    "received": "Hjulet togs emot",
    "mapping": "Kartläggningen började",
    "decided": "Beslut",
    "closed": "Ärendet avslutades",
    "reopened": "Ärendet öppnades igen",
    "joined": "Ärenden fördes ihop",
    "parted": "Ett hjul delades från ärendet",
    "delegated": "En uppgift delegerades",
    "delegation_ended": "En delegering tog slut",
    "offered": "Ärendet erbjöds en annan verksamhet",
    "handed_over": "Ärendet lämnades över",
    "offer_ended": "Erbjudandet drogs tillbaka",
    "exported": "Ärendet togs ut",
    "released": "Ett utdrag lämnades ut",
    "held": "Ärendet undantogs från gallring",
    "meeting_set": "Ett möte bokades",
    "meeting_cancelled": "Ett möte ställdes in",
    "plan_made": "Planen gjordes",
    "plan_changed": "Planen ändrades",
    "plan_ended": "Planen avslutades",
    "meeting_closed": "Anteckningarna från mötet stängdes",
    "coordinator": "Samordningsperson",
    "unheld": "Undantaget från gallring hävdes",
}
OUTCOME_NOTES = {
    OWN: "Ni har det som behövs för att hjälpa barnet. Skriv vad ni gör, följ upp och avsluta sedan.",
    OTHER: "Någon annan tar hela ansvaret. Du väljer mottagare i nästa steg. Ärendet är kvar hos dig tills de svarar.",
    MEETING: "Flera verksamheter behöver hjälpas åt. Det kräver samtycke innan någon annan får veta något.",
    NONE: "Det finns inget mer att göra nu. Ärendet avslutas.",
}
TOLD = {"yes": "Ja", "no": "Nej", "not_yet": "Inte än"}
ABOUT_DIAGNOSIS = (
    "Kartläggningen är inte till för att diagnostisera eller ta på sig andra verksamheters uppdrag. Beskriv vad du ser "
    "och hör, inte vad det kan bero på. Barnet och vårdnadshavarna kan läsa det du skriver."
)
"""What stands by every free text of the mapping."""


@dataclass(frozen=True)
class Next:
    """What comes next: a heading, a sentence, and what the button says and leads to (an endpoint); "" for none."""

    heading: str
    text: str
    button: str = ""
    endpoint: str = ""
    picture: str = ""


def path(shown: Shown, planned: Planned | None = None) -> list[tuple[str, str, str, str]]:
    """Give the way of a case for `ui.timeline`: Upptäcka – Kartlägga – Samarbeta – Följa upp, with days."""
    here = _here(shown) if planned is None or shown.case.state == "closed" else 3
    together = _collaborated(shown) if planned is None else f"{_day(planned.plan.made_at)}. Planen gjordes."
    notes = (_detected(shown), _mapped(shown), together, _followed(shown, planned))
    found = []
    for number, (text, note) in enumerate(zip(("Upptäcka", "Kartlägga", "Samarbeta", "Följa upp"), notes, strict=True)):
        state = "now" if number == here else "done" if number < here and note else "next"
        found.append((text, note, state, "check" if state == "done" else ""))
    return found


def next_step(shown: Shown) -> Next:
    """Say what comes next for who answers for the case."""
    case, lacking = shown.case, shown.missing
    if case.state == "closed":
        return Next("Ärendet är avslutat", "Kommer det något nytt kan du öppna det igen.")
    if case.state == "sent":
        text = "Då ser den som skickade hjulet att det har kommit fram, och du kan börja kartlägga."
        return Next("Ta emot hjulet", text, "Ta emot hjulet", "cases.receive", "circle-check")
    if case.outcome:
        return _after_decision(case.outcome)
    if not shown.assessed and not any(voice.text for voice in shown.voices.values()):
        text = "Ta reda på hur barnet har det. Fråga barnet, vårdnadshavarna och dina kollegor."
        return Next("Börja kartlägga", text, "Kartlägg", "mapping.edit", "clipboard-list")
    if lacking == ("voice.child",):
        text = "Skriv vad barnet säger, eller varför barnet inte har fått berätta."
        return Next("Barnets röst saknas", text, "Skriv barnets röst", "mapping.edit", "message-circle")
    if lacking:
        left = sum(name.startswith("question.") for name in lacking)
        text = f"{plural(left, 'En fråga', '{} frågor')} saknar svar. Du kan spara efter hand."
        return Next("Svara på de fem frågorna", text, "Svara på frågorna", "mapping.questions", "list-check")
    text = "De fem frågorna är besvarade och barnets röst finns med."
    return Next("Bestäm vad som blir nästa steg", text, "Besluta", "mapping.outcome", "check")


def describe(levels: dict[str, str]) -> str:
    """Tell a wheel in words: Behöver stöd: trygghet. Fungerar bra: lärande."""
    told = []
    for level in ("stod", "uppm", "vetinte", "bra"):
        if names := [AREA_NAMES[area].lower() for area in AREA_NAMES if levels.get(area) == level]:
            told.append(f"{LEVEL_NAMES[level]}: {', '.join(names)}.")
    return " ".join(told)


def sender_of(wheel: WheelSeen) -> str:
    """Name who sent a wheel: Sara Skissberg, skolsköterska, Näckrosskolan."""
    title = wheel.title[:1].lower() + wheel.title[1:]
    return ", ".join(part for part in (wheel.sender or "En kollega som har slutat", title, wheel.unit) if part)


def happened(event: Event) -> str:
    """Say what happened."""
    return HAPPENED.get(event.what, event.what)


def lacks(name: str) -> tuple[str, str, str]:
    """Say what a decision lacks, and where it is written: (words, endpoint, place in the page)."""
    if name == "voice.child":
        return "Barnets röst, eller varför barnet inte har fått berätta", "mapping.edit", "voice-child"
    return f"Svar på fråga {name.rpartition('.')[2]}", "mapping.questions", name.replace(".", "-")


def field_name(name: str) -> str:
    """Name a field of the mapping so that it is understood alone."""
    return case_names.full_name(name)


def _here(shown: Shown) -> int:
    """Which step a case is in; 4 when all are behind it."""
    case = shown.case
    if case.state == "closed":
        return 4
    if case.state == "sent":
        return 0
    return 2 if case.state == "collaborating" else 3 if case.outcome == OWN else 1


def _detected(shown: Shown) -> str:
    first = shown.wheels[-1] if shown.wheels else None
    if first is None:
        return "Hjulen finns i ett annat ärende."
    more = len(shown.wheels) - 1
    told = f"{_day(first.sent_at)}. {first.sender or 'En kollega'} skickade hjulet."
    return f"{told} {plural(more, 'Ett hjul till', '{} hjul till')} har kommit." if more else told


def _mapped(shown: Shown) -> str:
    case = shown.case
    if case.decided_at:
        return f"{_day(case.decided_at)}. De fem frågorna är besvarade."
    if case.mapping_at:
        return f"Började {near(clock.local(case.mapping_at).date())}. {shown.answered} av 5 frågor är besvarade."
    return f"Mottaget {near(clock.local(case.received_at).date())}." if case.received_at else ""


def _collaborated(shown: Shown) -> str:
    if shown.case.outcome == MEETING:
        return "Samverkansmötet är inte bokat än." if shown.case.state == "collaborating" else "Samverkansmöte."
    return {OWN: "Behövdes inte.", NONE: "Behövdes inte.", OTHER: "Lämnas över."}.get(shown.case.outcome, "")


def _followed(shown: Shown, planned: Planned | None = None) -> str:
    case = shown.case
    if case.closed_at:
        return f"Avslutat {near(clock.local(case.closed_at).date())}."
    if planned is not None and not planned.is_open:
        return "Planen är avslutad. Ärendet kan avslutas."
    if planned is not None:
        return f"{_day(planned.followup.starts_at)}." if planned.followup else "Uppföljning är inte bokad."
    return "Följ upp åtgärderna och avsluta." if case.outcome == OWN else ""


def _after_decision(outcome: str) -> Next:
    if outcome == OTHER:
        text = "Välj vem som tar över. Ärendet är kvar hos dig tills de har tagit emot det."
        return Next("Lämna över ärendet", text, "Lämna över", "transitions.offer", "arrow-right")
    if outcome == MEETING:
        text = (
            "Mötet går inte att boka här än. Kalla som ni brukar, när det finns samtycke för dem som ska vara med. "
            "Skriv inget om barnet i kallelsen."
        )
        return Next("Kalla till samverkansmöte", text)
    return Next("Följ upp och avsluta", "Fråga barnet om det har blivit bättre.", "Avsluta", "mapping.close", "check")


def _day(moment: object) -> str:
    return near(clock.local(moment).date()).capitalize()

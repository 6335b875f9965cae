"""A case as it stands on paper: headings, areas, words and tables, the same for a page to print and for a PDF."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from tbb.models.kinds import About, CaseEventKind, CaseState, Outcome, WheelTemplate
from tbb.services import case_names, collaboration_sheet
from tbb.services.case_record import SOMEBODY, Agreed, Entry, Note, Record, SentWheel
from tbb.services.sheet_parts import MASKED, Area, Line, Section, Sheet, Table, long_date, moment
from tbb.services.wheel_texts import AREA_NAMES, AREAS, LEVEL_NAMES

STATES = {
    CaseState.SENT: "Skickat",
    CaseState.RECEIVED: "Mottaget",
    CaseState.MAPPING: "Kartläggs",
    CaseState.COLLABORATING: "Går vidare till samarbete",
    CaseState.CLOSED: "Avslutat",
}
OUTCOMES = {
    Outcome.OWN: "Den egna verksamheten ger stödet",
    Outcome.OTHER: "Lämnas över helt till en annan verksamhet",
    Outcome.MEETING: "Samverkansmöte",
    Outcome.NONE: "Inget mer behov just nu",
}
ABOUT = {About.CHILD: "Ett barn", About.GROUP: "En grupp barn", About.ANONYMOUS: "Anonym konsultation"}
TEMPLATES = {WheelTemplate.WHEEL: "Hjulet", WheelTemplate.ABSENCE: "Hjulet vid omfattande frånvaro"}
DAYS = {
    "opened_at": "Skickat",
    "received_at": "Mottaget",
    "mapping_at": "Kartläggningen började",
    "decided_at": "Beslut",
    "closed_at": "Avslutat",
}
EVENTS = {
    CaseEventKind.SENT: "Ett hjul skickades",
    CaseEventKind.RECEIVED: "Hjulet togs emot",
    CaseEventKind.MAPPING: "Kartläggningen började",
    CaseEventKind.DECIDED: "Beslut om hur det går vidare",
    CaseEventKind.CLOSED: "Avslutades",
    CaseEventKind.REOPENED: "Öppnades igen",
    CaseEventKind.JOINED: "Hjul fördes ihop",
    CaseEventKind.PARTED: "Hjul skildes åt",
    CaseEventKind.DELEGATED: "Delegerades",
    CaseEventKind.DELEGATION_ENDED: "Delegeringen avslutades",
    CaseEventKind.OFFERED: "Överlämning erbjöds",
    CaseEventKind.HANDED_OVER: "Lämnades över",
    CaseEventKind.OFFER_ENDED: "Erbjudandet om överlämning avslutades",
    CaseEventKind.EXPORTED: "Togs ut ur tjänsten",
    CaseEventKind.RELEASED: "Ett registerutdrag godkändes",
    CaseEventKind.HELD: "Gallringen stoppades",
    CaseEventKind.UNHELD: "Stoppet för gallring hävdes",
    CaseEventKind.MEETING_SET: "Ett möte bokades",
    CaseEventKind.MEETING_CANCELLED: "Ett möte ställdes in",
    CaseEventKind.MEETING_CLOSED: "Anteckningarna från ett möte blev klara",
    CaseEventKind.COORDINATOR: "Samordningsperson",
    CaseEventKind.PLAN_MADE: "Planen gjordes",
    CaseEventKind.PLAN_CHANGED: "Planen ändrades",
    CaseEventKind.PLAN_ENDED: "Planen avslutades",
    CaseEventKind.FORUM: "Togs upp i ett samverkansforum",
}
VOICES = {"guardian_1": "Vårdnadshavare 1", "guardian_2": "Vårdnadshavare 2", "child": "Barnet"}
ANSWERS = {"yes": "Ja", "no": "Nej", "not_asked": "Inte tillfrågad"}
WAYS = {"oral": "muntligt", "written": "skriftligt"}
SORTS = {"wheel": "hjulet", "mapping": "kartläggningen", "absence": "frånvaro", "meeting": "möten", "plan": "planen"}


def of(record: Record, kind: str, lead: str, *, names: bool = True, senders: bool = True, inner: bool = True) -> Sheet:
    """Set a record as a document.

    `names` tells who wrote what, `senders` who sent each wheel; `inner` tells what has happened with the case.
    """
    sections = [_wheel(wheel, senders) for wheel in record.wheels]
    sections += _mapping(record)
    sections += [_notes(record.notes, names)] if record.notes else []
    sections += collaboration_sheet.sections(record.together, names)
    sections += _consents(record, names)
    if inner:
        sections.append(_events(record, names))
    return Sheet(kind, record.reference, lead, tuple(_facts(record)), tuple(sections))


def signed(sheet: Sheet, *, who: str, at: datetime, words: Iterable[str] = ()) -> Sheet:
    """Say on every page who has made a document and when; `words` are added at its end."""
    made = f"{sheet.reference} · {who} · {moment(at)}"
    return replace(sheet, footer=made, mark=made, words=(*sheet.words, *words))


def _facts(record: Record) -> list[Line]:
    told = [
        ("Nummer", record.reference),
        ("Gäller", ABOUT[record.about]),
        ("Verksamhet", str(record.place)),
        ("Läge", STATES[record.state]),
        ("Beslut", OUTCOMES.get(record.outcome, "")),
        *((DAYS[name], moment(at)) for name, at in record.days),
        ("Modellens utgåva", record.edition),
    ]
    return [Line(label, text, "fact") for label, text in told if text]


def _wheel(wheel: SentWheel, senders: bool) -> Section:
    who = f"{wheel.sender}, {wheel.origin.unit}" if senders else f"{SOMEBODY} på {wheel.origin.unit}"
    note = f"Skickat {moment(wheel.sent_at)} av {who}, till {wheel.recipient}." if wheel.sent_at else ""
    heading = f"{TEMPLATES[wheel.template]} {wheel.reference}"
    facts, lines = _split(entry for entry in wheel.entries if not entry.area)
    return Section(heading, note, tuple(facts), tuple(_areas(wheel.entries)), tuple(lines))


def _mapping(record: Record) -> list[Section]:
    """The mapping's parts that say something: the wheel now, the voices, the five questions, the outcome."""

    def some(*starts: str) -> list[Entry]:
        return [entry for entry in record.answers if entry.name.startswith(starts) and not entry.area]

    known = ("voice.", "factor.", "question.", "outcome.", "absence.")
    parts = (
        ("Så är det nu", _areas(record.answers), some("absence.")),
        ("Tre röster", [], some("voice.")),
        ("Att tänka på", [], some("factor.")),
        ("De fem frågorna", [], some("question.")),
        ("Beslutet", [], some("outcome.")),
        ("Övrigt", [], [each for each in record.answers if not each.area and not each.name.startswith(known)]),
    )
    made = []
    for heading, areas, entries in parts:
        facts, lines = _split(entries)
        if areas or facts or lines:
            made.append(Section(heading, "", tuple(facts), tuple(areas), tuple(lines)))
    return made


def _notes(notes: Iterable[Note], names: bool) -> Section:
    lines = []
    for note in notes:
        by = f"{note.entry.by}, " if names and note.entry.by else ""
        about = f" om {note.wheel}" if note.wheel else ""
        mark = "Visas inte för vårdnadshavare. " if note.entry.hidden else ""
        lines.append(replace(_line(note.entry), note=f"{mark}{by}{moment(note.entry.at)}{about}"))
    return Section("Anteckningar", lines=tuple(lines))


def _consents(record: Record, names: bool) -> list[Section]:
    found = [(wheel.reference, agreed) for wheel in record.wheels for agreed in wheel.agreed]
    found += [(record.reference, agreed) for agreed in record.agreed]
    return [_consent(reference, agreed, names) for reference, agreed in found]


def _consent(reference: str, agreed: Agreed, names: bool) -> Section:
    facts = [
        Line("Uppgifterna får delas med", ", ".join(agreed.units), "fact"),
        Line("Gäller till", long_date(date.fromisoformat(agreed.ends_on)), "fact"),
    ]
    for who, answer, way, on in agreed.voices:
        how = ", ".join(part for part in (WAYS.get(way, ""), long_date(date.fromisoformat(on)) if on else "") if part)
        facts.append(Line(VOICES[who], f"{ANSWERS[answer]}{f' ({how})' if how else ''}", "fact"))
    facts += [Line(f"Till {scope['unit']}", _scope(scope), "fact") for scope in agreed.scopes]
    if agreed.withdrawn_at:
        facts.append(Line("Återkallat", moment(agreed.withdrawn_at), "fact"))
    by = f" av {agreed.taken_by}" if names else ""
    note = f"Version {agreed.version}, nedskrivet {moment(agreed.taken_at)}{by}."
    heading = f"Samtycke till att uppgifter delas, {reference}"
    return Section(heading, note, tuple(facts), lines=tuple(_line(entry) for entry in agreed.entries))


def _scope(scope: dict) -> str:
    """Say what a consent lets one service have, and who says no to what of it."""
    told = f"{', '.join(AREA_NAMES[area] for area in scope['areas'])} ({', '.join(SORTS[s] for s in scope['kinds'])})"
    for no in scope["noes"]:
        told += f". {VOICES[no['who']]} säger nej till {AREA_NAMES[no['area']].lower() if no['area'] else 'allt'}"
    return told


def _events(record: Record, names: bool) -> Section:
    reasons = any(event.reason for event in record.events)
    columns = ("När", "Vad", *(("Vem",) if names else ()), *(("Skäl",) if reasons else ()))
    told = []
    for event in record.events:
        what = EVENTS.get(event.what, event.what)
        row = [moment(event.at), f"{what} ({event.place.unit})" if event.place.unit else what]
        row += [event.by] if names else []
        row += [_said(event.reason) if event.reason else ""] if reasons else []
        told.append(tuple(row))
    return Section("Det här har hänt", table=Table("Vad som har hänt och när", columns, tuple(told)))


def _areas(entries: Iterable[Entry]) -> list[Area]:
    entries, made = list(entries), []
    for code in AREAS:
        of_area = [entry for entry in entries if entry.area == code]
        level = next((entry.value for entry in of_area if entry.kind == case_names.LEVEL), "")
        lines = [_line(entry) for entry in of_area if entry.in_words or entry.masked]
        if level or lines:
            hidden = any(entry.hidden for entry in of_area)
            made.append(Area(code, AREA_NAMES[code], level, LEVEL_NAMES.get(level, ""), hidden, tuple(lines)))
    return made


def _split(entries: Iterable[Entry]) -> tuple[list[Line], list[Line]]:
    """Part what was chosen from what was written."""
    shown = [entry for entry in entries if entry.kind != case_names.MARK]
    facts = [Line(case_names.full_name(each.name), each.text, "fact") for each in shown if not each.in_words]
    return facts, [_line(each, whole=True) for each in shown if each.in_words]


def _line(entry: Entry, *, whole: bool = False) -> Line:
    """Set an entry; `whole` where no heading says what it is about."""
    label = case_names.full_name(entry.name) if whole and entry.name.startswith("absence.") else entry.label
    if entry.masked:
        return Line(label, MASKED, "masked")
    note = "Visas inte för vårdnadshavare" if entry.hidden and not entry.area else ""
    return Line(label, entry.text, "quote" if entry.kind == case_names.QUOTE else "text", note)


def _day(iso: str) -> str:
    return long_date(date.fromisoformat(iso)) if iso else ""


def _said(entry: Entry) -> str:
    return MASKED if entry.masked else entry.text

"""All that a case holds, gathered once, for paper and for files: every answer with its name, its writer and its day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tbb.database import case_keys, load, rows
from tbb.models import Case, CaseEvent, CaseField, Wheel, WheelField
from tbb.models.kinds import About, CaseState, NoteKind, Outcome, WheelTemplate
from tbb.services import case_files, case_names, case_notes, collaboration_record, consents, sealed_fields
from tbb.services.case_entry import Entry, Place
from tbb.services.collaboration_record import Collaboration

SOMEBODY = "en medarbetare"
"""What a protected person without a function name is called, and one whose account is gone."""
_UNITS = """
    SELECT u.id, COALESCE(NULLIF(u.display_name, ''), u.name), COALESCE(o.name, '')
    FROM unit u LEFT JOIN organizer o ON o.id = u.organizer_id WHERE u.id IN ({marks})
"""
_PEOPLE = """
    SELECT a.id, a.name, p.protected, p.function_name FROM account a LEFT JOIN person p ON p.id = a.person_id
    WHERE a.id IN ({marks})
"""
_TAKERS = """
    SELECT key, taken_by_id FROM consent
    WHERE case_id = ? OR wheel_id IN (SELECT id FROM wheel WHERE case_id = ?)
"""


@dataclass(frozen=True)
class Agreed:
    """A consent: its version, what each has answered, whom it lets read, and until when."""

    id: str
    version: int
    voices: tuple[tuple[str, str, str, str], ...]
    units: tuple[str, ...]
    entries: tuple[Entry, ...]
    taken_at: datetime
    taken_by: str
    ends_on: str
    withdrawn_at: datetime | None
    maturity: str = consents.HEARD
    scopes: tuple[dict[str, object], ...] = ()


@dataclass(frozen=True)
class SentWheel:
    """A wheel of the case: who sent it to whom, and every answer in it."""

    reference: str
    about: str
    template: str
    edition: str
    sender: str
    origin: Place
    recipient: Place
    crosses: bool
    created_at: datetime
    sent_at: datetime | None
    entries: tuple[Entry, ...]
    agreed: tuple[Agreed, ...]


@dataclass(frozen=True)
class Note:
    """A note, a question or an answer; `wheel` is the reference of the wheel it concerns."""

    entry: Entry
    kind: str
    wheel: str


@dataclass(frozen=True)
class Happened:
    """What happened with the case; a reason only where one was given."""

    what: str
    at: datetime
    by: str
    place: Place
    reason: Entry | None


@dataclass(frozen=True)
class Record:
    """A whole case. `left_out` counts what secrecy keeps from the one it is made for."""

    key: str
    reference: str
    about: str
    edition: str
    state: str
    outcome: str
    version: int
    place: Place
    days: tuple[tuple[str, datetime], ...]
    wheels: tuple[SentWheel, ...]
    answers: tuple[Entry, ...]
    notes: tuple[Note, ...]
    agreed: tuple[Agreed, ...]
    events: tuple[Happened, ...]
    left_out: int = 0
    together: Collaboration = Collaboration()

    def entries(self) -> list[Entry]:
        """Everything that is written in the case, in the order it is shown."""
        consents_of = [agreed for wheel in self.wheels for agreed in wheel.agreed] + list(self.agreed)
        return [
            *(entry for wheel in self.wheels for entry in wheel.entries),
            *self.answers,
            *(note.entry for note in self.notes),
            *(entry for agreed in consents_of for entry in agreed.entries),
            *(event.reason for event in self.events if event.reason),
            *self.together.entries(),
        ]


@dataclass
class _Known:
    """The names of accounts and units that a record speaks of, each read once."""

    people: dict[int, str] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)

    def person(self, account: int | None) -> str:
        return self.people.get(account, SOMEBODY) if account is not None else SOMEBODY

    def place(self, unit: int | None) -> Place:
        return self.places.get(unit, Place()) if unit is not None else Place()


def gather(case: Case) -> Record:
    """Open all that a case holds. The caller has asked for the right and written the reading in the audit."""
    wheels = load(Wheel, "case_id = ? AND state = 'sent' ORDER BY sent_at, id", (case.id,))
    events = load(CaseEvent, "case_id = ? ORDER BY at, id", (case.id,))
    written = case_notes.notes(case)
    writers = rows("SELECT DISTINCT saved_by_id FROM case_field WHERE case_id = ?", (case.id,))
    takers = dict(rows(_TAKERS, (case.id, case.id)))
    accounts, units = collaboration_record.people_of(case)
    known = _known(
        accounts | {number for (number,) in writers} | {note.account for note in written} | set(takers.values())
        | {each.author_id for each in wheels} | {each.by_id for each in events},
        units | {case.unit_id} | {each.unit_id for each in events}
        | {unit for each in wheels for unit in (each.from_unit_id, each.unit_id)},
    )  # fmt: skip
    return Record(
        key=case.key,
        reference=case.reference,
        about=About(case.about),
        edition=case.edition,
        state=CaseState(case.state),
        outcome=case.outcome and Outcome(case.outcome),
        version=case.version,
        place=known.place(case.unit_id),
        days=_days(case),
        wheels=tuple(_wheel(each, known, takers) for each in wheels),
        answers=tuple(_answers(case, known)),
        notes=tuple(Note(_note(case, note, known), NoteKind(note.kind), note.reference) for note in written),
        agreed=tuple(_agreed(each, known.person(takers.get(each.key))) for each in consents.of_case(case)),
        events=tuple(_happened(case, each, known) for each in events),
        together=collaboration_record.gather(case, known.person, known.place),
    )


def name_of(account: int | None) -> str:
    """What to call whoever has an account on paper; a protected person by function alone."""
    return _known({account}, set()).person(account)


def place_of(unit: int | None) -> Place:
    """A unit and whose it is, by their names."""
    return _known(set(), {unit}).place(unit)


def _days(case: Case) -> tuple[tuple[str, datetime], ...]:
    """The days of a case that have come, by the names of their columns."""
    names = ("opened_at", "received_at", "mapping_at", "decided_at", "closed_at")
    return tuple((name, moment) for name in names if (moment := getattr(case, name)) is not None)


def _wheel(wheel: Wheel, known: _Known, takers: dict[str, int | None]) -> SentWheel:
    # The consent of a wheel that hands a case over belongs to the old case, at its old unit: it is not ours to show.
    agreed = consents.of_wheel(wheel) if wheel.handover_of_id is None else ()
    return SentWheel(
        reference=wheel.reference,
        about=About(wheel.about),
        template=WheelTemplate(wheel.template),
        edition=wheel.edition,
        sender=known.person(wheel.author_id),
        origin=known.place(wheel.from_unit_id),
        recipient=known.place(wheel.unit_id),
        crosses=wheel.crosses,
        created_at=wheel.created_at,
        sent_at=wheel.sent_at,
        entries=tuple(_answers(wheel, known)),
        agreed=tuple(_agreed(each, known.person(takers.get(each.key))) for each in agreed),
    )


def _answers(thing: Case | Wheel, known: _Known) -> list[Entry]:
    """Open every answer of a wheel or a case, in the order of the forms."""
    table, owner, model = sealed_fields.TABLES[type(thing)]
    writer = "saved_by_id" if model is CaseField else "NULL"
    found = rows(
        f"SELECT name, body, version, saved_at, {writer} FROM {table} WHERE {owner} = ? ORDER BY id", (thing.id,)
    )
    opened = case_keys().open_many(thing.seal, [(row[1], sealed_fields.place_of(thing, row[0])) for row in found])
    said = [(row, text) for row, text in zip(found, opened, strict=True) if text]
    hidden = {row[0].removesuffix(".hidden") for row, text in said if row[0].endswith(".hidden") and text == "1"}
    sender = known.person(thing.author_id) if isinstance(thing, Wheel) else ""
    made = []
    for (name, _body, version, saved_at, saved_by), text in said:
        word = case_names.word_of(name, thing.edition)
        made.append(
            Entry(
                id=f"{thing.reference}:{name}",
                name=name,
                label=word.label,
                text=case_names.in_words(name, text, thing.edition),
                value=text,
                kind=word.kind,
                area=word.area,
                hidden=any(name == mark or name.startswith(f"{mark}.") for mark in hidden),
                version=version,
                at=WheelField.saved_at.python_value(saved_at),
                by=sender or known.person(saved_by),
            )
        )
    return sorted(made, key=lambda entry: case_names.place_in_order(entry.name))


def _note(case: Case, note: case_notes.Shown, known: _Known) -> Entry:
    label = case_names.NOTES[NoteKind(note.kind)]
    return Entry(
        f"note:{note.key}", f"note.{note.kind}", label, note.text, note.text, case_names.TEXT,
        hidden=note.hidden, at=note.at, by=known.person(note.account),
    )  # fmt: skip


def _agreed(shown: consents.Shown, taken_by: str) -> Agreed:
    voices = tuple(
        (who, str(voice.answer), voice.way, voice.on.isoformat() if voice.on else "")
        for who, voice in shown.voices.items()
    )
    words = {
        "consent.information": shown.information,
        "consent.why_not_asked": shown.why_not_asked,
        "consent.paper": shown.paper,
    }
    entries = tuple(
        Entry(f"{name}:{shown.key}", name, case_names.OTHERS[name], text, text, at=shown.taken_at)
        for name, text in words.items()
        if text
    )
    return Agreed(
        shown.key, shown.version, voices, shown.covers, entries, shown.taken_at, taken_by,
        shown.ends_on.isoformat(), shown.withdrawn_at, shown.maturity, tuple(map(_scope, shown.parties)),
    )  # fmt: skip


def _scope(party: consents.Party) -> dict[str, object]:
    """What a consent lets one service have, and who says no to what of it since when."""
    noes = [
        {"who": no.who, "area": no.area, "withdrawn_at": no.withdrawn_at.isoformat() if no.withdrawn_at else ""}
        for no in party.noes
    ]
    return {"unit": party.label, "areas": list(party.areas), "kinds": list(party.kinds), "noes": noes}


def _happened(case: Case, event: CaseEvent, known: _Known) -> Happened:
    reason = None
    if event.reason is not None:
        text = sealed_fields.unseal(case, event.reason, case_files.reason_place(event.id))
        reason = Entry(f"event:{event.id}", f"event.{event.what}", "Skäl", text, text, at=event.at)
    return Happened(str(event.what), event.at, known.person(event.by_id), known.place(event.unit_id), reason)


def _known(accounts: set[int | None], units: set[int | None]) -> _Known:
    people, places = sorted(accounts - {None}), sorted(units - {None})
    known = _Known()
    if people:
        asked = _PEOPLE.format(marks=", ".join("?" * len(people)))
        for number, name, protected, function in rows(asked, people):
            known.people[number] = (function or SOMEBODY) if protected else name
    if places:
        asked = _UNITS.format(marks=", ".join("?" * len(places)))
        known.places = {number: Place(unit, owner) for number, unit, owner in rows(asked, places)}
    return known

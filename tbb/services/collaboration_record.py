"""What a case holds of meetings, samordningspersoner and plans, gathered for paper and for files like all else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from tbb.database import case_keys, load, rows
from tbb.models import (
    Case,
    Coordinator,
    Meeting,
    MeetingAgreement,
    MeetingField,
    MeetingParty,
    Participant,
    Plan,
    PlanAction,
    PlanNote,
)
from tbb.services import case_names, collaboration_names, meetings, plan_actions, plan_notes, sealed_fields, weeks
from tbb.services.case_entry import Entry, Place
from tbb.services.wheel_texts import AREAS

Named = Callable[[int | None], str]
Placed = Callable[[int | None], Place]


@dataclass(frozen=True)
class Came:
    """Somebody who was asked to a meeting: in which role, for which service, with what answer, and whether they came.

    `name` is a member of staff; `person` are the sealed details of somebody without an account.
    """

    role: str
    name: str
    place: Place
    state: str
    attended: str
    confirmed_at: datetime | None
    person: Entry | None


@dataclass(frozen=True)
class Met:
    """A meeting: where and when, who was asked by which consent, and all that is written about it and in it."""

    reference: str
    kind: str
    state: str
    starts_at: datetime | None
    ends_at: datetime | None
    where: str
    created_at: datetime
    held_at: datetime | None
    closed_at: datetime | None
    cancelled_at: datetime | None
    services: tuple[tuple[Place, int], ...]
    people: tuple[Came, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Coordinated:
    """Who was the samordningsperson from when to when, and what the child said of it."""

    name: str
    place: Place
    child_asked: bool
    as_wished: bool
    starts_at: datetime
    ended_at: datetime | None
    ended_why: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class ToDo:
    """An action of a plan: what and who in words, for which service, by which week, and how far it has come."""

    entries: tuple[Entry, ...]
    place: Place
    week: str
    state: str
    done_at: datetime | None


@dataclass(frozen=True)
class Told:
    """Something told of a plan: which kind, of which service, and what was done about it."""

    kind: str
    place: Place
    by: str
    at: datetime
    settled_at: datetime | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Planned:
    """A plan with its goals, its actions and what was told of it."""

    reference: str
    state: str
    made_at: datetime
    ended_at: datetime | None
    goals: tuple[Entry, ...]
    actions: tuple[ToDo, ...]
    notes: tuple[Told, ...]


@dataclass(frozen=True)
class Collaboration:
    """All of it, the oldest first."""

    meetings: tuple[Met, ...] = ()
    coordinators: tuple[Coordinated, ...] = ()
    plans: tuple[Planned, ...] = ()

    def entries(self) -> list[Entry]:
        """Everything that is written in it, in the order it is shown."""
        return [
            *self.persons(),
            *(entry for met in self.meetings for entry in met.entries),
            *(entry for each in self.coordinators for entry in each.entries),
            *(entry for plan in self.plans for entry in of_plan(plan)),
        ]

    def persons(self) -> list[Entry]:
        """Who was asked to the meetings and has no account."""
        return [each.person for met in self.meetings for each in met.people if each.person is not None]

    def changed(self, change: Callable[[Entry], Entry | None]) -> Collaboration:
        """The same with every entry changed, or left out where `change` gives None."""

        def each(entries: Iterable[Entry]) -> tuple[Entry, ...]:
            return tuple(new for new in map(change, entries) if new is not None)

        def met(one: Met) -> Met:
            people = tuple(
                replace(who, person=change(who.person) if who.person is not None else None) for who in one.people
            )
            return replace(one, entries=each(one.entries), people=people)

        def planned(one: Planned) -> Planned:
            actions = [replace(action, entries=each(action.entries)) for action in one.actions]
            notes = [replace(note, entries=each(note.entries)) for note in one.notes]
            return replace(
                one,
                goals=each(one.goals),
                actions=tuple(action for action in actions if action.entries),
                notes=tuple(note for note in notes if note.entries),
            )

        return Collaboration(
            tuple(map(met, self.meetings)),
            tuple(replace(one, entries=each(one.entries)) for one in self.coordinators),
            tuple(map(planned, self.plans)),
        )


def of_plan(plan: Planned) -> list[Entry]:
    """Everything that is written in a plan."""
    return [
        *plan.goals,
        *(entry for action in plan.actions for entry in action.entries),
        *(entry for note in plan.notes for entry in note.entries),
    ]


def people_of(case: Case) -> tuple[set[int | None], set[int | None]]:
    """The accounts and the units that the meetings and plans of a case speak of."""
    of_meetings, of_plans = "JOIN meeting t ON t.id = x.meeting_id", "JOIN plan t ON t.id = x.plan_id"
    own = "JOIN casefile t ON t.id = x.case_id"

    def numbers(*found: tuple[str, str, str]) -> set[int | None]:
        asked = " UNION ".join(
            f"SELECT x.{column} FROM {table} x {joined} WHERE {'t.id' if joined is own else 't.case_id'} = ?"
            for column, table, joined in found
        )
        return {number for (number,) in rows(asked, [case.id] * len(found))}

    accounts = numbers(
        ("account_id", "participant", of_meetings), ("saved_by_id", "meeting_field", of_meetings),
        ("saved_by_id", "plan_field", of_plans), ("by_id", "plan_note", of_plans), ("account_id", "coordinator", own),
    )  # fmt: skip
    units = numbers(
        ("unit_id", "meeting_party", of_meetings), ("unit_id", "plan_action", of_plans),
        ("unit_id", "plan_note", of_plans), ("unit_id", "coordinator", own),
    )  # fmt: skip
    return accounts, units


def gather(case: Case, named: Named, placed: Placed) -> Collaboration:
    """Open the meetings and plans of a case; `named` and `placed` give the names of accounts and units."""
    return Collaboration(
        tuple(_met(each, named, placed) for each in load(Meeting, "case_id = ? ORDER BY created_at, id", (case.id,))),
        tuple(_coordinated(case, each, named, placed)
              for each in load(Coordinator, "case_id = ? ORDER BY id", (case.id,))),
        tuple(_planned(each, named, placed) for each in load(Plan, "case_id = ? ORDER BY id", (case.id,))),
    )  # fmt: skip


def _met(meeting: Meeting, named: Named, placed: Placed) -> Met:
    people = load(Participant, "meeting_id = ? AND state <> 'draft' ORDER BY id", (meeting.id,))
    parties = load(MeetingParty, "meeting_id = ? ORDER BY id", (meeting.id,))
    place_of = {party.id: placed(party.unit_id) for party in parties}
    return Met(
        reference=meeting.reference,
        kind=str(meeting.kind),
        state=str(meeting.state),
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        where=", ".join(part for part in (meeting.place_words, "video" if meeting.video else "") if part),
        created_at=meeting.created_at,
        held_at=meeting.held_at,
        closed_at=meeting.closed_at,
        cancelled_at=meeting.cancelled_at,
        services=tuple((place_of[party.id], _consent_version(party)) for party in parties),
        people=tuple(
            Came(
                str(each.role),
                named(each.account_id) if each.account_id is not None else "",
                place_of.get(each.party_id, Place()),
                str(each.state),
                str(each.attended),
                each.confirmed_at,
                _person(meeting, each),
            )
            for each in people
        ),
        entries=tuple(fields_of(meeting, named)),
    )


def fields_of(thing: Meeting | Plan, named: Named) -> list[Entry]:
    """Open every field of a meeting or a plan, in the order of the areas."""
    table, owner, model = sealed_fields.TABLES[type(thing)]
    found = rows(
        f"SELECT name, body, version, saved_at, saved_by_id FROM {table} WHERE {owner} = ? ORDER BY id", (thing.id,)
    )
    opened = case_keys().open_many(thing.seal, [(row[1], sealed_fields.place_of(thing, row[0])) for row in found])
    said = [(row, text) for row, text in zip(found, opened, strict=True) if text]
    hidden = {row[0].removesuffix(".hidden") for row, text in said if row[0].endswith(".hidden") and text == "1"}
    closed = {name.split(".")[1] for name in hidden if name.count(".") == 1}
    of_actions = {row[0].rpartition(".")[0]: text for row, text in said if row[0].startswith("do.") and text in AREAS}
    word_of = collaboration_names.of_meeting if isinstance(thing, Meeting) else collaboration_names.of_plan
    entries = []
    for (name, _body, version, saved_at, saved_by), text in said:
        word = word_of(name)
        word = replace(word, area=of_actions.get(name.rpartition(".")[0], word.area))
        entries.append(
            Entry(
                id=f"{thing.reference}:{name}", name=f"{collaboration_names.head_of(thing)}{name}", label=word.label,
                text=collaboration_names.in_words(name, text, word), value=text, kind=word.kind, area=word.area,
                hidden=bool(word.area) and word.area in closed, version=version,
                at=MeetingField.saved_at.python_value(saved_at), by=named(saved_by),
            )
        )  # fmt: skip
    return sorted(entries, key=collaboration_names.place_in_order)


def _person(meeting: Meeting, participant: Participant) -> Entry | None:
    said = meetings.contact_of(participant, meeting)
    text = ", ".join(part for part in (said.name, said.phone, said.email, said.note) if part)
    if not text:
        return None
    kind = case_names.GUARDIANS if participant.role == "guardian" else case_names.PERSON
    kind = case_names.TEXT if participant.role == "child" else kind
    name = "participant.person"
    return Entry(f"participant:{participant.key}", name, case_names.PLAIN[name][0], text, text, kind)


def _consent_version(party: MeetingParty) -> int:
    newest = load(MeetingAgreement, "party_id = ? ORDER BY id DESC LIMIT 1", (party.id,))
    return newest[0].consent_version if newest else 0


def _coordinated(case: Case, found: Coordinator, named: Named, placed: Placed) -> Coordinated:
    said = json.loads(case_keys().open(case.seal, found.words, f"coordinator.words:{found.id}"))
    entries = []
    for part in ("wish", "why_not_asked", "reason"):
        if text := said.get(part, ""):
            name = f"coordinator.{part}"
            label, kind = case_names.PLAIN[name]
            entries.append(Entry(f"{name}:{found.id}", name, label, text, text, kind, at=found.starts_at))
    return Coordinated(
        named(found.account_id) if found.account_id is not None else "", placed(found.unit_id), found.child_asked,
        found.as_wished, found.starts_at, found.ended_at, found.ended_why, tuple(entries),
    )  # fmt: skip


def _planned(plan: Plan, named: Named, placed: Placed) -> Planned:
    goals = fields_of(plan, named)
    closed = {entry.area for entry in goals if entry.hidden}
    done = {each.id: each.done_at for each in load(PlanAction, "plan_id = ?", (plan.id,))}
    return Planned(
        reference=plan.reference,
        state=str(plan.state),
        made_at=plan.made_at,
        ended_at=plan.ended_at,
        goals=tuple(goals),
        actions=tuple(
            ToDo(
                _said_of(each, hidden=each.hidden or each.area in closed),
                placed(each.unit),
                weeks.label(each.due_on) if each.due_on else "",
                str(each.state),
                done[each.id],
            )
            for each in plan_actions.of_plan(plan)
        ),
        notes=tuple(_told(plan, each, named, placed)
                    for each in load(PlanNote, "plan_id = ? ORDER BY id", (plan.id,))),
    )  # fmt: skip


def _said_of(action: plan_actions.Action, *, hidden: bool) -> tuple[Entry, ...]:
    made = []
    for part, text in (("what", action.what), ("who", action.who)):
        name = f"action.{part}"
        label, kind = case_names.PLAIN[name]
        if text:
            made.append(Entry(f"{name}:{action.key}", name, label, text, text, kind, action.area, hidden))
    return tuple(made)


def _told(plan: Plan, note: PlanNote, named: Named, placed: Placed) -> Told:
    said = json.loads(case_keys().open(plan.seal, note.body, plan_notes.place_of(note.key)))
    text = "\n".join(part for part in (said["text"], said["phone"] and f"Telefon: {said['phone']}") if part)
    entries = []
    for name, words in ((f"note.{note.kind}", text), ("note.done", said.get("done", ""))):
        if words:
            label, kind = case_names.PLAIN[name]
            entries.append(Entry(f"{name}:{note.key}", name, label, words, words, kind, at=note.at))
    by = named(note.by_id) if note.by_id is not None else ""
    return Told(note.kind, placed(note.unit_id), by, note.at, note.settled_at, tuple(entries))

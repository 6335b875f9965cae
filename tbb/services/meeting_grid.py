"""The grid of a meeting's proposed times and all answers, with the first time at which all who are needed can."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tbb import clock
from tbb.models import Meeting, MeetingSlot, Unit
from tbb.models.meeting_kinds import MeetingKind, ParticipantRole, SlotAnswerKind
from tbb.services import busy_times, meeting_calendar, meeting_people, quorum, rooms, school_breaks, working_days
from tbb.services.meeting_people import Shown
from tbb.services.meeting_times import slots_of

LONG_AGO = datetime(2000, 1, 1, tzinfo=clock.STOCKHOLM)
WAITING = "waiting"
"""In place of an answer: none has come yet."""
WITHOUT_ANSWER = (ParticipantRole.INTERPRETER,)
"""An interpreter is booked for the time that is chosen; nobody waits for their answer."""


@dataclass(frozen=True)
class Cell:
    """What one has answered to one time; `busy` since when, if they have another meeting then or too near.

    `elsewhere` tells whether they are busy then by their own calendar.
    """

    person: Shown
    answer: str
    busy: datetime | None
    elsewhere: bool = False


@dataclass(frozen=True)
class Row:
    """A proposed time: who can, who of those needed cannot, who suggested it, and what day it is."""

    slot: MeetingSlot
    cells: tuple[Cell, ...]
    lacking: tuple[quorum.Need, ...]
    suggested_by: Shown | None
    first: bool
    holiday: bool
    breaks: tuple[str, ...]

    @property
    def day(self) -> date:
        """The day it is on, in Sweden."""
        return clock.local(self.slot.starts_at).date()

    @property
    def past(self) -> bool:
        """Whether it has been, so that it cannot be chosen."""
        return self.slot.starts_at <= clock.now()

    def count(self, answer: str) -> int:
        """How many have answered just so."""
        return sum(cell.answer == answer for cell in self.cells)

    @property
    def can(self) -> int:
        """How many can, if needed too."""
        return self.count(SlotAnswerKind.YES) + self.count(SlotAnswerKind.IF_NEEDED)


@dataclass(frozen=True)
class Grid:
    """All proposed times in their order, and those who are asked: child and guardians first."""

    people: tuple[Shown, ...]
    rows: tuple[Row, ...]
    needed: tuple[quorum.Need, ...]

    @property
    def best(self) -> Row | None:
        """The first time at which all who are needed can; else the one at which most can."""
        ahead = [row for row in self.rows if not row.past]
        return next((row for row in ahead if row.first), max(ahead, key=lambda row: row.can, default=None))

    @property
    def silent(self) -> tuple[Shown, ...]:
        """Those who have not answered."""
        return tuple(person for person in self.people if person.answered_at is None)

    def row(self, number: int) -> Row | None:
        """Find a time by its number."""
        return next((row for row in self.rows if row.slot.id == number), None)


def grid(meeting: Meeting, shown: Sequence[Shown] | None = None) -> Grid:
    """Make the grid for those who book a meeting."""
    everybody = meeting_people.people(meeting, openly=True) if shown is None else shown
    asked = tuple(each for each in everybody if each.is_asked and each.role not in WITHOUT_ANSWER)
    needed, answers, slots = quorum.needs(meeting), quorum.answers_of(meeting), slots_of(meeting)
    unit = Unit.get_by_id(meeting.case.unit_id)
    days = [clock.local(slot.starts_at).date() for slot in slots]
    breaks = school_breaks.between(unit, min(days), max(days)) if days else []
    taken = _taken(asked, slots)
    told = _told_busy([each.account for each in asked if each.account], slots)
    made, found_first = [], False
    for slot, day in zip(slots, days, strict=True):
        said = answers.get(slot.id, {})
        lacking = tuple(quorum.lacking(needed, said))
        first = not (lacking or found_first or slot.starts_at <= clock.now() or not needed)
        found_first = found_first or first
        busy = _busy(told, slot, meeting)
        away = {each for each, spans in taken.items() if busy_times.meet(spans, slot.starts_at, slot.ends_at)}
        made.append(
            Row(
                slot=slot,
                cells=tuple(
                    Cell(each, said.get(each.id, WAITING), busy.get(each.account), each.account in away)
                    for each in asked
                ),
                lacking=lacking,
                suggested_by=next((each for each in everybody if each.id == slot.proposed_by_id), None),
                first=first,
                holiday=not working_days.is_working_day(day),
                breaks=tuple(each.name for each in breaks if each.starts_on <= day <= each.ends_on),
            )
        )
    return Grid(asked, tuple(made), tuple(needed))


def _taken(asked: Iterable[Shown], slots: Sequence[MeetingSlot]) -> dict[int, list[busy_times.Span]]:
    """When those who have an account are busy by their own calendar, around the proposed times."""
    if not slots:
        return {}
    first, last = min(slot.starts_at for slot in slots), max(slot.ends_at for slot in slots)
    return {each.account: busy_times.of(each.account, first, last) for each in asked if each.account}


def _told_busy(accounts: Sequence[int], slots: Sequence[MeetingSlot]) -> dict[int, list[busy_times.Span]]:
    """When each is busy by their own calendar, if they let it be asked, around all the times."""
    if not slots:
        return {}
    first, last = slots[0].starts_at, max(slot.ends_at for slot in slots)
    return {account: busy_times.of(account, first, last) for account in accounts}


def _busy(told: dict[int, list[busy_times.Span]], slot: MeetingSlot, meeting: Meeting) -> dict[int, datetime]:
    """Since when each is busy at a time: by their own calendar, and by meetings here."""
    own = {account: busy_times.meet(spans, slot.starts_at, slot.ends_at) for account, spans in told.items()}
    by_calendar = {account: spans[0][0] for account, spans in own.items() if spans}
    return by_calendar | meeting_calendar.clashes(list(told), slot, meeting)


def rooms_for(meeting: Meeting, starts_at: datetime | None, ends_at: datetime | None) -> list[rooms.Choice]:
    """The rooms that a meeting can be in, those of its own unit first, each with whether it is free then.

    Before a time is known all are.
    """
    starts_at, ends_at = starts_at or LONG_AGO, ends_at or LONG_AGO
    units = {meeting.case.unit_id, *(party.unit_id for party in meeting.parties if party.ended_at is None)}
    found = rooms.choices(units, starts_at, ends_at, meeting.id)
    return sorted(found, key=lambda room: room.unit != meeting.case.unit_id)


def names_in(texts: Iterable[str], meeting: Meeting) -> bool:
    """Whether one of some texts that stand in calendars holds the name of the child or of a guardian."""
    if meeting.kind == MeetingKind.CONSULTATION:
        return False
    family = [each.name for each in meeting_people.people(meeting, openly=True) if each.family and each.name]
    label = meeting_people.child_label(meeting)
    words = {word.casefold() for name in [*family, label] for word in name.split() if len(word) > 2}
    said = " ".join(texts).casefold()
    return any(word in said for word in words)

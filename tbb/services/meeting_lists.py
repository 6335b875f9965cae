"""The meetings of the one who asks: those they take part in, and those of the cases they work with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tbb import clock
from tbb.database import load, rows
from tbb.models import Case, Meeting
from tbb.models.meeting_kinds import MeetingState
from tbb.policy import Actor
from tbb.services import case_shelf, employment, meeting_shelf

_PART_IN = f"""
    SELECT p.meeting_id, y.unit_id, p.answered_at IS NOT NULL FROM participant p JOIN account a ON a.id = p.account_id
    LEFT JOIN meeting_party y ON y.id = p.party_id
    WHERE p.account_id = ? AND p.ended_at IS NULL AND p.state <> 'draft' AND y.ended_at IS NULL
      AND {employment.works_at("y.unit_id")}
"""
_COUNTS = """
    SELECT p.meeting_id, COUNT(*), SUM(CASE WHEN p.answered_at IS NULL THEN 1 ELSE 0 END),
      SUM(CASE WHEN p.state IN ('accepted', 'tentative') THEN 1 ELSE 0 END)
    FROM participant p WHERE p.ended_at IS NULL AND p.state <> 'draft' AND p.meeting_id IN ({marks})
    GROUP BY p.meeting_id
"""


@dataclass(frozen=True)
class Line:
    """A meeting in a list, without a word of what it is about.

    `books` tells whether the one who asks books it; `asked_me` whether their own answer is waited for.
    """

    id: int
    key: str
    reference: str
    kind: str
    state: str
    case: int
    unit: int
    unit_label: str
    starts_at: datetime | None
    ends_at: datetime | None
    room: str
    place_words: str
    video: bool
    asked: int
    silent: int
    coming: int
    books: bool
    asked_me: bool

    @property
    def over(self) -> bool:
        """Whether its time has been."""
        return self.ends_at is not None and self.ends_at < clock.now()


def mine(actor: Actor, *, ended: bool = False) -> list[Line]:
    """The meetings of an actor, those to come first; `ended` gives those closed and called off instead.

    Of other services' meetings only while a consent covers their own, and they work for it.
    """
    found = rows(_PART_IN, (actor.account, *employment.today()))
    part_in = {meeting: (unit, answered) for meeting, unit, answered in found}
    where, params = case_shelf.cases(actor)
    books = {
        number
        for (number,) in rows(f"SELECT m.id FROM meeting m JOIN casefile c ON c.id = m.case_id WHERE {where}", params)
    }
    if not part_in and not books:
        return []
    wanted = (
        (MeetingState.CLOSED, MeetingState.CANCELLED)
        if ended
        else tuple(state for state in MeetingState if state not in (MeetingState.CLOSED, MeetingState.CANCELLED))
    )
    numbers = sorted({*part_in, *books})
    found = load(
        Meeting,
        f"id IN ({_marks(len(numbers))}) AND state IN ({_marks(len(wanted))})"
        " ORDER BY starts_at IS NULL, starts_at, id",
        [*numbers, *wanted],
    )
    cases = _cases({meeting.case_id for meeting in found})
    readable = [
        meeting
        for meeting in found
        if meeting.id in books or _may_still(actor, cases[meeting.case_id], part_in[meeting.id][0])
    ]
    return _lines(actor, readable, cases, books, part_in)


def of_case(actor: Actor, case: Case) -> list[Line]:
    """The meetings of a case that the actor may read, the newest first."""
    found = load(Meeting, "case_id = ? ORDER BY COALESCE(starts_at, created_at) DESC, id DESC", (case.id,))
    return _lines(actor, found, {case.id: case}, {meeting.id for meeting in found}, {})


def unanswered(actor: Actor) -> int:
    """Count the meetings whose proposed times wait for the actor's own answer."""
    return sum(line.asked_me for line in mine(actor))


def _may_still(actor: Actor, case: Case, unit: int | None) -> bool:
    return actor.strong and (unit is None or meeting_shelf.may_be_shared_with(case, unit))


def _lines(
    actor: Actor, found: list[Meeting], cases: dict[int, Case], books: set[int], part_in: dict[int, tuple]
) -> list[Line]:
    if not found:
        return []
    counts = {row[0]: row[1:] for row in rows(_COUNTS.replace("{marks}", _marks(len(found))), [m.id for m in found])}
    rooms = {m.id: m.room.name for m in found if m.room_id is not None}
    units = {case.unit_id: case.unit.label for case in cases.values()}
    made = []
    for meeting in found:
        asked, silent, coming = counts.get(meeting.id, (0, 0, 0))
        waits = meeting.id in part_in and not part_in[meeting.id][1] and meeting.state == MeetingState.PROPOSED
        made.append(
            Line(
                id=meeting.id,
                key=meeting.key,
                reference=meeting.reference,
                kind=meeting.kind,
                state=meeting.state,
                case=meeting.case_id,
                unit=cases[meeting.case_id].unit_id,
                unit_label=units[cases[meeting.case_id].unit_id],
                starts_at=meeting.starts_at,
                ends_at=meeting.ends_at,
                room=rooms.get(meeting.id, ""),
                place_words=meeting.place_words,
                video=bool(meeting.video),
                asked=asked,
                silent=silent,
                coming=coming,
                books=meeting.id in books,
                asked_me=waits,
            )
        )
    return made


def _cases(numbers: set[int]) -> dict[int, Case]:
    known = sorted(numbers)
    return {case.id: case for case in load(Case, f"id IN ({_marks(len(known))})", known)} if known else {}


def _marks(count: int) -> str:
    return ", ".join("?" * count)

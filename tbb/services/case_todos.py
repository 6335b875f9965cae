"""What waits for those who work with cases, the most urgent first: found by state and day, opened for what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from tbb import clock
from tbb.database import as_day, rows
from tbb.models.kinds import CaseState
from tbb.policy import Actor, Permission, may
from tbb.services import case_desk, case_shelf, meeting_todos, working_days
from tbb.services.case_desk import ANSWERED, QUESTIONS, Filters, Found, Line, due_on, local_day

MOST = 6
ENOUGH = 100
"""More than so many of one kind are not counted one by one."""
SOON = timedelta(days=7)
"""How long before its last day a delegation is told of."""
ANSWER_WITHIN, READ_WITHIN = 5, 2
"""Working days until an unanswered question is told of, and until an answer should have been read."""
KINDS = (
    "answer", "receive", "begin", "silent", "decide", "questions", *meeting_todos.KINDS, "delegation",
)  # fmt: skip
"""What can wait; of what is due on the same day the first here comes first."""
_BY_STATE = "SELECT c.id, c.opened_at, c.touched_at FROM casefile c WHERE {where} AND c.state = ? ORDER BY {by} LIMIT ?"
_MAPPING = f"""
    SELECT m.id, m.touched_at, m.answered FROM (
      SELECT c.id, c.touched_at, {ANSWERED} AS answered FROM casefile c
      WHERE {{where}} AND c.state = 'mapping' AND c.outcome = ''
      ORDER BY c.touched_at LIMIT ?) m
"""
_ANSWERS = """
    SELECT c.id, MIN(n.at) FROM casefile c JOIN case_note n ON n.case_id = c.id
    WHERE {where} AND c.state IN ('sent', 'received', 'mapping', 'collaborating')
      AND n.kind = 'addition' AND n.at > c.touched_at
    GROUP BY c.id ORDER BY MIN(n.at) LIMIT ?
"""
_SILENT = """
    SELECT c.id, MIN(n.at) FROM casefile c JOIN case_note n ON n.case_id = c.id
    WHERE {where} AND c.state IN ('sent', 'received', 'mapping', 'collaborating')
      AND n.kind = 'question'
      AND NOT EXISTS (SELECT 1 FROM case_note a WHERE a.case_id = c.id AND a.answers = n.key)
    GROUP BY c.id ORDER BY MIN(n.at) LIMIT ?
"""
_ENDING = """
    SELECT c.id, MIN(g.ends_on), MIN(a.name) FROM casefile c JOIN delegation d ON d.case_id = c.id
    JOIN "grant" g ON g.id = d.grant_id JOIN account a ON a.id = g.account_id
    WHERE {where} AND c.state IN ('sent', 'received', 'mapping', 'collaborating')
      AND g.ended_at IS NULL AND g.ends_on >= ? AND g.ends_on <= ?
    GROUP BY c.id ORDER BY MIN(g.ends_on) LIMIT ?
"""


@dataclass(frozen=True)
class ToDo:
    """One thing that waits: of which kind, about which case, since or until when, and by which day it is due."""

    kind: str
    line: Line
    day: date
    due: date
    name: str = ""
    meeting: str = ""

    @property
    def urgent(self) -> bool:
        """Whether it should be done today at the latest."""
        return self.due <= clock.today()


@dataclass(frozen=True)
class Waiting:
    """A thing that waits, before its card is opened."""

    kind: str
    case: int
    day: date
    due: date
    name: str = ""
    meeting: str = ""


@dataclass(frozen=True)
class Desk:
    """The desk of today: what waits (at most so many of `waiting`), and a page of the list."""

    todos: list[ToDo]
    waiting: int
    found: Found
    lines: list[Line]


def desk(actor: Actor, wanted: Filters, page: int = 1, most: int = MOST) -> Desk:
    """Show what waits for the actor, the most urgent first, and a page of the cases that they may list.

    The cards of both are opened together, so that one reading of each unit is on record for one look at the desk.
    """
    found, waits = case_desk.listing(actor, wanted, page), waiting(actor)
    shown = waits[:most]
    numbers = list(dict.fromkeys([*(each.case for each in shown), *found.numbers]))
    lines = {line.id: line for line in case_desk.opened(actor, numbers)}
    todos = [
        ToDo(each.kind, lines[each.case], each.day, each.due, each.name, each.meeting)
        for each in shown
        if each.case in lines
    ]
    return Desk(todos, len(waits), found, [lines[number] for number in found.numbers if number in lines])


def waiting(actor: Actor) -> list[Waiting]:
    """Find what waits for the actor, the most urgent first, without opening anything."""
    if not may(actor, Permission.READ_CASES):
        return []
    where, params = case_shelf.cases(actor)
    found = [*_by_state(where, params), *_mapping(where, params), *_notes(where, params), *_ending(where, params)]
    found += [
        Waiting(kind, case, day, due, meeting=meeting)
        for kind, case, meeting, day, due in meeting_todos.waiting(where, params)
    ]
    return sorted(found, key=lambda each: (each.due, KINDS.index(each.kind), each.case))


def _by_state(where: str, params: list[object]) -> list[Waiting]:
    """New wheels, and those received with which nothing has been done."""
    found = []
    for kind, state, by in (("receive", CaseState.SENT, "c.opened_at"), ("begin", CaseState.RECEIVED, "c.touched_at")):
        for case, opened_at, touched_at in rows(_BY_STATE.format(where=where, by=by), [*params, state, ENOUGH]):
            opened_on, touched_on = local_day(opened_at), local_day(touched_at)
            day = opened_on if state == CaseState.SENT else touched_on
            found.append(Waiting(kind, case, day, due_on(state, opened_on, touched_on)))
    return found


def _mapping(where: str, params: list[object]) -> list[Waiting]:
    """Mappings whose five questions have no answer yet, or whose outcome is not decided."""
    found = []
    for case, touched_at, answered in rows(_MAPPING.format(where=where), [*params, ENOUGH]):
        day = local_day(touched_at)
        kind = "decide" if answered >= QUESTIONS else "questions"
        found.append(Waiting(kind, case, day, due_on(CaseState.MAPPING, day, day)))
    return found


def _notes(where: str, params: list[object]) -> list[Waiting]:
    """Answers that have come, and questions that have waited long for one."""
    today, found = clock.today(), []
    for case, at in rows(_ANSWERS.format(where=where), [*params, ENOUGH]):
        day = local_day(at)
        found.append(Waiting("answer", case, day, working_days.after(day, READ_WITHIN)))
    for case, at in rows(_SILENT.format(where=where), [*params, ENOUGH]):
        day = local_day(at)
        due = working_days.after(day, ANSWER_WITHIN)
        if due <= today:
            found.append(Waiting("silent", case, day, due))
    return found


def _ending(where: str, params: list[object]) -> list[Waiting]:
    """Delegations that soon end."""
    today = clock.today()
    found = rows(_ENDING.format(where=where), [*params, today, today + SOON, ENOUGH])
    return [Waiting("delegation", case, as_day(day), as_day(day), name) for case, day, name in found]

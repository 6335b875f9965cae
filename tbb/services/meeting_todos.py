"""What waits around meetings for those who work with the cases: one to book, to go on with, to choose a time for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tbb import clock
from tbb.database import as_day, rows
from tbb.models import Meeting
from tbb.services import working_days

BOOK_WITHIN, GO_ON_WITHIN, RECORD_WITHIN = 5, 5, 2
"""Working days until a meeting that was decided on is to be begun, one that was begun is to be asked for, one that
has been held is to be written down."""
ENOUGH = 100
KINDS = ("meet", "choose", "call", "fill", "record", "prepare")
_MEET = """
    SELECT c.id, '', c.decided_at FROM casefile c
    WHERE {where} AND c.state = 'collaborating' AND c.outcome = 'meeting' AND c.decided_at IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM meeting m WHERE m.case_id = c.id AND m.state <> 'cancelled')
    ORDER BY c.decided_at LIMIT ?
"""
_OPEN = """
    SELECT c.id, m.key, m.state, m.created_at, m.ends_at, m.answers_by,
      (SELECT COUNT(*) FROM participant p WHERE p.meeting_id = m.id AND p.ended_at IS NULL AND p.state = 'asked'
        AND p.answered_at IS NULL AND p.role <> 'interpreter'),
      (SELECT COUNT(*) FROM participant p WHERE p.meeting_id = m.id AND p.ended_at IS NULL
        AND p.state NOT IN ('draft', 'ended') AND p.invited_sequence < m.sequence), m.set_at,
      (SELECT COUNT(*) FROM meeting_party y WHERE y.meeting_id = m.id AND y.ended_at IS NULL AND y.least > 0
        AND NOT EXISTS (SELECT 1 FROM participant p WHERE p.party_id = y.id AND p.ended_at IS NULL))
    FROM meeting m JOIN casefile c ON c.id = m.case_id
    WHERE {where} AND c.state <> 'closed' AND m.state IN ('draft', 'proposed', 'set') ORDER BY m.id LIMIT ?
"""

Waiting = tuple[str, int, str, date, date]
"""A kind, the number of a case, the key of a meeting if there is one, since when, and until when."""


def waiting(where: str, params: Sequence[object]) -> list[Waiting]:
    """Find what waits, by a condition on ``casefile c`` that lets through what the one who asks may see."""
    found: list[Waiting] = []
    for case, key, decided in rows(_MEET.format(where=where), [*params, ENOUGH]):
        day = _day(decided)
        found.append(("meet", case, key, day, working_days.after(day, BOOK_WITHIN)))
    for row in rows(_OPEN.format(where=where), [*params, ENOUGH]):
        found += _of_meeting(*row)
    return found


def _of_meeting(
    case: int,
    key: str,
    state: str,
    created: object,
    ends: object,
    answers_by: object,
    silent: int,
    uncalled: int,
    set_at: object,
    lacking: int,
) -> list[Waiting]:
    today = clock.today()
    ahead = state == "proposed" or (state == "set" and _moment(ends) > clock.now())
    if lacking and ahead:
        # Somebody has left, or was taken out: before anything else a service that is needed must be asked anew.
        return [("fill", case, key, today, today)]
    if state == "draft":
        day = _day(created)
        return [("prepare", case, key, day, working_days.after(day, GO_ON_WITHIN))]
    if state == "proposed":
        last = as_day(answers_by) or today
        return [("choose", case, key, last, min(last, today))] if not silent or last < today else []
    if uncalled and _moment(ends) > clock.now():
        return [("call", case, key, _day(set_at or created), today)]
    day = _day(ends)
    return [("record", case, key, day, working_days.after(day, RECORD_WITHIN))] if _moment(ends) < clock.now() else []


def _moment(value: object):
    return Meeting.created_at.python_value(value)


def _day(value: object) -> date:
    return clock.local(_moment(value)).date()

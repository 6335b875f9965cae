"""How it goes with a wheel that somebody has sent: steps without content, questions from the BBA, and what is added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tbb import clock
from tbb.database import rows, transaction
from tbb.models import Wheel
from tbb.models.kinds import CaseState, NoteKind
from tbb.policy import Actor, Permission, require
from tbb.services import audit, case_files, case_notes, case_shelf, delegations, informing
from tbb.services.case_notes import Shown

WAYS = ("sent", "received", "mapping", "collaborating")
"""The steps that a sender sees. A closed case ends the way where it is."""
_ASKED = """
    SELECT COUNT(*) FROM case_note n JOIN wheel w ON w.id = n.wheel_id JOIN casefile c ON c.id = n.case_id
    WHERE w.author_id = ? AND n.kind = 'question' AND c.state <> 'closed' {more}
      AND NOT EXISTS (SELECT 1 FROM case_note a WHERE a.wheel_id = w.id AND a.answers = n.key)
"""


class NotSent(Exception):
    """The wheel is a draft still, or has been taken back."""


@dataclass(frozen=True)
class Step:
    """A step of the way: its code, the day it was taken if it was, and whether it is where the case is now."""

    code: str
    day: date | None
    now: bool


@dataclass(frozen=True)
class Status:
    """What the sender of a wheel sees of what has come of it: no content, only how far it has come."""

    key: str
    reference: str
    sent_at: datetime
    unit_label: str
    unit_slug: str
    responsible: str
    steps: tuple[Step, ...]
    closed: bool
    undo_until: datetime | None


def status_of(wheel: Wheel) -> Status:
    """Tell how far it has come with a sent wheel; raise NotSent for a draft.

    The caller has found the wheel on the sender's shelf.
    """
    if wheel.state != "sent":
        raise NotSent
    case, unit = wheel.case, wheel.unit
    return Status(
        key=wheel.key,
        reference=wheel.reference,
        sent_at=wheel.sent_at,
        unit_label=unit.label,
        unit_slug=unit.slug,
        responsible=delegations.responsible(unit.id),
        steps=_steps(wheel),
        closed=case.state == CaseState.CLOSED,
        undo_until=wheel.sent_at + informing.UNDO if informing.may_undo(wheel) else None,
    )


def questions(actor: Actor, wheel: Wheel) -> list[Shown]:
    """Open what the sender has been asked and has added, the oldest first; that it is read is on record before."""
    place = case_shelf.place_of_wheel(wheel)
    require(actor, Permission.OWN_WHEEL, place)
    if not rows("SELECT 1 FROM case_note WHERE wheel_id = ? LIMIT 1", (wheel.id,)):
        return []
    audit.record_reading(actor, "wheel:own", "wheel", wheel.reference, place=place)
    return case_notes.about_wheel(wheel)


@transaction
def add(actor: Actor, wheel: Wheel, text: str, answering: str = "") -> None:
    """Add something to a sent wheel, or answer the question of that key, and tell those who answer for the case.

    What has been said is never changed. Raises NotSent, case_notes.Closed and case_notes.NotOfTheCase.
    """
    if wheel.state != "sent":
        raise NotSent
    case = wheel.case
    if case.state == CaseState.CLOSED:
        raise case_notes.Closed
    case_notes.write(actor, case, text, NoteKind.ADDITION, wheel=wheel, answers=answering)
    # One letter a day tells of all that is added that day.
    mark = f"wheel-answered:{wheel.key}:{clock.today()}"
    case_files.tell_those_who_answer(case.unit_id, "wheel_answered", mark, {"path": f"/arenden/{case.key}"})


def waiting(actor: Actor) -> int:
    """Count the questions that wait for an answer from the actor, who has sent a wheel and still works there."""
    units = sorted({held.unit for held in actor.held if held.unit is not None})
    if not units or not actor.strong:
        return 0
    more = f"AND w.from_unit_id IN ({', '.join('?' * len(units))})"
    return rows(_ASKED.format(more=more), [actor.account, *units])[0][0]


def _steps(wheel: Wheel) -> tuple[Step, ...]:
    """The way until now: a step has a day when it was taken, also one that was gone past in a stride."""
    case = wheel.case
    taken = {
        "sent": wheel.sent_at,
        "received": case.received_at,
        "mapping": case.mapping_at,
        "collaborating": case.decided_at if case.state == CaseState.COLLABORATING else None,
    }
    here = {CaseState.CLOSED: "closed"}.get(CaseState(case.state), str(case.state))
    steps = [Step(code, _day(taken[code]), code == here) for code in WAYS]
    if here == "closed":
        return (*(step for step in steps if step.day), Step("closed", _day(case.closed_at), True))
    return tuple(steps)


def _day(moment: datetime | None) -> date | None:
    return clock.local(moment).date() if moment else None

"""Legal holds: that a case must not be forgotten for now, why, and that it may be again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tbb import clock
from tbb.database import load, one_at_a_time, rows, transaction
from tbb.models import Account, Case, Hold
from tbb.models.kinds import CaseEventKind
from tbb.policy import Actor, Permission, require
from tbb.services import audit, case_files, case_shelf, retention, sealed_fields

MOST = 500
"""Characters of a reason."""


class AlreadyHeld(Exception):
    """The case is held back already."""


class NotHeld(Exception):
    """The case is not held back any more."""


@dataclass(frozen=True)
class Held:
    """A hold as it is shown: why, by whom, since when, and when and by whom it was ended."""

    reason: str
    by: str
    at: datetime
    ended_at: datetime | None
    ended_by: str


def case(actor: Actor, key: str) -> Case | None:
    """Find a case that the actor may hold back; None when there is none of that key."""
    return case_shelf.case(actor, key, Permission.HOLD_CASE)


def case_by_reference(actor: Actor, reference: str) -> Case | None:
    """Find a case by its reference in the organizations that the actor runs; None when there is none."""
    own = {each.id for each in retention.organizers(actor)}
    found = rows(
        "SELECT c.key, u.organizer_id FROM casefile c JOIN unit u ON u.id = c.unit_id WHERE c.reference = ?",
        (reference.strip().upper(),),
    )
    return case(actor, found[0][0]) if found and found[0][1] in own else None


def of(actor: Actor, case: Case) -> list[Held]:
    """The holds of a case, newest first. Raises CannotOpen when a reason cannot be opened."""
    require(actor, Permission.HOLD_CASE, case_shelf.place_of(case))
    found = load(Hold, "case_id = ? ORDER BY at DESC, id DESC", (case.id,))
    return [
        Held(sealed_fields.unseal(case, each.reason, _place(each.key)), _name(each.by_id), each.at, each.ended_at,
             _name(each.ended_by_id))
        for each in found
    ]  # fmt: skip


@transaction
def hold(actor: Actor, case: Case, reason: str) -> None:
    """Let a case not be forgotten until the hold is ended. Raises AlreadyHeld."""
    one_at_a_time("holds")
    place = case_shelf.place_of(case)
    require(actor, Permission.HOLD_CASE, place)
    if _open(case):
        raise AlreadyHeld
    key = case_files.new_key()
    Hold.create(
        case=case,
        key=key,
        reason=sealed_fields.seal(case, reason[:MOST], _place(key)),
        by=actor.account,
        at=clock.now(),
    )
    case_files.note_event(actor, case, CaseEventKind.HELD)
    audit.record(actor, "case:hold", "case", case.reference, place=place, fields=("hold",))


@transaction
def end(actor: Actor, case: Case) -> None:
    """End a hold: the case may be forgotten when its time is out. Raises NotHeld."""
    one_at_a_time("holds")
    place = case_shelf.place_of(case)
    require(actor, Permission.HOLD_CASE, place)
    if not (found := _open(case)):
        raise NotHeld
    Hold.update(ended_at=clock.now(), ended_by=actor.account).where(Hold.id == found[0].id).execute()
    case_files.note_event(actor, case, CaseEventKind.UNHELD)
    audit.record(actor, "case:unhold", "case", case.reference, place=place, fields=("hold",))


def _open(case: Case) -> list[Hold]:
    return load(Hold, "case_id = ? AND ended_at IS NULL", (case.id,))


def _name(account: int | None) -> str:
    found = load(Account, "id = ?", (account,)) if account is not None else []
    return found[0].name if found else ""


def _place(key: str) -> str:
    return f"hold.reason:{key}"

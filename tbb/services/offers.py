"""What has been sent and not been received: the offers of a case that wait, ending one, calling a wheel back."""

from __future__ import annotations

from tbb import clock
from tbb.database import load
from tbb.models import Case, Letter, Wheel
from tbb.models.kinds import CaseEventKind, CaseState
from tbb.policy import Actor
from tbb.services import audit, case_files, case_shelf, forgetting
from tbb.services.letters import State


def waiting(case: Case) -> list[Wheel]:
    """Find the wheels that offer a case to somebody and have been sent, but not been received; the oldest first."""
    return load(
        Wheel,
        "handover_of_id = ? AND state = 'sent' AND case_id IN (SELECT id FROM casefile WHERE state = ?) ORDER BY id",
        (case.id, CaseState.SENT),
    )


class Received(Exception):
    """Somebody has received the offer meanwhile: then it is theirs."""


def end(actor: Actor, wheel: Wheel) -> None:
    """Within the caller's transaction, take an offer back: its words are forgotten, at the recipient's too.

    The old case stays open where it is. Raises Received, having changed nothing, when that has come first.
    """
    old, new = wheel.handover_of, wheel.case
    place = case_shelf.place_of(new)
    # The wheel goes with it, and all that is written in either.
    if not Case.delete().where(Case.id == new.id, Case.state == CaseState.SENT).execute():
        raise Received
    forgetting.doom(wheel.seal, new.seal)
    audit.record(actor, "case:offer-end", "case", new.reference, place=place)
    audit.record(actor, "case:offer-end", "case", old.reference, place=case_shelf.place_of(old))
    case_files.note_event(actor, old, CaseEventKind.OFFER_ENDED, unit=wheel.unit_id)


def recall(actor: Actor, wheel: Wheel, action: str) -> None:
    """Within the caller's transaction, make a sent wheel its author's draft again; its case is gone, with its key.

    Letters that have not left are stopped. Raises Received, to be rolled back, when somebody has received it.
    """
    case, place = wheel.case, case_shelf.place_of_wheel(wheel)
    wheel.state, wheel.case, wheel.sent_at, wheel.saved_at = "draft", None, None, clock.now()
    wheel.save()
    # Who receives it in this very moment comes first or finds nothing: never both.
    if not Case.delete().where(Case.id == case.id, Case.state == CaseState.SENT).execute():
        raise Received
    forgetting.doom(case.seal)
    Letter.update(state=State.STOPPED).where(
        Letter.dedupe.startswith(f"{mark_of(case)}:"), Letter.state == State.QUEUED
    ).execute()
    if wheel.handover_of_id is not None:
        case_files.note_event(actor, wheel.handover_of, CaseEventKind.OFFER_ENDED, unit=wheel.unit_id)
    audit.record(actor, action, "wheel", wheel.reference, place=place, fields=("state", "case"))


def mark_of(case: Case) -> str:
    """What the letters that tell of a new wheel have in common."""
    return f"arrived:{case.reference}"

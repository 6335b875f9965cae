"""Sending the wheel to a Barnets bästa-ansvarig, exactly once, and taking it back within ten minutes."""

from __future__ import annotations

from datetime import timedelta

from tbb import clock
from tbb.database import load, one_at_a_time, transaction
from tbb.models import Case, Wheel
from tbb.models.kinds import About, CaseState, Status
from tbb.policy import Actor
from tbb.services import audit, case_files, case_shelf, consents, drafts, offers
from tbb.services.drafts import Draft
from tbb.services.personal_data import holds_personal_number

UNDO = timedelta(minutes=10)
"""How long a sent wheel can be taken back, unless somebody has received it."""
HINDRANCES = {
    "recipient": "Välj vilken verksamhet du vill informera.",
    "answers": "Ingen med konto svarar för den verksamheten just nu. Välj en annan, eller ring.",
    "label": "Skriv ett arbetsnamn eller initialer.",
    "flag": "Markera minst ett område som behöver uppmärksammas eller behöver stöd.",
    "told": "Svara på om barnet och vårdnadshavarna vet att du skickar hjulet.",
    "consent": "Det behövs ett samtycke som gäller mottagaren, eller en anonym konsultation.",
    "personal_number": "Ta bort personnumret. Vi får inte och vill inte spara det.",
}
"""What can hinder a wheel from being sent, in the order of the steps, in Swedish."""


class CannotSend(Exception):
    """Something is missing. `reasons` are keys of HINDRANCES."""

    def __init__(self, reasons: tuple[str, ...]):
        super().__init__(f"The wheel cannot be sent: {', '.join(reasons)}.")
        self.reasons = reasons


class AlreadySent(Exception):
    """The wheel has been sent before."""


class TooLate(Exception):
    """A sent wheel cannot be taken back any more: the time is over, or somebody has received it."""


def hindrances(draft: Draft) -> tuple[str, ...]:
    """Name what hinders a draft from being sent, in the order of the steps; nothing when it may leave."""
    wheel, texts = draft.wheel, draft.texts
    missing = {
        "recipient": draft.unit is None,
        "answers": draft.unit is not None and not may_receive(draft),
        "label": wheel.about == About.CHILD and "child.label" not in texts,
        "flag": not draft.flagged,
        "told": _asks_told(wheel) and not {"told.child", "told.guardians"} <= set(texts),
        "consent": draft.unit is not None and not may_cross(draft),
        "personal_number": any(holds_personal_number(text) for text in texts.values()),
    }
    return tuple(reason for reason in HINDRANCES if missing[reason])


def may_receive(draft: Draft) -> bool:
    """Whether the chosen unit is at work, and somebody with an account answers for it today."""
    return draft.unit.status == Status.ACTIVE and case_shelf.answers(draft.unit.id)


def may_cross(draft: Draft) -> bool:
    """Whether secrecy lets it through: no border, nobody named, or a consent that covers the recipient (C2)."""
    if not draft.border.crosses or draft.wheel.about == About.ANONYMOUS:
        return True
    return not consents.why_not_send(draft.wheel, draft.unit)


@transaction
def send(actor: Actor, key: str) -> Wheel:
    """Send a wheel: all is looked at once more, a case is opened, and those who answer for the unit are told.

    Raises AlreadySent, CannotSend, and NotADraft when there is no such wheel of the actor's.
    """
    one_at_a_time(f"wheel {key}")
    wheel = case_shelf.wheel(actor, key)
    if wheel is None:
        raise drafts.NotADraft
    if wheel.state != "draft":
        raise AlreadySent
    draft = drafts.opened(wheel)
    reasons = hindrances(draft)
    if not reasons and not consents.lets_send(wheel):
        reasons = ("consent",)
    if reasons:
        raise CannotSend(reasons)
    case = case_files.open_case(actor, wheel)
    wheel.state, wheel.sent_at, wheel.crosses = "sent", clock.now(), draft.border.crosses
    wheel.save()
    if not case_files.tell_those_who_answer(draft.unit.id, "wheel_arrived", offers.mark_of(case), {"path": "/arenden"}):
        raise CannotSend(("answers",))
    place = case_shelf.place_of_wheel(wheel)
    audit.record(actor, "wheel:send", "wheel", wheel.reference, place=place, fields=("state", "case", "unit"))
    return wheel


def may_undo(wheel: Wheel) -> bool:
    """Whether a sent wheel can still be taken back."""
    if wheel.state != "sent" or clock.now() - wheel.sent_at >= UNDO:
        return False
    found = load(Case, "id = ? AND state = ? AND received_at IS NULL", (wheel.case_id, CaseState.SENT))
    return bool(found) and Wheel.select().where(Wheel.case == found[0]).count() == 1


@transaction
def undo(actor: Actor, key: str) -> Wheel:
    """Make a sent wheel a draft again; its case is gone, with its key. Raises TooLate, and NotADraft for strangers."""
    one_at_a_time(f"wheel {key}")
    wheel = case_shelf.wheel(actor, key)
    if wheel is None:
        raise drafts.NotADraft
    if not may_undo(wheel):
        raise TooLate
    try:
        offers.recall(actor, wheel, "wheel:undo")
    except offers.Received as problem:
        raise TooLate from problem
    return wheel


def _asks_told(wheel: Wheel) -> bool:
    """Nobody is told when nobody is named; at a handover the consent tells who has been asked."""
    return wheel.about != About.ANONYMOUS and wheel.handover_of_id is None

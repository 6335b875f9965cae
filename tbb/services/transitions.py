"""Handing a case over to another unit: chosen, looked through, sent through the gate, and received or taken back."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from tbb import clock
from tbb.database import load, one_at_a_time, rows, transaction
from tbb.models import Case, Unit, Wheel
from tbb.models.kinds import CaseEventKind, CaseState, Outcome, Status
from tbb.policy import WORKER, Actor, Permission, require
from tbb.services import (
    audit,
    case_files,
    case_shelf,
    consents,
    delegations,
    drafts,
    ending_together,
    informing,
    offers,
    plan_carrying,
    plan_shelf,
    sealed_fields,
    transition_round,
)
from tbb.services.transition_round import PATH
from tbb.services.wheel_texts import AREAS, FLAGGED

NEXT, MOVES, ELSEWHERE = "next", "moves", "elsewhere"
REASONS = {
    NEXT: "Barnet går vidare till nästa skola eller verksamhet",
    MOVES: "Barnet flyttar",
    ELSEWHERE: "En annan verksamhet tar över helt",
}
"""Why a case is handed over."""
REASON, SUMMARY = "handover.reason", "handover.summary"
"""What the wheel that hands over says besides the areas, in words and sealed like them."""
PLAN = plan_carrying.CHOICE
PARTS = ("level", "see", "child", "strength")
PATIENCE = timedelta(days=7)
"""When an offer has waited so long, the one who made it is told that nobody has received it."""


class CannotOffer(Exception):
    """The case cannot be offered now: nobody has received it, it is closed, or it is offered to somebody already."""


class PlanUndecided(Exception):
    """The case has a plan, and nobody has said whether it goes on or why it ends (docs/decisions/0015)."""


class NotWaiting(Exception):
    """There is no such offer any more: it has been received or taken back."""


@dataclass(frozen=True)
class Part:
    """What the mapping says of an area, and whether it goes along unless somebody chooses otherwise.

    An area marked as not shown to guardians stays unless it is chosen.
    """

    area: str
    level: str
    texts: tuple[str, ...]
    hidden: bool

    @property
    def goes_along(self) -> bool:
        """Whether it is chosen to begin with."""
        return not self.hidden and self.level in FLAGGED


@dataclass(frozen=True)
class Begun:
    """An offer that is chosen but not sent: the wheel opened, and why no consent covers it ("" when one does).

    `plan` is a key of plan_carrying.CHOICES, "" where there is no plan; `going` is what of it would go along.
    """

    draft: drafts.Draft
    reason: str
    summary: str
    needs_consent: bool
    why_not: str
    hindrances: tuple[str, ...]
    plan: str
    plan_reason: str
    plan_why_not: str
    going: plan_carrying.Going


@dataclass(frozen=True)
class Offer:
    """An offer that has been sent, as the one who made it sees it: never what the recipient writes."""

    key: str
    wheel: str
    reference: str
    unit: str
    sent_at: datetime
    received: bool


def parts(case: Case) -> list[Part]:
    """Say what the mapping holds of each area; of a case that is not mapped yet, what the newest wheel says."""
    texts = sealed_fields.texts(case)
    prefix = "now" if any(name.startswith("now.") and name.endswith(".level") for name in texts) else "area"
    if prefix == "area":
        wheel = _newest(case)
        texts = sealed_fields.texts(wheel) if wheel else {}
    found = []
    for area in AREAS:
        said = {part: texts.get(f"{prefix}.{area}.{part}", "") for part in (*PARTS, "hidden")}
        if any(said[part] for part in PARTS):
            words = tuple(said[part] for part in PARTS[1:] if said[part])
            found.append(Part(area, said["level"], words, bool(said["hidden"])))
    return found


@transaction
def begin(
    actor: Actor,
    case: Case,
    to: Unit,
    *,
    reason: str,
    areas: Iterable[str],
    summary: str,
    plan: str = "",
    plan_reason: str = "",
) -> Wheel:
    """Choose whom a case shall be offered, and what goes along; instead of what the actor has chosen before.

    Only the areas that are named go along. Of a case with a plan that is followed `plan` says what becomes of it, and
    `plan_reason` why it ends. Raises CannotOffer, PlanUndecided and Refused.
    """
    require(actor, Permission.HAND_OVER_CASE, case_shelf.place_of(case))
    stands = _open(case)
    if to.id == stands.unit_id or to.status != Status.ACTIVE:
        raise CannotOffer
    ends = plan == plan_carrying.ENDS
    if plan_shelf.of_case(stands) is not None and (
        plan not in plan_carrying.CHOICES or (ends and not plan_reason.strip())
    ):
        raise PlanUndecided
    if (before := begun_by(actor, stands)) is not None:
        drafts.throw_away(actor, before.key)
    wheel = drafts.begin(
        actor,
        from_unit=stands.unit,
        about=stands.about,
        handover_of=stands,
        answers=_answers(stands, frozenset(areas)),
    )
    said = {REASON: REASONS[reason], SUMMARY: summary.strip()}
    if plan_shelf.of_case(stands) is not None:
        said |= {plan_carrying.CHOICE: plan_carrying.CHOICES[plan]}
        said |= {plan_carrying.REASON: plan_reason.strip()} if ends else {}
    sealed_fields.save(wheel, said, by=actor.account)
    return drafts.set_recipient(actor, wheel.key, to)


def begun_by(actor: Actor, case: Case) -> Wheel | None:
    """Find the offer of a case that the actor has chosen but not sent."""
    found = load(
        Wheel,
        "handover_of_id = ? AND author_id = ? AND state = 'draft' ORDER BY id DESC LIMIT 1",
        (case.id, actor.account),
    )
    return found[0] if found else None


def begun(actor: Actor, case: Case) -> Begun | None:
    """Open the offer of a case that the actor has chosen but not sent; None when there is none."""
    wheel = begun_by(actor, case)
    if wheel is None:
        return None
    draft = drafts.opened(wheel)
    texts = draft.texts
    crosses = draft.border.crosses and not informing.may_cross(draft)
    return Begun(
        draft=draft,
        reason=next((code for code, words in REASONS.items() if words == texts.get(REASON)), ""),
        summary=texts.get(SUMMARY, ""),
        needs_consent=draft.border.crosses,
        why_not=consents.why_not_send(wheel, draft.unit) if crosses else "",
        hindrances=informing.hindrances(draft),
        plan=next((code for code, words in plan_carrying.CHOICES.items() if words == texts.get(PLAN)), ""),
        plan_reason=texts.get(plan_carrying.REASON, ""),
        plan_why_not=_plan_why_not(case, draft),
        going=plan_carrying.going(case, draft.unit, draft.levels),
    )


@transaction
def send(actor: Actor, case: Case) -> Wheel:
    """Offer a case with what was chosen, through the same gate as every wheel. It stays open until it is received.

    Raises CannotOffer, Refused, and informing.CannotSend when something is missing, such as a consent.
    """
    require(actor, Permission.HAND_OVER_CASE, case_shelf.place_of(case))
    stands = _open(case)
    wheel = begun_by(actor, stands)
    if wheel is None:
        raise CannotOffer
    if _plan_why_not(stands, drafts.opened(wheel)):
        raise informing.CannotSend(("plan",))
    sent = informing.send(actor, wheel.key)
    case_files.note_event(actor, stands, CaseEventKind.OFFERED, unit=sent.unit_id)
    _note(actor, "case:offer", stands, ("handover",))
    return sent


@transaction
def take_back(actor: Actor, case: Case, wheel: str) -> None:
    """Take an offer back before it is received; its words are forgotten. Raises NotWaiting and Refused."""
    require(actor, Permission.HAND_OVER_CASE, case_shelf.place_of(case))
    one_at_a_time(f"wheel {wheel}")
    found = [each for each in offers.waiting(case) if each.key == wheel]
    if not found:
        raise NotWaiting
    try:
        offers.end(actor, found[0])
    except offers.Received as first:
        raise NotWaiting from first


@transaction
def accepted(actor: Actor, wheel: Wheel) -> None:
    """Within the receiving of a wheel that hands a case over: close the old case, and tell those who had it.

    The caller has received the new case; other offers of the old one are ended.
    """
    if wheel.handover_of_id is None:
        return
    plan_shelf.hold(wheel.handover_of_id)
    old, moment = _latest(wheel.handover_of_id), clock.now()
    for other in offers.waiting(old):
        if other.id != wheel.id:
            with suppress(offers.Received):
                offers.end(actor, other)
    if old.state == CaseState.CLOSED:
        return
    Case.update(
        state=CaseState.CLOSED, outcome=Outcome.OTHER, decided_at=old.decided_at or moment, closed_at=moment
    ).where(Case.id == old.id).execute()
    case_files.note_event(actor, old, CaseEventKind.HANDED_OVER, unit=wheel.unit_id)
    delegations.end_all(actor, old)
    new = load(Case, "id = ?", (wheel.case_id,))[0]
    why = plan_carrying.settle(actor, old, new, consents.areas_of(wheel), sealed_fields.texts(wheel))
    ending_together.end(actor, old, why or ending_together.HANDED_OVER)
    _note(actor, "case:handed-over", old, ("state", "outcome"))
    case_files.tell_those_who_answer(old.unit_id, "handover_accepted", f"accepted:{wheel.reference}", {"path": PATH})


def offered(actor: Actor) -> list[Offer]:
    """List the offers of the cases that the actor answers for, those that wait first, then the newest."""
    units = case_shelf.units_answered(actor)
    if not units:
        return []
    found = rows(
        "SELECT c.key, w.key, c.reference, COALESCE(NULLIF(u.display_name, ''), u.name), w.sent_at, n.state"
        " FROM wheel w JOIN casefile c ON c.id = w.handover_of_id JOIN casefile n ON n.id = w.case_id"
        " JOIN unit u ON u.id = w.unit_id"
        f" WHERE w.state = 'sent' AND c.unit_id IN ({', '.join('?' * len(units))})"
        " ORDER BY CASE WHEN n.state = 'sent' THEN 0 ELSE 1 END, w.sent_at DESC, w.id DESC LIMIT 100",
        units,
    )
    return [Offer(*row[:4], Wheel.sent_at.python_value(row[4]), row[5] != CaseState.SENT) for row in found]


@transaction
def remind() -> int:
    """Tell those whose offer nobody has received for a week, once a week; count the offers. For every day."""
    one_at_a_time("offers")
    found = rows(
        "SELECT c.unit_id, w.reference, w.sent_at FROM wheel w JOIN casefile c ON c.id = w.handover_of_id"
        " JOIN casefile n ON n.id = w.case_id WHERE w.state = 'sent' AND n.state = ? AND w.sent_at <= ? ORDER BY w.id",
        (CaseState.SENT, Wheel.sent_at.db_value(clock.now() - PATIENCE)),
    )
    for unit, reference, sent_at in found:
        week = (clock.now() - Wheel.sent_at.python_value(sent_at)) // PATIENCE
        case_files.tell_those_who_answer(unit, "handover_offered", f"offered:{reference}:{week}", {"path": PATH})
    if found:
        audit.record(WORKER, "case:offer-remind", "case", "list", note=str(len(found)))
    return len(found)


def _plan_why_not(case: Case, draft: drafts.Draft) -> str:
    return plan_carrying.why_not(case, draft.unit, draft.levels, draft.texts.get(PLAN, ""))


def _open(case: Case) -> Case:
    """The case as it stands, when it can be offered."""
    stands = _latest(case.id)
    if stands.state in (CaseState.SENT, CaseState.CLOSED) or offers.waiting(stands):
        raise CannotOffer
    return stands


def _latest(number: int) -> Case:
    one_at_a_time(f"case:{number}")
    return load(Case, "id = ?", (number,))[0]


def _answers(case: Case, areas: frozenset[str]) -> dict[str, str]:
    """What goes along: who it is about by the card, and of the chosen areas all that the mapping says."""
    card = case_files.card_of(case)
    answers = {
        "child.label": card.label,
        "child.stage": transition_round.stage_on(card.stage, clock.local(case.opened_at).date(), clock.today()),
        "child.own_reference": card.own_reference,
        "group.label": card.label,
    }
    mapped, wheel = sealed_fields.texts(case), _newest(case)
    before = sealed_fields.texts(wheel) if wheel else {}
    has_own = any(name.startswith("now.") and name.endswith(".level") for name in mapped)
    for area in areas & set(AREAS):
        for part in (*PARTS, "hidden"):
            said = mapped.get(f"now.{area}.{part}", "") if has_own else before.get(f"area.{area}.{part}", "")
            answers[f"area.{area}.{part}"] = said
    return {name: text for name, text in answers.items() if text}


def _newest(case: Case) -> Wheel | None:
    found = load(Wheel, "case_id = ? ORDER BY sent_at DESC, id DESC LIMIT 1", (case.id,))
    return found[0] if found else None


def _note(actor: Actor, action: str, case: Case, fields: tuple[str, ...]) -> None:
    audit.record(actor, action, "case", case.reference, place=case_shelf.place_of(case), fields=fields)

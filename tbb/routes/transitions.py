"""Handing a case over to another unit, and the round of those who leave."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb import clock
from tbb.forms.transitions import OfferForm, StaysForm, TakeBackForm
from tbb.policy import Permission
from tbb.services import (
    case_files,
    case_receivers,
    case_shelf,
    consents,
    informing,
    plan_carrying,
    plan_page,
    plan_shelf,
    transition_round,
    transitions,
    wheel_texts,
)
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify
from tbb.web.surroundings import write_down

bp = Blueprint("transitions", __name__)


@bp.get("/arenden/overgangar")
@requires(Permission.HAND_OVER_CASE)
def round_of_summer() -> Response:
    """List the children who leave, and the offers that have been sent."""
    today = clock.today()
    return page(
        "transitions/round.html",
        lines=transition_round.lines(actor()),
        offers=transitions.offered(actor()),
        summer=transition_round.year(today),
        is_on=transition_round.is_on(today),
        goes_to=transition_round.GOES_TO,
    )


@bp.post("/arenden/<key>/overgang")
@requires(Permission.HAND_OVER_CASE)
def mark(key: str) -> BaseResponse:
    """Say that a child stays, or take that back."""
    case, form = _case(key), StaysForm()
    if form.validate():
        transition_round.mark(actor(), case, stays=form.answer.data == "stannar")
        notify("Sparat.")
    return see_other(url_for("transitions.round_of_summer"))


@bp.get("/arenden/<key>/lamna-over")
@requires(Permission.HAND_OVER_CASE, reads="case:read")
def offer(key: str) -> Response:
    """Ask whom a case shall be offered, why, and what goes along."""
    case = _case(key)
    begun, parts = transitions.begun(actor(), case), transitions.parts(case)
    receivers = case_receivers.named(case, [begun.draft.unit.slug]) if begun else []
    form = OfferForm(formdata=None, data=_chosen(begun, parts))
    return _offer_page(case, form.offer(receivers, parts, planned=_planned(case)), receivers, parts)


@bp.post("/arenden/<key>/lamna-over/sok")
@requires(Permission.HAND_OVER_CASE, again=True, reads="case:read")
def find(key: str) -> Response:
    """Search for who could receive, and keep all that is written."""
    case, form = _case(key), OfferForm()
    receivers, parts = _receivers(case, form), transitions.parts(case)
    return _offer_page(case, form.offer(receivers, parts, planned=_planned(case)), receivers, parts)


@bp.post("/arenden/<key>/lamna-over")
@requires(Permission.HAND_OVER_CASE, again=True)
def choose(key: str) -> BaseResponse:
    """Keep what was chosen, to be looked through before it is sent."""
    case, form = _case(key), OfferForm()
    receivers, parts = _receivers(case, form), transitions.parts(case)
    form.offer(receivers, parts, planned=_planned(case))
    if form.validate() and _begun(case, form):
        return see_other(url_for("transitions.check", key=key))
    write_down(actor(), Permission.READ_CASE, {"key": key})
    return _offer_page(case, form, receivers, parts, status=422)


@bp.get("/arenden/<key>/lamna-over/kontrollera")
@requires(Permission.HAND_OVER_CASE, reads="case:read")
def check(key: str) -> BaseResponse:
    """Show what will be sent, and what is missing still."""
    case = _case(key)
    begun = transitions.begun(actor(), case)
    if begun is None:
        return see_other(url_for("transitions.offer", key=key))
    told = {"reasons": transitions.REASONS, "why_not": consents.WHY_NOT.get(begun.why_not, "")}
    missing = [informing.HINDRANCES[reason] for reason in begun.hindrances if reason != "consent"]
    return page(
        "transitions/check.html",
        **_about(case),
        begun=begun,
        missing=missing,
        consents=consents.of_case(case),
        huvudman=_huvudman(begun),
        plans=plan_carrying.CHOICES,
        **told,
    )


@bp.post("/arenden/<key>/lamna-over/skicka")
@requires(Permission.HAND_OVER_CASE)
def send(key: str) -> BaseResponse:
    """Offer the case."""
    case = _case(key)
    try:
        transitions.send(actor(), case)
    except informing.CannotSend:
        notify("Det gick inte att skicka. Se vad som saknas.")
        return see_other(url_for("transitions.check", key=key))
    except transitions.CannotOffer:
        notify("Det finns inget att skicka.")
        return see_other(url_for("transitions.round_of_summer"))
    notify("Skickat. Ärendet är kvar hos dig tills det är mottaget.")
    return see_other(url_for("transitions.round_of_summer"))


@bp.post("/arenden/<key>/lamna-over/ta-tillbaka")
@requires(Permission.HAND_OVER_CASE)
def take_back(key: str) -> BaseResponse:
    """Take an offer back that nobody has received."""
    case, form = _case(key), TakeBackForm()
    try:
        transitions.take_back(actor(), case, form.wheel.data or "")
        notify("Överlämningen är tillbaka hos dig.")
    except transitions.NotWaiting:
        notify("Det gick inte. Den är redan mottagen eller tillbakatagen.")
    return see_other(url_for("transitions.round_of_summer"))


def _case(key: str, permission: Permission = Permission.HAND_OVER_CASE) -> Any:
    return case_shelf.case(actor(), key, permission) or abort(404)


def _planned(case: Any) -> bool:
    """Whether a case has a plan that is followed."""
    return plan_shelf.of_case(case) is not None


def _about(case: Any) -> dict[str, Any]:
    """What every page of a case shows of it."""
    return {"case": case, "card": case_files.card_of(case), "areas": wheel_texts.edition(case.edition).areas}


def _chosen(begun: transitions.Begun | None, parts: list[transitions.Part]) -> dict[str, Any]:
    """What stands in the form to begin with: what was chosen before, else what is flagged."""
    if begun is None:
        return {"areas": [part.area for part in parts if part.goes_along]}
    areas = [part.area for part in parts if part.area in begun.draft.levels]
    return {"reason": begun.reason, "to": begun.draft.unit.slug, "areas": areas, "summary": begun.summary,
            "plan": begun.plan, "plan_reason": begun.plan_reason}  # fmt: skip


def _receivers(case: Any, form: OfferForm) -> list[case_receivers.Receiver]:
    """Those who are chosen already, and those whom the search finds."""
    chosen = request.form.getlist("to")[:20]
    found = [one.slug for one in case_receivers.find(case, form.q.data or "")]
    return case_receivers.named(case, [*chosen, *found])


def _begun(case: Any, form: OfferForm) -> bool:
    """Keep the choice, or say why it cannot be."""
    found = case_receivers.of_slugs([form.to.data])
    told = {"reason": form.reason.data, "areas": form.areas.data, "summary": form.summary.data or ""}
    told |= {"plan": form.plan.data or "", "plan_reason": form.plan_reason.data or ""}
    try:
        transitions.begin(actor(), case, found[0], **told)
    except transitions.PlanUndecided:
        form.form_errors.append(
            "Ärendet har fått en plan under tiden. Läs in sidan på nytt och välj vad som händer med den."
        )
        return False
    except transitions.CannotOffer:
        form.form_errors.append("Ärendet går inte att lämna över nu. Det kan redan vara erbjudet till någon.")
        return False
    return True


def _offer_page(case: Any, form: OfferForm, receivers: list, parts: list, status: int = 200) -> Response:
    told = {"receivers": {one.slug: one for one in receivers}, "parts": {part.area: part for part in parts}}
    return page(
        "transitions/offer.html", status=status, **_about(case), form=form, planned=plan_page.of_case(case), **told
    )


def _huvudman(begun: transitions.Begun) -> str:
    unit = begun.draft.unit
    return unit.organizer.name if unit.organizer_id else ""

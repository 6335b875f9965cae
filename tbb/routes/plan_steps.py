"""The steps of a plan: booking and recording its follow-up, a new samordningsperson, and its end."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.followups import FollowupForm
from tbb.forms.plans import NO_TIME, EndForm, HandOnForm, TimeForm
from tbb.policy import Permission, require
from tbb.routes.plans import NOT_THEIRS, READS, changed, kept, over, seen
from tbb.services import (
    followup_record,
    followups,
    mapping,
    meeting_shelf,
    plan_actions,
    plan_owners,
    plan_page,
    plan_shelf,
    plans,
)
from tbb.web import plan_words as words
from tbb.web import wheel_words
from tbb.web.access import LONG, requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("plan_steps", __name__)
OVERTAKEN = (
    "Någon annan har bytt samordningsperson medan du skrev. Se vem det är nu, och spara igen om det ändå ska ändras."
)
NO_FOLLOWUP = (
    "Det finns ingen uppföljning att skriva om än. Den är inte bokad, har inte börjat, eller så har någon annan just "
    "skrivit ned den. Det du har skrivit står kvar här men är inte sparat."
)
BOOKED = "En uppföljning är redan bokad."


@bp.get("/planer/<key>/uppfoljning/boka")
@requires(Permission.BOOK_FOLLOWUP, reads=READS)
def booking(key: str) -> Response:
    """Ask when the follow-up is to be."""
    plan = _followed(key)
    return _show("plans/book.html", plan, TimeForm(formdata=None).in_the_stead(_stead(plan)))


@bp.post("/planer/<key>/uppfoljning/boka")
@requires(Permission.BOOK_FOLLOWUP, reads=READS)
def book(key: str) -> BaseResponse:
    """Book the follow-up."""
    plan = _followed(key)
    form = TimeForm().in_the_stead(_stead(plan))
    if not form.validate():
        return _show("plans/book.html", plan, form, status=422)
    try:
        more = {"minutes": form.minutes.data, "by_words": form.by_words.data, "place_words": form.place_words.data}
        followups.book(actor(), plan, wall=form.wall(), **more)
        notify("Uppföljningen är bokad. De som inte har konto får sin kod från dig, på mötets sida.")
    except followups.BadTime:
        form.at.errors = [NO_TIME]
        return _show("plans/book.html", plan, form, status=422)
    except followups.AlreadyBooked:
        notify(BOOKED)
    except (plan_shelf.Ended, mapping.Closed, mapping.NotReceived):
        return over(key)
    return see_other(url_for("plans.show", key=key))


@bp.get("/planer/<key>/uppfoljning")
@requires(Permission.BOOK_FOLLOWUP, reads=READS)
def followup(key: str) -> Response:
    """Let a follow-up be written down."""
    plan = _followed(key)
    return _followup_page(plan, FollowupForm(formdata=None).in_the_stead(_stead(plan)))


@bp.post("/planer/<key>/uppfoljning")
@requires(Permission.BOOK_FOLLOWUP, reads=READS, most_bytes=LONG)
def record(key: str) -> BaseResponse:
    """Write down a follow-up and what becomes of the plan."""
    plan = _followed(key)
    form = FollowupForm().in_the_stead(_stead(plan))
    if not form.validate() or form.needs_a_look():
        return _followup_page(plan, form, status=422)
    try:
        followup_record.record(
            actor(), plan, form.answers(), outcome=form.outcome.data, reason=form.reason.data,
            next_wall=form.next_wall(), next_minutes=form.minutes.data, by_words=form.by_words.data,
        )  # fmt: skip
    except followups.BadTime:
        form.at.errors = [NO_TIME]
        return _followup_page(plan, form, status=422)
    except (followup_record.NotBooked, followup_record.NotYet):
        form.form_errors.append(NO_FOLLOWUP)
        return _followup_page(plan, form, status=409)
    except plan_shelf.Ended:
        return over(key)
    notify("Uppföljningen är sparad.")
    return see_other(url_for("plans.show", key=key))


@bp.get("/planer/<key>/samordningsperson")
@requires(Permission.HAND_ON_PLAN, reads=READS)
def handing_on(key: str) -> Response:
    """Ask who is to be the samordningsperson from now on."""
    plan = kept(key)
    form = HandOnForm(formdata=None, data={"seen": plan_owners.mark_of_owner(plan)})
    return _show("plans/hand_on.html", plan, _offering(plan, form))


@bp.post("/planer/<key>/samordningsperson")
@requires(Permission.HAND_ON_PLAN, reads=READS)
def hand_on(key: str) -> BaseResponse:
    """Let somebody else be the samordningsperson."""
    plan = kept(key)
    form = _offering(plan, HandOnForm())
    if not form.validate() or form.needs_a_look():
        return _show("plans/hand_on.html", plan, form, status=422)
    try:
        plan_owners.hand_on(actor(), plan, words.choice(form), form.seen.data or "")
    except plan_actions.NotTheirs:
        form.form_errors.append(NOT_THEIRS)
        return _show("plans/hand_on.html", plan, form, status=422)
    except plan_owners.Overtaken:
        form.form_errors.append(OVERTAKEN)
        form.seen.data = plan_owners.mark_of_owner(plan)
        return _show("plans/hand_on.html", plan, form, status=409)
    except plan_shelf.Ended:
        return over(key)
    notify("Planen har en ny samordningsperson.")
    here = meeting_shelf.plan(actor(), key) is not None
    return see_other(url_for("plans.show", key=key) if here else url_for("plans.mine"))


@bp.get("/planer/<key>/avsluta")
@requires(Permission.CHANGE_PLAN, reads=READS)
def ending(key: str) -> Response:
    """Ask why the plan ends."""
    return _show("plans/end.html", changed(key), EndForm(formdata=None))


@bp.post("/planer/<key>/avsluta")
@requires(Permission.CHANGE_PLAN, reads=READS)
def end(key: str) -> BaseResponse:
    """End the plan."""
    plan, form = changed(key), EndForm()
    if not form.validate() or form.needs_a_look():
        return _show("plans/end.html", plan, form, status=422)
    try:
        plans.end(actor(), plan, form.reason.data)
        notify("Planen är avslutad.")
    except plan_shelf.Ended:
        return over(key)
    here = meeting_shelf.plan(actor(), key) is not None
    return see_other(url_for("plans.show", key=key) if here else url_for("plans.mine"))


def _stead(plan: Any) -> bool:
    return followup_record.in_the_stead(actor(), plan)


def _followed(key: str) -> Any:
    """The plan of this key, for who books and records its follow-ups."""
    found = seen(key)
    require(actor(), Permission.BOOK_FOLLOWUP, meeting_shelf.place_of_plan(found))
    return found


def _offering(plan: Any, form: HandOnForm) -> HandOnForm:
    people = plan_actions.possible(plan.case)
    return form.offer(people, plan_page.labels_of(each.unit for each in people))


def _show(template: str, plan: Any, form: Any, status: int = 200) -> Response:
    told = {"shown": plan_page.shown(actor(), plan), "plan": plan, "form": form, "words": words}
    return page(template, fragment="form" if status != 200 else None, status=status, **told)


def _followup_page(plan: Any, form: Any, status: int = 200) -> Response:
    shown = plan_page.shown(actor(), plan)
    return page(
        "plans/followup.html",
        fragment="form" if status != 200 else None,
        status=status,
        shown=shown,
        plan=plan,
        form=form,
        words=words,
        asked=wheel_words.STAFF,
        before=followup_record.before_of(plan),
        first=words.in_order(shown),
    )

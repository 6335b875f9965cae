"""Booking a talk with a unit's BBA, or a workshop with those who lead the process, and the link to what is booked."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.talks import LeadersForm, MoveForm, PlainForm, TalkForm
from tbb.policy import Permission
from tbb.services import calendar_files, talk_hosts, talks
from tbb.services.talk_hosts import COUNTY_SLUG, Host
from tbb.services.talk_slots import Slot
from tbb.web import talk_words
from tbb.web.access import public, requires
from tbb.web.forms import csrf, stand_guard, who
from tbb.web.hypermedia import page, see_other
from tbb.web.language import current
from tbb.web.shell import settings
from tbb.web.sitting import actor
from tbb.web.talk_words import Sheet
from tbb.web.texts import say as _

bp = Blueprint("talks", __name__)


@bp.get("/enhet/<slug>/boka")
@public
def choose(slug: str) -> Response:
    """Show the times that can be booked with a unit's BBA."""
    return _choose(_host(slug))


@bp.get("/enhet/<slug>/boka/uppgifter")
@public
def details(slug: str) -> BaseResponse:
    """Ask whom to call, for one of the times."""
    return _details(_host(slug))


@bp.post("/enhet/<slug>/boka/uppgifter")
@requires(Permission.BOOK_TALK)
@csrf.exempt
def book(slug: str) -> BaseResponse:
    """Book one of the times."""
    return _book(_host(slug))


@bp.get("/boka/processledare")
@public
def choose_leaders() -> Response:
    """Show the times that can be booked with those who lead the process."""
    return _choose(_host(COUNTY_SLUG))


@bp.get("/boka/processledare/uppgifter")
@public
def leaders_details() -> BaseResponse:
    """Ask who wants a workshop or information, for one of the times."""
    return _details(_host(COUNTY_SLUG))


@bp.post("/boka/processledare/uppgifter")
@requires(Permission.BOOK_TALK)
@csrf.exempt
def book_leaders() -> BaseResponse:
    """Book those who lead the process."""
    return _book(_host(COUNTY_SLUG))


@bp.get("/bokning/<token>")
@requires(Permission.BOOK_TALK)
def booking(token: str) -> Response:
    """Show what is booked; looking changes nothing."""
    return _shown(token, "talks/booking.html")


@bp.get("/bokning/<token>/andra")
@requires(Permission.BOOK_TALK)
def other_times(token: str) -> Response:
    """Show the times that a talk can be moved to."""
    return _move_page(token, MoveForm(formdata=None))


@bp.post("/bokning/<token>/andra")
@requires(Permission.BOOK_TALK)
@csrf.exempt
def move(token: str) -> BaseResponse:
    """Move a talk."""
    person, form = stand_guard(), MoveForm()
    if not form.validate():
        return _move_page(token, form, status=422)
    try:
        found = talks.move(actor(), token, form.tid.data) if person else talks.look(token)
    except talks.Taken:
        form.tid.errors = [_("Någon annan hann boka tiden. Välj en annan.")]
        return _move_page(token, form, status=409)
    except talks.TooLate:
        return _shown(token, "talks/booking.html", status=409)
    return see_other(url_for("talks.booking", token=token)) if found else _gone()


@bp.get("/bokning/<token>/avboka")
@requires(Permission.BOOK_TALK)
def sure(token: str) -> Response:
    """Ask whether a talk is to be cancelled."""
    return _shown(token, "talks/cancel.html")


@bp.post("/bokning/<token>/avboka")
@requires(Permission.BOOK_TALK)
@csrf.exempt
def cancel(token: str) -> BaseResponse:
    """Cancel a talk."""
    person, _form = stand_guard(), PlainForm()
    try:
        found = talks.cancel(actor(), token) if person else talks.look(token)
    except talks.TooLate:
        return _shown(token, "talks/booking.html", status=409)
    return see_other(url_for("talks.booking", token=token)) if found else _gone()


@bp.get("/bokning/<token>/samtal.ics")
@requires(Permission.BOOK_TALK)
def calendar(token: str) -> Response:
    """Give what is booked as a calendar file that says when and where, and nothing else."""
    found = talks.look(token)
    if found is None:
        return _gone()
    cancelled = found.state == "cancelled"
    made = calendar_files.single(
        method="CANCEL" if cancelled else "PUBLISH",
        uid=f"{found.reference}@{urlsplit(settings().base_url).hostname}",
        sequence=found.sequence,
        starts=found.starts_at,
        ends=found.ends_at,
        wall=found.wall,
        title=_("Bokad tid %(reference)s", reference=found.reference),
        place=found.host.meets_at if found.way == "visit" else "",
        url=f"{settings().base_url}{url_for('talks.booking', token=token)}",
        language=current().code,
    )
    response = Response(made, mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'attachment; filename="samtal.ics"'
    return _unkept(response)


def _host(slug: str) -> Host:
    return talk_hosts.public(slug) or abort(404)


def _choose(host: Host, *, taken: bool = False, status: int = 200) -> Response:
    """The times that are free, a few weeks at a time; and whom to call when there are none."""
    shown = _sheet(lambda: talk_hosts.free_slots(host))
    taken = taken or "upptagen" in request.args
    return _unkept(_page("talks/choose.html", host, sheet=shown, taken=taken, status=status))


def _details(host: Host) -> BaseResponse:
    slot = talk_hosts.free_slot(host, request.args.get("tid", ""))
    if slot is None:
        return see_other(_to(host, "choose", "choose_leaders", upptagen=1 if request.args.get("tid") else None))
    form = _form(host)(formdata=None, tid=slot.id, once=secrets.token_urlsafe(24), language=current().code)
    return _ask(host, slot, form)


def _book(host: Host) -> BaseResponse:
    person, form = stand_guard(), _form(host)()
    if token := talks.booked_already(host, form.once.data or ""):
        return see_other(url_for("talks.booking", token=token))
    slot = talk_hosts.free_slot(host, form.tid.data or "")
    form.offering(slot.ways if slot else (), talk_words.language_names())
    if not form.validate():
        return _ask(host, slot, form, status=422) if slot else _choose(host, taken=True, status=409)
    if not person:
        return see_other(_to(host, "choose", "choose_leaders"))
    try:
        token = talks.book(actor(), host, form.wish(current().code), sender=who(), once=form.once.data)
    except talks.Taken:
        return _choose(host, taken=True, status=409)
    except talks.TooMany:
        return _unkept(_page("talks/too_many.html", host, status=429))
    return see_other(url_for("talks.booking", token=token))


def _ask(host: Host, slot: Slot, form: TalkForm, *, status: int = 200) -> Response:
    form.offering(slot.ways, talk_words.language_names())
    return _unkept(_page("talks/details.html", host, slot=slot, form=form, status=status))


def _form(host: Host) -> type[TalkForm]:
    return TalkForm if host.unit else LeadersForm


def _shown(token: str, template: str, *, status: int = 200) -> Response:
    found = talks.look(token)
    return _unkept(_page(template, found.host, booked=found, token=token, status=status)) if found else _gone()


def _move_page(token: str, form: MoveForm, *, status: int = 200) -> Response:
    found = talks.look(token)
    if found is None:
        return _gone()
    if not found.movable:
        return _shown(token, "talks/booking.html", status=409 if status != 200 else 200)
    shown = _sheet(lambda: talks.slots_instead(found))
    return _unkept(
        _page("talks/move.html", found.host, booked=found, token=token, form=form, sheet=shown, status=status)
    )


def _sheet(slots: Callable[[], Iterable[Slot]]) -> Sheet:
    """The weeks that the address asks for; the first ones when there are none so late."""
    page_number = request.args.get("sida", 1, type=int)
    shown = talk_words.sheet(slots(), page_number)
    return shown if shown.weeks or page_number == 1 else talk_words.sheet(slots())


def _gone() -> Response:
    """What every link that leads nowhere shows: never given out, ended, or too old."""
    return _unkept(page("talks/gone.html", status=404))


def _to(host: Host, unit_page: str, leaders_page: str, **more: Any) -> str:
    """The address of a page of a host."""
    if host.unit:
        return url_for(f"talks.{unit_page}", slug=host.slug, **more)
    return url_for(f"talks.{leaders_page}", **more)


def _page(template: str, host: Host, **context: Any) -> Response:
    """A page with what all of them need: the host's addresses, and the words for times."""
    say: dict[str, Callable[..., str]] = {
        "day_name": lambda moment: talk_words.day_name(moment, current().code),
        "day_in_text": lambda moment: talk_words.day_in_text(moment, current().code),
        "hours": lambda starts, ends: talk_words.hours(starts, ends, current().code),
        "hour": lambda moment: talk_words.hour(moment, current().code),
    }
    return page(
        template,
        host=host,
        say=say,
        week_name=talk_words.week_name,
        to_times=_to(host, "choose", "choose_leaders"),
        to_details=_to(host, "details", "leaders_details"),
        tongues=talk_words.language_names(),
        **context,
    )


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response

"""Reminders of events and sign-up to those on place, without an account; and who comes, for those who look after it."""

from __future__ import annotations

from flask import Blueprint, Response, abort, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.guests import ComeForm, ReminderForm
from tbb.policy import Permission
from tbb.services import content_shelf, guests, happenings
from tbb.services.guests import Wish
from tbb.services.happening_writing import Happening
from tbb.web.access import public, requires
from tbb.web.forms import csrf, stand_guard, who
from tbb.web.hypermedia import page, see_other
from tbb.web.language import current
from tbb.web.sitting import actor

bp = Blueprint("guests", __name__)


@bp.get("/webbinarier/<slug>/paminn")
@public
def reminding(slug: str) -> Response:
    """Ask where a reminder goes."""
    return _page("guests/remind.html", slug, ReminderForm(formdata=None))


@bp.post("/webbinarier/<slug>/paminn")
@requires(Permission.SUBSCRIBE)
@csrf.exempt
def remind(slug: str) -> BaseResponse:
    """Take a wish to be reminded; the answer is the same for every address."""
    return _take("guests/remind.html", slug, ReminderForm(), guests.REMINDER)


@bp.get("/webbinarier/<slug>/anmal")
@public
def signing_up(slug: str) -> Response:
    """Ask who wants to come to an event on place."""
    return _page("guests/come.html", slug, ComeForm(formdata=None))


@bp.post("/webbinarier/<slug>/anmal")
@requires(Permission.SUBSCRIBE)
@csrf.exempt
def sign_up(slug: str) -> BaseResponse:
    """Take a wish to come; the answer is the same for every address."""
    return _take("guests/come.html", slug, ComeForm(), guests.COME)


@bp.get("/webbinarier/<slug>/brev-pa-vag")
@public
def asked(slug: str) -> Response:
    """Say that a letter is on its way."""
    return page("guests/asked.html", slug=slug)


@bp.get("/pamin/<token>")
@requires(Permission.SUBSCRIBE)
def confirming(token: str) -> Response:
    """Show what a letter's link asks; looking changes nothing."""
    found = guests.look(token)
    return _unkept(page("guests/confirm.html", status=200 if found else 404, found=found, token=token))


@bp.post("/pamin/<token>")
@requires(Permission.SUBSCRIBE)
@csrf.exempt
def confirm(token: str) -> Response:
    """Keep what a letter's link asks."""
    stand_guard()
    try:
        happening = guests.confirm(actor(), token)
    except guests.Full:
        return _unkept(page("guests/full.html", status=409))
    if happening is None:
        return _unkept(page("guests/confirm.html", status=404, found=None, token=token))
    return _unkept(page("guests/kept.html", happening=happening))


@bp.get("/pamin/<token>/avsluta")
@requires(Permission.SUBSCRIBE)
def leaving(token: str) -> Response:
    """Ask whether it is to end; looking changes nothing."""
    good = guests.may_leave(token)
    return _unkept(page("guests/leave.html", status=200 if good else 404, good=good, token=token))


@bp.post("/pamin/<token>/avsluta")
@requires(Permission.SUBSCRIBE)
@csrf.exempt
def leave(token: str) -> Response:
    """End what somebody had asked for."""
    stand_guard()
    done = guests.leave(actor(), token)
    return _unkept(page("guests/left.html", status=200 if done else 404, done=done))


@bp.get("/arbetsyta/webbinarier/<key>/anmalda")
@requires(Permission.WRITE_CONTENT, reads="guest:read")
def coming(key: str) -> Response:
    """List who comes to an event on place."""
    one = content_shelf.find(Happening, actor(), key) or abort(404)
    return page("guests/coming.html", one=one, coming=guests.coming(actor(), one), left=guests.seats_left(one))


def _shown(slug: str, *, on_place: bool) -> happenings.Page:
    """Find an event that is to come; one on place must take sign-ups."""
    shown = happenings.read(slug) or abort(404)
    if shown.item.phase != happenings.Phase.COMING or (on_place and not shown.happening.sign_up):
        abort(404)
    return shown


def _page(template: str, slug: str, form: ReminderForm, status: int = 200) -> Response:
    shown = _shown(slug, on_place=isinstance(form, ComeForm))
    left = guests.seats_left(shown.happening)
    return page(template, fragment="form", status=status, shown=shown, item=shown.item, form=form, left=left)


def _take(template: str, slug: str, form: ReminderForm, wants: str) -> BaseResponse:
    person = stand_guard()
    shown = _shown(slug, on_place=isinstance(form, ComeForm))
    if not form.validate():
        return _page(template, slug, form, 422)
    if person:
        more = {"name": form.name.data, "needs": form.needs.data} if isinstance(form, ComeForm) else {}
        guests.ask(who(), shown.happening, Wish(wants, form.email.data, language=current().code, **more))
    return see_other(url_for("guests.asked", slug=slug))


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response

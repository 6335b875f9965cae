"""Hours for talks, for those who answer: opening and closing them, days that differ, and what is booked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse

from tbb import clock
from tbb.forms import talk_hours as forms
from tbb.policy import Permission
from tbb.services import talk_desk, talk_hosts
from tbb.services.talk_hosts import Host
from tbb.web import talk_words
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("talk_hours", __name__)
ROOT = "/arbetsyta/samtalstider"
HOST = f"{ROOT}/<slug>"


@bp.get(ROOT)
@requires(Permission.HOST_TALKS)
def hosts() -> Response:
    """Name those whom the one who asks answers for."""
    return page("talk_hours/hosts.html", hosts=talk_hosts.of_actor(actor()))


@bp.get(HOST)
@requires(Permission.HOST_TALKS, reads="talk:read")
def show(slug: str) -> Response:
    """Show the talks that are booked, with who booked them, and the hours."""
    host = _host(slug)
    return _page(
        "talk_hours/show.html",
        host,
        coming=talk_desk.coming(actor(), host),
        settled=talk_desk.settled(actor(), host),
        hours=talk_hosts.hours(host),
        exceptions=talk_hosts.exceptions(host, clock.today()),
        taking=talk_hosts.takes_bookings(host),
    )


@bp.get(f"{HOST}/installningar")
@requires(Permission.HOST_TALKS)
def rules(slug: str) -> Response:
    """Ask how talks are to be booked."""
    host = _host(slug)
    return _page("talk_hours/rules.html", host, form=forms.RulesForm(formdata=None, obj=host.row))


@bp.post(f"{HOST}/installningar")
@requires(Permission.HOST_TALKS)
def keep_rules(slug: str) -> BaseResponse:
    """Let talks be booked so."""
    host, form = _host(slug), forms.RulesForm()
    if form.validate() and _tried(form, talk_hosts.keep_rules, host, form.values()):
        notify("Inställningarna är sparade.")
        return see_other(url_for("talk_hours.show", slug=slug))
    return _page("talk_hours/rules.html", host, fragment="form", status=422, form=form)


@bp.get(f"{HOST}/tider")
@requires(Permission.HOST_TALKS)
def new_hours(slug: str) -> Response:
    """Ask which hours of every week to open."""
    return _page("talk_hours/hours.html", _host(slug), form=forms.HoursForm(formdata=None))


@bp.post(f"{HOST}/tider")
@requires(Permission.HOST_TALKS)
def add_hours(slug: str) -> BaseResponse:
    """Open some hours of every week."""
    host, form = _host(slug), forms.HoursForm()
    stretch = form.stretch(host.row.minutes) if form.validate() else None
    if stretch and _tried(form, talk_hosts.add_hours, host, stretch):
        notify("Tiderna är tillagda.")
        return see_other(url_for("talk_hours.show", slug=slug))
    return _page("talk_hours/hours.html", host, fragment="form", status=422, form=form)


@bp.post(f"{HOST}/tider/<int:number>/ta-bort")
@requires(Permission.HOST_TALKS)
def remove_hours(slug: str, number: int) -> BaseResponse:
    """Close some hours of every week."""
    if not talk_hosts.remove_hours(actor(), _host(slug), number):
        abort(404)
    notify("Tiderna är borttagna. Samtal som redan är bokade ligger kvar.")
    return see_other(url_for("talk_hours.show", slug=slug))


@bp.get(f"{HOST}/undantag")
@requires(Permission.HOST_TALKS)
def new_exception(slug: str) -> Response:
    """Ask which days differ."""
    return _page("talk_hours/exception.html", _host(slug), form=forms.ExceptionForm(formdata=None, kind="closed"))


@bp.post(f"{HOST}/undantag")
@requires(Permission.HOST_TALKS)
def add_exception(slug: str) -> BaseResponse:
    """Let days differ."""
    host, form = _host(slug), forms.ExceptionForm()
    different = form.different(host.row.minutes) if form.validate() else None
    if different and _tried(form, talk_hosts.add_exception, host, different):
        notify(_still_booked(talk_hosts.struck(host, different)))
        return see_other(url_for("talk_hours.show", slug=slug))
    return _page("talk_hours/exception.html", host, fragment="form", status=422, form=form)


@bp.post(f"{HOST}/undantag/<int:number>/ta-bort")
@requires(Permission.HOST_TALKS)
def remove_exception(slug: str, number: int) -> BaseResponse:
    """Let days be as usual again."""
    if not talk_hosts.remove_exception(actor(), _host(slug), number):
        abort(404)
    notify("Undantaget är borttaget.")
    return see_other(url_for("talk_hours.show", slug=slug))


@bp.get(f"{HOST}/bokningar/<key>")
@requires(Permission.HOST_TALKS, reads="talk:read")
def talk(slug: str, key: str) -> Response:
    """Show one booked talk."""
    return _talk(slug, key, forms.OutcomeForm(formdata=None))


@bp.post(f"{HOST}/bokningar/<key>/utfall")
@requires(Permission.HOST_TALKS)
def settle(slug: str, key: str) -> BaseResponse:
    """Say what became of a talk."""
    host, form = _host(slug), forms.OutcomeForm()
    if not form.validate():
        return _talk(slug, key, form, status=422)
    try:
        talk_desk.settle(actor(), host, key, form.state.data) or abort(404)
        notify("Det är noterat.")
    except talk_desk.Late:
        notify("Det går inte att notera nu. Så här står det till.")
    return see_other(url_for("talk_hours.show", slug=slug))


@bp.get(f"{HOST}/bokningar/<key>/stall-in")
@requires(Permission.HOST_TALKS, reads="talk:read")
def sure(slug: str, key: str) -> Response:
    """Ask whether a talk is to be called off."""
    return _talk(slug, key, forms.SureForm(formdata=None), template="talk_hours/call_off.html")


@bp.post(f"{HOST}/bokningar/<key>/stall-in")
@requires(Permission.HOST_TALKS)
def call_off(slug: str, key: str) -> BaseResponse:
    """Call a talk off."""
    try:
        told = talk_desk.call_off(actor(), _host(slug), key)
    except talk_desk.Late:
        notify("Samtalet går inte att ställa in längre.")
        return see_other(url_for("talk_hours.show", slug=slug))
    if told is None:
        abort(404)
    by_letter = "Samtalet är inställt. Den som bokade får ett brev om det."
    notify(by_letter if told else "Samtalet är inställt. Ring den som bokade, för det finns ingen e-postadress.")
    return see_other(url_for("talk_hours.show", slug=slug) if told else url_for("talk_hours.talk", slug=slug, key=key))


def _host(slug: str) -> Host:
    return talk_hosts.find(actor(), slug) or abort(404)


def _talk(
    slug: str, key: str, form: FlaskForm, *, status: int = 200, template: str = "talk_hours/talk.html"
) -> Response:
    host = _host(slug)
    found = talk_desk.show(actor(), host, key) or abort(404)
    return _page(template, host, fragment="form", status=status, talk=found, form=form)


def _tried(form: FlaskForm, change: Callable[..., None], host: Host, *args: Any) -> bool:
    """Do a change; when it cannot be done the form says why."""
    try:
        change(actor(), host, *args)
    except talk_hosts.Hindered as problem:
        form.blame(problem)
        return False
    return True


def _still_booked(struck: int) -> str:
    """What is said when days differ, and of the talks that are booked then."""
    if not struck:
        return "Undantaget är sparat."
    there = "ett bokat samtal" if struck == 1 else f"{struck} bokade samtal"
    them = "det" if struck == 1 else "dem"
    return f"Undantaget är sparat. Det finns {there} på tiden. Ställ in {them} själv om det behövs."


def _page(template: str, host: Host, **context: Any) -> Response:
    """A page with the words for times, in Swedish."""
    return page(
        template,
        host=host,
        title=host.label or "Processledarna",
        day_name=lambda moment: talk_words.day_name(moment, "sv"),
        hours_of=lambda starts, ends: talk_words.hours(starts, ends, "sv"),
        wall=talk_words.minutes_of_day,
        ways_said=lambda kept: talk_words.ways_in_swedish(talk_hosts.ways_of(kept)),
        way_said=talk_words.WAYS_IN_SWEDISH.get,
        topic_said=talk_words.IN_SWEDISH.get,
        language_said=talk_words.language_in_swedish,
        weekdays=forms.WEEKDAYS,
        states=talk_words.STATES,
        **context,
    )

"""One's own calendar: meetings to come, the feed that other calendars follow, and when one is busy."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.calendars import SourceForm
from tbb.policy import Permission
from tbb.services import busy_times, calendar_feeds
from tbb.web import calendar_words as words
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.shell import settings
from tbb.web.sitting import actor, notify

bp = Blueprint("calendars", __name__)


@bp.get("/kalender")
@requires(Permission.OWN_CALENDAR)
def show() -> Response:
    """Show one's meetings to come, one's feed and one's own calendar."""
    return _page(SourceForm(formdata=None))


@bp.get("/kalender/flode")
@requires(Permission.OWN_CALENDAR)
def again() -> BaseResponse:
    """Lead back from where the address was shown: it is not shown twice."""
    return see_other(url_for("calendars.show"))


@bp.post("/kalender/flode")
@requires(Permission.OWN_CALENDAR)
def make_feed() -> BaseResponse:
    """Make the secret address of a feed; it is shown this once."""
    try:
        secret = calendar_feeds.make(actor())
    except calendar_feeds.NeedsTwoFactors:
        notify("Logga in med två steg för att skapa en adress. Möten läser bara den som har gjort det.")
        return see_other(url_for("calendars.show"))
    address = f"{settings().base_url}{url_for('calendars.feed', token=secret)}"
    return page("calendars/address.html", address=address)


@bp.post("/kalender/flode/avsluta")
@requires(Permission.OWN_CALENDAR)
def revoke_feed() -> BaseResponse:
    """End one's feed."""
    if calendar_feeds.revoke(actor()):
        notify("Adressen fungerar inte längre. Ta bort kalendern i ditt kalenderprogram.")
    return see_other(url_for("calendars.show"))


@bp.get("/kalender/flode/<token>.ics")
@requires(Permission.ANSWER_BY_LINK, swedish=True)
def feed(token: str) -> BaseResponse:
    """Give a feed to the calendar program that fetches it; unchanged, only say so."""
    file = calendar_feeds.read(token)
    if file is None:
        abort(404)
    response = Response(file, mimetype="text/calendar")
    response.set_etag(hashlib.blake2s(file, digest_size=12).hexdigest())
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response.make_conditional(request)


@bp.post("/kalender/egen")
@requires(Permission.OWN_CALENDAR)
def save_source() -> BaseResponse:
    """Keep the address of one's own calendar."""
    form, hosts = SourceForm(), settings().calendar_hosts
    if not hosts:
        notify("Här kan ingen kalender hämtas.")
        return see_other(url_for("calendars.show"))
    try:
        if not form.validate():
            return _page(form, status=422)
        busy_times.save(actor(), form.url.data, hosts)
    except busy_times.NotAllowed:
        form.url.errors = [words.not_allowed(hosts)]
        return _page(form, status=422)
    notify("Adressen är sparad. Dina upptagna tider hämtas inom en timme.")
    return see_other(url_for("calendars.show"))


@bp.post("/kalender/egen/ta-bort")
@requires(Permission.OWN_CALENDAR)
def remove_source() -> BaseResponse:
    """Forget one's own calendar."""
    if busy_times.remove(actor()):
        notify("Adressen och dina upptagna tider är borttagna.")
    return see_other(url_for("calendars.show"))


def _page(form: SourceForm, *, status: int = 200) -> Response:
    return page(
        "calendars/own.html",
        status=status,
        form=form,
        meetings=words.months_of(calendar_feeds.meetings(actor())),
        feed=calendar_feeds.own(actor()),
        source=busy_times.own(actor()),
        hosts=settings().calendar_hosts,
        words=words,
    )

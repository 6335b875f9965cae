"""One's own calendar: meetings to come, the feed that other calendars follow, and when one is busy."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.calendars import SourceForm
from tbb.policy import Permission
from tbb.services import busy_times, calendar_feeds, meeting_links, meeting_shelf
from tbb.web import calendar_words as words
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.link_steps import has_stepped
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
    found = calendar_feeds.read(token) or abort(404)
    same = found.mark in request.if_none_match
    response = Response(None if same else found.file, 304 if same else 200, mimetype="text/calendar")
    response.set_etag(found.mark)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.get("/moten/<key>/mote.ics")
@requires(Permission.READ_MEETING)
def meeting_file(key: str) -> BaseResponse:
    """Give a meeting as a file for a calendar: its number, time and place."""
    return _file(calendar_feeds.file_of(meeting_shelf.meeting(actor(), key) or abort(404)))


@bp.get("/svar/<token>/mote.ics")
@requires(Permission.ANSWER_BY_LINK, swedish=True)
def linked_file(token: str) -> BaseResponse:
    """Give it to the one whose personal link it is, once they have given the code."""
    participant = meeting_links.look(token)
    if participant is None or not has_stepped(participant):
        abort(404)
    return _file(calendar_feeds.file_of(participant.meeting))


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


def _file(file: bytes | None) -> BaseResponse:
    response = Response(file or abort(404), mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'attachment; filename="mote.ics"'
    response.headers["Cache-Control"] = "no-store"
    return response


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

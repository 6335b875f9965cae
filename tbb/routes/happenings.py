"""Webinars and events for readers: what is to come, one of them, the calendar, and the files that are shown."""

from __future__ import annotations

from urllib.parse import unquote

from flask import Blueprint, Response, abort, current_app, send_file, url_for

from tbb import clock
from tbb.services import happenings, media_files, media_shelf, pictures, published, rich_text
from tbb.web import content_words
from tbb.web import happening_words as words
from tbb.web.access import public
from tbb.web.cache import cached
from tbb.web.hypermedia import page
from tbb.web.shell import settings

bp = Blueprint("happenings", __name__)
CALENDAR = "text/calendar; charset=utf-8"


@bp.get("/webbinarier")
@public
@cached
def listed() -> Response:
    """List what is to come, and what can be seen afterwards."""
    return page("happenings/list.html", coming=happenings.coming(), past=happenings.past(), words=words)


@bp.get("/webbinarier/kalender.ics")
@public
@cached
def feed() -> Response:
    """Give the calendar of all, to follow in a calendar program."""
    address = unquote(url_for("happenings.show", slug="{}"))
    return Response(happenings.feed(settings().base_url, address), content_type=CALENDAR)


@bp.get("/webbinarier/<slug>")
@public
@cached
def show(slug: str) -> Response:
    """Show one, as it is by the clock: to come, going on, over, or to be seen afterwards."""
    shown = happenings.read(slug) or abort(404)
    known = pictures.shown(rich_text.pictures_in(shown.happening.body))
    draw = current_app.jinja_env.globals["ui"].figure
    return page(
        "happenings/show.html",
        fragment="live",
        today=clock.today(),
        shown=shown,
        item=shown.item,
        one=shown.happening,
        body=rich_text.to_html(shown.happening.body, picture=lambda key: draw(known[key]) if key in known else ""),
        discussion=rich_text.to_html(shown.happening.discussion),
        transcript=rich_text.to_html(shown.happening.transcript),
        words=words,
        related=published.related("happening", shown.happening.key),
        content_words=content_words,
        base=settings().base_url,
    )


@bp.get("/webbinarier/<slug>.ics")
@public
@cached
def calendar(slug: str) -> Response:
    """Give one as a calendar file."""
    body = happenings.calendar(slug, settings().base_url, url_for("happenings.show", slug=slug)) or abort(404)
    response = Response(body, content_type=CALENDAR)
    response.headers["Content-Disposition"] = f'attachment; filename="{slug[:60]}.ics"'
    return response


@bp.get("/filer/<key>/<name>")
@public
def file(key: str, name: str) -> Response:
    """Give a file that something published shows, whole or in the parts that are asked for."""
    found = media_files.find(key)
    if found is None or found.name != name or not media_shelf.is_out(found):
        abort(404)
    path = media_files.path_of(settings().instance, found)
    if not path.is_file():
        abort(404)
    to_keep = found.kind not in ("film", "captions")
    response = send_file(
        path,
        mimetype=found.content_type,
        as_attachment=to_keep,
        download_name=found.name,
        conditional=True,
    )
    response.headers["Cache-Control"] = "public, max-age=3600"
    if to_keep:
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response

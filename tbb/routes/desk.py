"""The desk: what waits for the one who signs in."""

from __future__ import annotations

from flask import Blueprint, Response, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb import clock
from tbb.policy import Permission
from tbb.services import desk, last_seen
from tbb.web import content_words
from tbb.web.access import requires
from tbb.web.desk_words import todo
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor

bp = Blueprint("desk", __name__)


@bp.get("/arbetsyta")
@requires(Permission.SEE_DESK)
def show() -> Response:
    """Show what waits."""
    found = [todo(waiting) for waiting in desk.waiting(actor())]
    return page(
        "desk/show.html",
        todos=found,
        units=desk.own_units(actor()),
        moment=clock.local(clock.now()),
        held=actor().held,
        fresh=last_seen.new_for(actor()),
        words=content_words,
    )


@bp.post("/arbetsyta/nytt")
@requires(Permission.SEE_NEW)
def seen() -> BaseResponse:
    """Note that what is new has been seen."""
    last_seen.seen(actor())
    return see_other(url_for("desk.show"))

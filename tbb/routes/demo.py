"""The demonstration: its cast, one click to be each of them, and the letters it would have sent."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.policy import Permission
from tbb.services import demo_cast, sittings
from tbb.web.access import requires
from tbb.web.forms import comes_from_here, csrf
from tbb.web.hypermedia import page
from tbb.web.sitting import browser_name, hand_out

bp = Blueprint("demo", __name__)


@bp.get("/demo")
@requires(Permission.VISIT_DEMO)
def cast() -> Response:
    """List who can be played."""
    return page("demo/cast.html", cast=demo_cast.CAST)


@bp.post("/demo/<persona>")
@requires(Permission.VISIT_DEMO)
@csrf.exempt
def play(persona: str) -> BaseResponse:
    """Sign in as one of the cast."""
    if not comes_from_here():
        abort(400)
    account = demo_cast.account_of(persona) or abort(404)
    secret = sittings.begin(account, method="demo", strong=True, browser=browser_name())
    response = redirect(url_for("desk.show"), 303)
    hand_out(response, secret)
    return response

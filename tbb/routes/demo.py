"""The demonstration: its cast, and one click to be each of them."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.policy import Permission
from tbb.services import demo_cast
from tbb.web.access import requires
from tbb.web.forms import comes_from_here, csrf
from tbb.web.hypermedia import page
from tbb.web.sitting import actor, browser_name, hand_out, present

bp = Blueprint("demo", __name__)


@bp.get("/demo")
@requires(Permission.VISIT_DEMO)
def cast() -> Response:
    """List who can be played, and who is just now."""
    now = actor().account if actor().signed_in else None
    playing = next((one.key for one in demo_cast.CAST if now and demo_cast.account_of(one.key) == now), "")
    return page("demo/cast.html", players=demo_cast.players(), about=demo_cast.GROUPS, playing=playing)


@bp.post("/demo/<persona>")
@requires(Permission.VISIT_DEMO)
@csrf.exempt
def play(persona: str) -> BaseResponse:
    """Sign in as one of the cast; whoever was signed in before in this browser is so no more."""
    if not comes_from_here():
        abort(400)
    secret = demo_cast.become(persona, instead_of=present(), browser=browser_name()) or abort(404)
    response = redirect(url_for("desk.show"), 303)
    hand_out(response, secret)
    return response

"""Signing in and out, one's own account: password, reset, invitation, and the list of one's own sittings."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from tbb.policy import Permission
from tbb.services import audit, sittings
from tbb.web.access import requires
from tbb.web.hypermedia import page
from tbb.web.sitting import actor, present, take_back

bp = Blueprint("accounts", __name__)


@bp.get("/logga-in")
@requires(Permission.SIGN_IN)
def sign_in() -> Response:
    """Ask who it is."""
    return page("accounts/sign_in.html")


@bp.post("/logga-ut")
@requires(Permission.OWN_ACCOUNT, again=True)
def sign_out() -> Response:
    """End this sitting."""
    who, sitting = actor(), present()
    sittings.end(sitting.id, sitting.account_id)
    audit.record_reading(who, "account:sign-out", "account", who.account)
    response = redirect(url_for("accounts.sign_in"), 303)
    take_back(response)
    return response


@bp.get("/konto")
@requires(Permission.OWN_ACCOUNT)
def own() -> Response:
    """Show one's own account."""
    return page("accounts/own.html")

"""Second factors: passkeys, codes from an app, recovery codes, and proving once more who one is."""

from __future__ import annotations

from flask import Blueprint, Response

from tbb.policy import Permission
from tbb.web.access import requires
from tbb.web.hypermedia import page

bp = Blueprint("factors", __name__)


@bp.get("/logga-in/andra-steget")
@requires(Permission.FINISH_SIGN_IN)
def second() -> Response:
    """Ask for the second factor."""
    return page("accounts/second.html")


@bp.get("/konto/bekrafta")
@requires(Permission.OWN_ACCOUNT)
def prove() -> Response:
    """Ask for a proof of who it is."""
    return page("accounts/prove.html")

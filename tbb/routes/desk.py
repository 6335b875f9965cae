"""The desk: what waits for the one who signs in."""

from __future__ import annotations

from flask import Blueprint, Response

from tbb.policy import Permission
from tbb.web.access import requires
from tbb.web.hypermedia import page

bp = Blueprint("desk", __name__)


@bp.get("/arbetsyta")
@requires(Permission.SEE_DESK)
def show() -> Response:
    """Show what waits."""
    return page("desk/show.html")

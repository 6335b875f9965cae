"""The coverage board: which units have whom, and which lack."""

from __future__ import annotations

from flask import Blueprint, Response

from tbb.policy import Permission
from tbb.web.access import requires
from tbb.web.hypermedia import page

bp = Blueprint("coverage", __name__)


@bp.get("/arbetsyta/laget")
@requires(Permission.READ_COVERAGE)
def board() -> Response:
    """Show the list."""
    return page("coverage/board.html")

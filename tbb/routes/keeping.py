"""A unit's entry as those see it who keep it: its facts, contacts, history and flags."""

from __future__ import annotations

from flask import Blueprint, Response

from tbb.policy import Permission
from tbb.web.access import requires
from tbb.web.hypermedia import page

bp = Blueprint("keeping", __name__)


@bp.get("/arbetsyta/verksamheter")
@requires(Permission.READ_ENTRY)
def units() -> Response:
    """Show the list."""
    return page("keeping/units.html")

"""Where every independent organisation stands, with its contacts, renewal and leaving."""

from __future__ import annotations

from flask import Blueprint, Response

from tbb.policy import Permission
from tbb.web.access import requires
from tbb.web.hypermedia import page

bp = Blueprint("joining", __name__)


@bp.get("/arbetsyta/fristaende")
@requires(Permission.NOTE_JOINING)
def organizations() -> Response:
    """Show the list."""
    return page("joining/organizations.html")

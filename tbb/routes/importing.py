"""Importing a list of units in the browser: upload, look at the plan, apply."""

from __future__ import annotations

from flask import Blueprint, Response

from tbb.policy import Permission
from tbb.web.access import requires
from tbb.web.hypermedia import page

bp = Blueprint("importing", __name__)


@bp.get("/arbetsyta/import")
@requires(Permission.IMPORT_UNITS)
def start() -> Response:
    """Show the list."""
    return page("importing/start.html")

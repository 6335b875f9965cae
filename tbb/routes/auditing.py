"""The audit's viewer, its weekly samples and its alarms."""

from __future__ import annotations

from flask import Blueprint, Response

from tbb.policy import Permission
from tbb.web.access import requires
from tbb.web.hypermedia import page

bp = Blueprint("auditing", __name__)


@bp.get("/arbetsyta/logg")
@requires(Permission.READ_AUDIT)
def log() -> Response:
    """Show the list."""
    return page("auditing/log.html")

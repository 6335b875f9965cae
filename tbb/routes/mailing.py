"""The outbox as those see it who keep the machine: states, never contents."""

from __future__ import annotations

from flask import Blueprint, Response

from tbb.policy import Permission
from tbb.web.access import requires
from tbb.web.hypermedia import page

bp = Blueprint("mailing", __name__)


@bp.get("/arbetsyta/brev")
@requires(Permission.READ_LETTERS)
def outbox() -> Response:
    """Show the list."""
    return page("mailing/outbox.html")

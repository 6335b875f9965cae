"""Accounts and duties: inviting, giving, taking, disabling."""

from __future__ import annotations

from flask import Blueprint, Response

from tbb.policy import Permission
from tbb.web.access import requires
from tbb.web.hypermedia import page

bp = Blueprint("people", __name__)


@bp.get("/arbetsyta/konton")
@requires(Permission.READ_ACCOUNTS)
def accounts() -> Response:
    """Show the list."""
    return page("people/accounts.html")

"""What visitors say is wrong, as its owners see and settle it."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("faults", __name__)

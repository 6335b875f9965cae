"""Handing a unit over from one Barnets bästa-ansvarig to the next."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("handovers", __name__)

"""Appointing a Barnets bästa-ansvarig and ending a responsibility."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("appointing", __name__)

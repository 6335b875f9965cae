"""The review of applications by two."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("reviewing", __name__)

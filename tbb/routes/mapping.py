"""The case and its mapping: sources in three voices, the five questions, the outcome."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("mapping", __name__)

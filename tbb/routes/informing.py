"""Informing a unit's Barnets bästa-ansvarig with the wheel, step by step, and how it goes on."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("informing", __name__)

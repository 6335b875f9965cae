"""The public application of an independent organisation, step by step."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("applying", __name__)

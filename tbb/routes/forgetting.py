"""Forgetting on time: the lists that one draws up and another approves, holds, and receipts."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("forgetting", __name__)

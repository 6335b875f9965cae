"""The desk of those who answer for cases: the inbox, receiving, delegating."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("cases", __name__)

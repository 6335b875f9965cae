"""Handing a case over to another unit, and the round of those who change school."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("transitions", __name__)

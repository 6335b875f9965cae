"""The wheel as a tool for talking: nothing is stored."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("wheel", __name__)

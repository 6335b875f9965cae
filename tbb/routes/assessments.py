"""Barnkonsekvensanalys: what a decision means for children, on the areas of the wheel, without any person."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("assessments", __name__)

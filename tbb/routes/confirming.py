"""The question of each term: are the details right?"""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("confirming", __name__)

"""What a huvudman decides for its units: borders of secrecy, guardians, how long things are kept."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("owner_rules", __name__)

"""Who has read a case, and the ways in which it leaves the service: print, archive, extract."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("case_exports", __name__)

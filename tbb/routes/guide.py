"""Placeholder until the guide lands minutes from now."""
from flask import Blueprint
from tbb.web.access import public
from tbb.web.hypermedia import page
bp = Blueprint("guide", __name__)
@bp.get("/guide")
@public
def question(): return page("errors/error.html", heading="guide", advice="", code=200, request_id="")
@bp.get("/guide/svar")
@public
def answer(): return page("errors/error.html", heading="guide", advice="", code=200, request_id="")

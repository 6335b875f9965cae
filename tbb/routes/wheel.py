"""The wheel as a tool for talking: nothing is stored."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, request

from tbb.policy import Permission
from tbb.services import carrying
from tbb.web import wheel_words as words
from tbb.web.access import actor, public, requires
from tbb.web.cache import cached
from tbb.web.forms import csrf, stand_guard, who
from tbb.web.hypermedia import page, see_other
from tbb.web.talk_art import PICTURED, face, glyph, picture, pond, symbols
from tbb.web.wheel_paper import sheet

bp = Blueprint("wheel", __name__)


@bp.get("/hjulet")
@public
def staff() -> Response:
    """The wheel for those who talk with a child. Its form carries a signed time, so it is made anew each time."""
    return page("wheel/staff.html", asked=words.STAFF, glyph=glyph, minutes=carrying.MINUTES)


@bp.get("/hjulet/barn")
@public
@cached
def child() -> Response:
    """The wheel for the child."""
    return _pictured("wheel/child.html", words.CHILD, words.CHILD_ANSWERS)


@bp.get("/hjulet/forskola")
@public
@cached
def preschool() -> Response:
    """The wheel for the youngest."""
    return _pictured("wheel/preschool.html", words.PRESCHOOL, words.PRESCHOOL_ANSWERS)


@bp.get("/modellen/hjulet", alias=True)  # where it was before; the address leads on for ever
@bp.get("/hjulet/om")
@public
@cached
def about() -> Response:
    """Explain Barnets bästa-hjulet, area by area."""
    return page("wheel/about.html", asked=words.STAFF)


@bp.post("/hjulet/ta-med")
@requires(Permission.TELL_US)
@csrf.exempt
def carry() -> Response:
    """Seal the seven levels, and lead to the form behind the sign-in that they follow along to."""
    if not stand_guard():
        return see_other(request.script_root + "/hjulet")
    token = carrying.carry(actor(), who(), request.form)
    return see_other(f"/arbetsyta/hjul/nytt?med={token}")


@bp.get("/hjulet.pdf")
@public
@cached
def sheet_staff() -> Response:
    """Give the blank to print for those who talk with a child."""
    return _paper("staff", "hjulet.pdf")


@bp.get("/hjulet/barn.pdf")
@public
@cached
def sheet_child() -> Response:
    """Give the child's blank to print."""
    return _paper("child", "hjulet-barn.pdf")


@bp.get("/hjulet/forskola.pdf")
@public
@cached
def sheet_preschool() -> Response:
    """Give the blank for the youngest to print."""
    return _paper("preschool", "hjulet-forskola.pdf")


def _pictured(template: str, asked: dict[str, words.Asked], answers: dict[str, str]) -> Response:
    drawn = {"face": face, "glyph": glyph, "picture": picture, "pictured": PICTURED, "pond": pond, "symbols": symbols}
    return page(template, asked=asked, answers=answers, **drawn)


def _paper(dress: str, name: str) -> Response:
    response = make_response(sheet(dress))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response

"""School breaks of a municipality: adding and removing them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb import clock
from tbb.forms.rooms import BreakForm
from tbb.policy import Permission
from tbb.services import school_breaks
from tbb.web import meeting_words as words
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("school_breaks", __name__)


@bp.get("/arbetsyta/lov")
@requires(Permission.KEEP_BREAKS)
def every() -> BaseResponse:
    """List the municipalities whose breaks one keeps; with only one, lead to it."""
    found = school_breaks.municipalities(actor())
    if len(found) == 1:
        return see_other(url_for("school_breaks.show", municipality=found[0].slug))
    return page("meetings/breaks_where.html", municipalities=found)


@bp.get("/arbetsyta/lov/<municipality>")
@requires(Permission.KEEP_BREAKS)
def show(municipality: str) -> Response:
    """Show the breaks of a municipality."""
    return _page(_where(municipality), BreakForm(formdata=None))


@bp.post("/arbetsyta/lov/<municipality>")
@requires(Permission.KEEP_BREAKS)
def add(municipality: str) -> BaseResponse:
    """Add a break."""
    where, form = _where(municipality), BreakForm()
    if not form.validate():
        return _page(where, form, status=422)
    try:
        school_breaks.add(actor(), where, form.name.data, form.starts_on.data, form.ends_on.data)
    except school_breaks.SameAgain:
        form.name.errors = ["Lovet finns redan."]
        return _page(where, form, status=422)
    notify("Lovet är sparat. Det syns när någon väljer tid för ett möte.")
    return see_other(url_for("school_breaks.show", municipality=municipality))


@bp.post("/arbetsyta/lov/<municipality>/<int:number>/ta-bort")
@requires(Permission.KEEP_BREAKS)
def remove(municipality: str, number: int) -> BaseResponse:
    """Remove a break."""
    done = school_breaks.remove(actor(), _where(municipality), number)
    notify("Lovet är borttaget." if done else "Lovet fanns inte längre.")
    return see_other(url_for("school_breaks.show", municipality=municipality))


def _where(slug: str) -> Any:
    return school_breaks.municipality(actor(), slug) or abort(404)


def _page(where: Any, form: BreakForm, status: int = 200) -> Response:
    mine = {each.id for each in school_breaks.removable(actor(), where)}
    return page(
        "meetings/breaks.html",
        status=status,
        where=where,
        breaks=school_breaks.of_municipality(where),
        mine=mine,
        form=form,
        today=clock.today(),
        words=words,
    )

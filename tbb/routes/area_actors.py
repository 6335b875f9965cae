"""The county's table of whom to think of when an area of the wheel is flagged, and changing it."""

from __future__ import annotations

from flask import Blueprint, Response, abort, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.area_actors import ActorsForm
from tbb.policy import Permission
from tbb.services import area_actors
from tbb.services.wheel_texts import AREA_NAMES
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify
from tbb.web.words import kind_name

bp = Blueprint("area_actors", __name__)


@bp.get("/arbetsyta/modellen/aktorer")
@requires(Permission.KEEP_ACTORS)
def table() -> Response:
    """Show the whole table."""
    return page("mapping/actors.html", table=area_actors.table(), names=AREA_NAMES)


@bp.get("/arbetsyta/modellen/aktorer/<area>")
@requires(Permission.KEEP_ACTORS)
def edit(area: str) -> Response:
    """Ask how an area's list is to be."""
    lines = area_actors.table()[_known(area)]
    return page("mapping/actors_edit.html", area=area, name=AREA_NAMES[area], form=_named(ActorsForm.showing(lines)))


@bp.post("/arbetsyta/modellen/aktorer/<area>")
@requires(Permission.KEEP_ACTORS)
def save(area: str) -> BaseResponse:
    """Let an area have this list."""
    form = _named(ActorsForm())
    _known(area)
    if form.validate() and _saved(area, form):
        return see_other(url_for("area_actors.table"))
    return page(
        "mapping/actors_edit.html", fragment="form", status=422, area=area, name=AREA_NAMES[area], form=form
    )  # fmt: skip


def _saved(area: str, form: ActorsForm) -> bool:
    """Save the list, or say why that cannot be."""
    try:
        area_actors.save(actor(), area, form.chosen(), form.seen.data or "")
    except area_actors.Twice:
        form.form_errors.append("Samma aktör står två gånger.")
        return False
    except area_actors.ChangedMeanwhile:
        form.form_errors.append("Någon annan har ändrat listan. Läs in sidan på nytt och gör om din ändring.")
        return False
    notify("Listan är sparad.")
    return True


def _known(area: str) -> str:
    return area if area in AREA_NAMES else abort(404)


def _named(form: ActorsForm) -> ActorsForm:
    return form.named({kind: kind_name(kind) for kind in area_actors.KINDS})

"""The rooms of a unit: adding, changing and closing them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.rooms import RoomForm
from tbb.policy import Permission
from tbb.services import rooms
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("rooms", __name__)
SAME_NAME = "Verksamheten har redan en lokal som heter så."


@bp.get("/arbetsyta/verksamheter/<slug>/lokaler")
@requires(Permission.KEEP_ROOMS)
def show(slug: str) -> Response:
    """Show the rooms of a unit."""
    return _page(_kept(slug), RoomForm(formdata=None))


@bp.post("/arbetsyta/verksamheter/<slug>/lokaler")
@requires(Permission.KEEP_ROOMS)
def add(slug: str) -> BaseResponse:
    """Add a room."""
    kept, form = _kept(slug), RoomForm()
    if not form.validate():
        return _page(kept, form, status=422)
    try:
        rooms.add(actor(), kept[0], form.facts())
    except rooms.SameName:
        form.name.errors = [SAME_NAME]
        return _page(kept, form, status=422)
    notify("Lokalen finns nu att boka.")
    return see_other(url_for("rooms.show", slug=slug))


@bp.get("/arbetsyta/verksamheter/<slug>/lokaler/<int:number>")
@requires(Permission.KEEP_ROOMS)
def edit(slug: str, number: int) -> Response:
    """Show a room to change."""
    unit, room = _room(slug, number)
    return _room_page(unit, room, RoomForm(formdata=None, obj=room))


@bp.post("/arbetsyta/verksamheter/<slug>/lokaler/<int:number>")
@requires(Permission.KEEP_ROOMS)
def change(slug: str, number: int) -> BaseResponse:
    """Change a room, close it, or open it again."""
    unit, room = _room(slug, number)
    if request.form.get("what") in ("close", "open"):
        closed = request.form["what"] == "close"
        rooms.close(actor(), room, closed=closed)
        notify("Lokalen går inte att boka längre." if closed else "Lokalen går att boka igen.")
        return see_other(url_for("rooms.show", slug=slug))
    form = RoomForm()
    if not form.validate():
        return _room_page(unit, room, form, status=422)
    try:
        rooms.change(actor(), room, form.facts())
    except rooms.SameName:
        form.name.errors = [SAME_NAME]
        return _room_page(unit, room, form, status=422)
    notify("Sparat.")
    return see_other(url_for("rooms.show", slug=slug))


def _kept(slug: str) -> Any:
    return rooms.kept(actor(), slug) or abort(404)


def _room(slug: str, number: int) -> Any:
    unit, _listed = _kept(slug)
    return unit, rooms.of_unit(unit, number) or abort(404)


def _page(kept: Any, form: RoomForm, status: int = 200) -> Response:
    unit, listed = kept
    return page("meetings/rooms.html", status=status, unit=unit, rooms=listed, form=form)


def _room_page(unit: Any, room: Any, form: RoomForm, status: int = 200) -> Response:
    return page("meetings/room.html", status=status, unit=unit, room=room, form=form)

"""Putting up pictures, and saying what they show."""

from __future__ import annotations

from flask import Blueprint, Response, abort, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.articles import DescribeForm, PictureForm
from tbb.policy import Permission
from tbb.services import content_shelf, picture_looks, picture_shelf, pictures
from tbb.web import content_words
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.shell import settings
from tbb.web.sitting import actor, notify

bp = Blueprint("pictures", __name__, url_prefix="/arbetsyta/bilder")
WHY = {
    "kind": "Filen är ingen bild av rätt sort. Välj en JPEG, PNG eller WebP.",
    "size": "Filen är för stor. Den får vara högst 10 MB.",
    "pixels": "Bilden har för många punkter. Spara den som en vanlig JPEG med högst 16 miljoner punkter.",
    "small": "Bilden är för liten. Den ska vara minst 200 punkter på varje håll.",
    "broken": "Bilden går inte att läsa. Spara den på nytt och försök igen.",
}


@bp.get("")
@requires(Permission.WRITE_CONTENT)
def shelf() -> Response:
    """Show the pictures there are, and let one be put up."""
    return _shelf(PictureForm(formdata=None))


@bp.post("")
@requires(Permission.WRITE_CONTENT, most_bytes=pictures.MOST_BYTES + 2**16)
def add() -> BaseResponse:
    """Put up a picture."""
    places = {place.code: place for place in content_shelf.places(actor())}
    form = PictureForm().offer(places.values())
    if not form.validate():
        return _shelf(form, 422)
    told = {"alt": form.alt.data, "decorative": form.decorative.data, "credit": form.credit.data}
    try:
        made = pictures.receive(
            actor(),
            settings().instance,
            form.file.data.read(pictures.MOST_BYTES + 1),
            organizer=places[form.where.data].organizer,
            focus=form.focus(),
            **told,
        )
    except pictures.BadPicture as problem:
        form.file.errors = [WHY[problem.why]]
        return _shelf(form, 422)
    notify("Bilden är uppladdad.")
    return see_other(url_for("pictures.describing", key=made.key))


@bp.get("/<key>")
@requires(Permission.WRITE_CONTENT)
def describing(key: str) -> Response:
    """Show a picture, how to place it in a text, and what is said of it."""
    found = picture_shelf.find(actor(), key) or abort(404)
    told = {name: getattr(found, name) for name in ("alt", "decorative", "credit", "focus_x", "focus_y")}
    return _one(key, DescribeForm(formdata=None, data=told))


@bp.post("/<key>")
@requires(Permission.WRITE_CONTENT)
def describe(key: str) -> BaseResponse:
    """Change what is said of a picture."""
    found, form = picture_shelf.find(actor(), key) or abort(404), DescribeForm()
    if not form.validate():
        return _one(key, form, 422)
    told = {"alt": form.alt.data, "decorative": form.decorative.data, "credit": form.credit.data}
    pictures.describe(actor(), found, focus=form.focus(), **told)
    notify("Sparat.")
    return see_other(url_for("pictures.describing", key=key))


def _shelf(form: PictureForm, status: int = 200) -> Response:
    shown = picture_shelf.newest(actor(), 60)
    form.offer(content_shelf.places(actor()))
    return page("pictures/shelf.html", fragment="form", status=status, form=form, pictures=shown)


def _one(key: str, form: DescribeForm, status: int = 200) -> Response:
    told = {"shown": pictures.shown([key])[key], "hints": picture_looks.hints(settings().instance, [key])}
    return page("pictures/one.html", fragment="form", status=status, form=form, words=content_words, **told)

"""Urgent messages on the start page: putting them up and taking them down."""

from __future__ import annotations

from flask import Blueprint, Response, abort, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb import clock
from tbb.forms.articles import BannerForm
from tbb.policy import Permission
from tbb.services import banners, content_shelf
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("banners", __name__, url_prefix="/arbetsyta/meddelanden")


@bp.get("")
@requires(Permission.PUBLISH_CONTENT)
def shelf() -> Response:
    """Show the messages there are, and let one be put up."""
    return _shelf(BannerForm(formdata=None))


@bp.post("")
@requires(Permission.PUBLISH_CONTENT)
def put_up() -> BaseResponse:
    """Put up a message."""
    form = _offered(BannerForm())
    if not form.validate():
        return _shelf(form, 422)
    banners.put_up(
        actor(),
        form.text.data,
        link=form.link.data or "",
        organizer=content_shelf.places(actor())[0].organizer,
        municipality=int(form.municipality.data) if form.municipality.data else None,
        starts_at=form.starts_at.moment or clock.now(),
        ends_at=form.ends_at.moment,
    )
    notify("Meddelandet är sparat. Det syns på startsidan från den tid du valde.")
    return see_other(url_for("banners.shelf"))


@bp.post("/<int:number>/ta-ner")
@requires(Permission.PUBLISH_CONTENT)
def take_down(number: int) -> BaseResponse:
    """Take a message down."""
    taken = banners.take_down(actor(), number)
    if taken is None:
        abort(404)
    notify("Meddelandet är borta." if taken else "Meddelandet var redan borta.")
    return see_other(url_for("banners.shelf"))


def _offered(form: BannerForm) -> BannerForm:
    return form.offer(content_shelf.municipalities())


def _shelf(form: BannerForm, status: int = 200) -> Response:
    listed = banners.mine(actor())
    return page(
        "banners/shelf.html", fragment="form", status=status, form=_offered(form), listed=listed, moment=clock.now()
    )

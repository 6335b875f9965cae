"""Handing a unit over from one Barnets bästa-ansvarig to the next."""

from __future__ import annotations

from flask import Blueprint, Response, abort, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.handovers import HandoverForm
from tbb.policy import Permission
from tbb.services import handovers, shelf
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("handovers", __name__)


@bp.get("/arbetsyta/overlamningar")
@requires(Permission.CONFIRM_HANDOVER)
def waiting() -> Response:
    """List the handovers that are open."""
    return page("handovers/waiting.html", waiting=handovers.waiting(actor()))


@bp.get("/arbetsyta/verksamheter/<slug>/overlamning")
@requires(Permission.CONFIRM_HANDOVER)
def show(slug: str) -> Response:
    """Show a unit's handover."""
    shown = handovers.show(actor(), slug) or abort(404)
    return page(
        "handovers/show.html", shown=shown, form=HandoverForm(formdata=None), side="", place=shelf.place_of(shown.unit)
    )


@bp.post("/arbetsyta/verksamheter/<slug>/overlamning/<any(left, taken):side>")
@requires(Permission.CONFIRM_HANDOVER)
def confirm(slug: str, side: str) -> BaseResponse:
    """Say that one side is done."""
    shown, form = handovers.show(actor(), slug) or abort(404), HandoverForm()
    if form.validate() and _done(form, slug, side):
        return see_other(url_for("handovers.show", slug=slug))
    place = shelf.place_of(shown.unit)
    return page("handovers/show.html", fragment="form", status=422, shown=shown, form=form, side=side, place=place)


def _done(form: HandoverForm, slug: str, side: str) -> bool:
    """Confirm, or say at the field why that cannot be."""
    try:
        closes = handovers.confirm(actor(), slug, form.handover.data, side, form.note.data)
    except handovers.NoteMissing:
        form.note.errors = ["Skriv varför du bekräftar i stället."]
        return False
    except handovers.NoSuccessor:
        form.form_errors.append("Ingen är utsedd att ta över. Utse någon först.")
        return False
    except handovers.AlreadyDone:
        notify("Det var redan bekräftat.")
        return True
    notify("Tack. Överlämningen är klar." if closes else "Tack. Nu väntar vi på den andra.")
    return True

"""Importing a list of units in the browser: upload, look at the plan, apply."""

from __future__ import annotations

from flask import Blueprint, Response, abort, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.importing import ApplyForm, UploadForm
from tbb.policy import Permission
from tbb.services import registers, uploads
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("importing", __name__)


@bp.get("/arbetsyta/import")
@requires(Permission.IMPORT_UNITS)
def start() -> Response:
    """Ask for a list, and show those that wait."""
    return page("importing/start.html", form=UploadForm(formdata=None), waiting=uploads.waiting(actor()))


@bp.post("/arbetsyta/import")
@requires(Permission.IMPORT_UNITS, most_bytes=uploads.MOST_BYTES + 2**16)
def upload() -> BaseResponse:
    """Keep a list and lead to what it would change."""
    form = UploadForm()
    if form.validate():
        file = form.file.data
        try:
            return see_other(url_for("importing.plan", key=uploads.receive(actor(), file.filename, file.read())))
        except registers.NotUnderstood as problem:
            form.file.errors = [str(problem)]
    return page("importing/start.html", fragment="form", status=422, form=form, waiting=uploads.waiting(actor()))


@bp.get("/arbetsyta/import/<key>")
@requires(Permission.IMPORT_UNITS)
def plan(key: str) -> Response:
    """Show what a list would change; nothing is changed yet."""
    try:
        shown = uploads.show(actor(), key) or abort(404)
    except uploads.NotYours as problem:
        return page("importing/refused.html", words=problem.words, status=422)
    return page("importing/plan.html", shown=shown)


@bp.post("/arbetsyta/import/<key>")
@requires(Permission.IMPORT_UNITS, fresh=True)
def apply(key: str) -> BaseResponse:
    """Do what the plan says."""
    form = ApplyForm()
    if not form.validate():
        abort(400)
    try:
        touched = uploads.apply(actor(), key, form.digest.data)
    except registers.StalePlan:
        notify("Katalogen har ändrats sedan du såg planen. Inget är infört. Granska den nya planen.")
        return see_other(url_for("importing.plan", key=key))
    except uploads.NotYours as problem:
        return page("importing/refused.html", words=problem.words, status=422)
    if touched is None:
        abort(404)
    notify(f"Listan är införd. {touched} verksamheter är nya eller ändrade.")
    return see_other(url_for("importing.start"))

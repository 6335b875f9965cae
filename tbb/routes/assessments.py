"""Barnkonsekvensanalys: what a decision means for children, on the areas of the wheel, without any person."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, make_response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.assessments import AssessmentForm, NewForm, ShareForm, SureForm
from tbb.policy import Permission
from tbb.services import assessment_report, assessment_texts, assessments
from tbb.services.assessments import Closed, Overtaken, Shown, Unfinished
from tbb.web.access import LONG, requires
from tbb.web.assessment_words import WORDS
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("assessments", __name__, url_prefix="/arbetsyta/barnkonsekvensanalyser")
TOO_LATE = "Analysen är klar och kan inte ändras. Gör en ny version i stället."


@bp.get("")
@requires(Permission.READ_ASSESSMENT)
def shelf() -> Response:
    """List one's own analyses, and those that the organization shares."""
    wanted = request.args.get("q", "").strip()[:100]
    listed = {"mine": assessments.mine(actor()), "library": assessments.library(actor(), wanted)}
    return page("assessments/shelf.html", wanted=wanted, may_write=bool(assessments.places(actor())), **listed, **WORDS)


@bp.get("/ny")
@requires(Permission.WRITE_ASSESSMENT)
def new() -> Response:
    """Show the form that begins an analysis."""
    return page("assessments/new.html", form=NewForm(formdata=None).offer(assessments.places(actor())))


@bp.post("/ny")
@requires(Permission.WRITE_ASSESSMENT)
def begin() -> BaseResponse:
    """Begin an analysis and go on to write it."""
    places = assessments.places(actor())
    form = NewForm().offer(places)
    if not form.validate():
        return page("assessments/new.html", fragment="form", status=422, form=form)
    (where,) = (place for place in places if place.code == form.where.data)
    return see_other(url_for("assessments.edit", key=assessments.begin(actor(), form.title.data, where)))


@bp.get("/<key>")
@requires(Permission.READ_ASSESSMENT)
def show(key: str) -> Response:
    """Show an analysis as it is read."""
    return _read(_found(key))


@bp.get("/<key>.pdf")
@requires(Permission.READ_ASSESSMENT)
def report(key: str) -> Response:
    """Give an analysis as a PDF."""
    response = make_response(assessment_report.pdf(_found(key)))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'inline; filename="barnkonsekvensanalys.pdf"'
    return response


@bp.get("/<key>/andra")
@requires(Permission.WRITE_ASSESSMENT)
def edit(key: str) -> BaseResponse:
    """Show the form of one's own analysis; one that is finished is only read."""
    shown = _mine(key)
    if shown.finished:
        return see_other(url_for("assessments.show", key=key))
    return _form(shown, AssessmentForm.filled(shown.answers, shown.marks))


@bp.post("/<key>/andra")
@requires(Permission.WRITE_ASSESSMENT, most_bytes=LONG)
def save(key: str) -> BaseResponse:
    """Save an analysis; when another window has changed the same text, show both."""
    shown, form = _mine(key), AssessmentForm()
    if not form.validate():
        return _form(shown, form, 422)
    try:
        assessments.save(actor(), key, form.answers(), form.marks())
    except Overtaken as problem:
        fresh = AssessmentForm.filled(problem.answers, problem.marks)
        return page("assessments/merge.html", status=409, shown=shown, form=fresh, problem=problem, **_texts())
    except Closed:
        notify(TOO_LATE)
        return see_other(url_for("assessments.show", key=key))
    notify("Sparat.")
    ways = {"read": "assessments.show", "stay": "assessments.edit"}
    return see_other(url_for(ways.get(request.form.get("then", ""), "assessments.edit"), key=key))


@bp.post("/<key>/klar")
@requires(Permission.WRITE_ASSESSMENT)
def finish(key: str) -> BaseResponse:
    """Finish an analysis, or say what is missing."""
    shown = _mine(key)
    try:
        assessments.finish(actor(), key)
    except Unfinished as problem:
        return _read(shown, 422, lacking=problem.missing)
    except Closed:
        notify(TOO_LATE)
    else:
        notify("Analysen är klar.")
    return see_other(url_for("assessments.show", key=key))


@bp.post("/<key>/dela")
@requires(Permission.WRITE_ASSESSMENT)
def share(key: str) -> BaseResponse:
    """Let the organization read an analysis, or no longer."""
    _mine(key)
    form = ShareForm()
    if not form.validate():
        abort(400)
    shared = form.shared.data == "yes"
    assessments.share(actor(), key, shared)
    notify("Nu finns analysen i biblioteket." if shared else "Nu är det bara du som kan läsa analysen.")
    return see_other(url_for("assessments.show", key=key))


@bp.post("/<key>/kopia")
@requires(Permission.WRITE_ASSESSMENT)
def copy(key: str) -> BaseResponse:
    """Begin a new analysis from one that can be read."""
    _found(key)
    return see_other(url_for("assessments.edit", key=assessments.copy(actor(), key)))


@bp.get("/<key>/ta-bort")
@requires(Permission.WRITE_ASSESSMENT)
def ask(key: str) -> Response:
    """Ask whether a draft is really to be removed."""
    shown = _mine(key)
    if shown.finished:
        abort(404)
    return page("assessments/remove.html", shown=shown, form=SureForm(formdata=None))


@bp.post("/<key>/ta-bort")
@requires(Permission.WRITE_ASSESSMENT)
def remove(key: str) -> BaseResponse:
    """Remove one's own draft."""
    _mine(key)
    try:
        assessments.remove(actor(), key)
        notify("Utkastet är borttaget.")
    except Closed:
        notify(TOO_LATE)
        return see_other(url_for("assessments.show", key=key))
    return see_other(url_for("assessments.shelf"))


def _found(key: str) -> Shown:
    return assessments.find(actor(), key) or abort(404)


def _mine(key: str) -> Shown:
    """Give one's own analysis; to others who may read it the door says no."""
    shown = _found(key)
    assessments.check_own(actor(), shown)
    return shown


def _read(shown: Shown, status: int = 200, lacking: list[str] | None = None) -> Response:
    told = {"lacking": [(name, assessment_texts.NEEDED[name]) for name in lacking or ()]}
    may_copy = bool(assessments.places(actor()))
    return page("assessments/show.html", status=status, shown=shown, may_copy=may_copy, **told, **_texts())


def _form(shown: Shown, form: AssessmentForm, status: int = 200) -> Response:
    fragment = "form" if status != 200 else None
    return page("assessments/edit.html", fragment=fragment, status=status, shown=shown, form=form, **_texts())


def _texts() -> dict[str, Any]:
    return {**WORDS, "texts": assessment_texts}

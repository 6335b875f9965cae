"""The review of applications by two: the list, one application, and what a reviewer may do with it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, request, url_for

from tbb.forms import reviewing as forms
from tbb.forms.applying import MANDATES, PROOFS, WISHES
from tbb.policy import Permission
from tbb.services import approving, reviewing
from tbb.services.reviewing import Review
from tbb.web import joining_words
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("reviewing", __name__)


@bp.get("/arbetsyta/ansokningar")
@requires(Permission.READ_APPLICATIONS)
def applications() -> Response:
    """List the applications of a tab."""
    tab = request.args.get("flik", "")
    tab = tab if tab in reviewing.TABS else "att-granska"
    lines, counts = reviewing.listing(actor(), tab), reviewing.counts(actor())
    return page("reviewing/applications.html", tab=tab, lines=lines, counts=counts, **_words())


@bp.get("/arbetsyta/ansokningar/<reference>")
@requires(Permission.READ_APPLICATIONS, reads="application:read")
def application(reference: str) -> Response:
    """Show an application with all that the register says of it."""
    return page("reviewing/application.html", review=_review(reference), **_words())


@bp.get("/arbetsyta/ansokningar/<reference>/fraga")
@requires(Permission.REVIEW_APPLICATION)
def question(reference: str) -> Response:
    """Ask what the reviewer wants to know."""
    review = _review(reference, mine=True)
    return _decide(review, "ask", _blank(forms.AskForm, review))


@bp.post("/arbetsyta/ansokningar/<reference>/fraga")
@requires(Permission.REVIEW_APPLICATION)
def ask(reference: str) -> Response:
    """Ask the applicant for more."""
    review, form = _review(reference, mine=True), forms.AskForm()
    if not form.validate():
        return _decide(review, "ask", form, status=422)
    reviewing.ask(actor(), reference, form.version.data, form.question.data)
    notify("Frågan är skickad till den sökande.")
    return see_other(url_for("reviewing.applications"))


@bp.get("/arbetsyta/ansokningar/<reference>/tillstyrk")
@requires(Permission.REVIEW_APPLICATION)
def call(reference: str) -> Response:
    """Ask about the call to the organisation."""
    review = _review(reference, mine=True)
    return _decide(review, "recommend", _blank(forms.RecommendForm, review, numbers=review.numbers))


@bp.post("/arbetsyta/ansokningar/<reference>/tillstyrk")
@requires(Permission.REVIEW_APPLICATION)
def recommend(reference: str) -> Response:
    """Recommend an application, so that another person can approve it."""
    review = _review(reference, mine=True)
    form = forms.RecommendForm(numbers=review.numbers)
    if not form.validate():
        return _decide(review, "recommend", form, status=422)
    reviewing.recommend(actor(), reference, form.version.data, form.called_back())
    notify("Du har tillstyrkt ansökan. Nu väntar den på det andra beslutet.")
    return see_other(url_for("reviewing.applications"))


@bp.get("/arbetsyta/ansokningar/<reference>/avsla")
@requires(Permission.REVIEW_APPLICATION)
def reason(reference: str) -> Response:
    """Ask why the application is declined."""
    review = _review(reference, mine=True)
    return _decide(review, "decline", _blank(forms.DeclineForm, review))


@bp.post("/arbetsyta/ansokningar/<reference>/avsla")
@requires(Permission.REVIEW_APPLICATION)
def decline(reference: str) -> Response:
    """Decline an application."""
    review, form = _review(reference, mine=True), forms.DeclineForm()
    if not form.validate():
        return _decide(review, "decline", form, status=422)
    reviewing.decline(actor(), reference, form.version.data, form.reason.data)
    notify("Ansökan är avslagen. Den sökande får ett brev.")
    return see_other(url_for("reviewing.applications"))


@bp.get("/arbetsyta/ansokningar/<reference>/godkann")
@requires(Permission.APPROVE_APPLICATION)
def look_again(reference: str) -> Response:
    """Show what an approval makes, before it is made."""
    review = _review(reference, mine=True)
    return _decide(review, "approve", _blank(forms.ApproveForm, review))


@bp.post("/arbetsyta/ansokningar/<reference>/godkann")
@requires(Permission.APPROVE_APPLICATION)
def approve(reference: str) -> Response:
    """Approve what another person has recommended."""
    review, form = _review(reference, mine=True), forms.ApproveForm()
    if not form.validate():
        return _decide(review, "approve", form, status=422)
    try:
        approving.approve(actor(), reference, form.version.data)
    except approving.CannotApprove as problem:
        return _decide(review, "approve", form, status=422, against=problem.sentences)
    notify("Ansökan är godkänd. Uppgifterna visas nu i katalogen.")
    return see_other(url_for("reviewing.application", reference=reference))


@bp.errorhandler(reviewing.Overtaken)
def overtaken(problem: reviewing.Overtaken) -> Response:
    """Say that the application has changed since the page was made."""
    return page("reviewing/overtaken.html", status=409, reference=request.view_args["reference"])


def _review(reference: str, *, mine: bool = False) -> Review:
    """Find an application; `mine` also wants it to be the actor's to review, which the service says once more."""
    found = reviewing.review(actor(), reference) or abort(404)
    if mine and not found.may_review:
        abort(403)
    return found


def _blank(form_class: Any, review: Review, **more: Any) -> Any:
    form = form_class(formdata=None, **more)
    form.version.data = review.application.version
    return form


def _decide(review: Review, what: str, form: Any, *, status: int = 200, against: tuple[str, ...] = ()) -> Response:
    return page(
        "reviewing/decide.html",
        fragment="form",
        status=status,
        review=review,
        what=what,
        form=form,
        against=against,
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "states": joining_words.APPLICATION,
        "tabs": joining_words.REVIEW_TABS,
        "happened": joining_words.HAPPENED,
        "mail_words": joining_words.MAIL,
        "proofs": PROOFS,
        "wishes": WISHES,
        "mandates": MANDATES,
        "orgnr": joining_words.orgnr,
    }

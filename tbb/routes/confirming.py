"""The question of each term: are the details right? By the link of a letter, or signed in."""

from __future__ import annotations

from flask import Blueprint, Response, abort, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.confirming import LetterForm
from tbb.policy import Permission
from tbb.services import confirmations, shelf
from tbb.web.access import requires
from tbb.web.forms import csrf, stand_guard
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("confirming", __name__)


@bp.get("/bekrafta/<token>")
@requires(Permission.SIGN_IN)
def by_letter(token: str) -> Response:
    """Show what the letter asks about; looking changes nothing."""
    return _page(token, LetterForm(formdata=None))


@bp.post("/bekrafta/<token>")
@requires(Permission.SIGN_IN)
@csrf.exempt
def answer_letter(token: str) -> BaseResponse:
    """Take the answer to a letter."""
    person, form = stand_guard(), LetterForm()
    if not form.validate():
        return _page(token, form, status=422)
    if person and confirmations.confirm_by_letter(token, form.responsibility()) is None:
        return _page(token, form)
    return see_other(url_for("confirming.by_letter", token=token))


@bp.post("/arbetsyta/verksamheter/<slug>/bekrafta")
@requires(Permission.CONFIRM_ENTRY)
def confirm(slug: str) -> BaseResponse:
    """Take the answer of somebody signed in."""
    shelf.unit(actor(), slug) or abort(404)
    try:
        confirmations.confirm(actor(), slug)
    except confirmations.NothingToConfirm:
        notify("Ingen är ansvarig just nu. Utse någon först.")
    else:
        notify("Tack. Uppgifterna är bekräftade.")
    return see_other(url_for("keeping.entry", slug=slug))


def _page(token: str, form: LetterForm, *, status: int = 200) -> Response:
    """The letter's page; when its link is no longer good, a page that says what to do instead."""
    question = confirmations.look(token)
    if question is None:
        return _unkept(page("confirming/gone.html", status=404))
    return _unkept(
        page("confirming/question.html", fragment="form", status=status, question=question, form=form, token=token)
    )


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response

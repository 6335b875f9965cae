"""Closed minutes behind a personal link and its code: read, confirmed or objected to without an account or scripts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.minutes_by_link import ObjectionForm
from tbb.policy import Permission
from tbb.services import meeting_links, meeting_minutes, minutes_by_link
from tbb.web import meeting_link_words as words
from tbb.web.access import requires
from tbb.web.forms import csrf, stand_guard
from tbb.web.hypermedia import page, see_other
from tbb.web.link_steps import has_stepped

bp = Blueprint("minutes_by_link", __name__)


@bp.get("/svar/<token>/anteckningar")
@requires(Permission.ANSWER_BY_LINK, swedish=False)
def read(token: str) -> Response:
    """Show the minutes as far as they are theirs; looking changes nothing but the log of who has read."""
    return _page(token, ObjectionForm(formdata=None))


@bp.post("/svar/<token>/anteckningar/bekrafta")
@requires(Permission.ANSWER_BY_LINK, swedish=False)
@csrf.exempt
def confirm(token: str) -> BaseResponse:
    """Take that the minutes are right."""
    return _said(token, ObjectionForm(formdata=None), confirms=True)


@bp.post("/svar/<token>/anteckningar/anmarkning")
@requires(Permission.ANSWER_BY_LINK, swedish=False)
@csrf.exempt
def object_to(token: str) -> BaseResponse:
    """Take what is not right in them."""
    return _said(token, ObjectionForm(), confirms=False)


def _said(token: str, form: ObjectionForm, *, confirms: bool) -> BaseResponse:
    """Keep what was said, or show the page again with what hinders it."""
    human, participant = stand_guard(), meeting_links.look(token)
    if participant is None or not has_stepped(participant):
        return _page(token, form, 403)
    if not human or not (confirms or form.validate()):
        return _page(token, form, 422)
    try:
        done = minutes_by_link.confirm(participant, "" if confirms else form.remark.data)
    except meeting_minutes.Confirmed:
        done = True
    except meeting_minutes.TooMany:
        form.remark.errors = [words.MANY_REMARKS]
        return _page(token, form, 422)
    if not done:
        return _page(token, form, 409)
    return see_other(url_for("minutes_by_link.read", token=token, tack=1 if confirms else 2))


def _page(token: str, form: ObjectionForm, status: int = 200) -> Any:
    """The minutes; where the code has not been given or nothing is theirs to read, the link's own page."""
    participant = meeting_links.look(token)
    stepped = participant is not None and has_stepped(participant)
    minutes = minutes_by_link.opened(participant) if stepped else None
    if minutes is None:
        return see_other(url_for("meeting_answers.show", token=token)) if status == 200 else _gone(participant, status)
    told = {
        "minutes": minutes,
        "caller": meeting_links.caller(participant),
        "token": token,
        "form": form,
        "words": words,
        "done": request.args.get("tack", ""),
    }
    return _unkept(page("meetings/link_minutes.html", status=status, **told))


def _gone(participant: object, status: int) -> Response:
    return _unkept(page("meetings/link_gone.html", status=status if participant is not None else 404))


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response

"""Answering which times one can by a personal link, without an account: first the code, then the times."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.meeting_answers import CodeForm, OtherTimeByLinkForm, answers_in
from tbb.policy import VISITOR, Permission
from tbb.services import meeting_links, meeting_replies, meeting_times
from tbb.services.meeting_times import BadTimes
from tbb.web import meeting_link_words as words
from tbb.web.access import requires
from tbb.web.forms import csrf, stand_guard
from tbb.web.hypermedia import page, see_other
from tbb.web.link_steps import has_stepped, with_step

bp = Blueprint("meeting_answers", __name__)


@bp.get("/svar/<token>")
@requires(Permission.ANSWER_BY_LINK, swedish=False)
def show(token: str) -> Response:
    """Show the code's page, or what there is to answer; looking changes nothing."""
    return _page(token)


@bp.post("/svar/<token>/kod")
@requires(Permission.ANSWER_BY_LINK, swedish=False)
@csrf.exempt
def give_code(token: str) -> BaseResponse:
    """Take the code that whoever books has told."""
    human, form, participant = stand_guard(), CodeForm(), meeting_links.look(token)
    if participant is None or not human or not form.validate():
        return _page(token, code=form, status=422)
    if not meeting_links.is_right(participant, form.code.data):
        form.code.errors = [words.WRONG_CODE]
        return _page(token, code=form, status=422)
    response = see_other(url_for("meeting_answers.show", token=token))
    return _unkept(with_step(response, participant, f"{request.script_root}/svar"))


@bp.post("/svar/<token>")
@requires(Permission.ANSWER_BY_LINK, swedish=False)
@csrf.exempt
def answer(token: str) -> BaseResponse:
    """Take the answers to the times."""
    human, participant = stand_guard(), meeting_links.look(token)
    if participant is None or not has_stepped(participant):
        return _page(token, status=403)
    done = human and meeting_times.answer(VISITOR, participant, answers_in(request.form))
    if not done:
        return _page(token, problem=words.NO_ANSWER, status=422)
    return see_other(url_for("meeting_answers.show", token=token, tack=1))


@bp.post("/svar/<token>/kommer")
@requires(Permission.ANSWER_BY_LINK, swedish=False)
@csrf.exempt
def come(token: str) -> BaseResponse:
    """Take whether somebody comes to a meeting whose time is set."""
    human, participant = stand_guard(), meeting_links.look(token)
    if participant is None or not has_stepped(participant):
        return _page(token, status=403)
    if not human or not meeting_replies.say(VISITOR, participant, request.form.get("coming", "")):
        return _page(token, problem=words.NOT_SAID, status=422)
    return see_other(url_for("meeting_answers.show", token=token, tack=3))


@bp.get("/svar/<token>/annan-tid")
@requires(Permission.ANSWER_BY_LINK, swedish=False)
def other_time(token: str) -> Response:
    """Ask for another time; looking changes nothing."""
    return _page(token, other=OtherTimeByLinkForm(formdata=None))


@bp.post("/svar/<token>/annan-tid")
@requires(Permission.ANSWER_BY_LINK, swedish=False)
@csrf.exempt
def suggest(token: str) -> BaseResponse:
    """Take another time that somebody suggests."""
    human, participant, form = stand_guard(), meeting_links.look(token), OtherTimeByLinkForm()
    if participant is None or not has_stepped(participant):
        return _page(token, status=403)
    try:
        made = human and meeting_times.suggest(VISITOR, participant, form.wall())
    except BadTimes as problem:
        form.hour.errors = [words.WHY_NO_TIME[problem.why[0]]]
        return _page(token, other=form, status=422)
    return see_other(url_for("meeting_answers.show", token=token, tack=2 if made else None))


def _page(
    token: str, *, code: CodeForm | None = None, other: Any = None, problem: str = "", status: int = 200
) -> Response:
    """The link's page as far as its reader has come; when it is no longer good, a page that says what to do."""
    participant = meeting_links.look(token)
    if participant is None:
        return _unkept(page("meetings/link_gone.html", status=404))
    caller = meeting_links.caller(participant)
    if not has_stepped(participant):
        form = code or CodeForm(formdata=None)
        return _unkept(page("meetings/link_code.html", status=status, form=form, token=token, caller=caller))
    told = {"shown": meeting_links.shown(participant), "token": token, "words": words, "caller": caller}
    if other is not None:
        return _unkept(page("meetings/link_suggest.html", status=status, form=other, **told))
    done = request.args.get("tack", "")
    return _unkept(page("meetings/link_answer.html", status=status, problem=problem, done=done, **told))


def _unkept(response: Any) -> Any:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response

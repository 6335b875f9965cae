"""The guide's pages: one question at a time, all answers in the address, and who is responsible in the end."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb import clock
from tbb.services import directory, guide
from tbb.services.guide import Answers, Question
from tbb.web.access import public
from tbb.web.cache import cached
from tbb.web.hypermedia import page, see_other

bp = Blueprint("guide", __name__)
MOST_CHARACTERS = 100
SHOWN_AT_FIRST = 10
"""With more units than this there is a box to narrow the list, and the rest is shown on demand."""


@bp.get("/guide")
@public
@cached
def question() -> Response | BaseResponse:
    """Ask the next question, or the one that somebody wants to answer anew."""
    municipalities = _municipalities()
    answers = replace(guide.read(request.args, municipalities), unit="")
    asked = _wanted(answers) or guide.next_question(answers)
    if asked is None:
        return see_other(url_for("guide.answer", **answers.query()))
    return page(
        "guide/question.html",
        answers=answers,
        asked=asked,
        choices=guide.choices(asked, answers),
        path=guide.path(answers),
        total=guide.length(answers),
        result=guide.outcome(answers),
        municipalities=municipalities,
        # The form says which question it asks, so an answer that is missing can be told from a first visit.
        fails=request.args.get("fraga") == asked and not answers.of(asked),
    )


@bp.get("/guide/svar")
@public
@cached
def answer() -> Response | BaseResponse:
    """Tell who is responsible, and why it is just them."""
    municipalities = _municipalities()
    answers = guide.read(request.args, municipalities)
    result = guide.outcome(answers)
    if result is None or guide.next_question(answers):
        return see_other(url_for("guide.question", **replace(answers, unit="").query()))
    name = " ".join(request.args.get("namn", "")[:MOST_CHARACTERS].split())
    try:
        shown = guide.listing(result, answers, clock.today(), name)
    except directory.Moved as moved:
        return see_other(url_for("guide.answer", **replace(answers, unit=moved.slug).query()))
    return page(
        "guide/answer.html",
        answers=answers,
        path=guide.path(answers),
        result=result,
        shown=shown,
        municipalities=municipalities,
        name=name,
        limit=shown.total if name or request.args.get("alla") else SHOWN_AT_FIRST,
        at_first=SHOWN_AT_FIRST,
    )


def _municipalities() -> dict[str, str]:
    """The names of the municipalities that take part, by their word in the address, in Swedish order."""
    return {row.slug: row.name for row in directory.participating_municipalities()}


def _wanted(answers: Answers) -> Question | None:
    """The question that a link asks for again, or that was sent without an answer."""
    again, sent = request.args.get("andra"), request.args.get("fraga")
    for asked in guide.path(answers):
        if again == asked or (sent == asked and not answers.of(asked)):
            return asked
    return None

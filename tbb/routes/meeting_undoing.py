"""Taking somebody out of a meeting and calling it off: every letter is looked at first, and for ten minutes undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.meeting_letters import TakeBackForm
from tbb.policy import Permission
from tbb.routes.meetings import READS, about, booked, too_late
from tbb.services import meeting_invitations, meeting_mail, meeting_people, meeting_undoing, meetings
from tbb.services.meeting_undoing import TooLate
from tbb.web import meeting_letter_words
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("meeting_undoing", __name__)
CHANGED = "Läs igenom breven först. De är inte som när du öppnade sidan. Inget är gjort."
GONE = "Det gick inte att ångra. Brevet har redan lämnat tjänsten, eller så kan personen inte frågas längre."
NOT_OFF = "Det gick inte att ångra. Breven har redan lämnat tjänsten. Boka ett nytt möte i stället."
TAKEN = "Mötet är tillbaka, men lokalen hann bokas av någon annan. Bestäm en ny plats och skicka den ändrade kallelsen."


@bp.get("/moten/<key>/stall-in")
@requires(Permission.BOOK_MEETING, reads=READS)
def ask_to_call_off(key: str) -> Response:
    """Ask whether a meeting is to be called off, and show what each will read."""
    meeting = booked(key)
    return _look(meeting, meeting_invitations.told_off(meeting), "meetings/call_off.html")


@bp.post("/moten/<key>/stall-in")
@requires(Permission.BOOK_MEETING)
def call_off(key: str) -> BaseResponse:
    """Call a meeting off; the letters leave in ten minutes."""
    meeting = booked(key)
    try:
        done = meetings.call_off(actor(), meeting, seen=_seen())
    except meetings.Overtaken:
        notify(CHANGED)
        return see_other(url_for("meeting_undoing.ask_to_call_off", key=key))
    except meetings.NotNow:
        return too_late(key)
    notify("Mötet är inställt. Du kan ångra i tio minuter." if done else "Mötet var redan inställt.")
    return see_other(url_for("meetings.show", key=key))


@bp.post("/moten/<key>/stall-in/angra")
@requires(Permission.BOOK_MEETING)
def call_back(key: str) -> BaseResponse:
    """Let a meeting stand again that was called off."""
    try:
        kept = meeting_undoing.call_back(actor(), booked(key))
    except TooLate:
        notify(NOT_OFF)
    else:
        notify("Mötet är tillbaka. Inga brev om att det är inställt skickas." if kept else TAKEN)
    return see_other(url_for("meetings.show", key=key))


@bp.get("/moten/<key>/personer/<participant>/ta-bort")
@requires(Permission.BOOK_MEETING, reads=READS)
def ask_to_take_out(key: str, participant: str) -> Response:
    """Ask whether somebody is to be taken out, and show what they will read."""
    meeting = booked(key)
    row = meeting_people.row(meeting, participant) or abort(404)
    return _look(meeting, meeting_invitations.told_off(meeting, [row]), "meetings/take_out.html", people=_shown(row))


@bp.post("/moten/<key>/personer/<participant>/ta-bort")
@requires(Permission.BOOK_MEETING)
def take_out(key: str, participant: str) -> BaseResponse:
    """Ask somebody no longer; who has been told of the meeting is told that in ten minutes."""
    row = meeting_people.row(booked(key), participant) or abort(404)
    ask = url_for("meeting_undoing.ask_to_take_out", key=key, participant=participant)
    return _taken_out(key, lambda: meetings.take_out(actor(), row, seen=_seen()), ask, "Personen")


@bp.post("/moten/<key>/personer/<participant>/angra")
@requires(Permission.BOOK_MEETING)
def take_back(key: str, participant: str) -> BaseResponse:
    """Ask somebody again who was taken out."""
    row = meeting_undoing.taken_out(booked(key), participant)
    return _undone(key, lambda: meeting_undoing.take_back(actor(), row) if row is not None else _too_late())


@bp.get("/moten/<key>/verksamheter/<int:number>/ta-bort")
@requires(Permission.BOOK_MEETING, reads=READS)
def ask_to_take_out_party(key: str, number: int) -> Response:
    """Ask whether a service is to be taken out, and show what its people will read."""
    meeting = booked(key)
    row = meeting_people.party_row(meeting, number) or abort(404)
    people = meetings.people_of(row)
    told = meeting_invitations.told_off(meeting, people)
    return _look(meeting, told, "meetings/take_out.html", people=_shown(*people), party=row)


@bp.post("/moten/<key>/verksamheter/<int:number>/ta-bort")
@requires(Permission.BOOK_MEETING)
def take_out_party(key: str, number: int) -> BaseResponse:
    """Ask a service and its people no longer."""
    row = meeting_people.party_row(booked(key), number) or abort(404)
    ask = url_for("meeting_undoing.ask_to_take_out_party", key=key, number=number)
    return _taken_out(key, lambda: meetings.take_out_party(actor(), row, seen=_seen()), ask, "Verksamheten")


@bp.post("/moten/<key>/verksamheter/<int:number>/angra")
@requires(Permission.BOOK_MEETING)
def take_back_party(key: str, number: int) -> BaseResponse:
    """Ask a service and its people again."""
    meeting = booked(key)
    return _undone(key, lambda: meeting_undoing.take_back_party(actor(), meeting, number))


def _taken_out(key: str, take: Callable[[], bool], ask: str, whom: str) -> BaseResponse:
    """Take out, and lead back; to the question again when the letters have changed since it was read."""
    try:
        done = take()
    except meetings.Overtaken:
        notify(CHANGED)
        return see_other(ask)
    except meetings.NotNow:
        return too_late(key)
    notify(f"{whom} är borttagen." if done else f"{whom} var redan borttagen.")
    return _back(key)


def _undone(key: str, undo: Any) -> BaseResponse:
    try:
        undo()
    except (TooLate, meetings.AlreadyThere):
        notify(GONE)
    except meetings.NotNow:
        return too_late(key)
    else:
        notify("Ångrat. Allt är som innan, och inget brev skickas.")
    return _back(key)


def _too_late() -> None:
    raise TooLate


def _seen() -> str:
    """The mark of the letters that were looked at; of nobody's when the page was skipped."""
    form = TakeBackForm()
    return form.seen.data if form.validate() else meeting_mail.mark_of([])


def _shown(*people: Any) -> list[str]:
    return [meeting_letter_words.name_of(meeting_mail.reader_of(each.meeting, each)) for each in people]


def _look(meeting: Any, drafts: list[meeting_mail.Draft], template: str, **more: Any) -> Response:
    letters = meeting_letter_words.letters_of(drafts)
    return page(
        template,
        **about(meeting),
        mailed=[letter for letter in letters if letter.email],
        called=[letter for letter in letters if not letter.email],
        letter_words=meeting_letter_words,
        seen=meeting_mail.mark_of(drafts),
        **({"party": None, "people": []} | more),
    )


def _back(key: str) -> BaseResponse:
    return see_other(url_for("meeting_people.show", key=key))

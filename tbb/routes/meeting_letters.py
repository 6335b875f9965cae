"""The letters of a meeting: every one is looked at before it is sent, stopped in time, and its answer taken."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.meeting_letters import ReplyForm, SendForm
from tbb.policy import Permission
from tbb.services import meeting_people, meeting_replies, meeting_sending, meeting_shelf, meetings
from tbb.web import meeting_letter_words as words
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("meeting_letters", __name__)
READS = "meeting:read"
MOST_BYTES = meeting_replies.MOST_BYTES + 2**14
CHANGED = "Något har ändrats sedan du läste breven. Inget är skickat. Läs dem igen."
TOO_LATE = "Mötet är redan hållet eller inställt."


@bp.get("/moten/<key>/kallelse")
@requires(Permission.READ_MEETING, reads=READS)
def show(key: str) -> Response:
    """Show every letter that waits, as its reader will see it, and how far it has come with each."""
    return _page(key)


@bp.post("/moten/<key>/kallelse")
@requires(Permission.READ_MEETING)
def send(key: str) -> BaseResponse:
    """Send the letters that were looked at; they leave in ten minutes."""
    meeting, form = meeting_shelf.meeting(actor(), key) or abort(404), SendForm()
    if not form.validate():
        abort(400)
    try:
        sent = meeting_sending.send(actor(), meeting, seen=int(form.seen.data), sequence=int(form.sequence.data))
    except (meeting_sending.Overtaken, meeting_sending.NothingToSend):
        notify(CHANGED)
    except meetings.NotNow:
        notify(TOO_LATE)
    else:
        notify("Kallelsen skickas om tio minuter." if sent else "Nu är det antecknat. Ring dem som inte får brev.")
    return see_other(url_for("meeting_letters.show", key=key))


@bp.post("/moten/<key>/kallelse/angra")
@requires(Permission.READ_MEETING)
def undo(key: str) -> BaseResponse:
    """Stop the letters that have not left."""
    meeting = meeting_shelf.meeting(actor(), key) or abort(404)
    try:
        stopped = meeting_sending.undo(actor(), meeting)
    except meeting_sending.TooLate:
        notify("Breven har redan lämnat tjänsten. Ändra mötet eller ställ in det i stället.")
    except meetings.NotNow:
        notify(TOO_LATE)
    else:
        notify("Brevet är stoppat." if stopped == 1 else f"{stopped} brev är stoppade.")
    return see_other(url_for("meeting_letters.show", key=key))


@bp.post("/moten/<key>/kommer")
@requires(Permission.READ_MEETING)
def come(key: str) -> BaseResponse:
    """Take whether somebody who is signed in comes."""
    row = meeting_people.own(actor(), meeting_shelf.meeting(actor(), key) or abort(404))
    done = row is not None and meeting_replies.say(actor(), row, request.form.get("coming", ""))
    notify("Tack, ditt svar är sparat." if done else "Inget svar sparades. Välj om du kommer.")
    return see_other(url_for("meetings.show", key=key))


@bp.post("/moten/<key>/personer/<participant>/kommer")
@requires(Permission.READ_MEETING)
def come_for(key: str, participant: str) -> BaseResponse:
    """Write down what somebody has said by phone."""
    meeting = meeting_shelf.meeting(actor(), key) or abort(404)
    row = meeting_people.row(meeting, participant) or abort(404)
    done = meeting_replies.say(actor(), row, request.form.get("coming", ""))
    notify("Svaret är sparat." if done else "Inget svar sparades.")
    return see_other(url_for("meeting_letters.show", key=key))


@bp.post("/moten/<key>/kallelse/svar")
@requires(Permission.READ_MEETING, most_bytes=MOST_BYTES)
def reply(key: str) -> BaseResponse:
    """Take the answer that came as a file to somebody's own mailbox."""
    meeting, form = meeting_shelf.meeting(actor(), key) or abort(404), ReplyForm()
    try:
        outcome = meeting_replies.upload(actor(), meeting, form.file.data.read()) if form.validate() else ""
    except meetings.NotNow:
        notify(TOO_LATE)
        return see_other(url_for("meeting_letters.show", key=key))
    if outcome == meeting_replies.TAKEN:
        notify(words.OUTCOMES[outcome])
        return see_other(url_for("meeting_letters.show", key=key))
    if outcome:
        form.file.errors = [words.OUTCOMES[outcome]]
    return _page(key, form, status=422)


def _page(key: str, form: ReplyForm | None = None, *, status: int = 200) -> Response:
    desk = meeting_sending.desk(actor(), key) or abort(404)
    return page(
        "meeting_letters/letters.html",
        status=status,
        desk=desk,
        letters=words.letters_of(desk.drafts),
        form=form or ReplyForm(formdata=None),
        words=words,
        letter_words=words,
    )

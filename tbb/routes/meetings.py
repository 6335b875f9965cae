"""Meetings: one's own, beginning to book one, its page, and what is needed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.meetings import LengthForm, NeedsForm
from tbb.policy import Permission, may, require
from tbb.services import (
    case_desk,
    case_shelf,
    mapping,
    meeting_calendar,
    meeting_grid,
    meeting_invitations,
    meeting_lists,
    meeting_people,
    meeting_shelf,
    meeting_times,
    meeting_undoing,
    meetings,
    sealed_fields,
)
from tbb.web import meeting_words as words
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.meeting_letter_words import clock_time
from tbb.web.sitting import actor, notify

bp = Blueprint("meetings", __name__)
READS = "meeting:read"


@bp.get("/moten")
@requires(Permission.LIST_MEETINGS)
def mine() -> Response:
    """Show one's own meetings: a month of them, and those to come."""
    first = meeting_calendar.month_of(request.args.get("manad", ""))
    ended = request.args.get("visa") == "avslutade"
    lines = meeting_lists.mine(actor(), ended=ended)
    return page(
        "meetings/mine.html",
        lines=lines,
        ended=ended,
        first=first,
        weeks=meeting_calendar.month(actor(), first, None),
        labels=_labels(lines),
        words=words,
        before=meeting_calendar.month_before(first),
        after=meeting_calendar.month_after(first),
    )


@bp.get("/arenden/<key>/mote/nytt")
@requires(Permission.BOOK_MEETING, reads="case:read")
def new(key: str) -> Response:
    """Ask how long a new meeting is to be."""
    case = _case(key)
    return page("meetings/new.html", case=case, form=LengthForm(formdata=None), words=words)


@bp.post("/arenden/<key>/mote/nytt")
@requires(Permission.BOOK_MEETING)
def make(key: str) -> BaseResponse:
    """Begin to book a meeting."""
    case, form = _case(key), LengthForm()
    if not form.validate():
        return page("meetings/new.html", status=422, case=case, form=form, words=words)
    try:
        made = meetings.make(actor(), case, minutes=form.minutes.data)
    except (mapping.NotReceived, mapping.Closed):
        notify("Det gick inte. Ärendet är inte mottaget än, eller redan avslutat.")
        return see_other(url_for("mapping.show", key=key))
    return see_other(url_for("meetings.tasks", key=made.key))


@bp.get("/moten/<key>")
@requires(Permission.READ_MEETING, reads=READS)
def show(key: str) -> Response:
    """Show a meeting to those who take part in it and those who book it."""
    meeting = _seen(key)
    books = _may_book(meeting)
    people = meeting_people.people(meeting, openly=books)
    own = next((each for each in people if each.account == actor().account), None)
    return page(
        "meetings/show.html",
        **_about(meeting),
        people=people,
        parties=meeting_people.parties(meeting, people),
        books=books,
        own=own,
        slots=meeting_times.slots_of(meeting),
        answers=meeting_times.answers_by(own.id) if own else {},
        needs=sealed_fields.texts(meeting) if books else {},
        grid=meeting_grid.grid(meeting, people) if books and meeting.state == "proposed" else None,
        uncalled=len(meeting_invitations.waiting(meeting)) if books else 0,
        back_until=_until(meeting) if books else "",
        may_record=may(actor(), Permission.RECORD_MEETING, meeting_shelf.place_of_meeting(meeting)),
    )


@bp.get("/moten/<key>/boka")
@requires(Permission.BOOK_MEETING, reads=READS)
def tasks(key: str) -> Response:
    """Show what is done of booking and what is left."""
    meeting = booked(key)
    people = meeting_people.people(meeting, openly=True)
    parties = meeting_people.parties(meeting, people)
    slots, needs = meeting_times.slots_of(meeting), sealed_fields.texts(meeting)
    steps = words.steps(meeting, parties, people, len(slots), needs)
    return page("meetings/tasks.html", **_about(meeting), steps=steps, people=people)


@bp.get("/moten/<key>/behov")
@requires(Permission.BOOK_MEETING, reads=READS)
def needs(key: str) -> Response:
    """Ask how the child takes part, and what is needed."""
    meeting = booked(key)
    return _needs_page(meeting, _needs_form(meeting))


@bp.post("/moten/<key>/behov")
@requires(Permission.BOOK_MEETING, reads=READS)
def save_needs(key: str) -> BaseResponse:
    """Save how the child takes part, and what is needed."""
    meeting, form = booked(key), NeedsForm()
    if not form.validate():
        return _needs_page(meeting, form, status=422)
    try:
        meetings.save_needs(actor(), meeting, form.given(child=_about_a_child(meeting)), form.versions())
        meetings.let_child_take_part(actor(), meeting, form.part.data or "")
    except sealed_fields.Overtaken as problem:
        return _needs_page(meeting, _shown_anew(form, meeting), status=409, conflicts=problem.conflicts)
    except meetings.NotNow:
        return too_late(key)
    notify("Sparat.")
    return see_other(url_for("meetings.tasks", key=key))


def booked(key: str) -> Any:
    """Find a meeting that the actor books; what they only take part in they may not change."""
    found = _seen(key)
    require(actor(), meetings.right_to_book(found), meeting_shelf.place_of_meeting(found))
    return found


def too_late(key: str) -> BaseResponse:
    """Say that a meeting has been held or called off, and lead to it."""
    notify("Det gick inte. Mötet har hållits eller är inställt.")
    return see_other(url_for("meetings.show", key=key))


def about(meeting: Any) -> dict[str, Any]:
    """What every page of a meeting shows: the meeting, its case's unit, and the words."""
    return _about(meeting)


def _about(meeting: Any) -> dict[str, Any]:
    unit = meeting.case.unit
    books = _may_book(meeting)
    return {
        "meeting": meeting,
        "case": meeting.case if may(actor(), Permission.READ_CASE, case_shelf.place_of(meeting.case)) else None,
        "label": meeting_people.child_label(meeting) if books else "",
        "unit": unit,
        "municipality": unit.municipality,
        "words": words,
    }


def _until(meeting: Any) -> str:
    """What the clock is when it can be undone no longer that a meeting was called off; "" when it cannot."""
    until = meeting_undoing.until(meeting)
    return clock_time(until) if until else ""


def _seen(key: str) -> Any:
    return meeting_shelf.meeting(actor(), key) or abort(404)


def _case(key: str) -> Any:
    """Find a case around which the actor may book a meeting."""
    found = case_shelf.case(actor(), key) or abort(404)
    require(actor(), Permission.BOOK_MEETING, meeting_shelf.place_around(found))
    return found


def _may_book(meeting: Any) -> bool:
    return may(actor(), meetings.right_to_book(meeting), meeting_shelf.place_of_meeting(meeting))


def _about_a_child(meeting: Any) -> bool:
    return meeting.kind != "consultation"


def _labels(lines: list[meeting_lists.Line]) -> dict[int, str]:
    """The working names of the cases that the actor works with; that their list is read is on record by this."""
    numbers = list(dict.fromkeys(line.case for line in lines if line.books))
    return {line.id: line.card.label for line in case_desk.opened(actor(), numbers) if line.about != "anonymous"}


def _needs_form(meeting: Any) -> NeedsForm:
    fields = sealed_fields.read(meeting)
    data = {field: fields[name].text for field, name in NeedsForm.NAMES.items() if name in fields}
    form = NeedsForm(formdata=None, data=data | {"symbols": data.get("symbols") == "1"})
    form.seen.data = _versions(meeting)
    return form


def _shown_anew(form: NeedsForm, meeting: Any) -> NeedsForm:
    """Let what was written be saved over what another has saved, now that both are shown."""
    form.seen.data = _versions(meeting)
    return form


def _versions(meeting: Any) -> str:
    known = sealed_fields.read(meeting)
    return " ".join(f"{name}:{field.version}" for name, field in known.items() if name in meetings.NEEDS)


def _needs_page(meeting: Any, form: NeedsForm, status: int = 200, conflicts: Any = ()) -> Response:
    return page("meetings/needs.html", status=status, **_about(meeting), form=form, conflicts=conflicts)

"""When and where a meeting is: proposing times, asking, what is answered, choosing, and moving it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb import clock
from tbb.forms.meeting_answers import OtherTimeForm, answers_in
from tbb.forms.meeting_letters import TakeBackForm
from tbb.forms.meetings import ChooseForm, MoveForm, PlaceForm, TimesForm
from tbb.policy import Permission
from tbb.routes.meetings import READS, about, booked, too_late
from tbb.services import (
    meeting_asking,
    meeting_calendar,
    meeting_grid,
    meeting_mail,
    meeting_people,
    meeting_shelf,
    meeting_times,
    meetings,
    rooms,
    wall_clock,
)
from tbb.services.meeting_times import BadTimes, Place
from tbb.web import meeting_letter_words
from tbb.web import meeting_words as words
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("meeting_times", __name__)
BAD_DAY = "Välj en dag från i dag till den sista föreslagna tiden."
NAMED = (
    "Det ser ut som ett namn från familjen. Platsen och länken syns i kalendrar hos alla som kallas. Ta bort namnet, "
    "eller spara igen om det inte är något namn."
)
OVERTAKEN = "Någon annan har ändrat mötet medan du läste. Titta igenom och välj igen."


@bp.get("/moten/<key>/tider")
@requires(Permission.BOOK_MEETING, reads=READS)
def propose(key: str) -> Response:
    """Show a week of the calendar to choose times in, and the times that are proposed."""
    meeting = booked(key)
    day = meeting.answers_by or meeting_times.usual_last_day()
    return _times_page(meeting, TimesForm(formdata=None, data={"answers_by": day, "minutes": meeting.minutes}))


@bp.post("/moten/<key>/tider")
@requires(Permission.BOOK_MEETING, reads=READS)
def add(key: str) -> BaseResponse:
    """Propose the times that are ticked and written."""
    meeting, sent = booked(key), request.form
    form = TimesForm(ticked=sent.getlist("tid")[:40], days=sent.getlist("dag"), hours=sent.getlist("klockslag"))
    if not form.validate():
        return _times_page(meeting, form, status=422)
    try:
        made = meeting_times.plan(
            actor(), meeting, form.walls(), answers_by=form.answers_by.data, minutes=form.minutes.data
        )
    except BadTimes as problem:
        form.tell(problem.why, words.WHY_NO_TIME)
        return _times_page(meeting, form, status=422)
    except meeting_times.BadDay:
        form.answers_by.errors = [BAD_DAY]
        return _times_page(meeting, form, status=422)
    except meetings.NotNow:
        return too_late(key)
    notify(f"{len(made)} tider är föreslagna." if len(made) > 1 else "Tiden är föreslagen." if made else "Sparat.")
    return see_other(url_for("meeting_times.propose", key=key, vecka=request.args.get("vecka") or None))


@bp.post("/moten/<key>/tider/<int:slot>/ta-bort")
@requires(Permission.BOOK_MEETING)
def withdraw(key: str, slot: int) -> BaseResponse:
    """Propose a time no longer."""
    meeting = booked(key)
    row = next((each for each in meeting_times.slots_of(meeting) if each.id == slot), None) or abort(404)
    try:
        meeting_times.withdraw(actor(), row)
    except meetings.NotNow:
        return too_late(key)
    notify("Tiden är borttagen.")
    return see_other(url_for("meeting_times.propose", key=key))


@bp.get("/moten/<key>/plats")
@requires(Permission.BOOK_MEETING, reads=READS)
def place(key: str) -> Response:
    """Ask where a meeting is to be."""
    meeting = booked(key)
    return _place_page(meeting, _place_form(PlaceForm, meeting, filled=True))


@bp.post("/moten/<key>/plats")
@requires(Permission.BOOK_MEETING, reads=READS)
def set_place(key: str) -> BaseResponse:
    """Say where a meeting is."""
    meeting = booked(key)
    form = _place_form(PlaceForm, meeting)
    if not _right_place(form, meeting):
        return _place_page(meeting, form, status=422)
    try:
        done = meeting_times.set_place(actor(), meeting, _place_in(form))
    except rooms.Taken as problem:
        form.room.errors = [_taken(problem)]
        return _place_page(meeting, form, status=409)
    except meetings.NotNow:
        return too_late(key)
    notify("Platsen är sparad." if done else "Sparat.")
    return see_other(url_for("meeting_letters.show" if meeting.state == "set" else "meetings.tasks", key=key))


@bp.get("/moten/<key>/skicka")
@requires(Permission.BOOK_MEETING, reads=READS)
def sending(key: str) -> Response:
    """Show whom the question of times goes to, and whether it may."""
    return _sending_page(booked(key))


@bp.post("/moten/<key>/skicka")
@requires(Permission.BOOK_MEETING, reads=READS)
def send(key: str) -> BaseResponse:
    """Ask all who have not been asked; what no consent covers is refused as a whole (409)."""
    meeting, form = booked(key), TakeBackForm()
    try:
        codes = meeting_asking.ask(actor(), meeting, seen=form.seen.data or "")
    except meeting_asking.NothingToAsk:
        return _sending_page(meeting, status=422)
    except meetings.Overtaken:
        return _sending_page(meeting, status=409)
    except meetings.NotNow:
        return too_late(key)
    if not codes:
        notify("Frågan skickas om tio minuter." if meeting.state != "set" else "Läs igenom kallelsen och skicka den.")
        return see_other(url_for("meeting_letters.show", key=key))
    people = {each.key: each for each in meeting_people.people(meeting, openly=True)}
    told = [(people[person], code) for person, code in codes.items()]
    return page("meetings/codes.html", **about(meeting), codes=told, anew=False)


@bp.get("/moten/<key>/val")
@requires(Permission.BOOK_MEETING, reads=READS)
def grid(key: str) -> BaseResponse:
    """Show who can when, and what is booked if one of the times is chosen."""
    meeting = booked(key)
    if meeting.state not in ("draft", "proposed"):
        return see_other(url_for("meetings.show", key=key))
    found = meeting_grid.grid(meeting)
    wanted = request.args.get("tid", "")
    chosen = found.row(int(wanted)) if wanted.isdecimal() and len(wanted) < 10 else None
    chosen = chosen or found.best
    form = _place_form(ChooseForm, meeting, filled=True, at=chosen.slot if chosen else None)
    form.slot.data, form.version.data = chosen.slot.id if chosen else 0, meeting.version
    return _grid_page(meeting, found, chosen, form)


@bp.post("/moten/<key>/val")
@requires(Permission.BOOK_MEETING, reads=READS)
def choose(key: str) -> BaseResponse:
    """Set the time and the place of a meeting."""
    meeting, found = booked(key), meeting_grid.grid(booked(key))
    chosen = found.row(request.form.get("slot", 0, type=int)) or found.best
    form = _place_form(ChooseForm, meeting, at=chosen.slot if chosen else None)
    if chosen is None or not _right_place(form, meeting):
        return _grid_page(meeting, found, chosen, form, status=422)
    try:
        meeting_times.choose(
            actor(), meeting, chosen.slot, _place_in(form), version=form.version.data or 0, reason=form.reason.data
        )
    except meeting_times.NeedsReason:
        form.reason.errors = ["Skriv varför. Någon som behövs kan inte då."]
        return _grid_page(meeting, found, chosen, form, status=422)
    except rooms.Taken as problem:
        form.room.errors = [_taken(problem)]
        return _grid_page(meeting, found, chosen, form, status=409)
    except BadTimes:
        form.form_errors.append("Tiden har varit, eller är inte föreslagen längre. Välj en annan.")
        return _grid_page(meeting, found, chosen, form, status=422)
    except meeting_times.Overtaken:
        return _overtaken(meeting, form, chosen)
    except meetings.NotNow:
        return too_late(key)
    notify("Mötet är bokat. Läs igenom kallelsen och skicka den.")
    return see_other(url_for("meeting_letters.show", key=key))


@bp.get("/moten/<key>/flytta")
@requires(Permission.BOOK_MEETING, reads=READS)
def moving(key: str) -> BaseResponse:
    """Ask for another time of a meeting that is set."""
    meeting = booked(key)
    if meeting.state != "set":
        return see_other(url_for("meetings.show", key=key))
    form = _place_form(MoveForm, meeting, filled=True)
    form.version.data = meeting.version
    return _move_page(meeting, form)


@bp.post("/moten/<key>/flytta")
@requires(Permission.BOOK_MEETING, reads=READS)
def move(key: str) -> BaseResponse:
    """Move a meeting that is set to another time."""
    meeting = booked(key)
    form = _place_form(MoveForm, meeting)
    if not _right_place(form, meeting):
        return _move_page(meeting, form, status=422)
    told = {"version": form.version.data or 0, "reason": form.reason.data}
    try:
        meeting_times.move(actor(), meeting, form.wall(), _place_in(form), **told)
    except BadTimes as problem:
        form.hour.errors = [words.WHY_NO_TIME[problem.why[0]]]
    except meeting_times.NeedsReason:
        form.reason.errors = ["Skriv varför mötet flyttas."]
    except rooms.Taken as problem:
        form.room.errors = [_taken(problem)]
    except meeting_times.Overtaken:
        form.version.data = meeting.version
        form.form_errors.append(OVERTAKEN)
    except meetings.NotNow:
        return too_late(key)
    else:
        notify("Mötet är flyttat. Läs igenom den nya kallelsen och skicka den.")
        return see_other(url_for("meeting_letters.show", key=key))
    return _move_page(meeting, form, status=422)


@bp.get("/moten/<key>/personer/<participant>/svar")
@requires(Permission.BOOK_MEETING, reads=READS)
def answers_of(key: str, participant: str) -> Response:
    """Show the times to answer for somebody who has been rung."""
    meeting = booked(key)
    return _answers_page(meeting, participant)


@bp.post("/moten/<key>/personer/<participant>/svar")
@requires(Permission.BOOK_MEETING)
def answer_for(key: str, participant: str) -> BaseResponse:
    """Write down what somebody has answered by phone."""
    row = meeting_people.row(booked(key), participant) or abort(404)
    done = meeting_times.answer(actor(), row, answers_in(request.form))
    notify("Svaret är sparat." if done else "Inget svar sparades. Välj ett svar för minst en tid.")
    return see_other(url_for("meeting_times.grid", key=key))


@bp.post("/moten/<key>/svar")
@requires(Permission.READ_MEETING)
def answer(key: str) -> BaseResponse:
    """Take the answer of somebody who is signed in and takes part."""
    row = meeting_people.own(actor(), meeting_shelf.meeting(actor(), key) or abort(404))
    if row is None:
        notify("Du är inte med i mötet, så du svarar inte om tider.")
        return see_other(url_for("meetings.show", key=key))
    done = meeting_times.answer(actor(), row, answers_in(request.form))
    notify("Tack, ditt svar är sparat." if done else "Inget svar sparades. Välj ett svar för minst en tid.")
    return see_other(url_for("meetings.show", key=key))


@bp.post("/moten/<key>/annan-tid")
@requires(Permission.READ_MEETING)
def suggest(key: str) -> BaseResponse:
    """Let somebody who is signed in and takes part suggest another time."""
    row, form = meeting_people.own(actor(), meeting_shelf.meeting(actor(), key) or abort(404)), OtherTimeForm()
    try:
        made = meeting_times.suggest(actor(), row, form.wall()) if row is not None else None
    except BadTimes as problem:
        why = problem.why[0]
        notify(words.SUGGESTED_ENOUGH if why == meeting_times.MANY else words.WHY_NO_TIME[why])
    else:
        notify("Tack. Ditt förslag syns nu för den som bokar mötet." if made else "Det går inte att föreslå tider nu.")
    return see_other(url_for("meetings.show", key=key))


def _times_page(meeting: Any, form: TimesForm, status: int = 200) -> Response:
    monday = meeting_calendar.monday_of(request.args.get("vecka", ""))
    unit = meeting.case.unit
    return page(
        "meetings/times.html",
        status=status,
        **about(meeting),
        form=form,
        week=meeting_calendar.week(
            monday, unit, meeting_calendar.events_of(actor(), monday, monday + meeting_calendar.WEEK)
        ),
        hours=range(meeting_calendar.OPENS, meeting_calendar.CLOSES),
        before=meeting_calendar.week_code(monday - meeting_calendar.WEEK),
        after=meeting_calendar.week_code(monday + meeting_calendar.WEEK),
        slots=meeting_grid.grid(meeting).rows,
        now=wall_clock.on_the_wall(clock.now()),
    )


def _place_form(kind: type[PlaceForm], meeting: Any, *, filled: bool = False, at: Any = None) -> Any:
    """Make a form of a place, with the rooms there are and whether each is free at the time in question."""
    starts_at, ends_at = (at or meeting).starts_at, (at or meeting).ends_at
    found = meeting_grid.rooms_for(meeting, starts_at, ends_at)
    names = [(room.id, f"{room.name}, {room.unit_label}") for room in found]
    known = {"room": str(meeting.room_id or 0), "words": meeting.place_words, "video": meeting.video,
             "travel": meeting.travel_minutes}  # fmt: skip
    form = kind(formdata=None, data=known, rooms=names) if filled else kind(rooms=names)
    form.known_rooms = {str(room.id): room for room in found}
    return form


def _right_place(form: PlaceForm, meeting: Any) -> bool:
    """Whether a place can be kept: names of the family are pointed out once, for they would stand in calendars."""
    if not form.validate():
        return False
    said = f"{form.words.data} {form.video.data}".strip()
    if said != (form.looked.data or "") and meeting_grid.names_in([said], meeting):
        in_link = bool(form.video.data) and meeting_grid.names_in([form.video.data], meeting)
        (form.video if in_link else form.words).errors = [NAMED]
        form.looked.data = said
        return False
    return True


def _place_in(form: PlaceForm) -> Place:
    return Place(form.chosen_room, form.words.data, form.video.data, form.travel.data)


def _place_page(meeting: Any, form: PlaceForm, status: int = 200) -> Response:
    slots = [] if meeting.state == "set" else meeting_times.slots_of(meeting)
    free = [(slot, meeting_grid.rooms_for(meeting, slot.starts_at, slot.ends_at)) for slot in slots]
    return page("meetings/place.html", status=status, **about(meeting), form=form, free=free)


def _sending_page(meeting: Any, status: int = 200) -> Response:
    people, drafts = meeting_people.people(meeting, openly=True), meeting_asking.questions(actor(), meeting)
    letters = meeting_letter_words.letters_of(drafts)
    return page(
        "meetings/sending.html",
        status=status,
        **about(meeting),
        people=[each for each in people if not each.is_asked],
        uncovered=[label for _party, label in meeting_asking.uncovered(meeting)],
        slots=meeting_times.slots_of(meeting),
        mailed=[letter for letter in letters if letter.email],
        called=[letter for letter in letters if not letter.email],
        letter_words=meeting_letter_words,
        seen=meeting_mail.mark_of(drafts),
        refused=status == 422,
        changed=status == 409,
    )


def _grid_page(meeting: Any, found: Any, chosen: Any, form: ChooseForm, status: int = 200) -> Response:
    return page(
        "meetings/grid.html",
        fragment="chosen",
        status=status,
        **about(meeting),
        grid=found,
        chosen=chosen,
        form=form,
        people=[each for each in found.people if each.is_asked],
        needs=meetings.needs_of(meeting),
    )


def _overtaken(meeting: Any, form: ChooseForm, chosen: Any) -> BaseResponse:
    """Show a meeting that another has changed meanwhile as it stands now; nothing is lost of what was written."""
    stands = booked(meeting.key)
    if stands.state not in ("draft", "proposed"):
        notify("Någon annan hann välja tid för mötet. Här ser du vad som gäller.")
        return see_other(url_for("meetings.show", key=meeting.key))
    form.version.data = stands.version
    form.form_errors.append(OVERTAKEN)
    found = meeting_grid.grid(stands)
    return _grid_page(stands, found, found.row(chosen.slot.id) or found.best, form, status=409)


def _move_page(meeting: Any, form: MoveForm, status: int = 200) -> Response:
    return page("meetings/move.html", status=status, **about(meeting), form=form)


def _answers_page(meeting: Any, participant: str) -> Response:
    people = meeting_people.people(meeting, openly=True)
    person = next((each for each in people if each.key == participant), None) or abort(404)
    return page(
        "meetings/answer_for.html",
        **about(meeting),
        person=person,
        slots=meeting_times.slots_of(meeting),
        answers=meeting_times.answers_by(person.id),
    )


def _taken(problem: rooms.Taken) -> str:
    if problem.starts_at is None:
        return "Lokalen är upptagen då. Välj en annan lokal."
    return f"Lokalen är upptagen kl. {words.hours(problem.starts_at, problem.ends_at)}. Välj en annan lokal."

"""The meeting itself: its record on a tablet in the room, the samordningsperson, closing, reading and confirming."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, jsonify, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.meeting_records import AppointForm, CorrectionForm, RecordForm, RemarkForm, as_kept, record_form
from tbb.policy import Permission, Place, require
from tbb.services import (
    case_files,
    coordinators,
    meeting_minutes,
    meeting_moments,
    meeting_record,
    meeting_sheet,
    meeting_shelf,
    sealed_fields,
)
from tbb.services.meeting_minutes import Minutes
from tbb.services.meeting_sheet import Sheet
from tbb.web import record_words as words
from tbb.web.access import LONG, requires
from tbb.web.hypermedia import page, see_other
from tbb.web.merging import merged
from tbb.web.sitting import actor, notify

bp = Blueprint("meeting_records", __name__)
RECORDS, READS = "meeting:record", "meeting:read"
NEW_ROWS = 2


@bp.get("/moten/<key>/anteckningar")
@requires(Permission.RECORD_MEETING, reads=RECORDS)
def record(key: str) -> BaseResponse:
    """Let the meeting be recorded; closed minutes are read."""
    sheet = _sheet(key, Permission.RECORD_MEETING)
    if sheet.closed:
        return see_other(url_for("meeting_records.read", key=key))
    return _record_page(sheet, _form(sheet).showing())


@bp.post("/moten/<key>/anteckningar")
@requires(Permission.RECORD_MEETING, reads=RECORDS, most_bytes=LONG)
def save(key: str) -> BaseResponse:
    """Save what was written, show what is wrong, or let two people's words be put together."""
    sheet = _sheet(key, Permission.RECORD_MEETING)
    form = _form(sheet, fresh=False)()
    if not form.validate():
        return _record_page(sheet, form, status=422)
    try:
        meeting_record.save(actor(), sheet.meeting, form.answers(), form.versions())
    except sealed_fields.Overtaken as problem:
        told = merged(form, problem.conflicts, words.names_of(sheet))
        return page("meeting_records/merge.html", status=409, sheet=sheet, words=words, **told)
    except (meeting_moments.NotHeld, meeting_moments.Closed):
        return _conflict(sheet, words.NOT_NOW)
    return _saved(key, form)


@bp.post("/moten/<key>/anteckningar/spara")
@requires(Permission.RECORD_MEETING, again=True, most_bytes=LONG)
def autosave(key: str) -> BaseResponse:
    """Save what the page sends by itself: the fields that have changed, each looked at by itself."""
    sheet = _sheet(key, Permission.RECORD_MEETING)
    form = _form(sheet, fresh=False)()
    came = [field for field in form.kept() if field.name in request.form]
    fine = [field for field in came if not as_kept(field) or field.validate(form)]
    try:
        kept = meeting_record.keep(actor(), sheet.meeting, {field.name: as_kept(field) for field in fine}, form.marks())
    except (meeting_moments.NotHeld, meeting_moments.Closed):
        return jsonify(over=True), 409
    problems = {field.name: field.errors[0] for field in came if field.errors}
    pointed = {field.name: [found.sentence for found in getattr(field, "warnings", ())] for field in fine}
    return jsonify(saved=words.saved_line(kept.at), seen=kept.seen, merged=kept.merged, left=[], problems=problems,
                   warnings=pointed)  # fmt: skip


@bp.get("/moten/<key>/samordningsperson")
@requires(Permission.APPOINT_COORDINATOR, reads=RECORDS)
def coordinator(key: str) -> Response:
    """Ask who becomes samordningsperson: the child first."""
    sheet = _sheet(key, Permission.APPOINT_COORDINATOR)
    return _coordinator_page(sheet, AppointForm(formdata=None).offer(sheet.people))


@bp.post("/moten/<key>/samordningsperson")
@requires(Permission.APPOINT_COORDINATOR, reads=RECORDS)
def appoint(key: str) -> BaseResponse:
    """Appoint the samordningsperson."""
    sheet = _sheet(key, Permission.APPOINT_COORDINATOR)
    form = AppointForm().offer(sheet.people)
    if not form.participant.choices:
        return _coordinator_page(sheet, form, status=409)
    if not form.validate() or form.needs_a_look():
        return _coordinator_page(sheet, form, status=422)
    chosen = next(each for each in sheet.people if each.key == form.participant.data)
    try:
        coordinators.appoint(actor(), sheet.meeting, participant=chosen, **form.given())
    except tuple(_HINDERED) as problem:
        why = _HINDERED[type(problem)]
        return _coordinator_page(_sheet(key), form, status=409, problem=words.REFUSED.get(why, words.NOT_NOW))
    notify("Samordningspersonen är utsedd.")
    return see_other(url_for("meeting_records.record", key=key, _anchor="samordningsperson"))


@bp.post("/moten/<key>/samordningsperson/valj-om")
@requires(Permission.APPOINT_COORDINATOR)
def choose_again(key: str) -> BaseResponse:
    """Take back whom the meeting has appointed, while it goes on."""
    sheet = _sheet(key, Permission.APPOINT_COORDINATOR)
    try:
        coordinators.take_back(actor(), sheet.meeting)
    except (meeting_moments.NotHeld, meeting_moments.Closed):
        return _conflict(sheet, words.NOT_NOW)
    return see_other(url_for("meeting_records.coordinator", key=key))


@bp.get("/moten/<key>/avsluta")
@requires(Permission.CLOSE_MEETING, reads=RECORDS)
def closing(key: str) -> Response:
    """Show what is missing before the minutes can be closed, or ask whether to."""
    return _closing_page(_sheet(key, Permission.CLOSE_MEETING))


@bp.post("/moten/<key>/avsluta")
@requires(Permission.CLOSE_MEETING)
def close(key: str) -> BaseResponse:
    """Close the minutes, unless something is missing."""
    sheet = _sheet(key, Permission.CLOSE_MEETING)
    try:
        meeting_record.close(actor(), sheet.meeting)
    except meeting_record.NotReady:
        return _closing_page(sheet, status=409)
    except (meeting_moments.NotHeld, meeting_moments.Closed):
        return _conflict(sheet, words.NOT_NOW)
    notify("Anteckningarna är stängda. De som var med kan läsa och bekräfta dem.")
    return see_other(url_for("meeting_records.read", key=key))


@bp.get("/moten/<key>/anteckningar/las")
@requires(Permission.READ_MEETING, reads=READS)
def read(key: str) -> Response:
    """Show the minutes, as far as the one who asks may read them."""
    return _minutes_page(_minutes(key), RemarkForm(formdata=None))


@bp.get("/moten/<key>/anteckningar/skriv-ut")
@requires(Permission.READ_MEETING, reads=READS)
def paper(key: str) -> Response:
    """Show the minutes as they are printed."""
    minutes = _minutes(key)
    return page("meeting_records/paper.html", minutes=minutes, words=words, place=_place(minutes.sheet))


@bp.post("/moten/<key>/anteckningar/bekrafta")
@requires(Permission.CONFIRM_MINUTES)
def confirm(key: str) -> BaseResponse:
    """Say that the minutes are right."""
    return _confirmed(key, lambda meeting: meeting_minutes.confirm(actor(), meeting))


@bp.post("/moten/<key>/anteckningar/anmarkning")
@requires(Permission.CONFIRM_MINUTES, reads=READS)
def remark(key: str) -> BaseResponse:
    """Say what is not right in the minutes."""
    minutes, form = _minutes(key), RemarkForm()
    require(actor(), Permission.CONFIRM_MINUTES, meeting_shelf.place_of_meeting(minutes.sheet.meeting))
    if not form.validate() or form.needs_a_look():
        return _minutes_page(minutes, form, status=422)
    return _confirmed(key, lambda meeting: meeting_minutes.confirm(actor(), meeting, form.remark.data))


@bp.post("/moten/<key>/anteckningar/bekrafta/<participant>")
@requires(Permission.RECORD_MEETING)
def confirm_for(key: str, participant: str) -> BaseResponse:
    """Note that somebody who signs in nowhere has heard the minutes and says that they are right."""
    return _confirmed(key, lambda meeting: meeting_minutes.confirm_for(actor(), meeting, participant))


@bp.get("/moten/<key>/anteckningar/ratta")
@requires(Permission.RECORD_MEETING, reads=READS)
def correction(key: str) -> Response:
    """Ask what is to be corrected in closed minutes."""
    sheet = _sheet(key, Permission.RECORD_MEETING)
    form = CorrectionForm(formdata=None).offer(sheet)
    return page("meeting_records/correct.html", sheet=sheet, form=form, words=words)


@bp.post("/moten/<key>/anteckningar/ratta")
@requires(Permission.RECORD_MEETING, reads=READS)
def correct(key: str) -> BaseResponse:
    """Add a correction to closed minutes."""
    sheet = _sheet(key, Permission.RECORD_MEETING)
    form = CorrectionForm().offer(sheet)
    if not form.validate() or form.needs_a_look():
        return page("meeting_records/correct.html", fragment="form", status=422, sheet=sheet, form=form, words=words)
    try:
        meeting_minutes.correct(actor(), sheet.meeting, form.text.data, form.area.data)
    except meeting_minutes.NotClosed:
        return _conflict(sheet, words.NOT_CLOSED)
    notify("Rättelsen är tillagd.")
    return see_other(url_for("meeting_records.read", key=key))


_HINDERED = {
    coordinators.AlreadyAppointed: "other",
    coordinators.NotHere: "here",
    coordinators.NotCovered: "covered",
    coordinators.Unsaid: "",
    meeting_moments.NotHeld: "",
    meeting_moments.Closed: "",
}


def _meeting(key: str, permission: Permission) -> Any:
    """The meeting of this key, among those the one who asks may see; 403 when they may not do this to it."""
    found = meeting_sheet.find(actor(), key) or abort(404)
    require(actor(), permission, meeting_shelf.place_of_meeting(found))
    return found


def _sheet(key: str, permission: Permission = Permission.READ_MEETING) -> Sheet:
    return meeting_sheet.opened(actor(), _meeting(key, permission))


def _minutes(key: str) -> Minutes:
    return meeting_minutes.opened(actor(), _meeting(key, Permission.READ_MEETING))


def _form(sheet: Sheet, *, fresh: bool = True) -> type[RecordForm]:
    """The form of a record, with what the request sends and, for a new page, some empty rows for actions."""
    new = [case_files.new_key() for _ in range(NEW_ROWS)] if fresh and not sheet.anonymous else []
    return record_form(sheet, request.form, new)


def _saved(key: str, form: RecordForm) -> BaseResponse:
    """Show the page again with what was pointed out, or lead on to where the button says."""
    if form.warned():
        sheet = _sheet(key)
        shown = _form(sheet).showing()
        shown.point_out(form)
        return _record_page(sheet, shown, saved=True)
    notify("Sparat.")
    if request.form.get("next") == "close":
        return see_other(url_for("meeting_records.closing", key=key))
    spot = "atgarder" if request.form.get("next") == "more" else None
    return see_other(url_for("meeting_records.record", key=key, _anchor=spot))


def _record_page(sheet: Sheet, form: RecordForm, status: int = 200, *, saved: bool = False) -> Response:
    theirs = sheet.coordinator is not None and sheet.coordinator.account == actor().account
    told = {"sheet": sheet, "form": form, "words": words, "saved": saved, "place": _place(sheet), "theirs": theirs}
    return page("meeting_records/record.html", fragment="form" if status != 200 else None, status=status, **told)


def _conflict(sheet: Sheet, problem: str) -> Response:
    """Say that it cannot be done as things stand; nothing has changed."""
    return page("meeting_records/not_now.html", status=409, sheet=sheet, problem=problem, words=words)


def _coordinator_page(sheet: Sheet, form: AppointForm, status: int = 200, problem: str = "") -> Response:
    told = {"sheet": sheet, "form": form, "words": words, "problem": problem, "place": _place(sheet)}
    begun = meeting_moments.has_begun(sheet.meeting)
    return page("meeting_records/coordinator.html", fragment="form" if status == 422 else None, status=status,
                begun=begun, **told)  # fmt: skip


def _closing_page(sheet: Sheet, status: int = 200) -> Response:
    whole = meeting_sheet.whole_of(sheet.meeting)
    lacking = words.lacks(sheet, meeting_record.missing(whole, actor()))
    begun = meeting_moments.has_begun(sheet.meeting)
    told = {"sheet": sheet, "lacking": lacking, "words": words, "begun": begun}
    return page("meeting_records/closing.html", status=status, **told)


def _minutes_page(minutes: Minutes, form: RemarkForm, status: int = 200) -> Response:
    told = {"minutes": minutes, "form": form, "words": words, "place": _place(minutes.sheet)}
    return page("meeting_records/read.html", status=status, **told)


def _place(sheet: Sheet) -> Place:
    return meeting_shelf.place_of_meeting(sheet.meeting)


def _confirmed(key: str, act: Any) -> BaseResponse:
    """Do what confirms or remarks, or say why it cannot be done."""
    meeting = meeting_sheet.find(actor(), key) or abort(404)
    try:
        act(meeting)
        notify("Tack. Det är antecknat.")
    except meeting_minutes.NotThere:
        abort(404)
    except meeting_minutes.Confirmed:
        notify("Det var redan bekräftat.")
    except (meeting_minutes.NotClosed, meeting_minutes.TooMany):
        return _conflict(_sheet(key), words.NOT_CLOSED)
    return see_other(url_for("meeting_records.read", key=key))

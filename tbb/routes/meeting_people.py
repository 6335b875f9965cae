"""Who is asked to a meeting: services and their people, guardians, interpreter; their codes, and reminding them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.meeting_letters import TakeBackForm
from tbb.forms.meetings import LeastForm, PersonForm
from tbb.policy import Permission
from tbb.routes.meetings import READS, about, booked, too_late
from tbb.services import meeting_asking, meeting_links, meeting_mail, meeting_people, meeting_undoing, meetings
from tbb.services.meetings import Contact
from tbb.web import meeting_letter_words
from tbb.web import meeting_words as words
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.language import LANGUAGES
from tbb.web.sitting import actor, notify

bp = Blueprint("meeting_people", __name__)
THERE = "Personen eller verksamheten är redan med."
NOT_REMINDED = "Ingen påminnelse skickades. Personen har redan svarat, är redan påmind i dag eller nås inte med brev."
ROLES = {"vardnadshavare": "guardian", "tolk": "interpreter", "stod": "support"}
"""What somebody of no service can be, as addresses name it."""


@bp.get("/moten/<key>/vilka")
@requires(Permission.BOOK_MEETING, reads=READS)
def show(key: str) -> Response:
    """Show who is to be asked, and whom there is to choose."""
    meeting = booked(key)
    people = meeting_people.people(meeting, openly=True)
    return page(
        "meetings/people.html",
        **about(meeting),
        people=people,
        parties=meeting_people.parties(meeting, people),
        offer=meeting_people.offer(meeting, request.args.get("q", "")[:100]),
        guardians=[each for each in people if each.role == "guardian"],
        others=[each for each in people if each.role in ("interpreter", "support", "child")],
        least=LeastForm(formdata=None),
        gone=_gone(meeting),
    )


@bp.post("/moten/<key>/vilka")
@requires(Permission.BOOK_MEETING)
def add_party(key: str) -> BaseResponse:
    """Let a service be one of those that are to be asked."""
    meeting = booked(key)
    number = meeting_people.unit_number(request.form.get("unit", ""))
    try:
        party = meetings.add_party(actor(), meeting, number)
    except (meetings.AlreadyThere, meetings.NotOfThere):
        notify(THERE if number else "Verksamheten finns inte.")
        return _back(key)
    except meetings.NotNow:
        return too_late(key)
    return see_other(url_for("meeting_people.party", key=key, number=party.id))


@bp.get("/moten/<key>/verksamheter/<int:number>")
@requires(Permission.BOOK_MEETING, reads=READS)
def party(key: str, number: int) -> Response:
    """Ask who of a service is to be asked."""
    meeting = booked(key)
    return _party_page(meeting, _party(meeting, number), _person_form(formdata=None))


@bp.post("/moten/<key>/verksamheter/<int:number>")
@requires(Permission.BOOK_MEETING, reads=READS)
def add_person(key: str, number: int) -> BaseResponse:
    """Let somebody of a service be asked: a colleague with an account, or somebody by mail."""
    meeting = booked(key)
    chosen = _party(meeting, number)
    account = next(
        (
            each.account
            for each in meeting_people.colleagues(meeting, chosen.unit_id)
            if each.key == request.form.get("account")
        ),
        None,
    )
    form = _person_form()
    if account is None and not (form.validate() and _right_address(form, chosen.unit_id, chosen.label)):
        return _party_page(meeting, chosen, form, status=422)
    person = {"account": account} if account else {"person": form.person(), "language": "sv"}
    if not _added(meeting, party=meeting_people.party_row(meeting, number), **person):
        return too_late(key)
    notify("Personen är med. Den får inget veta förrän du frågar.")
    return see_other(url_for("meeting_people.party", key=key, number=number))


@bp.post("/moten/<key>/verksamheter/<int:number>/minst")
@requires(Permission.BOOK_MEETING)
def set_least(key: str, number: int) -> BaseResponse:
    """Say how many of a service must come."""
    meeting, form = booked(key), LeastForm()
    row = meeting_people.party_row(meeting, number) or abort(404)
    if form.validate():
        try:
            meetings.set_least(actor(), row, int(form.least.data))
        except meetings.NotNow:
            return too_late(key)
        notify("Sparat.")
    return _back(key)


@bp.get("/moten/<key>/ny-person")
@requires(Permission.BOOK_MEETING, reads=READS)
def new(key: str) -> Response:
    """Ask for a guardian, an interpreter or a support person."""
    return _new_page(booked(key), _person_form(formdata=None))


@bp.post("/moten/<key>/ny-person")
@requires(Permission.BOOK_MEETING, reads=READS)
def add(key: str) -> BaseResponse:
    """Let a guardian, an interpreter or a support person be asked."""
    meeting, form = booked(key), _person_form()
    if not form.validate():
        return _new_page(meeting, form, status=422)
    role = _role()
    who = meeting_people.free_guardian(meeting) if role == "guardian" else ""
    if role == "guardian" and not who:
        notify("Två vårdnadshavare är redan med.")
        return _back(key)
    try:
        if not _added(meeting, role=role, who=who, person=form.person(), language=form.language.data):
            return too_late(key)
    except meetings.NotInConsultation:
        notify("En anonym konsultation handlar inte om någon viss, så familjen är inte med.")
    return _back(key)


@bp.get("/moten/<key>/personer/<participant>")
@requires(Permission.BOOK_MEETING, reads=READS)
def person(key: str, participant: str) -> Response:
    """Show how somebody is reached, and what can be done for them."""
    meeting = booked(key)
    return _person_page(meeting, _shown(meeting, participant))


@bp.post("/moten/<key>/personer/<participant>")
@requires(Permission.BOOK_MEETING, reads=READS)
def change(key: str, participant: str) -> BaseResponse:
    """Change how somebody without an account is reached."""
    meeting, form = booked(key), _person_form()
    shown = _shown(meeting, participant)
    if shown.account or not form.validate():
        return _person_page(meeting, shown, form, status=422)
    row = meeting_people.row(meeting, participant)
    if row.party_id is not None and not _right_address(form, row.party.unit_id, shown.unit):
        return _person_page(meeting, shown, form, status=422)
    try:
        meetings.change_participant(actor(), row, form.person(), form.language.data)
    except meetings.NotNow:
        return too_late(key)
    notify("Sparat.")
    return _back(key)


@bp.post("/moten/<key>/personer/<participant>/kod")
@requires(Permission.BOOK_MEETING, reads=READS)
def new_code(key: str, participant: str) -> BaseResponse:
    """Make another code for somebody's link, and show it this once."""
    meeting = booked(key)
    shown = _shown(meeting, participant)
    if shown.account or not shown.is_asked:
        notify("Personen behöver ingen kod.")
        return _back(key)
    try:
        code = meeting_links.new_code(actor(), meeting_people.row(meeting, participant))
    except meetings.NotNow:
        return too_late(key)
    return page("meetings/codes.html", **about(meeting), codes=[(shown, code)], anew=True)


@bp.get("/moten/<key>/personer/<participant>/paminn")
@requires(Permission.BOOK_MEETING, reads=READS)
def ask_to_remind(key: str, participant: str) -> BaseResponse:
    """Show the letter that reminds somebody who has not answered."""
    meeting = booked(key)
    draft = meeting_asking.reminder(actor(), meeting_people.row(meeting, participant) or abort(404))
    if draft is None:
        notify(NOT_REMINDED)
        return see_other(url_for("meeting_times.grid", key=key))
    return page(
        "meetings/remind.html",
        **about(meeting),
        mailed=meeting_letter_words.letters_of([draft]),
        called=[],
        letter_words=meeting_letter_words,
        seen=meeting_mail.mark_of([draft]),
    )


@bp.post("/moten/<key>/personer/<participant>/paminn")
@requires(Permission.BOOK_MEETING)
def remind(key: str, participant: str) -> BaseResponse:
    """Remind somebody who has not answered, in ten minutes."""
    row, form = meeting_people.row(booked(key), participant) or abort(404), TakeBackForm()
    try:
        done = meeting_asking.remind(actor(), row, seen=form.seen.data or "")
    except meetings.Overtaken:
        notify("Läs igenom brevet först. Det är inte som när du öppnade sidan. Inget är skickat.")
        return see_other(url_for("meeting_people.ask_to_remind", key=key, participant=participant))
    notify("Påminnelsen skickas om tio minuter." if done else NOT_REMINDED)
    return see_other(url_for("meeting_letters.show" if done else "meeting_times.grid", key=key))


def _gone(meeting: Any) -> list[tuple[str, str, str, str]]:
    """Who was just taken out: name, service, until when it can be undone, and where that is done."""
    found = []
    for each in meeting_undoing.gone(meeting):
        way, number = ("take_back", {"participant": each.reader.participant.key}), each.party
        if number is not None:
            way = ("take_back_party", {"number": number})
        address = url_for(f"meeting_undoing.{way[0]}", key=meeting.key, **way[1])
        until = meeting_letter_words.clock_time(each.until)
        found.append((meeting_letter_words.name_of(each.reader), each.reader.unit, until, address))
    return found


def _back(key: str) -> BaseResponse:
    return see_other(url_for("meeting_people.show", key=key))


def _role() -> str:
    return ROLES.get(request.values.get("roll", ""), "guardian")


def _added(meeting: Any, **who: Any) -> bool:
    """Add somebody; say so when they are there already. False when nothing can be changed any more."""
    try:
        meetings.add_participant(actor(), meeting, **who)
    except (meetings.AlreadyThere, meetings.NotOfThere):
        notify(THERE)
    except meetings.NotNow:
        return False
    return True


def _person_form(**more: Any) -> PersonForm:
    return PersonForm(languages=[(code, language.name) for code, language in LANGUAGES.items()], **more)


def _right_address(form: PersonForm, unit: int, label: str) -> bool:
    """Whether an address can be kept: one outside the huvudman's own is to be read once more (C07)."""
    email = form.email.data or ""
    if not email or email == form.looked.data or meeting_people.is_usual(unit, email):
        return True
    form.reads_again(label, meeting_people.usual_domains(unit))
    return False


def _party(meeting: Any, number: int) -> meeting_people.Party:
    people = meeting_people.people(meeting, openly=True)
    found = (each for each in meeting_people.parties(meeting, people) if each.id == number)
    return next(found, None) or abort(404)


def _shown(meeting: Any, key: str) -> meeting_people.Shown:
    found = (each for each in meeting_people.people(meeting, openly=True) if each.key == key)
    return next(found, None) or abort(404)


def _party_page(meeting: Any, party: meeting_people.Party, form: PersonForm, status: int = 200) -> Response:
    return page(
        "meetings/party.html",
        status=status,
        **about(meeting),
        party=party,
        colleagues=meeting_people.colleagues(meeting, party.unit_id),
        form=form,
    )


def _new_page(meeting: Any, form: PersonForm, status: int = 200) -> Response:
    return page("meetings/person_new.html", status=status, **about(meeting), form=form, role=_role(), roles=ROLES)


def _person_page(
    meeting: Any, shown: meeting_people.Shown, form: PersonForm | None = None, status: int = 200
) -> Response:
    if form is None:
        kept = Contact(shown.name, shown.email, shown.phone, shown.note)
        form = _person_form(formdata=None, obj=kept, data={"language": shown.language})
    return page("meetings/person.html", status=status, **about(meeting), person=shown, form=form, said=words.ANSWERS)

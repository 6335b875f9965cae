"""The desk of those who answer for cases: the inbox, receiving, delegating, notes; and what a sender sees of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb import clock
from tbb.forms.cases import AddForm, AnswerForm, AskForm, DelegateForm, FilterForm, NoteForm
from tbb.policy import Permission, require
from tbb.services import case_desk, case_notes, case_shelf, case_todos, delegations, reports
from tbb.web import case_desk_words as words
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("cases", __name__)


@bp.get("/arenden")
@requires(Permission.READ_CASES)
def desk() -> Response:
    """Show what waits, and a page of the cases. The service writes down that they are read."""
    form = FilterForm(request.args)
    right = form.validate()
    shown = case_todos.desk(actor(), _wanted(form) if right else case_desk.Filters(), _number("sida"))
    return page(
        "cases/desk.html",
        status=200 if right else 422,
        shown=shown,
        form=form,
        tab=_tab(),
        tasks=[words.task(todo) for todo in shown.todos],
        standing=[words.standing(place) for place in case_desk.standing_in(actor())],
        units=case_desk.own_units(actor()),
        times=case_desk.TIMES,
        moment=clock.local(clock.now()),
        words=words,
        tab_address=_tab_address,
    )


@bp.post("/arenden/<key>/ta-emot")
@requires(Permission.DECIDE_CASE)
def receive(key: str) -> BaseResponse:
    """Receive a wheel."""
    received = case_desk.receive(actor(), key)
    if received is None:
        abort(404)
    notify("Du har tagit emot hjulet. Den som skickade det ser det nu." if received else "Hjulet var redan mottaget.")
    return see_other(case_page(key))


@bp.get("/arenden/<key>/delegera")
@requires(Permission.DELEGATE_CASE)
def delegating(key: str) -> Response:
    """Show who works with a case by delegation, and let it be delegated."""
    return _delegation(_answered(key), lambda people: DelegateForm(formdata=None, people=people))


@bp.post("/arenden/<key>/delegera")
@requires(Permission.DELEGATE_CASE)
def delegate(key: str) -> BaseResponse:
    """Let somebody of the unit work with a case until a day."""
    case = _answered(key)
    form = DelegateForm(people=_people(case))
    if form.validate() and _delegated(case, form):
        return see_other(url_for("cases.delegating", key=key))
    return _delegation(case, lambda people: form, status=422)


@bp.post("/arenden/<key>/delegera/<int:number>/avsluta")
@requires(Permission.DELEGATE_CASE)
def end_delegation(key: str, number: int) -> BaseResponse:
    """End a delegation at once."""
    ended = delegations.end(actor(), _answered(key), number)
    notify("Delegeringen är avslutad. Personen kommer inte åt ärendet längre." if ended else "Den var redan avslutad.")
    return see_other(url_for("cases.delegating", key=key))


@bp.get("/arenden/<key>/fraga")
@requires(Permission.MAP_CASE)
def asking(key: str) -> Response:
    """Ask what to ask the one who informed."""
    case = _worked_with(key)
    return page("cases/question.html", case=case, form=AskForm(formdata=None, wheels=_senders(case)))


@bp.post("/arenden/<key>/fraga")
@requires(Permission.MAP_CASE)
def ask(key: str) -> BaseResponse:
    """Put a question to the one who informed."""
    case = _worked_with(key)
    form = AskForm(wheels=_senders(case))
    if not form.validate() or form.needs_a_look():
        return page("cases/question.html", fragment="form", status=422, case=case, form=form)
    try:
        case_notes.ask(actor(), case, form.wheel.data, form.text.data)
    except case_notes.Closed:
        form.form_errors.append("Ärendet är avslutat. Öppna det igen om du behöver fråga.")
        return page("cases/question.html", fragment="form", status=422, case=case, form=form)
    notify("Frågan är skickad. Du får ett brev när svaret har kommit.")
    return see_other(case_page(key))


@bp.get("/arenden/<key>/anteckning")
@requires(Permission.MAP_CASE)
def noting(key: str) -> Response:
    """Ask what to note on a case."""
    return page("cases/note.html", case=_worked_with(key), form=NoteForm(formdata=None))


@bp.post("/arenden/<key>/anteckning")
@requires(Permission.MAP_CASE)
def note(key: str) -> BaseResponse:
    """Write a working note on a case."""
    case, form = _worked_with(key), NoteForm()
    if not form.validate() or form.needs_a_look():
        return page("cases/note.html", fragment="form", status=422, case=case, form=form)
    case_notes.write(actor(), case, form.text.data, hidden=form.hidden.data)
    notify("Anteckningen är sparad.")
    return see_other(case_page(key))


@bp.post("/arenden/<key>/last")
@requires(Permission.MAP_CASE)
def mark_read(key: str) -> BaseResponse:
    """Note that the answers to a case have been read, so that they wait no longer."""
    case_notes.mark_read(actor(), _worked_with(key))
    notify("Svaret räknas som läst.")
    return see_other(case_page(key))


@bp.get("/arbetsyta/hjul/<key>/status")
@requires(Permission.OWN_WHEEL)
def status(key: str) -> Response:
    """Show the sender of a wheel how far it has come, and what the BBA asks."""
    return _report(key, AddForm(formdata=None))


@bp.post("/arbetsyta/hjul/<key>/status")
@requires(Permission.OWN_WHEEL)
def add(key: str) -> BaseResponse:
    """Add something to a wheel that has been sent."""
    return _added(key, AddForm(), "")


@bp.post("/arbetsyta/hjul/<key>/svar/<question>")
@requires(Permission.OWN_WHEEL)
def answer(key: str, question: str) -> BaseResponse:
    """Answer a question about a wheel that has been sent."""
    return _added(key, AnswerForm(prefix=f"svar-{question}"), question)


def case_page(key: str) -> str:
    """The address of a case."""
    return url_for("mapping.show", key=key)


def _wanted(form: FilterForm) -> case_desk.Filters:
    unit = request.args.get("verksamhet", "")[:120]
    return case_desk.Filters(_tab(), unit, form.fran.data, form.till.data, form.nummer.data or "")


def _tab() -> str:
    tab = request.args.get("flik", "")
    return tab if tab in case_desk.TABS else "alla"


def _tab_address(tab: str) -> str:
    kept = {name: request.args[name] for name in ("verksamhet", "fran", "till") if request.args.get(name)}
    return url_for("cases.desk", flik=None if tab == "alla" else tab, **kept)


def _number(name: str) -> int:
    given = request.args.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 6 else 1


def _worked_with(key: str) -> Any:
    """Find a case that the actor may work with; what they may only read they may not change."""
    found = case_shelf.case(actor(), key) or abort(404)
    require(actor(), Permission.MAP_CASE, case_shelf.place_of(found))
    return found


def _answered(key: str) -> Any:
    """Find a case that the actor answers for; to whom it is delegated may see it but not pass it on."""
    found = case_shelf.case(actor(), key) or abort(404)
    require(actor(), Permission.DELEGATE_CASE, case_shelf.place_of(found))
    return found


def _people(case: Any) -> list[tuple[str, str]]:
    return [(one.key, one.name) for one in delegations.candidates(actor(), case)]


def _senders(case: Any) -> list[tuple[str, str]]:
    return [(one.key, f"{one.name}, {one.unit_label} ({one.reference})") for one in case_notes.senders(case)]


def _delegation(case: Any, form_of: Any, status: int = 200) -> Response:
    people = _people(case)
    return page(
        "cases/delegate.html",
        fragment="form",
        status=status,
        case=case,
        live=delegations.live_of(case),
        people=people,
        responsible=delegations.responsible(case.unit_id),
        form=form_of(people),
    )


def _delegated(case: Any, form: DelegateForm) -> bool:
    """Delegate, or say at the field why that cannot be."""
    try:
        delegations.give(actor(), case, form.account.data, form.ends_on.data)
    except delegations.NotHere:
        form.account.errors = ["Personen arbetar inte på verksamheten längre, eller har redan ärendet."]
    except delegations.NotNow:
        form.form_errors.append("Ärendet är inte mottaget än, eller är avslutat.")
    else:
        notify("Arbetet är delegerat. Personen får ett brev. Du är fortfarande ansvarig.")
        return True
    return False


def _added(key: str, form: Any, question: str) -> BaseResponse:
    wheel = case_shelf.wheel(actor(), key) or abort(404)
    if not form.validate() or form.needs_a_look():
        return _report(key, form, question, status=422)
    try:
        reports.add(actor(), wheel, form.text.data, question)
    except (reports.NotSent, case_notes.NotOfTheCase):
        abort(404)
    except case_notes.Closed:
        notify("Det går inte att lägga till något, för arbetet är avslutat.")
    else:
        notify("Tack. Barnets bästa-ansvarig får veta att det finns något nytt att läsa.")
    return see_other(url_for("cases.status", key=key))


def _report(key: str, form: Any, question: str = "", status: int = 200) -> Response:
    wheel = case_shelf.wheel(actor(), key) or abort(404)
    try:
        shown = reports.status_of(wheel)
    except reports.NotSent:
        return see_other(url_for("informing.receipt", key=key))
    asked = reports.questions(actor(), wheel)
    forms = {one.key: AnswerForm(formdata=None, prefix=f"svar-{one.key}") for one in asked if one.kind == "question"}
    adding = AddForm(formdata=None) if question else form
    if question:
        forms[question] = form
    return page(
        "cases/status.html",
        status=status,
        shown=shown,
        notes=asked,
        forms=forms,
        form=adding,
        faulty=form,
        way=words.reported(shown.steps),
    )

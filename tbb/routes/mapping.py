"""The case and its mapping: sources in three voices, the five questions, the outcome."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.mapping import AbsenceForm, CloseForm, MappingForm, OutcomeForm, QuestionsForm, ReopenForm, SealedForm
from tbb.policy import Permission, may, require
from tbb.services import (
    area_actors,
    case_notes,
    case_page,
    case_shelf,
    consent_matrix,
    joining_cases,
    mapping,
    meeting_lists,
    outcomes,
    plan_page,
    sealed_fields,
)
from tbb.web import consent_words, meeting_words, plan_words, wheel_words
from tbb.web import mapping_words as words
from tbb.web.access import LONG, requires
from tbb.web.hypermedia import page, see_other
from tbb.web.merging import merged
from tbb.web.sitting import actor, notify

bp = Blueprint("mapping", __name__)
READS = "case:read"


@bp.get("/arenden/<key>")
@requires(Permission.READ_CASE, reads=READS)
def show(key: str) -> Response:
    """Show all of one case."""
    case = _seen(key)
    shown, place = case_page.shown(actor(), case), case_shelf.place_of(case)
    answers = may(actor(), Permission.SEE_READERS, place)
    return page(
        "mapping/case.html",
        shown=shown,
        words=words,
        place=place,
        notes=case_notes.notes(case),
        agreed=consent_matrix.of_case(case),
        consent_words=consent_words,
        meetings=meeting_lists.of_case(actor(), case),
        suggested=area_actors.suggested(shown.flagged, shown.municipality.id),
        readers=case_page.last_readers(actor(), case) if answers else [],
        went_to=joining_cases.went_to(actor(), shown),
        planned=plan_page.on_case(actor(), case),
        plan_words=plan_words,
        DECIDED=words.DECIDED,
        meeting_words=meeting_words,
    )


@bp.get("/arenden/<key>/hjul/<wheel>")
@requires(Permission.READ_CASE, reads=READS)
def wheel(key: str, wheel: str) -> Response:
    """Show a whole wheel that informed."""
    case = _seen(key)
    found = case_page.wheel_of(case, wheel) or abort(404)
    return page(
        "mapping/wheel.html",
        case=case,
        sent=found,
        words=words,
        place=case_shelf.place_of(case),
        wheels=_count(case),
        edition=case_page.edition(case.edition),
        centre=case_page.middle_of(case),
        absence=case_page.absence_of(found.texts),
    )


@bp.get("/arenden/<key>/kartlagg")
@requires(Permission.MAP_CASE, reads=READS)
def edit(key: str) -> BaseResponse:
    """Let the mapping be written."""
    case = _mapped(key)
    return _edit_page(case, _mapping_form(case).showing(sealed_fields.read(case)))


@bp.post("/arenden/<key>/kartlagg")
@requires(Permission.MAP_CASE, reads=READS, most_bytes=LONG)
def save(key: str) -> BaseResponse:
    """Save what was written in the mapping."""
    case = _mapped(key)
    return _save(case, _mapping_form(case)(), _edit_page, "mapping.save")


@bp.get("/arenden/<key>/fragor")
@requires(Permission.MAP_CASE, reads=READS)
def questions(key: str) -> BaseResponse:
    """Let the five questions be answered."""
    case = _mapped(key)
    return _questions_page(case, QuestionsForm.showing(sealed_fields.read(case)))


@bp.post("/arenden/<key>/fragor")
@requires(Permission.MAP_CASE, reads=READS, most_bytes=LONG)
def answer(key: str) -> BaseResponse:
    """Save answers to the five questions, all of them or some."""
    case = _mapped(key)
    return _save(case, QuestionsForm(), _questions_page, "mapping.answer")


@bp.get("/arenden/<key>/beslut")
@requires(Permission.DECIDE_CASE, reads=READS)
def outcome(key: str) -> Response:
    """Ask what the mapping leads to, or tell what is missing still."""
    case = _answered(key)
    return _outcome_page(case, OutcomeForm(formdata=None))


@bp.post("/arenden/<key>/beslut")
@requires(Permission.DECIDE_CASE, reads=READS)
def decide(key: str) -> BaseResponse:
    """Decide what the mapping leads to."""
    case, form = _answered(key), OutcomeForm()
    if not form.validate() or form.needs_a_look():
        return _outcome_page(case, form, status=422)
    chosen = form.outcome.data
    try:
        outcomes.decide(actor(), case, chosen, form.reason.data, form.measures.data or "", close=form.close.data)
    except outcomes.NotReady:
        return _outcome_page(case, form, status=422)
    except (mapping.NotReceived, mapping.Closed):
        return _not_now(key)
    notify("Beslutet är sparat.")
    return see_other(url_for("transitions.offer" if chosen == outcomes.OTHER else "mapping.show", key=key))


@bp.get("/arenden/<key>/avsluta")
@requires(Permission.DECIDE_CASE, reads=READS)
def close(key: str) -> Response:
    """Ask why a case is to be closed."""
    case = _answered(key)
    lacking = mapping.missing(sealed_fields.texts(case))
    told = {"lacking": lacking, "planned": plan_page.of_case(case), "words": words}
    return page("mapping/close.html", case=case, form=CloseForm(formdata=None), **told)


@bp.post("/arenden/<key>/avsluta")
@requires(Permission.DECIDE_CASE)
def close_now(key: str) -> BaseResponse:
    """Close a case."""
    case, form = _answered(key), CloseForm()
    if not form.validate() or form.needs_a_look():
        lacking = mapping.missing(sealed_fields.texts(case))
        told = {"case": case, "form": form, "lacking": lacking, "planned": plan_page.of_case(case), "words": words}
        return page("mapping/close.html", fragment="form", status=422, **told)
    try:
        outcomes.close(actor(), case, form.reason.data)
        notify("Ärendet är avslutat.")
    except (outcomes.NotOpen, mapping.NotReceived):
        return _not_now(key)
    return see_other(url_for("mapping.show", key=key))


@bp.get("/arenden/<key>/oppna")
@requires(Permission.DECIDE_CASE, reads=READS)
def reopen(key: str) -> Response:
    """Ask why a case is to be opened again."""
    return page("mapping/reopen.html", case=_answered(key), form=ReopenForm(formdata=None))


@bp.post("/arenden/<key>/oppna")
@requires(Permission.DECIDE_CASE)
def reopen_now(key: str) -> BaseResponse:
    """Open a case again."""
    case, form = _answered(key), ReopenForm()
    if not form.validate() or form.needs_a_look():
        return page("mapping/reopen.html", fragment="form", status=422, case=case, form=form)
    try:
        outcomes.reopen(actor(), case, form.reason.data)
        notify("Ärendet är öppet igen.")
    except outcomes.NotOpen:
        notify("Ärendet var redan öppet.")
    except outcomes.Emptied:
        notify("Ärendet går inte att öppna. Det har förts ihop med ett annat.")
    return see_other(url_for("mapping.show", key=key))


@bp.get("/arenden/<key>/for-ihop")
@requires(Permission.DECIDE_CASE, reads=READS)
def joinable(key: str) -> Response:
    """List the cases that this one may be joined with."""
    case = _answered(key)
    others = joining_cases.choices(actor(), case)
    return page("mapping/joinable.html", case=case, others=others, heading_of=case_page.heading_of)


@bp.get("/arenden/<key>/for-ihop/<other>")
@requires(Permission.DECIDE_CASE, reads=READS)
def joining(key: str, other: str) -> Response:
    """Show two cases side by side and ask whether they are about the same child."""
    case = _answered(key)
    theirs = joining_cases.beside(actor(), case, other) or abort(404)
    why = joining_cases.WHY_NOT.get(joining_cases.why_not(case, theirs.case), "")
    return page("mapping/joining.html", ours=case_page.shown(actor(), case), theirs=theirs, why=why, words=words)


@bp.post("/arenden/<key>/for-ihop/<other>")
@requires(Permission.DECIDE_CASE)
def join(key: str, other: str) -> BaseResponse:
    """Join two cases."""
    case, theirs = _answered(key), _answered(other)
    try:
        joining_cases.join(actor(), case, theirs)
        notify("Ärendena är ihopförda.")
    except joining_cases.CannotJoin as problem:
        notify(joining_cases.WHY_NOT[problem.why])
    return see_other(url_for("mapping.show", key=key))


@bp.get("/arenden/<key>/dela-isar/<wheel>")
@requires(Permission.DECIDE_CASE, reads=READS)
def parting(key: str, wheel: str) -> Response:
    """Ask whether a wheel is to have a case of its own."""
    case = _answered(key)
    found = case_page.wheel_of(case, wheel) or abort(404)
    return page("mapping/parting.html", case=case, sent=found, wheels=_count(case), words=words)


@bp.post("/arenden/<key>/dela-isar/<wheel>")
@requires(Permission.DECIDE_CASE)
def part(key: str, wheel: str) -> BaseResponse:
    """Give a wheel a case of its own."""
    case = _answered(key)
    try:
        made = joining_cases.part(actor(), case, wheel)
    except joining_cases.CannotPart:
        abort(404)
    except (mapping.NotReceived, mapping.Closed):
        return _not_now(key)
    notify("Hjulet har fått ett eget ärende.")
    return see_other(url_for("mapping.show", key=made.key))


def _seen(key: str) -> Any:
    """The case of this key, among those the one who asks may see."""
    return case_shelf.case(actor(), key) or abort(404)


def _mapped(key: str) -> Any:
    """The case of this key, for who may work with it."""
    found = _seen(key)
    require(actor(), Permission.MAP_CASE, case_shelf.place_of(found))
    return found


def _answered(key: str) -> Any:
    """The case of this key, for who answers for it: to whom it is delegated may see it but not decide."""
    found = _seen(key)
    require(actor(), Permission.DECIDE_CASE, case_shelf.place_of(found))
    return found


def _count(case: Any) -> int:
    return len(case_page.wheels_of(case))


def _mapping_form(case: Any) -> type[SealedForm]:
    return AbsenceForm if mapping.follows_absence(case) else MappingForm


def _save(case: Any, form: SealedForm, again: Any, endpoint: str) -> BaseResponse:
    """Save what was changed, or show what is wrong, or let two people's words be put together."""
    if not form.validate():
        return again(case, form, status=422)
    try:
        mapping.save(actor(), case, form.answers(), form.versions())
    except sealed_fields.Overtaken as problem:
        return page("mapping/merge.html", case=case, words=words, address=url_for(endpoint, key=case.key),
                    back=url_for("mapping.show", key=case.key), **merged(form, problem.conflicts))  # fmt: skip
    except (mapping.NotReceived, mapping.Closed):
        form.form_errors.append("Ärendet är inte öppet längre. Öppna det i en annan flik och spara sedan igen.")
        return again(case, form, status=422)
    fresh = type(form).showing(sealed_fields.read(case))
    fresh.point_out(form)
    if fresh.warned():
        return again(case, fresh, saved=True)
    notify("Sparat.")
    return see_other(url_for("mapping.show", key=case.key))


def _edit_page(case: Any, form: SealedForm, status: int = 200, saved: bool = False) -> Response:
    shown = case_page.shown(actor(), case)
    told = {"shown": shown, "form": form, "words": words, "asked": wheel_words.STAFF, "saved": saved}
    return page("mapping/edit.html", fragment="form" if status != 200 else None, status=status, **told)


def _questions_page(case: Any, form: SealedForm, status: int = 200, saved: bool = False) -> Response:
    shown = case_page.shown(actor(), case)
    told = {"shown": shown, "form": form, "words": words, "saved": saved}
    return page("mapping/questions.html", fragment="form" if status != 200 else None, status=status, **told)


def _outcome_page(case: Any, form: OutcomeForm, status: int = 200) -> Response:
    shown = case_page.shown(actor(), case)
    told = {"shown": shown, "form": form, "words": words, "notes": words.OUTCOME_NOTES}
    return page("mapping/outcome.html", fragment="form" if status != 200 else None, status=status, **told)


def _not_now(key: str) -> BaseResponse:
    notify("Det gick inte. Ärendet är inte mottaget än, eller redan avslutat.")
    return see_other(url_for("mapping.show", key=key))

"""The consent of a case: as a matrix, taken anew, taken back cell by cell or wholly, and on paper for the family."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.consent_scopes import ScopeForm, Together, scopes
from tbb.forms.consents import ConsentForm, WithdrawForm
from tbb.forms.transitions import ReceiversForm
from tbb.policy import Permission
from tbb.services import (
    case_files,
    case_page,
    case_receivers,
    case_shelf,
    consent_matrix,
    consent_taking,
    consents,
    meeting_lists,
    transitions,
    wheel_texts,
)
from tbb.web import consent_words as words
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.language import LANGUAGES, speak
from tbb.web.sitting import actor, notify
from tbb.web.surroundings import write_down

bp = Blueprint("consents", __name__)
CONSENT = "/arenden/<key>/samtycke"
READS = "case:read"


@bp.get(CONSENT)
@requires(Permission.MAP_CASE, reads=READS)
def show(key: str) -> Response:
    """Show who has said what to what, and every version there has been."""
    case = _case(key)
    earlier = [consent_matrix.matrix(one, consents.rule_of(case)) for one in consents.of_case(case)[1:]]
    begun = [line for line in meeting_lists.of_case(actor(), case) if line.state in ("draft", "proposed")]
    return _page("consents/show.html", case, earlier=earlier, languages=LANGUAGES, begun=begun)


@bp.get(f"{CONSENT}/nytt")
@requires(Permission.MAP_CASE, reads=READS)
def new(key: str) -> Response:
    """Ask for a new version."""
    case = _asked_about(key)
    receivers = case_receivers.named(case, _likely(case))
    whom = ReceiversForm(formdata=None, data={"to": [one.slug for one in receivers]}).offer(receivers)
    return _new_page(case, ConsentForm(formdata=None), whom, _scopes(case, receivers))


@bp.post(f"{CONSENT}/sok")
@requires(Permission.MAP_CASE, again=True, reads=READS)
def find_more(key: str) -> Response:
    """Search for more to share with, and keep all that is written."""
    case, whom = _case(key), ReceiversForm()
    receivers = _receivers(case, whom)
    return _new_page(case, ConsentForm(), whom.offer(receivers), _scopes(case, receivers))


@bp.post(CONSENT)
@requires(Permission.MAP_CASE, again=True)
def record(key: str) -> BaseResponse:
    """Write a consent down."""
    case, form, whom = _asked_about(key), ConsentForm(), ReceiversForm()
    receivers = _receivers(case, whom)
    whom.offer(receivers)
    asked = _scopes(case, receivers)
    chosen = {slug: asked[slug] for slug in whom.to.data or () if slug in asked}
    if all([form.validate(), whom.validate(), *(scope.validate() for scope in chosen.values())]):
        consent_taking.record(actor(), case=case, units=_named(chosen, form), **form.given())
        notify("Svaren är sparade.")
        return see_other(_onward(case))
    write_down(actor(), Permission.READ_CASE, {"key": key})
    return _new_page(case, form, whom, asked, status=422)


@bp.get(f"{CONSENT}/ta-tillbaka/<int:number>")
@requires(Permission.MAP_CASE, reads=READS)
def cell(key: str, number: int) -> Response:
    """Ask whether one person takes back their yes to one service or one area."""
    case = _case(key)
    _matrix, service, found = consent_matrix.cell(case, number) or abort(404)
    return _page("consents/take_back.html", case, service=service, cell=found)


@bp.post(f"{CONSENT}/ta-tillbaka/<int:number>")
@requires(Permission.MAP_CASE)
def take_back(key: str, number: int) -> BaseResponse:
    """Write down that one person takes back their yes to one service or one area."""
    case = _case(key)
    found = consent_matrix.cell(case, number)
    try:
        matrix, service, cell = found or abort(404)
        consent_taking.withdraw_cell(actor(), matrix.consent.key, service.unit, cell.who, cell.area)
        notify("Sparat. Just det delas inte mer.")
    except consent_taking.NotThere:
        notify("Det var redan tillbakataget.")
    return see_other(url_for("consents.show", key=key))


@bp.get(f"{CONSENT}/aterkalla")
@requires(Permission.MAP_CASE, reads=READS)
def sure(key: str) -> Response:
    """Ask whether the whole consent is taken back."""
    return _page("consents/withdraw.html", _case(key))


@bp.post(f"{CONSENT}/aterkalla")
@requires(Permission.MAP_CASE)
def withdraw(key: str) -> BaseResponse:
    """Write down that a consent is taken back."""
    case, form = _case(key), WithdrawForm()
    if form.consent.data not in {one.key for one in consents.of_case(case)}:
        abort(404)
    try:
        consent_taking.withdraw(actor(), form.consent.data)
        notify("Samtycket är återkallat. Inget mer delas.")
    except consent_taking.NotThere:
        notify("Samtycket var redan återkallat.")
    return see_other(url_for("consents.show", key=key))


@bp.get(f"{CONSENT}/utskrift/<language>")
@requires(Permission.MAP_CASE, reads=READS)
def printout(key: str, language: str) -> Response:
    """Show the consent as the family gets it on paper, in a language of theirs."""
    case, spoken = _case(key), LANGUAGES.get(language) or abort(404)
    speak(spoken.code)
    told = {"sender": case.unit, "people": case_page.answering_of(case.unit_id), "languages": LANGUAGES}
    return _page("consents/printout.html", case, **told)


def _case(key: str) -> Any:
    return case_shelf.case(actor(), key, Permission.MAP_CASE) or abort(404)


def _asked_about(key: str) -> Any:
    """A case about somebody: an anonymous consultation has nobody to ask."""
    case = _case(key)
    return case if case.about != "anonymous" else abort(404)


def _page(template: str, case: Any, status: int = 200, **more: Any) -> Response:
    """Make a page of a case's consent."""
    told = {"case": case, "card": case_files.card_of(case), "areas": wheel_texts.edition(case.edition).areas}
    return page(template, status=status, matrix=consent_matrix.of_case(case), words=words, **(told | more))


def _new_page(
    case: Any, form: ConsentForm, whom: ReceiversForm, asked: dict[str, ScopeForm], status: int = 200
) -> Response:
    chosen = [choice.label for choice in whom.to.choices if choice.value in (whom.to.data or ())]
    wrong = Together(whom, *asked.values(), form)
    told = {"receivers": chosen, "whom": whom, "scopes": asked, "wrong": wrong}
    return _page("consents/new.html", case, status, form=form, **told)


def _scopes(case: Any, receivers: list[case_receivers.Receiver]) -> dict[str, ScopeForm]:
    """What each service may have: as it was sent in, as it was before, or what the wheel flags."""
    before = consents.of_case(case)[:1]
    by_slug = {slug: party for one in before for party in one.parties for slug in _slugs((party.unit,))}
    levels = case_files.card_of(case).levels
    flagged = [area for area in wheel_texts.AREAS if levels.get(area) in wheel_texts.FLAGGED]
    return scopes(request.form if request.method == "POST" else None, receivers, by_slug, flagged)


def _named(chosen: dict[str, ScopeForm], form: ConsentForm) -> list[consent_taking.Scope]:
    units = {unit.slug: unit for unit in case_receivers.of_slugs(chosen)}
    asked = form.voices()
    return [consent_taking.Scope(units[slug], **scope.given(asked)) for slug, scope in chosen.items() if slug in units]


def _receivers(case: Any, whom: ReceiversForm) -> list[case_receivers.Receiver]:
    """Those who are chosen already, and those whom the search finds."""
    chosen = request.form.getlist("to")[:20]
    found = [one.slug for one in case_receivers.find(case, whom.q.data or "")]
    return case_receivers.named(case, [*chosen, *found])


def _likely(case: Any) -> list[str]:
    """Those whom a new consent is about: who was chosen to receive the case, and those of the version before."""
    begun = transitions.begun(actor(), case)
    before = consents.of_case(case)[:1]
    slugs = [begun.draft.unit.slug] if begun else []
    return [*slugs, *_slugs(unit for one in before for unit in one.units)]


def _slugs(units: Any) -> list[str]:
    return case_receivers.of_numbers(units)


def _onward(case: Any) -> str:
    """Back to what the consent was for."""
    begun = transitions.begun(actor(), case)
    return url_for("transitions.check" if begun else "consents.show", key=case.key)

"""Where every independent organisation stands, with its contacts, renewal and leaving."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, make_response, request, url_for

from tbb import clock
from tbb.forms import joining as forms
from tbb.policy import Permission
from tbb.services import agreements, joining, joining_list, tables
from tbb.services.joining_list import Chosen, OrganizationPage
from tbb.web import joining_words
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("joining", __name__)
MOST = 100_000
HEADER = (
    "Organisation", "Organisationsnummer", "Läge", "Sedan", "Kommuner", "Verksamheter", "Med ansvarig",
    "Senaste kontakt", "Förnyas senast", "Sista dag", "Önskar träff",
)  # fmt: skip


@bp.get("/arbetsyta/fristaende")
@requires(Permission.NOTE_JOINING)
def organizations() -> Response:
    """List every independent organisation of the register."""
    chosen = _chosen()
    number = request.args.get("sida", "")
    found = joining_list.organizations(actor(), chosen, int(number) if number.isdecimal() and len(number) < 6 else 1)
    return page(
        "joining/organizations.html",
        fragment="results",
        found=found,
        chosen=chosen,
        places=joining_list.municipalities(),
        **_words(),
    )


@bp.get("/arbetsyta/fristaende.csv")
@requires(Permission.NOTE_JOINING)
def table() -> Response:
    """Give the list as a table for a spreadsheet."""
    found = joining_list.organizations(actor(), _chosen(), size=MOST)
    rows = [
        (
            line.name, joining_words.orgnr(line.orgnr), joining_words.JOINING[line.state][0], line.changed_on,
            line.municipalities, line.units, line.with_bba, line.last_contact, line.renew_by, line.left_on,
            "ja" if line.wants_visit else "nej",
        )
        for line in found.lines
    ]  # fmt: skip
    response = make_response(tables.csv_of(HEADER, rows))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="fristaende-{clock.today()}.csv"'
    return response


@bp.get("/arbetsyta/fristaende/erbjud")
@requires(Permission.NOTE_JOINING)
def preview_offer() -> Response:
    """Show whom an offer is about to be written down for."""
    found = joining_list.not_offered(actor(), _chosen())
    form = _offer_form(found, formdata=None)
    form.organizations.data, form.on.data = [line.id for line in found], clock.today()
    return page("joining/offer.html", form=form, found=found)


@bp.post("/arbetsyta/fristaende/erbjud")
@requires(Permission.NOTE_JOINING)
def offer() -> Response:
    """Write down an offer to those that are ticked."""
    found = joining_list.not_offered(actor(), Chosen())
    form = _offer_form(found)
    if not form.validate():
        return page("joining/offer.html", fragment="form", status=422, form=form, found=found)
    done = joining.offer(
        actor(), form.organizations.data, on=form.on.data, how=form.how.data, text=form.note.data or ""
    )
    notify(f"Erbjudandet är noterat för {done} {'organisation' if done == 1 else 'organisationer'}.")
    return see_other(url_for("joining.organizations"))


@bp.get("/arbetsyta/fristaende/<int:number>")
@requires(Permission.READ_JOINING)
def organization(number: int) -> Response:
    """Show one organisation."""
    form = _note_form(formdata=None)
    form.on.data = clock.today()
    return page("joining/organization.html", shown=_shown(number), form=form, **_words())


@bp.post("/arbetsyta/fristaende/<int:number>")
@requires(Permission.READ_JOINING)
def note(number: int) -> Response:
    """Write down a contact, and the state that it led to."""
    shown, form = _shown(number), _note_form()
    if not shown.may_note:
        abort(403)
    if not form.validate():
        return page("joining/organization.html", status=422, shown=shown, form=form, **_words())
    joining.note(
        actor(),
        shown.organizer,
        on=form.on.data,
        how=form.how.data,
        text=form.note.data or "",
        state=form.state.data,
    )
    notify("Kontakten är sparad.")
    return see_other(url_for("joining.organization", number=number))


@bp.get("/arbetsyta/fristaende/<int:number>/fornya")
@requires(Permission.RENEW_JOINING)
def ask_to_renew(number: int) -> Response:
    """Ask whether the organisation goes on."""
    return _renew_page(_own(number), forms.RenewForm(formdata=None))


@bp.post("/arbetsyta/fristaende/<int:number>/fornya")
@requires(Permission.RENEW_JOINING)
def renew(number: int) -> Response:
    """Go on for another year."""
    shown, form = _own(number), forms.RenewForm()
    form.validate()
    if shown.joining and shown.joining.agreement != agreements.CURRENT and not form.accepted.data:
        form.accepted.errors = ["Kryssa i att ni följer den nya överenskommelsen."]
        return _renew_page(shown, form, status=422)
    try:
        kept = joining.renew(actor(), shown.organizer, form.version.data or 0)
        notify(f"Tack! Ni är anslutna till och med {kept.renew_by.isoformat()}.")
    except joining.NotNow:
        notify("Det finns inget att förnya just nu.")
    return see_other(url_for("joining.organization", number=number))


@bp.get("/arbetsyta/fristaende/<int:number>/lamna")
@requires(Permission.READ_JOINING)
def ask_to_leave(number: int) -> Response:
    """Ask for the last day."""
    return page("joining/leave.html", shown=_shown(number), form=forms.LeaveForm(formdata=None))


@bp.post("/arbetsyta/fristaende/<int:number>/lamna")
@requires(Permission.READ_JOINING)
def leave(number: int) -> Response:
    """Let the organisation leave after a day."""
    shown, form = _shown(number), forms.LeaveForm()
    try:
        if form.validate():
            joining.leave(actor(), shown.organizer, form.last_day.data, form.reason.data or "")
    except joining.CannotLeave as problem:
        form.last_day.errors = [str(problem)]
    if form.errors:
        return page("joining/leave.html", fragment="form", status=422, shown=shown, form=form)
    notify(f"Noterat. Sista dagen är {form.last_day.data.isoformat()}.")
    # Who leaves today may still see the page today.
    return see_other(url_for("joining.organization", number=number))


def _shown(number: int) -> OrganizationPage:
    found = joining.find(actor(), number) or abort(404)
    return joining_list.organization(actor(), found)


def _own(number: int) -> OrganizationPage:
    """Find an organisation that the actor runs; a county leader sees it but may not answer for it."""
    shown = _shown(number)
    if not joining.find(actor(), number, Permission.RENEW_JOINING):
        abort(403)
    return shown


def _chosen() -> Chosen:
    asked = request.args
    known = {state for state, _ in joining_words.STATE_TABS}
    state = asked.get("lage", "")
    return Chosen(state if state in known else "", asked.get("kommun", "")[:80], asked.get("q", "")[:100].strip())


def _note_form(**how: Any) -> forms.NoteForm:
    return forms.NoteForm(states=[(state.value, joining_words.JOINING[state][0]) for state in joining.BY_HAND], **how)


def _offer_form(found: list[joining_list.OrganizationLine], **how: Any) -> forms.OfferForm:
    return forms.OfferForm(organizations=[(line.id, line.name) for line in found], **how)


def _renew_page(shown: OrganizationPage, form: forms.RenewForm, status: int = 200) -> Response:
    form.version.data = str(agreements.CURRENT)
    text = agreements.agreement(agreements.CURRENT)
    return page("joining/renew.html", fragment="form", status=status, shown=shown, form=form, agreement=text)


def _words() -> dict[str, Any]:
    return {
        "states": joining_words.JOINING,
        "tabs": joining_words.STATE_TABS,
        "ways": joining_words.WAYS_OF_CONTACT,
        "application_states": joining_words.APPLICATION,
        "orgnr": joining_words.orgnr,
    }

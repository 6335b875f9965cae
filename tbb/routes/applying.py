"""The public application of an independent organisation, step by step, under a link from a letter."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, request, url_for

from tbb.forms import applying as forms
from tbb.policy import Permission
from tbb.services import agreements, application_checks, application_links, applying
from tbb.services.applying import Draft
from tbb.services.registers.values import BadValue, organisation_number
from tbb.web import joining_words
from tbb.web.access import requires
from tbb.web.forms import csrf, received_once, stand_guard, who
from tbb.web.hypermedia import page, see_other
from tbb.web.shell import settings
from tbb.web.sitting import actor
from tbb.web.words import kind_name

bp = Blueprint("applying", __name__)
STEPS = {
    "organisation": forms.OrganizationForm,
    "firmatecknare": forms.SignerForm,
    "kontakt": forms.ContactForm,
}
STEP = "<any(organisation, firmatecknare, kontakt):part>"


@bp.get("/anslut")
@requires(Permission.APPLY_TO_JOIN)
def start() -> Response:
    """Tell what joining means, and ask for an address to send a link to."""
    return page("applying/start.html", form=forms.LinkForm(formdata=None))


@bp.post("/anslut")
@requires(Permission.APPLY_TO_JOIN)
@csrf.exempt
def send_link() -> Response:
    """Send a link; the answer is the same for every address."""
    person, form = stand_guard(), forms.LinkForm()
    if not form.validate():
        return page("applying/start.html", fragment="form", status=422, form=form)
    if person:
        application_links.ask(actor(), who(), form.email.data)
    return see_other(url_for("applying.sent"))


@bp.get("/anslut/skickat")
@requires(Permission.APPLY_TO_JOIN)
def sent() -> Response:
    """Say that a letter is on its way."""
    return page("applying/sent.html")


@bp.get("/anslut/<token>")
@requires(Permission.APPLY_TO_JOIN)
def tasks(token: str) -> Response:
    """Show what is done and what is left, or where a sent application stands."""
    draft = applying.find(token)
    if draft is None:
        return _dead_link()
    if draft.application.email_confirmed_at is None:
        return page("applying/confirm.html", token=token, draft=draft)
    if not draft.editable:
        return page("applying/status.html", token=token, draft=draft, states=joining_words.APPLICATION)
    return page("applying/tasks.html", token=token, draft=draft, **_words())


@bp.post("/anslut/<token>/bekrafta")
@requires(Permission.APPLY_TO_JOIN)
@csrf.exempt
@received_once
def confirm(token: str) -> Response:
    """Confirm that the mail of the address is read by whoever has the link."""
    if stand_guard() and applying.confirm(actor(), token) is None:
        return _dead_link()
    return see_other(url_for("applying.tasks", token=token))


@bp.get(f"/anslut/<token>/{STEP}")
@requires(Permission.APPLY_TO_JOIN)
def step(token: str, part: str) -> Response:
    """Show a step as it was last saved."""
    draft = _draft(token)
    return _step_page(token, part, draft, _filled(STEPS[part], draft, part))


@bp.post(f"/anslut/<token>/{STEP}")
@requires(Permission.APPLY_TO_JOIN)
@csrf.exempt
@received_once
def save(token: str, part: str) -> Response:
    """Save a step; or look the organisation up, which saves nothing."""
    draft, person, form = _draft(token), stand_guard(), STEPS[part]()
    if part == "organisation" and "look" in request.form:
        return _step_page(token, part, draft, _looked_up(form))
    if not _is_right(form):
        return _step_page(token, part, draft, form, status=422)
    return _kept(token, part, form, url_for("applying.tasks", token=token), person)


@bp.get("/anslut/<token>/verksamheter")
@requires(Permission.APPLY_TO_JOIN)
def units(token: str) -> Response:
    """List the units of the application, with what the register says of them."""
    return _units_page(token, _draft(token), forms.UnitForm(formdata=None))


@bp.post("/anslut/<token>/verksamheter")
@requires(Permission.APPLY_TO_JOIN)
@csrf.exempt
@received_once
def add_unit(token: str) -> Response:
    """Look a unit up by its code and add it."""
    draft, person, form = _draft(token), stand_guard(), forms.UnitForm()
    if not form.validate():
        return _units_page(token, draft, form, status=422)
    try:
        listed = _found_unit(form.code.data)
        if person:
            applying.add_unit(actor(), token, listed)
    except (BadValue, applying.NotAdded) as problem:
        form.code.errors = [str(problem)]
        return _units_page(token, draft, form, status=422)
    return see_other(url_for("applying.units", token=token))


@bp.get("/anslut/<token>/verksamheter/utan-kod")
@requires(Permission.APPLY_TO_JOIN)
def own_unit(token: str) -> Response:
    """Ask about a unit that has no code."""
    _draft(token)
    return page("applying/own_unit.html", token=token, form=_own_unit_form(formdata=None))


@bp.post("/anslut/<token>/verksamheter/utan-kod")
@requires(Permission.APPLY_TO_JOIN)
@csrf.exempt
@received_once
def add_own_unit(token: str) -> Response:
    """Add a unit that has no code, with the reason why."""
    _draft(token)
    person, form = stand_guard(), _own_unit_form()
    right = form.validate()
    try:
        if right and person:
            applying.add_unit(actor(), token, form.answers())
    except applying.NotAdded as problem:
        form.name.errors = [str(problem)]
    if form.errors:
        return page("applying/own_unit.html", fragment="form", status=422, token=token, form=form)
    return see_other(url_for("applying.units", token=token))


@bp.get("/anslut/<token>/verksamheter/<key>/ta-bort")
@requires(Permission.APPLY_TO_JOIN)
def ask_to_remove(token: str, key: str) -> Response:
    """Ask whether a unit shall leave the application."""
    unit = _draft(token).unit(key) or abort(404)
    return page("applying/remove_unit.html", token=token, unit=unit)


@bp.post("/anslut/<token>/verksamheter/<key>/ta-bort")
@requires(Permission.APPLY_TO_JOIN)
@csrf.exempt
@received_once
def remove_unit(token: str, key: str) -> Response:
    """Take a unit out of the application."""
    _draft(token).unit(key) or abort(404)
    if stand_guard():
        applying.remove_unit(actor(), token, key)
    return see_other(url_for("applying.units", token=token))


@bp.get("/anslut/<token>/ansvariga")
@requires(Permission.APPLY_TO_JOIN)
def responsible(token: str) -> Response:
    """List the units with who is proposed for each."""
    draft = _draft(token)
    whole = {
        each["key"]: application_checks.bba_is_whole(draft.part(f"ansvarig:{each['key']}"))
        for each in draft.data.get("units", [])
    }
    return page("applying/responsible.html", token=token, draft=draft, whole=whole)


@bp.post("/anslut/<token>/ansvariga")
@requires(Permission.APPLY_TO_JOIN)
@csrf.exempt
@received_once
def same_for_all(token: str) -> Response:
    """Propose the one who is named for one unit for all others too."""
    _draft(token).unit(request.form.get("unit", "")) or abort(404)
    if stand_guard():
        applying.same_for_all(actor(), token, request.form["unit"])
    return see_other(url_for("applying.responsible", token=token))


@bp.get("/anslut/<token>/ansvariga/<key>")
@requires(Permission.APPLY_TO_JOIN)
def bba(token: str, key: str) -> Response:
    """Ask who is proposed for a unit."""
    draft = _draft(token)
    unit = draft.unit(key) or abort(404)
    form = _filled(forms.ResponsibleForm, draft, f"ansvarig:{key}")
    return page("applying/bba.html", token=token, unit=unit, form=form)


@bp.post("/anslut/<token>/ansvariga/<key>")
@requires(Permission.APPLY_TO_JOIN)
@csrf.exempt
@received_once
def save_bba(token: str, key: str) -> Response:
    """Save who is proposed for a unit."""
    unit = _draft(token).unit(key) or abort(404)
    person, form = stand_guard(), forms.ResponsibleForm()
    if not _is_right(form):
        return page("applying/bba.html", fragment="form", status=422, token=token, unit=unit, form=form)
    return _kept(token, f"ansvarig:{key}", form, url_for("applying.responsible", token=token), person)


@bp.get("/anslut/<token>/overenskommelse")
@requires(Permission.APPLY_TO_JOIN)
def agreement(token: str) -> Response:
    """Show the agreement as it stands."""
    return _agreement_page(token, _draft(token), forms.AgreementForm(formdata=None))


@bp.post("/anslut/<token>/overenskommelse")
@requires(Permission.APPLY_TO_JOIN)
@csrf.exempt
@received_once
def accept(token: str) -> Response:
    """Accept the version that was shown."""
    draft, person, form = _draft(token), stand_guard(), forms.AgreementForm()
    if not form.validate():
        return _agreement_page(token, draft, form, status=422)
    if form.version.data != str(agreements.CURRENT):
        form.accepted.errors = ["Texten har ändrats sedan du öppnade sidan. Läs den igen och kryssa i på nytt."]
        return _agreement_page(token, draft, form, status=422)
    if person:
        applying.accept(actor(), token, agreements.CURRENT)
    return see_other(url_for("applying.tasks", token=token))


@bp.get("/anslut/<token>/granska")
@requires(Permission.APPLY_TO_JOIN)
def check(token: str) -> Response:
    """Show all answers, to look through before they are sent."""
    return _check_page(token, _draft(token))


@bp.post("/anslut/<token>/skicka")
@requires(Permission.APPLY_TO_JOIN)
@csrf.exempt
@received_once
def send(token: str) -> Response:
    """Send the application."""
    draft = _draft(token)
    try:
        if stand_guard():
            applying.send(actor(), token, tell_address=settings().contact_email)
    except applying.Incomplete:
        return _check_page(token, draft, status=422)
    return see_other(url_for("applying.receipt", token=token))


@bp.get("/anslut/<token>/kvitto")
@requires(Permission.APPLY_TO_JOIN)
def receipt(token: str) -> Response:
    """Say that the application has come, what it is called, and what happens next."""
    draft = applying.find(token)
    if draft is None or draft.application.sent_at is None:
        return _dead_link()
    return page("applying/receipt.html", token=token, draft=draft)


@bp.get("/anslut/<token>/ta-tillbaka")
@requires(Permission.APPLY_TO_JOIN)
def ask_to_withdraw(token: str) -> Response:
    """Ask whether the application shall be taken back."""
    draft = applying.find(token)
    return page("applying/withdraw.html", token=token, draft=draft) if draft else _dead_link()


@bp.post("/anslut/<token>/ta-tillbaka")
@requires(Permission.APPLY_TO_JOIN)
@csrf.exempt
@received_once
def withdraw(token: str) -> Response:
    """Take the application back."""
    if stand_guard() and not applying.withdraw(actor(), token):
        return _dead_link()
    return see_other(url_for("applying.withdrawn"))


@bp.get("/anslut/borttagen")
@requires(Permission.APPLY_TO_JOIN)
def withdrawn() -> Response:
    """Say that the application is gone."""
    return page("applying/withdrawn.html")


@bp.errorhandler(applying.Closed)
def closed(problem: applying.Closed) -> Response:
    """Lead on to where the application stands, when it cannot be changed any more."""
    return page("applying/closed.html", status=409, token=request.view_args["token"])


def _draft(token: str) -> Draft:
    """Find the confirmed application of a link, to fill in; anything else answers for itself."""
    draft = applying.find(token)
    if draft is None or draft.application.email_confirmed_at is None:
        abort(_dead_link())
    if not draft.editable:
        raise applying.Closed
    return draft


def _dead_link() -> Response:
    return page("applying/dead_link.html", status=404, form=forms.LinkForm(formdata=None))


def _is_right(form: forms.StepForm) -> bool:
    return form.validate_partly() if "later" in request.form else form.validate()


def _filled(form_class: type[forms.StepForm], draft: Draft, part: str) -> forms.StepForm:
    """Make a form of what is stored, that knows what it was filled in from."""
    form = form_class(formdata=None, data=forms.filled(draft.part(part)))
    form.seen.data = draft.seen(part)
    return form


def _kept(token: str, part: str, form: forms.StepForm, leads_to: str, person: bool) -> Response:
    """Save a part and lead on; when another has saved it meanwhile, show both."""
    try:
        if person and applying.save(actor(), token, part, form.answers(), form.seen.data or "") is None:
            return _dead_link()
    except applying.Stale as stale:
        draft = applying.find(token)
        return page(
            "applying/stale.html", status=409, token=token, form=form, stored=stale.stored, seen=draft.seen(part)
        )
    return see_other(url_for("applying.tasks", token=token) if "later" in request.form else leads_to)


def _looked_up(form: forms.OrganizationForm) -> forms.OrganizationForm:
    """Fill in the name that the register has for the number; what has been written otherwise stays."""
    if not form.orgnr.validate(form):
        return form
    known = application_checks.organization(organisation_number(form.orgnr.data))
    if known:
        form.name.data = known.name
        form.website.data = form.website.data or known.website
    return form


def _step_page(token: str, part: str, draft: Draft, form: forms.StepForm, status: int = 200) -> Response:
    known = None
    if part == "organisation" and form.orgnr.data and not form.orgnr.errors:
        known = application_checks.organization("".join(filter(str.isdigit, form.orgnr.data))[-10:])
    templates = {
        "organisation": "applying/organization.html",
        "firmatecknare": "applying/signer.html",
        "kontakt": "applying/contact.html",
    }
    return page(
        templates[part], fragment="form", status=status, token=token, draft=draft, form=form, known=known, part=part
    )


def _found_unit(code: str) -> dict[str, str]:
    """Look a unit up; BadValue with a sentence when the register has none of that code."""
    scheme, number, known = application_checks.unit_by_code(code)
    if known is None:
        raise BadValue(f"Vi hittar ingen verksamhet med koden {number}. Kontrollera siffrorna.")
    return {"scheme": scheme, "code": number, "name": known.label, "kind": known.kind}


def _units_page(token: str, draft: Draft, form: forms.UnitForm, status: int = 200) -> Response:
    found = application_checks.check_units(draft.data)
    return page("applying/units.html", fragment="form", status=status, token=token, draft=draft, form=form, units=found)


def _own_unit_form(**how: Any) -> forms.OwnUnitForm:
    kinds = [(kind.value, kind_name(kind)) for kind in application_checks.KINDS]
    return forms.OwnUnitForm(kinds=kinds, municipalities=application_checks.municipalities(), **how)


def _agreement_page(token: str, draft: Draft, form: forms.AgreementForm, status: int = 200) -> Response:
    form.version.data = str(agreements.CURRENT)
    text = agreements.agreement(agreements.CURRENT)
    return page(
        "applying/agreement.html", fragment="form", status=status, token=token, draft=draft, form=form, agreement=text
    )


def _check_page(token: str, draft: Draft, status: int = 200) -> Response:
    data = draft.data
    found, proposed = application_checks.check_units(data), application_checks.proposed(data)
    return page(
        "applying/check.html", status=status, token=token, draft=draft, units=found, proposed=proposed, **_words()
    )


def _words() -> dict[str, Any]:
    return {
        "parts": joining_words.PARTS,
        "progress": joining_words.PROGRESS,
        "orgnr": joining_words.orgnr,
        "proofs": forms.PROOFS,
        "wishes": forms.WISHES,
        "mandates": forms.MANDATES,
    }

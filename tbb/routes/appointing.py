"""Who answers for a unit: the overview, appointing with a look before it is done, absence, changes and the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms import appointing as forms
from tbb.policy import Permission
from tbb.services import appointing, responsibilities, shelf
from tbb.services.handovers import counts, in_words
from tbb.services.responsibilities import Part, Responsibility, Unit
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("appointing", __name__)
ROLE_IN_ADDRESS = {"ersattare": "deputy", "lovkontakt": "holiday"}


@bp.get("/arbetsyta/verksamheter/<slug>/ansvariga")
@requires(Permission.READ_ENTRY)
def people(slug: str) -> Response:
    """Show who answers for a unit now, later and before."""
    found = responsibilities.overview(actor(), slug) or abort(404)
    return page("appointing/people.html", found=found, place=shelf.place_of(found.unit), roles=forms.ROLES)


@bp.get("/arbetsyta/verksamheter/<slug>/ansvarig/ny")
@requires(Permission.APPOINT)
def new(slug: str) -> Response:
    """Ask whom to appoint."""
    unit = _unit(slug)
    form = _offered(unit, forms.AppointForm(formdata=None, role=_role(), who=forms.KNOWN))
    form.starts_on.data = _day()
    return page("appointing/new.html", unit=unit, form=form, roles=forms.ROLE_NOTES, mandates=forms.MANDATE_NOTES)


@bp.post("/arbetsyta/verksamheter/<slug>/ansvarig/ny")
@requires(Permission.APPOINT)
def appoint(slug: str) -> BaseResponse:
    """Show what will happen, and at the second step let it."""
    unit, form = _unit(slug), forms.AppointForm()
    _offered(unit, form)
    step = request.form.get("step", "")
    if step != "change" and form.validate():
        try:
            return _look_or_do(unit, form, done=step == "do")
        except appointing.Hindered as problem:
            form.blame(problem)
    status = 200 if step == "change" else 422
    kept = {"roles": forms.ROLE_NOTES, "mandates": forms.MANDATE_NOTES}
    return page("appointing/new.html", fragment="form", status=status, unit=unit, form=form, **kept)


@bp.get("/arbetsyta/verksamheter/<slug>/ansvarig/<int:number>/franvaro")
@requires(Permission.CHANGE_ENTRY)
def absence(slug: str, number: int) -> Response:
    """Ask from when to when somebody is away."""
    part = _part(slug, number, Permission.CHANGE_ENTRY)
    form = forms.AbsenceForm(formdata=None, obj=part)
    return page("appointing/absence.html", part=part, form=form, **_about_absence(part))


@bp.post("/arbetsyta/verksamheter/<slug>/ansvarig/<int:number>/franvaro")
@requires(Permission.CHANGE_ENTRY)
def set_absence(slug: str, number: int) -> BaseResponse:
    """Say from when to when somebody is away."""
    part, form = _part(slug, number, Permission.CHANGE_ENTRY), forms.AbsenceForm()
    if form.validate() and _tried(form, responsibilities.set_absence, part, form.away_from.data, form.away_until.data):
        notify("Frånvaron är sparad." if form.away_from.data else "Frånvaron är borttagen.")
        return see_other(url_for("appointing.people", slug=slug))
    return page("appointing/absence.html", fragment="form", status=422, part=part, form=form, **_about_absence(part))


@bp.get("/arbetsyta/verksamheter/<slug>/ansvarig/<int:number>/andra")
@requires(Permission.APPOINT)
def change(slug: str, number: int) -> Response:
    """Ask for another mandate, or other days."""
    part = _part(slug, number)
    form = _change_form(part.role)(formdata=None, obj=part)
    return page("appointing/change.html", part=part, form=form, mandates=forms.MANDATE_NOTES)


@bp.post("/arbetsyta/verksamheter/<slug>/ansvarig/<int:number>/andra")
@requires(Permission.APPOINT)
def save_change(slug: str, number: int) -> BaseResponse:
    """Change the mandate of a BBA, or the days of others."""
    part = _part(slug, number)
    form = _change_form(part.role)()
    if form.validate() and _changed(form, part):
        notify("Ändringen är sparad.")
        return see_other(url_for("appointing.people", slug=slug))
    return page(
        "appointing/change.html", fragment="form", status=422, part=part, form=form, mandates=forms.MANDATE_NOTES
    )


@bp.get("/arbetsyta/verksamheter/<slug>/ansvarig/<int:number>/avsluta")
@requires(Permission.APPOINT)
def end(slug: str, number: int) -> Response:
    """Ask when a responsibility ends, and who goes on."""
    part = _part(slug, number)
    form = _end_form(slug, part, fresh=True)
    return page("appointing/end.html", part=part, form=form, **_about_end(part))


@bp.post("/arbetsyta/verksamheter/<slug>/ansvarig/<int:number>/avsluta")
@requires(Permission.APPOINT)
def finish(slug: str, number: int) -> BaseResponse:
    """Set the last day."""
    part = _part(slug, number)
    form = _end_form(slug, part)
    if form.validate() and _tried(form, responsibilities.end, part, form.ending()):
        notify("Den sista dagen är sparad.")
        if part.role == "bba" and form.after.data == forms.APPOINT:
            return see_other(url_for("appointing.new", slug=slug, fran=form.next_day.isoformat()))
        return see_other(url_for("handovers.show" if part.role == "bba" else "appointing.people", slug=slug))
    return page("appointing/end.html", fragment="form", status=422, part=part, form=form, **_about_end(part))


@bp.get("/arbetsyta/verksamheter/<slug>/ansvarig/<int:number>/stall-in")
@requires(Permission.APPOINT)
def call_off(slug: str, number: int) -> Response:
    """Ask whether a planned responsibility is to be taken back."""
    return page("appointing/call_off.html", part=_part(slug, number), problem="")


@bp.post("/arbetsyta/verksamheter/<slug>/ansvarig/<int:number>/stall-in")
@requires(Permission.APPOINT)
def take_back(slug: str, number: int) -> BaseResponse:
    """Take a planned responsibility back."""
    part = _part(slug, number)
    try:
        responsibilities.call_off(actor(), part)
    except appointing.Hindered as problem:
        return page("appointing/call_off.html", fragment="form", status=422, part=part, problem=problem.sentence)
    notify("Det planerade uppdraget är borttaget.")
    return see_other(url_for("appointing.people", slug=slug))


def _look_or_do(unit: Unit, form: forms.AppointForm, *, done: bool) -> BaseResponse:
    """The second look at what will happen, or the deed when it has been looked at and nothing has changed since."""
    draft, changed = form.draft(), False
    if done:
        try:
            appointing.appoint(actor(), unit, draft, request.form.get("mark", ""))
        except appointing.Changed:
            changed = True
        else:
            notify("Sparat. Vi har skrivit till dem det gäller.")
            return see_other(url_for("appointing.people", slug=unit.slug))
    plan = appointing.plan(actor(), unit, draft)
    status = 409 if changed else 200
    return page(
        "appointing/look.html", fragment="form", status=status, unit=unit, form=form, plan=plan, draft=draft,
        changed=changed, roles=forms.ROLES,
    )  # fmt: skip


def _unit(slug: str) -> Unit:
    """The unit, for those who may appoint there; others who see it are refused, strangers told nothing."""
    unit = shelf.unit(actor(), slug) or abort(404)
    appointing.check_right(actor(), unit)
    return unit


def _part(slug: str, number: int, permission: Permission = Permission.APPOINT) -> Responsibility:
    part = responsibilities.find(actor(), slug, number) or abort(404)
    appointing.check_right(actor(), part.unit, permission)
    return part


def _offered(unit: Unit, form: forms.AppointForm) -> forms.AppointForm:
    return form.offer(appointing.people(actor(), unit), appointing.other_units(actor(), unit))


def _role() -> str:
    return ROLE_IN_ADDRESS.get(request.args.get("roll", ""), "bba")


def _day() -> date:
    """The day in the address, where one leads here with it; else today."""
    return appointing.day_in(request.args.get("fran", ""))


def _deputies(slug: str) -> tuple[Part, ...]:
    return responsibilities.overview(actor(), slug).deputies


def _change_form(role: str) -> type[forms.MandateForm | forms.PeriodForm]:
    return forms.MandateForm if role == "bba" else forms.PeriodForm


def _changed(form: forms.MandateForm | forms.PeriodForm, part: Responsibility) -> bool:
    if part.role == "bba":
        return _tried(form, responsibilities.change_mandate, part, form.mandated())
    return _tried(form, responsibilities.change_period, part, form.starts_on.data, form.ends_on.data)


def _end_form(slug: str, part: Responsibility, *, fresh: bool = False) -> forms.EndForm | forms.EndBbaForm:
    given = {"formdata": None, "obj": part} if fresh else {}
    if part.role != "bba":
        return forms.EndForm(**given)
    deputies = [(other.number, other.name) for other in _deputies(slug)]
    return forms.EndBbaForm(**given).offer(deputies, responsibilities.successor_of(part))


def _about_absence(part: Responsibility) -> dict[str, object]:
    return {"others": _deputies(part.unit.slug), "place": shelf.place_of(part.unit)}


def _about_end(part: Responsibility) -> dict[str, object]:
    return {"open": in_words(counts(part.unit_id)), "mandates": forms.MANDATE_NOTES}


def _tried(form: forms.HinderedForm, change: Callable[..., object], part: Responsibility, *values: object) -> bool:
    """Do it, or say at the field why it cannot be."""
    try:
        change(actor(), part, *values)
    except appointing.Hindered as problem:
        form.blame(problem)
        return False
    return True

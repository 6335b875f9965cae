"""A unit's entry as those see it who keep it: its facts, contacts, history and flags."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.keeping import (
    EntryForm,
    FlagAnswerForm,
    FlagForm,
    PersonForm,
    ProtectedPersonForm,
    ProtectForm,
    ProtectWithNumberForm,
    UnitForm,
)
from tbb.policy import Permission, require
from tbb.services import contact_changes, contact_people, entries, entry_history, flags, keeping, shelf
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.keeping_words import NO_CONTACT_LEFT, PROBLEMS, SHARED_PERSON, already, role_name, saved
from tbb.web.shell import settings
from tbb.web.sitting import actor, notify

bp = Blueprint("keeping", __name__)
HISTORY_PAGE = 15


@bp.get("/arbetsyta/verksamheter")
@requires(Permission.READ_ENTRY)
def units() -> Response:
    """List the units that the one who asks may see."""
    wanted = entries.Wanted(
        words=" ".join(request.args.get("q", "")[:100].split()),
        kind=request.args.get("typ", "")[:30],
        municipality=request.args.get("kommun", "")[:80],
        problem=request.args.get("visa", "")[:20],
        page=_number("sida"),
    )
    found = entries.listed(actor(), wanted, settings().term_starts)
    told = {"address": _list_address, "page_of": lambda number: _list_address(found.wanted, page=number)}
    return page("keeping/units.html", fragment="results", found=found, words=PROBLEMS, **told)


@bp.get("/arbetsyta/verksamheter/<slug>")
@requires(Permission.READ_ENTRY)
def entry(slug: str) -> Response:
    """Show all of one entry."""
    found = entries.entry(actor(), slug, settings().term_starts) or abort(404)
    reach = {part.id: contact_people.may_reach(actor(), found.unit, part.person) for part in found.parts}
    return page(
        "keeping/entry.html",
        entry=found,
        place=shelf.place_of(found.unit),
        reach=reach,
        role_name=role_name,
    )


@bp.get("/arbetsyta/verksamheter/<slug>/uppgifter")
@requires(Permission.CHANGE_ENTRY)
def facts(slug: str) -> Response:
    """Ask what is to be changed of a unit."""
    unit = _own(slug)
    return page("keeping/unit_form.html", unit=unit, form=_filled(UnitForm, unit), waiting=_waiting(unit), meanwhile=[])


@bp.post("/arbetsyta/verksamheter/<slug>/uppgifter")
@requires(Permission.CHANGE_ENTRY)
def change_facts(slug: str) -> BaseResponse:
    """Change what may be changed at once, and let new contact details wait."""
    unit, form, meanwhile = _own(slug), UnitForm(), []
    if form.validate():
        try:
            values = form.changed(keeping.values_of(unit))
            notify(saved(keeping.change_unit(actor(), unit, values, seen=form.seen.data or "")))
            return see_other(url_for("keeping.entry", slug=slug))
        except keeping.ChangedMeanwhile:
            meanwhile = _meanwhile(form, unit)
    told = {"unit": unit, "form": form, "waiting": _waiting(unit), "meanwhile": meanwhile}
    return page("keeping/unit_form.html", fragment="form", status=422, **told)


@bp.get("/arbetsyta/verksamheter/<slug>/person/<int(max=2147483647):responsibility>")
@requires(Permission.CHANGE_ENTRY)
def person(slug: str, responsibility: int) -> Response:
    """Ask what is to be changed of a person in a unit's entry."""
    unit = _own(slug)
    part, who = contact_people.part_of(unit, responsibility) or abort(404)
    contact_people.require_reach(actor(), unit, who)
    form = _filled(ProtectedPersonForm if who.protected else PersonForm, who)
    return page("keeping/person_form.html", **_about(unit, part, who), form=form, meanwhile=[])


@bp.post("/arbetsyta/verksamheter/<slug>/person/<int(max=2147483647):responsibility>")
@requires(Permission.CHANGE_ENTRY)
def change_person(slug: str, responsibility: int) -> BaseResponse:
    """Change hours, languages and title at once, and let a new phone or e-mail wait."""
    unit = _own(slug)
    part, who = contact_people.part_of(unit, responsibility) or abort(404)
    contact_people.require_reach(actor(), unit, who)
    form = ProtectedPersonForm() if who.protected else PersonForm()
    meanwhile = []
    if form.validate():
        try:
            values = form.changed(keeping.values_of(who))
            notify(saved(keeping.change_person(actor(), unit, who, values, seen=form.seen.data or "")))
            return see_other(url_for("keeping.entry", slug=slug))
        except keeping.ChangedMeanwhile:
            meanwhile = _meanwhile(form, who)
        except contact_changes.NoContactLeft:
            (form.switchboard if who.protected else form.phone).errors = [NO_CONTACT_LEFT]
    told = {**_about(unit, part, who), "form": form, "meanwhile": meanwhile}
    return page("keeping/person_form.html", fragment="form", status=422, **told)


@bp.get("/arbetsyta/verksamheter/<slug>/person/<int(max=2147483647):responsibility>/skydda")
@requires(Permission.CHANGE_ENTRY)
def protection(slug: str, responsibility: int) -> Response:
    """Ask what is to be shown instead of a person's name and number."""
    unit = _own(slug)
    part, who = contact_people.part_of(unit, responsibility) or abort(404)
    if who.protected:
        return see_other(url_for("keeping.entry", slug=slug))
    form = _protect_form(unit, formdata=None, function_name=f"{role_name(part.role)} på {unit.label}"[:120])
    return page("keeping/protect.html", **_about(unit, part, who), form=form)


@bp.post("/arbetsyta/verksamheter/<slug>/person/<int(max=2147483647):responsibility>/skydda")
@requires(Permission.CHANGE_ENTRY)
def protect(slug: str, responsibility: int) -> BaseResponse:
    """Protect a person's identity at once."""
    unit = _own(slug)
    part, who = contact_people.part_of(unit, responsibility) or abort(404)
    form = _protect_form(unit)
    if form.validate():
        name, number = form.function_name.data, form.switchboard.data
        keeping.protect(actor(), unit, who, function_name=name, switchboard=number)
        notify("Personens namn, telefon och e-post är borta ur katalogen.")
        return see_other(url_for("keeping.entry", slug=slug))
    return page("keeping/protect.html", fragment="form", status=422, **_about(unit, part, who), form=form)


@bp.get("/arbetsyta/verksamheter/<slug>/andringar/<int(max=2147483647):number>")
@requires(Permission.READ_ENTRY)
def waiting(slug: str, number: int) -> Response:
    """Show a change of contact details, for who may approve or stop it."""
    unit = _seen(slug)
    change = contact_changes.one(unit.id, number) or abort(404)
    second = contact_changes.may_approve(actor(), unit, change)
    return page("keeping/contact_change.html", unit=unit, change=change, second=second, place=shelf.place_of(unit))


@bp.post("/arbetsyta/verksamheter/<slug>/andringar/<int(max=2147483647):number>/godkann")
@requires(Permission.APPROVE_CONTACT)
def approve(slug: str, number: int) -> BaseResponse:
    """Let a change take effect at once, as the second person."""
    unit = _seen(slug)
    contact_changes.one(unit.id, number) or abort(404)
    try:
        contact_changes.approve(actor(), unit, number)
        notify("Du har godkänt ändringen. Den gäller nu.")
    except contact_changes.AlreadySettled as done:
        notify(already(done.state))
    except contact_changes.NoContactLeft:
        notify("Ändringen går inte att godkänna. Då skulle personen sakna både telefon och e-post.")
    return see_other(url_for("keeping.waiting", slug=slug, number=number))


@bp.post("/arbetsyta/verksamheter/<slug>/andringar/<int(max=2147483647):number>/stoppa")
@requires(Permission.CHANGE_ENTRY)
def stop(slug: str, number: int) -> BaseResponse:
    """Stop a change that waits."""
    unit = _seen(slug)
    contact_changes.one(unit.id, number) or abort(404)
    try:
        contact_changes.stop(actor(), unit, number)
        notify("Ändringen är stoppad. De gamla uppgifterna gäller fortfarande.")
    except contact_changes.AlreadySettled as done:
        notify(already(done.state))
    return see_other(url_for("keeping.waiting", slug=slug, number=number))


@bp.get("/arbetsyta/verksamheter/<slug>/historik")
@requires(Permission.READ_ENTRY)
def history(slug: str) -> Response:
    """Show what has changed in an entry, newest first."""
    unit, number = _seen(slug), _number("sida")
    changes, total = entry_history.of_unit(unit.id, page=number, size=HISTORY_PAGE)
    pages = max(1, -(-total // HISTORY_PAGE))
    told = {"pages": pages, "page_of": lambda sida: url_for("keeping.history", slug=slug, sida=sida)}
    return page("keeping/history.html", unit=unit, changes=changes, total=total, number=number, **told)


@bp.get("/arbetsyta/verksamheter/<slug>/historik/<int(max=2147483647):number>")
@requires(Permission.READ_ENTRY)
def change(slug: str, number: int) -> Response:
    """Show one change, and what would be put back."""
    unit = _seen(slug)
    found = entry_history.one(unit.id, number) or abort(404)
    names, place = keeping.restorable(found), shelf.place_of(unit)
    return page("keeping/change.html", unit=unit, change=found, restorable=names, place=place)


@bp.post("/arbetsyta/verksamheter/<slug>/historik/<int(max=2147483647):number>/aterstall")
@requires(Permission.CHANGE_ENTRY)
def restore(slug: str, number: int) -> BaseResponse:
    """Put back what stood before a change."""
    unit = _seen(slug)
    found = entry_history.one(unit.id, number) or abort(404)
    try:
        notify(saved(keeping.restore(actor(), unit, found)))
    except keeping.NothingToRestore:
        notify("Det finns inget att återställa. Uppgifterna står redan så.")
    except (contact_changes.Protected, contact_changes.NoContactLeft):
        notify("Uppgifterna går inte att återställa.")
    except contact_people.SharedPerson:
        notify(SHARED_PERSON)
    return see_other(url_for("keeping.change", slug=slug, number=number))


@bp.get("/arbetsyta/verksamheter/<slug>/flagga")
@requires(Permission.FLAG_ENTRY)
def flag(slug: str) -> Response:
    """Ask what the county wants to remark on an entry."""
    return page("keeping/flag_form.html", unit=_seen(slug), form=FlagForm(formdata=None))


@bp.post("/arbetsyta/verksamheter/<slug>/flagga")
@requires(Permission.FLAG_ENTRY)
def raise_flag(slug: str) -> BaseResponse:
    """Remark on an entry."""
    unit, form = _seen(slug), FlagForm()
    if form.validate():
        made = flags.raise_flag(actor(), unit, form.message.data)
        notify("Flaggan är satt. Den som sköter posten får ett brev.")
        return see_other(url_for("keeping.shown_flag", slug=slug, number=made.id))
    return page("keeping/flag_form.html", fragment="form", status=422, unit=unit, form=form)


@bp.get("/arbetsyta/verksamheter/<slug>/flagga/<int(max=2147483647):number>")
@requires(Permission.READ_ENTRY)
def shown_flag(slug: str, number: int) -> Response:
    """Show a flag and its answer, or the form for it."""
    unit = _seen(slug)
    found = flags.one(unit.id, number) or abort(404)
    form = FlagAnswerForm(formdata=None)
    return page("keeping/flag.html", unit=unit, flag=found, form=form, place=shelf.place_of(unit))


@bp.post("/arbetsyta/verksamheter/<slug>/flagga/<int(max=2147483647):number>")
@requires(Permission.SETTLE_FLAG)
def settle_flag(slug: str, number: int) -> BaseResponse:
    """Answer a flag."""
    unit, form = _seen(slug), FlagAnswerForm()
    found = flags.one(unit.id, number) or abort(404)
    require(actor(), Permission.SETTLE_FLAG, shelf.place_of(unit))
    if not form.validate():
        place = shelf.place_of(unit)
        return page("keeping/flag.html", fragment="form", status=422, unit=unit, flag=found, form=form, place=place)
    try:
        flags.settle(actor(), unit, number, form.answer.data)
        notify("Svaret är skickat.")
    except flags.AlreadySettled:
        notify("Någon annan har redan svarat.")
    return see_other(url_for("keeping.shown_flag", slug=slug, number=number))


def _seen(slug: str) -> Any:
    """The unit of this address, among those the one who asks may see."""
    return shelf.unit(actor(), slug) or abort(404)


def _own(slug: str) -> Any:
    """The unit of this address, for who may change it: others who see it are refused, strangers told nothing."""
    unit = _seen(slug)
    require(actor(), Permission.CHANGE_ENTRY, shelf.place_of(unit))
    return unit


def _filled(form: type[EntryForm], thing: Any) -> EntryForm:
    stands = keeping.values_of(thing)
    return form(formdata=None, data=stands | {"seen": keeping.fingerprint(stands)})


def _meanwhile(form: EntryForm, thing: Any) -> list[tuple[str, str]]:
    """Tell what stands now where the form says otherwise, and let the form be sent again on top of that."""
    stands = keeping.values_of(thing)
    form.seen.data = keeping.fingerprint(stands)
    return [
        (form[name].label.text, str(stands[name]))
        for name, value in form.changed(stands).items()
        if value != stands[name]
    ]


def _about(unit: Any, part: Any, who: Any) -> dict[str, Any]:
    role = role_name(part.role)
    waits = [change for change in _waiting(unit, who.id) if change.person == who.id]
    return {"unit": unit, "part": part, "person": who, "role": role, "waiting": waits, "place": shelf.place_of(unit)}


def _waiting(unit: Any, person: int | None = None) -> list[contact_changes.Waiting]:
    return [change for change in contact_changes.of_unit(unit.id) if change.person == person]


def _protect_form(unit: Any, **data: Any) -> ProtectForm:
    numbers = keeping.known_numbers(unit)
    return (ProtectForm if numbers else ProtectWithNumberForm)(**data).offer(numbers)


def _number(name: str) -> int:
    given = request.args.get(name, "1")
    return int(given) if given.isascii() and given.isdecimal() and 0 < len(given) < 6 else 1


def _list_address(wanted: entries.Wanted, **changes: Any) -> str:
    """The address of the list with something of what is asked for changed; what is left out begins on page one."""
    asked = replace(wanted, **({"page": 1} | changes))
    named = {"q": asked.words, "typ": asked.kind, "kommun": asked.municipality, "visa": asked.problem}
    if asked.page > 1:
        named["sida"] = str(asked.page)
    return url_for("keeping.units", **{name: value for name, value in named.items() if value})

"""The audit's viewer, what can be taken out of it, its weekly samples and its alarms."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb import clock
from tbb.forms.auditing import ExportForm, FilterForm, SettleForm, SignForm
from tbb.policy import Permission
from tbb.services import audit_alarms, audit_reading, audit_review
from tbb.services.audit_reading import NotThere, Wanted
from tbb.web import audit_words
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify, signed_in_person

bp = Blueprint("auditing", __name__)
ROOT = "/arbetsyta/logg"
NUMBER = "int(max=2147483647)"


@bp.get(ROOT)
@requires(Permission.READ_AUDIT, reads="audit:read")
def log() -> Response:
    """Show the audit, newest first, with its filters."""
    form = _filters()
    found = audit_reading.look(actor(), form.wanted(), before=_before())
    return _show("auditing/log.html", fragment="results", form=form, found=found)


@bp.get(f"{ROOT}/person/<{NUMBER}:account>")
@requires(Permission.READ_AUDIT, reads="audit:read")
def person(account: int) -> Response:
    """Show what one person has done."""
    shown = _or_404(audit_reading.person, account)
    found = audit_reading.look(actor(), Wanted(account=account), before=_before())
    return _show("auditing/person.html", shown=shown, found=found)


@bp.get(f"{ROOT}/enhet/<{NUMBER}:unit>")
@requires(Permission.READ_AUDIT, reads="audit:read")
def unit(unit: int) -> Response:
    """Show what has been done at one unit, and who has read there."""
    shown, wanted = _or_404(audit_reading.unit, unit), Wanted(unit=unit)
    found = audit_reading.look(actor(), wanted, before=_before())
    return _show("auditing/unit.html", shown=shown, found=found, readers=audit_reading.readers(actor(), wanted))


@bp.get(f"{ROOT}/sak/<path:subject>")
@requires(Permission.READ_AUDIT, reads="audit:read")
def subject(subject: str) -> Response:
    """Show who has read one thing, and what has been done to it."""
    thing, _, thing_id = subject.partition(":")
    wanted = Wanted(thing=thing, thing_id=thing_id)
    found = audit_reading.look(actor(), wanted, before=_before())
    if not thing_id or (not found.lines and _before() is None):
        abort(404)
    readers = audit_reading.readers(actor(), wanted)
    return _show("auditing/subject.html", thing=thing, thing_id=thing_id, found=found, readers=readers)


@bp.get(f"{ROOT}/uttag")
@requires(Permission.EXPORT_AUDIT, fresh=True)
def export() -> Response:
    """Ask why rows are to be taken out."""
    return _show("auditing/export.html", form=ExportForm(formdata=None), chosen=_filters())


@bp.post(f"{ROOT}/uttag")
@requires(Permission.EXPORT_AUDIT, fresh=True)
def take_out() -> BaseResponse:
    """Take the chosen rows out as CSV."""
    form, chosen = ExportForm(), _filters()
    if not form.validate():
        return _show("auditing/export.html", fragment="form", status=422, form=form, chosen=chosen)
    lines = audit_reading.take_out(actor(), chosen.wanted(), form.reason.data)
    moment, taker = clock.now(), signed_in_person().name
    body = audit_words.as_csv(lines, taker=taker, moment=moment, reason=form.reason.data)
    name = f"logg-{clock.local(moment):%Y-%m-%d-%H%M}.csv"
    return Response(
        body, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"', "Vary": "Cookie"}
    )


@bp.get(f"{ROOT}/stickprov")
@requires(Permission.READ_AUDIT, reads="audit:read")
def samples() -> Response:
    """List the weekly samples."""
    return _show("auditing/samples.html", samples=audit_review.samples(actor()), overdue=audit_review.overdue(actor()))


@bp.get(f"{ROOT}/stickprov/<{NUMBER}:sample>")
@requires(Permission.READ_AUDIT, reads="audit:read")
def sample(sample: int) -> Response:
    """Show one sample and ask how it went."""
    return _sample(sample, SignForm(formdata=None))


@bp.post(f"{ROOT}/stickprov/<{NUMBER}:sample>")
@requires(Permission.REVIEW_AUDIT)
def sign(sample: int) -> BaseResponse:
    """Sign a sample."""
    form = SignForm().offer(audit_words.REVIEWS)
    if not form.validate():
        return _sample(sample, form, status=422)
    try:
        _or_404(audit_review.sign, sample, form.outcome.data, form.remark.data or "")
        notify("Stickprovet är signerat.")
    except audit_review.AlreadySigned:
        notify("Någon annan hann före: stickprovet är redan signerat.")
    return see_other(url_for("auditing.samples"))


@bp.get(f"{ROOT}/larm")
@requires(Permission.READ_AUDIT, reads="audit:read")
def alarms() -> Response:
    """List the alarms."""
    return _show("auditing/alarms.html", alarms=audit_alarms.alarms(actor()))


@bp.get(f"{ROOT}/larm/<{NUMBER}:alarm>")
@requires(Permission.READ_AUDIT, reads="audit:read")
def alarm(alarm: int) -> Response:
    """Show one alarm with what raised it."""
    return _alarm(alarm, SettleForm(formdata=None))


@bp.post(f"{ROOT}/larm/<{NUMBER}:alarm>")
@requires(Permission.REVIEW_AUDIT)
def settle(alarm: int) -> BaseResponse:
    """Settle an alarm."""
    form = SettleForm()
    if not form.validate():
        return _alarm(alarm, form, status=422)
    try:
        _or_404(audit_alarms.settle, alarm, form.remark.data)
        notify("Larmet är avslutat.")
    except audit_alarms.AlreadySettled:
        notify("Någon annan hann före: larmet är redan avslutat.")
    return see_other(url_for("auditing.alarms"))


def _sample(number: int, form: SignForm, status: int = 200) -> Response:
    shown, drawn = _or_404(audit_review.sample, number)
    form.offer(audit_words.REVIEWS)
    lines, reasons = [line for line, _ in drawn], {line.id: why for line, why in drawn}
    return _show(
        "auditing/sample.html", fragment="form", status=status, shown=shown, lines=lines, reasons=reasons, form=form
    )


def _alarm(number: int, form: SettleForm, status: int = 200) -> Response:
    shown, lines = _or_404(audit_alarms.alarm, number)
    return _show("auditing/alarm.html", fragment="form", status=status, shown=shown, lines=lines, form=form)


def _show(name: str, *, fragment: str | None = None, status: int = 200, **more: Any) -> Response:
    """Make one of the audit's pages: all of them have the words and the tabs with what waits."""
    who = actor()
    tabs = (
        ("Logg", url_for("auditing.log"), name == "auditing/log.html", None),
        ("Stickprov", url_for("auditing.samples"), name == "auditing/samples.html", audit_review.waiting(who) or None),
        ("Larm", url_for("auditing.alarms"), name == "auditing/alarms.html", audit_alarms.waiting(who) or None),
    )
    shared = {"words": audit_words, "tabs": tabs, "chosen_query": _address(), "newest": _before() is None}
    return page(name, fragment=fragment, status=status, older_href=_older, **shared, **more)


def _filters() -> FilterForm:
    """Read the filters out of the address."""
    words = audit_words
    return FilterForm(request.args).offer(handling=words.ACTIONS, sak=words.THINGS, utfall=words.OUTCOMES)


def _before() -> int | None:
    """The number that the rows asked for are lower than."""
    text = request.args.get("fore", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def _older(number: int) -> str:
    """The address of the rows before a number, with the same filters."""
    return f"{request.path}{_address(fore=number)}"


def _address(**more: object) -> str:
    """Write the filters that are chosen, and more, as the end of an address."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "fore" and value]
    said = urlencode([*kept, *more.items()])
    return f"?{said}" if said else ""


def _or_404(service: Any, *args: object) -> Any:
    """Ask a service as the one who asks; what is not there for them is not there."""
    try:
        return service(actor(), *args)
    except NotThere:
        abort(404)

"""What visitors say is wrong, as its owners see and settle it."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.faults import SettleForm
from tbb.policy import Permission, require
from tbb.services import faults, shelf
from tbb.services.faults import Fault, FaultState
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("faults", __name__)


@bp.get("/arbetsyta/verksamheter/fel")
@requires(Permission.READ_FAULTS)
def reports() -> Response:
    """List the reports that the one who asks may read, without what they say."""
    settled = request.args.get("visa") == "avslutade"
    given = request.args.get("sida", "1")
    number = int(given) if given.isascii() and given.isdecimal() and 0 < len(given) < 6 else 1
    found, total = faults.listed(actor(), still_open=not settled, page=number)
    pages = max(1, -(-total // faults.PAGE_SIZE))
    shown = {"visa": "avslutade"} if settled else {}
    told = {"pages": pages, "page_of": lambda sida: url_for("faults.reports", **shown, sida=sida)}
    counts = faults.counts(actor())
    return page("keeping/faults.html", reports=found, settled=settled, counts=counts, number=number, **told)


@bp.get("/arbetsyta/verksamheter/fel/<key>")
@requires(Permission.READ_FAULTS, reads="fault:read")
def report(key: str) -> Response:
    """Open one report."""
    return _shown(_opened(key), SettleForm(formdata=None))


@bp.post("/arbetsyta/verksamheter/fel/<key>/titta")
@requires(Permission.HANDLE_FAULT)
def look(key: str) -> BaseResponse:
    """Say that somebody is looking into it."""
    _opened(key)
    try:
        faults.look(actor(), key)
        notify("Nu syns det att någon tittar på felet.")
    except faults.AlreadySettled:
        notify("Någon annan tittar redan på det.")
    return see_other(url_for("faults.report", key=key))


@bp.post("/arbetsyta/verksamheter/fel/<key>")
@requires(Permission.HANDLE_FAULT)
def settle(key: str) -> BaseResponse:
    """Settle a report and send the answer."""
    fault, form = _opened(key), SettleForm()
    require(actor(), Permission.HANDLE_FAULT, shelf.place_of(fault.unit))
    if not form.validate():
        return _shown(fault, form, 422)
    try:
        faults.settle(actor(), key, FaultState(form.state.data), form.answer.data or "")
        notify("Rapporten är avslutad." + (" Svaret är på väg." if fault.wants_answer else ""))
    except faults.AnswerNeeded:
        form.answer.errors = ["Skriv ett svar. Den som rapporterade felet vill ha ett."]
        return _shown(fault, form, 422)
    except faults.AlreadySettled:
        notify("Någon annan har redan avslutat rapporten.")
    return see_other(url_for("faults.report", key=key))


def _opened(key: str) -> Fault:
    return faults.open_one(actor(), key) or abort(404)


def _shown(fault: Fault, form: SettleForm, status: int = 200) -> Response:
    told = {"fault": fault, "form": form, "place": shelf.place_of(fault.unit)}
    return page("keeping/fault.html", fragment="form" if status != 200 else None, status=status, **told)

"""Forgetting on time: the lists that one draws up and another approves, holds, and receipts."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.forgetting import HoldForm, ReferenceForm, RuleForm, SureForm
from tbb.policy import Permission
from tbb.services import forgetting, holds, retention
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("forgetting", __name__)
ROOT = "/arbetsyta/gallring"
LIST = f"{ROOT}/listor/<key>"


@bp.get(ROOT)
@requires(Permission.PROPOSE_FORGETTING)
def overview() -> Response:
    """Show what is decided, the list that waits, and the receipts."""
    return _overview(ReferenceForm(formdata=None))


@bp.post(f"{ROOT}/listor")
@requires(Permission.PROPOSE_FORGETTING)
def draw() -> BaseResponse:
    """Draw up the list of what is due now."""
    organizer = _organizer()
    try:
        made = forgetting.draw(actor(), organizer.id)
    except forgetting.NothingToForget:
        notify("Inget har sparats så länge som är beslutat. Ingen lista behövs.")
    except forgetting.Late:
        notify("Det finns redan en lista som väntar på beslut.")
    else:
        return see_other(url_for("forgetting.listed", key=made.key))
    return see_other(url_for("forgetting.overview", huvudman=organizer.id))


@bp.get(f"{ROOT}/regler/<document>")
@requires(Permission.KEEP_RULES)
def rule(document: str) -> Response:
    """Show what is decided for one kind of document."""
    known = _rule(document)
    form = RuleForm(formdata=None, obj=known)
    return page("forgetting/rule.html", organizer=_organizer(), rule=known, form=form)


@bp.post(f"{ROOT}/regler/<document>")
@requires(Permission.KEEP_RULES)
def decide(document: str) -> BaseResponse:
    """Write down a decision."""
    known, organizer, form = _rule(document), _organizer(), RuleForm()
    if not form.validate():
        return page("forgetting/rule.html", fragment="form", status=422, organizer=organizer, rule=known, form=form)
    said = {"days": form.days.data, "decision": form.decision.data, "decided_on": form.decided_on.data}
    retention.decide(actor(), organizer.id, document, **said)
    notify("Beslutet är sparat. Det gäller från nästa lista.")
    return see_other(url_for("forgetting.overview", huvudman=organizer.id))


@bp.post(f"{ROOT}/regler/<document>/ta-bort")
@requires(Permission.KEEP_RULES)
def undo(document: str) -> BaseResponse:
    """Take a decision away."""
    _rule(document)
    organizer = _organizer()
    retention.undo_decision(actor(), organizer.id, document)
    notify("Beslutet är borttaget. Inget mer av det slaget gallras.")
    return see_other(url_for("forgetting.overview", huvudman=organizer.id))


@bp.get(LIST)
@requires(Permission.PROPOSE_FORGETTING, reads="forgetting:read")
def listed(key: str) -> Response:
    """Show a list, or the receipt of what it led to."""
    return page("forgetting/list.html", shown=_shown(key))


@bp.get(f"{LIST}/foresla")
@requires(Permission.PROPOSE_FORGETTING, fresh=True)
def ask_to_propose(key: str) -> Response:
    """Ask whether the list has been gone through, before it is proposed."""
    return _sure(key, "drawn", SureForm(formdata=None))


@bp.post(f"{LIST}/foresla")
@requires(Permission.PROPOSE_FORGETTING, fresh=True)
def propose(key: str) -> BaseResponse:
    """Propose the list to another administrator."""
    return _decide(key, "drawn", "Listan är föreslagen. Nu behöver någon annan godkänna den.")


@bp.get(f"{LIST}/godkann")
@requires(Permission.APPROVE_FORGETTING, fresh=True)
def ask_to_approve(key: str) -> Response:
    """Ask whether the list has been gone through, before it is approved."""
    return _sure(key, "proposed", SureForm(formdata=None))


@bp.post(f"{LIST}/godkann")
@requires(Permission.APPROVE_FORGETTING, fresh=True)
def approve(key: str) -> BaseResponse:
    """Approve what somebody else has proposed."""
    return _decide(
        key, "proposed", "Listan är godkänd. Gallringen görs inom några minuter, och sedan finns kvittot här."
    )


@bp.post(f"{LIST}/stoppa")
@requires(Permission.PROPOSE_FORGETTING)
def stop(key: str) -> BaseResponse:
    """Stop a list before it is approved."""
    _shown(key)
    try:
        forgetting.stop(actor(), key)
        notify("Listan är stoppad. Inget på den gallras.")
    except forgetting.Late:
        notify("Listan går inte att stoppa längre.")
    return see_other(url_for("forgetting.listed", key=key))


@bp.post(f"{ROOT}/undanta")
@requires(Permission.PROPOSE_FORGETTING)
def find() -> BaseResponse:
    """Find the case that is to be held back, by its reference."""
    form = ReferenceForm()
    case = holds.case_by_reference(actor(), form.reference.data) if form.validate() else None
    if case is None:
        if not form.errors:
            form.reference.errors = ["Det finns inget ärende hos er med den beteckningen."]
        return _overview(form, status=422)
    return see_other(url_for("forgetting.held", key=case.key))


@bp.get("/arenden/<key>/undanta")
@requires(Permission.HOLD_CASE, reads="case:hold-read")
def held(key: str) -> Response:
    """Show whether a case is held back, and why."""
    return _held(key, HoldForm(formdata=None))


@bp.post("/arenden/<key>/undanta")
@requires(Permission.HOLD_CASE)
def hold(key: str) -> BaseResponse:
    """Let a case not be forgotten for now."""
    form, case = HoldForm(), holds.case(actor(), key) or abort(404)
    if not form.validate():
        return _held(key, form, status=422)
    try:
        holds.hold(actor(), case, form.reason.data)
        notify("Ärendet gallras inte förrän undantaget är hävt.")
    except holds.AlreadyHeld:
        notify("Ärendet är redan undantaget.")
    return see_other(url_for("forgetting.held", key=key))


@bp.post("/arenden/<key>/undanta/hav")
@requires(Permission.HOLD_CASE)
def end_hold(key: str) -> BaseResponse:
    """End a hold."""
    case = holds.case(actor(), key) or abort(404)
    try:
        holds.end(actor(), case)
        notify("Undantaget är hävt.")
    except holds.NotHeld:
        notify("Undantaget var redan hävt.")
    return see_other(url_for("forgetting.held", key=key))


def _overview(form: ReferenceForm, status: int = 200) -> Response:
    organizer = _organizer()
    return page(
        "forgetting/overview.html",
        fragment="form",
        status=status,
        form=form,
        organizer=organizer,
        organizers=retention.organizers(actor()),
        rules=retention.rules(organizer.id),
        lists=forgetting.lists(actor(), organizer.id),
    )


def _organizer():
    """The huvudman that the address names, or the first one that the actor runs."""
    own = retention.organizers(actor())
    wanted = request.args.get("huvudman", type=int)
    return next((each for each in own if wanted in (None, each.id)), None) or abort(404)


def _rule(document: str) -> retention.Rule:
    return next((each for each in retention.rules(_organizer().id) if each.document.code == document), None) or abort(
        404
    )


def _shown(key: str) -> forgetting.Listed:
    return forgetting.show(actor(), key) or abort(404)


def _sure(key: str, state: str, form: SureForm, status: int = 200) -> BaseResponse:
    """Ask before a list goes on; one that has gone on already, or is one's own to be approved, is only shown."""
    shown = _shown(key)
    if shown.state != state or (state == "proposed" and shown.mine):
        return see_other(url_for("forgetting.listed", key=key))
    return page("forgetting/sure.html", fragment="form", status=status, shown=shown, form=form)


def _decide(key: str, state: str, said: str) -> BaseResponse:
    form = SureForm()
    _shown(key)
    if not form.validate():
        return _sure(key, state, form, status=422)
    try:
        (forgetting.propose if state == "drawn" else forgetting.approve)(actor(), key)
        notify(said)
    except forgetting.Late:
        notify("Någon annan hann före. Så här står det till nu.")
    return see_other(url_for("forgetting.listed", key=key))


def _held(key: str, form: HoldForm, status: int = 200) -> Response:
    case = holds.case(actor(), key) or abort(404)
    found = holds.of(actor(), case)
    return page(
        "forgetting/hold.html",
        fragment="form",
        status=status,
        case=case,
        form=form,
        held=next((each for each in found if each.ended_at is None), None),
        earlier=[each for each in found if each.ended_at],
    )

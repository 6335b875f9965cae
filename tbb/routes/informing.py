"""Informing a unit's Barnets bästa-ansvarig with the wheel: one's own wheels, beginning, sending, taking back."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms import informing as forms
from tbb.policy import Permission
from tbb.routes import informing_steps
from tbb.services import carrying, case_shelf, drafts, informing, wheel_recipients
from tbb.web.access import requires
from tbb.web.forms import received_once
from tbb.web.hypermedia import page, see_other
from tbb.web.informing_words import STATES, leaving, steps_of
from tbb.web.sitting import actor, notify

bp = Blueprint("informing", __name__)
bp.register_blueprint(informing_steps.bp)


@bp.get("/arbetsyta/hjul")
@requires(Permission.INFORM)
def mine() -> Response:
    """List one's own drafts, and what one has sent."""
    return page("informing/mine.html", drafts=drafts.mine(actor()), sent=drafts.sent(actor()), states=STATES)


@bp.get("/arbetsyta/hjul/nytt")
@requires(Permission.INFORM)
def new() -> Response:
    """Ask the stop questions, before anything is written down."""
    token = request.args.get("med", "")
    form = _offered(forms.BeginForm(formdata=None, template=forms.WheelTemplate.WHEEL))
    return _new_page(form, token)


@bp.post("/arbetsyta/hjul/nytt")
@requires(Permission.INFORM, again=True)
def begin() -> BaseResponse:
    """Begin a wheel; with protected personal data nothing at all is written down, not even that a form has come."""
    form = _offered(forms.BeginForm())
    if form.protected.data == forms.YES:
        return see_other(url_for("informing.call"))
    return received_once(_begun)(form)


@bp.get("/arbetsyta/hjul/ring")
@requires(Permission.INFORM)
def call() -> Response:
    """Say whom to call instead about a child with protected personal data."""
    shown = [found for unit in wheel_recipients.own_units(actor()) if (found := wheel_recipients.people_of(unit))]
    return page("informing/call.html", shown=shown)


@bp.get("/arbetsyta/hjul/<key>/skicka")
@requires(Permission.OWN_WHEEL)
@informing_steps.with_draft
def confirm(draft: drafts.Draft) -> BaseResponse:
    """Show once more to whom it goes, when all is there."""
    if informing.hindrances(draft):
        return see_other(url_for("informing.steps.check", key=draft.wheel.key))
    return _confirm_page(draft, _confirm_form(draft, formdata=None, mark=draft.mark))


@bp.post("/arbetsyta/hjul/<key>/skicka")
@requires(Permission.OWN_WHEEL)
@informing_steps.with_draft
def send(draft: drafts.Draft) -> BaseResponse:
    """Send the wheel that was read through."""
    form, key = _confirm_form(draft), draft.wheel.key
    if form.validate() and form.mark.data != draft.mark:
        form.form_errors.append("Hjulet har ändrats sedan du läste igenom det. Läs igenom det igen.")
    elif not form.errors:
        try:
            informing.send(actor(), key)
            return see_other(url_for("informing.receipt", key=key))
        except informing.CannotSend:
            return see_other(url_for("informing.steps.check", key=key))
    return _confirm_page(draft, form, status=422)


@bp.get("/arbetsyta/hjul/<key>/skickat")
@requires(Permission.OWN_WHEEL)
def receipt(key: str) -> BaseResponse:
    """Show the receipt of a sent wheel: its reference, what happens next, and a slip to cut off."""
    wheel = case_shelf.wheel(actor(), key) or abort(404)
    if wheel.state != "sent":
        return see_other(url_for("informing.steps.tasks", key=key))
    people = wheel_recipients.people_of(wheel.unit)
    return page("informing/receipt.html", wheel=wheel, people=people, may_undo=informing.may_undo(wheel))


@bp.post("/arbetsyta/hjul/<key>/angra")
@requires(Permission.OWN_WHEEL)
def undo(key: str) -> BaseResponse:
    """Take a sent wheel back within ten minutes."""
    wheel = case_shelf.wheel(actor(), key) or abort(404)
    if wheel.state != "sent":
        return see_other(url_for("informing.steps.tasks", key=key))
    try:
        informing.undo(actor(), key)
    except informing.TooLate:
        notify("Det går inte att ångra längre. Ring i stället den som har tagit emot.")
        return see_other(url_for("informing.receipt", key=key))
    notify("Hjulet är tillbaka som utkast. Mottagaren ser det inte längre.")
    return see_other(url_for("informing.steps.tasks", key=key))


@bp.get("/arbetsyta/hjul/<key>/kasta")
@requires(Permission.OWN_WHEEL)
@informing_steps.with_draft
def ask_to_throw(draft: drafts.Draft) -> Response:
    """Ask whether a draft is to be thrown away."""
    return page("informing/throw.html", draft=draft, form=forms.SureForm(formdata=None))


@bp.post("/arbetsyta/hjul/<key>/kasta")
@requires(Permission.OWN_WHEEL)
@informing_steps.with_draft
def throw(draft: drafts.Draft) -> BaseResponse:
    """Throw a draft away for good."""
    form = forms.SureForm()
    if not form.validate():
        return page("informing/throw.html", status=422, draft=draft, form=form)
    drafts.throw_away(actor(), draft.wheel.key)
    notify("Utkastet är borta.")
    return see_other(url_for("informing.mine"))


def _offered(form: forms.BeginForm) -> forms.BeginForm:
    """Offer the units from which the actor may inform; without one there is nothing to begin."""
    units = wheel_recipients.own_units(actor()) or abort(404)
    return form.offer((unit.slug, unit.label) for unit in units)


def _begun(form: forms.BeginForm) -> BaseResponse:
    token = request.form.get("med", "")
    if not form.validate():
        return _new_page(form, token, status=422)
    unit = wheel_recipients.own_unit(actor(), form.from_unit.data)
    wheel = drafts.begin(actor(), from_unit=unit, template=form.template.data, levels=carrying.take(token))
    if form.concern.data == forms.YES:
        drafts.show_concern(actor(), wheel.key)
        return see_other(url_for("informing.steps.concern", key=wheel.key))
    return see_other(url_for("informing.steps.tasks", key=wheel.key))


def _new_page(form: forms.BeginForm, token: str, status: int = 200) -> Response:
    kept = {"levels": carrying.look(token), "template_notes": forms.TEMPLATE_NOTES}
    return page("informing/new.html", fragment="form", status=status, form=form, token=token, **kept)


def _confirm_form(draft: drafts.Draft, **more: object) -> forms.ConfirmForm:
    return forms.ConfirmForm(leaves=leaving(draft), **more)


def _confirm_page(draft: drafts.Draft, form: forms.ConfirmForm, status: int = 200) -> Response:
    people = wheel_recipients.people_of(draft.unit)
    return page(
        "informing/confirm.html", fragment="form", status=status, draft=draft, form=form, people=people,
        steps=steps_of(draft),
    )  # fmt: skip

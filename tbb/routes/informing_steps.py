"""The steps of a draft of the wheel, each its own page, in any order until it is sent."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms import informing as forms
from tbb.forms.consents import ConsentForm
from tbb.policy import Permission
from tbb.services import consent_taking, consents, drafts, informing, wheel_recipients
from tbb.services.personal_data import findings
from tbb.web import informing_words as words
from tbb.web.access import LONG, requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify

bp = Blueprint("steps", __name__)
MERGED = (
    "En text hade ändrats på en annan enhet. Båda versionerna finns kvar. Läs igenom och ta bort det som är dubbelt."
)


def with_draft(view: Callable[..., Any]) -> Callable[..., Any]:
    """Give a view the draft that the address names; what has been sent is shown by its receipt alone."""

    @wraps(view)
    def opened(key: str, **more: Any) -> Any:
        try:
            draft = drafts.find(actor(), key) or abort(404)
        except drafts.NotADraft:
            return see_other(url_for("informing.receipt", key=key))
        return view(draft, **more)

    return opened


@bp.get("/arbetsyta/hjul/<key>")
@requires(Permission.OWN_WHEEL)
@with_draft
def tasks(draft: drafts.Draft) -> Response:
    """Show what is done and what is left."""
    return page("informing/tasks.html", draft=draft, steps=words.steps_of(draft))


@bp.get("/arbetsyta/hjul/<key>/fragor")
@requires(Permission.OWN_WHEEL)
@with_draft
def questions(draft: drafts.Draft) -> Response:
    """Ask the stop questions once more."""
    return _questions_page(draft, forms.StopForm(formdata=None))


@bp.post("/arbetsyta/hjul/<key>/fragor")
@requires(Permission.OWN_WHEEL)
@with_draft
def answer(draft: drafts.Draft) -> BaseResponse:
    """Go on, show where a concern is told, or forget the draft at once when the child has protected data."""
    form, key = forms.StopForm(), draft.wheel.key
    if form.protected.data == forms.YES:
        drafts.throw_away(actor(), key)
        return see_other(url_for("informing.call"))
    if not form.validate():
        return _questions_page(draft, form, status=422)
    if form.concern.data == forms.YES:
        drafts.show_concern(actor(), key)
        return see_other(url_for("informing.steps.concern", key=key))
    return _on(key)


@bp.get("/arbetsyta/hjul/<key>/orosanmalan")
@requires(Permission.OWN_WHEEL)
@with_draft
def concern(draft: drafts.Draft) -> Response:
    """Show where a concern for a child is told, in the municipality of one's unit or in another."""
    where, every = wheel_recipients.where_to_tell(draft.from_unit, request.args.get("kommun", ""))
    return page("informing/concern.html", draft=draft, steps=words.steps_of(draft), where=where, every=every)


@bp.get("/arbetsyta/hjul/<key>/mottagare")
@requires(Permission.OWN_WHEEL)
@with_draft
def recipient(draft: drafts.Draft) -> Response:
    """Show what units there are to choose from."""
    return _recipient_page(draft)


@bp.post("/arbetsyta/hjul/<key>/mottagare")
@requires(Permission.OWN_WHEEL)
@with_draft
def choose(draft: drafts.Draft) -> BaseResponse:
    """Choose the unit to inform."""
    try:
        wheel_recipients.choose(actor(), draft.wheel.key, request.form.get("unit", ""))
    except wheel_recipients.CannotReceive:
        return _recipient_page(draft, "Ingen svarar för den verksamheten i tjänsten just nu. Ring i stället.")
    return _on(draft.wheel.key)


@bp.get("/arbetsyta/hjul/<key>/om")
@requires(Permission.OWN_WHEEL)
@with_draft
def about(draft: drafts.Draft) -> Response:
    """Ask whom it is about."""
    form = _filled(forms.AboutForm, draft)
    form.about.data = draft.wheel.about
    return _step_page("informing/about.html", draft, form)


@bp.post("/arbetsyta/hjul/<key>/om")
@requires(Permission.OWN_WHEEL)
@with_draft
def save_about(draft: drafts.Draft) -> BaseResponse:
    """Save whom it is about; what the choice has no field for is forgotten."""
    form = forms.AboutForm()
    if not _fine(form):
        return _step_page("informing/about.html", draft, form, status=422)
    drafts.set_about(actor(), draft.wheel.key, form.about.data or draft.wheel.about)
    return _saved(draft, form, "about")


@bp.get("/arbetsyta/hjul/<key>/hjulet")
@requires(Permission.OWN_WHEEL)
@with_draft
def wheel(draft: drafts.Draft) -> Response:
    """Show the wheel to fill in."""
    return _step_page("informing/wheel.html", draft, _filled(words.wheel_form(draft), draft))


@bp.post("/arbetsyta/hjul/<key>/hjulet")
@requires(Permission.OWN_WHEEL, most_bytes=LONG)
@with_draft
def save_wheel(draft: drafts.Draft) -> BaseResponse:
    """Save the wheel."""
    form = words.wheel_form(draft)()
    if not _fine(form):
        return _step_page("informing/wheel.html", draft, form, status=422)
    return _saved(draft, form, "wheel")


@bp.get("/arbetsyta/hjul/<key>/berattat")
@requires(Permission.OWN_WHEEL)
@with_draft
def told(draft: drafts.Draft) -> Response:
    """Ask whether the child and the guardians know."""
    return _step_page("informing/told.html", draft, _filled(forms.ToldForm, draft))


@bp.post("/arbetsyta/hjul/<key>/berattat")
@requires(Permission.OWN_WHEEL)
@with_draft
def save_told(draft: drafts.Draft) -> BaseResponse:
    """Save whether the child and the guardians know."""
    form = forms.ToldForm()
    if not _fine(form):
        return _step_page("informing/told.html", draft, form, status=422)
    return _saved(draft, form, "told")


@bp.get("/arbetsyta/hjul/<key>/sekretess")
@requires(Permission.OWN_WHEEL)
@with_draft
def secrecy(draft: drafts.Draft) -> Response:
    """Show whether a secrecy border lies between, and the two ways over it."""
    return _secrecy_page(draft, ConsentForm(formdata=None))


@bp.post("/arbetsyta/hjul/<key>/sekretess")
@requires(Permission.OWN_WHEEL)
@with_draft
def consent(draft: drafts.Draft) -> BaseResponse:
    """Write down a consent that covers the recipient."""
    form = ConsentForm()
    if draft.unit is None or not draft.border.crosses or not form.validate():
        return _secrecy_page(draft, form, status=422)
    consent_taking.record(actor(), wheel=draft.wheel, units=[draft.unit], **form.given())
    return _on(draft.wheel.key) if informing.may_cross(draft) else _secrecy_page(draft, form)


@bp.post("/arbetsyta/hjul/<key>/anonym")
@requires(Permission.OWN_WHEEL)
@with_draft
def make_anonymous(draft: drafts.Draft) -> BaseResponse:
    """Go on as an anonymous consultation: what said whom it is about is forgotten."""
    drafts.set_about(actor(), draft.wheel.key, "anonymous")
    notify("Nu är det en anonym konsultation. Det du hade skrivit om vem det gäller är borttaget.")
    return see_other(url_for("informing.steps.secrecy", key=draft.wheel.key))


@bp.get("/arbetsyta/hjul/<key>/las-igenom")
@requires(Permission.OWN_WHEEL)
@with_draft
def check(draft: drafts.Draft) -> Response:
    """Show all answers to look through."""
    pointed_out = {name: [found for found in findings(text) if not found.refused] for name, text in draft.texts.items()}
    return page(
        "informing/check.html",
        draft=draft,
        steps=words.steps_of(draft),
        answers=words.grouped(draft),
        pointed_out={name: found for name, found in pointed_out.items() if found},
        missing=[(words.STEP_OF[reason], informing.HINDRANCES[reason]) for reason in informing.hindrances(draft)],
    )


@bp.post("/arbetsyta/hjul/<key>/spara")
@requires(Permission.OWN_WHEEL, again=True, most_bytes=LONG)
def autosave(key: str) -> BaseResponse:
    """Save what the page sends by itself: the fields that have changed, each looked at as in its step."""
    try:
        draft = drafts.find(actor(), key) or abort(404)
    except drafts.NotADraft:
        return jsonify(sent=True), 409
    form = words.every_field(draft)()
    came = [field for field in form.kept() if field.name in request.form]
    fine = [field for field in came if not forms.as_kept(field) or field.validate(form)]
    mine = {field.name: forms.as_kept(field) for field in fine}
    saved = drafts.save(actor(), key, mine, form.marks(), quiet=True)
    return jsonify(
        saved=words.saved_line(saved.at),
        seen=saved.seen,
        merged=saved.merged,
        left=[field.name for field in fine if field.name not in drafts.fields_of(draft.wheel)],
        problems={field.name: field.errors[0] for field in came if field.errors},
        warnings={field.name: [found.sentence for found in getattr(field, "warnings", ())] for field in fine},
    )


def _fine(form: forms.StepForm) -> bool:
    """Whether a step can be saved: as a draft, or as done."""
    return form.validate_said() if request.form.get("stay") else form.validate()


def _filled(form: type[forms.StepForm], draft: drafts.Draft) -> forms.StepForm:
    return form.filled({name: field.text for name, field in draft.fields.items()}, draft.seen)


def _saved(draft: drafts.Draft, form: forms.StepForm, step: str) -> BaseResponse:
    """Save a step and go on to the next that is left; back to it when two versions of a text have been put together."""
    key = draft.wheel.key
    saved = drafts.save(actor(), key, form.answers(), form.marks())
    if saved.merged:
        notify(MERGED)
    if saved.merged or request.form.get("stay"):
        return see_other(url_for(f"informing.steps.{step}", key=key))
    return _on(key)


def _on(key: str) -> BaseResponse:
    """Lead to the first step that is not done, or to reading it all through."""
    draft = drafts.find(actor(), key)
    return see_other(words.next_step(draft))


def _step_page(template: str, draft: drafts.Draft, form: forms.StepForm, status: int = 200) -> Response:
    return page(
        template,
        fragment="form",
        status=status,
        draft=draft,
        form=form,
        steps=words.steps_of(draft),
        words=words,
        forms=forms,
    )


def _questions_page(draft: drafts.Draft, form: forms.StopForm, status: int = 200) -> Response:
    kept = {"draft": draft, "form": form, "steps": words.steps_of(draft)}
    return page("informing/questions.html", fragment="form", status=status, **kept)


def _recipient_page(draft: drafts.Draft, problem: str = "") -> Response:
    query = request.args.get("q", "")
    return page(
        "informing/recipient.html",
        status=422 if problem else 200,
        draft=draft,
        steps=words.steps_of(draft),
        choice=wheel_recipients.choices(draft, actor(), query),
        chosen=wheel_recipients.people_of(draft.unit) if draft.unit else None,
        may_receive=draft.unit is not None and informing.may_receive(draft),
        problem=problem,
    )


def _secrecy_page(draft: drafts.Draft, form: ConsentForm, status: int = 200) -> Response:
    return page(
        "informing/secrecy.html",
        fragment="form",
        status=status,
        draft=draft,
        form=form,
        steps=words.steps_of(draft),
        receivers=[draft.unit.label] if draft.unit else [],
        recorded=consents.of_wheel(draft.wheel),
        may_cross=draft.unit is not None and informing.may_cross(draft),
        why_not=consents.WHY_NOT.get(consents.why_not_send(draft.wheel, draft.unit), "") if draft.unit else "",
    )

"""The plan: shown, its goals and actions changed, how far each has come, what is told of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.plans import ActionForm, DeviationForm, GoalsForm, SettleForm, StateForm
from tbb.policy import Permission, may, require
from tbb.services import meeting_shelf, plan_actions, plan_notes, plan_page, plan_shelf, plans, sealed_fields
from tbb.web import plan_words as words
from tbb.web.access import LONG, requires
from tbb.web.hypermedia import page, see_other
from tbb.web.merging import merged
from tbb.web.sitting import actor, notify
from tbb.web.surroundings import write_down

bp = Blueprint("plans", __name__)
READS = "plan:read"
ENDED = "Planen är avslutad. Det går inte att ändra den."
CHANGED = "Någon annan har ändrat åtgärden sedan du öppnade den. Läs vad som står nu, ändra och spara igen."
CHANGED_STATE = "Någon annan har ändrat åtgärden sedan du öppnade sidan. Se hur det står nu och välj igen."
NOT_THEIRS = "Den du valde kan inte få uppgiften. Samtycket gäller inte deras verksamhet i dag."


@bp.get("/planer")
@requires(Permission.READ_PLAN, reads=READS)
def mine() -> Response:
    """List the plans that one coordinates or takes part in."""
    return page("plans/mine.html", lines=plan_page.mine(actor()), words=words)


@bp.get("/planer/<key>")
@requires(Permission.READ_PLAN, reads=READS)
def show(key: str) -> Response:
    """Show a plan."""
    return _plan_page(seen(key))


def _plan_page(plan: Any, problem: str = "", status: int = 200) -> Response:
    shown = plan_page.shown(actor(), plan)
    keeps = may(actor(), Permission.HAND_ON_PLAN, shown.place)
    return page(
        "plans/show.html",
        status=status,
        problem=problem,
        shown=shown,
        words=words,
        instead=plan_page.answering_contact(shown.case),
        notes=plan_notes.of_plan(actor(), plan) if keeps else [],
        history=plan_page.history(actor(), plan) if keeps else [],
        state_form=StateForm(formdata=None),
        settle=SettleForm(formdata=None),
    )


@bp.get("/planer/<key>/mal")
@requires(Permission.CHANGE_PLAN, reads=READS)
def goals(key: str) -> BaseResponse:
    """Let the goals be written."""
    plan = changed(key)
    return _goals_page(plan, GoalsForm.showing(sealed_fields.read(plan)))


@bp.post("/planer/<key>/mal")
@requires(Permission.CHANGE_PLAN, reads=READS, most_bytes=LONG)
def save_goals(key: str) -> BaseResponse:
    """Save the goals, or let two people's words be put together."""
    plan, form = changed(key), GoalsForm()
    if not form.validate():
        return _goals_page(plan, form, status=422)
    try:
        plans.change(actor(), plan, form.answers(), form.versions())
    except sealed_fields.Overtaken as problem:
        back = url_for("plans.show", key=key)
        address = url_for("plans.save_goals", key=key)
        return page("plans/merge.html", plan=plan, words=words, address=address, back=back,
                    status=409, **merged(form, problem.conflicts))  # fmt: skip
    except plan_shelf.Ended:
        return over(key)
    notify("Sparat.")
    return see_other(url_for("plans.show", key=key))


@bp.get("/planer/<key>/atgarder/ny")
@requires(Permission.CHANGE_PLAN, reads=READS)
def new_action(key: str) -> Response:
    """Ask what is to be done."""
    plan = changed(key)
    return _action_page(plan, _offering(plan, ActionForm(formdata=None)))


@bp.post("/planer/<key>/atgarder/ny")
@requires(Permission.CHANGE_PLAN, reads=READS)
def add_action(key: str) -> BaseResponse:
    """Add an action."""
    plan = changed(key)
    form = _offering(plan, ActionForm())
    if not form.validate() or form.needs_a_look():
        return _action_page(plan, form, status=422)
    return _kept(plan, form, lambda: plan_actions.add(actor(), plan, form.wanted()))


@bp.get("/planer/<key>/atgarder/<action>")
@requires(Permission.CHANGE_PLAN, reads=READS)
def action(key: str, action: str) -> Response:
    """Let an action be changed."""
    plan = changed(key)
    found = _action(plan, action)
    return _action_page(plan, _offering(plan, ActionForm(formdata=None, data=words.filled(found))), found)


@bp.post("/planer/<key>/atgarder/<action>")
@requires(Permission.CHANGE_PLAN, reads=READS)
def change_action(key: str, action: str) -> BaseResponse:
    """Change an action."""
    plan = changed(key)
    found, form = _action(plan, action), _offering(plan, ActionForm())
    if not form.validate() or form.needs_a_look():
        return _action_page(plan, form, found, status=422)
    version = shown_version(form) or 0
    return _kept(plan, form, lambda: plan_actions.change(actor(), plan, action, form.wanted(), version), found)


@bp.post("/planer/<key>/atgarder/<action>/lage")
@requires(Permission.WORK_ON_PLAN)
def set_state(key: str, action: str) -> BaseResponse:
    """Say how far an action has come."""
    plan, form = seen(key), StateForm()
    require(actor(), Permission.WORK_ON_PLAN, meeting_shelf.place_of_plan(plan))
    if not form.validate():
        abort(400)
    try:
        plan_actions.set_state(actor(), plan, action, form.state.data, shown_version(form))
        notify("Sparat.")
    except plan_actions.NotThere:
        abort(404)
    except plan_actions.Changed:
        write_down(actor(), READS, {"key": key})
        return _plan_page(plan, CHANGED_STATE, status=409)
    except plan_shelf.Ended:
        return over(key)
    return see_other(url_for("plans.show", key=key, _anchor="atgarder"))


@bp.get("/planer/<key>/avvikelse")
@requires(Permission.HAND_ON_PLAN, reads=READS)
def deviation(key: str) -> Response:
    """Ask which service does not take part."""
    plan = kept(key)
    return _deviation_page(plan, DeviationForm(formdata=None).offer(plan_notes.services(plan)))


@bp.post("/planer/<key>/avvikelse")
@requires(Permission.HAND_ON_PLAN, reads=READS)
def deviate(key: str) -> BaseResponse:
    """Note that a service does not take part."""
    plan = kept(key)
    form = DeviationForm().offer(plan_notes.services(plan))
    if not form.validate() or form.needs_a_look():
        return _deviation_page(plan, form, status=422)
    try:
        plan_notes.deviate(actor(), plan, int(form.unit.data), form.text.data)
    except plan_shelf.Ended:
        return over(key)
    notify("Avvikelsen är sparad.")
    return see_other(url_for("plans.show", key=key, _anchor="sagt"))


@bp.post("/planer/<key>/anteckningar/<note>")
@requires(Permission.HAND_ON_PLAN, reads=READS)
def settle(key: str, note: str) -> BaseResponse:
    """Say what was done about something that was told."""
    plan, form = kept(key), SettleForm()
    if not form.validate() or form.needs_a_look():
        found = [each for each in plan_notes.of_plan(actor(), plan) if each.key == note] or abort(404)
        return page("plans/settle.html", plan=plan, note=found[0], form=form, words=words, status=422)
    try:
        plan_notes.settle(actor(), plan, note, form.done.data)
    except plan_notes.NotThere:
        abort(404)
    notify("Sparat.")
    return see_other(url_for("plans.show", key=key, _anchor="sagt"))


def seen(key: str) -> Any:
    """The plan of this key, among those the one who asks may see."""
    return meeting_shelf.plan(actor(), key) or abort(404)


def changed(key: str) -> Any:
    """The plan of this key, for its samordningsperson, or for who answers for the case while there is none."""
    found = seen(key)
    require(actor(), Permission.CHANGE_PLAN, meeting_shelf.place_of_plan(found))
    return found


def kept(key: str) -> Any:
    """The plan of this key, for its samordningsperson and for those who answer for the case."""
    found = seen(key)
    require(actor(), Permission.HAND_ON_PLAN, meeting_shelf.place_of_plan(found))
    return found


def shown_version(form: ActionForm | StateForm) -> int | None:
    """The version that an action had when the page was shown; None when the form does not say."""
    return int(form.version.data) if (form.version.data or "").isdecimal() else None


def over(key: str) -> BaseResponse:
    """Lead back to a plan that has ended, and say so."""
    notify(ENDED)
    return see_other(url_for("plans.show", key=key))


def _offering(plan: Any, form: ActionForm) -> ActionForm:
    return form.offer(plan_actions.possible(plan.case), plan_page.services_of(plan))


def _action(plan: Any, key: str) -> Any:
    return next((each for each in plan_actions.of_plan(plan) if each.key == key), None) or abort(404)


def _kept(plan: Any, form: ActionForm, change: Any, found: Any = None) -> BaseResponse:
    """Save an action, or show the form again with what stands in the way."""
    try:
        change()
    except plan_actions.NotTheirs:
        form.form_errors.append(NOT_THEIRS)
        return _action_page(plan, form, found, status=422)
    except plan_actions.Changed:
        form.form_errors.append(CHANGED)
        form.version.data = str(found.version)
        return _action_page(plan, form, found, stands=found, status=409)
    except plan_shelf.Ended:
        return over(plan.key)
    notify("Sparat.")
    return see_other(url_for("plans.show", key=plan.key, _anchor="atgarder"))


def _goals_page(plan: Any, form: GoalsForm, status: int = 200) -> Response:
    told = {"shown": plan_page.shown(actor(), plan), "form": form, "words": words}
    return page("plans/goals.html", fragment="form" if status != 200 else None, status=status, **told)


def _action_page(plan: Any, form: ActionForm, found: Any = None, stands: Any = None, status: int = 200) -> Response:
    told = {"plan": plan, "form": form, "found": found, "stands": stands, "words": words}
    return page("plans/action.html", fragment="form" if status != 200 else None, status=status, **told)


def _deviation_page(plan: Any, form: DeviationForm, status: int = 200) -> Response:
    told = {"plan": plan, "form": form, "words": words}
    return page("plans/deviation.html", fragment="form" if status != 200 else None, status=status, **told)

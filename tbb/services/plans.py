"""The plan of a case (R17): made when a meeting closes, changed by its samordningsperson, ended with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tbb import clock
from tbb.database import transaction
from tbb.models import Coordinator, Meeting, Plan
from tbb.models.kinds import CaseEventKind
from tbb.models.meeting_kinds import PlanState
from tbb.policy import Actor, Permission, require
from tbb.services import audit, case_files, meeting_shelf, plan_actions, plan_notes, plan_shelf, sealed_fields, tokens
from tbb.services.plan_actions import NewAction
from tbb.services.wheel_texts import AREAS

CHILD, OWN, HIDDEN = "child", "own", "hidden"
"""A goal in the child's words, in the professionals', and that the area is not shown to guardians."""
GOALS = tuple(f"goal.{area}.{part}" for area in AREAS for part in (CHILD, OWN, HIDDEN))
"""Every field of a plan that is written by hand."""


class ReasonMissing(Exception):
    """A plan is ended with a reason."""


@transaction
def make(actor: Actor, meeting: Meeting, *, goals: Mapping[str, str], actions: Iterable[NewAction]) -> Plan:
    """Make the plan that a meeting agreed on; when the case has one already, write what is new in that one.

    `goals` are named ``goal.<area>.child`` and ``goal.<area>.own``. Raises Refused, ValueError for a field that is no
    goal, and plan_actions.NotTheirs for somebody who cannot be given anything to do.
    """
    require(actor, Permission.CLOSE_MEETING, meeting_shelf.place_of_meeting(meeting))
    _check(goals)
    case = meeting.case
    plan_shelf.hold(case)
    plan = plan_shelf.of_case(case)
    event = CaseEventKind.PLAN_CHANGED if plan else CaseEventKind.PLAN_MADE
    if plan is None:
        plan = Plan.create(
            key=case_files.new_key(),
            reference=case_files.new_reference("P"),
            case=case,
            meeting=meeting,
            made_at=clock.now(),
        )
    changed = sealed_fields.save(plan, {name: text.strip() for name, text in goals.items()}, by=actor.account)
    added = [plan_actions.create(plan, action) for action in actions]
    verb = "plan:make" if event == CaseEventKind.PLAN_MADE else "plan:change"
    plan_shelf.note_change(actor, plan, verb, {*_parts(changed), *(["actions"] if added else [])}, event=event)
    return Plan.get_by_id(plan.id)


@transaction
def change(actor: Actor, plan: Plan, goals: Mapping[str, str], seen: Mapping[str, int] | None = None) -> bool:
    """Change the goals; whether anything differed. `seen` gives the version each had when it was shown.

    Raises Refused, plan_shelf.Ended, ValueError, and sealed_fields.Overtaken when somebody was first.
    """
    require(actor, Permission.CHANGE_PLAN, meeting_shelf.place_of_plan(plan))
    _check(goals)
    stands = plan_shelf.latest(plan)
    changed = sealed_fields.save(stands, goals, by=actor.account, seen=seen)
    if changed:
        plan_shelf.note_change(actor, stands, "plan:change", _parts(changed))
    return bool(changed)


@transaction
def end(actor: Actor, plan: Plan, reason: str) -> Plan:
    """End a plan, and with it the samordningsperson's task; then the case can be closed.

    Raises Refused, ReasonMissing and plan_shelf.Ended.
    """
    require(actor, Permission.CHANGE_PLAN, meeting_shelf.place_of_plan(plan))
    if not reason.strip():
        raise ReasonMissing
    stands = plan_shelf.latest(plan)
    finish(actor, stands, reason.strip())
    return Plan.get_by_id(stands.id)


def finish(actor: Actor, plan: Plan, reason: str) -> None:
    """Within the caller's transaction, end a plan and its samordningsperson; the caller has required the right."""
    moment, place = clock.now(), meeting_shelf.place_of_plan(plan)
    Plan.update(state=PlanState.ENDED, ended_at=moment, version=Plan.version + 1).where(Plan.id == plan.id).execute()
    Coordinator.update(ended_at=moment, ended_why="plan_ended").where(
        Coordinator.case == plan.case_id, Coordinator.ended_at.is_null()
    ).execute()
    tokens.revoke(plan_notes.PURPOSE, plan.id)
    case_files.note_event(actor, plan.case, CaseEventKind.PLAN_ENDED, reason=reason)
    audit.record(actor, "plan:end", "plan", plan.reference, place=place, fields=("state", "reason"))


def _parts(names: Iterable[str]) -> set[str]:
    """Name what changed without its area, which would say something of the child."""
    return {f"goal.{name.rpartition('.')[2]}" for name in names}


def _check(goals: Mapping[str, str]) -> None:
    if unknown := set(goals) - set(GOALS):
        raise ValueError(f"A plan has no goals named {sorted(unknown)}.")

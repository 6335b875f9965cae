"""The plan as it stands: the one that a case follows now, read alone while it is changed, and the note of a change."""

from __future__ import annotations

from collections.abc import Iterable

from tbb.database import load, one_at_a_time
from tbb.models import Case, Plan
from tbb.models.kinds import CaseEventKind
from tbb.models.meeting_kinds import PlanState
from tbb.policy import Actor
from tbb.services import audit, case_files, case_notes, meeting_shelf


class Ended(Exception):
    """The plan is ended. Nothing more is done with it."""


def of_case(case: Case | int) -> Plan | None:
    """Find the plan that a case follows now; None when there is none."""
    number = case if isinstance(case, int) else case.id
    return next(iter(load(Plan, "case_id = ? AND state <> 'ended'", (number,))), None)


def hold(case: Case | int) -> None:
    """Within a transaction, wait for whoever is changing a case's plan; others wait for the end of this transaction.

    Whoever changes a case and its plan begins with this, for the plan comes before the case, and consents before both:
    in one order, so that no two wait for each other in a ring.
    """
    one_at_a_time(f"plan of case {case if isinstance(case, int) else case.id}")


def latest(plan: Plan) -> Plan:
    """Within a transaction, read a plan as it stands once nobody else is changing it; raise Ended when it is over."""
    hold(plan.case_id)
    found = load(Plan, "id = ?", (plan.id,))
    if not found or found[0].state == PlanState.ENDED:
        raise Ended
    return found[0]


def note_change(
    actor: Actor,
    plan: Plan,
    verb: str,
    fields: Iterable[str],
    *,
    event: CaseEventKind | None = CaseEventKind.PLAN_CHANGED,
) -> None:
    """Within the caller's transaction, note a change: in the plan's version, among the case's events, in the audit."""
    Plan.update(version=Plan.version + 1).where(Plan.id == plan.id).execute()
    if event is None:
        case_notes.touch(plan.case)
    else:
        case_files.note_event(actor, plan.case, event)
    audit.record(actor, verb, "plan", plan.reference, place=meeting_shelf.place_of_plan(plan), fields=fields)

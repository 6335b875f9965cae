"""What waits around plans for the one who signs in: counted, and nothing that is not theirs to do."""

from __future__ import annotations

from tbb.database import load, rows
from tbb.models import Plan
from tbb.policy import Actor, Permission, may
from tbb.services import case_shelf, meeting_shelf, plan_notes, plan_owners, plan_page, plan_reminders

_KEPT = """
    SELECT p.id FROM plan p JOIN casefile c ON c.id = p.case_id WHERE p.state <> 'ended' AND c.unit_id IN ({marks})
"""
_MY_ACTIONS = """
    SELECT a.plan_id FROM plan_action a JOIN plan p ON p.id = a.plan_id
    WHERE p.state <> 'ended' AND a.account_id = ? AND a.state IN ('planned', 'doing')
"""


def count(actor: Actor) -> dict[str, int]:
    """Count what waits: told and not settled, without samordningsperson, follow-ups that are late, own actions."""
    units = case_shelf.units_answered(actor)
    ownerless = plan_owners.ownerless_at(units)
    kept = plan_page.coordinated(actor)
    marks = ", ".join("?" * len(units))
    answered = [number for (number,) in rows(_KEPT.format(marks=marks), units)] if units else []
    # Those who answer for a case keep the plan when nobody with an account does.
    kept += [number for number in answered if number not in kept and _nobody_keeps(number)]
    late = sum(plan_reminders.late(load(Plan, "id = ?", (number,))[0]) for number in kept)
    return {
        "plan_told": plan_notes.waiting(kept),
        "plan_ownerless": len(ownerless),
        "plan_followup": late,
        "plan_actions": _own(actor),
    }


def _nobody_keeps(number: int) -> bool:
    return meeting_shelf.place_of_plan(load(Plan, "id = ?", (number,))[0]).coordinator is None


def _own(actor: Actor) -> int:
    """The actions that are the actor's own, in plans that they may still work on."""
    found = [number for (number,) in rows(_MY_ACTIONS, (actor.account,))]
    allowed = {
        number: may(actor, Permission.WORK_ON_PLAN, meeting_shelf.place_of_plan(load(Plan, "id = ?", (number,))[0]))
        for number in set(found)
    }
    return sum(allowed[number] for number in found)

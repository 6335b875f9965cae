"""The shelf of meetings and plans: look-ups begin with what the one who asks may see, and say where it belongs."""

from __future__ import annotations

from dataclasses import replace

from tbb.database import load, rows
from tbb.models import Case, Coordinator, Meeting, Plan
from tbb.models.kinds import Information
from tbb.models.meeting_kinds import ParticipantState
from tbb.policy import Actor, Permission, Place, may
from tbb.services import case_shelf, consents, coordinating, employment

ANSWERED_FOR = (
    ParticipantState.ASKED,
    ParticipantState.INVITED,
    ParticipantState.ACCEPTED,
    ParticipantState.TENTATIVE,
    ParticipantState.DECLINED,
)
"""The states of somebody who has been asked and is asked still."""
_PARTICIPANTS = f"""
    SELECT DISTINCT p.account_id, y.unit_id FROM participant p JOIN meeting m ON m.id = p.meeting_id
    JOIN account a ON a.id = p.account_id LEFT JOIN meeting_party y ON y.id = p.party_id
    WHERE {{where}} AND m.state <> 'cancelled' AND p.ended_at IS NULL AND y.ended_at IS NULL
      AND p.state IN ({{states}}) AND {employment.works_at("y.unit_id")}
"""
"""Those who are asked, and work still for the service for which they are: leaving it ends that at once (C09)."""


def meeting(actor: Actor, key: str, permission: Permission = Permission.READ_MEETING) -> Meeting | None:
    """Find a meeting by its key among those the actor may see; None when there is none there."""
    found = load(Meeting, "key = ?", (key,))
    return found[0] if found and may(actor, permission, place_of_meeting(found[0])) else None


def plan(actor: Actor, key: str, permission: Permission = Permission.READ_PLAN) -> Plan | None:
    """Find a plan by its key among those the actor may see; None when there is none there."""
    found = load(Plan, "key = ?", (key,))
    return found[0] if found and may(actor, permission, place_of_plan(found[0])) else None


def place_of_meeting(meeting: Meeting) -> Place:
    """Say where a meeting belongs: its case's unit, and those who are asked to it and covered by a consent today."""
    return _place(meeting.case, "m.id = ?", meeting.id)


def place_of_plan(plan: Plan) -> Place:
    """Say where a plan belongs: its case's unit, and those who take part in a meeting of the case, covered today."""
    return _place(plan.case, "m.case_id = ?", plan.case_id, Information.PLAN)


def place_around(case: Case) -> Place:
    """Say where all meetings and plans of a case belong: its unit, and those who take part in any, covered today."""
    return _place(case, "m.case_id = ?", case.id)


def coordinator_of(case: Case | int) -> Coordinator | None:
    """Find who is the samordningsperson of a case now; None before one is appointed."""
    number = case if isinstance(case, int) else case.id
    return next(iter(load(Coordinator, "case_id = ? AND ended_at IS NULL", (number,))), None)


def may_be_shared_with(case: Case, unit: int, kind: Information = Information.MEETING) -> bool:
    """Whether a service may be asked, invited, written to and let read today (R13): of a meeting, if nothing is said.

    The case's own unit always; anybody in an anonymous consultation, which says of nobody (R22); else those whom a
    consent covers today.
    """
    return consents.may_be_shared_with(case, unit, kind=kind)


def _place(case: Case, where: str, number: int, kind: Information = Information.MEETING) -> Place:
    states = ", ".join(f"'{state.value}'" for state in ANSWERED_FOR)
    found = rows(_PARTICIPANTS.format(where=where, states=states), (number, *employment.today()))
    units = {unit for _account, unit in found if unit is not None}
    shared = {unit: may_be_shared_with(case, unit, kind) for unit in units}
    taking_part = frozenset(account for account, unit in found if unit is None or shared[unit])
    appointed = coordinator_of(case)
    return replace(
        case_shelf.place_of(case), participants=taking_part, coordinator=_account_of(case, appointed, taking_part)
    )


def _account_of(case: Case, appointed: Coordinator | None, taking_part: frozenset[int]) -> int | None:
    """The account of the samordningsperson, if they have the plan today: leaving, or a withdrawn consent, ends that.

    While they are away those who answer for the case have it, so that it never waits for somebody who is not there.
    """
    if appointed is None or appointed.account_id is None or not coordinating.works_still(appointed):
        return None
    if coordinating.is_away(appointed):
        return None
    if appointed.unit_id is None:
        return appointed.account_id if appointed.account_id in taking_part else None
    return appointed.account_id if may_be_shared_with(case, appointed.unit_id, Information.PLAN) else None

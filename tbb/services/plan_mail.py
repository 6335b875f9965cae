"""The letters about a plan: to whom its responsible are written, and whether a letter may still leave."""

from __future__ import annotations

from collections.abc import Callable

from tbb.database import load, rows
from tbb.models import Account, Coordinator, Participant, Plan
from tbb.models.kinds import CaseState, Information
from tbb.models.meeting_kinds import PlanState
from tbb.services import case_files, coordinating, keepers, meeting_shelf, meetings

_OF_ACTION = "SELECT plan_id, account_id, participant_id, state FROM plan_action WHERE key = ?"
_OF_NOTE = "SELECT plan_id FROM plan_note WHERE key = ?"


def address_of_responsible(plan: Plan, account: int | None, participant: int | None) -> str:
    """Where who has something to do by a plan is written to, if they may know of it today; "" when they may not."""
    if account is None:
        return _address_of_guest(plan, participant)
    place, answering = meeting_shelf.place_of_plan(plan), case_files.answering(plan.case.unit_id)
    known = place.participants | place.delegates | {keeper.account for keeper in answering} | {place.coordinator}
    return _email_of(account) if account in known else ""


def may_leave(dedupe: str, recipient: str) -> bool:
    """Whether a letter may leave now: one about a plan only while the plan goes on and its reader has part in it.

    Asked by the worker just before each letter leaves (AC09): between the writing of a letter and its turn a consent
    may have been taken back, a task handed on, an account shut or what was to be done may have been done.
    """
    kind, _, rest = dedupe.partition(":")
    look = _LOOKS.get(kind)
    return look is None or look(rest.split(":")[0], recipient.lower())


def _action(key: str, recipient: str) -> bool:
    found = rows(_OF_ACTION, (key,))
    if not found or found[0][3] not in ("planned", "doing"):
        return False
    number, account, participant, _state = found[0]
    plan = _going_on(number)
    return plan is not None and address_of_responsible(plan, account, participant).lower() == recipient


def _appointed(number: str, _recipient: str) -> bool:
    """Of who has been appointed: as long as they are the samordningsperson and may be."""
    found = load(Coordinator, "id = ? AND ended_at IS NULL", (int(number),))
    if not found or not coordinating.works_still(found[0]):
        return False
    case, unit = found[0].case, found[0].unit_id
    return unit is None or meeting_shelf.may_be_shared_with(case, unit, Information.PLAN)


def _told(key: str, recipient: str) -> bool:
    found = rows(_OF_NOTE, (key,))
    return bool(found) and _of_plan(str(found[0][0]), recipient)


def _of_plan(number: str, recipient: str) -> bool:
    """Of a plan as a whole: to its samordningsperson, who answers for its case, and those above who are told."""
    plan = _going_on(int(number))
    if plan is None:
        return False
    unit, owner = plan.case.unit, meeting_shelf.place_of_plan(plan).coordinator
    told = [*case_files.answering(unit.id), *keepers.owners(unit.id, unit.organizer_id)]
    known = {keeper.email.lower() for keeper in told}
    return recipient in known or (owner is not None and _email_of(owner).lower() == recipient)


_LOOKS: dict[str, Callable[[str, str], bool]] = {
    "plan-action": _action,
    "plan-yours": _appointed,
    "coordinator": _appointed,
    "plan-told": _told,
    "plan-without": _of_plan,
    "plan-book": _of_plan,
    "plan-record": _of_plan,
}
"""How each kind of letter about a plan is looked at once more, by what its name begins with."""


def _going_on(number: int) -> Plan | None:
    found = load(Plan, "id = ?", (number,))
    goes_on = found and found[0].state != PlanState.ENDED and found[0].case.state != CaseState.CLOSED
    return found[0] if goes_on else None


def _email_of(account: int) -> str:
    found = load(Account, "id = ? AND state = 'active'", (account,))
    return found[0].email if found else ""


def _address_of_guest(plan: Plan, number: int | None) -> str:
    """The address of a professional without account who is asked still and whom a consent covers; "" for others."""
    found = load(Participant, "id = ? AND ended_at IS NULL AND role = 'professional'", (number,))
    if not found or found[0].person is None:
        return ""
    covered = meeting_shelf.may_be_shared_with(plan.case, found[0].party.unit_id, Information.PLAN)
    return meetings.contact_of(found[0]).email if covered else ""

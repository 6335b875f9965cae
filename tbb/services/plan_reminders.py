"""A follow-up that cannot be forgotten: reminders to each responsible, and of follow-ups further up by date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from tbb import clock
from tbb.database import as_day, load, one_at_a_time, rows, transaction
from tbb.models import Account, Meeting, Plan, PlanAction, Unit
from tbb.policy import WORKER
from tbb.services import audit, case_files, followups, keepers, letters, meeting_shelf, plan_mail
from tbb.services.keepers import Keeper

FIRST, SECOND, THIRD = 1, 7, 14
"""Days from when a follow-up should have been recorded until its samordningsperson is told, those who answer for the
case too, and then the unit's head too, every week."""
TO_BOOK = 3
"""Days in which a plan may be without a booked follow-up before the first of those."""
_ACTIONS = """
    SELECT a.id, a.key, a.account_id, a.participant_id, a.due_on, a.reminded_on, p.id FROM plan_action a
    JOIN plan p ON p.id = a.plan_id JOIN casefile c ON c.id = p.case_id
    WHERE p.state <> 'ended' AND a.state IN ('planned', 'doing') AND a.due_on <= ? AND c.state <> 'closed'
      AND (a.account_id IS NOT NULL OR a.participant_id IS NOT NULL) ORDER BY a.id
"""


@transaction
def remind() -> int:
    """Remind those who have something to do this week or should have done it; count the letters. For every day.

    Once from the Monday of the week and once when the week has passed; never somebody whom no consent covers.
    """
    one_at_a_time("plan reminders")
    today, written = clock.today(), 0
    sunday = today + timedelta(days=7 - today.isoweekday())
    for number, key, account, participant, due, reminded, plan in rows(_ACTIONS, (sunday,)):
        due, reminded = as_day(due), as_day(reminded)
        late = due < today
        if reminded is not None and (not late or reminded > due):
            continue
        written += _remind(load(Plan, "id = ?", (plan,))[0], key, account, participant, late)
        PlanAction.update(reminded_on=today).where(PlanAction.id == number).execute()
    return written


@transaction
def escalate() -> int:
    """Tell of every plan whose follow-up is not booked or not recorded in time: the longer, the further up.

    For every day; each letter is written once, the last step once a week. Counts the plans that are late.
    """
    one_at_a_time("plan follow-ups")
    late = 0
    for plan in load(Plan, "state <> 'ended' AND case_id IN (SELECT id FROM casefile WHERE state <> 'closed')"):
        since, what = _waits_since(plan)
        waited = (clock.today() - since).days
        if waited >= FIRST:
            late += 1
            _tell(plan, what, since, waited)
    return late


def late(plan: Plan) -> bool:
    """Whether its follow-up should have been booked, or recorded, by now."""
    return (clock.today() - _waits_since(plan)[0]).days >= FIRST


def _waits_since(plan: Plan) -> tuple[date, str]:
    """Since which day something is to be done about the follow-up, and what: to book it or to record it."""
    meeting = followups.following(plan)
    if meeting is not None:
        return clock.local(meeting.ends_at or meeting.created_at).date(), "record"
    moments = [plan.made_at]
    for earlier in load(Meeting, "id = ?", (plan.followup_id,)):
        moments += [moment for moment in (earlier.cancelled_at, earlier.closed_at) if moment]
    return clock.local(max(moments)).date() + timedelta(days=TO_BOOK - FIRST), "book"


def _tell(plan: Plan, what: str, since: date, waited: int) -> None:
    owner = _owner(meeting_shelf.place_of_plan(plan).coordinator)
    answering = case_files.answering(plan.case.unit_id)
    facts = {"what": what, "path": f"/planer/{plan.key}"}
    mark = f"plan-{what}:{plan.id}:{since}"
    _write(f"{mark}:1", owner, "plan_followup", facts)
    if waited >= SECOND or not owner:
        _write(f"{mark}:2", answering, "plan_followup", facts)
    if waited >= THIRD:
        week = (waited - THIRD) // 7
        if week:
            _write(f"{mark}:3:{week}", [*owner, *answering], "plan_followup", facts)
        _tell_above(f"{mark}:above:{week}", plan.case.unit)


def _tell_above(mark: str, unit: Unit) -> None:
    above = keepers.unit_heads(unit.id) or keepers.organizer_admins(unit.organizer_id)
    facts = {"unit": unit.label, "path": f"/arbetsyta/verksamheter/{unit.slug}/ansvariga"}
    _write(mark, above, "plan_unattended", facts)


def _owner(account: int | None) -> list[Keeper]:
    found = load(Account, "id = ? AND state = 'active'", (account,)) if account is not None else []
    return [Keeper(each.id, each.email, each.name) for each in found]


def _write(mark: str, told: Iterable[Keeper], template: str, facts: dict[str, object]) -> None:
    for keeper in keepers.once(told):
        letters.write(f"{mark}:{keeper.account}", keeper.email, template, facts)


def _remind(plan: Plan, key: str, account: int | None, participant: int | None, late: bool) -> int:
    """Write to the responsible, if they may still know; the letter says only that there is something to do."""
    place = meeting_shelf.place_of_plan(plan)
    email = plan_mail.address_of_responsible(plan, account, participant)
    template, facts = "plan_action", {"late": late, "path": f"/planer/{plan.key}"}
    if account is None:
        template, facts = "plan_action_elsewhere", {"late": late}
    if not email:
        return 0
    mark = f"plan-action:{key}:{'late' if late else 'week'}:{clock.today()}"
    letters.write(mark, email, template, facts)
    audit.record(WORKER, "plan:remind", "plan", plan.reference, place=place)
    return 1

"""No plan is ever without an owner: handing it on to a new samordningsperson, and noticing when one is gone."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tbb import clock
from tbb.database import case_keys, load, one_at_a_time, rows, transaction
from tbb.models import Account, Case, Coordinator, Participant, Plan
from tbb.models.kinds import CaseEventKind
from tbb.policy import WORKER, Actor, Permission, require
from tbb.services import (
    audit,
    case_files,
    coordinating,
    letters,
    meeting_shelf,
    meetings,
    plan_actions,
    plan_shelf,
    weeks,
)

GONE = "Samordningspersonen arbetar inte kvar. Den som svarar för ärendet har planen tills någon ny är utsedd."
"""What stands among a case's events when a samordningsperson has left."""
_OWNERLESS = """
    SELECT p.id, c.unit_id, p.key, COALESCE((SELECT MAX(k.id) FROM coordinator k WHERE k.case_id = c.id), 0)
    FROM plan p JOIN casefile c ON c.id = p.case_id
    WHERE p.state <> 'ended'
      AND NOT EXISTS (SELECT 1 FROM coordinator k WHERE k.case_id = c.id AND k.ended_at IS NULL) {more} ORDER BY p.id
"""


class ReasonMissing(Exception):
    """Why the child was not asked, or why somebody else than it wished is appointed, must be told (R16)."""


class Overtaken(Exception):
    """Somebody else has handed the plan on since the page was shown."""


@dataclass(frozen=True)
class Choice:
    """Who is to be the samordningsperson, and what the child said; `wish` is whom the child wishes."""

    to: plan_actions.Somebody
    child_asked: bool
    why_not_asked: str = ""
    wish: str = ""
    as_wished: bool = True
    reason: str = ""


@transaction
def hand_on(actor: Actor, plan: Plan, choice: Choice, seen: str | None = None) -> Coordinator:
    """Let somebody else be the samordningsperson from now on, the child asked again (R16).

    By the samordningsperson, or by those who answer for the case. `seen` is the mark of who had the plan when the page
    was shown. Raises Refused, ReasonMissing, plan_shelf.Ended, Overtaken, and plan_actions.NotTheirs for somebody who
    does not take part or whom no consent covers.
    """
    require(actor, Permission.HAND_ON_PLAN, meeting_shelf.place_of_plan(plan))
    stands = plan_shelf.latest(plan)
    if seen is not None and seen != mark_of_owner(stands):
        raise Overtaken
    require(actor, Permission.HAND_ON_PLAN, meeting_shelf.place_of_plan(stands))
    if not (choice.child_asked or choice.why_not_asked.strip()) or not (choice.as_wished or choice.reason.strip()):
        raise ReasonMissing
    if choice.to not in plan_actions.possible(stands.case):
        raise plan_actions.NotTheirs
    _end(stands.case, "passed_on")
    made = _appoint(actor, stands.case, choice)
    plan_shelf.note_change(
        actor, stands, "plan:hand-on", ("coordinator", "child_asked", "wish", "reason"), event=CaseEventKind.COORDINATOR
    )
    tell(stands, made)
    return made


def mark_of_owner(plan: Plan) -> str:
    """What a page remembers of who had the plan when it was shown: the number of the appointment, "" for nobody."""
    found = meeting_shelf.coordinator_of(plan.case_id)
    return str(found.id) if found is not None else ""


@transaction
def watch() -> int:
    """End the task of every samordningsperson who is gone, and tell those who then have the plan; count those plans.

    For every minute: a letter is written once in a week for each plan that nobody coordinates.
    """
    one_at_a_time("plan owners")
    for number, case in coordinating.gone():
        _leave(number, load(Case, "id = ?", (case,))[0])
    found = rows(_OWNERLESS.format(more=""))
    week = weeks.monday_of(clock.today())
    for plan, unit, key, last in found:
        mark = f"plan-without:{plan}:{last}:{week}"
        case_files.tell_those_who_answer(unit, "plan_without_coordinator", mark, {"path": f"/planer/{key}"})
    return len(found)


def ownerless_at(units: list[int]) -> list[int]:
    """Find the plans of some units' cases that have no samordningsperson."""
    if not units:
        return []
    more = f"AND c.unit_id IN ({', '.join('?' * len(units))})"
    return [row[0] for row in rows(_OWNERLESS.format(more=more), units)]


def words_of(appointed: Coordinator) -> dict[str, str]:
    """Open what the child wished, why it was not asked, and why somebody else was appointed."""
    sealed = case_keys().open(appointed.case.seal, appointed.words, words_place(appointed.id))
    return {"why_not_asked": "", "wish": "", "reason": ""} | json.loads(sealed)


def words_place(number: int) -> str:
    """What those words are bound to."""
    return f"coordinator.words:{number}"


def _appoint(actor: Actor, case: Case, choice: Choice) -> Coordinator:
    made = Coordinator.create(
        case=case, account=choice.to.account, participant=choice.to.participant, unit=choice.to.unit,
        child_asked=choice.child_asked, as_wished=choice.as_wished, words=b"", appointed_by=actor.account,
        starts_at=clock.now(),
    )  # fmt: skip
    said = {
        "why_not_asked": "" if choice.child_asked else choice.why_not_asked.strip(),
        "wish": choice.wish.strip(),
        "reason": "" if choice.as_wished else choice.reason.strip(),
    }
    sealed = case_keys().seal(case.seal, json.dumps(said), words_place(made.id))
    Coordinator.update(words=sealed).where(Coordinator.id == made.id).execute()
    return Coordinator.get_by_id(made.id)


def _leave(number: int, case: Case) -> None:
    Coordinator.update(ended_at=clock.now(), ended_why="left").where(Coordinator.id == number).execute()
    case_files.note_event(WORKER, case, CaseEventKind.COORDINATOR, reason=GONE)
    place = meeting_shelf.place_around(case)
    audit.record(WORKER, "coordinator:left", "case", case.reference, place=place, fields=("coordinator",))


def _end(case: Case, why: str) -> None:
    Coordinator.update(ended_at=clock.now(), ended_why=why).where(
        Coordinator.case == case, Coordinator.ended_at.is_null()
    ).execute()


def tell(plan: Plan, appointed: Coordinator) -> None:
    """Write to the new samordningsperson, within the caller's transaction, that there is something; never what."""
    mark = f"plan-yours:{appointed.id}"
    if appointed.account_id is not None:
        email = Account.get_by_id(appointed.account_id).email
        letters.write(mark, email, "plan_yours", {"path": f"/planer/{plan.key}"})
    elif appointed.participant_id is not None:
        email = meetings.contact_of(Participant.get_by_id(appointed.participant_id)).email
        if email:
            letters.write(mark, email, "plan_yours_elsewhere", {})

"""What is to be done by a plan: by whom, for which service, by which week, and how far each of it has come."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tbb import clock
from tbb.database import case_keys, load, rows, transaction
from tbb.models import Case, Plan, PlanAction
from tbb.models.kinds import Information
from tbb.models.meeting_kinds import ActionState
from tbb.policy import Actor, Permission, Refused, may, require
from tbb.services import case_files, case_shelf, employment, meeting_shelf, plan_shelf, weeks
from tbb.services.wheel_texts import AREAS

OVER = (ActionState.DONE, ActionState.DROPPED)
"""When nothing more is to be done."""
_PEOPLE = f"""
    SELECT p.id, p.account_id, CASE WHEN w.protected THEN w.function_name ELSE a.name END, y.unit_id
    FROM participant p JOIN meeting m ON m.id = p.meeting_id
    JOIN meeting_party y ON y.id = p.party_id LEFT JOIN account a ON a.id = p.account_id AND a.state = 'active'
    LEFT JOIN person w ON w.id = a.person_id
    WHERE m.case_id = ? AND m.state <> 'cancelled' AND p.role = 'professional' AND p.ended_at IS NULL
      AND y.ended_at IS NULL AND (p.account_id IS NULL OR ({employment.works_at("y.unit_id")}))
    ORDER BY m.id DESC, p.id
"""


class NotTheirs(Exception):
    """Somebody who neither takes part, by a consent that covers today, nor works with the case can be given nothing."""


class Changed(Exception):
    """The action is not as it was when it was shown."""


class NotThere(Exception):
    """There is no such action in the plan."""


@dataclass(frozen=True)
class NewAction:
    """Something to do. `due_on` is any day of the week by which it shall be done; `hidden` is not for guardians.

    `account` is who does it when they sign in here, else `participant` or only the words of `who`; `unit` the service.
    """

    what: str
    who: str
    area: str = ""
    unit: int | None = None
    account: int | None = None
    participant: int | None = None
    due_on: date | None = None
    hidden: bool = False


@dataclass(frozen=True)
class Action:
    """An action, opened."""

    id: int
    key: str
    area: str
    what: str
    who: str
    hidden: bool
    unit: int | None
    account: int | None
    participant: int | None
    due_on: date | None
    state: ActionState
    version: int

    @property
    def over(self) -> bool:
        """Whether nothing more is to be done."""
        return self.state in OVER

    @property
    def late(self) -> bool:
        """Whether its week has passed and it is not done."""
        return not self.over and self.due_on is not None and self.due_on < clock.today()


@dataclass(frozen=True)
class Somebody:
    """Who can be given something to do: a participant of the case's meetings, or one who works with the case."""

    unit: int
    account: int | None
    participant: int | None
    name: str


def create(plan: Plan, wanted: NewAction) -> PlanAction:
    """Within the caller's transaction, add an action to a plan; the caller has required the right and notes it."""
    _check(plan.case, wanted)
    key = case_files.new_key()
    last = rows("SELECT COALESCE(MAX(position), 0) FROM plan_action WHERE plan_id = ?", (plan.id,))[0][0]
    return PlanAction.create(
        plan=plan, key=key, area=wanted.area, body=_sealed(plan, key, wanted), unit=wanted.unit,
        account=wanted.account, participant=wanted.participant, due_on=_week(wanted.due_on), position=last + 1,
    )  # fmt: skip


@transaction
def add(actor: Actor, plan: Plan, wanted: NewAction) -> PlanAction:
    """Add an action. Raises Refused, plan_shelf.Ended and NotTheirs."""
    require(actor, Permission.CHANGE_PLAN, meeting_shelf.place_of_plan(plan))
    stands = plan_shelf.latest(plan)
    made = create(stands, wanted)
    plan_shelf.note_change(actor, stands, "plan:add-action", ("action",))
    return made


@transaction
def change(actor: Actor, plan: Plan, key: str, wanted: NewAction, version: int) -> None:
    """Change what an action says; raise Changed when somebody else was first.

    Raises also Refused, plan_shelf.Ended, NotThere and NotTheirs.
    """
    require(actor, Permission.CHANGE_PLAN, meeting_shelf.place_of_plan(plan))
    stands = plan_shelf.latest(plan)
    found = _find(stands, key)
    if found.version != version:
        raise Changed
    _check(stands.case, wanted)
    due_on = _week(wanted.due_on)
    PlanAction.update(
        area=wanted.area, body=_sealed(stands, key, wanted), unit=wanted.unit, account=wanted.account,
        participant=wanted.participant, due_on=due_on, version=PlanAction.version + 1,
        reminded_on=found.reminded_on if due_on == found.due_on else None,
    ).where(PlanAction.id == found.id).execute()  # fmt: skip
    plan_shelf.note_change(actor, stands, "plan:change-action", ("action",))


@transaction
def set_state(actor: Actor, plan: Plan, key: str, state: str, version: int | None = None) -> None:
    """Say how far an action has come: the responsible of their own, who may change the plan of any.

    `version` is the action's when it was shown: when somebody has changed it since, Changed is raised.
    Raises also Refused, plan_shelf.Ended and NotThere.
    """
    place = meeting_shelf.place_of_plan(plan)
    require(actor, Permission.WORK_ON_PLAN, place)
    stands = plan_shelf.latest(plan)
    found = _find(stands, key)
    if found.account_id != actor.account and not may(actor, Permission.CHANGE_PLAN, place):
        raise Refused("Only the responsible and the samordningsperson say how far an action has come.")
    wanted = ActionState(state)
    if wanted == found.state:
        return
    if version is not None and found.version != version:
        raise Changed
    PlanAction.update(
        state=wanted, version=PlanAction.version + 1, done_at=clock.now() if wanted == ActionState.DONE else None
    ).where(PlanAction.id == found.id).execute()
    plan_shelf.note_change(actor, stands, "plan:action-state", ("action.state",), event=None)


def of_plan(plan: Plan) -> list[Action]:
    """Open the actions of a plan, in their order. The caller has checked the right."""
    found = load(PlanAction, "plan_id = ? ORDER BY position, id", (plan.id,))
    opened = case_keys().open_many(plan.seal, [(each.body, place_of(each.key)) for each in found])
    return [_opened(each, json.loads(text)) for each, text in zip(found, opened, strict=True)]


def possible(case: Case) -> list[Somebody]:
    """List who can be given something to do today: of other services only whom a consent covers (R13)."""
    found: dict[tuple[int | None, int | None], Somebody] = {}
    for keeper in case_files.answering(case.unit_id):
        found[keeper.account, None] = Somebody(case.unit_id, keeper.account, None, keeper.name)
    shared: dict[int, bool] = {}
    for participant, account, name, unit in rows(_PEOPLE, (case.id, *employment.today())):
        if unit not in shared:
            shared[unit] = meeting_shelf.may_be_shared_with(case, unit, Information.PLAN)
        mark = (account, None if account else participant)
        if shared[unit] and mark not in found:
            found[mark] = Somebody(unit, account, None if account else participant, name or "")
    return list(found.values())


def place_of(key: str) -> str:
    """What the words of an action are bound to."""
    return f"plan_action.body:{key}"


def _opened(found: PlanAction, said: Mapping[str, str]) -> Action:
    return Action(
        found.id, found.key, found.area, said["what"], said["who"], bool(said.get("hidden")), found.unit_id,
        found.account_id, found.participant_id, found.due_on, ActionState(found.state), found.version,
    )  # fmt: skip


def _check(case: Case, wanted: NewAction) -> None:
    if wanted.area and wanted.area not in AREAS:
        raise ValueError("An action belongs to one of the areas, or to none.")
    if wanted.unit is not None and not meeting_shelf.may_be_shared_with(case, wanted.unit, Information.PLAN):
        raise NotTheirs
    if wanted.account is None and wanted.participant is None:
        return
    known = possible(case)
    delegates = case_shelf.place_of(case).delegates
    if wanted.account is not None and wanted.account not in {each.account for each in known} | delegates:
        raise NotTheirs
    if wanted.participant is not None and wanted.participant not in _participants(case):
        raise NotTheirs


def _participants(case: Case) -> set[int]:
    """Everybody who is asked to a meeting of the case; of other services only whom a consent covers today."""
    found = rows(
        "SELECT p.id, y.unit_id FROM participant p JOIN meeting m ON m.id = p.meeting_id"
        " LEFT JOIN meeting_party y ON y.id = p.party_id WHERE m.case_id = ? AND p.ended_at IS NULL",
        (case.id,),
    )
    return {
        number
        for number, unit in found
        if unit is None or meeting_shelf.may_be_shared_with(case, unit, Information.PLAN)
    }


def _sealed(plan: Plan, key: str, wanted: NewAction) -> bytes:
    said = {"what": wanted.what.strip(), "who": wanted.who.strip(), "hidden": "1" if wanted.hidden else ""}
    return case_keys().seal(plan.seal, json.dumps(said), place_of(key))


def _week(day: date | None) -> date | None:
    return weeks.sunday_of(day) if day is not None else None


def _find(plan: Plan, key: str) -> PlanAction:
    found = load(PlanAction, "plan_id = ? AND key = ?", (plan.id, key))
    if not found:
        raise NotThere
    return found[0]

"""What becomes of a plan when its case is handed over (docs/decisions/0015): it goes on there, or ends for a reason."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from tbb import clock
from tbb.database import case_keys, load
from tbb.models import Case, Coordinator, Plan, PlanNote, Unit
from tbb.models.kinds import CaseEventKind, CaseState, Information, Outcome
from tbb.policy import Actor
from tbb.services import (
    audit,
    borders,
    case_files,
    consents,
    coordinating,
    meeting_shelf,
    plan_actions,
    plan_notes,
    plan_owners,
    plan_shelf,
    sealed_fields,
    tokens,
)
from tbb.services.plan_actions import Action, NewAction
from tbb.services.wheel_texts import AREAS

GOES_ON, ENDS = "goes_on", "ends"
CHOICES = {GOES_ON: "Planen fortsätter hos den som tar emot", ENDS: "Planen avslutas när ärendet är mottaget"}
CHOICE, REASON = "handover.plan", "handover.plan_reason"
"""What the wheel that hands over says of the plan, in words and sealed like them."""
WENT_ON = "Planen fortsätter hos den verksamhet som har tagit emot ärendet."
NOT_COVERED = "Ärendet lämnades över. Inget samtycke gällde planen den dagen, så den kunde inte fortsätta där."
CAME = "Planen följde med från den verksamhet som lämnade över ärendet."
PARTS = ("child", "own", "hidden")
UNDECIDED, UNCOVERED = "undecided", "uncovered"


@dataclass(frozen=True)
class Going:
    """What of a plan goes along: the goals of the chosen areas, by name, and what is not done yet in them."""

    goals: dict[str, str]
    actions: tuple[Action, ...]

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas that have a goal or something to do."""
        named = {name.split(".")[1] for name in self.goals} | {action.area for action in self.actions}
        return tuple(area for area in AREAS if area in named)


def open_areas(case: Case, to: Unit, areas: Iterable[str]) -> tuple[str, ...]:
    """Of some areas, those whose plan may go on with a unit today: all, or across a border what a consent covers."""
    wanted = [area for area in AREAS if area in set(areas)]
    if not borders.between(case.unit, to).crosses:
        return tuple(wanted)
    return tuple(area for area in wanted if consents.covers(case, to, area=area, kind=Information.PLAN))


def going(case: Case, to: Unit, areas: Iterable[str]) -> Going:
    """Say what of a case's plan would go along today; nothing when there is no plan or nothing may."""
    plan, open_to = plan_shelf.of_case(case), open_areas(case, to, areas)
    if plan is None or not open_to:
        return Going({}, ())
    names = {f"goal.{area}.{part}" for area in open_to for part in PARTS}
    goals = {name: text for name, text in sealed_fields.texts(plan).items() if name in names}
    left = [each for each in plan_actions.of_plan(plan) if not each.over and each.area in ("", *open_to)]
    return Going(goals, tuple(left))


def why_not(case: Case, to: Unit | None, areas: Iterable[str], said: str) -> str:
    """Tell what is missing before a case with a plan can be offered: UNDECIDED, UNCOVERED, or "" for nothing."""
    if plan_shelf.of_case(case) is None:
        return ""
    if said not in CHOICES.values():
        return UNDECIDED
    goes_on = said == CHOICES[GOES_ON]
    return UNCOVERED if goes_on and to is not None and not open_areas(case, to, areas) else ""


def settle(actor: Actor, old: Case, new: Case, areas: Iterable[str], said: dict[str, str]) -> str:
    """Within the receiving of a case, let its plan go on in the new one unless it was to end; give why the old ends.

    A plan that came to be after the offer, of which nothing was said, goes on: nobody has decided to end it.
    """
    plan_shelf.hold(old)
    plan = plan_shelf.of_case(old)
    if plan is None:
        return ""
    if said.get(CHOICE) == CHOICES[ENDS]:
        return said.get(REASON, "")
    if not open_areas(old, new.unit, areas):
        return NOT_COVERED
    _carry(actor, plan, old, new, going(old, new.unit, areas))
    return WENT_ON


def _carry(actor: Actor, plan: Plan, old: Case, new: Case, what: Going) -> None:
    made = Plan.create(
        key=case_files.new_key(), reference=case_files.new_reference("P"), case=new, made_at=clock.now()
    )  # fmt: skip
    sealed_fields.save(made, what.goals, by=actor.account)
    for action in what.actions:
        plan_actions.create(made, _anew(new, action))
    _carry_notes(plan, made)
    tokens.pass_on(plan_notes.PURPOSE, plan.id, made.id)  # so that the sheet at home leads on
    moment = clock.now()
    Case.update(
        state=CaseState.COLLABORATING, outcome=Outcome.MEETING, mapping_at=moment, decided_at=moment
    ).where(Case.id == new.id).execute()  # fmt: skip
    case_files.note_event(actor, new, CaseEventKind.PLAN_MADE, reason=CAME)
    place = meeting_shelf.place_of_plan(made)
    audit.record(actor, "plan:carry", "plan", made.reference, place=place, fields=("goals", "actions", "coordinator"))
    _carry_coordinator(actor, old, made)


def _anew(case: Case, action: Action) -> NewAction:
    """An action as it goes on: who does it stays in words, and as an account only where the new case knows it."""
    known = {each.account for each in plan_actions.possible(case)} - {None}
    shared = action.unit is not None and meeting_shelf.may_be_shared_with(case, action.unit, Information.PLAN)
    return NewAction(
        what=action.what,
        who=action.who,
        area=action.area,
        unit=action.unit if shared else None,
        account=action.account if action.account in known else None,
        due_on=action.due_on,
        hidden=action.hidden,
    )


def _carry_notes(plan: Plan, made: Plan) -> None:
    """Let what the family has told and nobody has seen to wait in the new plan, for else nobody would."""
    for note in load(PlanNote, "plan_id = ? AND kind = 'family' AND settled_at IS NULL ORDER BY id", (plan.id,)):
        key = case_files.new_key()
        said = case_keys().open(plan.seal, note.body, plan_notes.place_of(note.key))
        body = case_keys().seal(made.seal, said, plan_notes.place_of(key))
        PlanNote.create(plan=made, key=key, kind=note.kind, body=body, at=note.at)


def _carry_coordinator(actor: Actor, old: Case, made: Plan) -> None:
    """Let the samordningsperson go on, if a consent of the new case or none is needed; else who answers has the plan.

    The consents stay with the old case, for they were given to it.
    """
    found, new = meeting_shelf.coordinator_of(old), made.case
    if found is None or found.account_id is None or not coordinating.works_still(found):
        return
    if found.unit_id is None or not meeting_shelf.may_be_shared_with(new, found.unit_id, Information.PLAN):
        return
    again = Coordinator.create(
        case=new, account=found.account_id, unit=found.unit_id, child_asked=found.child_asked,
        as_wished=found.as_wished, words=b"", appointed_by=actor.account, starts_at=clock.now(),
    )  # fmt: skip
    words = json.dumps(plan_owners.words_of(found))
    sealed = case_keys().seal(new.seal, words, plan_owners.words_place(again.id))
    Coordinator.update(words=sealed).where(Coordinator.id == again.id).execute()
    case_files.note_event(actor, new, CaseEventKind.COORDINATOR, unit=found.unit_id)
    plan_owners.tell(made, again)

"""A plan opened for the one who looks at it: of other services only the areas that a consent covers for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tbb.database import load, rows
from tbb.models import AuditRow, Case, Coordinator, Meeting, Participant, Plan, Unit
from tbb.models.kinds import Information
from tbb.policy import Actor, Permission, Place, may, require
from tbb.services import (
    case_files,
    case_shelf,
    consents,
    coordinating,
    followup_record,
    followups,
    meeting_invitations,
    meeting_shelf,
    meetings,
    plan_actions,
    plan_notes,
    plan_owners,
    plan_shelf,
    sealed_fields,
)
from tbb.services.cards import dial
from tbb.services.followup_record import Followed
from tbb.services.plan_actions import Action
from tbb.services.wheel_texts import AREAS

_PERSON = """
    SELECT a.name, COALESCE(p.protected, ?), COALESCE(p.function_name, ''), COALESCE(p.title, ''),
      COALESCE(p.phone, ''), COALESCE(p.switchboard, '')
    FROM account a LEFT JOIN person p ON p.id = a.person_id WHERE a.id = ?
"""
_UNITS = "SELECT id, COALESCE(NULLIF(display_name, ''), name) FROM unit WHERE id IN ({marks})"
_MY_UNITS = """
    SELECT DISTINCT y.unit_id FROM participant p JOIN meeting m ON m.id = p.meeting_id
    JOIN meeting_party y ON y.id = p.party_id
    WHERE m.case_id = ? AND p.account_id = ? AND p.ended_at IS NULL AND y.ended_at IS NULL AND m.state <> 'cancelled'
"""
_MINE = """
    SELECT p.id FROM plan p JOIN coordinator k ON k.case_id = p.case_id AND k.ended_at IS NULL
    WHERE p.state <> 'ended' AND k.account_id = ? ORDER BY p.made_at DESC, p.id DESC
"""
_TAKING_PART = """
    SELECT DISTINCT p.id FROM plan p JOIN meeting m ON m.case_id = p.case_id
    JOIN participant t ON t.meeting_id = m.id AND t.ended_at IS NULL
    WHERE p.state <> 'ended' AND t.account_id = ? AND m.state <> 'cancelled' ORDER BY p.id DESC
"""


@dataclass(frozen=True)
class Contact:
    """Whom to call: a name, or for a protected person the function; `phone` is the work phone, `unit` the service."""

    name: str
    title: str = ""
    phone: str = ""
    unit: str = ""
    protected: bool = False

    @property
    def phone_href(self) -> str:
        """The number as it is dialled."""
        return dial(self.phone)


@dataclass(frozen=True)
class Coordinating:
    """The samordningsperson: whom to call, since when, and what the child wished when they were appointed (R16).

    While they are `away` those who answer for the case have the plan.
    """

    contact: Contact
    account: int | None
    since: datetime
    child_asked: bool
    as_wished: bool
    wish: str
    why_not_asked: str
    reason: str
    away: bool = False


@dataclass(frozen=True)
class Goal:
    """The goal of an area: in the child's own words, and in the professionals'."""

    area: str
    child: str = ""
    own: str = ""
    hidden: bool = False


@dataclass(frozen=True)
class Doing:
    """An action with the name of its service; `mine` when the one who looks is its responsible."""

    action: Action
    unit: str
    mine: bool


@dataclass(frozen=True)
class Shown:
    """A plan, opened. `whole` when nothing is left out, else `areas` are those that a consent covers for the reader.

    `uncalled` counts those whom nobody has called yet to the follow-up that is booked.
    """

    plan: Plan
    case: Case
    card: case_files.Card
    unit: Unit
    place: Place
    coordinator: Coordinating | None
    goals: tuple[Goal, ...]
    actions: tuple[Doing, ...]
    followup: Meeting | None
    followed: tuple[Followed, ...]
    whole: bool
    areas: tuple[str, ...]
    uncalled: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it is followed still."""
        return self.plan.ended_at is None

    @property
    def late(self) -> list[Doing]:
        """What should have been done by now."""
        return [each for each in self.actions if each.action.late]


@dataclass(frozen=True)
class Line:
    """A plan in a list: what it is called, and what waits in it. `mine` when the reader is its samordningsperson."""

    key: str
    reference: str
    card: case_files.Card
    unit: str
    followup: Meeting | None
    late: int
    own: int
    mine: bool


@dataclass(frozen=True)
class Change:
    """A change in the history: what kind, which fields by name, when and by whom."""

    action: str
    fields: tuple[str, ...]
    at: datetime
    by: str


def shown(actor: Actor, plan: Plan) -> Shown:
    """Open a plan; raise Refused to who may not read it. The caller has the reading written down."""
    place = meeting_shelf.place_of_plan(plan)
    require(actor, Permission.READ_PLAN, place)
    case = load(Case, "id = ?", (plan.case_id,))[0]
    whole, areas = seen_by(actor, case, place)
    actions = [each for each in plan_actions.of_plan(plan) if whole or each.area in areas]
    labels = labels_of(each.unit for each in actions)
    followed, booked = followup_record.of_plan(plan), followups.following(plan)
    return Shown(
        plan=plan,
        case=case,
        card=case_files.card_of(case),
        unit=load(Unit, "id = ?", (case.unit_id,))[0],
        place=place,
        coordinator=coordinating_of(case),
        goals=tuple(goal for goal in goals_of(sealed_fields.texts(plan)) if whole or goal.area in areas),
        actions=tuple(
            Doing(each, labels.get(each.unit, ""), each.account is not None and each.account == actor.account)
            for each in actions
        ),
        followup=booked,
        followed=tuple(followed) if whole else (),
        whole=whole,
        areas=areas,
        uncalled=len(meeting_invitations.waiting(booked)) if booked is not None else 0,
    )


def on_case(actor: Actor, case: Case) -> Shown | None:
    """Open the plan that a case follows, else the newest that ended, for the page of the case; None when none is."""
    plan = of_case(case)
    return shown(actor, plan) if plan is not None else None


def seen_by(actor: Actor, case: Case, place: Place) -> tuple[bool, tuple[str, ...]]:
    """Tell whether the actor sees all of a case's plan, else which areas a consent covers for their service (R13)."""
    if may(actor, Permission.READ_CASE, place) or place.coordinator == actor.account:
        return True, AREAS
    units = [unit for (unit,) in rows(_MY_UNITS, (case.id, actor.account))]
    if case.unit_id in units:
        return True, AREAS
    return False, tuple(area for area in AREAS if any(_covers(case, unit, area) for unit in units))


def goals_of(texts: Mapping[str, str]) -> list[Goal]:
    """Gather the goals that say something, in the order of the areas."""
    found = [
        Goal(area, texts.get(f"goal.{area}.child", ""), texts.get(f"goal.{area}.own", ""),
             bool(texts.get(f"goal.{area}.hidden")))
        for area in AREAS
    ]  # fmt: skip
    return [goal for goal in found if goal.child or goal.own]


def coordinating_of(case: Case) -> Coordinating | None:
    """Open who is the samordningsperson of a case; None while nobody is, and when they no longer can be."""
    appointed = meeting_shelf.coordinator_of(case)
    if appointed is None or not coordinating.works_still(appointed):
        return None
    said = plan_owners.words_of(appointed)
    return Coordinating(
        contact_of(case, appointed), appointed.account_id, appointed.starts_at, appointed.child_asked,
        appointed.as_wished, said["wish"], said["why_not_asked"], said["reason"],
        coordinating.is_away(appointed),
    )  # fmt: skip


def contact_of(case: Case, appointed: Coordinator) -> Contact:
    """Whom to call; of a protected person the function and the switchboard alone."""
    service = next(iter(load(Unit, "id = ?", (appointed.unit_id,))), None)
    unit, reached = (service.label, service.phone) if service else ("", "")
    if appointed.account_id is not None:
        name, protected, function, title, phone, switchboard = rows(_PERSON, (False, appointed.account_id))[0]
        if protected:
            return Contact(function or "Samordningspersonen", "", switchboard or reached, unit, protected=True)
        return Contact(name, title, phone or switchboard or reached, unit)
    found = load(Participant, "id = ?", (appointed.participant_id,))
    if found and found[0].person is not None:
        said = meetings.contact_of(found[0])
        return Contact(said.name, "", said.phone or reached, unit)
    return Contact("Samordningspersonen", "", reached, unit)


def answering_contact(case: Case) -> Contact:
    """Whom to call while there is no samordningsperson: the one who answers for the case, or the unit itself."""
    unit = load(Unit, "id = ?", (case.unit_id,))[0]
    for keeper in case_files.answering(case.unit_id):
        name, protected, function, title, phone, switchboard = rows(_PERSON, (False, keeper.account))[0]
        if protected:
            return Contact(function or unit.label, "", switchboard or unit.phone, unit.label, protected=True)
        return Contact(name, title, phone or switchboard or unit.phone, unit.label)
    return Contact(unit.label, "", unit.phone, unit.label)


def mine(actor: Actor) -> list[Line]:
    """List the plans that the actor coordinates, those they take part in, and those of cases that they answer for.

    The caller has the reading written down.
    """
    own = [number for (number,) in rows(_MINE, (actor.account,))]
    others = [number for (number,) in rows(_TAKING_PART, (actor.account,))]
    if units := case_shelf.units_answered(actor):
        marks = ", ".join("?" * len(units))
        asked = (
            "SELECT p.id FROM plan p JOIN casefile c ON c.id = p.case_id"
            f" WHERE p.state <> 'ended' AND c.unit_id IN ({marks}) ORDER BY p.id DESC"
        )
        others += [number for (number,) in rows(asked, units)]
    found = []
    for number in dict.fromkeys([*own, *others]):
        plan = load(Plan, "id = ?", (number,))[0]
        place = meeting_shelf.place_of_plan(plan)
        if may(actor, Permission.READ_PLAN, place):
            found.append(_line(actor, plan, place))
    return found


def coordinated(actor: Actor) -> list[int]:
    """The numbers of the plans that the actor coordinates and may change today."""
    plans = [load(Plan, "id = ?", (number,))[0] for (number,) in rows(_MINE, (actor.account,))]
    return [each.id for each in plans if meeting_shelf.place_of_plan(each).coordinator == actor.account]


def history(actor: Actor, plan: Plan) -> list[Change]:
    """Tell what has been changed in a plan, the newest first: names of fields, never what they said."""
    require(actor, Permission.HAND_ON_PLAN, meeting_shelf.place_of_plan(plan))
    found = rows(
        "SELECT r.action, r.fields, r.at, COALESCE(a.name, '') FROM audit_row r"
        " LEFT JOIN account a ON r.actor = 'account:' || a.id"
        " WHERE r.thing = 'plan' AND r.thing_id = ? AND r.outcome = 'done' AND r.action <> 'plan:print-sheet'"
        " AND r.action <> 'plan:remind' ORDER BY r.id DESC LIMIT 100",
        (plan.reference,),
    )
    return [
        Change(action, tuple(filter(None, fields.split(","))), AuditRow.at.python_value(at), name)
        for action, fields, at, name in found
    ]


def of_case(case: Case) -> Plan | None:
    """Find the plan that a case follows now, else the newest that has ended; None when it never had one."""
    found = load(Plan, "case_id = ? ORDER BY id DESC LIMIT 1", (case.id,))
    return plan_shelf.of_case(case) or next(iter(found), None)


def services_of(plan: Plan) -> list[tuple[int, str]]:
    """The services that may be given something to do today: (number, name), the case's own first."""
    case = load(Case, "id = ?", (plan.case_id,))[0]
    own = [(case.unit_id, labels_of([case.unit_id])[case.unit_id])]
    others = [each for each in plan_notes.services(plan) if each[0] != case.unit_id]
    return own + [each for each in others if meeting_shelf.may_be_shared_with(case, each[0], Information.PLAN)]


def labels_of(units: Iterable[int | None]) -> dict[int, str]:
    """The names of some units."""
    numbers = sorted({unit for unit in units if unit is not None})
    return dict(rows(_UNITS.format(marks=", ".join("?" * len(numbers))), numbers)) if numbers else {}


def _covers(case: Case, unit: int, area: str) -> bool:
    return meeting_shelf.may_be_shared_with(case, unit, Information.PLAN) and consents.covers(
        case, unit, area=area, kind=Information.PLAN
    )


def _line(actor: Actor, plan: Plan, place: Place) -> Line:
    case = load(Case, "id = ?", (plan.case_id,))[0]
    whole, areas = seen_by(actor, case, place)
    actions = [each for each in plan_actions.of_plan(plan) if whole or each.area in areas]
    return Line(
        key=plan.key,
        reference=plan.reference,
        card=case_files.card_of(case),
        unit=labels_of([case.unit_id])[case.unit_id],
        followup=followups.following(plan),
        late=sum(each.late for each in actions),
        own=sum(each.account == actor.account and not each.over for each in actions),
        mine=place.coordinator == actor.account,
    )

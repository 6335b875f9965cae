"""The plan: one at a time, its samordningsperson changes it, each responsible says how far their own has come."""

from __future__ import annotations

from datetime import date

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import AuditRow, Case, CaseEvent, Coordinator, MeetingParty, Participant, Plan
from tbb.policy import Refused
from tbb.services import (
    consent_taking,
    consents,
    followups,
    plan_actions,
    plan_shelf,
    plans,
    sealed_fields,
    weeks,
)
from tbb.services.demo_cast import account_of
from tbb.services.plan_actions import NewAction
from tests.at_work import units
from tests.services.plan_cast import GOALS, held_meeting, planned, wall, who


@pytest.fixture
def met(county):
    """A meeting that has been held, for the length of a test."""
    with connection():
        yield held_meeting()


def test_a_meeting_makes_one_plan_and_the_next_adds_to_it(met):
    plan = planned(met)
    again = plans.make(who("bba"), met, goals={"goal.halsa.own": "Sover."}, actions=[NewAction("Mer", "Vi")])
    assert again.id == plan.id and Plan.select().where(Plan.case == met.case).count() == 1
    assert set(sealed_fields.texts(plan)) == {*GOALS, "goal.halsa.own"}
    first, second = plan_actions.of_plan(plan)
    assert (first.what, first.due_on, first.state) == ("Ringer varje fredag", date(2030, 1, 6), "planned")
    assert second.what == "Mer" and weeks.label(first.due_on) == "v. 1 2030"
    said = "".join(row.fields + row.note for row in AuditRow.select().where(AuditRow.thing == "plan"))
    assert "trygghet" not in said and "goal.child" in said
    assert [each.what for each in CaseEvent.select().where(CaseEvent.case == met.case)][-2:] == [
        "plan_made", "plan_changed",
    ]  # fmt: skip


def test_the_samordningsperson_changes_the_plan_and_nobody_else(met):
    plan = planned(met)
    with pytest.raises(Refused):
        plans.change(who("bba"), plan, {"goal.halsa.own": "Nytt"})
    assert plans.change(who("ersattare"), plan, {"goal.halsa.own": "Nytt"})
    Coordinator.update(ended_at=clock.now(), ended_why="left").where(Coordinator.case == met.case).execute()
    assert plans.change(who("bba"), plan, {"goal.halsa.own": "Nyare"}), "never ownerless"
    with pytest.raises(sealed_fields.Overtaken):
        plans.change(who("bba"), plan, {"goal.halsa.own": "Eget"}, seen={"goal.halsa.own": 1})


def test_each_says_how_far_their_own_has_come(met):
    plan = planned(met)
    key = plan_actions.of_plan(plan)[0].key
    plan_actions.set_state(who("granne"), plan, key, "done")
    assert plan_actions.of_plan(plan)[0].over
    plan_actions.set_state(who("ersattare"), plan, key, "doing")
    with pytest.raises(Refused):
        plan_actions.set_state(who("bba"), plan, key, "dropped")
    with pytest.raises(plan_actions.NotThere):
        plan_actions.set_state(who("granne"), plan, "0" * 32, "done")


def test_two_who_change_the_same_action_do_not_overwrite_each_other(met):
    plan = planned(met)
    found = plan_actions.of_plan(plan)[0]
    plan_actions.change(who("ersattare"), plan, found.key, NewAction("Nytt", "Vi"), found.version)
    with pytest.raises(plan_actions.Changed):
        plan_actions.change(who("ersattare"), plan, found.key, NewAction("Annat", "Vi"), found.version)


def test_nobody_without_consent_is_given_anything_to_do(met):
    plan = planned(met)
    consent_taking.withdraw(who("bba"), consents.of_case(met.case)[0].key)
    for wanted in (
        NewAction("x", "y", unit=units()["other"].id),
        NewAction("x", "y", account=account_of("granne")),
        NewAction("x", "y", participant=Participant.get(Participant.account == account_of("granne")).id),
    ):
        with pytest.raises(plan_actions.NotTheirs):
            plan_actions.add(who("bba"), plan, wanted)
    with pytest.raises(Refused):
        plan_actions.set_state(who("granne"), plan, plan_actions.of_plan(plan)[0].key, "done")
    assert {each.account for each in plan_actions.possible(met.case)} == {account_of("bba")}


def test_a_followup_asks_those_who_may_still_take_part(met):
    plan = planned(met)
    with pytest.raises(Refused):
        followups.book(who("bba"), plan, wall=wall(30))
    made = followups.book(who("ersattare"), plan, wall=wall(30), minutes=45)
    asked = {party.unit_id for party in MeetingParty.select().where(MeetingParty.meeting == made)}
    assert asked == {unit.id for unit in units().values()}, "the case's own unit is always there"
    there = [each.account_id for each in Participant.select().where(Participant.meeting == made)]
    assert {account_of("granne"), account_of("ersattare"), None} <= set(there) and len(there) == len(set(there))
    assert (made.kind, made.state, made.follows_id) == ("followup", "set", met.id)
    with pytest.raises(followups.AlreadyBooked):
        followups.book(who("ersattare"), plan, wall=wall(30))
    assert followups.following(Plan.get_by_id(plan.id)).id == made.id


@pytest.mark.parametrize("when", ["2027-03-28T02:30", "2027-10-31T02:30", "2020-01-01T10:00", "i morgon", ""])
def test_no_followup_is_booked_at_a_time_that_never_is(met, when):
    plan = planned(met)
    with pytest.raises(followups.BadTime):
        followups.book(who("ersattare"), plan, wall=when)


def test_an_ended_plan_takes_the_task_of_the_samordningsperson_and_makes_room_for_a_new_one(met):
    plan = planned(met)
    with pytest.raises(plans.ReasonMissing):
        plans.end(who("ersattare"), plan, " ")
    plans.end(who("ersattare"), plan, "Allt fungerar.")
    assert Coordinator.get(Coordinator.case == met.case).ended_why == "plan_ended"
    with pytest.raises(plan_shelf.Ended):
        plans.change(who("bba"), plan, GOALS)
    assert plans.make(who("bba"), met, goals=GOALS, actions=[]).id != plan.id
    assert Case.get_by_id(met.case_id).state == "collaborating"

"""A follow-up that cannot be forgotten: each responsible is reminded once a step, and what is late goes further up."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import Letter, Meeting, Participant, Plan, PlanAction
from tbb.services import (
    consent_taking,
    consents,
    demo_cast,
    followups,
    keepers,
    letters,
    plan_actions,
    plan_reminders,
    plans,
)
from tbb.services.demo_cast import account_of
from tbb.services.plan_actions import NewAction
from tests import make_meetings
from tests.at_work import units
from tests.services.plan_cast import held_meeting, planned, wall, who

MONDAY = datetime(2027, 1, 11, 8, tzinfo=UTC)


@pytest.fixture
def met(county, at):
    """A meeting that was held on the Monday of the tests."""
    at(MONDAY)
    with connection():
        yield held_meeting()


def written(template: str) -> list[dict]:
    """What the letters of a kind say."""
    found = Letter.select().where(Letter.template == template).order_by(Letter.id)
    return [letters.facts_of(letter) for letter in found]


def recipients(template: str) -> set[str]:
    """Who has got a letter of a kind."""
    return {letter.recipient for letter in Letter.select().where(Letter.template == template)}


def test_the_responsible_is_reminded_on_the_monday_and_when_it_is_late_and_never_more(met, at):
    plan = planned(met, due_on=(MONDAY + timedelta(days=9)).date())
    for day, expected in ((0, 0), (6, 0), (7, 1), (8, 1), (13, 1), (14, 2), (15, 2), (40, 2)):
        at(MONDAY + timedelta(days=day))
        plan_reminders.remind()
        assert len(written("plan_action")) == expected, day
    assert [each["late"] for each in written("plan_action")] == [False, True]
    assert {each["path"] for each in written("plan_action")} == {f"/planer/{plan.key}"}
    said = str(written("plan_action"))
    assert "Ringer" not in said and "Trygghet" not in said


@pytest.mark.parametrize("how", ["done", "withdrawn", "ended", "moved"])
def test_nobody_is_reminded_of_what_is_done_or_not_theirs_any_longer(met, at, how):
    plan = planned(met, due_on=(MONDAY + timedelta(days=2)).date())
    action = plan_actions.of_plan(plan)[0]
    if how == "done":
        plan_actions.set_state(who("granne"), plan, action.key, "done")
    elif how == "withdrawn":
        consent_taking.withdraw(who("bba"), consents.of_case(met.case)[0].key)
    elif how == "ended":
        plans.end(who("ersattare"), plan, "Klart.")
    else:
        assert plan_reminders.remind() == 1
        later = NewAction("x", "y", account=account_of("granne"), due_on=(MONDAY + timedelta(days=20)).date())
        plan_actions.change(who("ersattare"), plan, action.key, later, action.version)
        assert PlanAction.get_by_id(action.id).reminded_on is None
    assert plan_reminders.remind() == 0


def test_one_without_account_is_reminded_without_an_address_to_follow(met, at):
    meeting = Meeting.get_by_id(met.id)
    karin = make_meetings.participant(meeting, units()["other"], account=None)
    planned(met, account=None, participant=karin.id, due_on=MONDAY.date())
    assert plan_reminders.remind() == 1
    assert written("plan_action_elsewhere") == [{"late": False}]
    assert recipients("plan_action_elsewhere") == {make_meetings.GUARDIAN["email"]}


def test_a_followup_that_nobody_books_is_told_of_further_and_further_up(met, at):
    plan = planned(met)
    coordinator, bba = (demo_cast.account_of(key) for key in ("ersattare", "bba"))
    heads = {keeper.email for keeper in keepers.unit_heads(met.case.unit_id)}
    assert heads
    counted = []
    for day in (0, 2, 3, 4, 9, 10, 16, 17, 24):
        at(MONDAY + timedelta(days=day))
        plan_reminders.escalate()
        counted.append((len(written("plan_followup")), len(written("plan_unattended"))))
    assert counted == [(0, 0), (0, 0), (1, 0), (1, 0), (2, 0), (2, 0), (2, 1), (2, 1), (4, 2)]
    assert {each["what"] for each in written("plan_followup")} == {"book"}
    assert recipients("plan_unattended") == heads
    assert len(recipients("plan_followup")) == 2 and coordinator != bba
    followups.book(who("ersattare"), plan, wall=wall(10))
    assert plan_reminders.escalate() == 0


def test_a_followup_that_has_been_but_is_not_written_down_is_told_of_too(met, at):
    plan = planned(met)
    followups.book(who("ersattare"), plan, wall=wall(2))
    at(MONDAY + timedelta(days=2, hours=9))
    assert plan_reminders.escalate() == 0 and not plan_reminders.late(Plan.get_by_id(plan.id))
    at(MONDAY + timedelta(days=3, hours=1))
    assert plan_reminders.escalate() == 1 and plan_reminders.late(Plan.get_by_id(plan.id))
    assert [each["what"] for each in written("plan_followup")] == ["record"]
    plan_reminders.escalate()
    assert len(written("plan_followup")) == 1


def test_when_nobody_with_an_account_coordinates_those_who_answer_are_told_at_once(met, at):
    plan = plans.make(who("bba"), met, goals={}, actions=[])
    guardian = Participant.get(Participant.meeting == met, Participant.account.is_null())
    make_meetings.coordinator(met.case, None, participant=guardian)
    at(MONDAY + timedelta(days=3))
    assert plan_reminders.escalate() == 1
    assert recipients("plan_followup") == {keeper.email for keeper in keepers.answering(met.case.unit_id)}
    assert clock.now() - plan.made_at == timedelta(days=3) and time(8) < time(9)

"""A case that has had its samverkansmöte, and its plan: what the tests of plans begin from."""

from __future__ import annotations

from datetime import date, timedelta

from tbb import clock
from tbb.models import Meeting, Plan
from tbb.policy import Actor
from tbb.services import actors, plans
from tbb.services.demo_cast import account_of
from tbb.services.plan_actions import NewAction
from tests import make_cases, make_meetings
from tests.at_work import units

GOALS = {"goal.trygghet.child": "Jag vill kunna gå ut.", "goal.trygghet.own": "Är ute varje rast."}


def who(persona: str) -> Actor:
    """Somebody of the cast, signed in with two factors."""
    return actors.of_account(account_of(persona), strong=True)


def held_meeting() -> Meeting:
    """A meeting that has been held by the case's unit, one of the same organizer and one of another, and a guardian."""
    near = units()
    case = make_cases.case(near["own"], state="collaborating", outcome="meeting", received_at=clock.now())
    make_meetings.consent(who("bba"), case, near["sister"], near["other"])
    meeting = make_meetings.meeting(case, at=clock.now() - timedelta(hours=2), state="held")
    make_meetings.participant(meeting, near["other"], account=account_of("granne"))
    make_meetings.participant(meeting, near["sister"], account=account_of("ersattare"))
    make_meetings.participant(meeting)
    return meeting


def planned(meeting: Meeting, **more) -> Plan:
    """Its plan, with an action for the neighbour, led by the deputy of the sister unit."""
    near = units()
    told = {"what": "Ringer varje fredag", "who": "Grannen", "area": "trygghet", "unit": near["other"].id,
            "account": account_of("granne"), "due_on": date(2030, 1, 2)}  # fmt: skip
    plan = plans.make(who("bba"), meeting, goals=GOALS, actions=[NewAction(**(told | more))])
    make_meetings.coordinator(meeting.case, account_of("ersattare"), near["sister"])
    return plan


def wall(days: int) -> str:
    """A time on the wall so many days from now."""
    return (clock.local(clock.now()) + timedelta(days=days)).strftime("%Y-%m-%dT13:00")

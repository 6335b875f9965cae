"""A follow-up: before and after as directions, two questions first to the child, and the next one booked or an end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import Coordinator, Meeting, Plan
from tbb.policy import Refused
from tbb.services import followup_record, followups, outcomes, plan_page, plans
from tests.services.plan_cast import held_meeting, planned, wall, who

ASKED = {"better.child": "yes", "listened.child": "partly", "listened.child.words": "Sara gjorde det."}
WHEEL = {"now.trygghet.level": "uppm", "direction.trygghet": "better", "now.hemmet.level": "uppm",
         "direction.hemmet": "same"}  # fmt: skip


@pytest.fixture
def plan(county):
    """A plan whose follow-up is going on."""
    with connection():
        made = planned(held_meeting())
        meeting = followups.book(who("ersattare"), made, wall=wall(20))
        begin(meeting)
        yield Plan.get_by_id(made.id)


def begin(meeting: Meeting) -> None:
    """Let a follow-up have begun half an hour ago."""
    starts_at = clock.now() - timedelta(minutes=30)
    Meeting.update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1)).where(
        Meeting.id == meeting.id
    ).execute()


def record(plan: Plan, **more) -> Plan:
    """Write it down as its samordningsperson."""
    told = {"answers": WHEEL | ASKED, "outcome": "continued", "next_wall": wall(60)}
    told |= more
    return followup_record.record(who("ersattare"), plan, told.pop("answers"), **told)


def test_it_is_kept_with_how_it_was_before_and_the_next_is_booked(plan):
    first = plan.followup_id
    after = record(plan)
    (followed,) = followup_record.of_plan(after)
    assert followed.before == {"trygghet": "stod", "hemmet": "uppm", "larande": "bra"}
    assert followed.levels == {"trygghet": "uppm", "hemmet": "uppm"} and followed.outcome == "continued"
    assert followed.texts["listened.child.words"] == "Sara gjorde det."
    assert after.state == "active" and after.followup_id != first and followups.is_booked(after)
    assert Meeting.get_by_id(first).state == "closed"
    assert not any(text.isdecimal() for name, text in followed.texts.items() if name.startswith("direction."))
    begin(Meeting.get_by_id(after.followup_id))
    again = record(after, outcome="changed", reason="Nya mål.")
    assert again.state == "changed"
    assert followup_record.of_plan(again)[0].before == followed.levels, "the next begins from the last"


def test_an_ended_plan_needs_a_reason_and_no_followup_and_lets_the_case_be_closed(plan):
    with pytest.raises(plans.ReasonMissing):
        record(plan, outcome="ended", next_wall="")
    ended = record(plan, outcome="ended", reason="Allt fungerar.", next_wall="")
    assert ended.state == "ended" and not followups.is_booked(ended)
    assert Coordinator.get(Coordinator.case == plan.case_id).ended_why == "plan_ended"
    assert outcomes.close(who("bba"), plan.case, "Planen är avslutad.").state == "closed"


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"next_wall": ""}, followups.BadTime),
        ({"next_wall": "2020-01-01T10:00"}, followups.BadTime),
        ({"answers": WHEEL}, followup_record.ChildNotAsked),
        ({"outcome": "changed"}, plans.ReasonMissing),
        ({"outcome": "paused"}, ValueError),
        ({"answers": ASKED | {"direction.halsa": "7"}}, ValueError),
        ({"answers": ASKED | {"score.halsa": "1"}}, ValueError),
    ],
)
def test_what_is_not_whole_is_not_kept(plan, more, problem):
    with pytest.raises(problem):
        record(plan, **more)
    assert followup_record.of_plan(plan) == [] and followups.is_booked(Plan.get_by_id(plan.id))


def test_it_is_written_once_by_who_books_it_and_not_before_it_begins(plan):
    with pytest.raises(Refused):
        followup_record.record(who("bba"), plan, ASKED, outcome="continued", next_wall=wall(60))
    after = record(plan)
    with pytest.raises(followup_record.NotYet):
        record(after)
    Plan.update(followup=None).where(Plan.id == plan.id).execute()
    with pytest.raises(followup_record.NotBooked):
        record(plan)


def test_another_service_does_not_read_it(plan):
    after = record(plan)
    assert plan_page.shown(who("granne"), after).followed == ()
    assert len(plan_page.shown(who("bba"), after).followed) == 1

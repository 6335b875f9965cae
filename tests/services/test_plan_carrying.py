"""A child that changes school keeps its plan, unless somebody has decided that it ends and said why."""

from __future__ import annotations

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import Account, AuditRow, Case, CaseEvent, Coordinator, Letter, Meeting, Plan, PlanNote
from tbb.models.kinds import Information
from tbb.services import (
    actors,
    case_files,
    consents,
    followups,
    informing,
    keepers,
    meeting_shelf,
    plan_actions,
    plan_carrying,
    plan_notes,
    plan_owners,
    plan_page,
    plan_shelf,
    plans,
    sealed_fields,
    transitions,
)
from tbb.services.consent_taking import Scope
from tbb.services.demo_cast import account_of
from tbb.services.plan_actions import NewAction
from tests import heads, make_meetings
from tests.at_work import units
from tests.services.plan_cast import GOALS, held_meeting, planned, wall, who

ALONG = {"reason": "moves", "areas": ("trygghet",), "summary": "", "plan": "goes_on"}


@pytest.fixture
def plan(county):
    """A plan that the deputy of the sister unit leads: something done, something to do, and an area that stays."""
    with connection():
        heads.head(units()["other"])
        made = planned(held_meeting())
        leader = who("ersattare")
        done = plan_actions.add(leader, made, NewAction("Har ringt", "Vi", area="trygghet"))
        plan_actions.set_state(leader, made, done.key, "done")
        plan_actions.add(leader, made, NewAction("Stannar här", "Vi", area="hemmet"))
        plans.change(leader, made, {"goal.hemmet.own": "Stannar här"})
        yield Plan.get_by_id(made.id)


def hand_over(made: Plan, to: str, receiver: str | None, **more):
    """Offer the case of a plan to a unit and let it be received; give the case there."""
    case = Case.get_by_id(made.case_id)
    transitions.begin(who("bba"), case, units()[to], **(ALONG | more))
    wheel = transitions.send(who("bba"), case)
    return receive(wheel, receiver) if receiver else wheel


def receive(wheel, receiver: str) -> Case:
    """Let the case of a wheel be received."""
    actor = who(receiver) if isinstance(receiver, str) else receiver
    Case.update(state="received", received_at=clock.now()).where(Case.id == wheel.case_id).execute()
    transitions.accepted(actor, wheel)
    return Case.get_by_id(wheel.case_id)


def test_it_goes_on_with_goals_actions_samordningsperson_and_the_familys_link(plan):
    secret = plan_notes.new_link(who("ersattare"), plan)
    plan_notes.tell(secret, words="Ingen har ringt.", phone="")
    new = hand_over(plan, "sister", "ersattare")
    old, made = Plan.get_by_id(plan.id), plan_shelf.of_case(new)
    assert old.state == "ended" and made.state == "active" and made.reference != plan.reference
    assert sealed_fields.texts(made) == GOALS
    (action,) = plan_actions.of_plan(made)
    assert (action.what, action.who, action.area, action.account) == (
        "Ringer varje fredag",
        "Grannen",
        "trygghet",
        None,
    )
    owner = meeting_shelf.coordinator_of(new)
    assert owner.account_id == account_of("ersattare") == meeting_shelf.place_of_plan(made).coordinator
    assert plan_owners.words_of(owner)["wish"] == "Skolsköterskan."
    assert Coordinator.get(Coordinator.case == plan.case_id).ended_why == "plan_ended"
    assert plan_notes.link_of(made) == secret and plan_notes.leads_somewhere(secret, "192.0.2.9")
    (note,) = plan_notes.of_plan(who("ersattare"), made)
    assert note.text == "Ingen har ringt." and note.settled_at is None
    assert [each.recipient for each in Letter.select().where(Letter.template == "plan_yours")] == [
        Account.get_by_id(account_of("ersattare")).email
    ]
    assert (new.state, new.outcome) == ("collaborating", "meeting")
    told = {case.id: said(case) for case in (new, Case.get_by_id(plan.case_id))}
    assert plan_carrying.CAME in told[new.id] and plan_carrying.WENT_ON in told[plan.case_id]
    assert AuditRow.select().where(AuditRow.action == "plan:carry").count() == 1
    assert "Ringer" not in "".join(f"{row.note}{row.fields}" for row in AuditRow.select())
    assert plan_page.shown(who("ersattare"), made).followup is None, "red until the follow-up is booked anew"
    assert followups.book(who("ersattare"), made, wall=wall(9)).case_id == new.id


def said(case: Case) -> list[str]:
    """The reasons of a case's events."""
    found = CaseEvent.select().where(CaseEvent.case == case, CaseEvent.reason.is_null(False))
    return [sealed_fields.unseal(case, each.reason, case_files.reason_place(each.id)) for each in found]


def test_over_a_border_it_goes_on_where_a_consent_covers_plans_and_who_answers_has_it(plan):
    new = hand_over(plan, "other", who_heads())
    made = plan_shelf.of_case(new)
    assert sealed_fields.texts(made) == GOALS and meeting_shelf.coordinator_of(new) is None
    assert meeting_shelf.place_of_plan(made).coordinator is None
    assert plans.change(who_heads(), made, {"goal.trygghet.own": "Nytt mål"}), "who answers there has the plan at once"
    assert plan_owners.watch() == 1, "and is told each week that nobody is samordningsperson"


def who_heads():
    """The head of the other unit, who answers there."""
    (head,) = keepers.unit_heads(units()["other"].id)
    return actors.of_account(head.account, strong=True)


def test_somebody_decides_and_says_why_before_it_is_offered(plan):
    case, to = Case.get_by_id(plan.case_id), units()["sister"]
    for undecided in ({"plan": ""}, {"plan": "annat"}, {"plan": "ends"}, {"plan": "ends", "plan_reason": " "}):
        with pytest.raises(transitions.PlanUndecided):
            transitions.begin(who("bba"), case, to, **(ALONG | undecided))
    new = hand_over(plan, "sister", "ersattare", plan="ends", plan_reason="Målen är nådda.")
    assert plan_shelf.of_case(new) is None and "Målen är nådda." in said(Case.get_by_id(plan.case_id))
    wheel = new.wheels.get()
    assert sealed_fields.texts(wheel)[plan_carrying.REASON] == "Målen är nådda.", "the receiver reads why"


@pytest.mark.parametrize("kinds", [("mapping", "meeting"), ("mapping", "plan")])
def test_over_a_border_without_a_consent_for_plans_it_is_not_offered_as_going_on(plan, kinds):
    case, other = Case.get_by_id(plan.case_id), units()["other"]
    kinds = tuple(Information(kind) for kind in kinds)
    make_meetings.consent(who("bba"), case, Scope(other.id, areas=("trygghet",), kinds=kinds))
    transitions.begin(who("bba"), case, other, **ALONG)
    begun = transitions.begun(who("bba"), case)
    if Information.PLAN in kinds:
        assert begun.plan_why_not == "" and begun.going.areas == ("trygghet",)
        return
    assert begun.plan_why_not == plan_carrying.UNCOVERED and begun.going.areas == ()
    with pytest.raises(informing.CannotSend):
        transitions.send(who("bba"), case)
    assert Plan.get_by_id(plan.id).state == "active"


def test_a_plan_that_was_made_after_the_offer_goes_on_for_nobody_has_ended_it(county):
    with connection():
        meeting = held_meeting()
        case = Case.get_by_id(meeting.case_id)
        transitions.begin(who("bba"), case, units()["sister"], **(ALONG | {"plan": ""}))
        wheel = transitions.send(who("bba"), case)
        planned(Meeting.get_by_id(meeting.id))
        assert sealed_fields.texts(plan_shelf.of_case(receive(wheel, "ersattare"))) == GOALS


def test_what_is_withdrawn_meanwhile_is_not_carried_and_the_old_case_says_so(plan):
    wheel = hand_over(plan, "other", None)
    case = Case.get_by_id(plan.case_id)
    kinds = (Information.MAPPING,)
    make_meetings.consent(who("bba"), case, Scope(units()["other"].id, areas=("trygghet",), kinds=kinds))
    new = receive(wheel, who_heads())
    assert plan_shelf.of_case(new) is None and plan_carrying.NOT_COVERED in said(case)
    assert PlanNote.select().count() == 0 and consents.of_case(new) == []


def test_at_no_moment_nobody_has_the_plan(plan):
    wheel = hand_over(plan, "sister", None)
    assert plan_shelf.of_case(plan.case_id) is not None and meeting_shelf.coordinator_of(plan.case_id) is not None
    transitions.take_back(who("bba"), Case.get_by_id(plan.case_id), wheel.key)
    assert plans.change(who("ersattare"), plan, {"goal.trygghet.own": "Lever"})

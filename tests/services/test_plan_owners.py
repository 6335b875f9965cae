"""Never ownerless: a plan is handed on with the child asked again, and falls to who answers when nobody is left."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import Account, CaseEvent, Coordinator, Letter, Plan, Responsibility
from tbb.policy import Refused
from tbb.services import (
    consent_taking,
    consents,
    desk,
    family_sheet,
    letters,
    meeting_shelf,
    plan_actions,
    plan_notes,
    plan_owners,
    plan_page,
    plans,
)
from tbb.services.demo_cast import account_of
from tbb.services.plan_owners import Choice
from tests.services.plan_cast import held_meeting, planned, who


@pytest.fixture
def plan(county):
    """A plan that the deputy of the sister unit leads."""
    with connection():
        yield planned(held_meeting())


def to(persona: str, plan: Plan, **more) -> Choice:
    """Let one of the cast be chosen, as the child wished."""
    found = next(each for each in plan_actions.possible(plan.case) if each.account == account_of(persona))
    return Choice(found, **({"child_asked": True, "wish": "Hon som lyssnar."} | more))


def told(template: str) -> list[str]:
    """Who has been written to with a letter of a kind."""
    return [letter.recipient for letter in Letter.select().where(Letter.template == template).order_by(Letter.id)]


def leave(plan: Plan, how: str) -> None:
    """Let the samordningsperson be gone, in one way or another."""
    account = Account.get_by_id(account_of("ersattare"))
    if how == "disabled":
        Account.update(state="disabled").where(Account.id == account.id).execute()
    elif how == "left":
        Responsibility.delete().where(Responsibility.person == account.person_id).execute()
    else:
        consent_taking.withdraw(who("bba"), consents.of_case(plan.case)[0].key)


def test_it_is_handed_on_with_what_the_child_said(plan):
    with pytest.raises(Refused):
        plan_owners.hand_on(who("granne"), plan, to("granne", plan))
    made = plan_owners.hand_on(who("ersattare"), plan, to("granne", plan))
    before = Coordinator.get(Coordinator.case == plan.case_id, Coordinator.ended_at.is_null(False))
    assert before.ended_why == "passed_on" and plan_owners.words_of(made)["wish"] == "Hon som lyssnar."
    assert meeting_shelf.coordinator_of(plan.case_id).id == made.id
    assert told("plan_yours") == [Account.get_by_id(account_of("granne")).email]
    assert plans.change(who("granne"), plan, {"goal.halsa.own": "Nytt"})
    plan_owners.hand_on(who("bba"), plan, to("ersattare", plan))
    assert plan_page.shown(who("bba"), plan).coordinator.account == account_of("ersattare")


@pytest.mark.parametrize(
    "said",
    [{"child_asked": False}, {"as_wished": False}, {"child_asked": False, "why_not_asked": " "}, {"as_wished": False,
     "reason": " "}],
)  # fmt: skip
def test_who_was_not_asked_or_not_heard_has_a_reason_beside_it(plan, said):
    with pytest.raises(plan_owners.ReasonMissing):
        plan_owners.hand_on(who("bba"), plan, to("granne", plan, **said))


def test_nobody_is_chosen_whom_no_consent_covers(plan):
    choice = to("granne", plan)
    consent_taking.withdraw(who("bba"), consents.of_case(plan.case)[0].key)
    with pytest.raises(plan_actions.NotTheirs):
        plan_owners.hand_on(who("bba"), plan, choice)


@pytest.mark.parametrize("how", ["disabled", "left", "consent"])
def test_the_plan_of_one_who_is_gone_falls_at_once_to_who_answers_and_they_are_told_weekly(plan, how):
    leave(plan, how)
    assert meeting_shelf.place_of_plan(plan).coordinator is None
    assert plans.change(who("bba"), plan, {"goal.halsa.own": f"Nytt {how}"}), "before any job has run"
    assert plan_owners.watch() == 1
    ended = Coordinator.get(Coordinator.case == plan.case_id)
    assert ended.ended_why == ("consent" if how == "consent" else "left")
    assert len(told("plan_without_coordinator")) == 1
    plan_owners.watch()
    assert len(told("plan_without_coordinator")) == 1, "once a week"
    waiting = {each.what: each.count for each in desk.waiting(who("bba"))}
    assert waiting["plan_ownerless"] == 1
    facts = letters.facts_of(Letter.get(Letter.template == "plan_without_coordinator"))
    assert facts == {"path": f"/planer/{plan.key}"}
    events = CaseEvent.select().where(CaseEvent.case == plan.case_id, CaseEvent.what == "coordinator")
    assert events.count() == (0 if how == "consent" else 1)
    plan_owners.hand_on(who("bba"), plan, Choice(plan_actions.possible(plan.case)[0], child_asked=True))
    assert plan_owners.watch() == 0


def test_whom_the_family_calls_is_a_function_when_somebody_is_protected(plan):
    person = Account.get_by_id(account_of("ersattare")).person
    type(person).update(
        name="", phone="", email="", protected=True, function_name="Elevhälsan", switchboard="08-465 004 20"
    ).where(type(person).id == person.id).execute()
    contact = plan_page.coordinating_of(plan.case).contact
    assert (contact.name, contact.phone, contact.title, contact.protected) == ("Elevhälsan", "08-465 004 20", "", True)


def test_while_the_samordningsperson_is_away_who_answers_has_the_plan_and_it_is_theirs_again_after(plan, at):
    leader, mine = who("ersattare"), Account.get_by_id(account_of("ersattare")).person
    today = clock.today()
    Responsibility.update(away_from=today, away_until=today + timedelta(days=20)).where(
        Responsibility.person == mine
    ).execute()
    assert meeting_shelf.place_of_plan(plan).coordinator is None and plan_owners.watch() == 0, "nothing has ended"
    assert plans.change(who("bba"), plan, {"goal.halsa.own": "Medan hon är borta"})
    with pytest.raises(Refused):
        plans.change(leader, plan, {"goal.halsa.own": "Nej"})
    plan_notes.tell(plan_notes.new_link(who("bba"), plan), words="Ingen ringer.", phone="")
    assert told("plan_told") == [Account.get_by_id(account_of("bba")).email]
    assert plan_page.shown(who("bba"), plan).coordinator.away
    assert not family_sheet.content(who("bba"), plan).coordinated
    at(clock.now() + timedelta(days=21))
    assert meeting_shelf.place_of_plan(plan).coordinator == account_of("ersattare")
    assert plans.change(leader, plan, {"goal.halsa.own": "Åter"})

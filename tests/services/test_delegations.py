"""Delegating a case: only within the unit, only that case, only until its day; the unit's BBA stays responsible."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb.database import connection
from tbb.models import Account, AuditRow, Case, CaseEvent, Grant
from tbb.policy import Actor, Permission, Refused, may
from tbb.services import actors, case_notes, case_shelf, case_todos, delegations
from tbb.services.case_desk import Filters
from tbb.services.demo_cast import account_of
from tests import make_cases
from tests.at_work import units
from tests.quiet_days import quiet_monday

MONDAY = quiet_monday()
DAY = timedelta(days=1)
TODAY = MONDAY.date()


def acting(persona: str) -> Actor:
    """One of the cast, signed in with two factors, with the duties of this moment."""
    return actors.of_account(account_of(persona), strong=True)


def key_of(persona: str) -> str:
    """The key of somebody's account."""
    return Account.get_by_id(account_of(persona)).key


@pytest.fixture
def case(county, at):
    """A case that the school's BBA has received, and another one."""
    with connection():
        at(MONDAY)
        make_cases.case(units()["own"], state="received", received_at=MONDAY)
        yield make_cases.case(units()["own"], state="received", received_at=MONDAY)


def seen(persona: str) -> list[str]:
    """The references in somebody's list."""
    return [line.reference for line in case_todos.desk(acting(persona), Filters()).lines]


def test_those_of_the_unit_can_be_chosen_and_nobody_else(case):
    found = {one.account for one in delegations.candidates(acting("bba"), case)}
    assert found == {account_of("personal"), account_of("delegerad"), account_of("enhetschef")}
    for persona in ("ersattare", "huvudman", "granne"):
        with pytest.raises(delegations.NotHere):
            delegations.give(acting("bba"), case, key_of(persona), TODAY)


def test_a_delegate_works_with_that_case_alone_and_the_next_request_after_the_end_is_refused(case, at):
    assert case_shelf.case(acting("delegerad"), case.key) is None
    made = delegations.give(acting("bba"), case, key_of("delegerad"), TODAY + 3 * DAY)
    assert seen("delegerad") == [case.reference] and len(seen("bba")) == 2
    case_notes.write(acting("delegerad"), case, "Talat med eleven.")
    place = case_shelf.place_of(case)
    for permission in (Permission.DELEGATE_CASE, Permission.DECIDE_CASE, Permission.HAND_OVER_CASE):
        assert not may(acting("delegerad"), permission, place)
    with pytest.raises(Refused):
        delegations.give(acting("delegerad"), case, key_of("personal"), TODAY)
    assert delegations.responsible(case.unit_id) == Account.get_by_id(account_of("bba")).name
    assert delegations.end(acting("bba"), case, made.grant_id) is True
    assert delegations.end(acting("bba"), case, made.grant_id) is False
    assert case_shelf.case(acting("delegerad"), case.key) is None and seen("delegerad") == []
    with pytest.raises(Refused):
        case_notes.write(acting("delegerad"), case, "En rad till.")
    assert [event.what for event in CaseEvent.select().where(CaseEvent.case == case).order_by(CaseEvent.id)] == [
        "sent", "delegated", "delegation_ended",
    ]  # fmt: skip
    deeds = {row.action for row in AuditRow.select().where(AuditRow.thing_id == case.reference)}
    assert deeds >= {"case:delegate", "case:end-delegation", "case:note"}


def test_it_ends_by_itself_by_date_and_the_books_are_closed_by_the_worker(case, at):
    touched = Case.get_by_id(case.id).touched_at
    made = delegations.give(acting("bba"), case, key_of("delegerad"), TODAY + 2 * DAY)
    assert "delegation" in {each.kind for each in case_todos.waiting(acting("bba"))}
    at(MONDAY + 2 * DAY)
    assert seen("delegerad") == [case.reference] and delegations.expire() == 0
    at(MONDAY + 3 * DAY)
    assert seen("delegerad") == [] and case_shelf.case(acting("delegerad"), case.key) is None
    assert (delegations.expire(), delegations.expire()) == (1, 0)
    grant = Grant.get_by_id(made.grant_id)
    assert grant.ended_at == MONDAY + 3 * DAY and grant.ended_by_id is None
    assert Case.get_by_id(case.id).touched_at == touched == MONDAY  # running out is not work done


def test_a_day_too_far_a_case_not_received_and_the_same_one_twice_are_refused(case):
    bba, who = acting("bba"), key_of("delegerad")
    for wrong in (TODAY - DAY, TODAY + 91 * DAY):
        with pytest.raises(delegations.WrongDay):
            delegations.give(bba, case, who, wrong)
    delegations.give(bba, case, who, TODAY + 90 * DAY)
    with pytest.raises(delegations.NotHere):
        delegations.give(bba, case, who, TODAY)
    with pytest.raises(delegations.NotNow):
        delegations.give(bba, make_cases.case(units()["own"]), who, TODAY)
    assert delegations.end_all(bba, case) == 1 and delegations.live_of(case) == []

"""No case is ever without an owner: whatever ends, somebody can open it, or somebody is told to appoint, each day."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from peewee import IntegrityError

from tbb import clock
from tbb.database import connection, db
from tbb.models import Account, AuditRow, Grant, Letter, Meta, Responsibility, Unit
from tbb.policy import Permission
from tbb.services import actors, case_ownership, case_shelf
from tbb.services.demo_cast import account_of
from tests import heads, make_cases
from tests.at_work import units


@pytest.fixture
def case(county):
    """A case of the cast's own school, in the demo county with a connection."""
    with connection():
        yield make_cases.case(units()["own"])


PARTS = ("here", "away", "ended", "not begun", "disabled", "no account", "none")
LEADS = ("here", "taken", "run out", "disabled", "none")
"""Whatever can become of a BBA or a deputy, and of a head."""


def test_whatever_ends_somebody_can_open_it_or_must_appoint(case):
    Responsibility.delete().where(Responsibility.unit == case.unit).execute()
    Grant.delete().where(Grant.unit == case.unit, Grant.duty == "unit_head").execute()
    seen = set()
    for bba, deputy, lead in product(PARTS, PARTS, LEADS):
        with db.atomic() as attempt:
            people = {"bba": part(case.unit, "bba", bba), "deputy": part(case.unit, "deputy", deputy)}
            people["head"] = leader(case.unit, lead)
            owner = case_ownership.owner_of(case)
            assert owner.accounts, (bba, deputy, lead)
            if owner.how == "admins":
                assert not {bba, deputy} & {"here", "away"} and lead != "here"
                assert owner.accounts == (account_of("huvudman"),)
                assert case_ownership.watch() == 1 and told() == {"huvudman@tbb.example"}
            else:
                assert [can_open(case, number) for number in owner.accounts] == [True] * len(owner.accounts)
                assert people[owner.how].id in owner.accounts, (owner, bba, deputy, lead)
                assert case_ownership.watch() == 0 and told() == set()
            assert owner.how == first(bba, deputy, lead)
            seen.add(owner.how)
            attempt.rollback()
    assert seen == {"bba", "deputy", "head", "admins"}


def first(bba: str, deputy: str, lead: str) -> str:
    """Who shall have it, told in another way than the code does."""
    present = [how for how, state in (("bba", bba), ("deputy", deputy), ("head", lead)) if state == "here"]
    away = [how for how, state in (("bba", bba), ("deputy", deputy)) if state == "away"]
    return [*present, *away, "admins"][0]


def part(unit: Unit, role: str, state: str) -> Account | None:
    """Somebody who is or was the unit's BBA or deputy."""
    if state == "none":
        return None
    who, made = heads.answering(unit, role)
    today, day = clock.today(), timedelta(days=1)
    changes = {
        "away": {"away_from": today, "away_until": today + day},
        "ended": {"starts_on": today - 9 * day, "ends_on": today - day},
        "not begun": {"starts_on": today + day},
    }.get(state)
    if changes:
        Responsibility.update(**changes).where(Responsibility.id == made.id).execute()
    if state == "disabled":
        Account.update(state="disabled").where(Account.id == who.id).execute()
    if state == "no account":
        Account.update(person=None).where(Account.id == who.id).execute()
    return who


def leader(unit: Unit, state: str) -> Account | None:
    """Somebody who leads or led the unit."""
    if state == "none":
        return None
    who, yesterday = heads.head(unit), clock.today() - timedelta(days=1)
    changes = {
        "taken": {"ended_at": clock.now()},
        "run out": {"starts_on": yesterday, "ends_on": yesterday},
    }.get(state)
    if changes:
        Grant.update(**changes).where(Grant.account == who).execute()
    if state == "disabled":
        Account.update(state="disabled").where(Account.id == who.id).execute()
    return who


def can_open(case, number: int) -> bool:
    """Whether an account finds the case and may decide in it."""
    actor = actors.of_account(number, strong=True)
    return case_shelf.case(actor, case.key, Permission.DECIDE_CASE) is not None


def told() -> set[str]:
    """Whom a letter has gone to that somebody must be appointed."""
    return {letter.recipient for letter in Letter.select().where(Letter.template == "case_without_owner")}


def abandon(unit: Unit) -> None:
    """Let nobody near answer for a unit."""
    Responsibility.delete().where(Responsibility.unit == unit).execute()
    Grant.delete().where(Grant.unit == unit, Grant.duty == "unit_head").execute()


def test_it_is_told_each_day_and_after_a_week_to_the_county(case, at):
    abandon(case.unit)
    begun = clock.now()
    leaders = {"processledare@tbb.example", "processledare2@tbb.example"}
    for days, letters, also in ((0, 1, set()), (0, 1, set()), (1, 2, set()), (6, 3, set()), (7, 6, leaders)):
        at(begun + timedelta(days=days))
        assert case_ownership.watch() == 1
        assert Letter.select().where(Letter.template == "case_without_owner").count() == letters
        assert told() == {"huvudman@tbb.example"} | also
    assert AuditRow.select().where(AuditRow.action == "unit:ownerless").count() == 1
    assert [unit.id for unit in case_ownership.of(actors.of_account(account_of("huvudman")))] == [case.unit_id]
    assert case_ownership.of(actors.of_account(account_of("granne"))) == []
    heads.head(case.unit)
    assert case_ownership.watch() == 0
    assert not Meta.select().where(Meta.key.startswith("ownerless:")).exists()
    assert AuditRow.select().where(AuditRow.action == "unit:owned").exists()


def test_where_there_is_no_administrator_the_county_is_told_at_once(case):
    abandon(case.unit)
    Account.update(state="disabled").where(Account.id == account_of("huvudman")).execute()
    case_ownership.watch()
    assert told() == {"processledare@tbb.example", "processledare2@tbb.example"}
    assert set(case_ownership.owner_of(case).accounts) == {account_of("processledare"), account_of("processledare2")}


def test_a_unit_that_closes_keeps_its_cases_and_somebody_must_see_to_them(case):
    Unit.update(status="closed").where(Unit.id == case.unit_id).execute()
    assert case_ownership.owner_of(case).how == "bba" and can_open(case, account_of("bba"))
    assert case_ownership.watch() == 1 and told() == {"huvudman@tbb.example"}
    with pytest.raises(IntegrityError), db.atomic():
        case.unit.delete_instance()
    case.delete_instance()
    assert case_ownership.watch() == 0

"""Signing in with a password: who gets in, what is counted, what is written down, and what is never said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tbb.database import rows
from tbb.models import Account, AuditRow, Sitting
from tbb.services import sign_in, sittings
from tbb.services.limits import TooOften, neighbourhood
from tbb.services.passwords import hasher
from tests.members import CHEAP, PASSWORD, member

NOON = datetime(2026, 11, 23, 12, 0, 1, tzinfo=UTC)


def attempt(email: str, password: str = PASSWORD, *, who: str = "192.0.2.1", by=CHEAP) -> str | None:
    """Try once."""
    return sign_in.attempt(email, password, hasher=by, who=who, browser="Firefox på Linux")


def test_the_right_password_begins_a_sitting_that_owes_the_second_factor(db):
    account = member("sara@skolan.example")
    secret = attempt("sara@skolan.example")
    sitting = sittings.find(secret)
    assert (sitting.account_id, sitting.stage, sitting.strong) == (account.id, "half", False)
    assert Account.get_by_id(account.id).signed_in_at is None


def test_the_address_is_the_same_in_any_capitals_and_with_space_around(db):
    member("åsa@skolan.example")
    assert attempt("  ÅSA@Skolan.example ")


@pytest.mark.parametrize("password", ["", "fel", PASSWORD + " ", PASSWORD.upper(), "nobody's password"])
def test_a_wrong_password_lets_nobody_in(db, password):
    member("sara@skolan.example")
    assert attempt("sara@skolan.example", password) is None
    assert not Sitting.select().exists()


@pytest.mark.parametrize("state", ["disabled", "invited"])
def test_who_may_not_sign_in_is_refused_like_a_stranger(db, state):
    member("sara@skolan.example", state=state)
    assert attempt("sara@skolan.example") is None
    assert attempt("ingen@skolan.example") is None


def test_an_account_without_a_password_has_no_way_in_here(db):
    member("sara@skolan.example", password="")
    for password in ("", "nobody's password", PASSWORD):
        assert attempt("sara@skolan.example", password) is None


def test_a_hash_with_old_parameters_is_made_anew(db):
    account = member("sara@skolan.example")
    dearer = hasher(128)
    assert attempt("sara@skolan.example", by=dearer)
    kept = Account.get_by_id(account.id).password
    assert "m=128" in kept
    assert dearer.fits(kept, PASSWORD)
    assert attempt("sara@skolan.example", by=dearer)
    assert Account.get_by_id(account.id).password == kept


def test_every_attempt_is_on_record_and_an_unknown_address_only_as_a_mark(db):
    account = member("sara@skolan.example")
    attempt("sara@skolan.example")
    attempt("sara@skolan.example", "fel")
    attempt("okand.person@skolan.example", "fel")
    written = [(row.actor, row.action, row.thing_id, row.outcome) for row in AuditRow.select().order_by(AuditRow.id)]
    assert written[0] == (f"account:{account.id}", "account:sign-in", str(account.id), "done")
    assert written[1] == ("public", "account:refused", str(account.id), "refused")
    assert written[2][:2] == ("public", "account:refused")
    assert written[2][2].startswith("unknown:")
    told = str(rows("SELECT * FROM audit_row")) + str(rows("SELECT * FROM rate_count"))
    assert "okand.person" not in told
    assert PASSWORD not in told


def test_five_tries_per_address_wherever_they_come_from(db, at):
    at(NOON)
    member("sara@skolan.example")
    for number in range(5):
        assert attempt("Sara@skolan.example" if number % 2 else "sara@skolan.example", "fel", who=f"n{number}") is None
    with pytest.raises(TooOften) as problem:
        attempt("sara@skolan.example", who="another")
    assert 0 < problem.value.seconds <= 300
    at(NOON + timedelta(minutes=5))
    assert attempt("sara@skolan.example")


def test_an_unknown_address_is_counted_just_as_a_known_one(db, at):
    at(NOON)
    for number in range(5):
        attempt("ingen@skolan.example", "fel", who=f"n{number}")
    with pytest.raises(TooOften):
        attempt("ingen@skolan.example", "fel", who="another")


def test_ten_tries_per_household_and_those_beyond_use_up_nobody_elses(db, at):
    at(NOON)
    for number in range(10):
        attempt(f"person{number}@skolan.example", "fel", who="192.0.2.9")
    member("sara@skolan.example")
    for _ in range(8):
        with pytest.raises(TooOften):
            attempt("sara@skolan.example", "fel", who="192.0.2.9")
    assert attempt("sara@skolan.example", who="192.0.2.10")


def test_a_whole_ipv6_household_is_one(db, at):
    at(NOON)
    for number in range(10):
        attempt(f"p{number}@skolan.example", "fel", who=neighbourhood(f"2001:db8:7:7::{number:x}"))
    with pytest.raises(TooOften):
        attempt("p11@skolan.example", "fel", who=neighbourhood("2001:db8:7:7:ffff::1"))
    attempt("p12@skolan.example", "fel", who=neighbourhood("2001:db8:7:8::1"))


def test_a_thousand_in_all(db, at, monkeypatch):
    at(NOON)
    monkeypatch.setattr(sign_in, "MOST_IN_ALL", 3)
    for number in range(3):
        attempt(f"p{number}@skolan.example", "fel", who=f"n{number}")
    with pytest.raises(TooOften):
        attempt("p4@skolan.example", "fel", who="n4")


def test_no_flood_touches_a_sitting_that_is_going_on(db, at):
    at(NOON)
    account = member("sara@skolan.example")
    secret = sittings.begin(account.id, method="password", strong=True)
    for number in range(9):
        try:
            attempt("sara@skolan.example", "fel", who=f"n{number}")
        except TooOften:
            assert number >= 5
    assert sittings.find(secret).stage == "whole"


def test_the_counts_survive_a_caller_that_turns_back(db, at):
    at(NOON)
    for number in range(5):
        assert attempt("sara@skolan.example", "fel", who=f"n{number}") is None
    assert sum(row[0] for row in rows("SELECT count FROM rate_count")) == 15


def test_is_password_of_counts_per_account(db, at):
    at(NOON)
    account = member()
    assert sign_in.is_password_of(account.id, PASSWORD, hasher=CHEAP)
    assert not sign_in.is_password_of(account.id, "fel", hasher=CHEAP)
    assert not sign_in.is_password_of(0, PASSWORD, hasher=CHEAP)
    for _ in range(3):
        sign_in.is_password_of(account.id, "fel", hasher=CHEAP)
    with pytest.raises(TooOften):
        sign_in.is_password_of(account.id, PASSWORD, hasher=CHEAP)


def test_a_password_that_is_changed_while_it_is_checked_lets_nobody_in(db):
    account = member("sara@skolan.example")
    known = sign_in._find("sara@skolan.example")
    Account.update(password=CHEAP.make("ett helt annat lösenord")).where(Account.id == account.id).execute()
    assert sign_in._let_in(known, "", "") is None

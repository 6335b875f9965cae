"""Sittings: how long they last, that they change their secret, and that they end when they should."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import rows
from tbb.models import Account, Sitting
from tbb.services import sittings
from tests.members import member


@pytest.fixture
def account(db):
    """Somebody who may sign in."""
    return member().id


def begin(account: int, **more) -> str:
    """Sign in all the way."""
    return sittings.begin(account, **{"method": "password+totp", "strong": True} | more)


def test_a_secret_has_256_bits_and_only_its_hash_is_kept(account):
    made = {begin(account) for _ in range(50)}
    assert len(made) == 50
    assert all(len(secret) == 43 for secret in made)
    kept = str(rows("SELECT * FROM sitting"))
    assert not [secret for secret in made if secret in kept]
    assert all(sittings.digest(secret) in kept for secret in made)


@pytest.mark.parametrize("secret", ["", "x", "x" * 43, "' OR 1=1 --", "å" * 43])
def test_a_secret_that_is_not_ours_finds_nothing(account, secret):
    begin(account)
    assert sittings.find(secret) is None


def test_idle_for_thirty_minutes_is_the_end(account, at):
    moment = clock.now()
    secret = begin(account)
    at(moment + timedelta(minutes=29, seconds=59))
    assert sittings.find(secret)
    at(moment + timedelta(minutes=30, seconds=1))
    assert sittings.find(secret) is None


def test_being_there_extends_it_but_never_beyond_ten_hours(account, at):
    moment = clock.now()
    secret = begin(account)
    for step in range(1, 24):
        at(moment + timedelta(minutes=25 * step))
        sittings.touch(sittings.find(secret))
    at(moment + timedelta(hours=9, minutes=59))
    assert sittings.find(secret)
    at(moment + timedelta(hours=10, seconds=1))
    assert sittings.find(secret) is None


def test_reading_writes_at_most_once_a_minute(account, at):
    moment = clock.now()
    at(moment)
    secret = begin(account)
    at(moment + timedelta(seconds=59))
    sittings.touch(sittings.find(secret))
    assert sittings.find(secret).seen_at == moment
    at(moment + timedelta(seconds=61))
    found = sittings.find(secret)
    sittings.touch(found)
    assert found.seen_at == sittings.find(secret).seen_at == moment + timedelta(seconds=61)


def test_a_half_sitting_lasts_a_quarter_of_an_hour(account, at):
    moment = clock.now()
    secret = begin(account, halfway=True)
    assert sittings.find(secret).proved_at is None
    at(moment + timedelta(minutes=15, seconds=1))
    assert sittings.find(secret) is None


def test_the_second_factor_makes_it_whole_under_a_new_secret(account):
    half = begin(account, halfway=True, strong=False)
    whole = sittings.finish(sittings.find(half), method="password+passkey", strong=True)
    assert sittings.find(half) is None
    found = sittings.find(whole)
    assert (found.stage, found.strong, found.method) == ("whole", True, "password+passkey")
    assert sittings.is_fresh(found)
    assert Account.get_by_id(account).signed_in_at is not None
    assert Sitting.select().count() == 1


def test_proving_oneself_gives_a_new_secret_and_is_fresh_for_ten_minutes(account, at):
    moment = clock.now()
    first = begin(account)
    at(moment + timedelta(minutes=10, seconds=1))
    assert not sittings.is_fresh(sittings.find(first))
    second = sittings.prove(sittings.find(first))
    assert sittings.find(first) is None
    assert sittings.is_fresh(sittings.find(second))
    at(moment + timedelta(minutes=20))
    assert sittings.is_fresh(sittings.find(second))
    at(moment + timedelta(minutes=20, seconds=2))
    assert not sittings.is_fresh(sittings.find(second))
    assert sittings.find(second).ends_at == moment + timedelta(hours=10) or sittings.find(second).ends_at > moment


@pytest.mark.parametrize("state", ["disabled", "invited"])
def test_an_account_that_may_not_sign_in_has_no_sitting(account, state):
    secret = begin(account)
    Account.update(state=state).where(Account.id == account).execute()
    assert sittings.find(secret) is None


def test_ending_one_all_or_all_but_one(account):
    other = member().id
    mine = [begin(account) for _ in range(3)]
    theirs = begin(other)
    first = sittings.find(mine[0])
    assert not sittings.end(first.id, other)
    assert sittings.end(first.id, account)
    assert not sittings.end(first.id, account)
    assert sittings.end_all(account, but=sittings.find(mine[2]).id) == 1
    assert [bool(sittings.find(secret)) for secret in mine] == [False, False, True]
    assert sittings.end_all(account) == 1
    assert sittings.find(theirs)


def test_what_the_provider_ends_ends_here(account):
    secret, other = begin(account, upstream="https://idp.example|abc"), begin(account)
    assert sittings.end_upstream("https://idp.example|abc") == 1
    assert sittings.end_upstream("") == 0
    assert sittings.find(secret) is None
    assert sittings.find(other)


def test_a_notice_is_shown_once(account):
    secret = begin(account)
    sittings.leave_notice(sittings.find(secret), "Sparat.")
    assert sittings.take_notice(sittings.find(secret)) == "Sparat."
    assert sittings.take_notice(sittings.find(secret)) == ""


def test_ended_sittings_are_listed_nowhere_and_forgotten(account, at):
    moment = clock.now()
    begin(account)
    at(moment + timedelta(minutes=20))
    begin(account)
    at(moment + timedelta(minutes=31))
    assert len(sittings.of_account(account)) == 1
    assert sittings.forget_ended() == 1
    assert Sitting.select().count() == 1

"""Codes from an app: the right one at the right time opens once, whoever asks and however many at once."""

from __future__ import annotations

import multiprocessing
import threading
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from tbb import database
from tbb.crypto import CannotOpen
from tbb.database import connection, keyring, rows
from tbb.models import Authenticator, Letter, Sitting
from tbb.policy import Refused
from tbb.services import actors, authenticators, factors, proving, sittings
from tbb.services.factors import LastFactor, Unproven
from tbb.services.limits import TooOften
from tests import engines
from tests.authenticator import somebody

NOON = datetime(2026, 11, 23, 11, 0, 5, tzinfo=UTC)
STEP = timedelta(seconds=30)


@pytest.fixture
def account(db, at):
    """Somebody with a password and no second factor, at noon."""
    at(NOON)
    return somebody()


def code(secret: str, moment: datetime = NOON) -> str:
    """What the app shows at a moment."""
    return pyotp.TOTP(secret).at(moment)


def connected(account) -> str:
    """Connect an app to the account, an hour before noon; give its secret."""
    actor = actors.of_account(account.id)
    token = authenticators.begin(actor)
    secret = authenticators.pending(actor, token).groups.replace(" ", "")
    authenticators.confirm(actor, token, code(secret))
    Authenticator.update(last_step=0).execute()
    return secret


def half(account):
    """A sitting that owes the second factor, and who sits there."""
    sitting = sittings.find(sittings.begin(account.id, method="password", halfway=True))
    return actors.of_account(account.id, halfway=True), sitting


def test_the_first_code_connects_the_app_and_is_used_up_by_it(account):
    actor = actors.of_account(account.id)
    token = authenticators.begin(actor)
    shown = authenticators.pending(actor, token)
    secret = shown.groups.replace(" ", "")
    assert shown.address.startswith("otpauth://totp/") and f"secret={secret}" in shown.address
    assert "Barnens" in shown.address and len(secret) == 32
    assert authenticators.of_account(account.id) is None and not factors.count(account.id)
    authenticators.confirm(actor, token, code(secret))
    assert factors.count(account.id) == 1
    assert not authenticators.use(account.id, code(secret))
    assert authenticators.pending(actor, token) is None
    with pytest.raises(LookupError):
        authenticators.confirm(actor, token, code(secret, NOON + STEP))


def test_a_wrong_first_code_changes_nothing_and_may_be_tried_again(account):
    actor = actors.of_account(account.id)
    token = authenticators.begin(actor)
    secret = authenticators.pending(actor, token).groups.replace(" ", "")
    with pytest.raises(Unproven):
        authenticators.confirm(actor, token, code(secret, NOON + 5 * STEP))
    assert not Authenticator.select().count()
    authenticators.confirm(actor, token, code(secret))


def test_nobody_else_sees_or_confirms_a_waiting_secret(account):
    token = authenticators.begin(actors.of_account(account.id))
    other = actors.of_account(somebody().id)
    assert authenticators.pending(other, token) is None
    with pytest.raises(LookupError):
        authenticators.confirm(other, token, "123456")


def test_a_waiting_secret_ends_when_another_is_made_and_after_a_quarter(account, at):
    actor = actors.of_account(account.id)
    first, second = authenticators.begin(actor), authenticators.begin(actor)
    assert authenticators.pending(actor, first) is None
    assert authenticators.pending(actor, second)
    at(NOON + authenticators.LASTS)
    assert authenticators.pending(actor, second) is None


def test_the_secret_is_sealed_for_its_own_account(account):
    secret = connected(account)
    kept = Authenticator.get()
    assert secret.encode() not in bytes(kept.secret)
    assert keyring().open(kept.secret, f"authenticator.secret:{account.id}") == secret
    with pytest.raises(CannotOpen):
        keyring().open(kept.secret, f"authenticator.secret:{account.id + 1}")


@pytest.mark.parametrize("away", [-1, 0, 1])
def test_a_code_opens_once_within_a_step_of_now(account, away):
    shown = code(connected(account), NOON + away * STEP)
    assert authenticators.use(account.id, shown)
    assert not authenticators.use(account.id, shown)


@pytest.mark.parametrize("away", [-20, -3, -2, 2, 3, 20])
def test_a_code_from_another_time_opens_nothing(account, away):
    assert not authenticators.use(account.id, code(connected(account), NOON + away * STEP))


def test_no_code_counts_twice_while_the_clock_goes_on(account, at):
    secret, opened = connected(account), []
    for second in range(0, 180, 5):
        at(NOON + timedelta(seconds=second))
        for away in (-1, 0, 1):
            shown = code(secret, NOON + timedelta(seconds=second) + away * STEP)
            opened += [shown] * authenticators.use(account.id, shown)
    assert len(opened) == len(set(opened)) >= 6


def test_after_a_code_no_older_one_opens(account):
    secret = connected(account)
    assert authenticators.use(account.id, code(secret, NOON + STEP))
    assert not authenticators.use(account.id, code(secret, NOON))
    assert not authenticators.use(account.id, code(secret, NOON - STEP))


def test_a_used_code_opens_nothing_after_a_restart_or_a_clock_set_back(account, at, database_url):
    secret = connected(account)
    shown = code(secret)
    assert authenticators.use(account.id, shown)
    engines.close()
    engines.configure(database_url)
    database.db.connect()
    assert not authenticators.use(account.id, shown)
    at(NOON - timedelta(hours=2))
    assert not authenticators.use(account.id, code(secret, NOON - timedelta(hours=2)))


def test_of_twenty_at_once_one_gets_in(account, database_url):
    shown, taken, start = code(connected(account)), [], threading.Barrier(20)

    def try_it() -> None:
        with connection():
            start.wait()
            taken.append(authenticators.use(account.id, shown))

    threads = [threading.Thread(target=try_it) for _ in range(20)]
    engines.close()
    engines.configure(database_url, threads=20)
    database.db.connect()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken.count(True) == 1 and len(taken) == 20


def test_of_two_processes_at_once_one_gets_in(account, database_url):
    now = datetime.now(UTC)
    secret = connected(account)
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        shown = code(secret, now + STEP)
        taken = pool.starmap(use_in_a_process, [(database_url, account.id, shown)] * 6)
    assert taken.count(True) == 1


def use_in_a_process(address: str, account: int, shown: str) -> bool:
    """Try a code in a process of its own."""
    engines.configure(address)
    with connection():
        return authenticators.use(account, shown)


def test_without_an_app_no_code_opens(account):
    assert not authenticators.use(account.id, code(authenticators.NOBODYS))


@pytest.mark.parametrize("nonsense", ["", "abcdef", "１２３４５６", "0" * 500, "-1", "12345\n6"])
def test_nonsense_opens_nothing(account, nonsense):
    connected(account)
    assert not authenticators.use(account.id, nonsense)


def test_a_code_makes_the_half_sitting_whole_under_a_new_secret(account):
    secret = connected(account)
    old = sittings.begin(account.id, method="password", halfway=True)
    actor = actors.of_account(account.id, halfway=True)
    whole = sittings.find(proving.by_code(actor, sittings.find(old), code(secret)))
    assert sittings.find(old) is None
    assert (whole.stage, whole.method, whole.strong) == ("whole", "password+totp", True)


def test_five_tries_in_five_minutes_then_not_even_the_right_code(account, at):
    secret, (actor, sitting) = connected(account), half(account)
    for _ in range(5):
        with pytest.raises(Unproven):
            proving.by_code(actor, sitting, "000000")
    with pytest.raises(TooOften):
        proving.by_code(actor, sitting, code(secret))
    other = half(account)
    with pytest.raises(TooOften):
        proving.by_code(*other, code(secret))
    assert Sitting.get_by_id(sitting.id).stage == "half"
    assert rows("SELECT COUNT(*) FROM audit_row WHERE outcome = 'refused' AND action = 'account:prove'")[0][0] == 5
    at(NOON + timedelta(minutes=5))
    assert proving.by_code(actor, sitting, code(secret, NOON + timedelta(minutes=5)))


def test_the_owner_is_told_once_a_day_that_somebody_guesses(account):
    connected(account)
    letters = Letter.select().count()
    actor, sitting = half(account)
    for _ in range(9):
        with pytest.raises((Unproven, TooOften)):
            proving.by_code(actor, sitting, "000000")
    assert Letter.select().count() == letters + 1


def test_guessing_on_the_way_in_takes_no_tries_from_who_is_in_already(account):
    secret = connected(account)
    inside = sittings.find(sittings.begin(account.id, method="password+totp", strong=True))
    actor, sitting = half(account)
    for _ in range(8):
        with pytest.raises((Unproven, TooOften)):
            proving.by_code(actor, sitting, "000000")
    assert proving.by_code(actors.of_account(account.id), inside, code(secret))


def test_a_half_sitting_cannot_connect_an_app_when_there_is_a_factor(account):
    actor, sitting = half(account)
    token = authenticators.begin(actor)
    secret = authenticators.pending(actor, token).groups.replace(" ", "")
    connected(account)
    with pytest.raises(Refused):
        proving.enrol_app(actor, sitting, token, code(secret))
    with pytest.raises(Refused):
        authenticators.begin(actor)
    assert Authenticator.select().count() == 1 and Sitting.get_by_id(sitting.id).stage == "half"


def test_the_first_app_lets_in_and_brings_recovery_codes(account):
    actor, sitting = half(account)
    token = authenticators.begin(actor)
    secret = authenticators.pending(actor, token).groups.replace(" ", "")
    enrolled = proving.enrol_app(actor, sitting, token, code(secret))
    assert sittings.find(enrolled.secret).stage == "whole"
    assert proving.own(account.id).codes == 10


def test_a_new_app_replaces_the_old(account):
    old, new = connected(account), connected(account)
    assert Authenticator.select().count() == 1
    assert not authenticators.use(account.id, code(old))
    assert authenticators.use(account.id, code(new))
    assert rows("SELECT action FROM audit_row ORDER BY id") == [("authenticator:add",), ("authenticator:replace",)]


def test_the_only_factor_stays(account):
    connected(account)
    with pytest.raises(LastFactor):
        authenticators.remove(actors.of_account(account.id), keep_sitting=0)
    with pytest.raises(LookupError):
        authenticators.remove(actors.of_account(somebody().id), keep_sitting=0)

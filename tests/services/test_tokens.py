"""One-time tokens: used once among many at once, for their purpose, in time, and never readable."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tbb import clock, database
from tbb.database import rows
from tbb.models import Account, OneTimeToken
from tbb.policy import COMMAND
from tbb.services import invitations, tokens
from tests import engines
from tests.members import KEPT

HOUR = timedelta(hours=1)
AT_ONCE = 50


def test_a_token_is_used_once_and_gives_what_was_sealed_with_it(db):
    secret = tokens.issue("confirm", 7, lasts=HOUR, payload={"unit": 3})
    assert tokens.look("confirm", secret).payload == {"unit": 3}
    used = tokens.redeem("confirm", secret)
    assert (used.subject, used.payload) == ("7", {"unit": 3})
    assert tokens.redeem("confirm", secret) is None
    assert tokens.look("confirm", secret) is None


def test_a_token_is_for_one_purpose(db):
    secret = tokens.issue("confirm", 7, lasts=HOUR)
    for other in ("reset", "invitation", "", "Confirm"):
        assert tokens.look(other, secret) is None
        assert tokens.redeem(other, secret) is None
    assert tokens.redeem("confirm", secret)


def test_a_token_ends_in_time(db, at):
    moment = clock.now()
    secret = tokens.issue("confirm", 7, lasts=HOUR)
    at(moment + HOUR - timedelta(seconds=1))
    assert tokens.look("confirm", secret)
    at(moment + HOUR + timedelta(seconds=1))
    assert tokens.look("confirm", secret) is None
    assert tokens.redeem("confirm", secret) is None


def test_a_newer_token_for_the_same_ends_the_older_ones_and_no_others(db):
    older = tokens.issue("confirm", 7, lasts=HOUR)
    beside = tokens.issue("confirm", 8, lasts=HOUR)
    other = tokens.issue("reset", 7, lasts=HOUR)
    newer = tokens.issue("confirm", 7, lasts=HOUR)
    kept = tokens.issue("confirm", 7, lasts=HOUR, alone=False)
    assert tokens.redeem("confirm", older) is None
    assert all((tokens.redeem("confirm", newer), tokens.redeem("confirm", kept), tokens.redeem("confirm", beside)))
    assert tokens.redeem("reset", other)


def test_500_guesses_and_old_secrets_redeem_nothing(db):
    spent = [tokens.issue("confirm", 7, lasts=HOUR) for _ in range(100)]
    last = spent.pop()
    wrong = [*spent, *(f"{last[:-1]}{sign}" for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if sign != last[-1])]
    wrong += [last.lower(), last.upper(), last + "=", last[:-1], "", " " + last, "x" * 43]
    wrong += [f"{number:043d}" for number in range(500 - len(wrong))]
    assert len(wrong) >= 500
    assert [secret for secret in wrong if secret != last and tokens.redeem("confirm", secret)] == []
    assert tokens.redeem("confirm", last)


def test_nothing_of_a_token_is_kept_in_clear(db):
    secret = tokens.issue("confirm", 7, lasts=HOUR, payload={"email": "sara@skolan.example"})
    assert len(secret) >= 43
    kept = [bytes(cell) if isinstance(cell, memoryview) else cell for cell in rows("SELECT * FROM one_time_token")[0]]
    assert secret not in repr(kept)
    assert "sara@" not in repr(kept)


def test_a_wish_is_taken_once_oldest_first_and_forgotten(db):
    for number in range(3):
        tokens.issue("wish", number, lasts=HOUR, payload={"number": number}, alone=False)
    assert [tokens.take("wish").payload["number"] for _ in range(3)] == [0, 1, 2]
    assert tokens.take("wish") is None
    assert not OneTimeToken.select().exists()


def test_old_tokens_are_forgotten_after_a_month(db, at):
    moment = clock.now()
    tokens.issue("confirm", 7, lasts=HOUR)
    at(moment + timedelta(days=30))
    assert tokens.forget_old() == 0
    at(moment + timedelta(days=31))
    assert tokens.forget_old() == 1


@pytest.fixture
def crowd(database_url):
    """The function that does the same thing fifty times at once, each on a connection of its own."""
    engines.configure(database_url, threads=AT_ONCE)

    def all_at_once(act) -> list:
        start = threading.Barrier(AT_ONCE)

        def one(_number: int) -> object:
            with database.connection():
                start.wait(timeout=30)
                return act()

        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(one, range(AT_ONCE)))

    yield all_at_once
    engines.close()


def test_of_fifty_at_once_one_redeems(crowd):
    with database.connection():
        secret = tokens.issue("confirm", 7, lasts=HOUR)
    assert sum(found is not None for found in crowd(lambda: tokens.redeem("confirm", secret))) == 1


def test_of_fifty_at_once_one_takes_an_invitation(crowd):
    with database.connection():
        account = invitations.invite(COMMAND, email="ny@skolan.example", name="Nils Provlund")
        secret = tokens.issue(invitations.PURPOSE, account.id, lasts=HOUR)

    def accept() -> bool:
        try:
            return bool(invitations.accept(secret, KEPT))
        except invitations.NotInvited:
            return False

    assert sum(crowd(accept)) == 1
    with database.connection():
        assert Account.get_by_id(account.id).state == "active"
        assert rows("SELECT COUNT(*) FROM sitting")[0][0] == 1


def test_fifty_invitations_at_once_make_one_account_and_three_letters(crowd):
    crowd(lambda: invitations.invite(COMMAND, email="ny@skolan.example", name="Nils Provlund").id)
    with database.connection():
        assert rows("SELECT COUNT(*) FROM account")[0][0] == 1
        assert rows("SELECT COUNT(*) FROM letter")[0][0] == invitations.LETTERS_A_DAY

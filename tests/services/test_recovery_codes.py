"""Recovery codes: ten, unguessable, kept as hashes only, each used once; and beginning anew for who has lost all."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from tbb.clock import now
from tbb.database import connection, rows
from tbb.database import db as database
from tbb.models import Authenticator, Grant, Letter, Passkey, RecoveryCode, Sitting
from tbb.policy import COMMAND, Place, Refused
from tbb.services import actors, letters, proving, recovery_codes, sittings
from tbb.services.factors import Unproven
from tests import make
from tests.authenticator import somebody


@pytest.fixture
def account(db):
    """Somebody with an app for codes."""
    made = somebody()
    Authenticator.create(account=made, secret=b"sealed", confirmed_at=now())
    return made


def renewed(account) -> list[str]:
    """Make new codes and look at them."""
    actor = actors.of_account(account.id)
    return recovery_codes.shown(actor, recovery_codes.renew(actor))


def half(account):
    """Who owes the second factor, and their sitting."""
    sitting = sittings.find(sittings.begin(account.id, method="password", halfway=True))
    return actors.of_account(account.id, halfway=True), sitting


def test_there_are_ten_of_more_than_64_bits_each(account):
    codes = renewed(account)
    assert len(set(codes)) == 10
    assert all(set(code) <= set(recovery_codes.SIGNS) and len(code) == 16 for code in codes)
    assert len(recovery_codes.SIGNS) ** 16 > 2**64
    assert recovery_codes.written("k7m29qxdp4tnw8fh") == "k7m2-9qxd-p4tn-w8fh"


def test_no_code_is_kept_anywhere(account):
    codes = renewed(account)
    tables = ("recovery_code", "one_time_token", "letter", "audit_row", "sitting")
    everything = str([rows(f"SELECT * FROM {table}") for table in tables])
    assert not [code for code in codes if code in everything or recovery_codes.written(code) in everything]


def test_they_are_shown_to_their_owner_until_they_are_saved_and_no_longer_than_ten_minutes(account, at):
    actor, other = actors.of_account(account.id), actors.of_account(somebody().id)
    token = recovery_codes.renew(actor)
    assert recovery_codes.shown(actor, token) == recovery_codes.shown(actor, token)
    assert recovery_codes.shown(other, token) is None
    recovery_codes.put_away(other, token)
    assert recovery_codes.shown(actor, token)
    recovery_codes.put_away(actor, token)
    assert recovery_codes.shown(actor, token) is None
    late, moment = recovery_codes.renew(actor), now()
    at(moment + recovery_codes.SHOWN)
    assert recovery_codes.shown(actor, late) is None


@pytest.mark.parametrize("write", [str, str.upper, recovery_codes.written, lambda code: f" {code[:4]} – {code[4:]} "])
def test_a_code_lets_in_once_however_it_is_written(account, write):
    code = write(renewed(account)[3])
    actor, sitting = half(account)
    whole = sittings.find(proving.by_recovery_code(actor, sitting, code))
    assert (whole.stage, whole.method, whole.strong) == ("whole", "password+recovery", True)
    assert whole.notice == "Du har 9 reservkoder kvar."
    for again in (half(account), (actors.of_account(account.id), whole)):
        with pytest.raises(Unproven):
            proving.by_recovery_code(*again, code)


def test_the_owner_gets_a_letter_when_a_code_was_used(account):
    code = renewed(account)[0]
    proving.by_recovery_code(*half(account), code)
    told = [letters.facts_of(letter)["what"] for letter in Letter.select().order_by(Letter.id)]
    assert told[-1] == "En reservkod har använts till ditt konto. Du har 9 kvar."
    assert {letter.recipient for letter in Letter.select()} == {account.email}


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (4, "Du har 4 reservkoder kvar."),
        (3, "Du har bara 3 reservkoder kvar. Skapa nya under Mitt konto."),
        (1, "Du har bara 1 reservkod kvar. Skapa nya under Mitt konto."),
        (0, "Det var din sista reservkod. Skapa nya under Mitt konto."),
    ],
)
def test_whoever_has_few_left_is_warned(account, left, words):
    codes = renewed(account)
    for row in (
        RecoveryCode.select().where(RecoveryCode.digest != recovery_codes._digest(account.id, codes[0])).limit(9 - left)
    ):
        RecoveryCode.update(used_at=now()).where(RecoveryCode.id == row.id).execute()
    whole = sittings.find(proving.by_recovery_code(*half(account), codes[0]))
    assert whole.notice == words
    assert proving.own(account.id).few_codes == (left <= 3)


def test_new_codes_end_the_old(account):
    old = renewed(account)[0]
    new = renewed(account)[0]
    with pytest.raises(Unproven):
        proving.by_recovery_code(*half(account), old)
    assert proving.by_recovery_code(*half(account), new)


def test_a_code_is_its_own_accounts(account):
    other = somebody()
    Authenticator.create(account=other, secret=b"sealed", confirmed_at=now())
    theirs = renewed(other)[0]
    with pytest.raises(Unproven):
        proving.by_recovery_code(*half(account), theirs)


def test_of_eight_at_once_one_gets_in(account):
    code, taken, start = renewed(account)[0], [], threading.Barrier(8)
    actor = actors.of_account(account.id)

    def try_it() -> None:
        with connection():
            start.wait()
            taken.append(recovery_codes.use(actor, account.id, code))

    threads = [threading.Thread(target=try_it) for _ in range(7)]
    for thread in threads:
        thread.start()
    start.wait()
    taken.append(recovery_codes.use(actor, account.id, code))
    for thread in threads:
        thread.join()
    assert taken.count(True) == 1 and len(taken) == 8
    assert not database.is_closed()


def test_a_half_sitting_cannot_make_codes_for_an_account_with_a_factor(account):
    actor, _ = half(account)
    with pytest.raises(Refused):
        recovery_codes.renew(actor)
    assert not RecoveryCode.select().count()


def test_who_has_lost_everything_is_let_begin_anew_by_somebody_else_only(account):
    renewed(account)
    place = Place(organizer=make.organizer().id)
    chief = somebody()
    Grant.create(
        account=chief, duty="organizer_admin", organizer=place.organizer, starts_on=date(2026, 1, 1), given_at=now()
    )
    sittings.begin(account.id, method="test")
    for stranger in (actors.of_account(account.id), actors.of_account(somebody().id)):
        with pytest.raises(Refused):
            proving.begin_anew(stranger, account.id, place)
    with pytest.raises(Refused):
        proving.begin_anew(actors.of_account(chief.id), chief.id, place)
    assert Authenticator.select().count() == 1
    proving.begin_anew(actors.of_account(chief.id), account.id, place)
    assert not any(kind.select().count() for kind in (Passkey, Authenticator, RecoveryCode, Sitting))
    told = letters.facts_of(Letter.select().order_by(Letter.id.desc()).get())["what"]
    assert told.startswith("Dina nycklar, din app och dina reservkoder har tagits bort.")
    proving.begin_anew(COMMAND, account.id, place)

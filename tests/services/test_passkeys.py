"""Passkeys: only the right key, for the right host, on the right question, once, gets anybody in."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection, rows
from tbb.models import Account, Letter, Passkey, Sitting
from tbb.policy import Refused
from tbb.services import actors, factors, passkeys, proving, sittings
from tbb.services.factors import LastFactor, Unproven
from tests.authenticator import Device, somebody, text

PARTY = passkeys.party_of("http://localhost:8000")


@pytest.fixture
def account(db):
    """Somebody who has a password and no second factor."""
    return somebody()


def half(account: Account):
    """A sitting that owes the second factor, and who sits there."""
    secret = sittings.begin(account.id, method="password", halfway=True)
    return sittings.find(secret), actors.of_account(account.id, halfway=True)


def enrol(account: Account, device: Device | None = None) -> Device:
    """Give an account a passkey in a device."""
    device = device or Device()
    actor = actors.of_account(account.id)
    question = passkeys.ask_for_new(actor, PARTY)
    made = passkeys.check_new(actor, PARTY, question.token, device.make(question.options))
    passkeys.keep(actor, made, "Testnyckeln")
    return device


def sign_in(device: Device, **lies) -> Sitting:
    """Sign in by passkey alone."""
    question = proving.ask_anybody(PARTY, "192.0.2.1")
    answer = device.answer(question.options, **lies)
    return sittings.find(proving.sign_in_by_passkey(PARTY, question.token, answer, browser="Prov"))


def test_a_passkey_signs_in_by_itself_and_that_is_two_factors(account):
    device = enrol(account)
    sitting = sign_in(device)
    assert (sitting.account_id, sitting.stage, sitting.method, sitting.strong) == (account.id, "whole", "passkey", True)
    kept = Passkey.get()
    assert kept.sign_count == device.count == 1
    assert kept.used_at is not None and kept.name == "Testnyckeln"
    assert rows("SELECT action FROM audit_row WHERE action = 'account:sign-in'")


def test_what_the_browser_is_asked_demands_a_verified_person_and_a_key_that_is_found_by_itself(account):
    enrol(account)
    asked = json.loads(passkeys.ask_for_new(actors.of_account(account.id), PARTY).options)
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["rp"]["id"] == "localhost" and asked["attestation"] == "none"
    assert [key["id"] for key in asked["excludeCredentials"]] == [Passkey.get().credential]
    proof = json.loads(proving.ask_anybody(PARTY, "192.0.2.1").options)
    assert proof["userVerification"] == "required" and not proof["allowCredentials"]


@pytest.mark.parametrize(
    "lies",
    [
        {"origin": "https://localhost.elsewhere.example"},
        {"origin": "http://localhost:8001"},
        {"party": "elsewhere.example"},
        {"challenge": text(b"a challenge of our own choosing.")},
        {"unverified": True},
        {"absent": True},
        {"kind": "webauthn.create"},
        {"key": Device().key},
        {"user": b"somebody else"},
        {"user": b""},
    ],
    ids=lambda lies: next(iter(lies)),
)
def test_a_proof_that_lies_is_refused(account, lies):
    device = enrol(account)
    with pytest.raises(Unproven):
        sign_in(device, **lies)
    assert not Sitting.select().count()
    assert Passkey.get().sign_count == 0


@pytest.mark.parametrize(
    "lies",
    [
        {"origin": "https://elsewhere.example"},
        {"party": "elsewhere.example"},
        {"challenge": text(b"a challenge of our own choosing.")},
        {"unverified": True},
        {"kind": "webauthn.get"},
    ],
    ids=lambda lies: next(iter(lies)),
)
def test_a_new_key_that_lies_is_refused(account, lies):
    actor = actors.of_account(account.id)
    question = passkeys.ask_for_new(actor, PARTY)
    with pytest.raises(Unproven):
        passkeys.check_new(actor, PARTY, question.token, Device().make(question.options, **lies))
    assert not Passkey.select().count()


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", "7", "{", '"x"', '{"id":{}}', "[" * 9000, '{"id":"AA","rawId":"AA"}']
)
def test_nonsense_is_refused(account, answer):
    actor = actors.of_account(account.id)
    with pytest.raises(Unproven):
        passkeys.check_new(actor, PARTY, passkeys.ask_for_new(actor, PARTY).token, answer)
    with pytest.raises(Unproven):
        passkeys.recognise(PARTY, passkeys.ANYBODY, proving.ask_anybody(PARTY, "192.0.2.1").token, answer)


def test_a_question_is_answered_once(account):
    device = enrol(account)
    question = proving.ask_anybody(PARTY, "192.0.2.1")
    answer = device.answer(question.options)
    proving.sign_in_by_passkey(PARTY, question.token, answer, browser="")
    for again in (answer, device.answer(question.options)):
        with pytest.raises(Unproven):
            proving.sign_in_by_passkey(PARTY, question.token, again, browser="")
    assert Sitting.select().count() == 1


def test_a_failed_answer_uses_the_question_up(account):
    device = enrol(account)
    question = proving.ask_anybody(PARTY, "192.0.2.1")
    for answer in ("{}", device.answer(question.options)):
        with pytest.raises(Unproven):
            proving.sign_in_by_passkey(PARTY, question.token, answer, browser="")


def test_a_question_is_good_for_what_it_was_asked_for_only(account):
    device, (sitting, actor) = enrol(account), half(account)
    mine = proving.ask_for_passkey(sitting, PARTY)
    with pytest.raises(Unproven):
        proving.sign_in_by_passkey(PARTY, mine.token, device.answer(mine.options), browser="")
    anybodys = proving.ask_anybody(PARTY, "192.0.2.1")
    with pytest.raises(Unproven):
        proving.by_passkey(actor, sitting, PARTY, anybodys.token, device.answer(anybodys.options))
    other, _ = half(account)
    theirs = proving.ask_for_passkey(other, PARTY)
    with pytest.raises(Unproven):
        proving.by_passkey(actor, sitting, PARTY, theirs.token, device.answer(theirs.options))


def test_a_question_ends_after_five_minutes(account, at):
    device, began = enrol(account), clock.now()
    question = proving.ask_anybody(PARTY, "192.0.2.1")
    at(began + passkeys.LASTS + timedelta(seconds=2))
    with pytest.raises(Unproven):
        proving.sign_in_by_passkey(PARTY, question.token, device.answer(question.options), browser="")


def test_somebody_elses_key_is_no_second_factor(account):
    enrol(account)
    stranger = enrol(somebody())
    sitting, actor = half(account)
    question = proving.ask_for_passkey(sitting, PARTY)
    with pytest.raises(Unproven):
        proving.by_passkey(actor, sitting, PARTY, question.token, stranger.answer(question.options))
    assert Sitting.get_by_id(sitting.id).stage == "half"
    assert rows("SELECT COUNT(*) FROM audit_row WHERE outcome = 'refused'")[0][0] == 1


@pytest.mark.parametrize("count", [5, 4, 0])
def test_a_counter_that_stands_still_or_goes_back_is_refused_and_the_owner_is_told(account, count):
    device = enrol(account)
    sign_in(device, count=5)
    with pytest.raises(Unproven):
        sign_in(device, count=count)
    assert Passkey.get().sign_count == 5 and Sitting.select().count() == 1
    assert rows("SELECT outcome FROM audit_row WHERE action = 'passkey:counter'") == [("refused",)]
    assert Letter.select().where(Letter.recipient == account.email).count() == 2  # the key was added; and this
    sign_in(device, count=6)


def test_a_device_that_does_not_count_may_sign_in_again_and_again(account):
    device = enrol(account)
    sign_in(device, count=0)
    sign_in(device, count=0)


def test_whoever_may_not_sign_in_may_not_by_passkey_either(account):
    device = enrol(account)
    Account.update(state="disabled").where(Account.id == account.id).execute()
    with pytest.raises(Unproven):
        sign_in(device)


def test_a_new_secret_makes_the_half_sitting_whole_and_the_old_one_worthless(account):
    device = enrol(account)
    old = sittings.begin(account.id, method="password", halfway=True)
    sitting, actor = sittings.find(old), actors.of_account(account.id, halfway=True)
    question = proving.ask_for_passkey(sitting, PARTY)
    secret = proving.by_passkey(actor, sitting, PARTY, question.token, device.answer(question.options))
    whole = sittings.find(secret)
    assert sittings.find(old) is None
    assert (whole.stage, whole.method, whole.strong) == ("whole", "password+passkey", True)


def test_a_half_sitting_may_make_the_first_key_and_no_other(account):
    sitting, actor = half(account)
    question, device = passkeys.ask_for_new(actor, PARTY), Device()
    late, other = half(account)
    raced = passkeys.ask_for_new(other, PARTY)  # asked for while there was none, answered when there is one
    question = passkeys.ask_for_new(actor, PARTY)
    enrolled = proving.enrol_passkey(actor, sitting, PARTY, question.token, device.make(question.options), "En")
    assert sittings.find(enrolled.secret).stage == "whole"
    with pytest.raises(Refused):
        passkeys.ask_for_new(other, PARTY)
    with pytest.raises((Refused, Unproven)):
        proving.enrol_passkey(other, late, PARTY, raced.token, Device().make(raced.options), "Två")
    assert Passkey.select().count() == 1 and Sitting.get_by_id(late.id).stage == "half"


def test_a_made_key_is_not_kept_for_a_half_sitting_once_there_is_one(account):
    _, actor = half(account)
    question = passkeys.ask_for_new(actor, PARTY)
    made = passkeys.check_new(actor, PARTY, question.token, Device().make(question.options))
    enrol(account)
    with pytest.raises(Refused):
        passkeys.keep(actor, made, "Insmugen")


def test_of_two_first_keys_at_once_one_is_kept(account, database_url):
    sitting, actor = half(account)
    made = []
    for _ in range(2):
        question = passkeys.ask_for_new(actor, PARTY)
        made.append(passkeys.check_new(actor, PARTY, question.token, Device().make(question.options)))
    outcomes = at_once(lambda one: proving._enrol_passkey(actor, sitting, one, "Nyckel"), made)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Enrolled", "Refused"]
    assert Passkey.select().count() == 1


def test_one_key_is_one_accounts(account):
    device = enrol(account)
    with pytest.raises(Unproven):
        enrol(somebody(), device)
    assert Passkey.select().count() == 1


def test_there_are_at_most_ten(account):
    for _ in range(passkeys.MOST):
        enrol(account)
    with pytest.raises(passkeys.TooMany):
        passkeys.ask_for_new(actors.of_account(account.id), PARTY)


def test_removing_needs_ones_own_key_and_another_factor_and_ends_all_other_sittings(account):
    first, mine = enrol(account), actors.of_account(account.id)
    key, theirs = Passkey.get(), somebody()
    here, there = (sittings.find(sittings.begin(account.id, method="test")) for _ in range(2))
    enrol(theirs)
    with pytest.raises(LookupError):
        passkeys.remove(actors.of_account(theirs.id), key.id, keep_sitting=0)
    with pytest.raises(LastFactor):
        passkeys.remove(mine, key.id, keep_sitting=here.id)
    assert factors.count(account.id) == 1
    enrol(account)
    passkeys.remove(mine, key.id, keep_sitting=here.id)
    assert [sitting.id for sitting in sittings.of_account(account.id)] == [here.id] and there
    with pytest.raises(Unproven):
        sign_in(first)


def test_every_change_is_in_the_audit_and_in_a_letter_and_neither_says_a_secret(account):
    enrol(account)
    enrol(account)
    passkeys.remove(actors.of_account(account.id), Passkey.select().first().id, keep_sitting=0)
    written = rows("SELECT action, thing, thing_id, actor FROM audit_row ORDER BY id")
    assert [row[0] for row in written] == ["passkey:add", "passkey:add", "passkey:remove"]
    assert {row[1:] for row in written} == {("account", str(account.id), f"account:{account.id}")}
    assert [letter.template for letter in Letter.select()] == ["factor_changed"] * 3
    assert {letter.recipient for letter in Letter.select()} == {account.email}


@pytest.mark.parametrize(
    ("base_url", "id", "origin"),
    [
        ("https://tbb.example", "tbb.example", "https://tbb.example"),
        ("http://127.0.0.1:8000", "localhost", "http://localhost:8000"),
        ("http://[::1]:8000", "localhost", "http://localhost:8000"),
        ("http://localhost:81", "localhost", "http://localhost:81"),
    ],
)
def test_keys_belong_to_the_host_people_use(base_url, id, origin):
    party = passkeys.party_of(base_url)
    assert (party.id, party.origin) == (id, origin)


def at_once(work, given: list) -> list:
    """Do the work for each of the given at the same moment; give what came of it or was raised."""
    outcomes, start = [], threading.Barrier(len(given))

    def run(one) -> None:
        with connection():
            start.wait()
            try:
                outcomes.append(work(one))
            except Exception as problem:
                outcomes.append(problem)

    threads = [threading.Thread(target=run, args=(one,)) for one in given]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes

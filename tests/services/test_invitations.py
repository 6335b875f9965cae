"""Invitations and resets: links that work once, for the right thing, in time, and letters that tell nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import rows
from tbb.models import Account, AuditRow, Letter, OneTimeToken, Sitting
from tbb.policy import COMMAND
from tbb.services import invitations, letters, resets, sittings
from tbb.services.limits import TooOften
from tests import make
from tests.members import CHEAP, KEPT, PASSWORD, member


def invite(email: str = "ny@skolan.example", **more) -> Account:
    """Invite somebody."""
    return invitations.invite(COMMAND, email=email, name="Nils Provlund", **more)


def newest_link(template: str) -> str:
    """The secret in the newest letter of a kind."""
    letter = Letter.select().where(Letter.template == template).order_by(Letter.id.desc()).first()
    return letters.facts_of(letter)["path"].rpartition("/")[2]


def wish(email: str, *, who: str = "192.0.2.1") -> None:
    """Ask for a new password, and let the worker answer."""
    resets.ask(email, who=who)
    while resets.answer_next():
        pass


def sent() -> list[tuple[str, str]]:
    """Every letter's template and recipient."""
    return [(each.template, each.recipient) for each in Letter.select().order_by(Letter.id)]


def test_an_invitation_becomes_an_account_that_owes_a_second_factor(db):
    account = invite(" Ny@Skolan.example ", organizer=make.organizer())
    assert (account.email, account.state, account.password) == ("ny@skolan.example", "invited", "")
    secret = newest_link("invitation")
    assert invitations.look(secret) == account
    sitting = sittings.find(invitations.accept(secret, KEPT))
    assert (sitting.account_id, sitting.stage) == (account.id, "half")
    active = Account.get_by_id(account.id)
    assert active.state == "active"
    assert CHEAP.fits(active.password, PASSWORD)
    assert [row.action for row in AuditRow.select().order_by(AuditRow.id)] == ["account:invite", "account:accept"]


def test_looking_at_a_link_uses_nothing(db):
    invite()
    secret = newest_link("invitation")
    assert all(invitations.look(secret) for _ in range(3))
    assert not OneTimeToken.select().where(OneTimeToken.used_at.is_null(False)).exists()


def test_a_used_link_is_gone(db):
    invite()
    secret = newest_link("invitation")
    invitations.accept(secret, KEPT)
    assert invitations.look(secret) is None
    with pytest.raises(invitations.NotInvited):
        invitations.accept(secret, "another")


def test_an_invitation_lasts_seven_days(db, at):
    moment = clock.now()
    invite()
    secret = newest_link("invitation")
    at(moment + timedelta(days=6, hours=23))
    assert invitations.look(secret)
    at(moment + timedelta(days=7, seconds=1))
    assert invitations.look(secret) is None
    with pytest.raises(invitations.NotInvited):
        invitations.accept(secret, KEPT)


def test_inviting_again_ends_the_older_link_and_makes_no_second_account(db):
    first = invite()
    older = newest_link("invitation")
    assert invite("NY@skolan.example").id == first.id
    newer = newest_link("invitation")
    assert newer != older
    assert invitations.look(older) is None
    assert invitations.look(newer) == first
    assert Account.select().count() == 1


def test_at_most_three_letters_within_a_day(db, at):
    moment = clock.now()
    for _ in range(5):
        invite()
    assert len(sent()) == 3
    assert invitations.look(newest_link("invitation"))
    at(moment + timedelta(days=1, seconds=1))
    invite()
    assert len(sent()) == 4


@pytest.mark.parametrize("state", ["active", "disabled"])
def test_who_has_an_account_already_gets_no_link_that_could_change_it(db, state):
    account = member("finns@skolan.example", state=state)
    invite("finns@skolan.example")
    assert sent() == []
    assert Account.get_by_id(account.id).state == state


def test_a_work_contact_is_tied_to_one_account_only(db):
    person = make.person()
    first = invite(person=person)
    assert first.person_id == person.id
    assert invite("annan@skolan.example", person=person).person_id is None
    other = make.person("Omar Provberg")
    assert invite(person=other).person_id == person.id
    assert invitations.invite(COMMAND, email="av@x.example", name="A", person=other).person_id == other.id


def test_an_account_that_is_shut_meanwhile_cannot_be_taken_in_use(db):
    account = invite()
    secret = newest_link("invitation")
    assert invitations.shut(COMMAND, "ny@skolan.example")
    assert invitations.look(secret) is None
    with pytest.raises(invitations.NotInvited):
        invitations.accept(secret, KEPT)
    assert Account.get_by_id(account.id).password == ""
    assert not invitations.shut(COMMAND, "ingen@skolan.example")


def test_a_reset_changes_the_password_ends_every_sitting_and_tells(db):
    account = member("sara@skolan.example")
    before = [sittings.begin(account.id, method="password", strong=True) for _ in range(2)]
    wish("sara@skolan.example")
    secret = newest_link("reset")
    assert resets.look(secret) == account
    sitting = sittings.find(resets.change(secret, CHEAP.make("fyra helt nya ord")))
    assert sitting.stage == "half"
    assert [sittings.find(each) for each in before] == [None, None]
    assert Sitting.select().count() == 1
    assert CHEAP.fits(Account.get_by_id(account.id).password, "fyra helt nya ord")
    assert sent()[-1] == ("password_changed", "sara@skolan.example")
    with pytest.raises(resets.NotReset):
        resets.change(secret, KEPT)


def test_a_reset_lasts_an_hour_and_a_newer_one_ends_it(db, at):
    moment = clock.now()
    member("sara@skolan.example")
    wish("sara@skolan.example")
    older = newest_link("reset")
    at(moment + timedelta(minutes=10))
    wish("sara@skolan.example")
    newer = newest_link("reset")
    assert resets.look(older) is None
    assert resets.look(newer)
    at(moment + timedelta(minutes=70, seconds=1))
    assert resets.look(newer) is None


def test_what_each_address_is_answered(db):
    member("aktiv@skolan.example")
    member("stangd@skolan.example", state="disabled")
    member("inbjuden@skolan.example", state="invited")
    member("federerad@skolan.example", password="")
    for name in ("aktiv", "stangd", "inbjuden", "federerad", "ingen"):
        wish(f"{name}@skolan.example", who=name)
    assert sent() == [
        ("reset", "aktiv@skolan.example"),
        ("invitation", "inbjuden@skolan.example"),
        ("reset_elsewhere", "federerad@skolan.example"),
    ]


def test_asking_does_the_same_work_for_every_address_and_keeps_none_in_clear(db):
    member("sara@skolan.example")
    tables = ("one_time_token", "letter", "audit_row", "rate_count")
    for number, name in enumerate(("sara", "ingen"), start=1):
        resets.ask(f"{name}@skolan.example", who=name)
        counted = [rows(f"SELECT COUNT(*) FROM {table}")[0][0] for table in tables]
        assert counted == [number, 0, number, 2 * number]
    kept = "".join(str(rows(f"SELECT * FROM {table}")) for table in tables)
    assert "sara@" not in kept
    assert "ingen@" not in kept


def test_five_wishes_a_day_for_one_address(db, at):
    at(clock.now().replace(hour=8))
    for number in range(5):
        resets.ask("sara@skolan.example", who=f"n{number}")
    with pytest.raises(TooOften):
        resets.ask("SARA@skolan.example", who="another")


def test_an_account_that_is_disabled_meanwhile_is_not_reset(db):
    account = member("sara@skolan.example")
    wish("sara@skolan.example")
    secret = newest_link("reset")
    invitations.shut(COMMAND, "sara@skolan.example")
    with pytest.raises(resets.NotReset):
        resets.change(secret, CHEAP.make("fyra helt nya ord"))
    assert Account.get_by_id(account.id).password == KEPT


def test_a_wish_that_waited_too_long_is_not_answered(db, at):
    member("sara@skolan.example")
    moment = clock.now()
    resets.ask("sara@skolan.example", who="n")
    at(moment + timedelta(hours=7))
    assert resets.answer_next() is False
    assert sent() == []


def test_no_token_lies_in_clear_in_the_database(db):
    invite()
    member("sara@skolan.example")
    wish("sara@skolan.example")
    secrets = [newest_link("invitation"), newest_link("reset")]
    tables = [row[0] for row in rows("SELECT DISTINCT template FROM letter")]
    assert sorted(tables) == ["invitation", "reset"]
    everything = "".join(
        repr(
            [
                bytes(cell) if isinstance(cell, memoryview) else cell
                for row in rows(f'SELECT * FROM "{table}"')
                for cell in row
            ]
        )
        for table in ("letter", "one_time_token", "audit_row", "account", "sitting", "receipt", "rate_count")
    )
    assert not [secret for secret in secrets if secret in everything]

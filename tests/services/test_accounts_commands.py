"""The commands that let the first people in, and somebody out."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from tbb.commands_accounts import disable_account, invite
from tbb.database import connection, rows
from tbb.models import Account, Organizer
from tbb.services import sittings
from tests.members import member

NEW = ["--email", "Ny@tbb.example", "--name", "Nils Provlund"]


def run(command, *words: str) -> tuple[int, str]:
    """Run a command; give its exit code and what it said."""
    ended = CliRunner().invoke(command, words)
    return ended.exit_code, ended.output


def test_the_first_process_leader_is_invited_for_the_county(county):
    assert run(invite, *NEW, "--duty", "process_leader")[0] == 0
    with connection():
        account = Account.get(Account.email == "ny@tbb.example")
        found = rows('SELECT duty, unit_id, organizer_id FROM "grant" WHERE account_id = ?', (account.id,))
        assert found == [("process_leader", None, None)]
        assert rows("SELECT COUNT(*) FROM letter WHERE template = 'invitation' AND recipient = 'ny@tbb.example'")[0][0]


def test_an_administrator_is_invited_for_an_organizer_by_its_number(county):
    assert run(invite, *NEW, "--duty", "organizer_admin", "--organizer", "212000-0357")[0] == 0
    with connection():
        account = Account.get(Account.email == "ny@tbb.example")
        assert account.organizer == Organizer.get(Organizer.orgnr == "2120000357")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--duty", "organizer_admin"], "cannot be given there"),
        (["--duty", "bba", "--unit", "nackrosskolan-eskilstuna"], "cannot be given there"),
        (["--duty", "unit_head", "--unit", "finns-inte"], "There is no unit"),
        (["--duty", "organizer_admin", "--organizer", "0000000000"], "There is no organizer"),
        (["--duty", "staff", "--organizer", "2120000357", "--unit", "x"], "not both"),
        (["--duty", "kung"], "Invalid value"),
    ],
)
def test_what_cannot_be_is_refused_and_makes_no_account(county, words, says):
    code, said = run(invite, *NEW, *words)
    assert code != 0
    assert says in said
    with connection():
        assert not Account.select().where(Account.email == "ny@tbb.example").exists()


def test_the_same_duty_twice_is_refused(county):
    assert run(invite, *NEW, "--duty", "operations")[0] == 0
    code, said = run(invite, *NEW, "--duty", "operations")
    assert (code, "already" in said) == (1, True)


def test_an_account_is_disabled_and_signed_out(county):
    with connection():
        secret = sittings.begin(member("bort@tbb.example").id, method="password", strong=True)
    assert run(disable_account, "--email", " BORT@tbb.example")[0] == 0
    with connection():
        assert sittings.find(secret) is None
        assert Account.get(Account.email == "bort@tbb.example").state == "disabled"
    assert run(disable_account, "--email", "ingen@tbb.example")[0] == 1

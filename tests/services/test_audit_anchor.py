"""The head of the chain is sent outside every hour, and what is outside is believed before what is inside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from tbb.commands_audit import audit_commands
from tbb.database import connection, on_postgresql, rows, run, transaction
from tbb.models import Anchor, Letter
from tbb.policy import COMMAND
from tbb.services import audit, audit_anchor, letters
from tbb.web.letters import render

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path):
    """The settings that name the places outside."""
    return SimpleNamespace(anchor_file=tmp_path / "anchors", anchor_email="arkiv@tbb.example")


@transaction
def written(count: int) -> None:
    """Write some rows."""
    for number in range(count):
        audit.record(COMMAND, "unit:change", "unit", number)


def cut_after(number: int) -> None:
    """Cut off the end, as only who has the whole database can."""
    for statement in (
        ("ALTER TABLE audit_row DISABLE TRIGGER ALL",)
        if on_postgresql()
        else ("DROP TRIGGER audit_row_no_update", "DROP TRIGGER audit_row_no_delete")
    ):
        run(statement)
    run("DELETE FROM audit_row WHERE id > ?", (number,))


def test_the_head_goes_to_the_file_to_the_address_and_to_the_table(db, settings):
    assert audit_anchor.anchor(settings) is None
    written(3)
    made = audit_anchor.anchor(settings)
    digest = rows("SELECT digest FROM audit_row WHERE id = 3")[0][0]
    assert (made.row, made.count, made.digest) == (3, 3, digest)
    assert settings.anchor_file.read_text() == audit_anchor.line_of(made) + "\n"
    assert settings.anchor_file.stat().st_mode & 0o777 == 0o600
    letter = Letter.get()
    said = render(letter.template, letters.facts_of(letter), base_url="https://tbb.example")
    assert letter.recipient == "arkiv@tbb.example" and digest in said.text


def test_it_is_done_once_an_hour_however_often_it_is_asked(db, settings, at):
    written(1)
    for minutes in (0, 1, 30, 54, 60, 61, 121):
        at(NOON + timedelta(minutes=minutes))
        audit_anchor.anchor_if_due(settings)
    assert Anchor.select().count() == len(settings.anchor_file.read_text().splitlines()) == 3


def test_nothing_is_anchored_where_no_place_is_named(db):
    written(1)
    nowhere = SimpleNamespace(anchor_file=None, anchor_email="")
    assert not audit_anchor.is_wanted(nowhere)
    assert audit_anchor.anchor_if_due(nowhere) is None and Anchor.select().count() == 0


def test_a_file_that_is_away_is_an_error_and_no_anchor(db, settings, tmp_path):
    written(1)
    settings.anchor_file = tmp_path / "not mounted" / "anchors"
    with pytest.raises(OSError, match="No such file"):
        audit_anchor.anchor_if_due(settings)
    assert Anchor.select().count() == 0 and Letter.select().count() == 0


def test_who_cuts_the_chain_and_its_anchors_inside_is_told_by_the_file_outside(db, settings):
    written(5)
    audit_anchor.anchor(settings)
    cut_after(3)
    assert audit_anchor.verify().broken == 5
    run("DELETE FROM anchor")
    assert audit_anchor.verify().broken is None
    assert audit_anchor.verify(settings.anchor_file).broken == 5


def test_anchors_that_disagree_are_told_of(db, settings):
    written(2)
    audit_anchor.anchor(settings)
    run("UPDATE anchor SET digest = 'x'")
    found = audit_anchor.verify(settings.anchor_file)
    assert found.broken == 2 and "disagree" in found.why


def test_a_note_in_the_file_harms_nothing(db, settings):
    written(2)
    audit_anchor.anchor(settings)
    with settings.anchor_file.open("a") as file:
        file.write("# moved to the new server, 2026\n\n")
    assert audit_anchor.verify(settings.anchor_file) == audit.Verdict(2, 0)


def test_the_commands_say_what_they_found(make_app, database_url, tmp_path):
    app = make_app(database_url, TBB_ANCHOR_FILE=str(tmp_path / "anchors"))

    def run_command(name: str):
        (command,) = (command for command in audit_commands if command.name == name)
        with app.app_context():
            return CliRunner().invoke(command)

    assert "no row" in run_command("audit-anchor").output
    with connection():
        written(4)
    assert " row=4 count=4 digest=1:" in run_command("audit-anchor").output
    well = run_command("audit-verify")
    assert (well.exit_code, well.output) == (0, "The chain is whole: 4 rows.\n")
    with connection():
        cut_after(2)
    ill = run_command("audit-verify")
    assert ill.exit_code == 1 and ill.output.startswith("BROKEN at row 4: an anchor outside knows of it")

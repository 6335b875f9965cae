"""The audit is whole, append-only, and says which fields changed but never what they hold."""

from __future__ import annotations

import pytest
from peewee import PeeweeException

from tbb.database import run, transaction
from tbb.models import AuditRow
from tbb.policy import COMMAND
from tbb.services import audit


@transaction
def written(count: int = 5) -> None:
    """Write some rows."""
    for number in range(count):
        audit.record(COMMAND, "unit:change", "unit", number, fields=("phone", "name"), note="Å")


def loosen_the_guard(database) -> None:
    """Do what somebody with the whole database in their hands can do."""
    if "Sqlite" in type(database.obj).__name__:
        run("DROP TRIGGER audit_row_no_update")
        run("DROP TRIGGER audit_row_no_delete")
    else:
        run("ALTER TABLE audit_row DISABLE TRIGGER ALL")


def test_an_unbroken_chain_is_well(db):
    assert audit.first_broken() is None
    written()
    assert audit.first_broken() is None
    row = AuditRow.get()
    assert (row.actor, row.action, row.thing, row.thing_id, row.fields) == (
        "command",
        "unit:change",
        "unit",
        "0",
        "name,phone",
    )
    assert row.previous == audit.GENESIS
    assert row.at.utcoffset().total_seconds() == 0


@pytest.mark.parametrize("statement", ["UPDATE audit_row SET note = 'x'", "DELETE FROM audit_row"])
def test_the_database_refuses_to_change_or_remove_a_row(db, statement):
    written()
    with pytest.raises(PeeweeException, match="append-only"), db.atomic():
        run(statement)
    assert AuditRow.select().count() == 5
    assert audit.first_broken() is None


@pytest.mark.parametrize(
    ("tampering", "shows_at"),
    [
        *(
            (f"UPDATE audit_row SET {column} = 'x' WHERE id = 3", 3)
            for column in ("actor", "action", "thing", "thing_id", "fields", "note", "previous", "digest")
        ),
        ("UPDATE audit_row SET at = '2020-01-01 00:00:00' WHERE id = 2", 2),
        ("DELETE FROM audit_row WHERE id = 3", 4),
        ("DELETE FROM audit_row WHERE id = 1", 2),
    ],
)
def test_tampering_shows_at_the_row(db, tampering, shows_at):
    written()
    loosen_the_guard(db)
    run(tampering)
    assert audit.first_broken() == shows_at


def test_swapped_rows_show(db):
    written()
    loosen_the_guard(db)
    for change in ("2, 99", "3, 2", "99, 3"):
        old, new = change.split(", ")
        run(f"UPDATE audit_row SET id = {new} WHERE id = {old}")
    assert audit.first_broken() == 2


def test_a_change_that_fails_leaves_no_row(db):
    @transaction
    def fails() -> None:
        audit.record(COMMAND, "unit:change", "unit", 1)
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError):
        fails()
    assert AuditRow.select().count() == 0

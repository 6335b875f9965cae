"""The database's history, oldest first, and the few functions that move a database along it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from playhouse.migrations import Runner

from tbb.clock import now
from tbb.database import db, on_postgresql, rows

FOLDER = Path(__file__).parent


class BrokenReferences(Exception):
    """After a migration some rows point at rows that do not exist."""


def pending() -> list[str]:
    """Name the migrations that this database has not had yet, in order."""
    return [migration.name for migration in _runner().status() if migration.path and not migration.applied]


def migrate(backups: Path | None = None) -> list[str]:
    """Apply what is pending and name it; copy an SQLite database into `backups` first.

    Raises BrokenReferences when a migration leaves a reference that leads nowhere.
    """
    if not pending():
        return []
    if backups is not None and not on_postgresql() and db.get_tables():
        _back_up(backups)
    applied = _runner().up()
    _check_references()
    return applied


def revert() -> list[str]:
    """Undo the newest migration and name it."""
    return _runner().down()


def _runner() -> Runner:
    return Runner(db.obj, str(FOLDER))


def _back_up(folder: Path) -> None:
    """Copy the database with SQLite's own backup, which is right also while others write."""
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"before-migration-{now():%Y%m%d-%H%M%S}.db"
    copy = sqlite3.connect(target)
    try:
        db.connection().backup(copy)
    finally:
        copy.close()
    target.chmod(0o600)


def _check_references() -> None:
    if not on_postgresql() and (broken := rows("PRAGMA foreign_key_check")):
        raise BrokenReferences(f"{len(broken)} rows point nowhere, the first in table {broken[0][0]}.")

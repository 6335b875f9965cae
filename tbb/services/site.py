"""Marks on the whole database, and whether all is well with it."""

from __future__ import annotations

from tbb.database import db, rows, run, transaction

DEMO = "demo"


def holds_demo_data() -> bool:
    """Whether the database was filled with the fictional county; False when there are no tables yet."""
    return "meta" in db.get_tables() and bool(rows("SELECT 1 FROM meta WHERE key = ?", (DEMO,)))


@transaction
def mark_as_demo() -> None:
    """Mark the database as fictional for ever; production refuses it."""
    run("INSERT INTO meta (key, value) VALUES (?, '1') ON CONFLICT (key) DO NOTHING", (DEMO,))

"""Who has something open for writing just now, so that two do not write over each other unawares."""

from __future__ import annotations

from datetime import timedelta

from tbb import clock
from tbb.database import rows, run, transaction
from tbb.models import Writing
from tbb.policy import Actor

STILL_HERE = timedelta(minutes=5)


@transaction
def mark(actor: Actor, thing: str) -> None:
    """Note that the actor has a thing (``article:<key>``) open for writing; those who have left are forgotten."""
    moment = clock.now()
    run("DELETE FROM writing WHERE at < ?", (Writing.at.db_value(moment - STILL_HERE),))
    run(
        "INSERT INTO writing (thing, account_id, at) VALUES (?, ?, ?)"
        " ON CONFLICT (thing, account_id) DO UPDATE SET at = excluded.at",
        (thing[:60], actor.account, Writing.at.db_value(moment)),
    )


@transaction
def leave(actor: Actor, thing: str) -> None:
    """Note that the actor has closed it."""
    run("DELETE FROM writing WHERE thing = ? AND account_id = ?", (thing[:60], actor.account))


def others(actor: Actor, thing: str) -> list[str]:
    """Name the others who have a thing open for writing, the latest first."""
    asked = (
        "SELECT a.name FROM writing w JOIN account a ON a.id = w.account_id"
        " WHERE w.thing = ? AND w.account_id <> ? AND w.at >= ? ORDER BY w.at DESC"
    )
    since = Writing.at.db_value(clock.now() - STILL_HERE)
    return [name for (name,) in rows(asked, (thing[:60], actor.account, since))]

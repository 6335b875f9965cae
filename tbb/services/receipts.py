"""Receipts: a form that is sent twice is acted on once."""

from __future__ import annotations

from datetime import timedelta

from tbb import clock
from tbb.database import keyring, rows, run, transaction
from tbb.models import Receipt

KEPT = timedelta(days=2)


def note(key: str) -> bool:
    """Within the caller's transaction, note that a form has come; False when it came before.

    Of two at once the second waits until the first is done, on either engine.
    """
    made = run(
        "INSERT INTO receipt (key, location, created_at) VALUES (?, '', ?) ON CONFLICT (key) DO NOTHING",
        (key, Receipt.created_at.db_value(clock.now())),
    )
    return made.rowcount == 1


def keep(key: str, location: str) -> None:
    """Keep where the first answer led, sealed: some addresses hold a one-time token."""
    sealed = keyring().seal(location, _place(key)).hex() if location else ""
    run("UPDATE receipt SET location = ? WHERE key = ?", (sealed, key))


def location(key: str) -> str:
    """Tell where the first answer led; empty when it led nowhere."""
    found = rows("SELECT location FROM receipt WHERE key = ?", (key,))
    return keyring().open(bytes.fromhex(found[0][0]), _place(key)) if found and found[0][0] else ""


@transaction
def forget_old() -> int:
    """Remove receipts that no browser will ask for any more; tell how many."""
    return Receipt.delete().where(Receipt.created_at < clock.now() - KEPT).execute()


def _place(key: str) -> str:
    return f"receipt.location:{key}"

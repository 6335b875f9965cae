"""Numbers that grow with every change, so that a page or a memory knows when it is old."""

from __future__ import annotations

from tbb.database import rows, run

DIRECTORY = "directory"
SEARCH = "search"
CONTENT = "content"


def current(key: str) -> int:
    """Tell the present version of something; 0 when it has never changed."""
    found = rows("SELECT value FROM version WHERE key = ?", (key,))
    return found[0][0] if found else 0


def bump(key: str) -> None:
    """Say, within the transaction that changes it, that something is new."""
    run(
        "INSERT INTO version (key, value) VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET value = version.value + 1",
        (key,),
    )


def put(key: str, value: int) -> None:
    """Within the caller's transaction, remember a number under a key of its own."""
    run(
        "INSERT INTO version (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )

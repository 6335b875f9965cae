"""Destroying the keys of cases whose words are gone, and telling whether every key that is needed is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from tbb import clock
from tbb.database import case_keys, rows, run, transaction
from tbb.models import DoomedKey

ORPHAN_AFTER = timedelta(days=1)
"""So long a key may be without anything that refers to it: it is made before the row that will."""
FEW = 20
"""So many keys without anything are an ordinary day's; more, and it is rather the database that is the wrong one."""
PENDING = timedelta(days=1)


class TooManyOrphans(Exception):
    """Most keys belong to nothing in this database: it is empty, old or another one, and no key is destroyed."""


@dataclass(frozen=True)
class Found:
    """How it is with the keys: how many, how many things lack theirs, and how many wait too long to be destroyed."""

    keys: int
    without: int
    late: int


def destroy_doomed() -> int:
    """Destroy the keys whose rows are gone; tell how many. A key that something still refers to is left."""
    doomed = [seal for (seal,) in rows("SELECT seal FROM doomed_key ORDER BY id")]
    if not doomed:
        return 0
    needed = in_use()
    gone = [seal for seal in doomed if seal not in needed]
    destroyed = case_keys().destroy(gone)
    _cross_out(doomed)
    return destroyed


def destroy_orphans() -> int:
    """Destroy keys older than a day that nothing refers to; tell how many. Raises TooManyOrphans."""
    needed = in_use()
    orphans = orphaned(needed)
    if orphans and (not needed or len(orphans) > max(FEW, len(needed) // 10)):
        raise TooManyOrphans
    return case_keys().destroy(orphans)


def orphaned(needed: set[str] | None = None) -> set[str]:
    """Name the keys older than a day that nothing refers to."""
    return case_keys().names(clock.now() - ORPHAN_AFTER) - (in_use() if needed is None else needed)


def in_use() -> set[str]:
    """Name the keys that something refers to."""
    return {seal for (seal,) in rows("SELECT seal FROM casefile UNION SELECT seal FROM wheel")}


def look() -> Found:
    """Say how it is."""
    names = case_keys().names()
    since = DoomedKey.at.db_value(clock.now() - PENDING)
    late = rows("SELECT COUNT(*) FROM doomed_key WHERE at < ?", (since,))[0][0]
    return Found(len(names), len(in_use() - names), late)


def without_key() -> Iterator[tuple[str, str]]:
    """Give kind and reference of the wheels and cases whose key is gone: forgotten after the backup was taken."""
    names = case_keys().names()
    asked = "SELECT 'casefile', reference, seal FROM casefile UNION ALL SELECT 'wheel', reference, seal FROM wheel"
    return ((kind, reference) for kind, reference, seal in rows(asked) if seal not in names)


@transaction
def _cross_out(seals: list[str]) -> None:
    for seal in seals:
        run("DELETE FROM doomed_key WHERE seal = ?", (seal,))

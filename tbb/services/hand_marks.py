"""Marks what a hand has set in an entry, so that the next import of a register keeps it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from tbb import clock
from tbb.database import one_at_a_time, rows, run

HAND = "hand"
"""What stands in a unit's provenance for a field that somebody here has set (tbb/services/registers/records.py)."""

_STANDS = "SELECT DISTINCT unit_id, role FROM responsibility WHERE person_id = ? AND (ends_on IS NULL OR ends_on >= ?)"


def fields(unit: int, names: Iterable[str]) -> None:
    """Mark, within the caller's transaction, fields of a unit or roles in it as set by hand."""
    one_at_a_time(f"provenance of unit {unit}")
    stored = rows("SELECT provenance FROM unit WHERE id = ?", (unit,))[0][0]
    marked = json.loads(stored or "{}") | dict.fromkeys(names, HAND)
    run("UPDATE unit SET provenance = ? WHERE id = ?", (json.dumps(marked, sort_keys=True), unit))


def person(number: int) -> None:
    """Mark a person's roles, in every unit where they stand today or will, as set by hand."""
    for unit, role in sorted(rows(_STANDS, (number, clock.today()))):
        fields(unit, [role])

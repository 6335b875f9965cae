"""Whether a samordningsperson can be one today: the account is open, its owner works for that service and is there."""

from __future__ import annotations

from tbb import clock
from tbb.database import as_day, rows
from tbb.models import Coordinator
from tbb.services import employment

WORKS = employment.works_at("k.unit_id")
"""Of a coordinator `k` and their account `a`."""


def works_still(appointed: Coordinator) -> bool:
    """Whether the account is open and still works for the service it was appointed from; without one, always."""
    if appointed.account_id is None:
        return True
    asked = f"SELECT 1 FROM coordinator k JOIN account a ON a.id = k.account_id WHERE k.id = ? AND {WORKS}"
    return bool(rows(asked, (appointed.id, *employment.today())))


def is_away(appointed: Coordinator) -> bool:
    """Whether they are away today from all they answer for in that service; then who answers for the case has the plan.

    Nothing ends: when they are back the plan is theirs as before.
    """
    if appointed.account_id is None or appointed.unit_id is None:
        return False
    today = clock.today()
    asked = (
        "SELECT r.away_from, r.away_until FROM responsibility r JOIN account a ON a.person_id = r.person_id"
        " WHERE a.id = ? AND r.unit_id = ? AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on >= ?)"
    )
    found = [
        (as_day(away), as_day(back))
        for away, back in rows(asked, (appointed.account_id, appointed.unit_id, today, today))
    ]
    return bool(found) and all(
        away is not None and away <= today and not (back and back < today) for away, back in found
    )


def gone() -> list[tuple[int, int]]:
    """Find those who are samordningsperson still but cannot be: (number, case)."""
    asked = (
        "SELECT k.id, k.case_id FROM coordinator k JOIN account a ON a.id = k.account_id"
        f" WHERE k.ended_at IS NULL AND NOT ({WORKS})"
    )
    return rows(asked, employment.today())

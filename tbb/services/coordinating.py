"""Whether a samordningsperson can still be one: the account is open, and its owner works for that service still."""

from __future__ import annotations

from tbb import clock
from tbb.database import rows
from tbb.models import Coordinator

WORKS = """
    a.state = 'active' AND (k.unit_id IS NULL
      OR EXISTS (SELECT 1 FROM "grant" g JOIN unit u ON u.id = k.unit_id
                 WHERE g.account_id = a.id AND g.ended_at IS NULL AND g.starts_on <= ?
                   AND (g.ends_on IS NULL OR g.ends_on >= ?)
                   AND (g.unit_id = u.id OR g.organizer_id = u.organizer_id))
      OR EXISTS (SELECT 1 FROM responsibility r WHERE r.person_id = a.person_id AND r.unit_id = k.unit_id
                   AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on >= ?)))
"""
"""Of a coordinator `k` and their account `a`."""


def works_still(appointed: Coordinator) -> bool:
    """Whether the account is open and still works for the service it was appointed from; without one, always."""
    if appointed.account_id is None:
        return True
    asked = f"SELECT 1 FROM coordinator k JOIN account a ON a.id = k.account_id WHERE k.id = ? AND {WORKS}"
    return bool(rows(asked, (appointed.id, *_today())))


def gone() -> list[tuple[int, int]]:
    """Find those who are samordningsperson still but cannot be: (number, case)."""
    asked = (
        "SELECT k.id, k.case_id FROM coordinator k JOIN account a ON a.id = k.account_id"
        f" WHERE k.ended_at IS NULL AND NOT ({WORKS})"
    )
    return rows(asked, _today())


def _today() -> list[object]:
    return [clock.today()] * 4

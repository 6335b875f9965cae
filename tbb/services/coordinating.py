"""Whether a samordningsperson can still be one: the account is open, and its owner works for that service still."""

from __future__ import annotations

from tbb.database import rows
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


def gone() -> list[tuple[int, int]]:
    """Find those who are samordningsperson still but cannot be: (number, case)."""
    asked = (
        "SELECT k.id, k.case_id FROM coordinator k JOIN account a ON a.id = k.account_id"
        f" WHERE k.ended_at IS NULL AND NOT ({WORKS})"
    )
    return rows(asked, employment.today())

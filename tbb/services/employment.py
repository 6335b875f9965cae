"""Who works for a service today: the account is open, and its owner has a part in that unit or in its organizer."""

from __future__ import annotations

from tbb import clock
from tbb.database import rows

_WORKS = """
    a.state = 'active' AND ({unit} IS NULL
      OR EXISTS (SELECT 1 FROM "grant" g JOIN unit u ON u.id = {unit}
                 WHERE g.account_id = a.id AND g.ended_at IS NULL AND g.starts_on <= ?
                   AND (g.ends_on IS NULL OR g.ends_on >= ?)
                   AND (g.unit_id = u.id OR g.organizer_id = u.organizer_id))
      OR EXISTS (SELECT 1 FROM responsibility r WHERE r.person_id = a.person_id AND r.unit_id = {unit}
                   AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on >= ?)))
"""


def works_at(unit: str) -> str:
    """Make the condition that an account `a` is open and works for a unit, by its column; for none, that it is open.

    Its parameters are `today()`.
    """
    return _WORKS.format(unit=unit)


def today() -> list[object]:
    """The parameters of one such condition."""
    return [clock.today()] * 4


def works(account: int, unit: int | None) -> bool:
    """Whether somebody's account is open and they work for a unit today; of none, whether it is open."""
    if unit is None:
        return bool(rows("SELECT 1 FROM account WHERE id = ? AND state = 'active'", (account,)))
    asked = f"SELECT 1 FROM account a JOIN unit s ON s.id = ? WHERE a.id = ? AND {works_at('s.id')}"
    return bool(rows(asked, (unit, account, *today())))

"""Whom an entry belongs to: the accounts that lead a unit, run its organizer, answer for it, or lead the county."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tbb import clock
from tbb.database import rows
from tbb.models.kinds import Duty

_GRANTED = """
    SELECT DISTINCT a.id, a.email, a.name FROM account a JOIN "grant" g ON g.account_id = a.id
    WHERE a.state = 'active' AND g.duty = ? AND g.ended_at IS NULL AND g.starts_on <= ?
      AND (g.ends_on IS NULL OR g.ends_on >= ?) AND {where} ORDER BY a.id
"""
_ANSWERING = """
    SELECT DISTINCT a.id, a.email, a.name FROM account a JOIN responsibility r ON r.person_id = a.person_id
    WHERE a.state = 'active' AND r.unit_id = ? AND r.role = 'bba' AND r.starts_on <= ?
      AND (r.ends_on IS NULL OR r.ends_on >= ?) ORDER BY a.id
"""


class Keeper(NamedTuple):
    """An active account to write to."""

    account: int
    email: str
    name: str


def unit_heads(unit: int) -> list[Keeper]:
    """Those who lead a unit today."""
    return _granted(Duty.UNIT_HEAD, "g.unit_id = ?", unit)


def organizer_admins(organizer: int | None) -> list[Keeper]:
    """Those who run an organizer's entries today; none for a unit without an organizer."""
    return _granted(Duty.ORGANIZER_ADMIN, "g.organizer_id = ?", organizer) if organizer is not None else []


def process_leaders() -> list[Keeper]:
    """Those who lead the process in the county today."""
    return _granted(Duty.PROCESS_LEADER, "g.unit_id IS NULL AND g.organizer_id IS NULL")


def answering(unit: int) -> list[Keeper]:
    """The unit's Barnets bästa-ansvarig of today, if they have an account."""
    today = clock.today()
    return [Keeper(*row) for row in rows(_ANSWERING, (unit, today, today))]


def owners(unit: int, organizer: int | None) -> list[Keeper]:
    """Those who own a unit's entry: its head and its organizer's administrators, each once."""
    return once([*unit_heads(unit), *organizer_admins(organizer)])


def once(found: Iterable[Keeper]) -> list[Keeper]:
    """Each account once, in the order first met."""
    return list({keeper.account: keeper for keeper in found}.values())


def _granted(duty: Duty, where: str, *params: int) -> list[Keeper]:
    today = clock.today()
    return [Keeper(*row) for row in rows(_GRANTED.replace("{where}", where), (duty, today, today, *params))]

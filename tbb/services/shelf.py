"""The shelf of units: every look-up of an entry begins with what the one who asks may see."""

from __future__ import annotations

from tbb.database import load
from tbb.models import Unit
from tbb.models.kinds import Duty
from tbb.policy import Actor, Permission, Place, may

KEEPERS = (Duty.BBA, Duty.DEPUTY, Duty.UNIT_HEAD, Duty.ORGANIZER_ADMIN, Duty.PROCESS_LEADER)
"""The duties that let somebody read an entry (Permission.READ_ENTRY); a test holds the two together."""

OWNERS = (Duty.UNIT_HEAD, Duty.ORGANIZER_ADMIN)
"""The duties that own entries, and appoint who answers for them."""


def units(actor: Actor, duties: tuple[Duty, ...] = KEEPERS) -> tuple[str, list[int]]:
    """Give the condition on ``unit u`` that lets through what these duties reach, and its parameters.

    ``rows(f"SELECT … FROM unit u WHERE {where}", params)``; for who reaches nothing it lets nothing through.
    """
    if not actor.signed_in:
        return "1 = 0", []
    if actor.in_county(*duties):
        return "1 = 1", []
    own, organizers = sorted(actor.units(*duties)), sorted(actor.organizers(*duties))
    ways = []
    if own:
        ways.append(f"u.id IN ({', '.join('?' * len(own))})")
    if organizers:
        ways.append(f"u.organizer_id IN ({', '.join('?' * len(organizers))})")
    return (f"({' OR '.join(ways)})" if ways else "1 = 0"), own + organizers


def place_of(unit: Unit, *, begun_by: int | None = None, about: int | None = None) -> Place:
    """Say where a unit belongs, for the policy; `begun_by` and `about` are accounts."""
    return Place(unit=unit.id, organizer=unit.organizer_id, begun_by=begun_by, about=about)


def unit(actor: Actor, slug: str, permission: Permission = Permission.READ_ENTRY) -> Unit | None:
    """Find a unit by its address among those the actor may see; None when there is none there."""
    found = load(Unit, "slug = ?", (slug,))
    return found[0] if found and may(actor, permission, place_of(found[0])) else None


def unit_of(actor: Actor, number: int | None, permission: Permission = Permission.READ_ENTRY) -> Unit | None:
    """Find a unit by its number among those the actor may see; None when there is none there."""
    found = load(Unit, "id = ?", (number,)) if number is not None else []
    return found[0] if found and may(actor, permission, place_of(found[0])) else None

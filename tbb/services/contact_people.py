"""The people of an entry as those see them who keep it: whose contact it is, and in which units it stands."""

from __future__ import annotations

from typing import NamedTuple

from tbb import clock
from tbb.database import load, rows
from tbb.models import Person, Responsibility, Unit
from tbb.policy import Actor, Permission, Place, Refused, may

_SERVED = """
    SELECT DISTINCT u.id, u.organizer_id FROM responsibility r JOIN unit u ON u.id = r.unit_id
    WHERE r.person_id = ? AND (r.ends_on IS NULL OR r.ends_on >= ?) ORDER BY u.id
"""


class Served(NamedTuple):
    """A unit in which somebody stands today or will stand: its number and its organizer's."""

    unit: int
    organizer: int | None


class SharedPerson(Refused):
    """The person also stands in units that are not the actor's: only they themselves, or who reaches all, may."""


def part_of(unit: Unit, number: int) -> tuple[Responsibility, Person] | None:
    """Find one who stands in a unit's entry today or will; None when there is no such responsibility there."""
    found = load(
        Responsibility,
        "id = ? AND unit_id = ? AND (ends_on IS NULL OR ends_on >= ?)",
        (number, unit.id, clock.today()),
    )
    return (found[0], load(Person, "id = ?", (found[0].person_id,))[0]) if found else None


def served(person: int) -> list[Served]:
    """List the units in which a person stands today or will stand."""
    return [Served(*row) for row in rows(_SERVED, (person, clock.today()))]


def require_reach(actor: Actor, unit: Unit, person: Person) -> None:
    """Let through who may change a person's contact: they themselves, or who may change every unit it stands in.

    Raises Refused when the person does not stand in this unit, and SharedPerson when they also stand elsewhere.
    """
    places = served(person.id)
    if unit.id not in {place.unit for place in places}:
        raise Refused(f"{actor.name} may not change a person of another unit.")
    if rows("SELECT 1 FROM account WHERE id = ? AND person_id = ?", (actor.account, person.id)):
        return
    if not all(may(actor, Permission.CHANGE_ENTRY, Place(unit=at, organizer=of)) for at, of in places):
        raise SharedPerson(f"{actor.name} does not reach every unit of this person.")


def may_reach(actor: Actor, unit: Unit, person: Person) -> bool:
    """Tell whether the actor may change a person's contact."""
    try:
        require_reach(actor, unit, person)
    except Refused:
        return False
    return True

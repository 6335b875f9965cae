"""School breaks (lov): kept for each municipality, shown where times are chosen."""

from __future__ import annotations

from datetime import date

from tbb.database import load, transaction
from tbb.models import Municipality, Organizer, SchoolBreak, Unit
from tbb.models.kinds import Duty
from tbb.policy import Actor, Permission, Place, may, require
from tbb.services import audit

LONGEST = 120
"""Days; longer than any summer."""


class BadDays(Exception):
    """The break ends before it begins, or is longer than any is."""


class SameAgain(Exception):
    """That break is in the list already."""


def municipalities(actor: Actor) -> list[Municipality]:
    """The municipalities whose breaks the actor may keep, in Swedish order."""
    found = load(Municipality, "participates = ? ORDER BY sort_key, id", (True,))
    if actor.in_county(Duty.PROCESS_LEADER):
        return found
    own = actor.organizers(Duty.ORGANIZER_ADMIN)
    return [each for each in found if own & _organizers(each)]


def municipality(actor: Actor, slug: str) -> Municipality | None:
    """Find a municipality whose breaks the actor may keep; None when it is none of theirs."""
    return next((each for each in municipalities(actor) if each.slug == slug), None)


def of_municipality(where: Municipality) -> list[SchoolBreak]:
    """The breaks of a municipality, in their order."""
    return load(SchoolBreak, "municipality_id = ? ORDER BY starts_on, id", (where.id,))


def between(unit: Unit, first: date, last: date) -> list[SchoolBreak]:
    """The breaks that touch some days where a unit is: its municipality's schools', and its own huvudman's."""
    return load(
        SchoolBreak,
        "municipality_id = ? AND (organizer_id IS NULL OR organizer_id = ?) AND starts_on <= ? AND ends_on >= ?"
        " ORDER BY starts_on, id",
        (unit.municipality_id, unit.organizer_id, last, first),
    )


@transaction
def add(actor: Actor, where: Municipality, name: str, starts_on: date, ends_on: date) -> SchoolBreak:
    """Add a break to a municipality; one that an independent huvudman's administrator adds is for its schools alone.

    Raises Refused, BadDays and SameAgain.
    """
    organizer = _own_independent(actor, where)
    require(actor, Permission.KEEP_BREAKS, _place(actor, where))
    if not 0 <= (ends_on - starts_on).days <= LONGEST:
        raise BadDays
    same = "municipality_id = ? AND name = ? AND starts_on = ? AND ends_on = ?"
    if load(SchoolBreak, same, (where.id, name, starts_on, ends_on)):
        raise SameAgain
    made = SchoolBreak.create(municipality=where, organizer=organizer, name=name, starts_on=starts_on, ends_on=ends_on)
    audit.record(actor, "break:add", "break", made.id, place=_place(actor, where), fields=("starts_on", "ends_on"))
    return made


@transaction
def remove(actor: Actor, where: Municipality, number: int) -> bool:
    """Remove a break, one's own huvudman's alone if that is independent. False when there is none. Raises Refused."""
    require(actor, Permission.KEEP_BREAKS, _place(actor, where))
    if number not in {each.id for each in removable(actor, where)}:
        return False
    SchoolBreak.delete().where(SchoolBreak.id == number).execute()
    audit.record(actor, "break:remove", "break", number, place=_place(actor, where))
    return True


def removable(actor: Actor, where: Municipality) -> list[SchoolBreak]:
    """The breaks of a municipality that the actor may remove."""
    own = _own_independent(actor, where)
    listed = of_municipality(where)
    return [each for each in listed if each.organizer_id == own.id] if own else listed


def _place(actor: Actor, where: Municipality) -> Place:
    """Say where a municipality's breaks belong: to that organizer of its own which the actor runs, else the county."""
    own = sorted(actor.organizers(Duty.ORGANIZER_ADMIN) & _organizers(where))
    places = [Place(organizer=organizer) for organizer in own]
    return next((place for place in places if may(actor, Permission.KEEP_BREAKS, place)), Place())


def _own_independent(actor: Actor, where: Municipality) -> Organizer | None:
    """The independent huvudman whose administrator the actor is there, unless they also keep the municipality's."""
    if actor.in_county(Duty.PROCESS_LEADER):
        return None
    own = actor.organizers(Duty.ORGANIZER_ADMIN) & _organizers(where)
    found = [Organizer.get_by_id(number) for number in sorted(own)]
    independent = [each for each in found if each.kind == "independent"]
    return independent[0] if independent and len(independent) == len(found) else None


def _organizers(where: Municipality) -> frozenset[int]:
    """The huvudmän with a unit in a municipality, but not the region: it has no schools."""
    asked = "id IN (SELECT u.organizer_id FROM unit u WHERE u.municipality_id = ?) AND kind <> 'region' ORDER BY id"
    return frozenset(each.id for each in load(Organizer, asked, (where.id,)))

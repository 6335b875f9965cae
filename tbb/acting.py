"""Who acts, which duties they hold, and where a thing belongs: what every question of "who may?" is about."""

from __future__ import annotations

from dataclasses import dataclass, field

from tbb.models.kinds import Duty


@dataclass(frozen=True)
class Place:
    """Where a thing belongs and whose it is: numbers of its unit and organizer, of the account that began it
    and of the account it is about. Nothing at all means the whole county.

    Of a case also who works with it by delegation today, whether its unit's BBA is away, and whether the unit has
    neither a BBA nor a deputy who could answer. Of a meeting, a plan or a forum also who takes part in it today (of
    other services only those whom a consent covers), and the account of its samordningsperson.
    """

    unit: int | None = None
    organizer: int | None = None
    begun_by: int | None = None
    about: int | None = None
    delegates: frozenset[int] = frozenset()
    bba_away: bool = False
    unanswered: bool = False
    participants: frozenset[int] = frozenset()
    coordinator: int | None = None


COUNTY = Place()


@dataclass(frozen=True)
class Held:
    """A duty somebody holds today: for one unit, for one organizer, or for the county when it names neither.

    A duty for a unit also knows the unit's organizer, in `of`.
    """

    duty: Duty
    unit: int | None = None
    organizer: int | None = None
    of: int | None = None

    def covers(self, place: Place | None) -> bool:
        """Whether the duty reaches a place; None asks whether it reaches anything at all."""
        if place is None or (self.unit is None and self.organizer is None):
            return True
        if self.unit is not None:
            return self.unit == place.unit
        return self.organizer == place.organizer


@dataclass(frozen=True)
class Actor:
    """Somebody or something that acts. `name` is what the audit writes down.

    `account` is a signed-in account's number; `halfway` is one who still owes the second factor; `strong` one who
    signed in with two factors.
    """

    name: str
    account: int | None = None
    held: frozenset[Held] = field(default=frozenset())
    halfway: bool = False
    strong: bool = False
    trusted_command: bool = False
    in_showroom: bool = False
    in_demo: bool = False

    @property
    def signed_in(self) -> bool:
        """Whether this is a person who has signed in all the way."""
        return self.account is not None and not self.halfway

    def has(self, *duties: Duty) -> bool:
        """Whether one of these duties is held anywhere."""
        return any(held.duty in duties for held in self.held)

    def units(self, *duties: Duty) -> frozenset[int]:
        """The units for which one of these duties is held by name."""
        return frozenset(held.unit for held in self.held if held.unit is not None and held.duty in duties)

    def organizers(self, *duties: Duty) -> frozenset[int]:
        """The organizers for which one of these duties is held as a whole."""
        return frozenset(held.organizer for held in self.held if held.organizer is not None and held.duty in duties)

    def in_county(self, *duties: Duty) -> bool:
        """Whether one of these duties is held for the whole county."""
        return any(held.unit is None and held.organizer is None and held.duty in duties for held in self.held)


VISITOR = Actor("public")
SHOWROOM_VISITOR = Actor("public", in_showroom=True)
COMMAND = Actor("command", trusted_command=True)
WORKER = Actor("worker", trusted_command=True)

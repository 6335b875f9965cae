"""A unit's responsibilities, present, planned and past, and what may become of them: absence, change, end."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta

from peewee import IntegrityError

from tbb import clock
from tbb.database import db, load, one_at_a_time, transaction
from tbb.models import Handover, Person, Responsibility, Unit
from tbb.models.kinds import BBA_KINDS, Role, Status
from tbb.policy import Actor, Permission, require
from tbb.services import handovers, search, shelf, versions
from tbb.services.appointing import (
    AHEAD,
    Hindered,
    Mandated,
    after_change,
    begin_one,
    check_days,
    check_mandate,
    tell_history,
)
from tbb.services.terms import Starts, is_confirmed

NOW, PLANNED, PAST = "now", "planned", "past"
MOST_PAST = 20


@dataclass(frozen=True)
class Part:
    """One responsibility as those see it who keep the unit."""

    number: int
    role: str
    state: str
    name: str
    title: str
    starts_on: date
    ends_on: date | None
    mandate: str
    mandate_by: str
    mandate_on: date | None
    away_from: date | None
    away_until: date | None
    confirmed_on: date | None

    def confirmed(self, starts: Starts) -> bool:
        """Whether the details are confirmed in the term of today."""
        return is_confirmed(self.confirmed_on, clock.today(), starts)

    @property
    def away(self) -> bool:
        """Whether they are away today."""
        return self.away_from is not None and self.away_from <= clock.today() <= (self.away_until or date.max)


@dataclass(frozen=True)
class Overview:
    """Everybody who answers, has answered or will answer for a unit."""

    unit: Unit
    now: tuple[Part, ...]
    planned: tuple[Part, ...]
    past: tuple[Part, ...]
    handover: handovers.Shown | None

    @property
    def bba(self) -> Part | None:
        """Who is Barnets bästa-ansvarig today."""
        return next((part for part in self.now if part.role == Role.BBA), None)

    @property
    def lacks(self) -> bool:
        """Whether the unit shall have a BBA and has none today."""
        return self.bba is None and self.unit.kind in BBA_KINDS and self.unit.status == Status.ACTIVE

    @property
    def planned_bba(self) -> Part | None:
        """Who is the next to be Barnets bästa-ansvarig."""
        coming = [part for part in self.planned if part.role == Role.BBA]
        return min(coming, key=lambda part: part.starts_on, default=None)

    @property
    def deputies(self) -> tuple[Part, ...]:
        """Who steps in today."""
        return tuple(part for part in self.now if part.role == Role.DEPUTY)


@dataclass(frozen=True)
class Ending:
    """How a responsibility is to end, and who goes on: an acting deputy (its number), or nobody yet."""

    ends_on: date
    reason: str
    deputy: int | None = None
    mandated: Mandated = Mandated()


def overview(actor: Actor, slug: str) -> Overview | None:
    """Gather a unit's responsibilities; None when there is no such unit to see."""
    unit = shelf.unit(actor, slug)
    if unit is None:
        return None
    parts = [_part(one) for one in _of(unit)]
    now, planned, past = ([part for part in parts if part.state == state] for state in (NOW, PLANNED, PAST))
    return Overview(unit, tuple(now), tuple(planned), tuple(past[:MOST_PAST]), handovers.show(actor, slug))


def find(actor: Actor, slug: str, number: int) -> Responsibility | None:
    """Find a responsibility, not yet over, of a unit that the actor may see; None when there is none there."""
    unit = shelf.unit(actor, slug)
    found = load(Responsibility, "id = ? AND unit_id = ?", (number, unit.id)) if unit else []
    if not found or _state(found[0]) == PAST:
        return None
    found[0].unit, found[0].person = unit, Person.get_by_id(found[0].person_id)
    return found[0]


def successor_of(part: Responsibility) -> str:
    """Name whoever is planned to be BBA after somebody; empty when nobody is, or there is nothing to succeed to."""
    found = _successor(part) if part.role == Role.BBA else None
    return found.person.label if found else ""


@transaction
def set_absence(actor: Actor, part: Responsibility, away_from: date | None, away_until: date | None) -> None:
    """Say from when to when somebody is away; both None takes it back. Raises Hindered or Refused."""
    require(actor, Permission.CHANGE_ENTRY, shelf.place_of(part.unit))
    if away_until and not away_from:
        raise Hindered("away_from", "Skriv vilken dag frånvaron börjar.")
    if away_from and away_until and away_until < away_from:
        raise Hindered("away_until", "Sista dagen kan inte vara före den första.")
    if away_until and away_until < clock.today():
        raise Hindered("away_until", "Välj en dag som inte har varit.")
    _change(actor, part, "absence", {"away_from": away_from, "away_until": away_until})


@transaction
def change_mandate(actor: Actor, part: Responsibility, mandated: Mandated) -> None:
    """Change by what right a BBA decides; raises Hindered or Refused."""
    require(actor, Permission.APPOINT, shelf.place_of(part.unit))
    check_mandate(Role(part.role), mandated)
    _change(actor, part, "change", asdict(mandated))


@transaction
def change_period(actor: Actor, part: Responsibility, starts_on: date, ends_on: date | None) -> None:
    """Change from when to when a deputy or holiday contact steps in; raises Hindered or Refused."""
    require(actor, Permission.APPOINT, shelf.place_of(part.unit))
    if part.role == Role.BBA:
        raise Hindered("starts_on", "Byt Barnets bästa-ansvarig genom att utse en ny.")
    if starts_on != part.starts_on or ends_on != part.ends_on:
        if starts_on != part.starts_on:
            check_days(starts_on, ends_on)
        elif ends_on and ends_on < max(starts_on, clock.today() - timedelta(days=1)):
            raise Hindered("ends_on", "Välj en sista dag som inte har varit.")
    _change(actor, part, "change", {"starts_on": starts_on, "ends_on": ends_on})


@transaction
def end(actor: Actor, part: Responsibility, ending: Ending) -> Handover | None:
    """Set the last day of a responsibility; a BBA's opens a handover, which is given. Raises Hindered or Refused.

    With a deputy named, they become the acting BBA from the day after, with a mandate of their own.
    """
    one_at_a_time("appointing")
    require(actor, Permission.APPOINT, shelf.place_of(part.unit))
    _check_last_day(part, ending.ends_on)
    _change(actor, part, "end", {"ends_on": ending.ends_on})
    if part.role != Role.BBA:
        return None
    coming = _acting(actor, part, ending) if ending.deputy is not None else _successor(part)
    acting = ending.deputy is not None
    made = handovers.begin(actor, part, coming, reason=ending.reason, acting=acting)
    after_change([part.unit_id])
    return made


@transaction
def call_off(actor: Actor, part: Responsibility) -> None:
    """Take back a responsibility that has not begun; who was to be replaced goes on. Raises Hindered or Refused."""
    one_at_a_time("appointing")
    require(actor, Permission.APPOINT, shelf.place_of(part.unit))
    if part.starts_on <= clock.today():
        raise Hindered("starts_on", "Uppdraget har redan börjat. Avsluta det i stället.")
    handover = Handover.get_or_none(Handover.coming == part, Handover.closed_at.is_null())
    tell_history(actor, part, "end", {"person": part.person.label, "starts_on": part.starts_on}, {"person": ""})
    Responsibility.delete().where(Responsibility.id == part.id).execute()
    if handover is not None and handover.reason == "replaced" and _may_go_on(handover.leaving):
        leaving, before = handover.leaving, handover.leaving.ends_on
        Handover.delete().where(Handover.id == handover.id).execute()
        _store(leaving, {"ends_on": handover.earlier_end})
        tell_history(actor, leaving, "change", {"ends_on": before}, {"ends_on": handover.earlier_end})
    after_change([part.unit_id])


def _change(actor: Actor, part: Responsibility, what: str, after: dict[str, object]) -> None:
    before = {name: getattr(part, name) for name in after}
    if before == after:
        return
    _store(part, after)
    tell_history(actor, part, what, before, after)
    search.reindex([part.unit_id])
    versions.bump(versions.DIRECTORY)


def _store(part: Responsibility, values: dict[str, object]) -> None:
    try:
        with db.atomic():
            Responsibility.update(**values).where(Responsibility.id == part.id).execute()
    except IntegrityError as problem:
        sentence = "Någon annan är ansvarig de dagarna. Läs in sidan på nytt."
        raise Hindered("ends_on" if "ends_on" in values else "starts_on", sentence) from problem
    for name, value in values.items():
        setattr(part, name, value)


def _acting(actor: Actor, part: Responsibility, ending: Ending) -> Responsibility:
    """Make a deputy the acting BBA from the day after."""
    deputy = Responsibility.get_or_none(
        Responsibility.id == ending.deputy, Responsibility.unit == part.unit_id, Responsibility.role == Role.DEPUTY
    )
    if deputy is None:
        raise Hindered("after", "Välj någon av ersättarna i listan.")
    if (planned := _successor(part)) is not None:
        raise Hindered("after", f"{planned.person.label} är redan utsedd från {planned.starts_on}.")
    check_mandate(Role.BBA, ending.mandated)
    starts_on = ending.ends_on + timedelta(days=1)
    coming = begin_one(part.unit, deputy.person, Role.BBA, starts_on, None, ending.mandated)
    after = {"person": deputy.person.label, "starts_on": starts_on} | asdict(ending.mandated)
    tell_history(actor, coming, "appoint", {}, after)
    return coming


def _successor(part: Responsibility) -> Responsibility | None:
    return (
        Responsibility.select()
        .where(
            Responsibility.unit == part.unit_id,
            Responsibility.role == Role.BBA,
            Responsibility.starts_on > part.starts_on,
        )
        .order_by(Responsibility.starts_on)
        .first()
    )


def _check_last_day(part: Responsibility, ends_on: date) -> None:
    today = clock.today()
    if ends_on < part.starts_on:
        raise Hindered("ends_on", f"Uppdraget börjar {part.starts_on}. Välj den dagen eller en senare.")
    if not today - timedelta(days=1) <= ends_on <= today + AHEAD:
        raise Hindered("ends_on", "Välj en dag från och med i går.")
    planned = _successor(part) if part.role == Role.BBA else None
    if planned is not None and planned.starts_on <= ends_on:
        raise Hindered("ends_on", f"{planned.person.label} tar över {planned.starts_on}. Välj en dag före den.")


def _may_go_on(leaving: Responsibility) -> bool:
    """Whether somebody's responsibility is still there to be prolonged."""
    return leaving.ends_on is not None and leaving.ends_on >= clock.today()


def _of(unit: Unit) -> list[Responsibility]:
    return list(
        Responsibility.select(Responsibility, Person)
        .join(Person)
        .where(Responsibility.unit == unit)
        .order_by(Responsibility.role, Responsibility.starts_on.desc(), Responsibility.id)
    )


def _state(part: Responsibility) -> str:
    today = clock.today()
    if part.starts_on > today:
        return PLANNED
    return NOW if part.ends_on is None or part.ends_on >= today else PAST


def _part(one: Responsibility) -> Part:
    return Part(
        number=one.id,
        role=one.role,
        state=_state(one),
        name=one.person.label,
        title=one.person.title,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        mandate=one.mandate,
        mandate_by=one.mandate_by,
        mandate_on=one.mandate_on,
        away_from=one.away_from,
        away_until=one.away_until,
        confirmed_on=one.confirmed_on,
    )

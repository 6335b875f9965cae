"""The directory as visitors see it: a unit with its people, a municipality with its units and contacts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from tbb.database import load, rows
from tbb.models import Municipality, Organizer, Person, Responsibility, School, Unit
from tbb.models.kinds import BBA_KINDS, Kind, Role, Status
from tbb.services import talk_hosts
from tbb.services.cards import dial
from tbb.services.terms import Starts, is_confirmed


@dataclass(frozen=True)
class Contact:
    """Somebody to turn to. With a protected identity `name` is a function and `phone` a switchboard."""

    name: str
    title: str
    phone: str
    email: str
    phone_hours: str
    languages: str
    protected: bool
    starts_on: date
    ends_on: date | None
    confirmed_on: date | None
    away: bool
    away_until: date | None
    today: date = date.min

    def is_unconfirmed(self, starts: Starts) -> bool:
        """Whether nobody has said in the term of today that the details are right."""
        return not is_confirmed(self.confirmed_on, self.today, starts)

    @property
    def phone_href(self) -> str:
        """The number as it is dialled: +46…"""
        return dial(self.phone)

    @property
    def initials(self) -> str:
        """One or two letters for the leaf beside the name."""
        words = [word for word in self.name.replace("-", " ").split() if word[0].isalpha()]
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


class Neighbour(NamedTuple):
    """Another unit worth knowing of, in a list."""

    slug: str
    label: str
    kind: str
    street: str
    place: str
    phone: str
    bba_name: str
    bba_phone: str
    bba_protected: bool

    @property
    def phone_href(self) -> str:
        """The number as it is dialled."""
        return dial(self.bba_phone or self.phone)


@dataclass(frozen=True)
class UnitPage:
    """Everything that a unit's page shows on one day."""

    unit: Unit
    municipality: Municipality
    bba: Contact | None
    deputies: tuple[Contact, ...]
    holiday: Contact | None
    neighbours: tuple[Neighbour, ...]
    siblings: tuple[Neighbour, ...]
    codes: dict[str, str] = field(default_factory=dict)
    bookable: bool = False
    """Whether a first talk can be booked there; which times are free is never said on a page that is kept."""

    @property
    def expects_bba(self) -> bool:
        """Whether a unit of this kind shall have a Barnets bästa-ansvarig."""
        return self.unit.kind in BBA_KINDS

    @property
    def map_address(self) -> str:
        """Where a map service shows the unit: a link, nothing embedded."""
        unit = self.unit
        if unit.latitude is not None and unit.longitude is not None:
            spot = f"{unit.latitude:.5f}/{unit.longitude:.5f}"
            return f"https://www.openstreetmap.org/?mlat={unit.latitude:.5f}&mlon={unit.longitude:.5f}#map=17/{spot}"
        written = ", ".join(part for part in (unit.street, unit.place or self.municipality.name) if part)
        return f"https://www.openstreetmap.org/search?{urlencode({'query': written})}"

    @property
    def reach_today(self) -> Contact | None:
        """Whom to call today: the BBA, or when away the deputy, or the holiday contact."""
        if self.bba and not self.bba.away:
            return self.bba
        present = [contact for contact in (*self.deputies, self.holiday) if contact and not contact.away]
        return present[0] if present else None


class Moved(Exception):
    """The unit has another address now."""

    def __init__(self, slug: str):
        super().__init__(slug)
        self.slug = slug


def unit_page(slug: str, today: date) -> UnitPage | None:
    """Gather a unit's page; None when there is no such unit, Moved when its address has changed."""
    found = load(Unit, "slug = ?", (slug,))
    if not found:
        old = rows("SELECT u.slug FROM former_slug f JOIN unit u ON u.id = f.unit_id WHERE f.slug = ?", (slug,))
        if not old:
            return None
        raise Moved(old[0][0])
    unit = found[0]
    unit.municipality = load(Municipality, "id = ?", (unit.municipality_id,))[0]
    unit.organizer = next(iter(load(Organizer, "id = ?", (unit.organizer_id,))), None)
    unit.school = next(iter(load(School, "id = ?", (unit.school_id,))), None)
    contacts = _contacts(unit, today)
    return UnitPage(
        unit=unit,
        municipality=unit.municipality,
        bba=next((contact for role, contact in contacts if role == Role.BBA), None),
        deputies=tuple(contact for role, contact in contacts if role == Role.DEPUTY),
        holiday=next((contact for role, contact in contacts if role == Role.HOLIDAY), None),
        neighbours=neighbours(unit, today),
        siblings=_siblings(unit, today),
        codes=dict(rows("SELECT scheme, value FROM unit_id WHERE unit_id = ? ORDER BY id", (unit.id,))),
        bookable=any(role == Role.BBA for role, _contact in contacts) and talk_hosts.shows_hours(unit),
    )


def unit_name(slug: str) -> str | None:
    """Tell what a unit is called; None when there is none of that address."""
    found = load(Unit, "slug = ?", (slug,))
    return found[0].label if found else None


PARTS_SQL = "unit_id = ? AND starts_on <= ? AND (ends_on IS NULL OR ends_on >= ?) ORDER BY starts_on DESC, id"
PERSONS_SQL = "id IN (SELECT person_id FROM responsibility WHERE unit_id = ?)"


def _contacts(unit: Unit, today: date) -> list[tuple[str, Contact]]:
    parts = load(Responsibility, PARTS_SQL, (unit.id, today, today))
    persons = {person.id: person for person in load(Person, PERSONS_SQL, (unit.id,))}
    return [(part.role, _contact(part, persons[part.person_id], today)) for part in parts]


def _contact(part: Responsibility, person: Person, today: date) -> Contact:
    away = part.away_from is not None and part.away_from <= today <= (part.away_until or date.max)
    return Contact(
        name=person.label,
        title=person.title,
        phone=person.switchboard if person.protected else person.phone or person.switchboard,
        email="" if person.protected else person.email,
        phone_hours=person.phone_hours,
        languages=person.languages,
        protected=person.protected,
        starts_on=part.starts_on,
        ends_on=part.ends_on,
        confirmed_on=part.confirmed_on,
        away=away,
        away_until=part.away_until if away else None,
        today=today,
    )


NEIGHBOUR_SQL = """
    SELECT u.slug, CASE WHEN u.display_name <> '' THEN u.display_name ELSE u.name END, u.kind, u.street, u.place,
           u.phone,
           COALESCE(CASE WHEN p.protected THEN p.function_name ELSE p.name END, ''),
           COALESCE(CASE WHEN p.protected OR p.phone = '' THEN p.switchboard ELSE p.phone END, ''),
           COALESCE(p.protected, FALSE)
    FROM unit u
    LEFT JOIN responsibility r ON r.unit_id = u.id AND r.role = 'bba' AND r.starts_on <= ?
        AND (r.ends_on IS NULL OR r.ends_on >= ?)
    LEFT JOIN person p ON p.id = r.person_id
    WHERE u.status IN ('active', 'dormant') AND {where}
    ORDER BY {order}
    LIMIT {limit}
"""
CALLED_INSTEAD = (Kind.BVC, Kind.KAA, Kind.SOCIAL_SERVICES, Kind.FAMILY_CENTRE, Kind.HOME_FOLLOWUP)


def units_of_kinds(
    municipality_id: int, kinds: Sequence[str], today: date, *, limit: int = 500
) -> tuple[Neighbour, ...]:
    """List a municipality's units of some kinds in Swedish order, each with its BBA of the day."""
    marks = ", ".join("?" * len(kinds))
    sql = NEIGHBOUR_SQL.format(
        where=f"u.municipality_id = ? AND u.kind IN ({marks})", order="u.sort_key, u.id", limit=int(limit)
    )
    return tuple(Neighbour(*row) for row in rows(sql, (today, today, municipality_id, *kinds)))


def neighbours(unit: Unit, today: date) -> tuple[Neighbour, ...]:
    """The services beside a unit that a family may need: at most three of a kind, the nearest first."""
    found: list[Neighbour] = []
    for kind in CALLED_INSTEAD:
        if kind != unit.kind:
            sql = NEIGHBOUR_SQL.format(
                where="u.municipality_id = ? AND u.kind = ? AND u.id <> ?", order=_nearest(unit), limit=3
            )
            found += (Neighbour(*row) for row in rows(sql, (today, today, unit.municipality_id, kind, unit.id)))
    return tuple(found)


def _nearest(unit: Unit) -> str:
    if unit.latitude is None or unit.longitude is None:
        return "u.sort_key, u.id"
    north, east = float(unit.latitude), float(unit.longitude)
    # Degrees of longitude are half as long as those of latitude at 59° north: good enough to tell near from far.
    return (
        f"CASE WHEN u.latitude IS NULL THEN 1 ELSE 0 END, (u.latitude - {north!r}) * (u.latitude - {north!r})"
        f" + (u.longitude - {east!r}) * (u.longitude - {east!r}) * 0.26, u.sort_key, u.id"
    )


def _siblings(unit: Unit, today: date) -> tuple[Neighbour, ...]:
    if unit.school_id is None:
        return ()
    sql = NEIGHBOUR_SQL.format(where="u.school_id = ? AND u.id <> ?", order="u.sort_key, u.id", limit=20)
    return tuple(Neighbour(*row) for row in rows(sql, (today, today, unit.school_id, unit.id)))


class MunicipalityRow(NamedTuple):
    """A municipality in a list, with whom to tell a concern to. Empty text means: not known."""

    name: str
    slug: str
    website: str
    switchboard: str
    concern_phone: str
    concern_hours: str
    concern_url: str
    after_hours_phone: str

    @property
    def concern_phone_href(self) -> str:
        """The daytime number as it is dialled."""
        return dial(self.concern_phone)

    @property
    def after_hours_phone_href(self) -> str:
        """The number for evenings and weekends as it is dialled."""
        return dial(self.after_hours_phone)

    @property
    def switchboard_href(self) -> str:
        """The switchboard as it is dialled."""
        return dial(self.switchboard)


MUNICIPALITY_COLUMNS = "name, slug, website, switchboard, concern_phone, concern_hours, concern_url, after_hours_phone"


def participating_municipalities() -> tuple[MunicipalityRow, ...]:
    """List the municipalities that take part, in Swedish order."""
    sql = f"SELECT {MUNICIPALITY_COLUMNS} FROM municipality WHERE participates ORDER BY sort_key"
    return tuple(MunicipalityRow(*row) for row in rows(sql))


concern_contacts = participating_municipalities
"""Whom to tell a concern about a child, per municipality."""


@dataclass(frozen=True)
class KindCount:
    """How many units of a kind there are, and how many of them have a BBA."""

    kind: str
    units: int
    with_bba: int


@dataclass(frozen=True)
class MunicipalityPage:
    """Everything that a municipality's page shows on one day."""

    municipality: MunicipalityRow
    counts: tuple[KindCount, ...]
    kaa: tuple[Neighbour, ...]
    home_followup: tuple[Neighbour, ...]
    social_services: tuple[Neighbour, ...]
    independent: int

    @property
    def units(self) -> int:
        """All units that are at work."""
        return sum(count.units for count in self.counts)

    @property
    def shall_have_bba(self) -> int:
        """Units of the kinds that shall have a BBA."""
        return sum(count.units for count in self.counts if count.kind in BBA_KINDS)

    @property
    def with_bba(self) -> int:
        """Of those, the ones that have one."""
        return sum(count.with_bba for count in self.counts if count.kind in BBA_KINDS)


def municipality_page(slug: str, today: date) -> MunicipalityPage | None:
    """Gather a municipality's page; None when there is none of that address."""
    found = rows(f"SELECT id, {MUNICIPALITY_COLUMNS} FROM municipality WHERE slug = ?", (slug,))
    if not found:
        return None
    number, *values = found[0]
    return MunicipalityPage(
        municipality=MunicipalityRow(*values),
        counts=_counts(number, today),
        kaa=units_of_kinds(number, [Kind.KAA], today),
        home_followup=units_of_kinds(number, [Kind.HOME_FOLLOWUP], today),
        social_services=units_of_kinds(number, [Kind.SOCIAL_SERVICES], today),
        independent=rows(
            "SELECT COUNT(*) FROM unit u JOIN organizer o ON o.id = u.organizer_id"
            " WHERE u.municipality_id = ? AND o.kind = 'independent' AND u.status <> ?",
            (number, Status.CLOSED),
        )[0][0],
    )


def _counts(municipality_id: int, today: date) -> tuple[KindCount, ...]:
    counted = rows(
        "SELECT u.kind, COUNT(*), COUNT(r.id) FROM unit u"
        " LEFT JOIN responsibility r ON r.unit_id = u.id AND r.role = 'bba' AND r.starts_on <= ?"
        " AND (r.ends_on IS NULL OR r.ends_on >= ?)"
        " WHERE u.municipality_id = ? AND u.status IN ('active', 'dormant') GROUP BY u.kind",
        (today, today, municipality_id),
    )
    by_kind = {kind: KindCount(kind, units, with_bba) for kind, units, with_bba in counted}
    return tuple(by_kind[kind] for kind in Kind if kind in by_kind)


MOST_IN_A_SITEMAP = 40_000


def addresses() -> tuple[list[str], list[str]]:
    """Give the slugs of all open units, and of the municipalities that take part, for search engines."""
    units = rows("SELECT slug FROM unit WHERE status <> ? ORDER BY id LIMIT ?", (Status.CLOSED, MOST_IN_A_SITEMAP))
    municipalities = rows("SELECT slug FROM municipality WHERE participates ORDER BY sort_key")
    return [row[0] for row in units], [row[0] for row in municipalities]

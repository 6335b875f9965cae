"""What a row of a search result shows, read as raw tuples: models would cost more than the search."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tbb.database import rows

_UNITS = """
    SELECT unit.id, unit.slug, COALESCE(NULLIF(unit.display_name, ''), unit.name), unit.kind, unit.status,
           municipality.name, municipality.slug, COALESCE(organizer.name, ''), COALESCE(organizer.kind, ''),
           unit.grade_from, unit.grade_to, unit.age_from, unit.age_to,
           unit.street, unit.postal_code, unit.place, unit.phone, unit.school_id, COALESCE(school.name, '')
    FROM unit
    JOIN municipality ON municipality.id = unit.municipality_id
    LEFT JOIN organizer ON organizer.id = unit.organizer_id
    LEFT JOIN school ON school.id = unit.school_id
    WHERE unit.status <> 'closed' AND unit.id IN ({units})
"""
_CONTACTS = """
    SELECT responsibility.unit_id, responsibility.role, person.protected, person.name, person.function_name,
           person.title, person.phone, person.switchboard, responsibility.away_from, responsibility.away_until
    FROM responsibility JOIN person ON person.id = responsibility.person_id
    WHERE responsibility.unit_id IN ({units}) AND responsibility.role IN ('bba', 'deputy')
      AND responsibility.starts_on <= ? AND (responsibility.ends_on IS NULL OR responsibility.ends_on >= ?)
    ORDER BY responsibility.id
"""


@dataclass(frozen=True, slots=True)
class Contact:
    """Who to turn to at a unit today: its BBA, or the deputy while the BBA is away."""

    name: str  # with a protected identity: the name of the function
    title: str
    phone: str  # with a protected identity, or when no other is known: the switchboard
    role: str  # "bba" or "deputy"
    protected: bool
    away: bool
    away_until: date | None


@dataclass(frozen=True, slots=True)
class Row:
    """A unit as a search result shows it. Empty text means: not known."""

    id: int
    slug: str
    label: str
    kind: str
    status: str  # "active", "dormant" or "planned"
    municipality: str
    municipality_slug: str
    organizer: str
    organizer_kind: str
    grade_from: int | None
    grade_to: int | None
    age_from: int | None
    age_to: int | None
    street: str
    postal_code: str
    place: str
    phone: str
    school_id: int | None
    school: str
    contact: Contact | None


def rows_of(units: Sequence[int], today: date) -> tuple[Row, ...]:
    """Give the rows of these units, in this order; those that are closed are left out."""
    if not units:
        return ()
    numbers = ", ".join(str(int(unit)) for unit in units)
    contacts = _contacts(numbers, today)
    found = {row[0]: Row(*row, contacts.get(row[0])) for row in rows(_UNITS.replace("{units}", numbers))}
    return tuple(found[unit] for unit in units if unit in found)


def together(hits: Iterable[tuple[int, int | None]]) -> list[int]:
    """Put units, given as (unit, school), in order with those of one school after the first of them."""
    schools: dict[object, list[int]] = {}
    for unit, school in hits:
        schools.setdefault(("unit", unit) if school is None else school, []).append(unit)
    return [unit for members in schools.values() for unit in members]


def _contacts(numbers: str, today: date) -> dict[int, Contact]:
    """Choose for each unit its BBA, or the deputy when the BBA is away or there is none."""
    chosen: dict[int, Contact] = {}
    day = today.isoformat()
    for unit, *who in rows(_CONTACTS.replace("{units}", numbers), (day, day)):
        contact = _contact(*who, day=day)
        if unit not in chosen or _preference(contact) < _preference(chosen[unit]):
            chosen[unit] = contact
    return chosen


def _contact(
    role, protected, name, function_name, title, phone, switchboard, away_from, away_until, *, day: str
) -> Contact:
    # SQLite gives dates as text and PostgreSQL as dates: as text they are the same, and compare rightly.
    begins, ends = (str(end) if end else None for end in (away_from, away_until))
    away = begins is not None and begins <= day and (ends is None or day <= ends)
    return Contact(
        name=function_name if protected else name,
        title=title,
        phone=switchboard if protected else phone or switchboard,
        role=role,
        protected=bool(protected),
        away=away,
        away_until=date.fromisoformat(ends) if away and ends else None,
    )


def _preference(contact: Contact) -> tuple[bool, bool]:
    return contact.away, contact.role != "bba"

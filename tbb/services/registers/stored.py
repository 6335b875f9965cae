"""What is stored already, read in bulk: the units that some records may concern, and all they hang on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tbb.database import rows
from tbb.models import Municipality, Organizer, Person, Responsibility, School, Unit
from tbb.models.folding import fold
from tbb.services.registers.records import PLAIN_FIELDS, Records

CHUNK = 500
NUMBERED_TBB = "tbb-"


@dataclass
class Draft:
    """A unit as it is stored and as it would become. Its key refers to it within the plan."""

    key: str
    id: int | None
    values: dict[str, Any]
    stored: dict[str, Any]
    provenance: dict[str, str]
    stored_provenance: str
    numbers: set[tuple[str, str]] = field(default_factory=set)
    new_numbers: set[tuple[str, str]] = field(default_factory=set)
    kept: dict[str, Any] = field(default_factory=dict)
    display_name: str = ""

    @property
    def label(self) -> str:
        """What people call it."""
        return self.display_name or self.values["name"]

    @property
    def seen_by(self) -> set[str]:
        """The sources that have listed the unit."""
        return set(self.provenance.get("unit", "").split())


@dataclass
class Stored:
    """The database's side of the comparison."""

    municipalities: dict[str, dict[str, Any]]
    organizers: list[dict[str, Any]]
    schools: set[tuple[str, str]]
    units: dict[int, Draft]
    by_number: dict[tuple[str, str], Draft]
    by_name: dict[tuple[str, str, str], list[Draft]]
    organizer_keys: dict[int, str] = field(default_factory=dict)


def organizer_key(orgnr: str | None, name: str) -> str:
    """Give the key by which a plan knows an organizer: its number, else its folded name."""
    return f"orgnr:{orgnr}" if orgnr else f"name:{fold(name)}"


def load(records: Records, codes: set[str]) -> Stored:
    """Read what these records may concern: the units of their municipalities, and those with their numbers."""
    municipalities = {row["code"]: row for row in Municipality.select().dicts()}
    names = {row["id"]: code for code, row in municipalities.items()}
    organizers = list(Organizer.select().dicts())
    keys = {row["id"]: organizer_key(row["orgnr"], row["name"]) for row in organizers}
    schools = {row["id"]: (names[row["municipality"]], row["name"]) for row in School.select().dicts()}
    found = Stored(municipalities, organizers, set(schools.values()), {}, {}, {}, keys)
    wanted = {record.key for record in records.units if record.key}
    numbers = _numbers(wanted)
    here = [municipalities[code]["id"] for code in sorted(codes) if code in municipalities]
    for row in _units(here, {unit for unit, _scheme, _value in numbers} | _own_numbers(wanted)):
        _add(found, row, names, keys, schools)
    for unit, scheme, value in _numbers_of(list(found.units)):
        draft = found.units[unit]
        draft.numbers.add((scheme, value))
        found.by_number[(scheme, value)] = draft
    for unit in found.units:
        found.by_number.setdefault(("own", f"{NUMBERED_TBB}{unit}"), found.units[unit])
    return found


def _own_numbers(wanted: Iterable[tuple[str, str]]) -> set[int]:
    """Read "tbb-12", which our own open data calls a unit that no register has a number for."""
    ends = (value.removeprefix(NUMBERED_TBB) for scheme, value in wanted if scheme == "own")
    return {int(end) for end in ends if end.isdecimal() and len(end) < 10}


def _numbers(wanted: Iterable[tuple[str, str]]) -> list[tuple[int, str, str]]:
    by_scheme: dict[str, list[str]] = {}
    for scheme, value in sorted(wanted):
        by_scheme.setdefault(scheme, []).append(value)
    return [
        row
        for scheme, values in by_scheme.items()
        for part in chunks(values)
        for row in rows(
            f"SELECT unit_id, scheme, value FROM unit_id WHERE scheme = ? AND value IN ({marks(part)})",
            (scheme, *part),
        )
    ]


def _numbers_of(units: list[int]) -> list[tuple[int, str, str]]:
    return [
        row
        for part in chunks(units)
        for row in rows(f"SELECT unit_id, scheme, value FROM unit_id WHERE unit_id IN ({marks(part)})", part)
    ]


def _units(municipalities: list[int], others: set[int]) -> list[dict[str, Any]]:
    found = {row["id"]: row for row in Unit.select().where(Unit.municipality.in_(municipalities)).dicts()}
    missing = sorted(others - found.keys())
    for part in chunks(missing):
        found |= {row["id"]: row for row in Unit.select().where(Unit.id.in_(part)).dicts()}
    return list(found.values())


def _add(found: Stored, row: dict, codes: dict[int, str], keys: dict[int, str], schools: dict[int, tuple]) -> None:
    values = {name: row[name] for name in PLAIN_FIELDS}
    values["municipality"] = codes[row["municipality"]]
    values["organizer"] = keys.get(row["organizer"])
    values["school"] = schools[row["school"]][1] if row["school"] in schools else None
    draft = Draft(
        key=str(row["id"]),
        id=row["id"],
        values=values,
        stored=dict(values),
        provenance=json.loads(row["provenance"] or "{}"),
        stored_provenance=row["provenance"],
        display_name=row["display_name"],
    )
    found.units[row["id"]] = draft
    for name in {row["name"], row["display_name"]} - {""}:
        found.by_name.setdefault((row["kind"], values["municipality"], fold(name)), []).append(draft)


def responsibilities_of(units: list[int], today: date) -> dict[tuple[int, str], list[dict[str, Any]]]:
    """Give the present and coming responsibilities of units, by unit and role, the latest last."""
    found: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for part in chunks(units):
        query = (
            Responsibility.select()
            .where(Responsibility.unit.in_(part))
            .where(Responsibility.ends_on.is_null() | (Responsibility.ends_on >= today))
            .order_by(Responsibility.starts_on, Responsibility.id)
        )
        for row in query.dicts():
            found.setdefault((row["unit"], row["role"]), []).append(row)
    return found


def people() -> dict[int, dict[str, Any]]:
    """Give everybody in the directory by number; they are few beside the units."""
    return {row["id"]: row for row in Person.select().dicts()}


def chunks(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Cut a list into parts that a statement's parameters have room for."""
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


def marks(items: Sequence[Any]) -> str:
    """Give one placeholder for each item."""
    return ", ".join("?" * len(items))

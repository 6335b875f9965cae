"""The parts of a plan: what an import would add, change, keep and propose, as plain frozen values."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from tbb.services.registers.records import Records, RowError


class FieldChange(NamedTuple):
    """A field that gets another value."""

    field: str
    old: Any
    new: Any


class Kept(NamedTuple):
    """A field that keeps its value although a source says otherwise, and whose word it is that counts."""

    field: str
    value: Any
    offered: Any
    owner: str


class MunicipalityPlan(NamedTuple):
    """A municipality that is added (no `id`) or changed."""

    code: str
    id: int | None
    name: str
    changes: tuple[FieldChange, ...]


class OrganizerPlan(NamedTuple):
    """An organizer that is added (no `id`) or changed. `key` is how the plan's units refer to it."""

    key: str
    id: int | None
    name: str
    kind: str
    orgnr: str | None
    municipality_code: str | None
    changes: tuple[FieldChange, ...] = ()


class UnitPlan(NamedTuple):
    """A unit that is added (no `id`) or changed. `key` is how the plan's responsibilities refer to it.

    `municipality` is a code, `organizer` a key of the plan, `school` a name within the municipality.
    """

    key: str
    id: int | None
    label: str
    kind: str
    municipality_code: str
    municipality_name: str
    changes: tuple[FieldChange, ...]
    kept: tuple[Kept, ...]
    provenance: str
    old_provenance: str
    numbers: tuple[tuple[str, str], ...]
    reopened: bool = False

    @property
    def closes(self) -> bool:
        """True when the register itself says that the unit is closed."""
        return any(change.field == "status" and change.new == "closed" for change in self.changes)


class Closing(NamedTuple):
    """A unit that its source no longer lists. Only proposed: somebody must look."""

    id: int
    label: str
    kind: str
    municipality_name: str
    source: str


class PersonPlan(NamedTuple):
    """A person that is added (no `id`) or changed. `key` is how the plan's responsibilities refer to it."""

    key: str
    id: int | None
    label: str
    changes: tuple[FieldChange, ...]


class ResponsibilityPlan(NamedTuple):
    """A responsibility that begins (no `id`), ends, or is changed."""

    id: int | None
    unit_key: str
    unit_label: str
    role: str
    person_key: str
    person_label: str
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Plan:
    """All that an import would do, and nothing that it would not. `digest` names exactly this plan."""

    records: Records
    today: date
    errors: tuple[RowError, ...]
    municipalities: tuple[MunicipalityPlan, ...]
    organizers: tuple[OrganizerPlan, ...]
    schools: tuple[tuple[str, str], ...]
    units: tuple[UnitPlan, ...]
    closings: tuple[Closing, ...]
    people: tuple[PersonPlan, ...]
    responsibilities: tuple[ResponsibilityPlan, ...]
    digest: str

    @property
    def empty(self) -> bool:
        """True when applying would change nothing; proposals and errors change nothing."""
        return not (
            self.municipalities
            or self.organizers
            or self.schools
            or any(unit.id is None or unit.changes or unit.numbers or self._seen(unit) for unit in self.units)
            or self.people
            or self.responsibilities
        )

    @staticmethod
    def _seen(unit: UnitPlan) -> bool:
        return unit.provenance != unit.old_provenance

    @property
    def added(self) -> tuple[UnitPlan, ...]:
        """The units that are new."""
        return tuple(unit for unit in self.units if unit.id is None)

    @property
    def changed(self) -> tuple[UnitPlan, ...]:
        """The units that get another value in some field; the reopened and the closed ones too."""
        return tuple(unit for unit in self.units if unit.id is not None and unit.changes)

    @property
    def bad_rows(self) -> tuple[RowError, ...]:
        """The errors, without the notes of what was left out on purpose. `--strict` refuses a plan with any."""
        return tuple(error for error in self.errors if error.error)


def digest_of(*parts: tuple) -> str:
    """Give the sha256 of the canonical form of a plan's parts, old values included."""
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()

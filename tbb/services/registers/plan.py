"""Compare what registers say with what is stored: the plan of an import, made in bulk, changing nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from tbb.database import rows
from tbb.models.folding import fold
from tbb.models.kinds import Status
from tbb.services.registers.merging import lay, new_draft, reopened
from tbb.services.registers.municipality_codes import COUNTY, NAMES, code_of
from tbb.services.registers.plan_organizers import Organizers
from tbb.services.registers.plan_parts import Closing, FieldChange, MunicipalityPlan, Plan, UnitPlan, digest_of
from tbb.services.registers.plan_people import plan_people
from tbb.services.registers.records import (
    MUNICIPALITY_FIELDS,
    SOURCES,
    MunicipalityRecord,
    Records,
    RowError,
    UnitRecord,
)
from tbb.services.registers.stored import Draft, Stored, load


def make_plan(records: Records, errors: Iterable[RowError] = (), *, today: date) -> Plan:
    """Tell what importing these records would change, in a number of queries that does not grow with them."""
    return _Planner(records, tuple(errors), today).plan()


class _Planner:
    """The work of one plan; it goes through the records in their order, once."""

    def __init__(self, records: Records, errors: tuple[RowError, ...], today: date):
        self.records = records
        self.given_errors = errors
        self.errors: list[RowError] = []
        self.today = today
        stored_names = rows("SELECT code, name FROM municipality")
        self.names = NAMES | dict(stored_names)
        self.codes = {fold(name): code for code, name in stored_names}
        self.located = [self._located(record) for record in records.units]
        codes = {record.municipality_code for record in self.located if record.municipality_code}
        self.stored: Stored = load(records, codes)
        self.municipality_values: dict[str, dict[str, Any]] = {}
        self.organizers = Organizers(self.stored.organizers, self.stored.municipalities)
        self.drafts: dict[str, Draft] = {draft.key: draft for draft in self.stored.units.values()}
        self.touched: dict[str, Draft] = {}
        self.of_record: dict[int, Draft] = {}
        self.some_unnumbered = any(record.key is None for record in records.units)

    def plan(self) -> Plan:
        for entry in self.records.municipalities:
            self._hear_municipality(entry)
        self.organizers.hear(self.located)
        for given, record in sorted(zip(self.records.units, self.located, strict=True), key=_turn):
            self._hear_unit(given, record)
        units = tuple(part for part in map(self._unit_plan, self.touched.values()) if part is not None)
        municipalities = self._municipality_plans({unit.municipality_code for unit in units})
        pairs = [
            (entry, self.of_record[id(entry.unit)])
            for entry in self.records.responsible
            if id(entry.unit) in self.of_record
        ]
        people, responsibilities, notes = plan_people(pairs, self.today)
        organizers = self.organizers.plan()
        schools = self._schools()
        closings = self._closings()
        content = (municipalities, organizers, schools, units, closings, people, responsibilities)
        return Plan(
            self.records,
            self.today,
            self.given_errors + tuple(self.errors) + tuple(notes),
            *content,
            digest=digest_of(*content),
        )

    # Municipalities

    def _located(self, record: UnitRecord) -> UnitRecord:
        """Give a record the code of the municipality it only names."""
        if record.municipality_code or not record.municipality_name:
            return record
        code = self._code_of(record.municipality_name)
        return replace(record, municipality_code=code) if code else record

    def _code_of(self, name: str) -> str | None:
        folded = fold(name)
        return self.codes.get(folded) or self.codes.get(folded.removesuffix(" kommun")) or code_of(name)

    def _hear_municipality(self, entry: MunicipalityRecord) -> None:
        code = entry.code or self._code_of(entry.name or "")
        if not code or (code not in self.names and entry.name is None):
            self._no_municipality(entry, entry.name or entry.code)
            return
        told = {name: getattr(entry, name) for name in MUNICIPALITY_FIELDS if getattr(entry, name) is not None}
        told["name"] = self.names.get(code) or told["name"]
        self.municipality_values.setdefault(code, {}).update(told)
        self.organizers.learn(code, entry.legal_name, entry.orgnr)

    def _name_of(self, code: str) -> str:
        return self.names.get(code) or self.municipality_values.get(code, {}).get("name") or code

    def _municipality_plans(self, needed: set[str]) -> tuple[MunicipalityPlan, ...]:
        found = []
        for code in sorted(needed | self.municipality_values.keys()):
            told, row = self.municipality_values.get(code, {}), self.stored.municipalities.get(code)
            if row is None:
                told = {"name": self._name_of(code), "participates": code.startswith(COUNTY)} | told
            changes = tuple(
                FieldChange(name, row[name] if row else None, value)
                for name, value in sorted(told.items())
                if row is None or row[name] != value
            )
            if changes:
                found.append(MunicipalityPlan(code, row["id"] if row else None, told.get("name") or code, changes))
        return tuple(found)

    # Units

    def _hear_unit(self, given: UnitRecord, record: UnitRecord) -> None:
        draft = self._find(record)
        if draft is None:
            draft = self._begin(record)
        if draft is None:
            return
        organizer = self.organizers.key_for(record, record.municipality_code or draft.values["municipality"])
        lay(record, draft, municipality=record.municipality_code, organizer=organizer, today=self.today)
        self.touched.setdefault(draft.key, draft)
        self.of_record[id(given)] = draft
        self._index(draft, record)

    def _find(self, record: UnitRecord) -> Draft | None:
        """Find a unit by its number; by kind, municipality and name only for a row that has no number."""
        if record.key:
            return self.stored.by_number.get(record.key)
        found = self.stored.by_name.get(self._name_mark(record), [])
        if len(found) > 1:
            reason = "Det finns flera enheter med det namnet i kommunen. Ange skolenhetskod eller förskole-id."
            self._error(record, "namn", reason)
        return found[0] if len(found) == 1 else None

    @staticmethod
    def _name_mark(record: UnitRecord) -> tuple[str, str, str]:
        return (str(record.kind), record.municipality_code or "", fold(record.name or ""))

    def _begin(self, record: UnitRecord) -> Draft | None:
        """Begin a new unit, when the record tells enough of it and it is not closed."""
        if not record.key and len(self.stored.by_name.get(self._name_mark(record), ())) > 1:
            return None
        if record.status == Status.CLOSED:
            return None
        if record.kind is None or not record.name:
            reason = "Enheten finns inte här ännu, och raden säger för lite för att lägga till den."
            self.errors.append(RowError(record.file, record.line, self._which(record), reason, error=False))
            return None
        code = record.municipality_code
        if code not in self.names and code not in self.municipality_values:
            self._no_municipality(record, record.municipality_name or code or "")
            return None
        key = f"{record.scheme}:{record.value}" if record.key else ":".join(self._name_mark(record))
        return self.drafts.setdefault(key, new_draft(key))

    def _index(self, draft: Draft, record: UnitRecord) -> None:
        """Let later records of the same files find a unit that is not stored yet."""
        if record.key:
            self.stored.by_number[record.key] = draft
        if draft.id is None and self.some_unnumbered:
            listed = self.stored.by_name.setdefault(self._name_mark(record), [])
            if draft not in listed:
                listed.append(draft)

    @staticmethod
    def _which(record: UnitRecord) -> str:
        return record.value or record.name or ""

    def _no_municipality(self, entry: UnitRecord | MunicipalityRecord, told: str) -> None:
        self._error(entry, "kommun", f"”{told}” är inte en kommun i Sverige. Raden är inte inläst.")

    def _error(self, entry: UnitRecord | MunicipalityRecord, field: str, reason: str) -> None:
        self.errors.append(RowError(entry.file, entry.line, field, reason))

    def _unit_plan(self, draft: Draft) -> UnitPlan | None:
        changes = tuple(self._changes(draft))
        # Sorted, so that the order of keys makes no unit look changed.
        after = _as_text(draft.provenance)
        before = _as_text(json.loads(draft.stored_provenance)) if draft.stored_provenance else ""
        if not (draft.id is None or changes or before != after or draft.new_numbers or draft.kept):
            return None
        return UnitPlan(
            key=draft.key,
            id=draft.id,
            label=draft.label,
            kind=draft.values["kind"],
            municipality_code=draft.values["municipality"],
            municipality_name=self._name_of(draft.values["municipality"]),
            changes=changes,
            kept=tuple(draft.kept[name] for name in sorted(draft.kept)),
            provenance=after,
            old_provenance=before,
            numbers=tuple(sorted(draft.new_numbers)),
            reopened=reopened(draft),
        )

    def _changes(self, draft: Draft) -> Iterator[FieldChange]:
        is_new = draft.id is None
        for name, new in draft.values.items():
            if is_new and (new is None or new == ""):
                continue
            old = draft.stored.get(name)
            if name == "organizer":
                old, new = self.organizers.current_key(old), self.organizers.current_key(new)
            if new != old:
                yield FieldChange(name, old, new)

    def _schools(self) -> tuple[tuple[str, str], ...]:
        wanted = {
            (draft.values["municipality"], draft.values["school"])
            for draft in self.touched.values()
            if draft.values["school"]
        }
        return tuple(sorted(wanted - self.stored.schools))

    # Closing

    def _closings(self) -> tuple[Closing, ...]:
        """Propose to close the units that a source used to list, where it still lists others of the kind."""
        covered: dict[str, set[tuple[str, str]]] = {}
        for record in self.located:
            if record.kind is not None and record.municipality_code:
                covered.setdefault(record.source, set()).add((record.municipality_code, str(record.kind)))
        found = []
        for draft in self.stored.units.values():
            if draft.key in self.touched or draft.values["status"] == Status.CLOSED:
                continue
            place = (draft.values["municipality"], draft.values["kind"])
            for source in sorted(draft.seen_by & covered.keys()):
                if place in covered[source] and _belongs(draft, source):
                    name = self._name_of(place[0])
                    found.append(Closing(draft.id or 0, draft.label, place[1], name, source))
                    break
        return tuple(sorted(found, key=lambda item: (item.municipality_name, item.label, item.id)))


def _turn(pair: tuple[UnitRecord, UnitRecord]) -> tuple[bool, bool]:
    """Order records: whole ones first, so that a list's short lines find the units that the details add.

    That a unit is gone comes last: the register's answer about one unit is newer than its list.
    """
    record = pair[1]
    return record.kind is None, record.kind is None and record.status == Status.CLOSED


def _belongs(draft: Draft, source: str) -> bool:
    """Tell whether a source's silence means anything for a unit: a list of phone numbers closes no school."""
    scheme = SOURCES[source].scheme if source in SOURCES else ""
    if scheme != "own":
        return True
    return all(listed == "own" for listed, _value in draft.numbers)


def _as_text(provenance: dict[str, str]) -> str:
    """Write provenance down, sorted; units of one list have it alike, so it is written once for all of them."""
    return _written(tuple(sorted(provenance.items())))


@lru_cache(maxsize=4096)
def _written(items: tuple[tuple[str, str], ...]) -> str:
    return json.dumps(dict(items), ensure_ascii=False)

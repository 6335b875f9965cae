"""Who would answer for what: new people, changed ones, and handovers that keep the history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from tbb.models.folding import fold
from tbb.services.registers.plan_parts import FieldChange, PersonPlan, ResponsibilityPlan
from tbb.services.registers.records import HAND, PersonRecord, ResponsibleRecord, RowError
from tbb.services.registers.stored import Draft, people, responsibilities_of

PERSON_FIELDS = (
    "name", "title", "phone", "email", "phone_hours", "languages", "protected", "function_name", "switchboard",
)  # fmt: skip
TERMS = ("mandate", "mandate_by", "mandate_on", "ends_on")


class People:
    """Everybody stored and everybody a plan adds, known by e-mail, by name and phone, or by function."""

    def __init__(self) -> None:
        self.stored = people()
        self.all: dict[str, dict[str, Any]] = {str(number): dict(row) for number, row in self.stored.items()}
        self.known: dict[tuple[str, ...], str] = {}
        for key, row in self.all.items():
            for mark in _marks(row):
                self.known.setdefault(mark, key)

    def same(self, key: str, record: PersonRecord) -> bool:
        """Tell whether a stored person is the one a record is about: a new surname or number changes nobody."""
        row = self.all[key]
        if record.protected or row["protected"]:
            return bool(
                record.protected and row["protected"] and fold(row["function_name"]) == fold(record.function_name)
            )
        named, told = set(fold(row["name"]).split()), set(fold(record.name).split())
        # A function's mailbox passes from one to the next, so the same mail needs a name in common too.
        same_mail = record.email and row["email"].casefold() == record.email.casefold() and named & told
        return bool(same_mail or named == told)

    def key_for(self, record: PersonRecord) -> str:
        """Give the key of the person a record is about, adding them when they are new."""
        told = {name: getattr(record, name) for name in PERSON_FIELDS}
        for mark in _marks(told):
            if mark in self.known and self.same(self.known[mark], record):
                return self.update(self.known[mark], record)
        key = f"new:{len(self.all) - len(self.stored) + 1}"
        self.all[key] = told | {"id": None}
        for mark in _marks(told):
            self.known[mark] = key
        return key

    def update(self, key: str, record: PersonRecord) -> str:
        """Let a record change what it tells of a person; what it leaves empty stays. Gives the key back."""
        row = self.all[key]
        for name in PERSON_FIELDS:
            value = getattr(record, name)
            if value not in ("", False):
                row[name] = value
        return key

    def label(self, key: str) -> str:
        """What to call them in a plan that is printed: never a protected name."""
        row = self.all[key]
        return row["function_name"] if row["protected"] else row["name"]

    def plan(self) -> tuple[PersonPlan, ...]:
        """Give the people who are new or changed."""
        found = []
        for key, row in self.all.items():
            old = self.stored.get(int(key)) if key.isdecimal() else None
            before: dict[str, Any] = old or dict.fromkeys(PERSON_FIELDS, "") | {"protected": False}
            changes = tuple(
                FieldChange(name, before[name], row[name]) for name in PERSON_FIELDS if before[name] != row[name]
            )
            if changes:
                found.append(PersonPlan(key, row["id"], self.label(key), changes))
        return tuple(found)


def _marks(row: dict[str, Any]) -> Iterable[tuple[str, ...]]:
    """Give what a person may be recognised by: several people may share a phone or a function mail."""
    if row["protected"]:
        yield ("function", fold(row["function_name"]), row["switchboard"])
        return
    if row["email"]:
        yield ("mail", row["email"].casefold(), fold(row["name"]))
    if row["phone"]:
        yield ("phone", row["phone"], fold(row["name"]))


def plan_people(
    records: Iterable[tuple[ResponsibleRecord, Draft]], today: date
) -> tuple[tuple[PersonPlan, ...], tuple[ResponsibilityPlan, ...], list[RowError]]:
    """Compare who the records say answers for each unit with who does now."""
    pairs = list(records)
    if not pairs:
        return (), (), []
    everybody = People()
    current = responsibilities_of(sorted({unit.id for _record, unit in pairs if unit.id is not None}), today)
    found: dict[tuple[str, str, int | None], ResponsibilityPlan] = {}
    errors: list[RowError] = []
    for record, unit in pairs:
        if unit.provenance.get(record.role) == HAND:
            errors.append(_note(record, "Uppgiften är satt för hand och behålls."))
        elif record.ends_on is not None and record.ends_on < today:
            errors.append(_note(record, "Uppdraget har redan tagit slut och är inte inläst."))
        else:
            rows = current.get((unit.id, record.role), []) if unit.id is not None else []
            for part in _compare(record, unit, rows, everybody, today, errors):
                found[(part.unit_key, part.role, part.id)] = part
    return everybody.plan(), tuple(found[key] for key in found), errors


def _compare(
    record: ResponsibleRecord,
    unit: Draft,
    rows: list[dict[str, Any]],
    everybody: People,
    today: date,
    errors: list[RowError],
) -> list[ResponsibilityPlan]:
    old = rows[-1] if rows else None
    if old is not None and everybody.same(str(old["person"]), record.person):
        key = everybody.update(str(old["person"]), record.person)
        changes = _terms(record, old)
        return [_part(record, unit, old["id"], key, everybody, changes)] if changes else []
    starts = record.starts_on or today
    parts = []
    if old is not None:
        starts = max(starts, today) if starts <= old["starts_on"] else starts
        if starts <= old["starts_on"]:
            reason = f"Enheten har redan någon från och med {old['starts_on']}. Skriv ett senare startdatum."
            errors.append(RowError(record.unit.file, record.unit.line, "bba_fran", reason))
            return []
        last = starts - timedelta(days=1)
        ending = (FieldChange("ends_on", old["ends_on"], last),)
        if old["ends_on"] is None or old["ends_on"] > last:
            parts.append(_part(record, unit, old["id"], str(old["person"]), everybody, ending))
    if record.ends_on is not None and record.ends_on < starts:
        return []
    key = everybody.key_for(record.person)
    told = [("starts_on", starts), *((name, getattr(record, name)) for name in TERMS)]
    changes = tuple(FieldChange(name, None, value) for name, value in told if value not in (None, ""))
    return [*parts, _part(record, unit, None, key, everybody, changes)]


def _terms(record: ResponsibleRecord, old: dict[str, Any]) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(name, old[name], getattr(record, name))
        for name in TERMS
        if getattr(record, name) not in (None, "") and getattr(record, name) != old[name]
    )


def _part(
    record: ResponsibleRecord,
    unit: Draft,
    number: int | None,
    person: str,
    everybody: People,
    changes: tuple[FieldChange, ...],
) -> ResponsibilityPlan:
    return ResponsibilityPlan(
        id=number,
        unit_key=unit.key,
        unit_label=unit.label,
        role=str(record.role),
        person_key=person,
        person_label=everybody.label(person),
        changes=changes,
    )


def _note(record: ResponsibleRecord, reason: str) -> RowError:
    return RowError(record.unit.file, record.unit.line, "bba_namn", reason, error=False)

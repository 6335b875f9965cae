"""Sealed answers of wheels, cases, meetings and plans, read and saved one by one, so that nobody's words vanish."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tbb import clock
from tbb.database import case_keys, rows, run
from tbb.models import Case, CaseField, Meeting, MeetingField, Plan, PlanField, Wheel, WheelField

Thing = Wheel | Case | Meeting | Plan
TABLES = {
    Wheel: ("wheel_field", "wheel_id", WheelField),
    Case: ("case_field", "case_id", CaseField),
    Meeting: ("meeting_field", "meeting_id", MeetingField),
    Plan: ("plan_field", "plan_id", PlanField),
}


@dataclass(frozen=True)
class Field:
    """One answer, opened. A field that was never written has version 0 and no text."""

    text: str = ""
    version: int = 0


@dataclass(frozen=True)
class Conflict:
    """An answer that somebody else, or another device, has changed since it was shown."""

    name: str
    mine: str
    theirs: str
    version: int


class Overtaken(Exception):
    """Some answers have changed meanwhile; nothing was saved. `conflicts` tells which."""

    def __init__(self, conflicts: list[Conflict]):
        super().__init__(f"{len(conflicts)} answers have changed meanwhile.")
        self.conflicts = conflicts


def read(thing: Thing) -> dict[str, Field]:
    """Open every answer of a thing: {name: Field}. Raises CannotOpen when one cannot be opened."""
    table, owner, _model = TABLES[type(thing)]
    found = rows(f"SELECT name, body, version FROM {table} WHERE {owner} = ? ORDER BY id", (thing.id,))
    opened = case_keys().open_many(thing.seal, [(body, place_of(thing, name)) for name, body, _version in found])
    return {name: Field(text, version) for (name, _body, version), text in zip(found, opened, strict=True)}


def texts(thing: Thing) -> dict[str, str]:
    """Open every answer that says something: {name: text}."""
    return {name: field.text for name, field in read(thing).items() if field.text}


def save(
    thing: Thing, answers: Mapping[str, str], *, by: int | None = None, seen: Mapping[str, int] | None = None
) -> tuple[str, ...]:
    """Within the caller's transaction, save answers and name those that changed.

    `seen` gives the version that each answer had when it was shown: if one has changed since, to something else than
    what is saved now, nothing is saved and Overtaken tells. Without `seen` the last one to save decides.
    """
    before = read(thing)
    changed = {name: text for name, text in answers.items() if text != before.get(name, Field()).text}
    if seen is not None:
        conflicts = [
            Conflict(name, text, before[name].text, before[name].version)
            for name, text in changed.items()
            if name in before and before[name].version != seen.get(name, 0)
        ]
        if conflicts:
            raise Overtaken(conflicts)
    for name, text in changed.items():
        _write(thing, name, text, by)
    return tuple(changed)


def forget(thing: Thing, names: Iterable[str]) -> None:
    """Within the caller's transaction, remove answers wholly."""
    table, owner, _model = TABLES[type(thing)]
    for name in names:
        run(f"DELETE FROM {table} WHERE {owner} = ? AND name = ?", (thing.id, name))


def place_of(thing: Thing, name: str) -> str:
    """What an answer is bound to: its table, column and row."""
    return f"{TABLES[type(thing)][0]}.body:{thing.key}:{name}"


def seal(case: Thing, text: str, place: str) -> bytes:
    """Seal another text of a thing, bound to `place` (``table.column:row``)."""
    return case_keys().seal(case.seal, text, place)


def unseal(case: Thing, body: bytes, place: str) -> str:
    """Open such a text."""
    return case_keys().open(case.seal, body, place)


def _write(thing: Thing, name: str, text: str, by: int | None) -> None:
    table, owner, model = TABLES[type(thing)]
    body, moment = seal(thing, text, place_of(thing, name)), model.saved_at.db_value(clock.now())
    columns, values = [owner, "name", "body", "version", "saved_at"], [thing.id, name, body, 1, moment]
    update = "body = excluded.body, version = " + table + ".version + 1, saved_at = excluded.saved_at"
    if hasattr(model, "saved_by"):
        columns, values = [*columns, "saved_by_id"], [*values, by]
        update += ", saved_by_id = excluded.saved_by_id"
    run(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(values))})"
        f" ON CONFLICT ({owner}, name) DO UPDATE SET {update}",
        values,
    )

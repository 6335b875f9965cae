"""What an import changed in the entries that were there before, written into each one's history."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tbb import clock
from tbb.database import rows
from tbb.models import EntryChange
from tbb.policy import COUNTY, Actor
from tbb.services.entry_history import signature

if TYPE_CHECKING:
    from tbb.services.registers.plan_parts import FieldChange, Plan

ROWS_AT_A_TIME = 200


def write(actor: Actor, plan: Plan, unit_ids: Mapping[str, int], person_ids: Mapping[str, int]) -> int:
    """Write, within the import's transaction, one change for each unit, person and responsibility; tell how many.

    `unit_ids` and `person_ids` tell the numbers of the plan's keys. New units have no history yet: they are new.
    """
    moment, by = clock.now(), signature(actor, COUNTY)
    found = [
        {
            "unit": unit,
            "person": person,
            "account": actor.account,
            "by": by[:120],
            "what": "import",
            "before": _as_json(before),
            "after": _as_json(after),
            "at": moment,
        }
        for unit, person, before, after in (*_of_units(plan), *_of_people(plan), *_of_parts(plan, unit_ids, person_ids))
    ]
    for start in range(0, len(found), ROWS_AT_A_TIME):
        EntryChange.insert_many(found[start : start + ROWS_AT_A_TIME]).execute()
    return len(found)


Line = tuple[int, int | None, dict[str, Any], dict[str, Any]]


def _of_units(plan: Plan) -> Iterator[Line]:
    names = {part.key: part.name for part in plan.organizers}
    for unit in plan.changed:
        before, after = _sides(unit.changes)
        for side in (before, after):
            if "organizer" in side:
                side["organizer"] = names.get(side["organizer"], side["organizer"])
        yield unit.id, None, before, after


def _of_people(plan: Plan) -> Iterator[Line]:
    for person in plan.people:
        if person.id is None:
            continue
        today = clock.today()
        sql = "SELECT DISTINCT unit_id FROM responsibility WHERE person_id = ? AND (ends_on IS NULL OR ends_on >= ?)"
        for (unit,) in rows(sql, (person.id, today)):
            yield unit, person.id, *_sides(person.changes)


def _of_parts(plan: Plan, unit_ids: Mapping[str, int], person_ids: Mapping[str, int]) -> Iterator[Line]:
    already = {unit.key for unit in plan.units if unit.id is None}
    for part in plan.responsibilities:
        if part.unit_key in already:
            continue
        unit = unit_ids[part.unit_key] if part.unit_key in unit_ids else int(part.unit_key)
        person = person_ids.get(part.person_key) or int(part.person_key)
        before, after = _sides(part.changes)
        yield unit, person, before, after if part.id is not None else {"role": part.role} | after


def _sides(changes: tuple[FieldChange, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    return {change.field: change.old for change in changes}, {change.field: change.new for change in changes}


def _as_json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)

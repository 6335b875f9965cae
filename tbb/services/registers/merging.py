"""Lay a record over a unit: whose word counts, field by field, and what is kept."""

from __future__ import annotations

from datetime import date
from typing import Any

from tbb.models.kinds import Status
from tbb.services.registers.plan_parts import Kept
from tbb.services.registers.records import GUESS, HAND, PLAIN_FIELDS, UnitRecord, source_rank
from tbb.services.registers.stored import Draft

EMPTY: dict[str, Any] = {
    name: None if name in ("latitude", "longitude", "grade_from", "grade_to", "age_from", "age_to") else ""
    for name in PLAIN_FIELDS
} | {"valid_from": None, "valid_to": None, "municipality": "", "organizer": None, "school": None}


def new_draft(key: str) -> Draft:
    """Begin a unit that is not stored yet."""
    return Draft(key=key, id=None, values=dict(EMPTY), stored={}, provenance={}, stored_provenance="")


def lay(record: UnitRecord, draft: Draft, *, municipality: str | None, organizer: str | None, today: date) -> None:
    """Let a record say what it has to say of a unit. None says nothing and changes nothing."""
    before = draft.values["status"]
    offered: dict[str, Any] = {name: getattr(record, name) for name in PLAIN_FIELDS}
    offered |= {"municipality": municipality, "organizer": organizer, "school": record.school_name}
    offered["status"] = _status(record, draft)
    for name, value in offered.items():
        if value is not None:
            _offer(draft, name, value, GUESS if name in record.guessed else record.source)
    _dates_of_status(draft, before, record, today)
    if record.key and record.key not in draft.numbers and not record.key[1].startswith("tbb-"):
        draft.numbers.add(record.key)
        draft.new_numbers.add(record.key)
    if record.kind is not None:
        draft.provenance["unit"] = " ".join(sorted(draft.seen_by | {record.source}))


def _status(record: UnitRecord, draft: Draft) -> str | None:
    """Give the status the record tells. One that merely lists a unit opens it, if it was the one to close it."""
    if record.status is not None:
        return str(record.status)
    if not draft.values["status"]:
        return Status.ACTIVE.value
    closed_by = draft.provenance.get("status")
    if draft.values["status"] == Status.CLOSED and record.kind is not None and closed_by in (None, record.source):
        return Status.ACTIVE.value
    return None


def _offer(draft: Draft, name: str, value: Any, source: str) -> None:
    value = str(value) if isinstance(value, str) else value
    old = draft.values[name]
    owner = draft.provenance.get(name)
    if value == old or _same_place(value, old):
        return
    if _outranked(old, owner, source):
        draft.kept[name] = Kept(name, old, value, owner or "")
        return
    draft.kept.pop(name, None)
    draft.values[name] = value
    draft.provenance[name] = source


def _same_place(value: Any, old: Any) -> bool:
    """Tell whether two degrees are within a metre: PostgreSQL's REAL keeps no more, and no register means more."""
    return isinstance(value, float) and isinstance(old, float) and abs(value - old) < 1e-5


def _outranked(old: Any, owner: str | None, source: str) -> bool:
    """Tell whether the stored value stands. What a hand has set stands, even when it has set nothing."""
    if owner == HAND:
        return True
    if old in (None, ""):
        return False
    return source == GUESS or (owner is not None and source_rank(source) < source_rank(owner))


def _dates_of_status(draft: Draft, before: str, record: UnitRecord, today: date) -> None:
    """Give a unit that closes a last day, and take it away from one that opens again."""
    now = draft.values["status"]
    if now == before or record.valid_to is not None or draft.provenance.get("valid_to") == HAND:
        return
    if now == Status.CLOSED:
        draft.values["valid_to"] = today
        draft.provenance["valid_to"] = record.source
    elif before == Status.CLOSED:
        draft.values["valid_to"] = None
        draft.provenance.pop("valid_to", None)


def reopened(draft: Draft) -> bool:
    """Tell whether a closed unit opens again."""
    return draft.stored.get("status") == Status.CLOSED and draft.values["status"] != Status.CLOSED

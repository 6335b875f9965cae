"""Rooms that meetings are held in: keeping a unit's list, which are free when, and taking one for a meeting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from peewee import IntegrityError

from tbb import clock
from tbb.database import db, load, rows, run, transaction
from tbb.models import Meeting, Room, RoomBooking, Unit
from tbb.policy import Actor, Permission, require
from tbb.services import audit, shelf

FIELDS = ("name", "seats", "step_free", "hearing_loop", "access")
_FREE = """
    SELECT r.id, r.unit_id, COALESCE(NULLIF(u.display_name, ''), u.name), r.name, r.seats, r.step_free, r.hearing_loop,
      r.access,
      NOT EXISTS (SELECT 1 FROM room_booking b WHERE b.room_id = r.id AND b.meeting <> ?
        AND b.starts_at < ? AND b.ends_at > ?)
    FROM room r JOIN unit u ON u.id = r.unit_id
    WHERE r.closed_at IS NULL AND r.unit_id IN ({marks}) ORDER BY u.sort_key, u.id, r.name, r.id
"""
_TAKEN = """
    SELECT starts_at, ends_at FROM room_booking WHERE room_id = ? AND meeting <> ? AND starts_at < ? AND ends_at > ?
    ORDER BY starts_at LIMIT 1
"""


class Taken(Exception):
    """The room is taken. `starts_at` and `ends_at` say when by the other one; None when that is not known any more."""

    def __init__(self, starts_at: datetime | None = None, ends_at: datetime | None = None):
        super().__init__("The room is taken.")
        self.starts_at, self.ends_at = starts_at, ends_at


class SameName(Exception):
    """The unit has a room of that name already."""


@dataclass(frozen=True)
class Facts:
    """What is said of a room."""

    name: str
    seats: int = 6
    step_free: bool = False
    hearing_loop: bool = False
    access: str = ""


@dataclass(frozen=True)
class Choice:
    """A room as it can be chosen for a time: whether nobody else has it then."""

    id: int
    unit: int
    unit_label: str
    name: str
    seats: int
    step_free: bool
    hearing_loop: bool
    access: str
    free: bool


def kept(actor: Actor, slug: str) -> tuple[Unit, list[Room]] | None:
    """Show the rooms of a unit to those who may keep them, the closed ones last; None when the unit is not there."""
    unit = shelf.unit(actor, slug)
    if unit is None:
        return None
    require(actor, Permission.KEEP_ROOMS, shelf.place_of(unit))
    return unit, load(Room, "unit_id = ? ORDER BY closed_at IS NOT NULL, name, id", (unit.id,))


def of_unit(unit: Unit, number: int) -> Room | None:
    """Find a room of a unit by its number."""
    return next(iter(load(Room, "id = ? AND unit_id = ?", (number, unit.id))), None)


@transaction
def add(actor: Actor, unit: Unit, facts: Facts) -> Room:
    """Add a room to a unit. Raises Refused and SameName."""
    require(actor, Permission.KEEP_ROOMS, shelf.place_of(unit))
    if load(Room, "unit_id = ? AND name = ?", (unit.id, facts.name)):
        raise SameName
    made = Room.create(unit=unit, **_values(facts))
    audit.record(actor, "room:add", "room", made.id, place=shelf.place_of(unit), fields=FIELDS)
    return made


@transaction
def change(actor: Actor, room: Room, facts: Facts) -> None:
    """Change what is said of a room. Raises Refused and SameName."""
    require(actor, Permission.KEEP_ROOMS, shelf.place_of(room.unit))
    if load(Room, "unit_id = ? AND name = ? AND id <> ?", (room.unit_id, facts.name, room.id)):
        raise SameName
    Room.update(**_values(facts)).where(Room.id == room.id).execute()
    audit.record(actor, "room:change", "room", room.id, place=shelf.place_of(room.unit), fields=FIELDS)


@transaction
def close(actor: Actor, room: Room, *, closed: bool = True) -> None:
    """Let a room be booked no more, or again; meetings that are booked in it stay there. Raises Refused."""
    require(actor, Permission.KEEP_ROOMS, shelf.place_of(room.unit))
    Room.update(closed_at=clock.now() if closed else None).where(Room.id == room.id).execute()
    action = "room:close" if closed else "room:open"
    audit.record(actor, action, "room", room.id, place=shelf.place_of(room.unit), fields=("closed_at",))


def choices(units: Iterable[int], starts_at: datetime, ends_at: datetime, meeting: int = 0) -> list[Choice]:
    """The rooms of some units with whether each is free at a time; what the meeting itself has counts as free."""
    known = sorted(set(units))
    if not known:
        return []
    start, end = RoomBooking.starts_at.db_value(starts_at), RoomBooking.starts_at.db_value(ends_at)
    asked = _FREE.replace("{marks}", ", ".join("?" * len(known)))
    return [
        Choice(*row[:5], bool(row[5]), bool(row[6]), row[7], bool(row[8]))
        for row in rows(asked, (meeting, end, start, *known))
    ]


def book(meeting: Meeting, room: int, starts_at: datetime, ends_at: datetime) -> None:
    """Within the caller's transaction, take a room for a meeting instead of what it had. Raises Taken.

    The database itself lets no two overlap, whoever comes first; nothing is changed when the room is taken.
    """
    try:
        with db.atomic():
            RoomBooking.delete().where(RoomBooking.meeting == meeting.id).execute()
            RoomBooking.create(room=room, meeting=meeting.id, starts_at=starts_at, ends_at=ends_at)
    except IntegrityError:
        raise _taken(meeting, room, starts_at, ends_at) from None


def let_go(meeting: Meeting) -> None:
    """Within the caller's transaction, free the room that a meeting has."""
    RoomBooking.delete().where(RoomBooking.meeting == meeting.id).execute()


@transaction
def forget_gone() -> int:
    """Free the rooms of meetings that are gone, as when their cases have been forgotten; tell how many."""
    return run("DELETE FROM room_booking WHERE meeting NOT IN (SELECT id FROM meeting)").rowcount


def _taken(meeting: Meeting, room: int, starts_at: datetime, ends_at: datetime) -> Taken:
    start, end = RoomBooking.starts_at.db_value(starts_at), RoomBooking.starts_at.db_value(ends_at)
    found = rows(_TAKEN, (room, meeting.id, end, start))
    return Taken(*(RoomBooking.starts_at.python_value(moment) for moment in found[0])) if found else Taken()


def _values(facts: Facts) -> dict[str, object]:
    return {name: getattr(facts, name) for name in FIELDS}

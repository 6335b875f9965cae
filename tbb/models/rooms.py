"""Rooms that meetings are held in, when they are taken, and the school breaks in which nobody books."""

from __future__ import annotations

from peewee import BooleanField, CharField, Check, DateField, ForeignKeyField, IntegerField

from tbb.database import BaseModel, UtcDateTimeField
from tbb.models.directory import Municipality, Organizer, Unit


class Room(BaseModel):
    """A room of a unit. `access` says in words how one gets in with a wheelchair, hearing loop and the like."""

    unit = ForeignKeyField(Unit, backref="rooms", on_delete="CASCADE")
    name = CharField(max_length=60)
    seats = IntegerField(default=6)
    step_free = BooleanField(default=False)
    hearing_loop = BooleanField(default=False)
    access = CharField(max_length=200, default="")
    closed_at = UtcDateTimeField(null=True)

    class Meta:
        constraints = [Check("seats BETWEEN 1 AND 500")]
        indexes = ((("unit", "name"), True),)


class RoomBooking(BaseModel):
    """That a room is taken from one moment until just before another. The database lets no two overlap.

    `meeting` is the number of the meeting it is for; the room is free again when that is gone.
    """

    room = ForeignKeyField(Room, backref="bookings", on_delete="CASCADE", index=False)
    meeting = IntegerField(unique=True)
    starts_at = UtcDateTimeField()
    ends_at = UtcDateTimeField()

    class Meta:
        constraints = [Check("ends_at > starts_at")]


RoomBooking.add_index(RoomBooking.index(RoomBooking.room, RoomBooking.starts_at, name="room_booking_of_room"))


class SchoolBreak(BaseModel):
    """A lov: days on which the schools of a municipality, or those of one organizer, are closed."""

    municipality = ForeignKeyField(Municipality, backref="breaks", on_delete="CASCADE")
    organizer = ForeignKeyField(Organizer, null=True, backref="breaks", on_delete="CASCADE")
    name = CharField(max_length=40)
    starts_on = DateField()
    ends_on = DateField()

    class Meta:
        constraints = [Check("ends_on >= starts_on")]

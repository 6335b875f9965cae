"""Hours in which a talk can be booked, the days that differ, and the bookings; nothing about any child."""

from __future__ import annotations

from peewee import SQL, BlobField, BooleanField, CharField, Check, DateField, ForeignKeyField, IntegerField

from tbb.database import BaseModel, UtcDateTimeField
from tbb.models.directory import Unit, one_of
from tbb.models.meeting_kinds import ExceptionKind, TalkState, TalkTopic, TalkWay


class TalkHost(BaseModel):
    """Whom talks are booked with: a unit's Barnets bästa-ansvarig, or those who lead the county's process.

    It belongs to the function, never to a person. Times are in minutes, hours and weeks as their names say.
    `in_breaks` keeps the weekly hours open also when the schools have lov.
    """

    unit = ForeignKeyField(Unit, null=True, unique=True, on_delete="CASCADE")
    county = CharField(max_length=6, null=True, unique=True)
    open = BooleanField(default=False)
    minutes = IntegerField(default=30)
    buffer_minutes = IntegerField(default=15)
    notice_hours = IntegerField(default=24)
    weeks_ahead = IntegerField(default=6)
    cancel_hours = IntegerField(default=24)
    in_breaks = BooleanField(default=False)
    place = CharField(max_length=200, default="")
    video_link = CharField(max_length=300, default="")
    changed_at = UtcDateTimeField()

    class Meta:
        constraints = [
            Check("county = 'county'"),
            Check("(unit_id IS NULL) = (county IS NOT NULL)"),
            Check("minutes BETWEEN 10 AND 480"),
            Check("buffer_minutes BETWEEN 0 AND 240"),
            Check("notice_hours BETWEEN 0 AND 336"),
            Check("weeks_ahead BETWEEN 1 AND 26"),
            Check("cancel_hours BETWEEN 0 AND 168"),
        ]


class TalkHours(BaseModel):
    """A stretch of each week in which talks can be booked: minutes of the Swedish day, Monday being 0."""

    host = ForeignKeyField(TalkHost, backref="hours", on_delete="CASCADE")
    weekday = IntegerField()
    starts = IntegerField()
    ends = IntegerField()
    ways = CharField(max_length=20)

    class Meta:
        constraints = [
            Check("weekday BETWEEN 0 AND 6"),
            Check("starts >= 0 AND starts < ends AND ends <= 1440"),
            Check("ways <> ''"),
        ]
        indexes = ((("host", "weekday", "starts"), True),)


class TalkException(BaseModel):
    """Days that differ: closed for some days or some hours of them, or open for extra hours."""

    host = ForeignKeyField(TalkHost, backref="exceptions", on_delete="CASCADE")
    kind = CharField(max_length=6)
    first_day = DateField()
    last_day = DateField()
    starts = IntegerField(null=True)
    ends = IntegerField(null=True)
    ways = CharField(max_length=20, default="")

    class Meta:
        constraints = [
            one_of("kind", ExceptionKind),
            Check("last_day >= first_day"),
            Check("(starts IS NULL) = (ends IS NULL)"),
            Check("starts >= 0 AND starts < ends AND ends <= 1440"),
            Check("kind <> 'extra' OR (starts IS NOT NULL AND ways <> '' AND last_day = first_day)"),
        ]
        indexes = ((("host", "last_day"), False),)


class TalkBooking(BaseModel):
    """A booked talk. The database lets no two of one host overlap, the buffer after each one included.

    `free_at` is when the host can meet somebody else. `contact` is a name or alias with phone and e-mail, sealed.
    `wall` is when it begins as the clock on the wall in Sweden says it, kept beside the moment as a meeting's is.
    `network` and `mark` tell bookings of one network, and of one phone or e-mail on it, without saying which.
    """

    host = ForeignKeyField(TalkHost, backref="bookings", on_delete="CASCADE")
    key = CharField(max_length=32, unique=True)
    once = CharField(max_length=64, unique=True)
    reference = CharField(max_length=10, unique=True)
    wall = CharField(max_length=16, default="", constraints=[SQL("DEFAULT ''")])
    starts_at = UtcDateTimeField()
    ends_at = UtcDateTimeField()
    free_at = UtcDateTimeField()
    way = CharField(max_length=6)
    topic = CharField(max_length=12, default=TalkTopic.TALK)
    language = CharField(max_length=8)
    interpreter = BooleanField(default=False)
    reads = CharField(max_length=8)
    contact = BlobField()
    network = CharField(max_length=64)
    mark = CharField(max_length=64)
    state = CharField(max_length=10, default=TalkState.BOOKED)
    sequence = IntegerField(default=0)
    created_at = UtcDateTimeField()
    timed_at = UtcDateTimeField()
    settled_at = UtcDateTimeField(null=True)
    forget_on = DateField(index=True)

    class Meta:
        constraints = [
            one_of("way", TalkWay),
            one_of("topic", TalkTopic),
            one_of("state", TalkState),
            Check("ends_at > starts_at AND free_at >= ends_at"),
        ]
        indexes = ((("host", "starts_at"), False), (("state", "starts_at"), False), (("network", "state"), False))

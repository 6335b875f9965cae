"""Webinars and events: when and how to join, the recording afterwards, who wants to come, who wants a reminder."""

from __future__ import annotations

from peewee import BlobField, BooleanField, CharField, Check, DateField, ForeignKeyField, IntegerField, TextField

from tbb.database import BaseModel, UtcDateTimeField
from tbb.models.accounts import Account
from tbb.models.content_kinds import ContentState, HappeningKind
from tbb.models.directory import Municipality, Organizer, one_of
from tbb.models.media import MediaFile, Picture


class Happening(BaseModel):
    """A webinar (which nobody signs up for, R24), a conference, a workshop or a course.

    `join_from` is how many minutes before the start the link to join is shown. `live_on` is the day it was sent live:
    captions of its recording are due 14 days after. `wall` is the time on the wall, Europe/Stockholm.
    """

    key = CharField(max_length=32, unique=True)
    slug = CharField(max_length=120, unique=True)
    kind = CharField(max_length=12, default=HappeningKind.WEBINAR)
    state = CharField(max_length=10, default=ContentState.DRAFT)
    municipality = ForeignKeyField(Municipality, null=True, backref="happenings", on_delete="SET NULL")
    organizer = ForeignKeyField(Organizer, null=True, backref="happenings", on_delete="SET NULL")
    title = CharField(max_length=120)
    lead = TextField(default="")
    body = TextField(default="")
    audience = CharField(max_length=200, default="")
    speakers = TextField(default="")
    wall = CharField(max_length=16)
    starts_at = UtcDateTimeField()
    ends_at = UtcDateTimeField()
    place = CharField(max_length=200, default="")
    join_url = CharField(max_length=300, default="")
    join_from = IntegerField(default=30)
    live_on = DateField(null=True)
    recording = ForeignKeyField(MediaFile, null=True, backref="recordings", on_delete="SET NULL")
    recording_url = CharField(max_length=300, default="")
    captions = ForeignKeyField(MediaFile, null=True, backref="captioned", on_delete="SET NULL")
    captioned_elsewhere = BooleanField(default=False)
    transcript = TextField(default="")
    chapters = TextField(default="")
    discussion = TextField(default="")
    cover = ForeignKeyField(Picture, null=True, backref="happening_covers", on_delete="SET NULL")
    sign_up = BooleanField(default=False)
    seats = IntegerField(null=True)
    uid = CharField(max_length=80, unique=True)
    sequence = IntegerField(default=0)
    version = IntegerField(default=1)
    author = ForeignKeyField(Account, null=True, backref="happenings", on_delete="SET NULL")
    created_at = UtcDateTimeField()
    saved_at = UtcDateTimeField()
    published_at = UtcDateTimeField(null=True)
    changed_at = UtcDateTimeField(null=True)
    called_off_at = UtcDateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("kind", HappeningKind),
            one_of("state", ContentState),
            Check("ends_at > starts_at"),
            Check("kind <> 'webinar' OR NOT sign_up"),
            Check("join_from BETWEEN 0 AND 10080"),
        ]


Happening.add_index(Happening.index(Happening.state, Happening.starts_at, name="happening_by_day"))


class Guest(BaseModel):
    """Somebody who wants to come to an event on place, or to be reminded of one.

    `told` is JSON {"name", "email", "needs"}, sealed with the keyring; `digest` is a keyed mark of the address, so that
    nobody stands there twice. Forgotten a month after the event.
    """

    key = CharField(max_length=32, unique=True)
    happening = ForeignKeyField(Happening, backref="guests", on_delete="CASCADE")
    wants = CharField(max_length=10)
    told = BlobField(null=True)
    digest = CharField(max_length=64)
    language = CharField(max_length=5, default="sv")
    asked_at = UtcDateTimeField()
    confirmed_at = UtcDateTimeField(null=True)
    reminded_at = UtcDateTimeField(null=True)
    ended_at = UtcDateTimeField(null=True)

    class Meta:
        constraints = [Check("wants IN ('come', 'reminder')")]
        indexes = ((("happening", "wants", "digest"), True),)

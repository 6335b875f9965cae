"""Calendars of those who sign in: the feed of their meetings, and the address that tells when they are busy."""

from __future__ import annotations

from peewee import BlobField, CharField, ForeignKeyField

from tbb.database import BaseModel, UtcDateTimeField
from tbb.models.accounts import Account


class CalendarFeed(BaseModel):
    """A secret address by which somebody's calendar program fetches their meetings, without names; only its hash."""

    account = ForeignKeyField(Account, unique=True, backref="calendar_feeds", on_delete="CASCADE")
    digest = CharField(max_length=64, unique=True)
    made_at = UtcDateTimeField()
    used_at = UtcDateTimeField(null=True)


class BusySource(BaseModel):
    """The address of somebody's own calendar, sealed, and the busy times it told, sealed JSON [[from, until], …]."""

    account = ForeignKeyField(Account, unique=True, backref="busy_sources", on_delete="CASCADE")
    url = BlobField()
    busy = BlobField(null=True)
    tried_at = UtcDateTimeField(null=True)
    fetched_at = UtcDateTimeField(null=True)
    problem = CharField(max_length=40, default="")

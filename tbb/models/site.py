"""What the service keeps about itself: versions of its content, marks, letters, audit, feedback and limits."""

from __future__ import annotations

from peewee import BlobField, CharField, DateField, ForeignKeyField, IntegerField, TextField

from tbb.database import BaseModel, UtcDateTimeField
from tbb.models.directory import Unit


class Version(BaseModel):
    """A number that grows with every change of something that pages or memories depend on."""

    key = CharField(max_length=40, unique=True)
    value = IntegerField(default=0)


class Meta(BaseModel):
    """A mark on the whole database, such as that it holds demo data."""

    key = CharField(max_length=40, unique=True)
    value = CharField(max_length=200)


class AuditRow(BaseModel):
    """Who did what to which thing, when: names of fields, never contents. Append-only, hash-chained."""

    at = UtcDateTimeField()
    actor = CharField(max_length=80)
    action = CharField(max_length=60)
    thing = CharField(max_length=40)
    thing_id = CharField(max_length=40)
    fields = TextField(default="")
    note = CharField(max_length=300, default="")
    previous = CharField(max_length=64)
    digest = CharField(max_length=64, unique=True)


class Letter(BaseModel):
    """An outgoing letter. `dedupe` makes sure that the same one is never written twice."""

    dedupe = CharField(max_length=120, unique=True)
    recipient = CharField(max_length=254)
    subject = CharField(max_length=200)
    body = TextField()
    message_id = CharField(max_length=120, unique=True)
    state = CharField(max_length=10, default="queued")
    attempts = IntegerField(default=0)
    next_at = UtcDateTimeField()
    leased_until = UtcDateTimeField(null=True)
    last_problem = CharField(max_length=200, default="")
    created_at = UtcDateTimeField()
    sent_at = UtcDateTimeField(null=True)

    class Meta:
        indexes = ((("state", "next_at"), False),)


class Feedback(BaseModel):
    """Something a visitor told us, sealed: a fault in an entry, or a hindrance on the site."""

    key = CharField(max_length=32, unique=True)
    subject = CharField(max_length=20)
    unit = ForeignKeyField(Unit, null=True, backref="feedback", on_delete="CASCADE")
    topic = CharField(max_length=30)
    page = CharField(max_length=200, default="")
    message = BlobField()
    reply_to = BlobField(null=True)
    created_at = UtcDateTimeField()
    handled_at = UtcDateTimeField(null=True)
    forget_on = DateField(index=True)


class RateCount(BaseModel):
    """How often something was tried in a window of time, by a keyed fingerprint: never an address."""

    bucket = CharField(max_length=100)
    ends = IntegerField()
    count = IntegerField(default=0)

    class Meta:
        indexes = ((("bucket", "ends"), True), (("ends",), False))

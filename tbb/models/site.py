"""What the service keeps about itself: versions of its content, marks, letters, audit, feedback and limits."""

from __future__ import annotations

from peewee import SQL, BlobField, BooleanField, CharField, DateField, ForeignKeyField, IntegerField, TextField

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
    """Who did or read which thing, when, and in what duty: names of fields, never contents. Append-only, chained.

    `digest` is a plain hash in rows of scheme 1 and a keyed one (HMAC) in scheme 2; `unit` and `organizer` are bare
    numbers, for the row outlives what it tells of.
    """

    at = UtcDateTimeField()
    actor = CharField(max_length=80)
    action = CharField(max_length=60)
    thing = CharField(max_length=40)
    thing_id = CharField(max_length=40)
    fields = TextField(default="")
    note = CharField(max_length=300, default="")
    previous = CharField(max_length=64)
    digest = CharField(max_length=64, unique=True)
    scheme = IntegerField(default=1, constraints=[SQL("DEFAULT 1")])
    duty = CharField(max_length=20, default="", constraints=[SQL("DEFAULT ''")])
    unit = IntegerField(null=True)
    organizer = IntegerField(null=True)
    outcome = CharField(max_length=10, default="done", constraints=[SQL("DEFAULT 'done'")])
    request = CharField(max_length=16, default="", constraints=[SQL("DEFAULT ''")])
    client = CharField(max_length=20, default="", constraints=[SQL("DEFAULT ''")])


AuditRow.add_index(AuditRow.index(AuditRow.actor, AuditRow.at, name="audit_row_by_actor"))
AuditRow.add_index(AuditRow.index(AuditRow.thing, AuditRow.thing_id, name="audit_row_by_thing"))
AuditRow.add_index(AuditRow.index(AuditRow.at, name="audit_row_by_time"))


class Letter(BaseModel):
    """An outgoing letter. `dedupe` makes sure that the same one is never written twice.

    What it says is made of `template` and the sealed `facts` when it leaves, and forgotten after.
    """

    dedupe = CharField(max_length=120, unique=True)
    recipient = CharField(max_length=254)
    template = CharField(max_length=40)
    facts = BlobField(null=True)
    language = CharField(max_length=5, default="sv")
    message_id = CharField(max_length=120, unique=True)
    state = CharField(max_length=12, default="queued")
    rather_twice = BooleanField(default=False)
    attempts = IntegerField(default=0)
    next_at = UtcDateTimeField()
    leased_until = UtcDateTimeField(null=True)
    last_problem = CharField(max_length=200, default="")
    created_at = UtcDateTimeField()
    sent_at = UtcDateTimeField(null=True)
    bounced_at = UtcDateTimeField(null=True)
    remark = CharField(max_length=300, default="")

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
    state = CharField(max_length=10, default="new", constraints=[SQL("DEFAULT 'new'")])
    answered_at = UtcDateTimeField(null=True)
    answer = BlobField(null=True)
    forget_on = DateField(index=True)


class RateCount(BaseModel):
    """How often something was tried in a window of time, by a keyed fingerprint: never an address."""

    bucket = CharField(max_length=100)
    ends = IntegerField()
    count = IntegerField(default=0)

    class Meta:
        indexes = ((("bucket", "ends"), True), (("ends",), False))

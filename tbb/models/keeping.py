"""How the directory is kept true: changes and their history, holds, handovers, confirmations, gaps and flags."""

from __future__ import annotations

from peewee import BooleanField, CharField, Check, DateField, ForeignKeyField, IntegerField, TextField

from tbb.database import BaseModel, UtcDateTimeField
from tbb.models.accounts import Account
from tbb.models.directory import Unit
from tbb.models.people import Person, Responsibility


class EntryChange(BaseModel):
    """One change of a unit's entry, with what stood before and after as JSON; work contact only."""

    unit = ForeignKeyField(Unit, backref="changes", on_delete="CASCADE")
    person = ForeignKeyField(Person, null=True, backref="changes", on_delete="SET NULL")
    account = ForeignKeyField(Account, null=True, backref="entry_changes", on_delete="SET NULL")
    by = CharField(max_length=120)
    what = CharField(max_length=40)
    before = TextField(default="{}")
    after = TextField(default="{}")
    at = UtcDateTimeField()

    class Meta:
        indexes = ((("unit", "at"), False),)


class ContactChange(BaseModel):
    """A new public phone or e-mail that waits for a second person or for 24 hours (C30)."""

    unit = ForeignKeyField(Unit, backref="contact_changes", on_delete="CASCADE")
    person = ForeignKeyField(Person, null=True, backref="contact_changes", on_delete="CASCADE")
    before = TextField()
    after = TextField()
    proposed_by = ForeignKeyField(Account, null=True, backref="proposed_changes", on_delete="SET NULL")
    proposed_at = UtcDateTimeField()
    due_at = UtcDateTimeField(index=True)
    state = CharField(max_length=10, default="waiting")
    settled_by = ForeignKeyField(Account, null=True, backref="settled_changes", on_delete="SET NULL")
    settled_at = UtcDateTimeField(null=True)

    class Meta:
        constraints = [Check("state IN ('waiting', 'applied', 'stopped')")]


class Handover(BaseModel):
    """What must be passed on when a responsibility ends; open until both have confirmed.

    `earlier_end` is the last day that stood before, to go back to when a planned change is called off; a note says
    why somebody else confirmed.
    """

    unit = ForeignKeyField(Unit, backref="handovers", on_delete="CASCADE")
    leaving = ForeignKeyField(Responsibility, unique=True, backref="handovers", on_delete="CASCADE")
    coming = ForeignKeyField(Responsibility, null=True, backref="handovers_in", on_delete="SET NULL")
    acting = BooleanField(default=False)
    reason = CharField(max_length=20, default="replaced")
    earlier_end = DateField(null=True)
    opened_at = UtcDateTimeField()
    due_on = DateField()
    reminders = IntegerField(default=0)
    open_counts = TextField(default="{}")
    left_at = UtcDateTimeField(null=True)
    left_by = ForeignKeyField(Account, null=True, backref="handovers_left", on_delete="SET NULL")
    left_note = CharField(max_length=300, default="")
    taken_at = UtcDateTimeField(null=True)
    taken_by = ForeignKeyField(Account, null=True, backref="handovers_taken", on_delete="SET NULL")
    taken_note = CharField(max_length=300, default="")
    closed_at = UtcDateTimeField(null=True)

    class Meta:
        constraints = [Check("reason IN ('replaced', 'new_work', 'new_division', 'leave', 'other')")]


class TermConfirmation(BaseModel):
    """The question "stämmer uppgifterna?" to one responsible for one term, and its answer."""

    responsibility = ForeignKeyField(Responsibility, backref="confirmations", on_delete="CASCADE")
    term = CharField(max_length=6)
    asked_at = UtcDateTimeField()
    reminders = IntegerField(default=0)
    reminded_at = UtcDateTimeField(null=True)
    level = IntegerField(default=0)
    answered_at = UtcDateTimeField(null=True)
    answer = CharField(max_length=10, default="")
    answered_by = ForeignKeyField(Account, null=True, backref="confirmations", on_delete="SET NULL")

    class Meta:
        indexes = ((("responsibility", "term"), True),)
        constraints = [Check("answer IN ('', 'confirmed', 'edited')")]


class Gap(BaseModel):
    """That a unit lacks its BBA since a day, and how far up it has been told: 1 unit head, 2 huvudman, 3 county."""

    unit = ForeignKeyField(Unit, unique=True, backref="gaps", on_delete="CASCADE")
    since = DateField()
    level = IntegerField(default=0)
    told_on = DateField(null=True)


class Flag(BaseModel):
    """What the county has remarked on an entry, which its owner settles (R2)."""

    unit = ForeignKeyField(Unit, backref="flags", on_delete="CASCADE")
    by = ForeignKeyField(Account, null=True, backref="flags", on_delete="SET NULL")
    message = CharField(max_length=500)
    raised_at = UtcDateTimeField()
    settled_at = UtcDateTimeField(null=True)
    settled_by = ForeignKeyField(Account, null=True, backref="settled_flags", on_delete="SET NULL")
    answer = CharField(max_length=500, default="")


class CoverageRecord(BaseModel):
    """A count of the coverage board, kept once a term for the trend; no persons."""

    term = CharField(max_length=6)
    municipality_code = CharField(max_length=4)
    organizer_id = IntegerField()
    units = IntegerField()
    with_bba = IntegerField()
    confirmed = IntegerField()
    taken_on = DateField()

    class Meta:
        indexes = ((("term", "municipality_code", "organizer_id"), True),)


class Upload(BaseModel):
    """A list that somebody has uploaded to import, kept until it is applied or forgotten."""

    key = CharField(max_length=32, unique=True)
    account = ForeignKeyField(Account, backref="uploads", on_delete="CASCADE")
    name = CharField(max_length=120)
    content = TextField()
    plan_digest = CharField(max_length=64, default="")
    uploaded_at = UtcDateTimeField()
    applied_at = UtcDateTimeField(null=True)

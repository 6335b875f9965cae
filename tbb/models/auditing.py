"""What the review of the audit leaves behind: samples, outcomes, alarms and anchors."""

from __future__ import annotations

from peewee import CharField, Check, DateField, ForeignKeyField, IntegerField, TextField

from tbb.database import BaseModel, UtcDateTimeField
from tbb.models.accounts import Account
from tbb.models.directory import Organizer


class AuditSample(BaseModel):
    """A week's random sample of audit rows for one reviewer's scope, with its outcome and signer.

    `rows` is JSON, a list of [number of the row, why it was drawn]. `about` is the reviewer whose own rows it holds,
    for another one to sign; None where the rows are everybody else's.
    """

    week = CharField(max_length=8)
    organizer = ForeignKeyField(Organizer, null=True, backref="samples", on_delete="CASCADE")
    about = ForeignKeyField(Account, null=True, backref="samples_about", on_delete="CASCADE")
    rows = TextField()
    drawn_at = UtcDateTimeField()
    due_on = DateField()
    outcome = CharField(max_length=10, default="")
    remark = CharField(max_length=1000, default="")
    signed_by = ForeignKeyField(Account, null=True, backref="signed_samples", on_delete="SET NULL")
    signed_at = UtcDateTimeField(null=True)

    class Meta:
        constraints = [Check("outcome IN ('', 'fine', 'questions', 'breach')")]
        indexes = ((("week", "organizer", "about"), True),)


class Alarm(BaseModel):
    """That somebody read unusually much, or was refused unusually often, within a short time."""

    rule = CharField(max_length=30)
    account = ForeignKeyField(Account, null=True, backref="alarms", on_delete="CASCADE")
    window = CharField(max_length=30)
    count = IntegerField()
    raised_at = UtcDateTimeField()
    settled_by = ForeignKeyField(Account, null=True, backref="settled_alarms", on_delete="SET NULL")
    settled_at = UtcDateTimeField(null=True)
    remark = CharField(max_length=500, default="")

    class Meta:
        indexes = ((("rule", "account", "window"), True),)


class Anchor(BaseModel):
    """The head of the audit chain as it was sent outside the server."""

    row = IntegerField()
    digest = CharField(max_length=90)
    count = IntegerField()
    sent_at = UtcDateTimeField()

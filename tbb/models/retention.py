"""How long what is said of children is kept, by whose decision, what is held back, and what has been forgotten."""

from __future__ import annotations

from peewee import BlobField, BooleanField, CharField, Check, DateField, ForeignKeyField, IntegerField, TextField

from tbb.database import BaseModel, UtcDateTimeField
from tbb.models.accounts import Account
from tbb.models.cases import Case
from tbb.models.directory import Organizer


class OwnerRules(BaseModel):
    """What a huvudman has decided for its own units; without a row the county's defaults hold.

    `boards` is JSON: {kind of unit: name of the nämnd or independent branch it belongs to}. `guardians` says whether
    one guardian's yes is enough.
    """

    organizer = ForeignKeyField(Organizer, unique=True, backref="rules", on_delete="CASCADE")
    guardians = CharField(max_length=5, default="both")
    boards = TextField(default="{}")
    regime = CharField(max_length=10, default="osl")
    decided_on = DateField(null=True)
    decision = CharField(max_length=120, default="")
    changed_by = ForeignKeyField(Account, null=True, backref="changed_rules", on_delete="SET NULL")
    changed_at = UtcDateTimeField()

    class Meta:
        constraints = [Check("guardians IN ('both', 'one')"), Check("regime IN ('osl', 'skollagen')")]


class RetentionRule(BaseModel):
    """How many days after its end a kind of document is kept by a huvudman, and by which decision."""

    organizer = ForeignKeyField(Organizer, backref="retention", on_delete="CASCADE")
    document = CharField(max_length=20)
    days = IntegerField()
    decided_on = DateField()
    decision = CharField(max_length=120)
    changed_by = ForeignKeyField(Account, null=True, backref="retention_rules", on_delete="SET NULL")
    changed_at = UtcDateTimeField()

    class Meta:
        constraints = [Check("days BETWEEN 30 AND 11000")]
        indexes = ((("organizer", "document"), True),)


class Hold(BaseModel):
    """That a case must not be forgotten for now, with a sealed reason: somebody has asked for it, or a court."""

    case = ForeignKeyField(Case, backref="holds", on_delete="CASCADE")
    key = CharField(max_length=32, unique=True)
    reason = BlobField()
    by = ForeignKeyField(Account, null=True, backref="holds", on_delete="SET NULL")
    at = UtcDateTimeField()
    ended_at = UtcDateTimeField(null=True)
    ended_by = ForeignKeyField(Account, null=True, backref="ended_holds", on_delete="SET NULL")


class Forgetting(BaseModel):
    """A list of what shall be forgotten: drawn up, approved by a second person, done, and kept as the receipt.

    `items` is JSON: [[reference, document, unit, day it ended, rule's days, outcome], …] – nothing of what
    was in them. The outcome is empty until it is done: then forgotten, or kept for what stopped being due.
    """

    key = CharField(max_length=32, unique=True)
    organizer = ForeignKeyField(Organizer, backref="forgettings", on_delete="CASCADE")
    items = TextField()
    drawn_at = UtcDateTimeField()
    proposed_by = ForeignKeyField(Account, null=True, backref="proposed_forgettings", on_delete="SET NULL")
    proposed_at = UtcDateTimeField(null=True)
    approved_by = ForeignKeyField(Account, null=True, backref="approved_forgettings", on_delete="SET NULL")
    approved_at = UtcDateTimeField(null=True)
    done_at = UtcDateTimeField(null=True)
    done = IntegerField(default=0)
    state = CharField(max_length=10, default="drawn")

    class Meta:
        constraints = [
            Check("state IN ('drawn', 'proposed', 'approved', 'done', 'stopped')"),
            Check("approved_by_id IS NULL OR approved_by_id <> proposed_by_id"),
        ]


class DoomedKey(BaseModel):
    """A key whose words are gone from the database and that must be destroyed after the change is committed."""

    seal = CharField(max_length=32, unique=True)
    at = UtcDateTimeField()


class CaseExport(BaseModel):
    """That a case leaves the service: for the own archive, or as an extract that a second person releases.

    `reason` and `choices` are sealed; `choices` is JSON: what is masked in an extract.
    """

    case = ForeignKeyField(Case, backref="exports", on_delete="CASCADE")
    key = CharField(max_length=32, unique=True)
    kind = CharField(max_length=10)
    reason = BlobField()
    choices = BlobField(null=True)
    by = ForeignKeyField(Account, null=True, backref="exports", on_delete="SET NULL")
    at = UtcDateTimeField()
    released_by = ForeignKeyField(Account, null=True, backref="released_exports", on_delete="SET NULL")
    released_at = UtcDateTimeField(null=True)
    refused = BooleanField(default=False)
    taken_at = UtcDateTimeField(null=True)

    class Meta:
        constraints = [
            Check("kind IN ('archive', 'extract', 'guardians')"),
            Check("released_by_id IS NULL OR released_by_id <> by_id"),
        ]

"""The case of a child, a group or a question without a name: its sealed words, its way, and who works with it."""

from __future__ import annotations

from peewee import BlobField, CharField, Check, DateField, ForeignKeyField, IntegerField

from tbb.database import BaseModel, UtcDateTimeField
from tbb.models.accounts import Account, Grant
from tbb.models.directory import Unit, one_of
from tbb.models.kinds import About, CaseEventKind, CaseState


class Case(BaseModel):
    """What a unit's Barnets bästa-ansvarig maps. It belongs to the unit, so it is never without an owner.

    `card` is sealed JSON for lists: {"label", "stage", "own_reference", "levels": {area: level}}. `version` grows with
    every change. `touched_at` is when somebody last did something with it.
    """

    key = CharField(max_length=32, unique=True)
    reference = CharField(max_length=12, unique=True)
    seal = CharField(max_length=32)
    unit = ForeignKeyField(Unit, backref="cases", on_delete="RESTRICT", index=False)  # casefile_of_unit begins with it
    about = CharField(max_length=10)
    edition = CharField(max_length=10)
    state = CharField(max_length=15, default=CaseState.SENT)
    outcome = CharField(max_length=10, default="")
    card = BlobField()
    version = IntegerField(default=1)
    opened_at = UtcDateTimeField()
    received_at = UtcDateTimeField(null=True)
    mapping_at = UtcDateTimeField(null=True)
    decided_at = UtcDateTimeField(null=True)
    closed_at = UtcDateTimeField(null=True)
    touched_at = UtcDateTimeField()
    reminded_on = DateField(null=True)

    class Meta:
        table_name = "casefile"  # "case" is a word of SQL's own
        constraints = [
            one_of("about", About),
            one_of("state", CaseState),
            Check("outcome IN ('', 'own', 'other', 'meeting', 'none')"),
            Check("state <> 'closed' OR closed_at IS NOT NULL"),
        ]


Case.add_index(Case.index(Case.unit, Case.state, Case.opened_at, name="casefile_of_unit"))
Case.add_index(Case.index(Case.state, Case.closed_at, name="casefile_by_end"))


class CaseField(BaseModel):
    """One answer of the mapping, sealed with the case's key. `version` tells whether it has changed meanwhile."""

    case = ForeignKeyField(Case, backref="fields", on_delete="CASCADE")
    name = CharField(max_length=40)
    body = BlobField()
    version = IntegerField(default=1)
    saved_at = UtcDateTimeField()
    saved_by = ForeignKeyField(Account, null=True, backref="case_fields", on_delete="SET NULL")

    class Meta:
        indexes = ((("case", "name"), True),)


class CaseEvent(BaseModel):
    """What happened with a case, when and by whom: no contents, but a sealed reason where one must be given."""

    case = ForeignKeyField(Case, backref="events", on_delete="CASCADE")
    what = CharField(max_length=20)
    by = ForeignKeyField(Account, null=True, backref="case_events", on_delete="SET NULL")
    unit = ForeignKeyField(Unit, null=True, backref="case_events", on_delete="SET NULL")
    reason = BlobField(null=True)
    at = UtcDateTimeField()

    class Meta:
        constraints = [one_of("what", CaseEventKind)]


CaseEvent.add_index(CaseEvent.index(CaseEvent.case, CaseEvent.at, name="case_event_of_case"))


class Delegation(BaseModel):
    """That the BBA lets somebody of the unit work with one case until a day (R5). It lives with its grant."""

    case = ForeignKeyField(Case, backref="delegations", on_delete="CASCADE")
    grant = ForeignKeyField(Grant, unique=True, backref="delegations", on_delete="CASCADE")
    at = UtcDateTimeField()


class AreaActor(BaseModel):
    """Whom to think of when an area is flagged (domain A6): a line of the county's own table."""

    area = CharField(max_length=12)
    name = CharField(max_length=80)
    kind = CharField(max_length=30, default="")
    position = IntegerField(default=0)

    class Meta:
        indexes = ((("area", "name"), True),)

"""How independent organisations join: applications step by step, their review, and where each organisation stands."""

from __future__ import annotations

from peewee import BooleanField, CharField, Check, DateField, ForeignKeyField, IntegerField, TextField

from tbb.database import BaseModel, UtcDateTimeField
from tbb.models.accounts import Account
from tbb.models.directory import Municipality, Organizer, Unit, one_of
from tbb.models.kinds import ApplicationState, JoiningState


class Application(BaseModel):
    """An independent organisation's application. `data` holds the steps as JSON: work contacts, never a child."""

    key = CharField(max_length=32, unique=True)
    reference = CharField(max_length=12, unique=True)
    state = CharField(max_length=12, default="draft")
    version = IntegerField(default=0)
    email = CharField(max_length=254)
    email_confirmed_at = UtcDateTimeField(null=True)
    orgnr = CharField(max_length=10, default="", index=True)
    data = TextField(default="{}")
    agreement = IntegerField(default=0)
    accepted_at = UtcDateTimeField(null=True)
    created_at = UtcDateTimeField()
    saved_at = UtcDateTimeField()
    sent_at = UtcDateTimeField(null=True)
    first_by = ForeignKeyField(Account, null=True, backref="first_reviews", on_delete="SET NULL")
    first_at = UtcDateTimeField(null=True)
    called_back = CharField(max_length=300, default="")
    settled_by = ForeignKeyField(Account, null=True, backref="settled_applications", on_delete="SET NULL")
    settled_at = UtcDateTimeField(null=True)
    organizer = ForeignKeyField(Organizer, null=True, backref="applications", on_delete="SET NULL")
    forget_on = DateField(index=True)

    class Meta:
        constraints = [
            one_of("state", ApplicationState),
            Check("state <> 'approved' OR settled_by_id IS NULL OR settled_by_id <> first_by_id"),
        ]


class ApplicationEvent(BaseModel):
    """What has happened to an application: asked for more, answered, recommended, approved, declined."""

    application = ForeignKeyField(Application, backref="events", on_delete="CASCADE")
    account = ForeignKeyField(Account, null=True, backref="application_events", on_delete="SET NULL")
    what = CharField(max_length=20)
    note = TextField(default="")
    at = UtcDateTimeField()


class Joining(BaseModel):
    """Where an independent organisation stands towards the model (R26)."""

    organizer = ForeignKeyField(Organizer, unique=True, backref="joining", on_delete="CASCADE")
    state = CharField(max_length=20, default="offered")
    changed_on = DateField()
    joined_on = DateField(null=True)
    renew_by = DateField(null=True)
    reminded_on = DateField(null=True)
    left_on = DateField(null=True)
    agreement = IntegerField(default=0)
    municipality = ForeignKeyField(Municipality, null=True, backref="joinings", on_delete="SET NULL")
    wants_visit = BooleanField(default=False)

    class Meta:
        constraints = [
            one_of("state", JoiningState),
        ]


class JoiningNote(BaseModel):
    """One contact with an independent organisation: when, how, what was said in short."""

    joining = ForeignKeyField(Joining, backref="notes", on_delete="CASCADE")
    account = ForeignKeyField(Account, null=True, backref="joining_notes", on_delete="SET NULL")
    on = DateField()
    how = CharField(max_length=20)
    note = CharField(max_length=500, default="")
    state = CharField(max_length=20, default="")
    at = UtcDateTimeField()


class ApplicationUnit(BaseModel):
    """That an application's unit has been made or found at approval: one row per unit, so it happens once."""

    application = ForeignKeyField(Application, backref="units", on_delete="CASCADE")
    code = CharField(max_length=40)
    unit = ForeignKeyField(Unit, null=True, backref="applied_for", on_delete="SET NULL")

    class Meta:
        indexes = ((("application", "code"), True),)

"""The wheel as it is filled in: drafts and sent ones, whose every word is sealed, and the analysis of a decision."""

from __future__ import annotations

from peewee import BlobField, BooleanField, CharField, Check, ForeignKeyField, IntegerField, TextField

from tbb.database import BaseModel, UtcDateTimeField
from tbb.models.accounts import Account
from tbb.models.cases import Case
from tbb.models.directory import Organizer, Unit, one_of
from tbb.models.kinds import About, NoteKind, WheelTemplate


class Wheel(BaseModel):
    """A wheel that somebody fills in or has sent. What it says is in its fields, sealed with the key named `seal`.

    `from_unit` is the sender's unit and `unit` the recipient's; `handover_of` the case it passes on, if any.
    `edition` says which texts of the model it was filed with (R27).
    """

    key = CharField(max_length=32, unique=True)
    reference = CharField(max_length=12, unique=True)
    seal = CharField(max_length=32)
    about = CharField(max_length=10, default=About.CHILD)
    template = CharField(max_length=10, default=WheelTemplate.WHEEL)
    edition = CharField(max_length=10)
    author = ForeignKeyField(Account, null=True, backref="wheels", on_delete="SET NULL")
    from_unit = ForeignKeyField(Unit, null=True, backref="wheels_out", on_delete="RESTRICT")
    unit = ForeignKeyField(Unit, null=True, backref="wheels_in", on_delete="RESTRICT")
    case = ForeignKeyField(Case, null=True, backref="wheels", on_delete="CASCADE")
    handover_of = ForeignKeyField(Case, null=True, backref="handed_over", on_delete="SET NULL")
    state = CharField(max_length=10, default="draft")
    crosses = BooleanField(default=False)
    concern_shown_at = UtcDateTimeField(null=True)
    created_at = UtcDateTimeField()
    saved_at = UtcDateTimeField()
    sent_at = UtcDateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("about", About),
            one_of("template", WheelTemplate),
            Check("state IN ('draft', 'sent')"),
            Check(
                "state <> 'sent' OR"
                " (unit_id IS NOT NULL AND from_unit_id IS NOT NULL AND case_id IS NOT NULL AND sent_at IS NOT NULL)"
            ),
        ]


Wheel.add_index(Wheel.index(Wheel.author, Wheel.state, name="wheel_of_author"))
Wheel.add_index(Wheel.index(Wheel.state, Wheel.saved_at, name="wheel_by_age"))


class WheelField(BaseModel):
    """One answer of a wheel, sealed. `version` grows with every change, so that none is lost between two devices."""

    wheel = ForeignKeyField(Wheel, backref="fields", on_delete="CASCADE")
    name = CharField(max_length=40)
    body = BlobField()
    version = IntegerField(default=1)
    saved_at = UtcDateTimeField()

    class Meta:
        indexes = ((("wheel", "name"), True),)


class CaseNote(BaseModel):
    """A note on a case, sealed and never changed. `hidden` ones are not shown to guardians (OSL 12:3).

    `wheel` is the one whose sender is asked or answers, for questions to and additions by them; `answers` is the key
    of the question that an addition answers.
    """

    case = ForeignKeyField(Case, backref="notes", on_delete="CASCADE")
    key = CharField(max_length=32, unique=True)
    kind = CharField(max_length=10, default=NoteKind.NOTE)
    wheel = ForeignKeyField(Wheel, null=True, backref="notes", on_delete="CASCADE")
    answers = CharField(max_length=32, default="")
    body = BlobField()
    hidden = BooleanField(default=False)
    by = ForeignKeyField(Account, null=True, backref="case_notes", on_delete="SET NULL")
    at = UtcDateTimeField()

    class Meta:
        constraints = [one_of("kind", NoteKind)]


class Assessment(BaseModel):
    """A barnkonsekvensanalys: what a decision means for children, area by area. It holds no personal data.

    `body` is JSON: {field: text}. A shared one can be read by everybody of the organizer.
    """

    key = CharField(max_length=32, unique=True)
    organizer = ForeignKeyField(Organizer, backref="assessments", on_delete="CASCADE")
    unit = ForeignKeyField(Unit, null=True, backref="assessments", on_delete="SET NULL")
    author = ForeignKeyField(Account, null=True, backref="assessments", on_delete="SET NULL")
    title = CharField(max_length=120)
    body = TextField(default="{}")
    state = CharField(max_length=10, default="draft")
    shared = BooleanField(default=False)
    version = IntegerField(default=1)
    edition = CharField(max_length=10)
    created_at = UtcDateTimeField()
    saved_at = UtcDateTimeField()
    finished_at = UtcDateTimeField(null=True)

    class Meta:
        constraints = [Check("state IN ('draft', 'finished')")]


Assessment.add_index(Assessment.index(Assessment.organizer, Assessment.state, name="assessment_of_organizer"))

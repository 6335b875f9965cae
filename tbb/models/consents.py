"""Consent to share what is secret with somebody who may not see it otherwise: who said yes, when, how and to what."""

from __future__ import annotations

from peewee import BlobField, CharField, Check, DateField, ForeignKeyField, IntegerField

from tbb.database import BaseModel, UtcDateTimeField
from tbb.models.accounts import Account
from tbb.models.cases import Case
from tbb.models.directory import Unit, one_of
from tbb.models.kinds import Answer
from tbb.models.wheels import Wheel


class Consent(BaseModel):
    """A consent (samtycke) to lift secrecy, for one wheel or one case. It is versioned and never edited.

    `information` is sealed: which information it covers, in words. A withdrawn one stops all further sharing.
    """

    key = CharField(max_length=32, unique=True)
    wheel = ForeignKeyField(Wheel, null=True, backref="consents", on_delete="CASCADE")
    case = ForeignKeyField(Case, null=True, backref="consents", on_delete="CASCADE")
    version = IntegerField(default=1)
    information = BlobField()
    ends_on = DateField()
    taken_by = ForeignKeyField(Account, null=True, backref="consents", on_delete="SET NULL")
    taken_at = UtcDateTimeField()
    withdrawn_at = UtcDateTimeField(null=True)
    withdrawn_by = ForeignKeyField(Account, null=True, backref="withdrawn_consents", on_delete="SET NULL")

    class Meta:
        constraints = [Check("wheel_id IS NOT NULL OR case_id IS NOT NULL")]


class ConsentVoice(BaseModel):
    """What one of those who decide has answered: never a name, only which of them it is."""

    consent = ForeignKeyField(Consent, backref="voices", on_delete="CASCADE")
    who = CharField(max_length=12)
    answer = CharField(max_length=10)
    way = CharField(max_length=10, default="")
    on = DateField(null=True)

    class Meta:
        constraints = [
            one_of("answer", Answer),
            Check("who IN ('guardian_1', 'guardian_2', 'child')"),
            Check("way IN ('', 'oral', 'written')"),
            Check("answer = 'not_asked' OR way <> ''"),
        ]
        indexes = ((("consent", "who"), True),)


class ConsentParty(BaseModel):
    """A unit that a consent lets the information be shared with."""

    consent = ForeignKeyField(Consent, backref="parties", on_delete="CASCADE")
    unit = ForeignKeyField(Unit, backref="consents", on_delete="RESTRICT")

    class Meta:
        indexes = ((("consent", "unit"), True),)

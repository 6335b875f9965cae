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

    `information` is sealed: which information it covers, in words, and where a written one is kept. `maturity` says how
    much the child's own yes weighs by age and maturity, as the BBA judges it: heard beside the guardians, needed with
    theirs, or deciding alone. A withdrawn one stops all further sharing.
    """

    key = CharField(max_length=32, unique=True)
    wheel = ForeignKeyField(Wheel, null=True, backref="consents", on_delete="CASCADE")
    case = ForeignKeyField(Case, null=True, backref="consents", on_delete="CASCADE")
    version = IntegerField(default=1)
    information = BlobField()
    maturity = CharField(max_length=5, default="heard")
    ends_on = DateField()
    taken_by = ForeignKeyField(Account, null=True, backref="consents", on_delete="SET NULL")
    taken_at = UtcDateTimeField()
    withdrawn_at = UtcDateTimeField(null=True)
    withdrawn_by = ForeignKeyField(Account, null=True, backref="withdrawn_consents", on_delete="SET NULL")

    class Meta:
        constraints = [
            Check("wheel_id IS NOT NULL OR case_id IS NOT NULL"),
            Check("maturity IN ('heard', 'with', 'alone')"),
        ]


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
    """A unit that a consent lets the information be shared with.

    `areas` names the wheel's areas it covers, and `kinds` the kinds of information (`Information`), with commas
    between; empty is all of them.
    """

    consent = ForeignKeyField(Consent, backref="parties", on_delete="CASCADE")
    unit = ForeignKeyField(Unit, backref="consents", on_delete="RESTRICT")
    areas = CharField(max_length=80, default="")
    kinds = CharField(max_length=80, default="")

    class Meta:
        indexes = ((("consent", "unit"), True),)


class ConsentException(BaseModel):
    """A cell of a consent's matrix that is a no: one person's for one service, wholly or for one area.

    It is written when the consent is taken, or later when just that is withdrawn (`withdrawn_at`), and never removed.
    """

    consent = ForeignKeyField(Consent, backref="exceptions", on_delete="CASCADE")
    party = ForeignKeyField(ConsentParty, backref="exceptions", on_delete="CASCADE")
    who = CharField(max_length=12)
    area = CharField(max_length=12, default="")
    by = ForeignKeyField(Account, null=True, backref="consent_exceptions", on_delete="SET NULL")
    withdrawn_at = UtcDateTimeField(null=True)

    class Meta:
        constraints = [Check("who IN ('guardian_1', 'guardian_2', 'child')")]
        indexes = ((("party", "who", "area"), True),)

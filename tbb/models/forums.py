"""Samverkansforum: standing forums of a municipality, their members and dates, and what is put on an agenda."""

from __future__ import annotations

from peewee import CharField, Check, ForeignKeyField, IntegerField, TextField

from tbb.database import BaseModel, UtcDateTimeField
from tbb.models.accounts import Account
from tbb.models.cases import Case
from tbb.models.directory import Municipality, Unit


class Forum(BaseModel):
    """A standing forum for professions in school, social services and health. `how` says how to bring a case."""

    key = CharField(max_length=32, unique=True)
    municipality = ForeignKeyField(Municipality, backref="forums", on_delete="CASCADE")
    name = CharField(max_length=80)
    about = TextField(default="")
    how = TextField(default="")
    version = IntegerField(default=1)
    closed_at = UtcDateTimeField(null=True)


class ForumMember(BaseModel):
    """A service that belongs to a forum, and who comes for it, when that is known."""

    forum = ForeignKeyField(Forum, backref="members", on_delete="CASCADE")
    unit = ForeignKeyField(Unit, backref="forum_memberships", on_delete="CASCADE")
    account = ForeignKeyField(Account, null=True, backref="forum_memberships", on_delete="SET NULL")

    class Meta:
        indexes = ((("forum", "unit"), True),)


class ForumDate(BaseModel):
    """A sitting of a forum. `wall` is the time on the wall, as with a meeting."""

    key = CharField(max_length=32, unique=True)
    forum = ForeignKeyField(Forum, backref="dates", on_delete="CASCADE")
    wall = CharField(max_length=16)
    starts_at = UtcDateTimeField()
    ends_at = UtcDateTimeField()
    place = CharField(max_length=120, default="")
    cancelled_at = UtcDateTimeField(null=True)

    class Meta:
        constraints = [Check("ends_at > starts_at")]
        indexes = ((("forum", "starts_at"), True),)


class ForumItem(BaseModel):
    """A case, by consent, or an anonymous consultation (R22) on the agenda of a forum's sitting."""

    key = CharField(max_length=32, unique=True)
    date = ForeignKeyField(ForumDate, backref="items", on_delete="CASCADE")
    case = ForeignKeyField(Case, backref="forum_items", on_delete="CASCADE")
    brought_by = ForeignKeyField(Account, null=True, backref="forum_items", on_delete="SET NULL")
    position = IntegerField(default=0)
    at = UtcDateTimeField()
    ended_at = UtcDateTimeField(null=True)
    ended_why = CharField(max_length=10, default="")

    class Meta:
        constraints = [Check("ended_why IN ('', 'consent', 'taken_out')")]
        indexes = ((("date", "case"), True),)

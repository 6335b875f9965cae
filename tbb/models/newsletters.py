"""Newsletters: their ordered sections, who has asked for them, whom nothing is sent to, and each sending."""

from __future__ import annotations

from peewee import BlobField, CharField, Check, ForeignKeyField, IntegerField, TextField

from tbb.database import BaseModel, UtcDateTimeField
from tbb.models.accounts import Account
from tbb.models.content_kinds import NewsletterState, SectionKind
from tbb.models.directory import Municipality, Organizer, one_of
from tbb.models.happenings import Happening
from tbb.models.materials import Material
from tbb.models.media import MediaFile, Picture
from tbb.models.news import Article


class Newsletter(BaseModel):
    """A newsletter. `term` is such as ``HT2026``. `topics` and `places` are codes with commas between: whom it is for.

    `rendered` is JSON of what was sent, page and mail alike. `pdf` is an old one that was added afterwards.
    """

    key = CharField(max_length=32, unique=True)
    slug = CharField(max_length=120, unique=True)
    organizer = ForeignKeyField(Organizer, null=True, backref="newsletters", on_delete="SET NULL")
    title = CharField(max_length=120)
    term = CharField(max_length=6)
    lead = TextField(default="")
    language = CharField(max_length=5, default="sv")
    state = CharField(max_length=10, default=NewsletterState.DRAFT)
    topics = CharField(max_length=200, default="")
    places = CharField(max_length=200, default="")
    rendered = TextField(default="")
    pdf = ForeignKeyField(MediaFile, null=True, backref="newsletters", on_delete="SET NULL")
    version = IntegerField(default=1)
    author = ForeignKeyField(Account, null=True, backref="newsletters", on_delete="SET NULL")
    created_at = UtcDateTimeField()
    saved_at = UtcDateTimeField()
    send_at = UtcDateTimeField(null=True)
    began_at = UtcDateTimeField(null=True)
    sent_at = UtcDateTimeField(null=True)
    published_at = UtcDateTimeField(null=True)

    class Meta:
        constraints = [one_of("state", NewsletterState)]


class NewsletterSection(BaseModel):
    """A part of a newsletter: own text, or something published elsewhere here. `position` gives the order."""

    newsletter = ForeignKeyField(Newsletter, backref="sections", on_delete="CASCADE")
    position = IntegerField()
    kind = CharField(max_length=12)
    title = CharField(max_length=120, default="")
    body = TextField(default="")
    municipality = ForeignKeyField(Municipality, null=True, backref="newsletter_sections", on_delete="SET NULL")
    article = ForeignKeyField(Article, null=True, backref="newsletter_sections", on_delete="SET NULL")
    happening = ForeignKeyField(Happening, null=True, backref="newsletter_sections", on_delete="SET NULL")
    material = ForeignKeyField(Material, null=True, backref="newsletter_sections", on_delete="SET NULL")
    picture = ForeignKeyField(Picture, null=True, backref="newsletter_sections", on_delete="SET NULL")

    class Meta:
        constraints = [one_of("kind", SectionKind)]


class Subscriber(BaseModel):
    """Somebody who has asked for newsletters and said so twice. `email` is sealed with the keyring, `digest` its mark.

    `basis` tells how we know that they want it: the version of the text they agreed to, or of an old list.
    """

    key = CharField(max_length=32, unique=True)
    email = BlobField()
    digest = CharField(max_length=64, unique=True)
    topics = CharField(max_length=200, default="")
    places = CharField(max_length=200, default="")
    language = CharField(max_length=5, default="sv")
    basis = CharField(max_length=200)
    confirmed_at = UtcDateTimeField()
    changed_at = UtcDateTimeField()
    soft_bounces = IntegerField(default=0)
    bounced_at = UtcDateTimeField(null=True)


class Suppression(BaseModel):
    """An address that nothing is sent to, by its mark: it bounced for good, complained, or asked for that."""

    digest = CharField(max_length=64, unique=True)
    why = CharField(max_length=12)
    at = UtcDateTimeField()

    class Meta:
        constraints = [Check("why IN ('bounced', 'complained', 'asked')")]


class NewsletterLetter(BaseModel):
    """That a newsletter goes to a subscriber: once, whatever happens. `digest` outlives the subscriber.

    The state is the outbox letter's, by `dedupe`; `ended` says what came after: bounced, complained, unsubscribed.
    """

    newsletter = ForeignKeyField(Newsletter, backref="letters", on_delete="CASCADE")
    digest = CharField(max_length=64)
    dedupe = CharField(max_length=120, unique=True)
    at = UtcDateTimeField()
    ended = CharField(max_length=12, default="")

    class Meta:
        constraints = [Check("ended IN ('', 'bounced', 'complained', 'unsubscribed')")]
        indexes = ((("newsletter", "digest"), True),)

"""News: articles with their versions, who writes in them just now, urgent messages, and who has seen what."""

from __future__ import annotations

from peewee import BooleanField, CharField, Check, ForeignKeyField, IntegerField, TextField

from tbb.database import BaseModel, UtcDateTimeField
from tbb.models.accounts import Account
from tbb.models.content_kinds import Category, ContentState
from tbb.models.directory import Municipality, Organizer, one_of
from tbb.models.media import Picture


class Article(BaseModel):
    """An article. `body` is Markdown; `municipality` is where it belongs, none for the whole county.

    `organizer` is the huvudman whose communicator wrote it, none for the county's. `live` is JSON of what readers see
    ({"title", "lead", "body", "cover", …}): what is written after that shows first when it is published again.
    """

    key = CharField(max_length=32, unique=True)
    slug = CharField(max_length=120, unique=True)
    category = CharField(max_length=15, default=Category.NEWS)
    state = CharField(max_length=10, default=ContentState.DRAFT)
    municipality = ForeignKeyField(Municipality, null=True, backref="articles", on_delete="SET NULL")
    organizer = ForeignKeyField(Organizer, null=True, backref="articles", on_delete="SET NULL")
    title = CharField(max_length=120)
    lead = TextField(default="")
    body = TextField(default="")
    language = CharField(max_length=5, default="sv")
    cover = ForeignKeyField(Picture, null=True, backref="covers", on_delete="SET NULL")
    live = TextField(default="")
    pinned = BooleanField(default=False)
    version = IntegerField(default=1)
    author = ForeignKeyField(Account, null=True, backref="articles", on_delete="SET NULL")
    reviewed_by = ForeignKeyField(Account, null=True, backref="reviewed_articles", on_delete="SET NULL")
    created_at = UtcDateTimeField()
    saved_at = UtcDateTimeField()
    publish_at = UtcDateTimeField(null=True)
    withdraw_at = UtcDateTimeField(null=True)
    published_at = UtcDateTimeField(null=True)
    changed_at = UtcDateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("category", Category),
            one_of("state", ContentState),
            Check("state <> 'published' OR (published_at IS NOT NULL AND live <> '')"),
            Check("reviewed_by_id IS NULL OR reviewed_by_id <> author_id"),
        ]


Article.add_index(Article.index(Article.state, Article.published_at, name="article_by_day"))


class ArticleVersion(BaseModel):
    """What an article said when somebody saved it; never changed."""

    article = ForeignKeyField(Article, backref="versions", on_delete="CASCADE")
    number = IntegerField()
    title = CharField(max_length=120)
    lead = TextField()
    body = TextField()
    note = CharField(max_length=120, default="")
    by = ForeignKeyField(Account, null=True, backref="article_versions", on_delete="SET NULL")
    at = UtcDateTimeField()

    class Meta:
        indexes = ((("article", "number"), True),)


class Writing(BaseModel):
    """That somebody has an article, an event, a material or a newsletter open for writing: others are warned."""

    thing = CharField(max_length=60)
    account = ForeignKeyField(Account, backref="writings", on_delete="CASCADE")
    at = UtcDateTimeField()

    class Meta:
        indexes = ((("thing", "account"), True),)


class ContentRules(BaseModel):
    """Whether a huvudman, or the county when none is named, wants a second person to look before publishing."""

    organizer = ForeignKeyField(Organizer, null=True, unique=True, backref="content_rules", on_delete="CASCADE")
    second_person = BooleanField(default=False)
    changed_by = ForeignKeyField(Account, null=True, backref="content_rules", on_delete="SET NULL")
    changed_at = UtcDateTimeField()


class Banner(BaseModel):
    """An urgent message on the start page, from one moment to another."""

    text = CharField(max_length=300)
    link = CharField(max_length=300, default="")
    municipality = ForeignKeyField(Municipality, null=True, backref="banners", on_delete="CASCADE")
    organizer = ForeignKeyField(Organizer, null=True, backref="banners", on_delete="CASCADE")
    starts_at = UtcDateTimeField()
    ends_at = UtcDateTimeField()
    by = ForeignKeyField(Account, null=True, backref="banners", on_delete="SET NULL")
    ended_at = UtcDateTimeField(null=True)

    class Meta:
        constraints = [Check("ends_at > starts_at")]


class LastSeen(BaseModel):
    """When somebody who signs in last looked at what is new."""

    account = ForeignKeyField(Account, unique=True, backref="last_seen", on_delete="CASCADE")
    before_at = UtcDateTimeField()
    at = UtcDateTimeField()

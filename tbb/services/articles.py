"""Writing news: drafts, versions, a second person's look, publishing now or later, and taking in again."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tbb import clock
from tbb.database import load, one_at_a_time, rows, transaction
from tbb.models import Article, ArticleVersion, ContentRules
from tbb.models.content_kinds import Category, ContentState
from tbb.policy import WORKER, Actor, Permission, Refused, require
from tbb.services import audit, content_shelf, content_words, pictures, rich_text, versions, writing_hints
from tbb.services.writing_hints import Reading

FIELDS = ("title", "lead", "body")
LIVE = (*FIELDS, "category", "language", "cover", "municipality")
LONGEST = {"title": 110, "lead": 400, "body": 30_000}
MOST_LISTED = 200


class Overtaken(Exception):
    """Somebody else has saved meanwhile; nothing was saved. `article` is as it is kept now."""

    def __init__(self, article: Article):
        super().__init__("The article has changed meanwhile.")
        self.article = article


class NotReady(Exception):
    """Something would shut readers out, or the title is missing: it must be put right first."""

    def __init__(self, reading: Reading):
        super().__init__(f"{len(reading.stops)} things must be put right.")
        self.reading = reading


class NeedsAnother(Exception):
    """The huvudman wants a second person to look before this is published."""


class NotNow(Exception):
    """In the state it is in, this cannot be done with it."""


class BadTimes(Exception):
    """A time to publish lies in the past, or the time to take it in before it."""


@dataclass(frozen=True)
class Listed:
    """An article in the list of those who write. `unpublished` says that it has changed since readers saw it."""

    key: str
    slug: str
    title: str
    category: str
    state: str
    where: str
    saved_at: datetime
    publish_at: datetime | None
    published_at: datetime | None
    writer: str
    pinned: bool
    unpublished: bool


def listed(actor: Actor, state: str = "", wanted: str = "") -> list[Listed]:
    """List what the actor may write, the last saved first; `wanted` is part of the title."""
    require(actor, Permission.WRITE_CONTENT)
    where, params = content_shelf.within(actor, "a")
    asked = (
        "SELECT a.key, a.slug, a.title, a.category, a.state, COALESCE(o.name, ''), a.saved_at, a.publish_at,"
        " a.published_at, COALESCE(w.name, ''), a.pinned, a.changed_at FROM article a"
        " LEFT JOIN organizer o ON o.id = a.organizer_id LEFT JOIN account w ON w.id = a.author_id"
        f" WHERE {where} ORDER BY a.saved_at DESC, a.id DESC LIMIT {MOST_LISTED}"
    )
    moment = Article.saved_at.python_value
    found = [
        Listed(
            key, slug, title, category, kept, owner, moment(saved), moment(publish), moment(published), writer,
            bool(pinned), kept == ContentState.PUBLISHED and moment(saved) > (moment(changed) or moment(published)),
        )
        for key, slug, title, category, kept, owner, saved, publish, published, writer, pinned, changed in rows(
            asked, params
        )
    ]  # fmt: skip
    words = wanted.casefold().split()
    return [
        one
        for one in found
        if (not state or one.state == state) and all(word in one.title.casefold() for word in words)
    ]


@transaction
def begin(
    actor: Actor, title: str, *, organizer: int | None, municipality: int | None = None, category: str = Category.NEWS
) -> Article:
    """Begin an article. Raises Refused."""
    one_at_a_time("articles")
    moment = clock.now()
    made = Article(
        key=secrets.token_hex(16), slug=content_shelf.new_slug(Article, title), title=title, organizer=organizer,
        municipality=municipality, category=category, author=actor.account, created_at=moment, saved_at=moment,
    )  # fmt: skip
    require(actor, Permission.WRITE_CONTENT, content_shelf.place_of(made))
    made.save()
    _keep_version(actor, made, "")
    audit.record(actor, "article:begin", "article", made.key, place=content_shelf.place_of(made), fields=("title",))
    return made


@transaction
def save(actor: Actor, article: Article, answers: dict[str, object], *, seen: int, note: str | None = None) -> Article:
    """Save what was written; with a note (it may be empty) also as a version that can be put back.

    `seen` is the version that was shown: Overtaken when it is another by now and the words differ. What readers see
    stays until it is published again. Raises Refused.
    """
    stands = _take(actor, article)
    fresh = {name: answers[name] for name in answers if _value(stands, name) != answers[name]}
    if stands.version != seen and fresh:
        raise Overtaken(stands)
    for name, value in fresh.items():
        setattr(stands, name, value)
    if fresh:
        stands.version += 1
        stands.saved_at, stands.author, stands.reviewed_by = clock.now(), actor.account, None
        if stands.state == ContentState.REVIEW:
            stands.state = ContentState.DRAFT
        if not stands.published_at and stands.state == ContentState.DRAFT and "title" in fresh:
            stands.slug = _slug_for(stands)
        stands.save()
        place = content_shelf.place_of(stands)
        audit.record(actor, "article:save", "article", stands.key, place=place, fields=tuple(fresh))
    if note is not None:
        _keep_version(actor, stands, note)
    return stands


@transaction
def restore(actor: Actor, article: Article, number: int) -> Article:
    """Put the words of an earlier version back, as the newest. Raises Refused and NotNow."""
    stands = _take(actor, article)
    earlier = version(stands, number)
    if earlier is None:
        raise NotNow
    words = {name: getattr(earlier, name) for name in FIELDS}
    return save(actor, stands, words, seen=stands.version, note=f"Version {number} återställd")


@transaction
def ask_for_review(actor: Actor, article: Article) -> Article:
    """Let a second person look. Raises Refused, NotReady and NotNow."""
    stands = _take(actor, article)
    if stands.state not in (ContentState.DRAFT, ContentState.PUBLISHED, ContentState.WITHDRAWN):
        raise NotNow
    _check(stands)
    if stands.state != ContentState.PUBLISHED:
        stands.state = ContentState.REVIEW
    stands.reviewed_by = None
    return _changed(actor, stands, "article:ask-review", ("state",))


@transaction
def approve(actor: Actor, article: Article) -> Article:
    """Say, as another than who wrote it, that it may be published. Raises Refused."""
    stands = _take(actor, article)
    require(actor, Permission.REVIEW_CONTENT, content_shelf.place_of(stands))
    if stands.author_id == actor.account:
        raise Refused("Nobody approves their own words.")
    stands.reviewed_by = actor.account
    return _changed(actor, stands, "article:approve", ("reviewed_by",))


@transaction
def publish(
    actor: Actor, article: Article, *, at: datetime | None = None, until: datetime | None = None, pinned: bool = False
) -> Article:
    """Let readers see it as it is written now: at once, or from a moment on, and until another one if one is said.

    Raises Refused, NotReady, NeedsAnother, BadTimes, and NotNow when a later time is given for what is out already.
    """
    stands = _take(actor, article)
    require(actor, Permission.PUBLISH_CONTENT, content_shelf.place_of(stands))
    _check(stands)
    if needs_another(stands.organizer_id) and stands.reviewed_by_id is None:
        raise NeedsAnother
    moment = clock.now()
    if (at is not None and at <= moment) or (until is not None and until <= (at or moment)):
        raise BadTimes
    if at is not None and stands.state == ContentState.PUBLISHED:
        raise NotNow
    stands.live, stands.pinned, stands.publish_at, stands.withdraw_at = _live_of(stands), pinned, at, until
    if at is None:
        _let_out(stands, moment)
    else:
        stands.state = ContentState.SCHEDULED
    _keep_version(actor, stands, "Publicerad" if at is None else "Planerad")
    return _changed(actor, stands, "article:publish", ("state", "live", "publish_at", "withdraw_at", "pinned"))


@transaction
def withdraw(actor: Actor, article: Article) -> Article:
    """Take in what readers see, or call off what was planned. Raises Refused and NotNow."""
    stands = _take(actor, article)
    require(actor, Permission.PUBLISH_CONTENT, content_shelf.place_of(stands))
    if stands.state not in (ContentState.PUBLISHED, ContentState.SCHEDULED):
        raise NotNow
    stands.state = ContentState.WITHDRAWN if stands.published_at else ContentState.DRAFT
    stands.publish_at = stands.withdraw_at = None
    return _changed(actor, stands, "article:withdraw", ("state",))


@transaction
def turn_by_time() -> None:
    """Let out what is due and take in what has had its time. The worker does it every minute; twice changes nothing."""
    one_at_a_time("articles")
    moment = clock.now()
    stored = Article.publish_at.db_value(moment)
    for due in load(Article, "state = 'scheduled' AND publish_at <= ?", (stored,)):
        _let_out(due, due.publish_at)
        _changed(WORKER, due, "article:publish", ("state",))
    for due in load(Article, "state = 'published' AND withdraw_at <= ?", (stored,)):
        due.state = ContentState.WITHDRAWN
        _changed(WORKER, due, "article:withdraw", ("state",))


def reading_of(article: Article) -> Reading:
    """Look its words through for what shuts readers out and what could be better."""
    known = pictures.shown(rich_text.pictures_in(article.body))
    tells = {key: shown.tells for key, shown in known.items()}
    return writing_hints.look(article.title, article.lead, article.body, language=article.language, pictures=tells)


def needs_another(organizer: int | None) -> bool:
    """Whether a huvudman, or the county, wants a second person to look before anything is published."""
    where, params = ("organizer_id IS NULL", ()) if organizer is None else ("organizer_id = ?", (organizer,))
    found = load(ContentRules, where, params)
    return bool(found) and found[0].second_person


@transaction
def want_another(actor: Actor, organizer: int | None, wanted: bool) -> None:
    """Decide whether a second person must look before publishing. Raises Refused."""
    one_at_a_time("articles")
    place = content_shelf.Where("", "", organizer).place
    require(actor, Permission.PUBLISH_CONTENT, place)
    where = ContentRules.organizer.is_null() if organizer is None else ContentRules.organizer == organizer
    told = {"second_person": wanted, "changed_by": actor.account, "changed_at": clock.now()}
    if not ContentRules.update(told).where(where).execute():
        ContentRules.create(organizer=organizer, **told)
    audit.record(actor, "content:rules", "organizer", organizer or 0, place=place, fields=("second_person",))


def versions_of(article: Article) -> list[ArticleVersion]:
    """Give every version that was kept, the newest first."""
    return load(ArticleVersion, "article_id = ? ORDER BY number DESC", (article.id,))


def version(article: Article, number: int) -> ArticleVersion | None:
    """Find one version; None when there is none of that number."""
    return next(iter(load(ArticleVersion, "article_id = ? AND number = ?", (article.id, number))), None)


def writers(people: Iterable[int | None]) -> dict[int, str]:
    """Name accounts."""
    wanted = sorted(set(people) - {None})
    marks = ", ".join("?" * len(wanted))
    return dict(rows(f"SELECT id, name FROM account WHERE id IN ({marks})", wanted)) if wanted else {}


def _take(actor: Actor, article: Article) -> Article:
    """Take hold of an article as it stands, alone; raise Refused."""
    one_at_a_time("articles")
    stands = load(Article, "id = ?", (article.id,))[0]
    require(actor, Permission.WRITE_CONTENT, content_shelf.place_of(stands))
    return stands


def _check(article: Article) -> None:
    reading = reading_of(article)
    if reading.stops or not article.title.strip() or not article.lead.strip():
        raise NotReady(reading)


def _let_out(article: Article, moment: datetime) -> None:
    article.state = ContentState.PUBLISHED
    if article.published_at:
        article.changed_at = clock.now()
    article.published_at = article.published_at or moment


def _changed(actor: Actor, article: Article, action: str, fields: tuple[str, ...]) -> Article:
    """Save a change of state, tell search and made pages, and write it down."""
    article.version += 1
    article.save()
    said = json.loads(article.live) if article.state == ContentState.PUBLISHED else None
    content_words.keep(
        f"article:{article.key}", said and (said["title"], said["lead"], rich_text.to_plain(said["body"]))
    )
    versions.bump(versions.DIRECTORY)
    audit.record(actor, action, "article", article.key, place=content_shelf.place_of(article), fields=fields)
    return article


def _live_of(article: Article) -> str:
    return json.dumps({name: _value(article, name) for name in LIVE}, ensure_ascii=False)


def _value(article: Article, name: str) -> object:
    return article.__data__[name]


def _keep_version(actor: Actor, article: Article, note: str) -> None:
    """Keep the words as a version, unless the newest one says the same."""
    newest = next(iter(versions_of(article)), None)
    if newest is not None and not note and all(getattr(newest, name) == getattr(article, name) for name in FIELDS):
        return
    ArticleVersion.create(
        article=article, number=newest.number + 1 if newest else 1, title=article.title, lead=article.lead,
        body=article.body, note=note[:120], by=actor.account, at=clock.now(),
    )  # fmt: skip


def _slug_for(article: Article) -> str:
    """The address of a title, as long as no reader knows another; the present one when it says the same."""
    fresh = content_shelf.new_slug(Article, article.title)
    return article.slug if fresh.rpartition("-")[0] == article.slug or fresh == article.slug else fresh

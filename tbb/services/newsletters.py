"""Writing newsletters: the county's fixed parts in an order of one's own, each with own words or an article."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tbb import clock
from tbb.database import load, one_at_a_time, rows, run, transaction
from tbb.models import MediaFile, Newsletter, NewsletterSection
from tbb.models.content_kinds import NewsletterState, SectionKind
from tbb.policy import Actor, Permission, require
from tbb.services import (
    audit,
    content_shelf,
    content_words,
    letters,
    newsletter_render,
    pictures,
    rich_text,
    versions,
    writing_hints,
)
from tbb.services.writing_hints import Reading

FIXED = tuple(kind for kind in SectionKind if kind is not SectionKind.OWN)
"""The parts that a newsletter of the county begins with, in this order."""
HEAD = ("title", "lead", "term", "language")
PART = ("title", "body", "article", "happening", "material", "municipality")
LONGEST = {"title": 110, "lead": 400, "body": 15_000}
MOST_PARTS = 30
MOST_LISTED = 200
TERM = re.compile(r"(VT|HT)20\d\d")


class Overtaken(Exception):
    """Somebody else has saved meanwhile; nothing was saved."""


class NotNow(Exception):
    """In the state it is in, this cannot be done with it."""


@dataclass(frozen=True)
class Listed:
    """A newsletter in the list of those who write."""

    key: str
    slug: str
    title: str
    term: str
    state: str
    where: str
    saved_at: datetime
    send_at: datetime | None
    sent_at: datetime | None


def listed(actor: Actor) -> list[Listed]:
    """List what the actor may write, the last saved first."""
    require(actor, Permission.WRITE_CONTENT)
    where, params = content_shelf.within(actor, "n")
    asked = (
        "SELECT n.key, n.slug, n.title, n.term, n.state, COALESCE(o.name, ''), n.saved_at, n.send_at, n.sent_at"
        " FROM newsletter n LEFT JOIN organizer o ON o.id = n.organizer_id"
        f" WHERE {where} ORDER BY n.saved_at DESC, n.id DESC LIMIT {MOST_LISTED}"
    )
    moment = Newsletter.saved_at.python_value
    return [Listed(*found[:6], *(moment(each) for each in found[6:])) for found in rows(asked, params)]


def find(actor: Actor, key: str) -> Newsletter | None:
    """Find a newsletter that the actor may write; None when there is none there."""
    return content_shelf.find(Newsletter, actor, key)


def parts_of(newsletter: Newsletter) -> list[NewsletterSection]:
    """Give the parts of a newsletter in their order."""
    return load(NewsletterSection, "newsletter_id = ? ORDER BY position, id", (newsletter.id,))


def part(newsletter: Newsletter, number: int) -> NewsletterSection | None:
    """Find one part of a newsletter."""
    return next(iter(load(NewsletterSection, "newsletter_id = ? AND id = ?", (newsletter.id, number))), None)


def mark_of(section: NewsletterSection) -> str:
    """Tell what a part says now from what it has said before."""
    return letters.fingerprint(json.dumps([section.__data__[name] for name in PART]))


def reading_of(newsletter: Newsletter, title: str, body: str) -> Reading:
    """Look a part's words through for what shuts readers out and what could be better."""
    tells = {key: shown.tells for key, shown in pictures.shown(rich_text.pictures_in(body)).items()}
    return writing_hints.look(title, "", body, language=newsletter.language, pictures=tells)


@transaction
def begin(
    actor: Actor, title: str, term: str, *, organizer: int | None, headings: Mapping[SectionKind, str]
) -> Newsletter:
    """Begin a newsletter with the county's fixed parts under their `headings`. Raises Refused."""
    made = _made(actor, title, term, organizer)
    require(actor, Permission.WRITE_CONTENT, content_shelf.place_of(made))
    made.save()
    for position, kind in enumerate(FIXED, start=1):
        NewsletterSection.create(newsletter=made, position=position, kind=kind, title=headings.get(kind, ""))
    _record(actor, "newsletter:begin", made, ("title", "term"))
    return made


@transaction
def save(actor: Actor, newsletter: Newsletter, answers: dict[str, object], *, seen: int) -> Newsletter:
    """Save title, lead, term and language. Raises Refused, NotNow, and Overtaken when `seen` is not the version."""
    stands = _take(actor, newsletter)
    fresh = {name: answers[name] for name in HEAD if stands.__data__[name] != answers[name]}
    if fresh and stands.version != seen:
        raise Overtaken
    for name, value in fresh.items():
        setattr(stands, name, value)
    if fresh.keys() & {"title", "term"}:
        stands.slug = content_shelf.new_slug(Newsletter, f"{stands.term} {stands.title}")
    return _saved(actor, stands, "newsletter:save", tuple(fresh)) if fresh else stands


@transaction
def add_part(actor: Actor, newsletter: Newsletter, kind: SectionKind, heading: str) -> NewsletterSection:
    """Add a part at the end. Raises Refused and NotNow, also when there is room for no more."""
    stands = _take(actor, newsletter)
    there = parts_of(stands)
    if len(there) >= MOST_PARTS:
        raise NotNow
    last = max((one.position for one in there), default=0)
    made = NewsletterSection.create(newsletter=stands, position=last + 1, kind=kind, title=heading)
    _saved(actor, stands, "newsletter:add-part", ("sections",))
    return made


@transaction
def save_part(actor: Actor, section: NewsletterSection, answers: dict[str, object], *, seen: str) -> NewsletterSection:
    """Save a part's words. Raises Refused, NotNow, and Overtaken when somebody else has changed it meanwhile."""
    stands = _take(actor, section.newsletter)
    now = part(stands, section.id)
    if now is None:
        raise NotNow
    fresh = {name: answers[name] for name in PART if now.__data__[name] != answers[name]}
    if fresh and mark_of(now) != seen:
        raise Overtaken
    for name, value in fresh.items():
        setattr(now, name, value)
    if fresh:
        now.save()
        _saved(actor, stands, "newsletter:save-part", tuple(fresh))
    return now


@transaction
def move_part(actor: Actor, section: NewsletterSection, *, up: bool) -> None:
    """Let a part change places with the one before or after it; at the end nothing happens. Raises Refused, NotNow."""
    stands = _take(actor, section.newsletter)
    order = [one.id for one in parts_of(stands)]
    here = order.index(section.id)
    there = here - 1 if up else here + 1
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
        for position, number in enumerate(order, start=1):
            run("UPDATE newsletter_section SET position = ? WHERE id = ?", (position, number))
        _saved(actor, stands, "newsletter:move-part", ("sections",))


@transaction
def remove_part(actor: Actor, section: NewsletterSection) -> None:
    """Take a part away. Raises Refused and NotNow."""
    stands = _take(actor, section.newsletter)
    NewsletterSection.delete().where(NewsletterSection.id == section.id).execute()
    _saved(actor, stands, "newsletter:remove-part", ("sections",))


@transaction
def add_old(
    actor: Actor, title: str, term: str, *, organizer: int | None, lead: str, body: str, pdf: MediaFile | None
) -> Newsletter:
    """Put an old newsletter in the archive: its words, and the PDF as it once was. Raises Refused."""
    made = _made(actor, title, term, organizer)
    require(actor, Permission.PUBLISH_CONTENT, content_shelf.place_of(made))
    made.lead, made.pdf, made.state, made.published_at = lead, pdf, NewsletterState.ADDED, clock.now()
    made.save()
    NewsletterSection.create(newsletter=made, position=1, kind=SectionKind.OWN, title="", body=body)
    made.rendered = json.dumps(newsletter_render.words_of(made), ensure_ascii=False)
    made.save()
    let_be_found(made)
    _record(actor, "newsletter:add-old", made, ("title", "term", "rendered", "pdf"))
    return made


@transaction
def remove(actor: Actor, newsletter: Newsletter) -> None:
    """Remove a draft, or an old one from the archive; what has been sent stays. Raises Refused and NotNow."""
    one_at_a_time("newsletters")
    stands = Newsletter.get_by_id(newsletter.id)
    require(actor, Permission.PUBLISH_CONTENT, content_shelf.place_of(stands))
    if stands.state not in (NewsletterState.DRAFT, NewsletterState.ADDED):
        raise NotNow
    content_words.keep(f"newsletter:{stands.key}", None)
    versions.bump(versions.DIRECTORY)
    _record(actor, "newsletter:remove", stands, ())
    stands.delete_instance()


def let_be_found(newsletter: Newsletter) -> None:
    """Within the caller's transaction, let readers find a newsletter that has just come into the archive."""
    words = json.loads(newsletter.rendered)
    text = newsletter_render.draw(words).text
    content_words.keep(f"newsletter:{newsletter.key}", (words["title"], words["lead"], text))
    versions.bump(versions.DIRECTORY)


def to_choose(newsletter: Newsletter) -> dict[str, list[tuple[str, str]]]:
    """What is published that a part may show: {"article": [(number, title), …], …}, the newest first."""
    found = {}
    for table, title in (("article", "live"), ("happening", "title"), ("material", "title")):
        asked = (
            f"SELECT id, {title} FROM {table} WHERE state = 'published' AND (organizer_id IS NULL OR organizer_id = ?)"
            " ORDER BY published_at DESC, id DESC LIMIT 60"
        )
        told = rows(asked, (newsletter.organizer_id or 0,))
        found[table] = [(str(number), json.loads(said)["title"] if title == "live" else said) for number, said in told]
    return found


def _made(actor: Actor, title: str, term: str, organizer: int | None) -> Newsletter:
    one_at_a_time("newsletters")
    moment = clock.now()
    slug = content_shelf.new_slug(Newsletter, f"{term} {title}")
    return Newsletter(
        key=secrets.token_hex(16), slug=slug, title=title, term=term, organizer=organizer, author=actor.account,
        created_at=moment, saved_at=moment,
    )  # fmt: skip


def _take(actor: Actor, newsletter: Newsletter) -> Newsletter:
    one_at_a_time("newsletters")
    stands = Newsletter.get_by_id(newsletter.id)
    require(actor, Permission.WRITE_CONTENT, content_shelf.place_of(stands))
    if stands.state != NewsletterState.DRAFT:
        raise NotNow
    return stands


def _saved(actor: Actor, stands: Newsletter, action: str, fields: tuple[str, ...]) -> Newsletter:
    stands.version += 1
    stands.saved_at, stands.author = clock.now(), actor.account
    stands.save()
    _record(actor, action, stands, fields)
    return stands


def _record(actor: Actor, action: str, newsletter: Newsletter, fields: tuple[str, ...]) -> None:
    place = content_shelf.place_of(newsletter)
    audit.record(actor, action, "newsletter", newsletter.key, place=place, fields=fields)

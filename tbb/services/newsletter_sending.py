"""Sending a newsletter: to whom, when, a few at a time, each reader once; paused and gone on with as people decide."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tbb import clock
from tbb.database import load, one_at_a_time, rows, run, transaction
from tbb.models import Account, Newsletter, NewsletterLetter, Subscriber
from tbb.models.content_kinds import NewsletterState, ReaderTopic
from tbb.policy import WORKER, Actor, Permission, require
from tbb.services import audit, content_shelf, letters, limits, newsletter_render, newsletters, outbox, readers
from tbb.services.letters import State
from tbb.services.newsletters import NotNow

TEMPLATE = "newsletter"
UNDO = timedelta(minutes=10)
BATCH = 500
EVERYWHERE = "lanet"
"""What stands among the places when a newsletter is for the whole county."""
FAR = timedelta(days=3650)
KEPT = timedelta(days=400)
WAITING = (State.QUEUED, State.CLAIMED, State.SENDING)
TESTS_PER_HOUR = 20


class Nobody(Exception):
    """No topic or no place is chosen, or nobody wants what is: that is not the same as everybody."""


class Empty(Exception):
    """There is nothing to read in it yet."""


class BadTime(Exception):
    """The time to send lies in the past."""


@dataclass(frozen=True)
class Pace:
    """How fast letters may leave: so many a minute (0: as fast as can be), between two hours of the Swedish day."""

    per_minute: int = 0
    first_hour: int = 0
    last_hour: int = 24

    def lets_now(self, moment: datetime) -> bool:
        """Whether letters may leave at this hour."""
        return self.first_hour <= clock.local(moment).hour < self.last_hour


@dataclass(frozen=True)
class Progress:
    """How far a sending has come, counted without following anybody."""

    letters: int
    waiting: int
    sent: int
    unsure: int
    failed: int
    stopped: int
    bounced: int
    complained: int
    unsubscribed: int
    left: int

    @property
    def done(self) -> int:
        """The letters that nothing more happens to by itself."""
        return self.letters - self.waiting


@dataclass(frozen=True)
class Doubtful:
    """A letter that may or may not have arrived, or could not be sent. The address is masked."""

    number: int
    recipient: str
    state: State
    problem: str


def by_topic(places: Iterable[str]) -> dict[ReaderTopic, int]:
    """Count the readers of each topic in some places."""
    return {topic: count([topic], places) for topic in ReaderTopic}


def count(topics: Iterable[str], places: Iterable[str]) -> int:
    """Count the readers that a choice of topics and places would reach: roughly so many letters."""
    where, params = _wanted(list(topics), list(places))
    return rows(f"SELECT COUNT(*) FROM subscriber s WHERE {where}", params)[0][0]


@transaction
def send(
    actor: Actor, newsletter: Newsletter, topics: list[str], places: list[str], *, at: datetime | None = None
) -> Newsletter:
    """Let a newsletter go, in ten minutes or at a later time; what it says is kept as it is from now on.

    Raises Refused, NotNow, Empty, Nobody and BadTime.
    """
    stands = _take(actor, newsletter, NewsletterState.DRAFT)
    words = newsletter_render.words_of(stands)
    if not words["parts"]:
        raise Empty
    if not count(topics, places):
        raise Nobody
    moment = clock.now()
    if at is not None and at <= moment:
        raise BadTime
    stands.rendered = json.dumps(words, ensure_ascii=False)
    stands.topics, stands.places = ",".join(topics), ",".join(places)
    stands.state = NewsletterState.SCHEDULED if at else NewsletterState.QUEUED
    stands.send_at = max(at or moment, moment + UNDO)
    return _changed(actor, stands, "newsletter:send", ("rendered", "topics", "places", "send_at", "state"))


@transaction
def call_back(actor: Actor, newsletter: Newsletter) -> Newsletter:
    """Undo a sending whose letters have not begun to leave. Raises Refused and NotNow."""
    stands = _take(actor, newsletter, NewsletterState.QUEUED, NewsletterState.SCHEDULED)
    stands.state, stands.rendered, stands.send_at = NewsletterState.DRAFT, "", None
    return _changed(actor, stands, "newsletter:call-back", ("rendered", "send_at", "state"))


@transaction
def pause(actor: Actor, newsletter: Newsletter) -> Newsletter:
    """Let no more letters leave until it is gone on with; a handful may be on their way. Raises Refused and NotNow."""
    stands = _take(actor, newsletter, NewsletterState.SENDING)
    stands.state = NewsletterState.PAUSED
    _put_off(stands.id, clock.now() + FAR)
    return _changed(actor, stands, "newsletter:pause", ("state",))


@transaction
def resume(actor: Actor, newsletter: Newsletter) -> Newsletter:
    """Go on with a paused sending. Raises Refused and NotNow."""
    stands = _take(actor, newsletter, NewsletterState.PAUSED)
    stands.state = NewsletterState.SENDING
    _put_off(stands.id, clock.now())
    return _changed(actor, stands, "newsletter:resume", ("state",))


@transaction
def try_it(actor: Actor, newsletter: Newsletter) -> None:
    """Send a newsletter as it is written now to the actor's own address. Raises Refused, Empty and TooOften."""
    require(actor, Permission.SEND_NEWSLETTER, content_shelf.place_of(newsletter))
    limits.spend("newsletter-test", actor.name, most=TESTS_PER_HOUR, seconds=3600)
    words = newsletter_render.words_of(newsletter)
    if not words["parts"]:
        raise Empty
    facts = {"words": words, "reader": ""}
    email = Account.get_by_id(actor.account).email
    letters.write(f"newsletter-test:{newsletter.key}:{secrets.token_hex(8)}", email, TEMPLATE, facts)
    _record(actor, "newsletter:test", newsletter, ())


def enqueue_next(pace: Pace) -> bool:
    """Put the next few letters of what is being sent in the outbox; True when there may be more to put there now.

    For the worker: whenever it is killed, what was put there is there, and nothing is put there twice.
    """
    moment = clock.now()
    due = "state = 'sending' OR (state IN ('queued', 'scheduled') AND send_at <= ?)"
    params = (Newsletter.send_at.db_value(moment),)
    if not pace.lets_now(moment) or not rows(f"SELECT 1 FROM newsletter WHERE {due} LIMIT 1", params):
        return False
    more = 0
    for (number,) in rows(f"SELECT id FROM newsletter WHERE {due}", params):
        more += _carry_on(number, pace)
    return more > 0


@transaction
def _carry_on(number: int, pace: Pace) -> bool:
    one_at_a_time("newsletters")
    newsletter, moment = Newsletter.get_by_id(number), clock.now()
    if newsletter.state in (NewsletterState.QUEUED, NewsletterState.SCHEDULED):
        newsletter.state, newsletter.began_at, newsletter.published_at = NewsletterState.SENDING, moment, moment
        _changed(WORKER, newsletter, "newsletter:begin-sending", ("state",))
        newsletters.let_be_found(newsletter)
    elif newsletter.state != NewsletterState.SENDING:
        return False
    most = _room(pace, moment)
    batch = _next_readers(newsletter, most) if most else []
    for reader in batch:
        put_in_outbox(newsletter, reader)
    if most and not batch and not _waiting(newsletter.id):
        newsletter.state, newsletter.sent_at = NewsletterState.SENT, moment
        _changed(WORKER, newsletter, "newsletter:sent", ("state",))
    return bool(batch) and not pace.per_minute


def put_in_outbox(newsletter: Newsletter, reader: Subscriber) -> None:
    """Within the caller's transaction, write the letter of a newsletter to a reader; a second time does nothing."""
    dedupe = dedupe_of(newsletter.key, reader.digest)
    run(
        "INSERT INTO newsletter_letter (newsletter_id, digest, dedupe, at, ended) VALUES (?, ?, ?, ?, '')"
        " ON CONFLICT DO NOTHING",
        (newsletter.id, reader.digest, dedupe, NewsletterLetter.at.db_value(clock.now())),
    )
    facts = {"newsletter": newsletter.key, "reader": readers.token_of(reader.key)}
    letters.write(dedupe, readers.email_of(reader), TEMPLATE, facts, language=reader.language)


def dedupe_of(key: str, digest: str) -> str:
    """Name the one letter of a newsletter that goes to a reader."""
    return f"{TEMPLATE}:{key}:{digest}"


@transaction
def keep_paused() -> None:
    """See that no letter of a paused newsletter leaves, also one that a mail server has asked us to try again."""
    for (number,) in rows("SELECT id FROM newsletter WHERE state = 'paused'"):
        _put_off(number, clock.now() + FAR)


@transaction
def forget_old() -> None:
    """Forget to which marks newsletters went 400 days ago."""
    NewsletterLetter.delete().where(NewsletterLetter.at < clock.now() - KEPT).execute()


def words_for(facts: dict[str, Any]) -> dict[str, Any] | None:
    """Give what a letter's newsletter says; None when it is there no longer."""
    if "words" in facts:
        return facts["words"]
    kept = rendered(facts["newsletter"])
    return json.loads(kept) if kept else None


def rendered(key: str) -> str:
    """Give what was kept of a newsletter when it was let go; nothing when it is there no longer."""
    found = rows("SELECT rendered FROM newsletter WHERE key = ?", (key,))
    return found[0][0] if found else ""


def page_of(key: str) -> str:
    """Give the address of a newsletter's page in the archive, below /nyhetsbrev."""
    found = rows("SELECT slug FROM newsletter WHERE key = ?", (key,))
    return found[0][0] if found else ""


def progress(actor: Actor, newsletter: Newsletter) -> Progress:
    """Tell how far a sending has come. Raises Refused."""
    require(actor, Permission.SEND_NEWSLETTER, content_shelf.place_of(newsletter))
    asked = (
        "SELECT l.state, n.ended, COUNT(*) FROM newsletter_letter n LEFT JOIN letter l ON l.dedupe = n.dedupe"
        " WHERE n.newsletter_id = ? GROUP BY l.state, n.ended"
    )
    states: dict[str | None, int] = {}
    ends: dict[str, int] = {}
    for state, ended, number in rows(asked, (newsletter.id,)):
        states[state] = states.get(state, 0) + number
        ends[ended] = ends.get(ended, 0) + number
    total = sum(states.values())
    going = newsletter.state in (NewsletterState.SENDING, NewsletterState.PAUSED)
    return Progress(
        letters=total,
        waiting=sum(states.get(state, 0) for state in WAITING),
        sent=sum(states.get(state, 0) for state in (State.SENT, State.BOUNCED, State.KEPT, None)),
        unsure=states.get(State.UNSURE, 0),
        failed=states.get(State.FAILED, 0) + states.get(State.HELD, 0),
        stopped=states.get(State.STOPPED, 0),
        bounced=ends.get("bounced", 0),
        complained=ends.get("complained", 0),
        unsubscribed=ends.get("unsubscribed", 0),
        left=_left(newsletter) if going else 0,
    )


def doubtful(actor: Actor, newsletter: Newsletter) -> list[Doubtful]:
    """List the letters that a person must decide about. Raises Refused."""
    require(actor, Permission.SEND_NEWSLETTER, content_shelf.place_of(newsletter))
    asked = (
        "SELECT l.id, l.recipient, l.state, l.last_problem FROM newsletter_letter n JOIN letter l"
        " ON l.dedupe = n.dedupe WHERE n.newsletter_id = ? AND l.state IN ('unsure', 'failed', 'held')"
        " ORDER BY l.id LIMIT 200"
    )
    return [
        Doubtful(number, outbox.masked(recipient), State(state), problem)
        for number, recipient, state, problem in rows(asked, (newsletter.id,))
    ]


@transaction
def send_again(actor: Actor, newsletter: Newsletter, number: int) -> None:
    """Send a letter of a newsletter once more, as a person has decided. Raises Refused and NotNow."""
    require(actor, Permission.SEND_NEWSLETTER, content_shelf.place_of(newsletter))
    done = run(
        "UPDATE letter SET state = 'queued', next_at = ?, attempts = 1 WHERE id = ? AND facts IS NOT NULL"
        " AND state IN ('unsure', 'failed', 'held') AND last_problem <> 'held bounced'"
        " AND dedupe IN (SELECT dedupe FROM newsletter_letter WHERE newsletter_id = ?)",
        (_stored(clock.now()), number, newsletter.id),
    )
    if not done.rowcount:
        raise NotNow
    Newsletter.update(state=NewsletterState.SENDING).where(
        Newsletter.id == newsletter.id, Newsletter.state == NewsletterState.SENT
    ).execute()
    _record(actor, "newsletter:send-again", newsletter, ("state",))


def _wanted(topics: list[str], places: list[str]) -> tuple[str, list[object]]:
    """The condition on subscribers s that wants one of the topics in one of the places; nothing chosen is nobody."""
    topics = [topic for topic in topics if topic in set(ReaderTopic)]
    if not topics or not places:
        return "1 = 0", []
    where = "(" + " OR ".join("',' || s.topics || ',' LIKE ?" for _ in topics) + ")"
    params: list[object] = [f"%,{topic},%" for topic in topics]
    if EVERYWHERE not in places:
        where += " AND (s.places = ''" + "".join(" OR ',' || s.places || ',' LIKE ?" for _ in places) + ")"
        params += [f"%,{place},%" for place in places]
    return f"{where} AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.digest = s.digest)", params


def _not_yet(newsletter: Newsletter) -> tuple[str, list[object]]:
    where, params = _wanted(newsletter.topics.split(","), newsletter.places.split(","))
    written = "SELECT 1 FROM newsletter_letter n WHERE n.newsletter_id = ? AND n.digest = s.digest"
    # Whoever began to subscribe after the letters began to leave finds this one in the archive.
    params += [_stored(newsletter.began_at or clock.now()), newsletter.id]
    return f"{where} AND s.confirmed_at <= ? AND NOT EXISTS ({written})", params


def _next_readers(newsletter: Newsletter, most: int) -> list[Subscriber]:
    where, params = _not_yet(newsletter)
    asked = f"SELECT s.id FROM subscriber s WHERE {where} ORDER BY s.id LIMIT ?"
    numbers = [number for (number,) in rows(asked, [*params, most])]
    if not numbers:
        return []
    return load(Subscriber, f"id IN ({', '.join('?' * len(numbers))}) ORDER BY id", numbers)


def _left(newsletter: Newsletter) -> int:
    where, params = _not_yet(newsletter)
    return rows(f"SELECT COUNT(*) FROM subscriber s WHERE {where}", params)[0][0]


def _room(pace: Pace, moment: datetime) -> int:
    """How many letters may be put in the outbox now."""
    if not pace.per_minute:
        return BATCH
    since = NewsletterLetter.at.db_value(moment - timedelta(minutes=1))
    lately = rows("SELECT COUNT(*) FROM newsletter_letter WHERE at > ?", (since,))[0][0]
    return max(0, min(BATCH, pace.per_minute - max(lately, _waiting())))


def _waiting(number: int | None = None) -> int:
    """Count the letters in the outbox that have not left, of one newsletter or of all."""
    which, params = ("AND n.newsletter_id = ?", (number,)) if number else ("", ())
    asked = (
        "SELECT COUNT(*) FROM letter l JOIN newsletter_letter n ON n.dedupe = l.dedupe"
        f" WHERE l.state IN ('queued', 'claimed', 'sending') {which}"
    )
    return rows(asked, params)[0][0]


def _put_off(number: int, until: datetime) -> None:
    run(
        "UPDATE letter SET next_at = ? WHERE state = 'queued'"
        " AND dedupe IN (SELECT dedupe FROM newsletter_letter WHERE newsletter_id = ?)",
        (_stored(until), number),
    )


def _stored(moment: datetime) -> Any:
    return Newsletter.send_at.db_value(moment)


def _take(actor: Actor, newsletter: Newsletter, *states: NewsletterState) -> Newsletter:
    one_at_a_time("newsletters")
    stands = Newsletter.get_by_id(newsletter.id)
    require(actor, Permission.SEND_NEWSLETTER, content_shelf.place_of(stands))
    if stands.state not in states:
        raise NotNow
    return stands


def _changed(actor: Actor, stands: Newsletter, action: str, fields: tuple[str, ...]) -> Newsletter:
    stands.save()
    _record(actor, action, stands, fields)
    return stands


def _record(actor: Actor, action: str, newsletter: Newsletter, fields: tuple[str, ...]) -> None:
    place = content_shelf.place_of(newsletter)
    audit.record(actor, action, "newsletter", newsletter.key, place=place, fields=fields)

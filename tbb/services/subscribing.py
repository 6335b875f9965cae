"""Asking for newsletters: nobody is a reader before they have said so twice, and each can look, change and end it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from tbb import clock
from tbb.database import keyring, load, one_at_a_time, rows, run, transaction
from tbb.models import Letter, NewsletterLetter, Subscriber
from tbb.models.content_kinds import ReaderTopic
from tbb.policy import VISITOR, Actor, Permission, require
from tbb.services import audit, invitations, letters, limits, mailboxes, readers, tokens

ASKED, PURPOSE = "newsletter-asked", "newsletter-confirm"
CONFIRM, KNOWN = "newsletter_confirm", "newsletter_known"
WAITS, LASTS = timedelta(hours=6), timedelta(days=7)
HOUR = 3600
PER_SENDER, ALL_SENDERS = 10, 300
TEXT_VERSION = "2026-11"
"""The version of the words that a reader agrees to; they stand on the form and on the page that confirms."""


@dataclass(frozen=True)
class Wish:
    """What somebody asks for. `places` are municipalities by their slugs, none for the whole county."""

    email: str
    topics: tuple[str, ...]
    places: tuple[str, ...]
    language: str


def places() -> list[tuple[str, str]]:
    """The municipalities that letters may be about: (slug, name), in Swedish order."""
    return rows("SELECT slug, name FROM municipality WHERE participates ORDER BY sort_key")


def ask(actor: Actor, sender: str, wish: Wish) -> None:
    """Keep, sealed, that somebody wants newsletters; nothing is looked up here, so that every address costs the same.

    Raises TooOften by sender and by all together, never by address: a mailbox gets one letter about it in 24 hours.
    """
    require(actor, Permission.SUBSCRIBE)
    limits.spend("subscription", sender, most=PER_SENDER, seconds=HOUR)
    limits.spend("subscription", "everybody", most=ALL_SENDERS, seconds=HOUR)
    _keep(wish)


@transaction
def answer_next() -> bool:
    """Take the oldest wish and write the letter it deserves, if any; False when none waits. For the worker."""
    asked = tokens.take(ASKED)
    if asked is None:
        return False
    one_at_a_time("subscription-letter")
    email, language = asked.payload["email"], asked.payload["language"]
    if mailboxes.has_had(email, CONFIRM, KNOWN) or readers.why_not(email) in ("bounced", "complained"):
        return True
    reader, mark = readers.by_email(email), secrets.token_hex(8)
    if reader is not None:
        facts = {"path": f"/nyhetsbrev/mina/{readers.token_of(reader.key)}"}
        letters.write(f"{KNOWN}:{mark}", email, KNOWN, facts, language=language)
        return True
    secret = tokens.issue(PURPOSE, readers.digest_of(email), lasts=LASTS, payload=asked.payload)
    facts = {
        "path": f"/nyhetsbrev/bekrafta/{secret}",
        "days": LASTS.days,
    }
    letters.write(f"{CONFIRM}:{mark}", email, CONFIRM, facts, language=language)
    return True


@transaction
def forget_old() -> None:
    """Forget to which addresses the question and its like were sent, when nobody can answer it any longer."""
    run(
        "DELETE FROM letter WHERE template IN (?, ?) AND state IN ('sent', 'stopped', 'kept') AND created_at < ?",
        (CONFIRM, KNOWN, Letter.created_at.db_value(clock.now() - LASTS)),
    )


def look(secret: str) -> Wish | None:
    """Show what a link would confirm, without confirming it; None when it is used, old or none."""
    found = tokens.look(PURPOSE, secret)
    return _wish(found.payload) if found else None


@transaction
def confirm(actor: Actor, secret: str) -> Subscriber | None:
    """Let the one who has the link be a reader; of many at once exactly one is, the others get None."""
    require(actor, Permission.SUBSCRIBE)
    found = tokens.redeem(PURPOSE, secret)
    if found is None:
        return None
    wish = _wish(found.payload)
    readers.allow_again(wish.email)
    made = readers.add(
        wish.email, topics=wish.topics, places=wish.places, language=wish.language, basis=f"form {TEXT_VERSION}"
    )
    audit.record(VISITOR, "reader:confirm", "subscriber", made.id)
    return made


@transaction
def refuse(actor: Actor, secret: str) -> bool:
    """Say that it was not oneself who asked: the link ends and nothing is kept; False when it had ended."""
    require(actor, Permission.SUBSCRIBE)
    return tokens.redeem(PURPOSE, secret) is not None


@transaction
def change(actor: Actor, reader: Subscriber, *, topics: list[str], places: list[str], language: str) -> None:
    """Change what a reader gets."""
    require(actor, Permission.SUBSCRIBE)
    readers.add(readers.email_of(reader), topics=topics, places=places, language=language, basis=reader.basis)
    audit.record(VISITOR, "reader:change", "subscriber", reader.id, fields=("topics", "places", "language"))


def end(actor: Actor, token: str) -> bool:
    """Let no more newsletters go to whoever has this link, and forget them; False when the link is not ours.

    Safe to do again and again.
    """
    require(actor, Permission.SUBSCRIBE)
    if readers.key_of(token) is None:
        return False
    reader = readers.by_token(token)
    if reader is not None:
        readers.end(reader, "asked")
    return True


def about(actor: Actor, reader: Subscriber) -> dict[str, object]:
    """Give a reader all that is kept about them, to take along."""
    require(actor, Permission.SUBSCRIBE)
    went = load(NewsletterLetter, "digest = ? ORDER BY at", (reader.digest,))
    return {
        "email": readers.email_of(reader),
        "topics": [topic for topic in reader.topics.split(",") if topic],
        "municipalities": [place for place in reader.places.split(",") if place],
        "language": reader.language,
        "consent": reader.basis,
        "confirmed_at": reader.confirmed_at.isoformat(),
        "changed_at": reader.changed_at.isoformat(),
        "soft_bounces": reader.soft_bounces,
        "letters": [one.at.isoformat() for one in went],
        "written_at": clock.now().isoformat(),
    }


@transaction
def _keep(wish: Wish) -> None:
    payload = {
        "email": invitations.address(wish.email),
        "topics": [topic for topic in ReaderTopic if topic in wish.topics],
        "places": list(wish.places),
        "language": wish.language,
    }
    tokens.issue(ASKED, keyring().fingerprint(payload["email"]), lasts=WAITS, payload=payload, alone=False)


def _wish(payload: dict[str, object]) -> Wish:
    return Wish(payload["email"], tuple(payload["topics"]), tuple(payload["places"]), payload["language"])

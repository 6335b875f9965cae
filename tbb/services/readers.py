"""Those who have asked for newsletters: their marks and links, how they end, and to whom nothing is sent."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable

from tbb import clock
from tbb.database import keyring, load, rows, run, transaction
from tbb.models import Newsletter, NewsletterLetter, Subscriber, Suppression
from tbb.models.content_kinds import ReaderTopic
from tbb.policy import VISITOR, Actor
from tbb.services import audit, invitations, letters

DIGEST = 32
TOKEN = re.compile(r"[0-9a-f]{48}")
LANGUAGES = ("sv", "en", "fi", "ar", "so")


def digest_of(email: str) -> str:
    """Mark an address without keeping it."""
    return keyring().fingerprint(f"reader:{invitations.address(email)}")


def token_of(key: str) -> str:
    """Make a reader's personal link of their key: nobody can make it who has only read the database."""
    return key + keyring().fingerprint(f"reader-link:{key}")[:16]


def key_of(token: str) -> str | None:
    """Give the key in a personal link; None when we have not made that link."""
    key = token[:32]
    good = TOKEN.fullmatch(token) and hmac.compare_digest(token_of(key), token)
    return key if good else None


def by_token(token: str) -> Subscriber | None:
    """Find a reader by their personal link; None when it is not ours, or they have ended it."""
    key = key_of(token)
    return next(iter(load(Subscriber, "key = ?", (key,))), None) if key else None


def by_email(email: str) -> Subscriber | None:
    """Find a reader by address."""
    return next(iter(load(Subscriber, "digest = ?", (digest_of(email),))), None)


def email_of(reader: Subscriber) -> str:
    """Open a reader's address."""
    return keyring().open(reader.email, f"subscriber.email:{reader.digest}")


def why_not(email: str) -> str:
    """Say why nothing is sent to an address: bounced, complained or asked; empty when letters may go there."""
    found = rows("SELECT why FROM suppression WHERE digest = ?", (digest_of(email),))
    return found[0][0] if found else ""


def add(email: str, *, topics: Iterable[str], places: Iterable[str], language: str, basis: str) -> Subscriber:
    """Within the caller's transaction, let somebody be a reader who has said so; one who is gets the new wishes."""
    digest, moment = digest_of(email), clock.now()
    wishes = {
        "topics": ",".join(topic for topic in ReaderTopic if topic in set(topics)),
        "places": ",".join(sorted(set(places))),
        "language": language if language in LANGUAGES else "sv",
    }
    there = next(iter(load(Subscriber, "digest = ?", (digest,))), None)
    if there is not None:
        Subscriber.update(changed_at=moment, soft_bounces=0, **wishes).where(Subscriber.id == there.id).execute()
        return Subscriber.get_by_id(there.id)
    return Subscriber.create(
        key=secrets.token_hex(16), digest=digest, basis=basis[:200], confirmed_at=moment, changed_at=moment,
        email=keyring().seal(invitations.address(email), f"subscriber.email:{digest}"), **wishes,
    )  # fmt: skip


@transaction
def end(reader: Subscriber, why: str, actor: Actor = VISITOR) -> None:
    """Let nothing more be sent to a reader: forget them, keep the mark of their address, and stop what waits.

    `why` is asked, bounced or complained. Letters that a worker has taken are stopped before a word has left.
    """
    if not Subscriber.delete().where(Subscriber.id == reader.id).execute():
        return
    suppress(reader.digest, why)
    _stop_what_waits(reader.digest)
    if why == "asked":
        _forget_where_letters_went(reader.digest)
    _count(reader.digest, {"asked": "unsubscribed"}.get(why, why))
    audit.record(actor, f"reader:{why}", "subscriber", reader.id)


def suppress(digest: str, why: str) -> None:
    """Within the caller's transaction, keep the mark of an address that nothing is sent to; a complaint stays."""
    Suppression.insert(digest=digest, why=why, at=clock.now()).on_conflict_ignore().execute()
    if why == "complained":
        Suppression.update(why=why).where(Suppression.digest == digest).execute()


def allow_again(email: str) -> None:
    """Within the caller's transaction, forget that somebody asked not to get letters: they have asked for them anew."""
    run("DELETE FROM suppression WHERE digest = ? AND why = 'asked'", (digest_of(email),))


def _stop_what_waits(digest: str) -> None:
    asked = (
        "SELECT n.dedupe FROM newsletter_letter n JOIN letter l ON l.dedupe = n.dedupe"
        " WHERE n.digest = ? AND l.state IN ('queued', 'claimed', 'failed', 'held', 'unsure')"
    )
    for (dedupe,) in rows(asked, (digest,)):
        letters.stop(dedupe)


def _forget_where_letters_went(digest: str) -> None:
    """Take the address off newsletters that have left or were stopped; that they left is still known."""
    run(
        "UPDATE letter SET recipient = '', facts = NULL WHERE state IN ('sent', 'stopped', 'kept')"
        " AND dedupe IN (SELECT dedupe FROM newsletter_letter WHERE digest = ?)",
        (digest,),
    )


def _count(digest: str, ended: str) -> None:
    """Count an end with the newest newsletter that went to the mark."""
    newest = (
        NewsletterLetter.select()
        .join(Newsletter)
        .where(NewsletterLetter.digest == digest)
        .order_by(NewsletterLetter.id.desc())
        .first()
    )
    if newest is not None:
        NewsletterLetter.update(ended=ended).where(NewsletterLetter.id == newest.id).execute()

"""What visitors tell us without signing in: sealed, counted, told on by letter, and forgotten."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tbb import clock
from tbb.database import keyring, transaction
from tbb.models import Feedback, Letter, Unit
from tbb.policy import Actor, Permission, require
from tbb.services import audit, faults, letters, limits, receipts
from tbb.services.faults import FaultState

KEPT = timedelta(days=90)
PER_SENDER, PER_SENDER_SECONDS = 5, 600
ALL_SENDERS, ALL_SENDERS_SECONDS = 200, 3600


@dataclass(frozen=True)
class Told:
    """One message, opened."""

    id: int
    created_at: datetime
    subject: str
    topic: str
    page: str
    message: str
    reply_to: str


def tell(
    actor: Actor,
    sender: str,
    *,
    subject: str,
    topic: str,
    message: str,
    reply_to: str,
    page: str,
    tell_address: str,
    unit_id: int | None = None,
    once: str = "",
) -> None:
    """Keep a message sealed and tell its keeper that there is one; raise TooOften when there have been too many.

    What comes again under the same `once`, because no answer reached the sender, is not kept twice.

    A fault in a unit's entry is told of to the unit's owners and to the county, once a day; everything else to
    `tell_address`. A letter says where to read it, never what it says.
    """
    require(actor, Permission.TELL_US)
    limits.spend("feedback", sender, most=PER_SENDER, seconds=PER_SENDER_SECONDS)
    limits.spend("feedback", "everybody", most=ALL_SENDERS, seconds=ALL_SENDERS_SECONDS)
    _keep(actor, subject, topic, message, reply_to, page, tell_address, unit_id, once)


@transaction
def _keep(
    actor: Actor,
    subject: str,
    topic: str,
    message: str,
    reply_to: str,
    page: str,
    to: str,
    unit_id: int | None,
    once: str,
) -> None:
    if once and not receipts.note(once):
        return
    key = secrets.token_hex(16)
    kept = Feedback.create(
        key=key,
        subject=subject,
        unit=unit_id,
        topic=topic,
        page=page,
        message=keyring().seal(message, f"feedback.message:{key}"),
        reply_to=keyring().seal(reply_to, f"feedback.reply_to:{key}") if reply_to else None,
        created_at=clock.now(),
        forget_on=clock.today() + KEPT,
    )
    if subject == "report" and unit_id is not None:
        faults.tell_of(unit_id, to)
    else:
        letters.write(f"feedback:{kept.id}", to, "feedback", {"page": page, "number": kept.id})
    audit.record(actor, "feedback:create", "feedback", kept.id, fields=("message", "topic"))


def unit_id_of(slug: str) -> int | None:
    """Find the number of a unit by its address."""
    found = Unit.select(Unit.id).where(Unit.slug == slug).first()
    return found.id if found else None


def waiting(actor: Actor) -> Iterator[Told]:
    """Open every message that nobody has handled, oldest first."""
    require(actor, Permission.KEEP_DIRECTORY)
    for kept in Feedback.select().where(Feedback.handled_at.is_null()).order_by(Feedback.id):
        yield _opened(kept)


@transaction
def handle(actor: Actor, number: int) -> Told | None:
    """Open one message and mark it as handled; None when there is none of that number."""
    require(actor, Permission.KEEP_DIRECTORY)
    kept = Feedback.get_or_none(Feedback.id == number)
    if kept is None:
        return None
    kept.handled_at = clock.now()
    kept.state = FaultState.LOOKED_AT if kept.state == FaultState.NEW else kept.state
    kept.save(only=[Feedback.handled_at, Feedback.state])
    audit.record(actor, "feedback:handle", "feedback", kept.id, fields=("handled_at",))
    return _opened(kept)


@transaction
def forget_old() -> int:
    """Remove the messages whose time is out, and the letters that answered them; tell how many."""
    keys = [kept.key for kept in Feedback.select(Feedback.key).where(Feedback.forget_on <= clock.today())]
    Letter.delete().where(
        Letter.dedupe.in_([f"fault-answer:{key}" for key in keys]),
        Letter.state.not_in([letters.State.CLAIMED, letters.State.SENDING]),
    ).execute()
    return Feedback.delete().where(Feedback.forget_on <= clock.today()).execute()


def _opened(kept: Feedback) -> Told:
    ring = keyring()
    reply_to = ring.open(kept.reply_to, f"feedback.reply_to:{kept.key}") if kept.reply_to else ""
    message = ring.open(kept.message, f"feedback.message:{kept.key}")
    return Told(kept.id, kept.created_at, kept.subject, kept.topic, kept.page, message, reply_to)

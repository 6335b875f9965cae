"""The outbox: letters are written with the change they tell of, and leave later, each one once."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from tbb.clock import now
from tbb.database import db, keyring, transaction
from tbb.models import Letter

LEASE = timedelta(seconds=60)
WAITS = (1, 5, 30, 120, 720)
"""Minutes to wait after each failed try; after the last one the letter has failed."""


class State(StrEnum):
    """Where a letter is on its way."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNSURE = "unsure"


def write(
    dedupe: str,
    recipient: str,
    template: str,
    facts: dict[str, Any],
    *,
    language: str = "sv",
    rather_twice: bool = False,
) -> bool:
    """Put a letter in the outbox within the caller's transaction; False when that very letter is there already.

    `template` names a file of templates/letters and `facts` fill it; addresses in them are paths on our own site,
    and the facts are kept sealed. Nothing about a child may be in them. `rather_twice` lets a letter that may or may
    not have left be sent again under the same Message-ID.
    """
    moment, mark = now(), fingerprint(dedupe)
    added = (
        Letter.insert(
            dedupe=dedupe,
            recipient=recipient,
            template=template,
            facts=keyring().seal(json.dumps(facts), f"letter.facts:{mark}"),
            language=language,
            rather_twice=rather_twice,
            message_id=f"<{mark}@tbb>",
            next_at=moment,
            created_at=moment,
        )
        .on_conflict_ignore()
        .as_rowcount()
        .execute()
    )
    return bool(added)


def facts_of(letter: Letter) -> dict[str, Any]:
    """Open what a letter is to say; empty when it has left and been forgotten."""
    if letter.facts is None:
        return {}
    return json.loads(keyring().open(letter.facts, f"letter.facts:{fingerprint(letter.dedupe)}"))


def fingerprint(dedupe: str) -> str:
    """Name a letter by what makes it this one and no other: 32 hex digits."""
    return hashlib.sha256(dedupe.encode()).hexdigest()[:32]


@transaction
def claim(moment: datetime | None = None) -> Letter | None:
    """Take the next letter that is due, for a minute; None when there is none."""
    moment = moment or now()
    due = (
        Letter.select()
        .where(Letter.state == State.QUEUED, Letter.next_at <= moment)
        .order_by(Letter.next_at, Letter.id)
        .limit(1)
        .first()
    )
    if due is None:
        return None
    changed = (
        Letter.update(state=State.CLAIMED, leased_until=moment + LEASE, attempts=Letter.attempts + 1)
        .where(Letter.id == due.id, Letter.state == State.QUEUED)
        .execute()
    )
    return Letter.get_by_id(due.id) if changed else None


@transaction
def mark_sending(letter: Letter) -> None:
    """Write down, before the words leave, that they are about to: after a crash nobody can know if they did."""
    Letter.update(state=State.SENDING).where(Letter.id == letter.id).execute()


@transaction
def mark_sent(letter: Letter) -> None:
    """Write down that the letter has left, and forget what it said."""
    Letter.update(state=State.SENT, sent_at=now(), facts=None, leased_until=None).where(
        Letter.id == letter.id
    ).execute()


@transaction
def mark_problem(letter: Letter, kind: str, *, for_ever: bool) -> None:
    """Try again later, or give up: `kind` is the kind of the fault, never its words."""
    give_up = for_ever or letter.attempts > len(WAITS)
    wait = timedelta(minutes=WAITS[min(letter.attempts, len(WAITS)) - 1])
    Letter.update(
        state=State.FAILED if give_up else State.QUEUED,
        next_at=now() + wait,
        leased_until=None,
        last_problem=kind[:200],
    ).where(Letter.id == letter.id).execute()


@transaction
def mark_unsure(letter: Letter) -> None:
    """Write down that the letter may or may not have left; a person decides."""
    Letter.update(state=State.UNSURE, leased_until=None).where(Letter.id == letter.id).execute()


def sort_out_after_a_crash() -> None:
    """Queue again what was only taken; what was being sent is left as unsure, for a person to decide."""
    moment = now()
    with db.atomic():
        expired = Letter.leased_until < moment
        Letter.update(state=State.QUEUED).where(Letter.state == State.CLAIMED, expired).execute()
        Letter.update(state=State.UNSURE).where(Letter.state == State.SENDING, expired).execute()

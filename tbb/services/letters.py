"""The outbox: letters are written with the change they tell of, and leave later, each one once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from peewee import fn

from tbb.clock import now
from tbb.crypto import CannotOpen
from tbb.database import db, keyring, rows, run, transaction
from tbb.models import Letter

LEASE = timedelta(seconds=60)
WORDS_LEASE = timedelta(minutes=3)
"""How long a letter may be taken, and how long its words may be leaving, before the worker is held for dead."""
WAITS = (1, 5, 15, 60, 180, 360, 720, 1440, 1440)
"""Minutes to wait after each failed try: almost three days in all, so that a weekend loses nothing."""
LONGEST_DEDUPE = 120
KEPT_READABLE = timedelta(days=90)
REMEMBERED = timedelta(days=400)


class State(StrEnum):
    """Where a letter is on its way."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNSURE = "unsure"
    KEPT = "kept"
    HELD = "held"
    STOPPED = "stopped"
    BOUNCED = "bounced"


class Cause(StrEnum):
    """Why a letter is held: what would have to be put right before it can leave."""

    FACTS = "held facts"
    TEMPLATE = "held template"
    WORDS = "held words"
    RECIPIENT = "held recipient"
    BOUNCED = "held bounced"


class CannotRead(Exception):
    """What a letter is to say cannot be opened."""


class TakenOver(Exception):
    """The letter is no longer this worker's to send."""


def write(
    dedupe: str,
    recipient: str,
    template: str,
    facts: dict[str, Any],
    *,
    language: str = "sv",
    rather_twice: bool = False,
    not_before: datetime | None = None,
) -> bool:
    """Put a letter in the outbox within the caller's transaction; False when that very letter is there already.

    `template` names a file of templates/letters and `facts` fill it; addresses in them are paths on our own site,
    and the facts are kept sealed. Nothing about a child may be in them. `rather_twice` lets a letter that may or may
    not have left be sent again under the same Message-ID. It does not leave before `not_before`; until then it can be
    stopped. A letter to an address that letters have come back from is held, for a person to decide.
    """
    if len(dedupe) > LONGEST_DEDUPE:
        dedupe = f"{dedupe[:80]}:{fingerprint(dedupe)}"
    moment, mark, dead = now(), fingerprint(dedupe), comes_back(recipient)
    # In SQL, as all that is done for each letter on its way: a newsletter has thousands.
    added = run(
        "INSERT INTO letter (dedupe, recipient, template, facts, language, rather_twice, message_id, state,"
        " last_problem, next_at, created_at, attempts, remark) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '')"
        " ON CONFLICT DO NOTHING",
        (
            dedupe, recipient, template, keyring().seal(json.dumps(facts), f"letter.facts:{mark}"), language,
            rather_twice, mark, State.HELD if dead else State.QUEUED, Cause.BOUNCED if dead else "",
            _stored(max(moment, not_before or moment)), _stored(moment),
        ),
    )  # fmt: skip
    return added.rowcount == 1


def stop(dedupe: str) -> bool:
    """Within the caller's transaction, see that a letter never leaves; False when it has left, or may have.

    A worker that has taken it finds out before a word of it has left, whichever of the two comes first.
    """
    done = run(
        "UPDATE letter SET state = 'stopped', facts = NULL, leased_until = NULL"
        " WHERE dedupe = ? AND state IN ('queued', 'claimed', 'failed', 'held', 'kept')",
        (dedupe,),
    )
    return done.rowcount == 1


def hasten(dedupe: str) -> bool:
    """Within the caller's transaction, let a letter that waits leave now; False when it does not wait."""
    stored = _stored(now())
    done = run(
        "UPDATE letter SET next_at = ? WHERE dedupe = ? AND state = 'queued' AND next_at > ?", (stored, dedupe, stored)
    )
    return done.rowcount == 1


def states_of(dedupes: Iterable[str]) -> dict[str, State]:
    """Tell where letters are: {dedupe: state}; those that are forgotten are left out."""
    named = list(dedupes)
    if not named:
        return {}
    found = rows(f"SELECT dedupe, state FROM letter WHERE dedupe IN ({', '.join('?' * len(named))})", named)
    return {dedupe: State(state) for dedupe, state in found}


def fingerprint(dedupe: str) -> str:
    """Name a letter by what makes it this one and no other: 32 hex digits."""
    return hashlib.sha256(dedupe.encode()).hexdigest()[:32]


def mark_of(letter: Letter) -> str:
    """Give what stands before the @ in the letter's Message-ID; the mail program adds our own host."""
    return letter.message_id.strip("<>").partition("@")[0]


def facts_of(letter: Letter) -> dict[str, Any]:
    """Open what a letter is to say; raise CannotRead when that cannot be done, or it has been forgotten."""
    if letter.facts is None:
        raise CannotRead
    try:
        return json.loads(keyring().open(letter.facts, f"letter.facts:{fingerprint(letter.dedupe)}"))
    except (CannotOpen, ValueError) as problem:
        raise CannotRead from problem


def comes_back(recipient: str) -> bool:
    """Whether a letter to this address has come back for good."""
    asked = "SELECT 1 FROM letter WHERE state = 'bounced' AND LOWER(recipient) = ? LIMIT 1"
    return bool(rows(asked, (recipient.lower(),)))


def same_address(recipient: str) -> Any:
    """Make the condition that a letter goes to this address, however it is written."""
    return fn.LOWER(Letter.recipient) == recipient.lower()


def claim(moment: datetime | None = None) -> Letter | None:
    """Take the next letter that is due, for a minute; None when there is none."""
    return next(iter(claim_some(1, moment)), None)


@transaction
def claim_some(most: int, moment: datetime | None = None) -> list[Letter]:
    """Take the next few letters that are due, for a minute. Of two workers only one gets a letter."""
    moment = moment or now()
    due = (
        Letter.select()
        .where(Letter.state == State.QUEUED, Letter.next_at <= moment)
        .order_by(Letter.next_at, Letter.id)
        .limit(most)
    )
    return [letter for letter in due if _take(letter, moment)]


def _take(letter: Letter, moment: datetime) -> bool:
    # In SQL, as all that is done for each letter on its way: to build these queries costs more than to ask them.
    taken = run(
        "UPDATE letter SET state = 'claimed', leased_until = ?, attempts = attempts + 1"
        " WHERE id = ? AND state = 'queued'",
        (_stored(moment + LEASE), letter.id),
    )
    letter.attempts += 1
    return taken.rowcount == 1


@transaction
def release(taken: list[Letter]) -> None:
    """Give back letters that were taken but not tried."""
    Letter.update(state=State.QUEUED, leased_until=None, attempts=Letter.attempts - 1).where(
        Letter.id << [letter.id for letter in taken], Letter.state == State.CLAIMED
    ).execute()


@transaction
def mark_sending(letter: Letter, *, arrived: Letter | None = None) -> None:
    """Write down, before the words leave, that they are about to: after a crash nobody can know if they did.

    `arrived` is one that has left before it. Raises TakenOver, and writes nothing, when the letter has been taken for
    too long and may be somebody else's by now.
    """
    moment = now()
    ours = run(
        "UPDATE letter SET state = 'sending', leased_until = ? WHERE id = ? AND state = 'claimed' AND leased_until > ?",
        (_stored(moment + WORDS_LEASE), letter.id, _stored(moment)),
    )
    if not ours.rowcount:
        raise TakenOver
    if arrived is not None:
        mark_sent(arrived)


@transaction
def mark_sent(letter: Letter) -> None:
    """Write down that the letter has left, and forget what it said."""
    run(
        "UPDATE letter SET state = 'sent', sent_at = ?, facts = NULL, last_problem = '', leased_until = NULL"
        " WHERE id = ?",
        (_stored(now()), letter.id),
    )


@transaction
def mark_kept(letter: Letter) -> None:
    """Write down that the letter stays here, readable, for there is no mail server to give it to."""
    _settle(letter, State.KEPT)


@transaction
def mark_stopped(letter: Letter) -> None:
    """Write down that the letter may not leave any longer, and forget what it said."""
    _settle(letter, State.STOPPED, facts=None)


@transaction
def mark_held(letter: Letter, cause: Cause) -> None:
    """Hold a letter that cannot be sent as it is, so that it is neither lost nor tried again and again."""
    _settle(letter, State.HELD, last_problem=cause)


@transaction
def mark_problem(letter: Letter, kind: str, *, for_ever: bool) -> None:
    """Try again later, or give up: `kind` is the kind of the fault, never its words."""
    if for_ever or letter.attempts > len(WAITS):
        _settle(letter, State.FAILED, last_problem=kind[:200])
    else:
        _settle(letter, State.QUEUED, next_at=_next_try(letter), last_problem=kind[:200])


@transaction
def mark_unsure(letter: Letter) -> None:
    """Write down that the letter may or may not have left: a person decides, or it is sent once more.

    Only a letter that was written with `rather_twice` is sent again by itself, under the same Message-ID.
    """
    if letter.rather_twice and letter.attempts <= len(WAITS):
        _settle(letter, State.QUEUED, next_at=_next_try(letter), last_problem="cut off")
    else:
        _settle(letter, State.UNSURE, last_problem="cut off")


def sort_out_after_a_crash() -> None:
    """Queue again what was only taken; what was being sent is unsure. Writes nothing when there is nothing."""
    stranded = (Letter.state << (State.CLAIMED, State.SENDING)) & (Letter.leased_until < now())
    if not Letter.select().where(stranded).exists():
        return
    with db.atomic():
        for letter in Letter.select().where(stranded):
            if letter.state == State.SENDING:
                mark_unsure(letter)
            else:
                _settle(letter, State.QUEUED)


def forget_old() -> int:
    """Forget what kept letters say after 90 days, and settled letters after 400; tell how many were removed.

    Addresses that letters came back from are forgotten with them, and may then be tried anew.
    """
    settled = (State.SENT, State.KEPT, State.STOPPED, State.BOUNCED)
    with db.atomic():
        Letter.update(facts=None).where(
            Letter.state == State.KEPT, Letter.facts.is_null(False), Letter.created_at < now() - KEPT_READABLE
        ).execute()
        return Letter.delete().where(Letter.state << settled, Letter.created_at < now() - REMEMBERED).execute()


def _stored(moment: datetime) -> Any:
    return Letter.next_at.db_value(moment)


def _next_try(letter: Letter) -> datetime:
    return now() + timedelta(minutes=WAITS[min(max(letter.attempts, 1), len(WAITS)) - 1])


def _settle(letter: Letter, state: State, **more: Any) -> None:
    """Write down where a letter is that was on its way; one that was stopped meanwhile stays stopped."""
    Letter.update(state=state, leased_until=None, **more).where(
        Letter.id == letter.id, Letter.state << (State.CLAIMED, State.SENDING)
    ).execute()

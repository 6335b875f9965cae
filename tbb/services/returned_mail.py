"""Reading what comes back: letters that did not arrive (RFC 3464), complaints (RFC 5965), and wishes to end by mail."""

from __future__ import annotations

import email
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.message import Message
from enum import StrEnum

from tbb import clock
from tbb.database import load, rows, transaction
from tbb.models import Letter, NewsletterLetter, Subscriber
from tbb.policy import Actor, Permission, require
from tbb.services import outbox, readers
from tbb.services.letters import State
from tbb.services.outbox import NotNow

MOST_BYTES = 2**20
MOST_PARTS = 50
MOST_SOFT = 3
"""So many newsletters in a row that come back for a while count as one that came back for good."""
OUR_ID = re.compile(r"<?([0-9a-f]{32})@[^\s<>]{1,255}>?")
ENDING = re.compile(r"avsluta[ -]([0-9a-f]{48})", re.I)
STATUS = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})")
FULL = ("2", "2")
"""5.2.2: the mailbox is full, which passes, whatever the first digit says."""


class Kind(StrEnum):
    """What a letter that came to us is."""

    HARD = "hard"
    SOFT = "soft"
    COMPLAINT = "complaint"
    ENDING = "ending"
    UNKNOWN = "unknown"


def read(actor: Actor, letters: Iterable[bytes]) -> Counter[Kind]:
    """Act on letters that came back, and count them. Nothing in them can do more than that. Raises Refused.

    Only who has had our letter knows its Message-ID or link; a letter without one that we know changes nothing.
    """
    require(actor, Permission.DECIDE_LETTER)
    return Counter(_deal_with(actor, raw) for raw in letters)


def _deal_with(actor: Actor, raw: bytes) -> Kind:
    try:
        kind, known = _understand(email.message_from_bytes(raw[:MOST_BYTES]))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Kind.UNKNOWN
    if kind is Kind.ENDING:
        reader = readers.by_token(known)
        if reader is not None:
            readers.end(reader, "asked")
        return kind if readers.key_of(known) else Kind.UNKNOWN
    if kind is not Kind.UNKNOWN and _note(actor, kind, known):
        return kind
    return Kind.UNKNOWN


def _understand(letter: Message) -> tuple[Kind, str]:
    """Tell what a letter says and about which of ours: its mark, or a reader's link."""
    wish = ENDING.search(str(letter.get("Subject", ""))[:500])
    if wish:
        return Kind.ENDING, wish[1].lower()
    kind, mark = Kind.UNKNOWN, ""
    for part in _parts(letter):
        what = part.get_content_type()
        if what == "message/delivery-status":
            kind = _delivery(part)
        elif what == "message/feedback-report":
            kind = Kind.COMPLAINT if _complains(part) else kind
        elif what in ("message/rfc822", "text/rfc822-headers"):
            mark = mark or _mark(part)
    return kind if mark else Kind.UNKNOWN, mark


def _parts(letter: Message) -> Iterator[Message]:
    """The parts of a letter, but not those of the letter within it, and not for ever."""
    if not letter.is_multipart():
        return
    for part in letter.get_payload()[:MOST_PARTS]:
        if isinstance(part, Message):
            yield part


def _delivery(part: Message) -> Kind:
    found = Kind.UNKNOWN
    for block in part.get_payload() if part.is_multipart() else ():
        action = str(block.get("Action", "")).strip().lower()
        status = STATUS.match(str(block.get("Status", "")))
        if action == "failed" and status and status[1] == "5" and status.groups()[1:] != FULL:
            return Kind.HARD
        if action in ("failed", "delayed") and status and status[1] != "2":
            found = Kind.SOFT
    return found


def _complains(part: Message) -> bool:
    told = part.get_payload()[0] if part.is_multipart() else email.message_from_string(str(part.get_payload()))
    return str(told.get("Feedback-Type", "")).strip().lower() == "abuse"


def _mark(part: Message) -> str:
    """The mark of our own letter in what was returned of it."""
    if part.is_multipart():
        told = str(part.get_payload()[0].get("Message-ID", ""))
    else:
        text = part.get_payload(decode=True) or b""
        told = str(email.message_from_bytes(text[:MOST_BYTES]).get("Message-ID", ""))
    found = OUR_ID.fullmatch(told.strip())
    return found[1] if found else ""


@transaction
def _note(actor: Actor, kind: Kind, mark: str) -> bool:
    """Write down what became of a letter of ours; False when we know none of that mark."""
    letter = next(iter(load(Letter, "message_id = ?", (mark,))), None)
    if letter is None:
        return False
    if kind is not Kind.COMPLAINT and letter.state != State.BOUNCED:
        try:
            outbox.note_bounce(actor, letter.id, hard=kind is Kind.HARD)
        except NotNow:
            return False
    went = next(iter(load(NewsletterLetter, "dedupe = ?", (letter.dedupe,))), None)
    if went is not None:
        _tell_reader(actor, kind, went)
    return True


def _tell_reader(actor: Actor, kind: Kind, went: NewsletterLetter) -> None:
    reader = next(iter(load(Subscriber, "digest = ?", (went.digest,))), None)
    if kind is Kind.SOFT:
        if reader is None or not _is_third_in_a_row(reader, went):
            return
        kind = Kind.HARD
    why = "complained" if kind is Kind.COMPLAINT else "bounced"
    if reader is not None:
        readers.end(reader, why, actor)
    readers.suppress(went.digest, why)
    NewsletterLetter.update(ended=why).where(NewsletterLetter.id == went.id).execute()


def _is_third_in_a_row(reader: Subscriber, went: NewsletterLetter) -> bool:
    """Count a newsletter that came back for a while; those in between that did arrive begin the count anew."""
    if reader.bounced_at is not None and reader.bounced_at >= went.at:
        return False
    before = _newsletter_before(went)
    in_a_row = before is not None and reader.bounced_at is not None and reader.bounced_at >= before
    counted = reader.soft_bounces + 1 if in_a_row else 1
    Subscriber.update(soft_bounces=counted, bounced_at=clock.now()).where(Subscriber.id == reader.id).execute()
    return counted >= MOST_SOFT


def _newsletter_before(went: NewsletterLetter) -> datetime | None:
    found = rows("SELECT MAX(at) FROM newsletter_letter WHERE digest = ? AND id < ?", (went.digest, went.id))
    return NewsletterLetter.at.python_value(found[0][0]) if found[0][0] else None

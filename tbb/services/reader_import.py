"""Taking over an old list of readers: looked through first, then only those who have said yes and may be written to."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tbb.database import one_at_a_time, rows, transaction
from tbb.mail import BadAddress, address
from tbb.models import Subscriber
from tbb.models.content_kinds import ReaderTopic
from tbb.policy import Actor, Permission, require
from tbb.services import audit, invitations, outbox, readers, tokens

PURPOSE = "readers-import"
LASTS = timedelta(hours=2)
MOST_BYTES = 2 * 2**20
MOST_ROWS = 20_000
MOST_SHOWN = 100
NAMES = {
    "email": ("e-post", "epost", "e-postadress", "epostadress", "mejl", "mail", "email", "e-mail"),
    "basis": ("samtycke", "grund", "consent", "basis"),
}


class Fault(StrEnum):
    """Why a row of a list is not taken."""

    EMPTY = "empty"
    BAD = "bad"
    TWICE = "twice"
    READER = "reader"
    SUPPRESSED = "suppressed"
    NO_BASIS = "no_basis"
    BROKEN = "broken"


class NotUnderstood(Exception):
    """The file is no list that can be read; `why` is empty, column, text or long."""

    def __init__(self, why: str):
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Plan:
    """What a list would change. `faults` are (line, fault), the first hundred; `counts` are of all."""

    new: int
    rows: int
    faults: tuple[tuple[int, Fault], ...]
    counts: dict[Fault, int]


@dataclass(frozen=True)
class Found:
    """A row that can be taken."""

    email: str
    basis: str


def look(actor: Actor, data: bytes, *, basis: str, topics: list[str]) -> tuple[str, Plan]:
    """Look a list through and give a key to take it by, and what it would change. Raises Refused and NotUnderstood.

    `basis` says how we know that they want it, where the list itself does not. What was read is kept sealed for two
    hours.
    """
    require(actor, Permission.KEEP_READERS)
    found, plan = _sorted_out(_read(data), basis)
    payload = {"rows": [[one.email, one.basis] for one in found], "topics": topics}
    secret = tokens.issue(PURPOSE, actor.account, lasts=LASTS, payload=payload)
    return secret, plan


@transaction
def take(actor: Actor, secret: str) -> int | None:
    """Take over a list that was looked through, once; tell how many became readers, None when the key is too old.

    Raises Refused.
    """
    require(actor, Permission.KEEP_READERS)
    one_at_a_time("readers-import")
    kept = tokens.redeem(PURPOSE, secret)
    if kept is None or kept.subject != str(actor.account):
        return None
    topics = kept.payload["topics"] or list(ReaderTopic)
    fresh, _plan = _sorted_out([(0, email, basis) for email, basis in kept.payload["rows"]], "")
    for one in fresh:
        readers.add(one.email, topics=topics, places=(), language="sv", basis=f"list {one.basis}")
    audit.record(actor, "readers:import", "subscriber", "many", fields=("email", "basis"), note=f"{len(fresh)} readers")
    return len(fresh)


def numbers(actor: Actor) -> dict[str, int]:
    """Count readers by topic, and all. Raises Refused."""
    require(actor, Permission.KEEP_READERS)
    counts: Counter[str] = Counter()
    for topics, number in rows("SELECT topics, COUNT(*) FROM subscriber GROUP BY topics"):
        for topic in topics.split(","):
            counts[topic] += number
        counts["all"] += number
    counts["suppressed"] = rows("SELECT COUNT(*) FROM suppression")[0][0]
    return dict(counts)


def newest(actor: Actor, most: int = 50) -> list[tuple[str, str, str, str]]:
    """List the newest readers: their masked address, topics, places and how we know. Raises Refused."""
    require(actor, Permission.KEEP_READERS)
    found = Subscriber.select().order_by(Subscriber.id.desc()).limit(most)
    return [(outbox.masked(readers.email_of(one)), one.topics, one.places, one.basis) for one in found]


def _read(data: bytes) -> list[tuple[int, str, str]]:
    """Read a list as (line, address, basis), however the spreadsheet wrote it."""
    if len(data) > MOST_BYTES:
        raise NotUnderstood("long")
    text = _text_of(data)
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise NotUnderstood("empty")
    sign = max(";,\t", key=lines[0].count)
    names = [name.strip().strip('"').casefold() for name in lines[0].split(sign)]
    places = {what: next((names.index(name) for name in known if name in names), None) for what, known in NAMES.items()}
    if places["email"] is None:
        raise NotUnderstood("column")
    found = []
    # Line by line: a quote that is never closed spoils its own line and no other.
    for number, line in enumerate(text.splitlines()[1:], start=2):
        if line.strip():
            broken = line.count('"') % 2
            cells = ['"'] * len(names) if broken else next(csv.reader(io.StringIO(line), delimiter=sign), [])
            found.append((number, *(_cell(cells, places[what]) for what in ("email", "basis"))))
        if len(found) > MOST_ROWS:
            raise NotUnderstood("long")
    return found


def _text_of(data: bytes) -> str:
    for code in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(code)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            raise NotUnderstood("text")
        return text
    raise NotUnderstood("text")


def _cell(cells: list[str], place: int | None) -> str:
    return cells[place].strip() if place is not None and place < len(cells) else ""


def _sorted_out(listed: list[tuple[int, str, str]], basis: str) -> tuple[list[Found], Plan]:
    """Part those who can become readers from those who cannot, and say why."""
    readers_there = {digest for (digest,) in rows("SELECT digest FROM subscriber")}
    suppressed = {digest for (digest,) in rows("SELECT digest FROM suppression")}
    taken: dict[str, Found] = {}
    faults: list[tuple[int, Fault]] = []
    for number, written, own_basis in listed:
        fault = _fault(written, own_basis or basis)
        if fault is None:
            digest = readers.digest_of(written)
            for there, why in ((taken, Fault.TWICE), (readers_there, Fault.READER), (suppressed, Fault.SUPPRESSED)):
                if fault is None and digest in there:
                    fault = why
            if fault is None:
                taken[digest] = Found(invitations.address(written), (own_basis or basis)[:180])
        if fault is not None:
            faults.append((number, fault))
    counts = Counter(fault for _number, fault in faults)
    return list(taken.values()), Plan(len(taken), len(listed), tuple(faults[:MOST_SHOWN]), dict(counts))


def _fault(written: str, basis: str) -> Fault | None:
    if not written:
        return Fault.EMPTY
    if '"' in written:
        return Fault.BROKEN
    try:
        address(invitations.address(written))
    except BadAddress:
        return Fault.BAD
    if "." not in written.rpartition("@")[2]:
        return Fault.BAD
    return None if basis else Fault.NO_BASIS

"""The audit: who did or read what, chained with a key so that a missing, changed or forged row shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from tbb.clock import now
from tbb.crypto import mac_key
from tbb.database import keyring, one_at_a_time, rows, run, transaction
from tbb.models import AuditRow
from tbb.models.kinds import Duty
from tbb.policy import COUNTY, Actor, Held, Permission, Place, may
from tbb.services import limits

GENESIS = "0" * 64
PLAIN, KEYED = 1, 2
"""The two schemes of a row's digest: a hash that anybody can make, and one that takes a key of the keyring."""
COLUMNS = "at, actor, action, thing, thing_id, fields, note, duty, unit, organizer, outcome, request, client"
BATCH = 10_000
BEGINS = "audit_begins"
REFUSALS_PER_MINUTE = 1
_CONTROL = dict.fromkeys((*range(32), 127), " ")
_PERMISSIONS = frozenset(Permission)
_RANK = {duty: rank for rank, duty in enumerate(Duty)}

surroundings: ContextVar[tuple[str, str]] = ContextVar("surroundings", default=("", ""))
"""The request's number and a short mark of the network it came from; empty outside a request."""


@dataclass(frozen=True)
class Verdict:
    """What walking the chain showed: how many rows, how many of them without a key, and the first that is wrong."""

    rows: int
    plain: int
    broken: int | None = None
    why: str = ""


def record(
    actor: Actor,
    action: str,
    thing: str,
    thing_id: object,
    *,
    place: Place = COUNTY,
    fields: Iterable[str] = (),
    note: str = "",
    outcome: str = "done",
) -> None:
    """Add one row within the caller's transaction: names of fields, never their contents.

    `action` is ``thing:verb``; `place` says which unit and organizer it concerns; `outcome` is done, read or refused.
    """
    one_at_a_time("audit")
    moment = AuditRow.at.db_value(now())
    request, client = surroundings.get()
    told = (
        actor.name, action[:60], thing[:40], _line(str(thing_id), 40), ",".join(sorted(fields)), _line(note, 300),
        duty_of(actor, action, place), place.unit, _organizer(place), outcome, request[:16], client[:20],
    )  # fmt: skip
    previous = _last_digest()
    digest = keyring().mac(words_of(previous, moment, told))
    run(
        f"INSERT INTO audit_row ({COLUMNS}, previous, digest, scheme) VALUES ({', '.join('?' * 16)})",
        (moment, *told, previous, digest, KEYED),
    )


@transaction
def record_reading(actor: Actor, action: str, thing: str, thing_id: object, *, place: Place = COUNTY) -> None:
    """Write, and commit before anything is served, that somebody reads; in a transaction of its own."""
    record(actor, action, thing, thing_id, place=place, outcome="read")


def record_refusal(actor: Actor, action: str, page: str) -> None:
    """Write that a signed-in person was refused a page; the same one at most once a minute, so that none can flood."""
    if not actor.signed_in:
        return
    try:
        limits.spend("refusal", f"{actor.name} {page}", most=REFUSALS_PER_MINUTE, seconds=60)
    except limits.TooOften:
        return
    _refused(actor, action, page)


@transaction
def _refused(actor: Actor, action: str, page: str) -> None:
    record(actor, action, "page", page, outcome="refused")


def place_of_unit(slug: str) -> tuple[int, Place] | None:
    """Find a unit's number and place by its address; None when there is no such unit."""
    found = rows("SELECT id, organizer_id FROM unit WHERE slug = ?", (slug,))
    return (found[0][0], Place(unit=found[0][0], organizer=found[0][1])) if found else None


def place_of_case(key: str) -> tuple[str, Place] | None:
    """Find a case's reference and place by its key; None when there is no such case."""
    found = rows(
        "SELECT c.reference, c.unit_id, u.organizer_id FROM casefile c JOIN unit u ON u.id = c.unit_id WHERE c.key = ?",
        (key,),
    )
    return (found[0][0], Place(unit=found[0][1], organizer=found[0][2])) if found else None


def place_of_meeting(key: str) -> tuple[str, Place] | None:
    """Find a meeting's reference and place by its key; None when there is no such meeting."""
    found = rows(
        "SELECT m.reference, c.unit_id, u.organizer_id FROM meeting m JOIN casefile c ON c.id = m.case_id"
        " JOIN unit u ON u.id = c.unit_id WHERE m.key = ?",
        (key,),
    )
    return (found[0][0], Place(unit=found[0][1], organizer=found[0][2])) if found else None


def place_of_talk(key: str) -> tuple[str, Place] | None:
    """Find a booked talk's reference and place by its key; None when there is no such talk."""
    found = rows(
        "SELECT b.reference, h.unit_id, u.organizer_id FROM talk_booking b JOIN talk_host h ON h.id = b.host_id"
        " LEFT JOIN unit u ON u.id = h.unit_id WHERE b.key = ?",
        (key,),
    )
    return (found[0][0], Place(unit=found[0][1], organizer=found[0][2])) if found else None


def place_of_plan(key: str) -> tuple[str, Place] | None:
    """Find a plan's reference and place by its key; None when there is no such plan."""
    found = rows(
        "SELECT p.reference, c.unit_id, u.organizer_id FROM plan p JOIN casefile c ON c.id = p.case_id"
        " JOIN unit u ON u.id = c.unit_id WHERE p.key = ?",
        (key,),
    )
    return (found[0][0], Place(unit=found[0][1], organizer=found[0][2])) if found else None


def duty_of(actor: Actor, action: str, place: Place) -> str:
    """Name the duty in which somebody acts: one that allows it there, or reaches there, or else any; "" for none."""
    if not actor.held:
        return ""
    wanted = Permission(action) if action in _PERMISSIONS else None
    fitting = (
        [held for held in actor.held if wanted and _allows(actor, held, wanted, place)]
        or [held for held in actor.held if held.covers(place)]
        or list(actor.held)
    )
    return min(fitting, key=_nearest).duty.value


def _nearest(held: Held) -> tuple[bool, bool, int]:
    """Sort duties so that the one for a unit comes first, then an organizer's, and of like ones the weightiest."""
    return held.unit is None, held.organizer is None, -_RANK[held.duty]


def _allows(actor: Actor, held: Held, permission: Permission, place: Place) -> bool:
    return may(replace(actor, held=frozenset({held})), permission, place)


def first_broken() -> int | None:
    """Walk the whole chain; give the number of the first row that does not fit, or None when all is well."""
    return verify().broken


def verify(anchored: Mapping[int, tuple[int, str]] | None = None) -> Verdict:
    """Walk the whole chain, and hold it to what was anchored outside: {row: (rows until then, digest)}.

    Only an anchor shows that rows are cut off at the end, or that the whole was made anew.
    """
    expected, previous, scheme, count, plain = dict(anchored or {}), _beginning(), PLAIN, 0, 0
    for number, stated, digest, row_scheme, moment, *told in _every_row():
        count += 1
        why = "it does not follow the row before it" if stated != previous else ""
        why = why or _fault(scheme, row_scheme, digest, previous, moment, told)
        if not why and number in expected and expected.pop(number) != (count, digest):
            why = "an anchor outside says something else of it"
        if why:
            return Verdict(count, plain, number, why)
        previous, scheme, plain = digest, row_scheme, plain + (row_scheme == PLAIN)
    if expected:
        return Verdict(count, plain, min(expected), "an anchor outside knows of it, and it is gone")
    return Verdict(count, plain)


@transaction
def vouch_for_beginning(actor: Actor) -> int | None:
    """After old rows were removed by a decision, vouch with the key for the first one left; give its number.

    Only who has the key can say so: without it, a chain whose beginning is gone is broken.
    """
    first = rows("SELECT id, previous FROM audit_row ORDER BY id LIMIT 1")
    if not first:
        return None
    number, previous = first[0]
    value = f"{previous} {keyring().mac(f'the audit begins after {previous}')}"
    run(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (BEGINS, value),
    )
    record(actor, "audit:begin", "audit", number)
    return number


def _beginning() -> str:
    """What the first row follows on: nothing, or rows that were removed and vouched for."""
    found = rows("SELECT value FROM meta WHERE key = ?", (BEGINS,))
    previous, _, mac = (found[0][0] if found else "").partition(" ")
    return previous if keyring().verify_mac(f"the audit begins after {previous}", mac) else GENESIS


def words_of(previous: str, moment: object, told: Iterable[object]) -> str:
    """Put into one text, for its digest, all that a row says. No value holds the mark that parts them."""
    return "\x1f".join((previous, _moment(moment), *("-" if value is None else str(value) for value in told)))


def _fault(before: int, scheme: int, digest: str, previous: str, moment: object, told: list[Any]) -> str:
    """Say what is wrong with a row's digest; "" when nothing is."""
    if scheme == KEYED:
        if keyring().verify_mac(words_of(previous, moment, told), str(digest)):
            return ""
        known = keyring().has(mac_key(str(digest)))
        return "it has been changed" if known else "the key it was written with is not in the key file"
    if scheme != PLAIN or before != PLAIN:
        return "it is written without a key, after rows with one"
    return "" if digest == _plain_digest(previous, moment, told) else "it has been changed"


def _plain_digest(previous: str, moment: object, told: list[Any]) -> str:
    """What the digest of a row of the first scheme must be."""
    values = (_moment(moment), *(str(value) for value in told[:6]), previous)
    return hashlib.sha256("\x1f".join(values).encode("utf-8", "surrogatepass")).hexdigest()


def _every_row() -> Iterator[tuple]:
    """Read the chain in its order, raw and in batches: a model for each of a million rows would take minutes."""
    asked = f"SELECT id, previous, digest, scheme, {COLUMNS} FROM audit_row WHERE id > ? ORDER BY id LIMIT {BATCH}"
    last = -(2**62)
    while found := rows(asked, (last,)):
        yield from found
        last = found[-1][0]


def _moment(stored: object) -> str:
    """Write a stored moment the same way on either engine."""
    text = stored.replace(" ", "T", 1) if isinstance(stored, str) else stored.isoformat()
    return f"{text}+00:00"


def _line(text: str, most: int) -> str:
    """Make a text fit for one line of the audit."""
    return text[:most].translate(_CONTROL).encode("utf-8", "replace").decode()


def _organizer(place: Place) -> int | None:
    """The organizer a row concerns; a unit's own when only the unit is named."""
    if place.organizer is not None or place.unit is None:
        return place.organizer
    found = rows("SELECT organizer_id FROM unit WHERE id = ?", (place.unit,))
    return found[0][0] if found else None


def _last_digest() -> str:
    last = rows("SELECT digest FROM audit_row ORDER BY id DESC LIMIT 1")
    return last[0][0] if last else GENESIS

"""The audit: who did or read what, chained so that a missing or changed row shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextvars import ContextVar

from tbb.clock import now
from tbb.database import one_at_a_time, transaction
from tbb.models import AuditRow
from tbb.policy import COUNTY, Actor, Place

GENESIS = "0" * 64
surroundings: ContextVar[tuple[str, str]] = ContextVar("surroundings", default=("", ""))
"""The request's number and a short mark of the network it came from; empty outside a request."""


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
    previous = _last_digest()
    moment = now()
    named = ",".join(sorted(fields))
    values = (moment.isoformat(), actor.name, action, thing, str(thing_id), named, note[:300], previous)
    AuditRow.create(
        at=moment,
        actor=actor.name,
        action=action,
        thing=thing,
        thing_id=str(thing_id),
        fields=named,
        note=note[:300],
        previous=previous,
        digest=_digest(values),
        unit=place.unit,
        organizer=place.organizer,
        outcome=outcome,
    )


@transaction
def record_reading(actor: Actor, action: str, thing: str, thing_id: object, *, place: Place = COUNTY) -> None:
    """Write, and commit before anything is served, that somebody reads; in a transaction of its own."""
    record(actor, action, thing, thing_id, place=place, outcome="read")


def first_broken() -> int | None:
    """Walk the whole chain; give the number of the first row that does not fit, or None when all is well."""
    previous = GENESIS
    for row in AuditRow.select().order_by(AuditRow.id).iterator():
        values = (row.at.isoformat(), row.actor, row.action, row.thing, row.thing_id, row.fields, row.note, previous)
        if row.previous != previous or row.digest != _digest(values):
            return row.id
        previous = row.digest
    return None


def _last_digest() -> str:
    last = AuditRow.select(AuditRow.digest).order_by(AuditRow.id.desc()).first()
    return last.digest if last else GENESIS


def _digest(values: tuple[str, ...]) -> str:
    return hashlib.sha256("\x1f".join(values).encode("utf-8", "surrogatepass")).hexdigest()

"""The audit: who did what to which thing, chained so that a missing or changed row shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from tbb.clock import now
from tbb.database import one_at_a_time
from tbb.models import AuditRow

GENESIS = "0" * 64


def record(
    actor: str, action: str, thing: str, thing_id: object, *, fields: Iterable[str] = (), note: str = ""
) -> None:
    """Add one row within the caller's transaction: names of fields, never their contents.

    `actor` is a user's number, ``public``, ``command`` or ``worker``; `action` is ``thing:verb``.
    """
    one_at_a_time("audit")
    previous = _last_digest()
    moment = now()
    named = ",".join(sorted(fields))
    values = (moment.isoformat(), actor, action, thing, str(thing_id), named, note[:300], previous)
    AuditRow.create(
        at=moment,
        actor=actor,
        action=action,
        thing=thing,
        thing_id=str(thing_id),
        fields=named,
        note=note[:300],
        previous=previous,
        digest=_digest(values),
    )


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

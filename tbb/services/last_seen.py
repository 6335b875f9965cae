"""When somebody who signs in last looked at what is new, for *Nytt sedan sist*."""

from __future__ import annotations

from datetime import datetime, timedelta

from tbb import clock
from tbb.database import load, transaction
from tbb.models import LastSeen
from tbb.policy import Actor, Permission, require
from tbb.services import audit, published
from tbb.services.published import Piece

FIRST = timedelta(days=30)
"""How far back who comes for the first time is told of."""


def new_for(actor: Actor) -> list[Piece]:
    """Give what has been published since the actor's last visit, the newest first; changes nothing."""
    return published.since(_since(actor))


@transaction
def seen(actor: Actor) -> None:
    """Note that the actor has seen what is new now. Raises Refused."""
    require(actor, Permission.SEE_NEW)
    moment = clock.now()
    found = load(LastSeen, "account_id = ?", (actor.account,))
    if not found:
        LastSeen.create(account=actor.account, before_at=moment, at=moment)
    else:
        LastSeen.update(before_at=moment, at=moment).where(LastSeen.id == found[0].id).execute()
    audit.record(actor, "new:seen", "account", actor.account, fields=("at",))


def _since(actor: Actor) -> datetime:
    found = load(LastSeen, "account_id = ?", (actor.account,))
    return found[0].before_at if found else clock.now() - FIRST

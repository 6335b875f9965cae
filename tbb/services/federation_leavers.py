"""Those who no longer come: accounts that only their organisation can let in, and that it has not for long."""

from __future__ import annotations

from datetime import timedelta

from tbb import clock
from tbb.database import transaction
from tbb.models import Account, Identity, Passkey
from tbb.policy import WORKER, Place
from tbb.services import audit, sittings

UNUSED_FOR = timedelta(days=400)
"""A year and a holiday: who has left is let in by nobody, and who is on leave finds a way back through an admin."""


@transaction
def disable_unused() -> int:
    """Disable accounts with no other way in than their organisation, not signed in to for 400 days; tell how many."""
    latest = clock.now() - UNUSED_FOR
    ways = Identity.select(Identity.account)
    keys = Passkey.select(Passkey.account)
    unused = list(
        Account.select().where(
            Account.state == "active",
            Account.password == "",
            Account.id.in_(ways),
            Account.id.not_in(keys),
            (Account.signed_in_at < latest) | (Account.signed_in_at.is_null() & (Account.created_at < latest)),
        )
    )
    for account in unused:
        Account.update(state="disabled", disabled_at=clock.now()).where(Account.id == account.id).execute()
        sittings.end_all(account.id)
        place = Place(organizer=account.organizer_id, about=account.id)
        audit.record(WORKER, "account:disable", "account", account.id, place=place, fields=("state",), note="oanvänt")
    return len(unused)

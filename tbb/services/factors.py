"""What all second factors share: whose they are, how many there are, and what follows when they change."""

from __future__ import annotations

from dataclasses import dataclass

from tbb import clock
from tbb.clock import local
from tbb.database import one_at_a_time, rows
from tbb.models import Account
from tbb.policy import Actor, Permission, Place, Refused, require
from tbb.services import audit, letters

COUNT = """
    SELECT (SELECT COUNT(*) FROM passkey WHERE account_id = ?)
         + (SELECT COUNT(*) FROM authenticator WHERE account_id = ? AND confirmed_at IS NOT NULL)
"""


class Unproven(Exception):
    """What was given does not prove who it is. Nothing tells why, so that nobody learns what there is."""


class LastFactor(Exception):
    """The only passkey or app that is left cannot be taken away: nobody could sign in any more."""


@dataclass(frozen=True)
class Party:
    """Whom a passkey is for: `id` is the name of our host, `origin` the address of our pages."""

    id: str
    origin: str
    name: str = "Tillsammans för barnens bästa i Sörmland"


def count(account: int) -> int:
    """Count the passkeys and apps of an account; recovery codes are a way out, not a factor of their own."""
    return rows(COUNT, (account, account))[0][0]


def one_after_another(account: int) -> None:
    """Within the caller's transaction, wait until nobody else changes the factors of this account."""
    one_at_a_time(f"factors:{account}")


def permit(actor: Actor) -> int:
    """Let somebody change their own factors, within the caller's transaction; give the account's number.

    One who has only given a password may make the very first factor and no other, or a stolen password would be
    enough to get in. Raises Refused.
    """
    if actor.account is None:
        raise Refused(f"{actor.name} has no account.")
    one_after_another(actor.account)
    if not actor.halfway:
        require(actor, Permission.OWN_ACCOUNT)
    elif count(actor.account):
        raise Refused(f"{actor.name} must give the factor there is before making another.")
    return actor.account


def note(
    actor: Actor, account: int, action: str, *, told: str = "", thing_id: object = "", outcome: str = "done"
) -> None:
    """Within the caller's transaction, write a change in the audit and, when there is something to tell, a letter."""
    whose = Account.get_by_id(account)
    place = Place(organizer=whose.organizer_id, about=account)
    audit.record(actor, action, "account", account, place=place, note=str(thing_id), outcome=outcome)
    if told:
        moment = clock.now()
        letters.write(
            f"factor_changed:{account}:{action}:{thing_id}:{moment.isoformat()}",
            whose.email,
            "factor_changed",
            {"what": told, "when": f"{local(moment):%Y-%m-%d kl. %H.%M}"},
        )

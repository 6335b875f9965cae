"""Who an account is today: its duties, read anew for every request, so that what is taken away is gone at once."""

from __future__ import annotations

from tbb import clock
from tbb.database import rows
from tbb.models.kinds import Duty, Role
from tbb.policy import Actor, Held

FROM_ROLE = {Role.BBA: Duty.BBA, Role.DEPUTY: Duty.DEPUTY}
DUTIES = """
    SELECT g.duty, g.unit_id, g.organizer_id, u.organizer_id FROM "grant" g LEFT JOIN unit u ON u.id = g.unit_id
    WHERE g.account_id = ? AND g.ended_at IS NULL AND g.starts_on <= ? AND (g.ends_on IS NULL OR g.ends_on >= ?)
    UNION ALL
    SELECT r.role, r.unit_id, NULL, u.organizer_id FROM responsibility r
    JOIN account a ON a.person_id = r.person_id JOIN unit u ON u.id = r.unit_id
    WHERE a.id = ? AND r.role IN ('bba', 'deputy') AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on >= ?)
"""


def duties(account: int) -> frozenset[Held]:
    """Read the duties that an account holds today, given by hand or following from a responsibility."""
    today = clock.today()
    found = rows(DUTIES, (account, today, today, account, today, today))
    return frozenset(Held(Duty(duty), unit, organizer, of) for duty, unit, organizer, of in found)


def of_account(account: int, *, halfway: bool = False, strong: bool = False, demo: bool = False) -> Actor:
    """Make the actor of a signed-in account; one who is halfway holds nothing yet."""
    return Actor(
        name=f"account:{account}",
        account=account,
        held=frozenset() if halfway else duties(account),
        halfway=halfway,
        strong=strong and not halfway,
        in_demo=demo,
    )

"""Carries the answers of a wheel from the public page into a form behind the sign-in: sealed, once, for half an hour.

What is carried is seven levels and nothing else: not who the child is, not who asks, not from where.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from tbb import clock
from tbb.database import transaction
from tbb.models import OneTimeToken
from tbb.policy import Actor, Permission, require
from tbb.services import limits, tokens
from tbb.services.wheel_texts import AREAS, LEVELS

PURPOSE = "carried_wheel"
MINUTES = 30
LASTS = timedelta(minutes=MINUTES)
PER_SENDER, PER_SENDER_SECONDS = 20, 600


def carry(actor: Actor, sender: str, levels: Mapping[str, str]) -> str:
    """Seal the levels of the seven areas and give the secret that opens them once; raise TooOften.

    Whatever is not an area with one of the four levels is left behind.
    """
    require(actor, Permission.TELL_US)
    limits.spend("carried_wheel", sender, most=PER_SENDER, seconds=PER_SENDER_SECONDS)
    return tokens.issue(PURPOSE, "", lasts=LASTS, payload={"levels": _known(levels)}, alone=False)


def look(token: str) -> dict[str, str]:
    """Give the levels that a secret carries, by area, and let them lie; {} when there are none or no longer."""
    found = tokens.look(PURPOSE, token)
    return _known(found.payload.get("levels", {})) if found else {}


@transaction
def take(token: str) -> dict[str, str]:
    """Give the levels that a secret carries, by area, and forget them; {} when they are gone."""
    found = tokens.redeem(PURPOSE, token)
    if found is None:
        return {}
    OneTimeToken.delete().where(OneTimeToken.id == found.id).execute()
    return _known(found.payload.get("levels", {}))


@transaction
def forget_late() -> int:
    """Remove answers that nobody came to fetch in time; tell how many."""
    late = (OneTimeToken.purpose == PURPOSE) & (OneTimeToken.expires_at <= clock.now())
    return OneTimeToken.delete().where(late).execute()


def _known(levels: Mapping[str, str]) -> dict[str, str]:
    return {area: levels[area] for area in AREAS if levels.get(area) in LEVELS}

"""One-time tokens: a secret sent to somebody, for one purpose, used once; only its hash is kept."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tbb import clock
from tbb.database import keyring, transaction
from tbb.models import OneTimeToken
from tbb.services.sittings import digest


@dataclass(frozen=True)
class Token:
    """A token that is good: what it is about, and what was kept sealed with it."""

    id: int
    purpose: str
    subject: str
    payload: dict[str, Any]


@transaction
def issue(
    purpose: str,
    subject: object,
    *,
    lasts: timedelta,
    payload: dict[str, Any] | None = None,
    alone: bool = True,
    secret: str = "",
) -> str:
    """Make a token of 256 bits and give it; unless `alone` is False, older ones for the same end now.

    `secret` is one of the caller's own, for what is printed on paper: tries at such are counted.
    """
    if alone:
        revoke(purpose, subject)
    secret, moment = secret or secrets.token_urlsafe(32), clock.now()
    made = digest(secret)
    OneTimeToken.create(
        digest=made,
        purpose=purpose,
        subject=str(subject),
        payload=keyring().seal(json.dumps(payload), f"one_time_token.payload:{made}") if payload else None,
        created_at=moment,
        expires_at=moment + lasts,
    )
    return secret


def look(purpose: str, secret: str) -> Token | None:
    """Find a good token without using it; None when unknown, used, expired or for another purpose."""
    found = OneTimeToken.get_or_none(
        OneTimeToken.digest == digest(secret),
        OneTimeToken.purpose == purpose,
        OneTimeToken.used_at.is_null(),
        OneTimeToken.expires_at > clock.now(),
    )
    return _opened(found) if found else None


def standing(purpose: str, subject: object) -> Token | None:
    """Find the newest good token of a purpose for a subject, without its secret; None when there is none."""
    found = (
        OneTimeToken.select()
        .where(
            OneTimeToken.purpose == purpose,
            OneTimeToken.subject == str(subject),
            OneTimeToken.used_at.is_null(),
            OneTimeToken.expires_at > clock.now(),
        )
        .order_by(OneTimeToken.id.desc())
        .first()
    )
    return _opened(found) if found else None


@transaction
def redeem(purpose: str, secret: str) -> Token | None:
    """Use a token; of many at once exactly one gets it, the others None."""
    moment = clock.now()
    used = (
        OneTimeToken.update(used_at=moment)
        .where(
            OneTimeToken.digest == digest(secret),
            OneTimeToken.purpose == purpose,
            OneTimeToken.used_at.is_null(),
            OneTimeToken.expires_at > moment,
        )
        .execute()
    )
    return _opened(OneTimeToken.get(OneTimeToken.digest == digest(secret))) if used == 1 else None


@transaction
def take(purpose: str) -> Token | None:
    """Take the oldest good token of a purpose and forget it: a sealed wish that waits for the worker; None when none.

    Of many at once each gets another one, or None.
    """
    found = (
        OneTimeToken.select()
        .where(OneTimeToken.purpose == purpose, OneTimeToken.used_at.is_null(), OneTimeToken.expires_at > clock.now())
        .order_by(OneTimeToken.id)
        .first()
    )
    taken = found is not None and OneTimeToken.delete().where(OneTimeToken.id == found.id).execute() == 1
    return _opened(found) if taken else None


@transaction
def pass_on(purpose: str, subject: object, to: object) -> int:
    """Let every unused token of a purpose for a subject be for another one from now on; tell how many."""
    return (
        OneTimeToken.update(subject=str(to))
        .where(OneTimeToken.purpose == purpose, OneTimeToken.subject == str(subject), OneTimeToken.used_at.is_null())
        .execute()
    )


@transaction
def revoke(purpose: str, subject: object) -> int:
    """End every unused token of a purpose for a subject; tell how many."""
    return (
        OneTimeToken.update(used_at=clock.now())
        .where(OneTimeToken.purpose == purpose, OneTimeToken.subject == str(subject), OneTimeToken.used_at.is_null())
        .execute()
    )


@transaction
def prolong(purpose: str, subject: object, until: datetime) -> None:
    """Let the unused tokens of a purpose for a subject last until a moment, if they would end before it."""
    OneTimeToken.update(expires_at=until).where(
        OneTimeToken.purpose == purpose,
        OneTimeToken.subject == str(subject),
        OneTimeToken.used_at.is_null(),
        OneTimeToken.expires_at < until,
        OneTimeToken.expires_at > clock.now(),
    ).execute()


@transaction
def forget_old() -> int:
    """Remove tokens that expired more than a month ago; tell how many."""
    return OneTimeToken.delete().where(OneTimeToken.expires_at < clock.now() - timedelta(days=30)).execute()


def _opened(found: OneTimeToken) -> Token:
    payload = keyring().open(found.payload, f"one_time_token.payload:{found.digest}") if found.payload else "{}"
    return Token(found.id, found.purpose, found.subject, json.loads(payload))

"""Sittings: who is signed in, in which browser, since when and until when. Only a cookie's hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from tbb import clock
from tbb.database import load, rows, run, transaction
from tbb.models import Sitting

IDLE = timedelta(minutes=30)
WARNING = timedelta(minutes=25)
LONGEST = timedelta(hours=10)
HALFWAY = timedelta(minutes=15)
FRESH = timedelta(minutes=10)
SEEN_EVERY = timedelta(seconds=60)


def digest(secret: str) -> str:
    """What is kept of a secret: its SHA-256, in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction
def begin(
    account: int,
    *,
    method: str,
    halfway: bool = False,
    strong: bool = False,
    browser: str = "",
    upstream: str = "",
) -> str:
    """Begin a sitting and give its secret for the cookie: 256 bits that are kept nowhere.

    `method` names how (``password``, ``passkey``, ``password+totp``, ``oidc``, ``proxy``, ``demo``); `upstream` is the
    identity provider's own name of the session, for signing out from there.
    """
    secret, moment = secrets.token_urlsafe(32), clock.now()
    Sitting.create(
        digest=digest(secret),
        account=account,
        stage="half" if halfway else "whole",
        method=method,
        strong=strong,
        browser=browser[:60],
        began_at=moment,
        seen_at=moment,
        ends_at=moment + (HALFWAY if halfway else LONGEST),
        proved_at=None if halfway else moment,
        upstream=upstream,
    )
    if not halfway:
        run("UPDATE account SET signed_in_at = ? WHERE id = ?", (_stored(moment), account))
    return secret


def find(secret: str) -> Sitting | None:
    """Find the sitting of a cookie; None when it has ended, been idle too long, or its account may not sign in."""
    found = load(Sitting, "digest = ?", (digest(secret),))
    if not found:
        return None
    sitting, moment = found[0], clock.now()
    if moment >= sitting.ends_at or moment - sitting.seen_at >= IDLE:
        return None
    state = rows("SELECT state FROM account WHERE id = ?", (sitting.account_id,))
    return sitting if state and state[0][0] == "active" else None


def touch(sitting: Sitting) -> None:
    """Note that somebody is still there; at most once a minute, so that reading seldom writes."""
    moment = clock.now()
    if moment - sitting.seen_at >= SEEN_EVERY:
        Sitting.update(seen_at=moment).where(Sitting.id == sitting.id).execute()
        sitting.seen_at = moment


@transaction
def finish(sitting: Sitting, *, method: str, strong: bool) -> str:
    """Make a half sitting whole, under a new secret; give it. Whoever knew the old one is out."""
    secret, moment = secrets.token_urlsafe(32), clock.now()
    Sitting.update(
        digest=digest(secret),
        stage="whole",
        method=method,
        strong=strong,
        seen_at=moment,
        ends_at=moment + LONGEST,
        proved_at=moment,
    ).where(Sitting.id == sitting.id).execute()
    run("UPDATE account SET signed_in_at = ? WHERE id = ?", (_stored(moment), sitting.account_id))
    return secret


@transaction
def prove(sitting: Sitting) -> str:
    """Note that the person has just proved who they are once more, under a new secret; give it."""
    secret, moment = secrets.token_urlsafe(32), clock.now()
    Sitting.update(digest=digest(secret), proved_at=moment, seen_at=moment).where(Sitting.id == sitting.id).execute()
    return secret


def is_fresh(sitting: Sitting) -> bool:
    """Whether the person proved who they are within the last ten minutes."""
    return sitting.proved_at is not None and clock.now() - sitting.proved_at <= FRESH


def of_account(account: int) -> list[Sitting]:
    """List an account's sittings that have not ended, newest first."""
    moment = clock.now()
    return list(
        Sitting.select()
        .where(Sitting.account == account, Sitting.ends_at > moment, Sitting.seen_at > moment - IDLE)
        .order_by(Sitting.began_at.desc())
    )


@transaction
def end(sitting_id: int, account: int) -> bool:
    """End one sitting of an account; False when it has no such sitting."""
    return bool(Sitting.delete().where(Sitting.id == sitting_id, Sitting.account == account).execute())


@transaction
def end_all(account: int, *, but: int | None = None) -> int:
    """End every sitting of an account, but for one when it is named; tell how many."""
    condition = Sitting.account == account
    if but is not None:
        condition &= Sitting.id != but
    return Sitting.delete().where(condition).execute()


@transaction
def end_upstream(upstream: str) -> int:
    """End the sittings that an identity provider's session began; tell how many."""
    return Sitting.delete().where(Sitting.upstream == upstream, Sitting.upstream != "").execute()


@transaction
def leave_notice(sitting: Sitting, text: str) -> None:
    """Keep one sentence to show on the next page. Nothing about a child may be in it."""
    Sitting.update(notice=text[:300]).where(Sitting.id == sitting.id).execute()


def take_notice(sitting: Sitting) -> str:
    """Give the sentence that was left and forget it."""
    if not sitting.notice:
        return ""
    Sitting.update(notice="").where(Sitting.id == sitting.id).execute()
    return sitting.notice


@transaction
def forget_ended() -> int:
    """Remove sittings that have ended or been idle too long; tell how many."""
    moment = clock.now()
    return Sitting.delete().where((Sitting.ends_at <= moment) | (Sitting.seen_at <= moment - IDLE)).execute()


def _stored(moment: datetime) -> object:
    return Sitting.seen_at.db_value(moment)

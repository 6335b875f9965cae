"""Accounts to test with: with a cheap password, in any state, and with duties."""

from __future__ import annotations

import secrets
from itertools import count

from tbb import clock
from tbb.models import Account, Grant
from tbb.models.kinds import Duty
from tbb.services.passwords import hasher

PASSWORD = "korrekt häst spade moln"
CHEAP = hasher(64)
KEPT = CHEAP.make(PASSWORD)
_numbers = count(1)


def member(email: str = "", *, state: str = "active", **more) -> Account:
    """Make an account that signs in with PASSWORD; one that is invited has no password yet."""
    number = next(_numbers)
    return Account.create(
        **{
            "key": secrets.token_hex(16),
            "email": email or f"person{number}@skolan.example",
            "name": "Sara Skissberg",
            "state": state,
            "password": "" if state == "invited" else KEPT,
            "created_at": clock.now(),
        }
        | more
    )


def give(account: Account, duty: Duty, **place) -> Grant:
    """Give an account a duty from today on, for unit=, organizer= or the whole county."""
    return Grant.create(
        **{"account": account, "duty": duty, "starts_on": clock.today(), "given_at": clock.now()} | place
    )

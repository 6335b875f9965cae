"""Signing in with an address and a password: the first of two factors, counted, audited and the same for nobody."""

from __future__ import annotations

from dataclasses import dataclass

from tbb.database import keyring, rows, run, transaction
from tbb.policy import VISITOR, Actor, Place
from tbb.services import audit, limits, sittings
from tbb.services.invitations import address
from tbb.services.passwords import Hasher

WINDOW = 300
MOST_PER_ADDRESS = 5
MOST_PER_HOUSEHOLD = 10
MOST_IN_ALL = 1000


@dataclass(frozen=True)
class Known:
    """What signing in needs of an account; number 0 and no hash when nobody may sign in under the address."""

    number: int
    kept: str
    organizer: int | None


NOBODY = Known(0, "", None)


def attempt(email: str, password: str, *, hasher: Hasher, who: str, browser: str = "") -> str | None:
    """Try an address and a password; give the secret of a sitting that owes the second factor, or None.

    None says nothing about why, and unknown, invited and disabled accounts take as long as any other. Raises
    TooOften. `who` is the household that asks. No sitting that is going on is ever touched.
    """
    count(who, email)
    known = _find(email)
    if not hasher.fits(known.kept, password):
        _note_refusal(email, known)
        return None
    renewed = hasher.make(password) if hasher.is_old(known.kept) else ""
    return _let_in(known, renewed, browser)


def count(who: str, email: str) -> None:
    """Count one try; raise TooOften. The household first, so that one who floods uses up nobody else's tries."""
    limits.spend("sign-in", who, most=MOST_PER_HOUSEHOLD, seconds=WINDOW)
    limits.spend("sign-in to", address(email), most=MOST_PER_ADDRESS, seconds=WINDOW)
    limits.spend("sign-in", "everybody", most=MOST_IN_ALL, seconds=WINDOW)


def is_password_of(account: int, password: str, *, hasher: Hasher) -> bool:
    """Tell whether this is the account's password, for changing it or proving who one is; raises TooOften."""
    limits.spend("password", str(account), most=MOST_PER_ADDRESS, seconds=WINDOW)
    found = rows("SELECT password FROM account WHERE id = ?", (account,))
    return hasher.fits(found[0][0] if found else "", password)


def _find(email: str) -> Known:
    """Look an address up: only an active account is anybody."""
    found = rows("SELECT id, password, organizer_id, state FROM account WHERE email = ?", (address(email),))
    if not found:
        return NOBODY
    number, kept, organizer, state = found[0]
    return Known(number, kept if state == "active" else "", organizer)


@transaction
def _let_in(known: Known, renewed: str, browser: str) -> str | None:
    """Begin the sitting, unless the password was changed or the account closed while it was being checked."""
    sql = "UPDATE account SET password = ? WHERE id = ? AND password = ? AND state = 'active'"
    if run(sql, (renewed or known.kept, known.number, known.kept)).rowcount != 1:
        return None
    actor = Actor(f"account:{known.number}", account=known.number)
    place = Place(organizer=known.organizer, about=known.number)
    audit.record(actor, "account:sign-in", "account", known.number, place=place, note="password")
    return sittings.begin(known.number, method="password", halfway=True, browser=browser)


@transaction
def _note_refusal(email: str, known: Known) -> None:
    """Write down that somebody was refused; of an address that nobody has only a fingerprint."""
    whom = known.number or f"unknown:{keyring().fingerprint(address(email))[:16]}"
    place = Place(organizer=known.organizer, about=known.number or None)
    audit.record(VISITOR, "account:refused", "account", whom, place=place, note="password", outcome="refused")

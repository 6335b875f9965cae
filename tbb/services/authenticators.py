"""Codes from an app: the secret is sealed, and every half minute's code opens once only."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta

import pyotp

from tbb import clock
from tbb.database import keyring, run, transaction
from tbb.models import Account, Authenticator
from tbb.policy import Actor
from tbb.services import factors, sittings, tokens
from tbb.services.factors import LastFactor, Unproven

PURPOSE = "authenticator"
ISSUER = "Barnens bästa i Sörmland"
LASTS = timedelta(minutes=15)
WINDOW = (-1, 0, 1)
"""Steps of half a minute that a device's clock may be wrong."""
NOBODYS = pyotp.random_base32()
"""What a code is compared with when an account has no app: the answer takes as long."""

_ADDED = ("authenticator:add", "En app för koder har kopplats till ditt konto.")
_REPLACED = ("authenticator:replace", "Appen för koder till ditt konto har bytts ut.")


@dataclass(frozen=True)
class Pending:
    """A secret on its way into an app: `address` is what the QR code says, `groups` what is typed by hand."""

    address: str
    groups: str


def of_account(account: int) -> Authenticator | None:
    """Find an account's app."""
    return Authenticator.get_or_none(Authenticator.account == account, Authenticator.confirmed_at.is_null(False))


@transaction
def begin(actor: Actor) -> str:
    """Make a secret for a new app and give the token that it waits under, sealed, until a first code confirms it."""
    account = factors.permit(actor)
    return tokens.issue(PURPOSE, account, lasts=LASTS, payload={"secret": pyotp.random_base32()})


def pending(actor: Actor, token: str) -> Pending | None:
    """Show the actor's own secret that waits under a token; None when it is not good."""
    secret = _waiting(actor, token)
    if secret is None:
        return None
    address = pyotp.TOTP(secret).provisioning_uri(name=Account.get_by_id(actor.account).email, issuer_name=ISSUER)
    return Pending(address, " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)))


@transaction
def confirm(actor: Actor, token: str, code: str) -> None:
    """Let the app that knows the waiting secret be the actor's own, instead of any they had.

    Raises Unproven when the code is wrong, LookupError when the token is no longer good, or Refused.
    """
    account, secret = factors.permit(actor), _waiting(actor, token)
    if secret is None:
        raise LookupError
    step = _step(secret, code)
    if step is None:
        raise Unproven
    if tokens.redeem(PURPOSE, token) is None:
        raise LookupError
    replaced = Authenticator.delete().where(Authenticator.account == account).execute()
    sealed = keyring().seal(secret, _place(account))
    Authenticator.create(account=account, secret=sealed, confirmed_at=clock.now(), last_step=step)
    told = (
        "Appen för koder till ditt konto har bytts ut."
        if replaced
        else "En app för koder har kopplats till ditt konto."
    )
    factors.note(actor, account, "authenticator:replace" if replaced else "authenticator:add", told=told)


@transaction
def use(account: int, code: str) -> bool:
    """Take a code for good; False when it is wrong, was used before, or is older than one that was used.

    Of many at once, in whatever processes, exactly one is taken.
    """
    app = of_account(account)
    step = _step(keyring().open(app.secret, _place(account)) if app else NOBODYS, code)
    if app is None or step is None:
        return False
    taken = run("UPDATE authenticator SET last_step = ? WHERE id = ? AND last_step < ?", (step, app.id, step))
    return taken.rowcount == 1


@transaction
def remove(actor: Actor, *, keep_sitting: int) -> None:
    """Take the actor's own app away, and end all their other sittings; raise LastFactor, Refused or LookupError."""
    account = factors.permit(actor)
    app = of_account(account)
    if app is None:
        raise LookupError
    if factors.count(account) == 1:
        raise LastFactor
    app.delete_instance()
    sittings.end_all(account, but=keep_sitting)
    factors.note(actor, account, "authenticator:remove", told="Appen för koder har tagits bort från ditt konto.")


def _waiting(actor: Actor, token: str) -> str | None:
    found = tokens.look(PURPOSE, token)
    return found.payload["secret"] if found and found.subject == str(actor.account) else None


def _step(secret: str, code: str) -> int | None:
    """Tell for which step a code is the right one; None when for none near now."""
    app = pyotp.TOTP(secret)
    now = app.timecode(clock.now())
    right = [now + away for away in WINDOW if hmac.compare_digest(app.generate_otp(now + away).encode(), code.encode())]
    return max(right, default=None)


def _place(account: int) -> str:
    return f"authenticator.secret:{account}"

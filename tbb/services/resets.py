"""A forgotten password: asking for a new one tells nobody anything, and the letter is written out of sight."""

from __future__ import annotations

from datetime import timedelta

from tbb import clock
from tbb.database import keyring, transaction
from tbb.models import Account
from tbb.policy import VISITOR, Actor, Place
from tbb.services import audit, invitations, letters, limits, sittings, tokens

ASKED = "reset-asked"
PURPOSE = "reset"
LASTS = timedelta(hours=1)
WAITS = timedelta(hours=6)
MOST_PER_ADDRESS = 5
MOST_PER_HOUSEHOLD = 10
DAY, WINDOW = 24 * 3600, 300


class NotReset(Exception):
    """The link has been used, is too old, was replaced by a newer one, or its account may not sign in."""


def ask(email: str, *, who: str) -> None:
    """Keep, sealed, that somebody wants a new password; raises TooOften.

    Nothing is looked up here: a known, an unknown and a disabled address cost exactly the same.
    """
    limits.spend("reset", who, most=MOST_PER_HOUSEHOLD, seconds=WINDOW)
    limits.spend("reset of", invitations.address(email), most=MOST_PER_ADDRESS, seconds=DAY)
    _keep(invitations.address(email))


@transaction
def answer_next() -> bool:
    """Take the oldest wish for a new password and write the letter it deserves, if any; False when none waits.

    For the worker: safe to run at any time, by many at once.
    """
    asked = tokens.take(ASKED)
    if asked is None:
        return False
    account = Account.get_or_none(Account.email == asked.payload["email"])
    if account is None or account.state == "disabled":
        return True
    if account.state == "invited":
        invitations.write(account)
    elif account.password:
        secret = tokens.issue(PURPOSE, account.id, lasts=LASTS)
        facts = {"name": account.name, "path": f"/konto/aterstall/{secret}"}
        letters.write(f"reset:{sittings.digest(secret)}", account.email, "reset", facts)
    else:
        letters.write(f"reset-elsewhere:{asked.id}", account.email, "reset_elsewhere", {"name": account.name})
    return True


def look(secret: str) -> Account | None:
    """Find whose password a link may change, without using it; None when it is no longer good."""
    token = tokens.look(PURPOSE, secret)
    return _active(token.subject) if token else None


@transaction
def change(secret: str, kept: str, *, browser: str = "") -> str:
    """Change a forgotten password for a hashed one; give the secret of a sitting that owes the second factor.

    Every sitting of the account ends. Raises NotReset; of many at once exactly one gets through.
    """
    token = tokens.redeem(PURPOSE, secret)
    account = _active(token.subject) if token else None
    if account is None:
        raise NotReset
    put_in_place(Actor(f"account:{account.id}", account=account.id), account, kept, note="reset")
    return sittings.begin(account.id, method="password", halfway=True, browser=browser)


@transaction
def put_in_place(actor: Actor, account: Account, kept: str, *, note: str, but: int | None = None) -> None:
    """Let an account have a new password: its sittings (but for one) and its links end, and a letter tells of it."""
    Account.update(password=kept).where(Account.id == account.id).execute()
    sittings.end_all(account.id, but=but)
    tokens.revoke(PURPOSE, account.id)
    moment = clock.now()
    facts = {"name": account.name, "when": f"{clock.local(moment):%Y-%m-%d klockan %H.%M}", "path": "/konto/glomt"}
    letters.write(f"password-changed:{account.id}:{moment.isoformat()}", account.email, "password_changed", facts)
    place = Place(organizer=account.organizer_id, about=account.id)
    audit.record(actor, "account:password", "account", account.id, place=place, fields=("password",), note=note)


@transaction
def _keep(email: str) -> None:
    mark = keyring().fingerprint(email)
    tokens.issue(ASKED, mark, lasts=WAITS, payload={"email": email}, alone=False)
    audit.record(VISITOR, "account:ask-reset", "account", f"unknown:{mark[:16]}")


def _active(subject: str) -> Account | None:
    found = Account.get_or_none(Account.id == int(subject), Account.state == "active")
    return found if found is not None and found.password else None

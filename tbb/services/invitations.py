"""Invitations: a letter with a link under which somebody chooses a password and begins to have an account."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import timedelta

from tbb import clock
from tbb.database import one_at_a_time, transaction
from tbb.models import Account, OneTimeToken, Organizer, Person
from tbb.policy import Actor, Permission, Place, require
from tbb.services import audit, letters, sittings, tokens

PURPOSE = "invitation"
LASTS = timedelta(days=7)
LETTERS_A_DAY = 3


class NotInvited(Exception):
    """The link has been used, is too old, was replaced by a newer one, or its account may not sign in."""


def address(email: str) -> str:
    """Write an e-mail address as accounts keep it: without space around, in lower case."""
    return unicodedata.normalize("NFC", email).strip().lower()


@transaction
def invite(
    actor: Actor, *, email: str, name: str, person: Person | None = None, organizer: Organizer | None = None
) -> Account:
    """Give somebody an account to take in use, and a letter about it; give the account.

    Nothing is checked here: the calling service has required INVITE, APPOINT or whatever right it goes by, in its
    own place, and answers for that the address is the person's own. It runs within the caller's transaction.

    Whoever has an account already keeps it as it is. Not yet taken in use, it gets a new letter, three a day at
    most, and the older links end. To an active or disabled account nothing is sent. `person` ties the account to a
    work contact, whose responsibilities it then has, when neither is tied to anything yet.
    """
    one_at_a_time("accounts")
    found = Account.get_or_none(Account.email == address(email))
    account = found or _create(actor, address(email), name, organizer)
    if person is not None and account.person_id is None and account.state != "disabled":
        _tie(actor, account, person)
    if account.state == "invited":
        write(account)
    return account


@transaction
def write(account: Account) -> bool:
    """Write the letter with a new link to an account that is not yet in use; False after three within a day."""
    lately = OneTimeToken.select().where(
        OneTimeToken.purpose == PURPOSE,
        OneTimeToken.subject == str(account.id),
        OneTimeToken.created_at > clock.now() - timedelta(days=1),
    )
    if lately.count() >= LETTERS_A_DAY:
        return False
    secret = tokens.issue(PURPOSE, account.id, lasts=LASTS)
    facts = {
        "name": account.name,
        "organizer": account.organizer.name if account.organizer else "",
        "path": f"/konto/inbjudan/{secret}",
        "last_day": clock.local(clock.now() + LASTS).date().isoformat(),
    }
    return letters.write(f"invitation:{sittings.digest(secret)}", account.email, "invitation", facts)


def look(secret: str) -> Account | None:
    """Find whose invitation a link is, without using it; None when it is no longer good."""
    token = tokens.look(PURPOSE, secret)
    return _waiting(token.subject) if token else None


@transaction
def accept(secret: str, kept: str, *, browser: str = "") -> str:
    """Take the account in use with a hashed password; give the secret of a sitting that owes the second factor.

    Raises NotInvited when the link is no longer good. Of many at once exactly one gets in.
    """
    token = tokens.redeem(PURPOSE, secret)
    account = _waiting(token.subject) if token else None
    if account is None:
        raise NotInvited
    Account.update(password=kept, state="active").where(Account.id == account.id).execute()
    audit.record(
        Actor(f"account:{account.id}", account=account.id),
        "account:accept",
        "account",
        account.id,
        place=Place(organizer=account.organizer_id, about=account.id),
        fields=("password", "state"),
    )
    return sittings.begin(account.id, method="password", halfway=True, browser=browser)


@transaction
def shut(actor: Actor, email: str) -> bool:
    """Let the account of an address sign in no more, at once also in open sittings; False when there is none.

    For the one who works at the server; others shut accounts under Konton.
    """
    found = Account.get_or_none(Account.email == address(email))
    if found is None:
        return False
    place = Place(organizer=found.organizer_id, about=found.id)
    require(actor, Permission.CHANGE_ACCOUNT, place)
    Account.update(state="disabled", disabled_at=clock.now()).where(Account.id == found.id).execute()
    ended = sittings.end_all(found.id)
    audit.record(actor, "account:disable", "account", found.id, place=place, fields=("state",), note=f"{ended} ended")
    return True


def _waiting(subject: str) -> Account | None:
    return Account.get_or_none(Account.id == int(subject), Account.state == "invited")


def _create(actor: Actor, email: str, name: str, organizer: Organizer | None) -> Account:
    account = Account.create(
        key=secrets.token_hex(16),
        email=email,
        name=" ".join(name.split())[:120],
        organizer=organizer,
        created_at=clock.now(),
    )
    place = Place(organizer=account.organizer_id, about=account.id)
    audit.record(actor, "account:invite", "account", account.id, place=place, fields=("email", "name"))
    return account


def _tie(actor: Actor, account: Account, person: Person) -> None:
    """Tie an account to a person whom no other account is tied to."""
    if Account.select().where(Account.person == person).exists():
        return
    account.person = person
    account.save(only=[Account.person])
    place = Place(organizer=account.organizer_id, about=account.id)
    audit.record(actor, "account:tie", "account", account.id, place=place, fields=("person",))

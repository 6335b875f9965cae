"""One's own account: what it may do, changing its password, and the browsers in which it is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tbb import clock
from tbb.database import load, rows, transaction
from tbb.models import Account, Sitting
from tbb.models.kinds import Duty
from tbb.policy import Actor, Permission, Place, require
from tbb.services import audit, factors, passwords, resets, sign_in, sittings

DUTIES = """
    SELECT g.duty, COALESCE(NULLIF(u.display_name, ''), u.name, o.name, ''), g.starts_on, g.ends_on
    FROM "grant" g LEFT JOIN unit u ON u.id = g.unit_id LEFT JOIN organizer o ON o.id = g.organizer_id
    WHERE g.account_id = ? AND g.ended_at IS NULL AND (g.ends_on IS NULL OR g.ends_on >= ?)
    UNION ALL
    SELECT r.role, COALESCE(NULLIF(u.display_name, ''), u.name), r.starts_on, r.ends_on FROM responsibility r
    JOIN account a ON a.person_id = r.person_id JOIN unit u ON u.id = r.unit_id
    WHERE a.id = ? AND r.role IN ('bba', 'deputy') AND (r.ends_on IS NULL OR r.ends_on >= ?)
    ORDER BY 1, 2
"""


class WrongPassword(Exception):
    """The present password that was given is not the one."""


@dataclass(frozen=True)
class OwnDuty:
    """One of one's duties. `where` is empty for the whole county; `ahead` when it has not begun."""

    duty: Duty
    where: str
    starts_on: date
    ends_on: date | None
    ahead: bool


@dataclass(frozen=True)
class OwnAccount:
    """One's account as its page shows it."""

    name: str
    email: str
    organizer: str
    has_password: bool
    has_second: bool
    duties: tuple[OwnDuty, ...]
    browsers: int


@dataclass(frozen=True)
class Browser:
    """A browser in which one is signed in. `is_this` is the one that asks; `how` is the sitting's method."""

    number: int
    name: str
    how: str
    began_at: datetime
    seen_at: datetime
    is_this: bool


def about(actor: Actor) -> OwnAccount:
    """Tell what one's own page shows."""
    account = _own(actor)
    return OwnAccount(
        name=account.name,
        email=account.email,
        organizer=_organizer(account),
        has_password=bool(account.password),
        has_second=factors.count(account.id) > 0,
        duties=_duties(account.id),
        browsers=len(_whole(account.id)),
    )


def browsers(actor: Actor, present: Sitting) -> list[Browser]:
    """List where one is signed in, this browser first and then the newest."""
    found = sorted(_whole(_own(actor).id), key=lambda sitting: sitting.id != present.id)
    return [
        Browser(each.id, each.browser, each.method, each.began_at, each.seen_at, each.id == present.id)
        for each in found
    ]


def change_password(actor: Actor, present: Sitting, *, old: str, new: str, hasher: passwords.Hasher) -> str:
    """Change one's password; every other sitting ends, and this one goes on under the new secret that is given.

    Raises TooOften, WrongPassword and passwords.TooWeak.
    """
    account = _own(actor)
    if not sign_in.is_password_of(account.id, old, hasher=hasher):
        raise WrongPassword
    passwords.demand(new, words_of(account))
    return _change(actor, account, present, hasher.make(new))


@transaction
def end_this(actor: Actor, present: Sitting) -> None:
    """Sign out in this browser."""
    account = _own(actor)
    sittings.end(present.id, account.id)
    audit.record(actor, "account:sign-out", "account", account.id, place=_place(account))


@transaction
def end_browser(actor: Actor, number: int) -> bool:
    """Sign out in one browser; False when it is not one of one's own."""
    account = _own(actor)
    ended = sittings.end(number, account.id)
    if ended:
        audit.record(actor, "account:end-sittings", "account", account.id, place=_place(account), note="1")
    return ended


@transaction
def end_everywhere(actor: Actor) -> int:
    """Sign out in every browser, this one too; tell how many."""
    account = _own(actor)
    ended = sittings.end_all(account.id)
    audit.record(actor, "account:end-sittings", "account", account.id, place=_place(account), note=str(ended))
    return ended


def words_of(account: Account) -> tuple[str, ...]:
    """What must not be in the account's password: its name, address and organisation."""
    return account.name, account.email, _organizer(account)


@transaction
def _change(actor: Actor, account: Account, present: Sitting, kept: str) -> str:
    resets.put_in_place(actor, account, kept, note="change", but=present.id)
    return sittings.prove(present)


def _own(actor: Actor) -> Account:
    require(actor, Permission.OWN_ACCOUNT)
    return load(Account, "id = ?", (actor.account,))[0]


def _organizer(account: Account) -> str:
    found = rows("SELECT name FROM organizer WHERE id = ?", (account.organizer_id,)) if account.organizer_id else []
    return found[0][0] if found else ""


def _place(account: Account) -> Place:
    return Place(organizer=account.organizer_id, about=account.id)


def _whole(account: int) -> list[Sitting]:
    return [sitting for sitting in sittings.of_account(account) if sitting.stage == "whole"]


def _duties(account: int) -> tuple[OwnDuty, ...]:
    today = clock.today()
    return tuple(
        OwnDuty(Duty(duty), where, _day(starts), _day(ends) if ends else None, _day(starts) > today)
        for duty, where, starts, ends in rows(DUTIES, (account, today, account, today))
    )


def _day(value: date | str) -> date:
    """Read a day as either engine gives it."""
    return date.fromisoformat(value) if isinstance(value, str) else value

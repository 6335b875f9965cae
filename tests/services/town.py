"""A small town for the tests of how units are kept: a school, those who keep it, and the letters they get."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tbb.models import Account, Grant, Letter, Person, Unit
from tbb.policy import Actor
from tbb.services import actors
from tests import make

NOON = datetime(2026, 9, 1, 10, tzinfo=UTC)
TODAY = date(2026, 9, 1)
STARTS = ((1, 10), (8, 20))


def account(name: str, duty: str = "", *, person: Person | None = None, **where) -> Account:
    """Somebody with an account, and a duty if one is named."""
    email = f"{name}@tbb.example"
    made = Account.create(key=name, email=email, name=name.title(), state="active", person=person, created_at=NOON)
    if duty:
        Grant.create(account=made, duty=duty, starts_on=date(2026, 1, 1), given_at=NOON, **where)
    return made


def build() -> Unit:
    """Make a municipality's school with a head, an administrator and a county leader; nobody answers for it yet."""
    organizer = make.organizer()
    unit = make.unit(organizer=organizer, email="info@skolan.example")
    account("chef", "unit_head", unit=unit)
    account("admin", "organizer_admin", organizer=organizer)
    account("lan", "process_leader")
    return unit


def acting(name: str) -> Actor:
    """The actor of an account, with the duties of this moment."""
    return actors.of_account(Account.get(Account.key == name).id)


def told(*templates: str) -> list[tuple[str, str]]:
    """Which letters were written to whom, in order; only of these templates when some are named."""
    found = Letter.select().order_by(Letter.id)
    return [
        (letter.template, letter.recipient.partition("@")[0])
        for letter in found
        if not templates or letter.template in templates
    ]

"""People of one's own for a unit: accounts that lead it or answer for it."""

from __future__ import annotations

import secrets

from tbb import clock
from tbb.models import Account, Grant, Responsibility, Unit
from tests import make


def account(name: str = "Hanna Provberg", **more) -> Account:
    """Make an active account of somebody without any duty."""
    key = secrets.token_hex(16)
    given = {"key": key, "email": f"{key}@tbb.example", "name": name, "state": "active", "created_at": clock.now()}
    return Account.create(**given | more)


def head(unit: Unit) -> Account:
    """Let somebody lead a unit."""
    made = account()
    Grant.create(account=made, duty="unit_head", unit=unit, starts_on=clock.today(), given_at=clock.now())
    return made


def answering(unit: Unit, role: str = "bba") -> tuple[Account, Responsibility]:
    """Let somebody with an account be what a unit has: its BBA or a deputy."""
    part = make.responsible(unit, make.person("Hilda Exempelsson"), role)
    return account(part.person.name, person=part.person), part

"""A small school with everybody who may have a say in its entry, each with an account, and letters to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import count
from threading import Barrier, Thread

from tbb import clock
from tbb.database import connection
from tbb.models import Account, Grant, Letter, Organizer, Person, Responsibility, Unit
from tbb.models.kinds import Duty
from tbb.policy import Actor
from tbb.services import actors, letters
from tests import make

_numbers = count(1)


@dataclass
class Cast:
    """Whom there is."""

    unit: Unit
    organizer: Organizer
    person: Person
    part: Responsibility
    head: Account
    admin: Account
    bba: Account
    deputy: Account
    county: Account
    stranger: Account


def account(name: str, person: Person | None = None, **duty) -> Account:
    """Make somebody who can sign in; `duty`, and `unit` or `organizer`, give them a duty since long."""
    number = next(_numbers)
    made = Account.create(
        key=f"{number:032d}",
        email=f"konto{number}@tbb.example",
        name=name,
        state="active",
        person=person,
        created_at=clock.now(),
    )
    if duty:
        Grant.create(account=made, starts_on=date(2025, 1, 1), given_at=clock.now(), **duty)
    return made


def assemble() -> Cast:
    """Make the school and its people."""
    organizer = make.organizer()
    unit = make.unit(organizer=organizer, phone="08-465 004 10", email="skolan@exempelby.example")
    person = make.person("Helena Exempelsson", email="helena@exempelby.example", phone_hours="Måndag 8–9")
    stand_in = make.person("Omar Provberg", phone="070-174 06 12")
    other = make.unit("Grannskolan", organizer=make.organizer("Grannby kommun"))
    return Cast(
        unit=unit,
        organizer=organizer,
        person=person,
        part=make.responsible(unit, person),
        head=account("Eva Testborg", duty=Duty.UNIT_HEAD, unit=unit),
        admin=account("Hugo Exempelholm", duty=Duty.ORGANIZER_ADMIN, organizer=organizer),
        bba=account("Helena Exempelsson", person),
        deputy=account("Omar Provberg", make.responsible(unit, stand_in, role="deputy").person),
        county=account("Petra Exempelsson", duty=Duty.PROCESS_LEADER),
        stranger=account("Greta Provberg", duty=Duty.UNIT_HEAD, unit=other),
    )


def acting(who: Account) -> Actor:
    """The actor of an account, with the duties of this moment."""
    return actors.of_account(who.id)


def letters_of(template: str) -> dict[str, dict]:
    """The letters of a template that wait: recipient and facts."""
    return {letter.recipient: letters.facts_of(letter) for letter in Letter.select().where(Letter.template == template)}


def all_at_once(*acts) -> list[object]:
    """Do things at the very same time, each in a connection of its own; give what each gave or raised."""
    gate, found = Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act) -> None:
        gate.wait()
        with connection():
            try:
                found[place] = act()
            except Exception as problem:
                found[place] = problem

    threads = [Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found

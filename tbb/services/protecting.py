"""Protecting somebody's identity: at once, everywhere, and so that nothing of the old name is left behind."""

from __future__ import annotations

import json
from collections.abc import Iterable

from tbb import clock
from tbb.database import load, one_at_a_time, rows, run, transaction
from tbb.models import Account, ContactChange, EntryChange, Letter, Municipality, Organizer, Person, Unit
from tbb.policy import Actor, Permission, Refused, require
from tbb.services import audit, contact_changes, entry_history, hand_marks, search, versions
from tbb.services.contact_people import served
from tbb.services.letters import State
from tbb.services.shelf import place_of

OWN = ("name", "phone", "email")
"""What a protected person has none of."""

SHORTEST_KEPT_OF_A_NAME = 46
"""Signatures in the history may cut a long name short, but never shorter than this (contact_changes)."""


INSTEAD, ROOM = "skyddad person", {"by": 120, "message": 500, "answer": 500}
_OF_UNIT = "SELECT phone, email FROM unit WHERE id = ?"


class UnknownNumber(Exception):
    """The switchboard is not one of those that already stand in public, though there are such."""


def known_numbers(unit: Unit) -> list[tuple[str, str]]:
    """List the numbers that already stand in public and may be called instead, each with whose it is."""
    organizer = next(iter(load(Organizer, "id = ?", (unit.organizer_id,))), None)
    municipality = load(Municipality, "id = ?", (unit.municipality_id,))[0]
    told = [
        (unit.phone, unit.label),
        (organizer.phone if organizer else "", organizer.name if organizer else ""),
        (municipality.switchboard, f"växeln i {municipality.name}"),
    ]
    return list({number: (number, whose) for number, whose in reversed(told) if number}.values())[::-1]


@transaction
def protect(actor: Actor, unit: Unit, person: Person, *, function_name: str, switchboard: str) -> None:
    """Hide a person behind a function and a switchboard, at once and in every unit where they stand or have stood.

    There is no hold, for it is urgent; therefore the number must be one that already stands in public, if the unit
    has any: raises UnknownNumber. The person's name, phone and e-mail leave the directory, its history, the changes
    that wait, the search and the account's name; the address that they sign in with stays.
    """
    require(actor, Permission.CHANGE_ENTRY, place_of(unit))
    if unit.id not in {place.unit for place in served(person.id)}:
        raise Refused(f"{actor.name} may not protect a person of another unit.")
    known = {number for number, _whose in known_numbers(load(Unit, "id = ?", (unit.id,))[0])}
    if known and switchboard not in known:
        raise UnknownNumber
    one_at_a_time(contact_changes.lock_of(person.id))
    reached = {
        number for each in _also_known_as(person.id) for number in _hide_one(actor, each, function_name, switchboard)
    }
    search.reindex(sorted(reached))
    versions.bump(versions.DIRECTORY)
    fields = ("protected", "function_name", "switchboard", *OWN)
    audit.record(actor, "person:protect", "person", person.id, place=place_of(unit), fields=fields)


def _hide_one(actor: Actor, person: int, function_name: str, switchboard: str) -> list[int]:
    """Hide one person of the directory; give the units in which they stand or have stood."""
    old = load(Person, "id = ?", (person,))[0]
    units = _units_of(person)
    secrets = _secrets(old, units)
    _hide(person, function_name, switchboard)
    _stop_what_waits(actor, person)
    _blank_history(person, units, secrets, function_name)
    _forget_elsewhere(units, old, secrets, function_name)
    hand_marks.person(person)
    for number in units:
        entry_history.write(actor, number, "protect", {"protected": False}, {"protected": True}, person=person)
    return units


def _units_of(person: int) -> list[int]:
    own = "SELECT DISTINCT unit_id FROM responsibility WHERE person_id = ? ORDER BY unit_id"
    return [number for (number,) in rows(own, (person,))]


def _also_known_as(person: int) -> list[int]:
    """The person, and whoever bears the same name with the same e-mail or in one of the same units.

    Somebody who is appointed anew, or comes with a register, may stand in the directory more than once: an ended
    responsibility must not keep the name that the present one has lost.
    """
    same = """
        SELECT p.id FROM person p JOIN person me ON me.id = ? WHERE p.id <> me.id AND p.name <> ''
          AND LOWER(p.name) = LOWER(me.name) AND NOT p.protected
          AND ((p.email <> '' AND LOWER(p.email) = LOWER(me.email)) OR EXISTS (
            SELECT 1 FROM responsibility r JOIN responsibility mine ON mine.unit_id = r.unit_id
            WHERE r.person_id = p.id AND mine.person_id = me.id))
        ORDER BY p.id
    """
    return [person, *(number for (number,) in rows(same, (person,)))]


def _secrets(person: Person, units: Iterable[int]) -> list[str]:
    """What must not be found any more: every name, phone and e-mail the person has had, but not a unit's own."""
    told = [getattr(person, name) for name in OWN]
    for table in ("contact_change", "entry_change"):
        for texts in rows(f"SELECT before, after FROM {table} WHERE person_id = ?", (person.id,)):
            told += [str(value) for text in texts for name, value in json.loads(text).items() if name in OWN]
    public = {value for unit in units for row in rows(_OF_UNIT, (unit,)) for value in row}
    return [value for value in dict.fromkeys(told) if len(value) > 2 and value not in public]


def _hide(person: int, function_name: str, switchboard: str) -> None:
    Person.update(
        protected=True, name="", phone="", email="", function_name=function_name, switchboard=switchboard
    ).where(Person.id == person).execute()
    Account.update(name=function_name).where(Account.person == person).execute()


def _stop_what_waits(actor: Actor, person: int) -> None:
    moment = clock.now()
    ContactChange.update(state=contact_changes.STOPPED, settled_by=actor.account, settled_at=moment).where(
        ContactChange.person == person, ContactChange.state == contact_changes.WAITING
    ).execute()
    for change in ContactChange.select().where(ContactChange.person == person):
        ContactChange.update(
            before=json.dumps(dict.fromkeys(json.loads(change.before), "")),
            after=json.dumps(dict.fromkeys(json.loads(change.after), "")),
        ).where(ContactChange.id == change.id).execute()


def _blank_history(person: int, units: list[int], secrets: list[str], function_name: str) -> None:
    """Blank what the history says of the person, and wherever it names them: in their units and in signatures."""
    for change in EntryChange.select().where((EntryChange.person == person) | (EntryChange.unit << units)):
        mine = change.person_id == person
        before, after = (_blanked(json.loads(text), secrets, mine) for text in (change.before, change.after))
        EntryChange.update(
            before=json.dumps(before, ensure_ascii=False, sort_keys=True),
            after=json.dumps(after, ensure_ascii=False, sort_keys=True),
        ).where(EntryChange.id == change.id).execute()
    for secret in secrets:
        _replace("entry_change", "by", secret[:SHORTEST_KEPT_OF_A_NAME])
    run(
        'UPDATE entry_change SET "by" = ? WHERE account_id IN (SELECT id FROM account WHERE person_id = ?)',
        (function_name[:120], person),
    )


def _blanked(values: dict[str, object], secrets: list[str], mine: bool) -> dict[str, object]:
    def blank(name: str, value: object) -> object:
        told = isinstance(value, str) and any(secret.casefold() in value.casefold() for secret in secrets)
        return "" if told or (mine and name in OWN) else value

    return {name: blank(name, value) for name, value in values.items()}


def _forget_elsewhere(units: Iterable[int], old: Person, secrets: list[str], function_name: str) -> None:
    """Blank the name where a register, a mandate, a flag or an upload gives it, and the address of old letters."""
    run("UPDATE responsibility SET mandate_by = ? WHERE mandate_by = ?", (function_name[:120], old.name or None))
    for unit in units:
        if run("UPDATE unit SET head_name = '' WHERE id = ? AND head_name = ?", (unit, old.name or None)).rowcount:
            hand_marks.fields(unit, ["head_name"])
    for secret in secrets:
        _replace("flag", "message", secret)
        _replace("flag", "answer", secret)
        run("DELETE FROM upload WHERE content LIKE ?", (f"%{secret}%",))
        if "@" in secret:
            _forget_letters(secret)


def _forget_letters(email: str) -> None:
    """Take back the notices that wait for an address, and forget it in those that left, unless it signs in here."""
    Letter.delete().where(Letter.recipient == email, Letter.template.startswith("contact_change")).execute()
    if not rows("SELECT 1 FROM account WHERE email = ?", (email.lower(),)):
        gone = Letter.state.in_([State.SENT, State.FAILED])
        Letter.update(recipient="").where(gone, Letter.recipient == email).execute()


def _replace(table: str, column: str, secret: str) -> None:
    run(
        f'UPDATE "{table}" SET "{column}" = SUBSTR(REPLACE("{column}", ?, ?), 1, ?) WHERE "{column}" LIKE ?',
        (secret, INSTEAD, ROOM[column], f"%{secret}%"),
    )

"""Changes of an entry's facts by those who own it: what counts at once, what waits, and putting a change back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tbb import clock
from tbb.database import load, one_at_a_time, transaction
from tbb.models import Person, Unit
from tbb.models.folding import fold, sort_key
from tbb.policy import Actor, Permission, require
from tbb.services import audit, contact_changes, entry_history, hand_marks, search, versions
from tbb.services.contact_people import require_reach, served
from tbb.services.protecting import known_numbers, protect
from tbb.services.shelf import place_of

__all__ = [
    "AT_ONCE",
    "PERSON_AT_ONCE",
    "ChangedMeanwhile",
    "NothingToRestore",
    "change_person",
    "change_unit",
    "fingerprint",
    "known_numbers",
    "protect",
    "restorable",
    "restore",
    "values_of",
]

AT_ONCE = ("display_name", "street", "postal_code", "place", "website")
"""What the owner of a unit changes and everybody sees at once; phone and e-mail wait (contact_changes)."""

PERSON_AT_ONCE = ("title", "phone_hours", "languages", "function_name")


class ChangedMeanwhile(Exception):
    """Somebody else has changed the same entry since the form was opened."""


class NothingToRestore(Exception):
    """All that the change touched stands already as it did, or cannot be put back here."""


@dataclass(frozen=True)
class Changed:
    """What came of a form: which fields changed at once, and whether new contact details wait."""

    at_once: tuple[str, ...] = ()
    waits: bool = False

    def __bool__(self) -> bool:
        return bool(self.at_once) or self.waits


@transaction
def change_unit(actor: Actor, unit: Unit, values: Mapping[str, str], *, seen: str = "", what: str = "facts") -> Changed:
    """Change what a unit's owner may, by field: name, address and website at once; phone and e-mail after a while.

    `seen` is the fingerprint of what the form showed; raises ChangedMeanwhile when something else stands now.
    """
    require(actor, Permission.CHANGE_ENTRY, place_of(unit))
    one_at_a_time(contact_changes.lock_of_unit(unit.id))
    stands = load(Unit, "id = ?", (unit.id,))[0]
    _refuse_old(seen, values_of(stands))
    before, after = _differences(stands, values, AT_ONCE)
    if after:
        _write_unit(actor, stands, before, after, what)
    contact = _only(values, contact_changes.UNIT_FIELDS)
    waits = contact_changes.propose(actor, stands, contact) is not None if contact else False
    return Changed(tuple(after), waits)


@transaction
def change_person(
    actor: Actor, unit: Unit, person: Person, values: Mapping[str, str], *, seen: str = "", what: str = "person"
) -> Changed:
    """Change what is told of a person in a unit: title, hours and languages at once; phone and e-mail after a while.

    Raises ChangedMeanwhile, SharedPerson, Protected and NoContactLeft.
    """
    require(actor, Permission.CHANGE_ENTRY, place_of(unit))
    require_reach(actor, unit, person)
    one_at_a_time(contact_changes.lock_of(person.id))
    stands = load(Person, "id = ?", (person.id,))[0]
    _refuse_old(seen, values_of(stands))
    before, after = _differences(stands, values, PERSON_AT_ONCE)
    if after:
        _write_person(actor, unit, stands, before, after, what)
    contact = _only(values, contact_changes.PERSON_FIELDS)
    waits = contact_changes.propose(actor, unit, contact, stands) is not None if contact else False
    return Changed(tuple(after), waits)


def values_of(thing: Unit | Person) -> dict[str, str]:
    """Give what may be changed of a unit or a person, as it stands."""
    names = (
        (*AT_ONCE, *contact_changes.UNIT_FIELDS)
        if isinstance(thing, Unit)
        else (*PERSON_AT_ONCE, *contact_changes.PERSON_FIELDS, "protected")
    )
    return {name: getattr(thing, name) for name in names}


def fingerprint(values: Mapping[str, object]) -> str:
    """Name what a form showed, so that it can be told when something else stands: 16 hex digits."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def restorable(change: entry_history.Change) -> tuple[str, ...]:
    """Name the fields of a change that an owner can put back; none of those of a responsibility."""
    if change.what.partition(":")[0] not in ("facts", "contact", "person", "import", "restore"):
        return ()
    if change.person is None:
        names: Iterable[str] = (*AT_ONCE, *contact_changes.UNIT_FIELDS)
    else:
        names = (*PERSON_AT_ONCE, *contact_changes.PERSON_FIELDS)
    return tuple(name for name in names if name in change.before and name in change.after)


@transaction
def restore(actor: Actor, unit: Unit, change: entry_history.Change) -> Changed:
    """Put back what stood before a change, by the rules of every change: a phone or an e-mail waits again.

    Raises NothingToRestore, SharedPerson, Protected and NoContactLeft.
    """
    require(actor, Permission.CHANGE_ENTRY, place_of(unit))
    values = {name: str(change.before[name] or "") for name in restorable(change)}
    if not values:
        raise NothingToRestore
    if change.person is None:
        changed = change_unit(actor, unit, values, what="restore")
    else:
        person = load(Person, "id = ?", (change.person,))[0]
        if person.protected:
            raise contact_changes.Protected
        changed = change_person(actor, unit, person, values, what="restore")
    if not changed:
        raise NothingToRestore
    audit.record(actor, "entry:restore", "entry_change", change.id, place=place_of(unit), fields=values)
    return changed


def _write_unit(actor: Actor, unit: Unit, before: dict[str, str], after: dict[str, str], what: str) -> None:
    columns = dict(after)
    if "display_name" in after:
        label = after["display_name"] or unit.name
        columns |= {"sort_key": sort_key(label), "folded": fold(label)}
    Unit.update(**columns, updated_at=clock.now()).where(Unit.id == unit.id).execute()
    hand_marks.fields(unit.id, after)
    entry_history.write(actor, unit, what, before, after)
    search.reindex([unit.id])
    versions.bump(versions.DIRECTORY)
    audit.record(actor, "entry:change", "unit", unit.id, place=place_of(unit), fields=after)


def _write_person(
    actor: Actor, unit: Unit, person: Person, before: dict[str, str], after: dict[str, str], what: str
) -> None:
    Person.update(**after).where(Person.id == person.id).execute()
    hand_marks.person(person.id)
    units = sorted({unit.id, *(place.unit for place in served(person.id))})
    for number in units:
        entry_history.write(actor, number, what, before, after, person=person.id)
    search.reindex(units)
    versions.bump(versions.DIRECTORY)
    audit.record(actor, "entry:change", "person", person.id, place=place_of(unit), fields=after)


def _differences(
    thing: Unit | Person, values: Mapping[str, str], names: Iterable[str]
) -> tuple[dict[str, str], dict[str, str]]:
    changed = [name for name in names if name in values and values[name] != getattr(thing, name)]
    return {name: getattr(thing, name) for name in changed}, {name: values[name] for name in changed}


def _only(values: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    return {name: values[name] for name in names if name in values}


def _refuse_old(seen: str, stands: Mapping[str, object]) -> None:
    if seen and seen != fingerprint(stands):
        raise ChangedMeanwhile

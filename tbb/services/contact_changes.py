"""New public phones and e-mail addresses: they wait for a second person or for 24 hours, and are told of (C30)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tbb import clock
from tbb.database import load, one_at_a_time, rows, transaction
from tbb.models import Account, ContactChange, Person, Unit
from tbb.policy import WORKER, Actor, Permission, may, require
from tbb.services import actors, audit, entry_history, hand_marks, keepers, letters, search, versions
from tbb.services.contact_people import require_reach, served
from tbb.services.shelf import place_of

HOLD = timedelta(hours=24)
UNIT_FIELDS = ("phone", "email")
PERSON_FIELDS = ("phone", "email", "switchboard")
WAITING, APPLIED, STOPPED = "waiting", "applied", "stopped"


class AlreadySettled(Exception):
    """Somebody else was first, or its time was out: the change is applied or stopped already. `state` tells which."""

    def __init__(self, state: str):
        super().__init__(state)
        self.state = state


class NoContactLeft(Exception):
    """The person would have neither phone nor e-mail nor switchboard."""


class Protected(Exception):
    """The person's contact is protected: only function and switchboard are kept."""


@dataclass(frozen=True)
class Waiting:
    """A change as it is shown: what it concerns, its fields in words, and until when it waits."""

    id: int
    about: str
    person: int | None
    diffs: tuple[entry_history.Diff, ...]
    proposed_by: int | None
    proposer: str
    proposed_at: datetime
    due_at: datetime
    state: str
    settler: str
    settled_at: datetime | None


@transaction
def propose(actor: Actor, unit: Unit, values: Mapping[str, str], person: Person | None = None) -> ContactChange | None:
    """Let new contact details of a unit, or of a person in it, wait; None when nothing is new.

    A newer change of a field replaces an older one that waits. Raises Refused, SharedPerson, Protected and
    NoContactLeft.
    """
    require(actor, Permission.CHANGE_ENTRY, place_of(unit))
    if person is not None:
        require_reach(actor, unit, person)
    one_at_a_time(_lock(unit.id, person.id if person else None))
    now_stands = _standing(unit.id, person.id if person else None)
    if person is not None:
        _refuse_what_protects(person.id, values, now_stands)
    older = _waiting_for(unit.id, person.id if person else None)
    expected = {name: value for change in older for name, value in json.loads(change.after).items()}
    fresh = {
        name: value
        for name, value in values.items()
        if value != now_stands[name] and value != expected.get(name, now_stands[name])
    }
    if not fresh:
        return None
    _replace(actor, older, fresh)
    return _keep(actor, unit, person, {name: now_stands[name] for name in fresh}, fresh)


@transaction
def approve(actor: Actor, unit: Unit, number: int) -> ContactChange:
    """Let a change take effect at once, as the second person.

    Raises Refused for the first, AlreadySettled, NoContactLeft, and DoesNotExist when the unit has no such change.
    """
    change = _locked(unit, number)
    require(actor, Permission.APPROVE_CONTACT, place_of(unit, begun_by=change.proposed_by_id))
    if change.state == WAITING and not _fits(change):
        raise NoContactLeft
    _settle(change, APPLIED, actor.account)
    proposer = _signature_of(change.proposed_by_id, unit)
    approver = entry_history.signature(actor, place_of(unit))
    _apply(actor, change, unit, "contact:approved", by=f"{approver[:50]}, godkände förslag av {proposer[:46]}")
    return change


@transaction
def stop(actor: Actor, unit: Unit, number: int) -> ContactChange:
    """Stop a change that waits; also the one who began it may. Raises Refused and AlreadySettled."""
    require(actor, Permission.CHANGE_ENTRY, place_of(unit))
    change = _locked(unit, number)
    _settle(change, STOPPED, actor.account)
    audit.record(actor, "contact:stop", "contact_change", change.id, place=place_of(unit), fields=_fields(change))
    _tell_of_the_end(change, unit)
    return change


def apply_due() -> int:
    """Let the changes take effect whose time is out; tell how many. Safe to run twice and in two workers at once.

    What somebody began who has since lost the right to it is stopped instead.
    """
    moment = ContactChange.due_at.db_value(clock.now())
    due = rows("SELECT id FROM contact_change WHERE state = 'waiting' AND due_at <= ? ORDER BY id", (moment,))
    return sum(_apply_one(number) for (number,) in due)


def of_unit(unit: int, state: str = WAITING) -> list[Waiting]:
    """List a unit's changes in one state, the oldest first."""
    return _shown(load(ContactChange, "unit_id = ? AND state = ? ORDER BY id", (unit, state)))


def one(unit: int, number: int) -> Waiting | None:
    """Give one change of a unit; None when there is none of that number."""
    found = _shown(load(ContactChange, "unit_id = ? AND id = ?", (unit, number)))
    return found[0] if found else None


def may_approve(actor: Actor, unit: Unit, change: Waiting) -> bool:
    """Tell whether the actor may be the second person."""
    return may(actor, Permission.APPROVE_CONTACT, place_of(unit, begun_by=change.proposed_by))


def of_person(person: int) -> list[ContactChange]:
    """Every change of a person's contact that waits."""
    return load(ContactChange, "person_id = ? AND state = ?", (person, WAITING))


@transaction
def _apply_one(number: int) -> int:
    unit = load(Unit, "id = (SELECT unit_id FROM contact_change WHERE id = ?)", (number,))[0]
    change = _locked(unit, number)
    meant = _begun_with_right(change, unit) and _fits(change)
    try:
        _settle(change, APPLIED if meant else STOPPED, None)
    except AlreadySettled:
        return 0
    if not meant:
        audit.record(WORKER, "contact:stop", "contact_change", number, place=place_of(unit), fields=_fields(change))
        _tell_of_the_end(change, unit)
        return 0
    by = f"{_signature_of(change.proposed_by_id, unit)[:90]}, efter ett dygn"
    _apply(WORKER, change, unit, "contact:due", by=by)
    return 1


def _begun_with_right(change: ContactChange, unit: Unit) -> bool:
    """Whether the one who proposed it may still change this entry."""
    account = Account.get_or_none(Account.id == change.proposed_by_id, Account.state == "active")
    return account is not None and may(actors.of_account(account.id), Permission.CHANGE_ENTRY, place_of(unit))


def _fits(change: ContactChange) -> bool:
    """Whether the person would still have some contact, and none that is protected."""
    if change.person_id is None:
        return True
    after = json.loads(change.after)
    person = load(Person, "id = ?", (change.person_id,))[0]
    stands = {name: getattr(person, name) for name in PERSON_FIELDS} | after
    return any(stands.values()) and not (person.protected and (stands["phone"] or stands["email"]))


def _settle(change: ContactChange, state: str, account: int | None) -> None:
    """Of all who would settle a change at once, let one; raise AlreadySettled for the others."""
    settled = (
        ContactChange.update(state=state, settled_by=account, settled_at=clock.now())
        .where(ContactChange.id == change.id, ContactChange.state == WAITING)
        .execute()
    )
    if settled != 1:
        raise AlreadySettled(rows("SELECT state FROM contact_change WHERE id = ?", (change.id,))[0][0])
    change.state = state


def _apply(actor: Actor, change: ContactChange, unit: Unit, what: str, *, by: str) -> None:
    """Write the new values where they stand in public, and tell the old and the new address that they do."""
    after = json.loads(change.after)
    before = {name: _standing(unit.id, change.person_id)[name] for name in after}
    recipients = _addresses(change, unit)
    if change.person_id is None:
        touched = [unit.id]
        Unit.update(**after, updated_at=clock.now()).where(Unit.id == unit.id).execute()
        hand_marks.fields(unit.id, after)
    else:
        touched = sorted({unit.id, *(place.unit for place in served(change.person_id))})
        Person.update(**after).where(Person.id == change.person_id).execute()
        hand_marks.person(change.person_id)
    for number in touched:
        entry_history.write(actor, number, what, before, after, person=change.person_id, by=by)
    search.reindex(touched)
    versions.bump(versions.DIRECTORY)
    audit.record(actor, "contact:apply", "contact_change", change.id, place=place_of(unit), fields=after)
    _write(change, unit, "contact_change_done", recipients)


def _keep(
    actor: Actor, unit: Unit, person: Person | None, before: dict[str, str], after: dict[str, str]
) -> ContactChange:
    moment = clock.now()
    change = ContactChange.create(
        unit=unit.id,
        person=person,
        before=json.dumps(before, ensure_ascii=False),
        after=json.dumps(after, ensure_ascii=False),
        proposed_by=actor.account,
        proposed_at=moment,
        due_at=moment + HOLD,
    )
    audit.record(actor, "contact:propose", "contact_change", change.id, place=place_of(unit), fields=after)
    _tell_of_the_beginning(change, unit)
    return change


def _replace(actor: Actor, older: Iterable[ContactChange], fresh: Mapping[str, str]) -> None:
    """Take the fields that are proposed anew out of the older changes; one with no field left is stopped."""
    for change in older:
        before, after = json.loads(change.before), json.loads(change.after)
        left = [name for name in after if name not in fresh]
        if len(left) == len(after):
            continue
        if not left:
            _settle(change, STOPPED, actor.account)
            continue
        ContactChange.update(
            before=json.dumps({name: before[name] for name in left}, ensure_ascii=False),
            after=json.dumps({name: after[name] for name in left}, ensure_ascii=False),
        ).where(ContactChange.id == change.id).execute()


def _refuse_what_protects(person: int, values: Mapping[str, str], stands: Mapping[str, str]) -> None:
    """Refuse to give a protected person a contact of their own, and to leave anybody without one."""
    protected = bool(rows("SELECT 1 FROM person WHERE id = ? AND protected", (person,)))
    if protected and (values.get("phone") or values.get("email")):
        raise Protected
    expected = dict(stands)
    for change in of_person(person):
        expected |= json.loads(change.after)
    if not any((expected | dict(values)).values()):
        raise NoContactLeft


def _tell_of_the_beginning(change: ContactChange, unit: Unit) -> None:
    """Write to the old address and to the new, and to those who may be the second person."""
    second = keepers.once([*keepers.owners(unit.id, unit.organizer_id), *keepers.answering(unit.id)])
    others = [keeper.email for keeper in second if keeper.account != change.proposed_by_id]
    _write(change, unit, "contact_change_waiting", [*_addresses(change, unit), *others])


def _tell_of_the_end(change: ContactChange, unit: Unit) -> None:
    """Write to the old address and to the new, and to the one who began it, that the change was stopped."""
    began = [email for (email,) in rows("SELECT email FROM account WHERE id = ?", (change.proposed_by_id,))]
    _write(change, unit, "contact_change_stopped", [*_addresses(change, unit), *began])


def _write(change: ContactChange, unit: Unit, template: str, recipients: Iterable[str]) -> None:
    facts = {
        "unit": unit.label,
        "path": f"/arbetsyta/verksamheter/{unit.slug}/andringar/{change.id}",
        "when": f"{clock.local(change.due_at):%Y-%m-%d kl. %H.%M}",
    }
    # In lower case once each: somebody may be both the old address and the one who may approve.
    once = list({address.casefold(): address for address in recipients if address}.values())
    for number, address in enumerate(once):
        letters.write(f"{template}:{change.id}:{number}", address, template, facts, rather_twice=True)


def _addresses(change: ContactChange, unit: Unit) -> list[str]:
    """The address that stands now, and the one that will."""
    return [_standing(unit.id, change.person_id)["email"], json.loads(change.after).get("email", "")]


def _standing(unit: int, person: int | None) -> dict[str, str]:
    """Read the contact that stands in public at this moment."""
    if person is None:
        found = rows("SELECT phone, email FROM unit WHERE id = ?", (unit,))
        return dict(zip(UNIT_FIELDS, found[0], strict=True))
    found = rows("SELECT phone, email, switchboard FROM person WHERE id = ?", (person,))
    return dict(zip(PERSON_FIELDS, found[0], strict=True))


def _waiting_for(unit: int, person: int | None) -> list[ContactChange]:
    if person is not None:
        return of_person(person)
    return load(ContactChange, "unit_id = ? AND person_id IS NULL AND state = ?", (unit, WAITING))


def _locked(unit: Unit, number: int) -> ContactChange:
    """Read a change as it is now, while nobody else changes that contact."""
    mine = (ContactChange.id == number) & (ContactChange.unit == unit.id)
    one_at_a_time(_lock(unit.id, ContactChange.get(mine).person_id))
    return ContactChange.get(mine)


def _lock(unit: int, person: int | None) -> str:
    return lock_of_unit(unit) if person is None else lock_of(person)


def lock_of(person: int) -> str:
    """Name what is done one at a time with a person's contact. Taken before any other such lock."""
    return f"contact of person {person}"


def lock_of_unit(unit: int) -> str:
    """Name what is done one at a time with a unit's own facts and contact."""
    return f"contact of unit {unit}"


def _fields(change: ContactChange) -> list[str]:
    return list(json.loads(change.after))


def _signature_of(account: int | None, unit: Unit) -> str:
    return "" if account is None else entry_history.signature(actors.of_account(account), place_of(unit))


_NAMES = """
    SELECT c.id, CASE WHEN p.id IS NULL THEN '' WHEN p.protected THEN p.function_name ELSE p.name END,
           COALESCE(b.name, ''), COALESCE(s.name, '')
    FROM contact_change c LEFT JOIN person p ON p.id = c.person_id LEFT JOIN account b ON b.id = c.proposed_by_id
    LEFT JOIN account s ON s.id = c.settled_by_id WHERE c.id IN ({marks})
"""


def _shown(found: list[ContactChange]) -> list[Waiting]:
    if not found:
        return []
    numbers = [change.id for change in found]
    names = {number: said for number, *said in rows(_NAMES.replace("{marks}", ", ".join("?" * len(numbers))), numbers)}
    return [
        Waiting(
            id=change.id,
            about=names[change.id][0],
            person=change.person_id,
            diffs=entry_history.diffs(json.loads(change.before), json.loads(change.after)),
            proposed_by=change.proposed_by_id,
            proposer=names[change.id][1],
            proposed_at=change.proposed_at,
            due_at=change.due_at,
            state=change.state,
            settler=names[change.id][2],
            settled_at=change.settled_at,
        )
        for change in found
    ]

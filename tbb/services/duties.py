"""Giving and taking duties: inviting somebody with one, and letting an account in or out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tbb import clock
from tbb.database import rows, transaction
from tbb.models import Account, Grant, Organizer, Unit
from tbb.models.kinds import SCOPES, Duty, Scope
from tbb.policy import GIVES, Actor, Permission, Place, Refused, may_give, require
from tbb.services import audit, invitations, letters, proving, sittings
from tbb.services.people import find, may_change, place_of


class AlreadyHeld(Exception):
    """The account already holds this very duty at this place."""


class NoSuchPlace(Exception):
    """The duty cannot be held there, or the actor may not give it there."""


@dataclass(frozen=True)
class Choice:
    """A place where the actor may give a duty: its value in a form, and its name."""

    value: str
    label: str


def places(actor: Actor) -> dict[Duty, list[Choice]]:
    """Tell which duties the actor may give, and where: ``unit:12``, ``organizer:3`` or ``county``."""
    given: dict[Duty, list[Choice]] = {}
    for duty in Duty:
        choices = [
            Choice(value, label)
            for scope in SCOPES[duty]
            for value, label, place in _candidates(actor, scope)
            if may_give(actor, duty, place)
        ]
        if choices:
            given[duty] = choices
    return given


@transaction
def invite(actor: Actor, *, email: str, name: str, duty: Duty, where: str, ends_on: date | None = None) -> Account:
    """Invite somebody to an account with a duty; an account that is there already is only given the duty.

    Raises NoSuchPlace and AlreadyHeld.
    """
    place, columns = _place(where)
    require(actor, Permission.INVITE, place)
    if not _fits(duty, where) or not may_give(actor, duty, place):
        raise NoSuchPlace
    organizer = Organizer.get_or_none(Organizer.id == place.organizer) if place.organizer else None
    invited = invitations.invite(actor, email=email, name=name, organizer=organizer)
    _give(actor, invited, duty, place, columns, ends_on)
    return invited


@transaction
def give(actor: Actor, key: str, *, duty: Duty, where: str, ends_on: date | None = None) -> None:
    """Give a duty to an account that the actor may see; raises NoSuchPlace, AlreadyHeld and Refused."""
    found = find(actor, key)
    place, columns = _place(where)
    if found is None or not _fits(duty, where):
        raise NoSuchPlace
    if not may_give(actor, duty, Place(place.unit, place.organizer, about=found.id)):
        raise Refused(f"{actor.name} may not give {duty}.")
    _give(actor, found, duty, place, columns, ends_on)


@transaction
def take(actor: Actor, key: str, number: int) -> bool:
    """Take a duty away, at once also in open sittings; False when it is not there any more."""
    found = find(actor, key)
    grant = Grant.get_or_none(Grant.id == number, Grant.account == found, Grant.ended_at.is_null()) if found else None
    if grant is None:
        return False
    place = place_of(grant)
    if not may_give(actor, Duty(grant.duty), Place(place.unit, place.organizer, about=found.id)):
        raise Refused(f"{actor.name} may not take {grant.duty}.")
    Grant.update(ended_at=clock.now(), ended_by=actor.account).where(Grant.id == grant.id).execute()
    audit.record(actor, "duty:take", "account", found.id, place=place, fields=("duty",), note=grant.duty)
    return True


@transaction
def disable(actor: Actor, key: str) -> None:
    """Let an account sign in no more, and end its sittings this moment; NoSuchPlace when it cannot be seen."""
    found = _changeable(actor, key)
    Account.update(state="disabled", disabled_at=clock.now()).where(Account.id == found.id).execute()
    ended = sittings.end_all(found.id)
    audit.record(actor, "account:disable", "account", found.id, place=_home(found), note=f"{ended} inloggningar")


@transaction
def enable(actor: Actor, key: str) -> None:
    """Let a disabled account sign in again; one that never had a password is invited anew."""
    found = _changeable(actor, key)
    if found.state != "disabled":
        return
    has_way_in = bool(found.password) or found.identities.exists()
    state = "active" if has_way_in else "invited"
    Account.update(state=state, disabled_at=None).where(Account.id == found.id).execute()
    audit.record(actor, "account:enable", "account", found.id, place=_home(found))
    if not has_way_in:
        invitations.invite(actor, email=found.email, name=found.name)


@transaction
def invite_again(actor: Actor, key: str) -> None:
    """Send the invitation once more; the older link ends."""
    found = _changeable(actor, key)
    if found.state == "invited":
        invitations.invite(actor, email=found.email, name=found.name)


@transaction
def sign_out_everywhere(actor: Actor, key: str) -> int:
    """End all sittings of an account; tell how many."""
    found = _changeable(actor, key)
    ended = sittings.end_all(found.id)
    audit.record(actor, "account:end-sittings", "account", found.id, place=_home(found), note=f"{ended} inloggningar")
    return ended


@transaction
def begin_anew(actor: Actor, key: str) -> None:
    """Take the second factors of somebody who has lost them all; they choose anew at their next sign-in."""
    found = _changeable(actor, key)
    held = Grant.get_or_none(Grant.account == found, Grant.ended_at.is_null())
    proving.begin_anew(actor, found.id, place_of(held) if held else _home(found))


def _changeable(actor: Actor, key: str) -> Account:
    found = find(actor, key)
    if found is None:
        raise NoSuchPlace
    if not may_change(actor, found):
        raise Refused(f"{actor.name} may not change account {found.id}.")
    return found


def _give(
    actor: Actor, found: Account, duty: Duty, place: Place, columns: dict[str, int], ends_on: date | None
) -> None:
    held = Grant.select().where(
        Grant.account == found,
        Grant.duty == duty,
        Grant.unit.is_null() if "unit" not in columns else Grant.unit == columns["unit"],
        Grant.organizer.is_null() if "organizer" not in columns else Grant.organizer == columns["organizer"],
        Grant.ended_at.is_null(),
        Grant.ends_on.is_null() | (Grant.ends_on >= clock.today()),
    )
    if held.exists():
        raise AlreadyHeld
    made = Grant.create(
        account=found,
        duty=duty,
        starts_on=clock.today(),
        ends_on=ends_on,
        given_by=actor.account,
        given_at=clock.now(),
        **columns,
    )
    audit.record(actor, "duty:give", "account", found.id, place=place, fields=("duty",), note=duty)
    if found.state == "active":
        letters.write(f"duty:{made.id}", found.email, "duty_given", {"name": found.name, "path": "/konto"})


def _fits(duty: Duty, where: str) -> bool:
    return where.partition(":")[0] in SCOPES[duty]


def _place(where: str) -> tuple[Place, dict[str, int]]:
    """Read a form's place; raise NoSuchPlace when there is none such."""
    scope, _, number = where.partition(":")
    if scope == Scope.COUNTY and not number:
        return Place(), {}
    if not number.isdecimal():
        raise NoSuchPlace
    if scope == Scope.UNIT and (unit := Unit.get_or_none(Unit.id == int(number))):
        return Place(unit=unit.id, organizer=unit.organizer_id), {"unit": unit.id}
    if scope == Scope.ORGANIZER and (organizer := Organizer.get_or_none(Organizer.id == int(number))):
        return Place(organizer=organizer.id), {"organizer": organizer.id}
    raise NoSuchPlace


def _home(found: Account) -> Place:
    return Place(organizer=found.organizer_id, about=found.id)


def _candidates(actor: Actor, scope: Scope) -> Iterable[tuple[str, str, Place]]:
    """The places of one scope within the actor's reach."""
    if scope is Scope.COUNTY:
        yield "county", "Hela länet", Place()
        return
    in_county = actor.in_county(Duty.PROCESS_LEADER) or actor.trusted_command
    organizers = sorted(actor.organizers(*GIVES))
    if scope is Scope.ORGANIZER:
        where = "1 = 1" if in_county else _among("id", organizers)
        for number, name in rows(f"SELECT id, name FROM organizer WHERE {where} ORDER BY name", _of(where, organizers)):
            yield f"organizer:{number}", name, Place(organizer=number)
        return
    units = sorted(actor.units(*GIVES))
    where = f"({_among('organizer_id', organizers)} OR {_among('id', units)}) AND status <> 'closed'"
    found = rows(
        f"SELECT id, COALESCE(NULLIF(display_name, ''), name), place, organizer_id FROM unit WHERE {where}"
        " ORDER BY sort_key",
        [*organizers, *units],
    )
    for number, name, town, organizer in found:
        yield f"unit:{number}", f"{name}, {town}", Place(unit=number, organizer=organizer)


def _among(column: str, numbers: list[int]) -> str:
    return f"{column} IN ({', '.join('?' * len(numbers))})" if numbers else "1 = 0"


def _of(where: str, numbers: list[int]) -> list[int]:
    return numbers if "?" in where else []

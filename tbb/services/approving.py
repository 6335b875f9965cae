"""An application is approved: organizer, units, responsibilities and invitations come to be in one transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from tbb import clock
from tbb.database import one_at_a_time, rows, transaction
from tbb.models import (
    Application,
    ApplicationUnit,
    Joining,
    JoiningNote,
    Municipality,
    Organizer,
    Person,
    Responsibility,
    Unit,
)
from tbb.models.folding import fold, sort_key
from tbb.models.kinds import ApplicationState, Duty, JoiningState, OrganizerKind, Role
from tbb.policy import Actor, Permission, Place
from tbb.services import (
    application_checks,
    audit,
    duties,
    entry_history,
    invitations,
    letters,
    reviewing,
    search,
    versions,
)
from tbb.services.application_checks import UnitCheck
from tbb.services.registers.naming import free_slug, slug_base

KEPT_APPROVED_DAYS = 730


class CannotApprove(Exception):
    """Something in the register is against it; `sentences` say what."""

    def __init__(self, sentences: list[str]):
        super().__init__(" ".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True)
class _Placed:
    """A unit that has been made or found, with the person who answers for it from now on, if that is new."""

    unit: Unit
    made: bool
    responsible: Person | None


@transaction
def approve(actor: Actor, reference: str, version: int) -> Application | None:
    """Approve what another person has recommended, and let everything it asks for come to be; once.

    None when there is no such application. Raises Refused to the first reviewer and to the organisation's own,
    Overtaken when it is not what the page showed, and CannotApprove when the register is against it.
    """
    # No import, and no other approval, may make the same organizer, unit or address meanwhile.
    one_at_a_time("import")
    found = reviewing.locked(actor, reference, Permission.APPROVE_APPLICATION)
    if found is None:
        return None
    data = json.loads(found.data)
    hindrances = application_checks.hindrances(found, data)
    if found.state == ApplicationState.RECOMMENDED and found.version == version and hindrances:
        raise CannotApprove(hindrances)
    reviewing.turn(
        found,
        version,
        (ApplicationState.RECOMMENDED,),
        state=ApplicationState.APPROVED,
        settled_by=actor.account,
        settled_at=clock.now(),
        forget_on=date.fromordinal(clock.today().toordinal() + KEPT_APPROVED_DAYS),
    )
    organizer = _organizer(data["organisation"])
    placed = _place_units(found, organizer, data)
    _join(actor, found, organizer, placed, data)
    search.reindex([each.unit.id for each in placed])
    versions.bump(versions.DIRECTORY)
    _tell(actor, found, organizer, placed, data)
    return Application.get_by_id(found.id)


def _organizer(said: dict[str, Any]) -> Organizer:
    """Find the organizer by its number or make it; what the register says of it is not overwritten."""
    found = Organizer.get_or_none(Organizer.orgnr == said["orgnr"])
    website = said.get("website", "")
    if found is None:
        return Organizer.create(name=said["name"], kind=OrganizerKind.INDEPENDENT, orgnr=said["orgnr"], website=website)
    if website and not found.website:
        found.website = website
        found.save(only=[Organizer.website])
    return found


def _place_units(found: Application, organizer: Organizer, data: dict[str, Any]) -> list[_Placed]:
    people: dict[tuple[str, str], Person] = {}
    placed = []
    for listed, check in zip(data["units"], application_checks.check_units(data), strict=True):
        unit = _find_unit(check, organizer) if check.known else _make_unit(listed, organizer)
        ApplicationUnit.create(application=found, code=listed.get("code") or f"utan:{listed['key']}", unit=unit)
        taken = bool(check.known and check.known.bba_name)
        said = data["responsible"][listed["key"]]
        placed.append(_Placed(unit, check.known is None, None if taken else _appoint(unit, said, people)))
    return placed


def _find_unit(check: UnitCheck, organizer: Organizer) -> Unit:
    unit = Unit.get_by_id(check.known.id)
    if unit.organizer_id is None:
        unit.organizer = organizer
        unit.save(only=[Unit.organizer])
    return unit


def _make_unit(listed: dict[str, Any], organizer: Organizer) -> Unit:
    """Make a unit that no register has, as an import would."""
    where = Municipality.get(Municipality.code == listed["municipality"])
    name, place = listed["name"], listed.get("place") or where.name
    taken = {slug for (slug,) in rows("SELECT slug FROM unit UNION SELECT slug FROM former_slug")}
    return Unit.create(
        kind=listed["kind"],
        name=name,
        slug=free_slug(slug_base(name, place), taken),
        municipality=where,
        organizer=organizer,
        street=listed.get("street", ""),
        postal_code=listed.get("postal_code", ""),
        place=place,
        phone=listed.get("phone", ""),
        valid_from=clock.today(),
        provenance=json.dumps(dict.fromkeys(("kind", "name", "street"), "anslutning")),
        sort_key=sort_key(name)[:400],
        folded=fold(name)[:400],
        updated_at=clock.now(),
    )


def _appoint(unit: Unit, said: dict[str, Any], people: dict[tuple[str, str], Person]) -> Person:
    """Let somebody answer for a unit from today; one who answers for several is one person."""
    who = (said["name"], said["email"].lower())
    if who not in people:
        names = ("name", "title", "email", "phone", "phone_hours")
        people[who] = Person.create(**{name: said.get(name, "") for name in names})
    given = said["mandate"] == "delegated"
    Responsibility.create(
        unit=unit,
        person=people[who],
        role=Role.BBA,
        starts_on=clock.today(),
        mandate=said["mandate"],
        mandate_by=said.get("mandate_by", "") if given else "",
        mandate_on=date.fromisoformat(said["mandate_on"]) if given else None,
    )
    return people[who]


def _join(actor: Actor, found: Application, organizer: Organizer, placed: list[_Placed], data: dict[str, Any]) -> None:
    today = clock.today()
    joining = Joining.get_or_none(Joining.organizer == organizer) or Joining.create(
        organizer=organizer, changed_on=today
    )
    joining.state, joining.changed_on, joining.left_on, joining.reminded_on = JoiningState.JOINED, today, None, None
    joining.joined_on = joining.joined_on or today
    joining.renew_by, joining.agreement = a_year_after(today), found.agreement
    joining.municipality = placed[0].unit.municipality_id
    joining.wants_visit = data["kontakt"]["wish"] != "none"
    joining.save()
    JoiningNote.create(
        joining=joining,
        account=actor.account,
        on=today,
        how="application",
        note=f"Ansökan {found.reference} godkändes.",
        state=JoiningState.JOINED,
        at=clock.now(),
    )
    Application.update(organizer=organizer).where(Application.id == found.id).execute()


def a_year_after(day: date) -> date:
    """The same day next year; the day before where there is no such day."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def _tell(actor: Actor, found: Application, organizer: Organizer, placed: list[_Placed], data: dict[str, Any]) -> None:
    """Invite, write letters, and write down what came to be."""
    contact = data["kontakt"]
    try:
        duties.invite(
            actor,
            email=found.email,
            name=contact["name"],
            duty=Duty.ORGANIZER_ADMIN,
            where=f"organizer:{organizer.id}",
        )
    except duties.AlreadyHeld:
        pass  # joining anew, or the account was given the duty by hand before
    for person in {each.responsible.id: each.responsible for each in placed if each.responsible}.values():
        invitations.invite(actor, email=person.email, name=person.name, person=person, organizer=organizer)
    reviewing.note_event(actor, found, "approved")
    kept = [each.unit.label for each in placed if each.responsible is None]
    facts = {"reference": found.reference, "approved": True, "reason": "", "kept": kept, "path": "/arbetsyta"}
    letters.write(f"application:{found.id}:decided", found.email, "application_decided", facts)
    where = Place(organizer=organizer.id)
    audit.record(actor, "application:approve", "application", found.id, place=where, fields=("state", "organizer"))
    for each in placed:
        here = Place(unit=each.unit.id, organizer=organizer.id)
        if each.made:
            audit.record(actor, "unit:create", "unit", each.unit.id, place=here)
        if each.responsible:
            audit.record(actor, "bba:appoint", "unit", each.unit.id, place=here, fields=("person", "mandate"))
            said = {"role": "bba", "person": each.responsible.label, "starts_on": clock.today().isoformat()}
            entry_history.write(actor, each.unit, "appoint", {}, said, each.responsible.id)

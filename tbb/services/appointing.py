"""Appointing who answers for a unit: the plan of what will happen, and the change itself in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from peewee import IntegrityError

from tbb import clock
from tbb.database import db, load, one_at_a_time, rows, transaction
from tbb.models import Account, Organizer, Person, Responsibility, Unit
from tbb.models.kinds import BBA_KINDS, Duty, Mandate, Role
from tbb.policy import Actor, Permission, Place, may, require
from tbb.services import audit, entry_history, gaps, handovers, invitations, keepers, letters, search, shelf, versions

BEFORE, AHEAD = timedelta(days=90), timedelta(days=731)
"""How far back and ahead a responsibility may be set to begin or end."""

ROLE_WORDS = {Role.BBA: "Barnets bästa-ansvarig", Role.DEPUTY: "ersättare", Role.HOLIDAY: "lovkontakt"}
APPOINTERS = (Duty.UNIT_HEAD, Duty.ORGANIZER_ADMIN)
"""The duties that let somebody appoint (Permission.APPOINT); a test holds the two together."""


class Hindered(Exception):
    """What is asked for cannot be. `field` names the form's field, `sentence` tells why, in Swedish."""

    def __init__(self, field: str, sentence: str):
        super().__init__(f"{field}: hindered")
        self.field, self.sentence = field, sentence


class Changed(Exception):
    """Something else has happened since the plan was shown, so that it would no longer be the same."""


@dataclass(frozen=True)
class NewPerson:
    """Somebody who is not in the directory yet. With a protected identity only function and switchboard are given."""

    name: str = ""
    title: str = ""
    phone: str = ""
    email: str = ""
    phone_hours: str = ""
    languages: str = ""
    protected: bool = False
    function_name: str = ""
    switchboard: str = ""

    @property
    def label(self) -> str:
        """What to call them in public."""
        return self.function_name if self.protected else self.name


@dataclass(frozen=True)
class Mandated:
    """A mandate (R4): by position, or given by somebody on a day. Empty for those who are not BBA."""

    mandate: str = ""
    mandate_by: str = ""
    mandate_on: date | None = None


@dataclass(frozen=True)
class Draft:
    """An appointment as it is asked for. `person` is the number of one who is there already, else `new` is given.

    An invitation goes to `account_email`, which is never shown, or else to the person's own work e-mail.
    """

    role: Role
    starts_on: date
    ends_on: date | None = None
    mandated: Mandated = Mandated()
    person: int | None = None
    new: NewPerson | None = None
    also: tuple[str, ...] = ()
    invite: bool = False
    account_email: str = ""


@dataclass(frozen=True)
class Choice:
    """A person or a unit that may be chosen in a form."""

    value: str
    label: str
    here: bool = False


@dataclass(frozen=True)
class Step:
    """What will happen in one unit: who ends when, and from when nobody is planned."""

    unit: Unit
    replaces: Responsibility | None
    last_day: date | None
    empty_from: date | None


@dataclass(frozen=True)
class Plan:
    """What an appointment will do. `mark` changes when anything it builds on does."""

    steps: tuple[Step, ...]
    label: str
    mark: str


def check_right(actor: Actor, unit: Unit, permission: Permission = Permission.APPOINT) -> None:
    """Raise Refused unless the actor may do this in the unit."""
    require(actor, permission, shelf.place_of(unit))


def day_in(text: str) -> date:
    """Read the day that an address proposes; today when it holds none that is possible."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return clock.today()
    return found if clock.today() - BEFORE <= found <= clock.today() + AHEAD else clock.today()


def people(actor: Actor, unit: Unit) -> list[Choice]:
    """List those who can be chosen: the unit's own people first, then others of its organizer."""
    require(actor, Permission.APPOINT, shelf.place_of(unit))
    today = clock.today().isoformat()
    found = rows(
        "SELECT p.id, CASE WHEN p.protected THEN p.function_name ELSE p.name END, p.title,"
        " MAX(CASE WHEN r.unit_id = ? THEN 1 ELSE 0 END), MIN(COALESCE(NULLIF(u.display_name, ''), u.name))"
        " FROM person p JOIN responsibility r ON r.person_id = p.id JOIN unit u ON u.id = r.unit_id"
        " WHERE (u.id = ? OR u.organizer_id = ?) AND (r.ends_on IS NULL OR r.ends_on >= ?)"
        " GROUP BY p.id, p.protected, p.function_name, p.name, p.title ORDER BY 4 DESC, 2, 1",
        (unit.id, unit.id, unit.organizer_id, today),
    )
    return [
        Choice(str(number), ", ".join(part for part in (name, title, "" if here else where) if part), bool(here))
        for number, name, title, here, where in found
    ]


def other_units(actor: Actor, unit: Unit) -> list[Choice]:
    """List the organizer's other units in which the actor may appoint: by address and name."""
    where, params = shelf.units(actor, APPOINTERS)
    kinds = ", ".join("?" * len(BBA_KINDS))
    found = rows(
        "SELECT u.slug, COALESCE(NULLIF(u.display_name, ''), u.name), u.place FROM unit u"
        f" WHERE {where} AND u.organizer_id = ? AND u.id <> ? AND u.status = 'active' AND u.kind IN ({kinds})"
        " ORDER BY u.sort_key, u.id",
        (*params, unit.organizer_id, unit.id, *sorted(BBA_KINDS)),
    )
    return [Choice(slug, ", ".join(part for part in (name, place) if part)) for slug, name, place in found]


def plan(actor: Actor, unit: Unit, draft: Draft) -> Plan:
    """Work out what an appointment would do, changing nothing; raise Hindered or Refused when it cannot be."""
    units = [unit, *(_other(actor, slug) for slug in dict.fromkeys(draft.also) if slug != unit.slug)]
    for one in units:
        require(actor, Permission.APPOINT, shelf.place_of(one))
    check_days(draft.starts_on, draft.ends_on)
    check_mandate(draft.role, draft.mandated)
    if draft.new:
        _check_new(unit, draft.new)
    label = draft.new.label if draft.new else _chosen(actor, unit, draft)
    steps = tuple(_step(one, draft) for one in units)
    mark = "|".join(f"{step.unit.id}:{step.replaces.id if step.replaces else 0}:{step.last_day}" for step in steps)
    return Plan(steps, label, letters.fingerprint(mark))


@transaction
def appoint(actor: Actor, unit: Unit, draft: Draft, mark: str) -> list[Responsibility]:
    """Carry out the plan that was shown, in all its units or none; raise Hindered, Changed or Refused.

    The present BBA's responsibility ends the day before, its handover is opened, letters are written, and the search
    and the public pages know.
    """
    one_at_a_time("appointing")
    made = plan(actor, unit, draft)
    if made.mark != mark:
        raise Changed
    person = Person.create(**asdict(draft.new)) if draft.new else Person.get_by_id(draft.person)
    begun = [_begin(actor, step, person, draft) for step in made.steps]
    _let_in(actor, unit, person, draft)
    _write(actor, begun, person, is_new=draft.new is not None)
    after_change(part.unit_id for part in begun)
    return begun


def after_change(units: Iterable[int]) -> None:
    """Within the change of who answers for units: let search, public pages and gaps know."""
    numbers = sorted(set(units))
    search.reindex(numbers)
    versions.bump(versions.DIRECTORY)
    gaps.watch(numbers)


def begin_one(
    unit: Unit, person: Person, role: Role, starts_on: date, ends_on: date | None, mandated: Mandated
) -> Responsibility:
    """Store one responsibility; raise Hindered when another for the same days got in before."""
    try:
        with db.atomic():
            return Responsibility.create(
                unit=unit,
                person=person,
                role=role,
                starts_on=starts_on,
                ends_on=ends_on,
                # Whoever appoints has just looked at the details: they are right from the start.
                confirmed_on=max(clock.today(), starts_on),
                **(asdict(mandated) if role == Role.BBA else {}),
            )
    except IntegrityError as problem:
        sentence = "Någon annan har just utsett en ansvarig för samma tid. Läs in sidan på nytt."
        raise Hindered("starts_on", sentence) from problem


def tell_history(actor: Actor, part: Responsibility, what: str, before: dict, after: dict) -> None:
    """Write what changed of a responsibility in the entry's history and in the audit."""
    role = {"role": part.role}
    changed = [name for name in after if before.get(name) != after.get(name)]
    entry_history.write(actor, part.unit, what, before, after if before else role | after, part.person_id)
    place = shelf.place_of(part.unit)
    audit.record(actor, f"bba:{what}", "responsibility", part.id, place=place, fields=changed)


def _begin(actor: Actor, step: Step, person: Person, draft: Draft) -> Responsibility:
    leaving, earlier = step.replaces, step.replaces.ends_on if step.replaces else None
    if leaving is not None:
        Responsibility.update(ends_on=step.last_day).where(Responsibility.id == leaving.id).execute()
        tell_history(actor, leaving, "end", {"ends_on": earlier}, {"ends_on": step.last_day})
        leaving.ends_on = step.last_day
    part = begin_one(step.unit, person, draft.role, draft.starts_on, draft.ends_on, draft.mandated)
    after = {"person": person.label, "starts_on": draft.starts_on, "ends_on": draft.ends_on}
    tell_history(actor, part, "appoint", {}, after | (asdict(draft.mandated) if draft.role == Role.BBA else {}))
    if leaving is not None:
        handovers.begin(actor, leaving, part, reason="replaced", earlier_end=earlier)
    elif draft.role == Role.BBA:
        handovers.welcome(actor, part)
    return part


def _let_in(actor: Actor, unit: Unit, person: Person, draft: Draft) -> None:
    """Invite the person to an account, or tie the one they have: the duty follows from the responsibility."""
    email = (draft.account_email if _answers_within_reach(actor, person) else "") or person.email
    known = bool(email) and Account.select().where(Account.email == invitations.address(email)).exists()
    if email and (draft.invite or known):
        organizer = Organizer.get_or_none(Organizer.id == unit.organizer_id)
        invitations.invite(actor, email=email, name=person.label, person=person, organizer=organizer)


def _answers_within_reach(actor: Actor, person: Person) -> bool:
    """Whether the actor appoints at every unit that the person answers for: only then may they say whose address it is.

    The account would have the person's duties elsewhere too.
    """
    found = rows(
        "SELECT u.id, u.organizer_id FROM responsibility r JOIN unit u ON u.id = r.unit_id"
        " WHERE r.person_id = ? AND (r.ends_on IS NULL OR r.ends_on >= ?)",
        (person.id, clock.today()),
    )
    return all(may(actor, Permission.APPOINT, Place(unit=unit, organizer=owner)) for unit, owner in found)


def _write(actor: Actor, begun: list[Responsibility], person: Person, *, is_new: bool) -> None:
    """Tell the one appointed, and, when a new address is published, somebody else who answers for the unit (C30)."""
    first = begun[0]
    email = handovers.address_of(person)
    facts = {
        "role": ROLE_WORDS[Role(first.role)],
        "units": [part.unit.label for part in begun],
        "first_day": first.starts_on.isoformat(),
    }
    if email:
        path = f"/enhet/{first.unit.slug}"
        letters.write(f"appointed:{first.id}", email, "appointed", facts | {"path": path})
    if is_new:
        for part in begun:
            _write_to_others(actor, part, facts["role"])


def _write_to_others(actor: Actor, part: Responsibility, role: str) -> None:
    unit = part.unit
    others = [keeper for keeper in keepers.owners(unit.id, unit.organizer_id) if keeper.account != actor.account]
    readers = [keeper.email for keeper in others]
    if not readers:
        readers = [next((email for email in (unit.email, unit.organizer.email if unit.organizer else "") if email), "")]
    for email in filter(None, readers):
        facts = {"unit": unit.label, "role": role, "path": f"/arbetsyta/verksamheter/{unit.slug}/ansvariga"}
        letters.write(f"appointed-notice:{part.id}:{letters.fingerprint(email)}", email, "appointed_notice", facts)


def _step(unit: Unit, draft: Draft) -> Step:
    if draft.role != Role.BBA:
        return Step(unit, None, None, None)
    last = draft.ends_on.isoformat() if draft.ends_on else "9999-12-31"
    overlapping = load(
        Responsibility,
        "unit_id = ? AND role = 'bba' AND starts_on <= ? AND (ends_on IS NULL OR ends_on >= ?) ORDER BY starts_on",
        (unit.id, last, draft.starts_on.isoformat()),
    )
    present = overlapping[0] if overlapping and overlapping[0].starts_on < draft.starts_on else None
    others = overlapping[1:] if present else overlapping
    if others:
        raise Hindered("starts_on", _taken(unit, others[0]))
    if present and draft.person == present.person_id:
        raise Hindered("person", f"{present.person.label} är redan Barnets bästa-ansvarig för {unit.label}.")
    empty_from = draft.ends_on + timedelta(days=1) if draft.ends_on and not _follows(unit, draft.ends_on) else None
    return Step(unit, present, draft.starts_on - timedelta(days=1) if present else None, empty_from)


def _taken(unit: Unit, other: Responsibility) -> str:
    until = f"till och med {other.ends_on}" if other.ends_on else "tills vidare"
    return (
        f"{other.person.label} är Barnets bästa-ansvarig för {unit.label} från {other.starts_on} {until}."
        " Välj andra dagar, eller avsluta det uppdraget först."
    )


def _follows(unit: Unit, day: date) -> bool:
    found = "SELECT 1 FROM responsibility WHERE unit_id = ? AND role = 'bba' AND starts_on > ?"
    return bool(rows(found, (unit.id, day.isoformat())))


def _other(actor: Actor, slug: str) -> Unit:
    found = shelf.unit(actor, slug, Permission.APPOINT)
    if found is None:
        raise Hindered("also", "Välj bland dina egna verksamheter.")
    return found


def _chosen(actor: Actor, unit: Unit, draft: Draft) -> str:
    if str(draft.person) not in {choice.value for choice in people(actor, unit)}:
        raise Hindered("person", "Välj någon i listan.")
    person = Person.get_by_id(draft.person)
    if draft.invite and not handovers.address_of(person):
        raise Hindered(
            "invite", "Personen har ingen e-postadress i katalogen. Lägg till den först, eller bjud inte in."
        )
    return person.label


def _check_new(unit: Unit, new: NewPerson) -> None:
    if not (new.phone or new.email or new.switchboard):
        raise Hindered("phone", "Skriv ett telefonnummer eller en e-postadress. Den ansvariga måste gå att nå.")
    found = rows(
        "SELECT p.name FROM person p JOIN responsibility r ON r.person_id = p.id JOIN unit u ON u.id = r.unit_id"
        " WHERE p.email <> '' AND lower(p.email) = ? AND (u.id = ? OR u.organizer_id = ?)"
        " AND (r.ends_on IS NULL OR r.ends_on >= ?) LIMIT 1",
        (new.email.lower(), unit.id, unit.organizer_id, clock.today().isoformat()),
    )
    if found:
        raise Hindered("email", f"{found[0][0]} har redan den adressen. Välj personen i listan i stället.")


def check_days(starts_on: date, ends_on: date | None) -> None:
    """Refuse days that are out of reach or in the wrong order; raise Hindered."""
    today = clock.today()
    if not today - BEFORE <= starts_on <= today + AHEAD:
        raise Hindered("starts_on", "Välj en dag från tre månader tillbaka till två år framåt.")
    if ends_on and ends_on < starts_on:
        raise Hindered("ends_on", "Sista dagen kan inte vara före den första.")
    if ends_on and ends_on < today:
        raise Hindered("ends_on", "Välj en sista dag som inte har varit.")


def check_mandate(role: Role, mandated: Mandated) -> None:
    """Refuse a BBA without a mandate (R4), or with one that does not say who gave it and when; raise Hindered."""
    if role != Role.BBA:
        return
    if mandated.mandate not in set(Mandate):
        raise Hindered("mandate", "Välj varför personen får besluta. Utan mandat kan ingen vara ansvarig.")
    if mandated.mandate == Mandate.DELEGATED and not mandated.mandate_by:
        raise Hindered("mandate_by", "Skriv vem som har gett mandatet.")
    if mandated.mandate == Mandate.DELEGATED and mandated.mandate_on is None:
        raise Hindered("mandate_on", "Skriv vilken dag mandatet gavs.")
    if mandated.mandate_on and mandated.mandate_on > clock.today():
        raise Hindered("mandate_on", "Välj en dag som har varit.")

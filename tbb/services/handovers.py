"""Handing a unit over from one Barnets bästa-ansvarig to the next: what is open, and that both say it is done."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tbb import clock
from tbb.database import as_day, load, one_at_a_time, rows, transaction
from tbb.models import Account, Handover, Person, Responsibility, Unit
from tbb.models.kinds import Role
from tbb.policy import WORKER, Actor, Permission, Refused, may, require
from tbb.services import audit, entry_history, keepers, letters, shelf

LEFT, TAKEN = "left", "taken"
SIDES = (LEFT, TAKEN)
TIME = timedelta(days=14)
"""How long both have to confirm, from the last day or from when it was opened, whichever is later."""

REMINDERS = ((0, "both"), (7, "head"), (14, "organizer"))
"""So many days after the due day a reminder goes to those who owe an answer, the unit head, the organizer."""

REASONS = {
    "replaced": "Någon annan tar över",
    "new_work": "Slutar eller byter arbete",
    "new_division": "Arbetet fördelas på nytt",
    "leave": "Ledig en längre tid",
    "other": "Annat",
}


@dataclass(frozen=True)
class Counter:
    """Something of a unit that may be open at a handover: what one and many are called, and how to count it."""

    one: str
    many: str
    count: Callable[[int], int]


def _number(sql: str) -> Callable[[int], int]:
    return lambda unit: rows(sql, (unit,))[0][0]


COUNTERS = {
    "case": Counter(
        "pågående ärende",
        "pågående ärenden",
        _number("SELECT COUNT(*) FROM casefile WHERE unit_id = ? AND state <> 'closed'"),
    ),
    "confirmation": Counter(
        "obesvarad fråga om uppgifterna stämmer",
        "obesvarade frågor om uppgifterna stämmer",
        _number(
            "SELECT COUNT(*) FROM term_confirmation c JOIN responsibility r ON r.id = c.responsibility_id"
            " WHERE r.unit_id = ? AND c.answered_at IS NULL"
        ),
    ),
    "contact": Counter(
        "ändring av kontaktuppgifter som väntar",
        "ändringar av kontaktuppgifter som väntar",
        _number("SELECT COUNT(*) FROM contact_change WHERE unit_id = ? AND state = 'waiting'"),
    ),
    "fault": Counter(
        "felanmälan som inte är besvarad",
        "felanmälningar som inte är besvarade",
        _number("SELECT COUNT(*) FROM feedback WHERE unit_id = ? AND subject = 'report' AND handled_at IS NULL"),
    ),
    "flag": Counter(
        "påpekande från länet",
        "påpekanden från länet",
        _number("SELECT COUNT(*) FROM flag WHERE unit_id = ? AND settled_at IS NULL"),
    ),
}
"""What a successor takes over. A new subject that can be open at a handover adds a line here."""


class AlreadyDone(Exception):
    """That side has confirmed already, or the handover on the page is no longer the one that is open."""


class NoSuccessor(Exception):
    """Nobody has been chosen to take over yet."""


class NoteMissing(Exception):
    """Whoever confirms for somebody else must say why."""


@dataclass(frozen=True)
class Side:
    """One who hands over or takes over: who, when they confirmed, and what the one who looks may do."""

    name: str
    day: date
    done_at: datetime | None
    by: str
    note: str
    mine: bool
    may_confirm: bool


@dataclass(frozen=True)
class Shown:
    """A handover as those see it who keep the unit. `open` counts what is left: (number, words)."""

    number: int
    unit: Unit
    left: Side
    taken: Side | None
    acting: bool
    reason: str
    due_on: date
    closed_at: datetime | None
    open: tuple[tuple[int, str], ...]

    @property
    def late(self) -> bool:
        """Whether the day has passed by which both should have confirmed."""
        return self.closed_at is None and self.due_on < clock.today()


@dataclass(frozen=True)
class Waiting:
    """A handover that is open, in a list."""

    slug: str
    label: str
    leaving: str
    coming: str
    last_day: date
    due_on: date
    left: bool
    taken: bool


def counts(unit: int) -> dict[str, int]:
    """Count what is open in a unit, by the keys of COUNTERS."""
    return {key: counter.count(unit) for key, counter in COUNTERS.items()}


def in_words(counted: dict[str, int]) -> tuple[tuple[int, str], ...]:
    """Say what is open: (2, "påpekanden från länet"); what is none is left out."""
    return tuple(
        (number, COUNTERS[key].one if number == 1 else COUNTERS[key].many)
        for key, number in counted.items()
        if number and key in COUNTERS
    )


@transaction
def begin(
    actor: Actor,
    leaving: Responsibility,
    coming: Responsibility | None,
    *,
    reason: str,
    acting: bool = False,
    earlier_end: date | None = None,
) -> Handover:
    """Open the handover of a responsibility that ends, or learn who takes over one that is open already.

    `leaving` has its last day set. Letters go to both; the caller has required the right.
    """
    found = Handover.get_or_none(Handover.leaving == leaving)
    if found is None:
        found = Handover.create(
            unit=leaving.unit_id,
            leaving=leaving,
            coming=coming,
            acting=acting,
            reason=reason,
            earlier_end=earlier_end,
            opened_at=clock.now(),
            due_on=max(leaving.ends_on, clock.today()) + TIME,
            open_counts=json.dumps(counts(leaving.unit_id)),
        )
        audit.record(actor, "handover:open", "handover", found.id, place=shelf.place_of(leaving.unit), note=reason)
        facts = {"last_day": leaving.ends_on.isoformat(), "over": leaving.ends_on < clock.today()}
        _tell(leaving, "responsibility_ending", f"ending:{found.id}", facts)
    elif coming is not None and found.closed_at is None:
        Handover.update(coming=coming, acting=acting, taken_at=None, taken_by=None).where(
            Handover.id == found.id
        ).execute()
    if coming is not None:
        facts = {"first_day": coming.starts_on.isoformat(), "yours": True}
        _tell(coming, "handover_to_confirm", f"taking:{found.id}:{coming.id}", facts)
    return found


@transaction
def welcome(actor: Actor, coming: Responsibility) -> int:
    """Let a new BBA take over what nobody, or only an acting deputy, was to take over in the unit; count those."""
    waiting = Handover.select().where(
        Handover.unit == coming.unit_id,
        Handover.closed_at.is_null(),
        Handover.leaving != coming,
        Handover.coming.is_null(),
    )
    return sum(bool(begin(actor, found.leaving, coming, reason=found.reason)) for found in list(waiting))


def show(actor: Actor, slug: str) -> Shown | None:
    """Show the handover of a unit that the actor may see: the oldest open one, else the latest; None if none."""
    unit = shelf.unit(actor, slug)
    found = _current(unit) if unit else None
    if found is None:
        return None
    own = _own_person(actor)
    leaving, coming = found.leaving, found.coming
    left = _side(actor, unit, leaving, leaving.ends_on, found, LEFT, own)
    taken = _side(actor, unit, coming, coming.starts_on, found, TAKEN, own) if coming else None
    counted = json.loads(found.open_counts) if found.closed_at else counts(unit.id)
    return Shown(
        number=found.id,
        unit=unit,
        left=left,
        taken=taken,
        acting=found.acting,
        reason=REASONS[found.reason],
        due_on=found.due_on,
        closed_at=found.closed_at,
        open=in_words(counted),
    )


@transaction
def confirm(actor: Actor, slug: str, number: int, side: str, note: str = "") -> bool:
    """Say that one side of a handover is done; True when that closes it.

    The one who leaves and the one who comes confirm their own side. The unit head or the organizer's administrator
    may do it for somebody who cannot, with a note. Raises Refused, AlreadyDone, NoSuccessor and NoteMissing.
    """
    one_at_a_time("handovers")
    unit = shelf.unit(actor, slug)
    found = Handover.get_or_none(Handover.id == number, Handover.unit == unit) if unit else None
    if found is None or found.closed_at or getattr(found, f"{side}_at"):
        raise AlreadyDone
    require(actor, Permission.CONFIRM_HANDOVER, shelf.place_of(unit))
    part = found.leaving if side == LEFT else found.coming
    if part is None:
        raise NoSuccessor
    if not _may(actor, unit, part, side):
        raise Refused(f"{actor.name} may not confirm this side.")
    if not note and part.person_id != _own_person(actor):
        raise NoteMissing
    moment, closes = clock.now(), bool(found.taken_at if side == LEFT else found.left_at)
    changes = {f"{side}_at": moment, f"{side}_by": actor.account, f"{side}_note": note[:300]}
    if closes:
        changes |= {"closed_at": moment, "open_counts": json.dumps(counts(unit.id))}
    Handover.update(**changes).where(Handover.id == found.id).execute()
    fields = tuple(name for name in changes if name != "open_counts")
    audit.record(actor, f"handover:{side}", "handover", found.id, place=shelf.place_of(unit), fields=fields)
    said = {LEFT: "lämnat över", TAKEN: "tagit över"}[side]
    entry_history.write(actor, unit, "handover", {}, {"handover": f"Har {said}"}, part.person_id)
    return closes


def waiting(actor: Actor) -> list[Waiting]:
    """List the open handovers of the units that the actor may see, the most urgent first."""
    where, params = shelf.units(actor)
    found = rows(
        "SELECT u.slug, COALESCE(NULLIF(u.display_name, ''), u.name),"
        " CASE WHEN p.protected THEN p.function_name ELSE p.name END,"
        " COALESCE(CASE WHEN q.protected THEN q.function_name ELSE q.name END, ''),"
        " l.ends_on, h.due_on, h.left_at IS NOT NULL, h.taken_at IS NOT NULL"
        " FROM handover h JOIN unit u ON u.id = h.unit_id"
        " JOIN responsibility l ON l.id = h.leaving_id JOIN person p ON p.id = l.person_id"
        " LEFT JOIN responsibility c ON c.id = h.coming_id LEFT JOIN person q ON q.id = c.person_id"
        f" WHERE h.closed_at IS NULL AND {where} ORDER BY h.due_on, u.sort_key, h.id",
        params,
    )
    return [Waiting(*row[:4], as_day(row[4]), as_day(row[5]), bool(row[6]), bool(row[7])) for row in found]


@transaction
def remind() -> int:
    """Remind those who owe an answer, and further up when it takes long; count the handovers. For every day."""
    one_at_a_time("handovers")
    today, reminded = clock.today(), 0
    for found in load(Handover, "closed_at IS NULL AND due_on <= ? ORDER BY id", (today.isoformat(),)):
        steps = [who for days, who in REMINDERS if (today - found.due_on).days >= days]
        if len(steps) <= found.reminders:
            continue
        for step in steps[found.reminders :]:
            _remind(found, step)
        Handover.update(reminders=len(steps)).where(Handover.id == found.id).execute()
        audit.record(WORKER, "handover:remind", "handover", found.id, place=shelf.place_of(found.unit))
        reminded += 1
    return reminded


def _remind(found: Handover, step: str) -> None:
    unit, owing = found.unit, [found.leaving] if found.left_at is None else []
    if found.taken_at is None and found.coming is not None:
        owing.append(found.coming)
    mark = f"handover:{found.id}:{step}"
    if step == "both":
        # Whoever is gone has no way in any more, so their head is asked at once.
        here = [part for part in owing if part.ends_on is None or part.ends_on >= clock.today()]
        for part in here:
            facts = {"first_day": part.starts_on.isoformat(), "yours": True}
            _tell(part, "handover_to_confirm", f"{mark}:{part.id}", facts)
        if len(here) == len(owing) and owing:
            return
    heads, admins = keepers.unit_heads(unit.id), keepers.organizer_admins(unit.organizer_id)
    for keeper in admins if step == "organizer" else heads or admins:
        facts = {"unit": unit.label, "path": path(unit), "yours": False, "first_day": ""}
        letters.write(f"{mark}:{keeper.account}", keeper.email, "handover_to_confirm", facts)


def path(unit: Unit) -> str:
    """The address of a unit's handover on the desk."""
    return f"/arbetsyta/verksamheter/{unit.slug}/overlamning"


def address_of(person: Person) -> str:
    """Where letters to somebody go: their public work e-mail, else their account's; empty when there is neither."""
    if person.email:
        return person.email
    found = rows("SELECT email FROM account WHERE person_id = ? AND state <> 'disabled'", (person.id,))
    return found[0][0] if found else ""


def _tell(part: Responsibility, template: str, mark: str, facts: dict[str, object]) -> None:
    email = address_of(part.person)
    if email and part.role == Role.BBA:
        letters.write(mark, email, template, {"unit": part.unit.label, "path": path(part.unit)} | facts)


def _current(unit: Unit) -> Handover | None:
    found = load(
        Handover, "unit_id = ? ORDER BY closed_at IS NOT NULL, CASE WHEN closed_at IS NULL THEN id ELSE -id END",
        (unit.id,),
    )  # fmt: skip
    return found[0] if found else None


def _own_person(actor: Actor) -> int | None:
    found = rows("SELECT person_id FROM account WHERE id = ?", (actor.account,)) if actor.account else []
    return found[0][0] if found else None


def _may(actor: Actor, unit: Unit, part: Responsibility, side: str) -> bool:
    """Whether the actor may confirm a side: their own, or another's as one who answers for the unit.

    Nobody says for somebody else that they have taken over before they have begun.
    """
    if part.person_id == _own_person(actor):
        return True
    begun = side == LEFT or part.starts_on <= clock.today()
    return begun and may(actor, Permission.APPOINT, shelf.place_of(unit))


def _side(
    actor: Actor, unit: Unit, part: Responsibility, day: date, found: Handover, side: str, own: int | None
) -> Side:
    at, by = getattr(found, f"{side}_at"), getattr(found, f"{side}_by_id")
    account = Account.get_or_none(Account.id == by) if by else None
    return Side(
        name=part.person.label,
        day=day,
        done_at=at,
        by=account.name if account and account.person_id != part.person_id else "",
        note=getattr(found, f"{side}_note"),
        mine=part.person_id == own,
        may_confirm=at is None and found.closed_at is None and _may(actor, unit, part, side),
    )

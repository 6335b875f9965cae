"""The desk: what waits for the one who signs in, counted, and nothing that is not theirs to do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from tbb import clock
from tbb.database import rows
from tbb.models.kinds import Duty
from tbb.policy import Actor, Permission, may
from tbb.services import (
    audit_alarms,
    audit_review,
    case_ownership,
    case_todos,
    confirmations,
    faults,
    gaps,
    handovers,
    happening_writing,
    letters,
    meeting_lists,
    outbox,
    plan_todos,
    reports,
    reviewing,
    shelf,
    talk_desk,
    transition_round,
)

OWNERS = (Duty.BBA, Duty.UNIT_HEAD, Duty.ORGANIZER_ADMIN)
SOON = timedelta(days=4)
TO_DECIDE = (letters.State.UNSURE, letters.State.FAILED, letters.State.HELD)


@dataclass(frozen=True)
class Waiting:
    """So many of one kind of thing that wait; `urgent` ones come first."""

    what: str
    count: int
    urgent: bool = False


@dataclass(frozen=True)
class OwnUnit:
    """A unit that the person answers for, leads or deputizes at."""

    slug: str
    label: str
    municipality: str


def waiting(actor: Actor) -> list[Waiting]:
    """Count what waits for the actor, the most urgent first; what counts nothing is left out."""
    found = [*_of_cases(actor), *_of_entries(actor), *_of_the_county(actor), *_of_the_watch(actor)]
    found += _of_what_is_published(actor)
    return sorted((each for each in found if each.count), key=lambda each: not each.urgent)


def own_units(actor: Actor, most: int = 12) -> list[OwnUnit]:
    """Name the units that the actor is tied to by name, at most so many."""
    units = sorted(actor.units(*Duty))
    if not units:
        return []
    found = rows(
        "SELECT u.slug, COALESCE(NULLIF(u.display_name, ''), u.name), m.name FROM unit u"
        " JOIN municipality m ON m.id = u.municipality_id"
        f" WHERE u.id IN ({', '.join('?' * len(units))}) ORDER BY u.sort_key, u.id LIMIT ?",
        [*units, most],
    )
    return [OwnUnit(*row) for row in found]


def _of_cases(actor: Actor) -> list[Waiting]:
    """What waits for those who answer for cases, and for those who have sent a wheel: how many, never about whom."""
    found = [Waiting("questions", reports.waiting(actor), urgent=True)]
    found.append(Waiting("meeting times", meeting_lists.unanswered(actor), urgent=True))
    found += _of_plans(actor)
    found.append(Waiting("ownerless", len(case_ownership.of(actor)), urgent=True))
    if may(actor, Permission.HAND_OVER_CASE):
        found.append(Waiting("transitions", transition_round.count(actor), urgent=True))
    if may(actor, Permission.READ_CASES):
        counted = Counter("wheels" if each.kind == "receive" else "cases" for each in case_todos.waiting(actor))
        found += [Waiting("wheels", counted["wheels"], urgent=True), Waiting("cases", counted["cases"])]
    if may(actor, Permission.HOST_TALKS):
        found.append(Waiting("talks", talk_desk.waiting(actor)))
    return found


def _of_plans(actor: Actor) -> list[Waiting]:
    """What waits around plans: for their samordningspersoner, for each who has something to do, for who answers."""
    if not may(actor, Permission.READ_PLAN):
        return []
    counted = plan_todos.count(actor)
    urgent = ("plan_told", "plan_ownerless", "plan_followup")
    return [Waiting(what, number, urgent=what in urgent) for what, number in counted.items()]


def _of_entries(actor: Actor) -> list[Waiting]:
    """What waits around the entries that the actor keeps."""
    found = []
    if may(actor, Permission.CONFIRM_ENTRY):
        found.append(Waiting("unconfirmed", len(confirmations.waiting(actor))))
    if may(actor, Permission.CONFIRM_HANDOVER):
        found.append(Waiting("handovers", len(handovers.waiting(actor)), urgent=True))
    if may(actor, Permission.APPROVE_CONTACT):
        found.append(Waiting("contacts", _contact_changes(actor), urgent=True))
    if may(actor, Permission.SETTLE_FLAG):
        found.append(Waiting("flags", _flags(actor)))
    if may(actor, Permission.HANDLE_FAULT):
        found.append(Waiting("faults", faults.counts(actor)[0]))
    if may(actor, Permission.READ_ENTRY):
        found.append(Waiting("gaps", len(gaps.open_gaps(actor)), urgent=True))
    return found


def _of_the_county(actor: Actor) -> list[Waiting]:
    """What waits for those who lead the process."""
    if not may(actor, Permission.READ_APPLICATIONS):
        return []
    return [
        Waiting("applications", sum(reviewing.counts(actor).get(tab, 0) for tab in ("att-granska", "andra-beslut")))
    ]


def _of_what_is_published(actor: Actor) -> list[Waiting]:
    """What waits for those who write for readers: captions, which the law wants within a time."""
    if not may(actor, Permission.WRITE_CONTENT):
        return []
    days = happening_writing.without_captions(actor)
    return [Waiting("captions", len(days), urgent=bool(days) and days[0] <= clock.today() + SOON)]


def _of_the_watch(actor: Actor) -> list[Waiting]:
    """What waits for those who review the log and keep the machine."""
    found = []
    if may(actor, Permission.READ_AUDIT):
        found.append(Waiting("alarms", audit_alarms.waiting(actor), urgent=True))
        found.append(Waiting("samples", audit_review.waiting(actor)))
        found.append(Waiting("overdue", audit_review.overdue(actor), urgent=True))
    if may(actor, Permission.READ_LETTERS):
        counts = outbox.counts(actor)
        found.append(Waiting("letters", sum(counts.get(state, 0) for state in TO_DECIDE), urgent=True))
    return found


def _contact_changes(actor: Actor) -> int:
    where, params = shelf.units(actor, OWNERS)
    return rows(
        "SELECT COUNT(*) FROM contact_change c JOIN unit u ON u.id = c.unit_id"
        f" WHERE c.state = 'waiting' AND (c.proposed_by_id IS NULL OR c.proposed_by_id <> ?) AND {where}",
        [actor.account, *params],
    )[0][0]


def _flags(actor: Actor) -> int:
    where, params = shelf.units(actor, OWNERS)
    return rows(
        f"SELECT COUNT(*) FROM flag f JOIN unit u ON u.id = f.unit_id WHERE f.settled_at IS NULL AND {where}", params
    )[0][0]

"""Delegating the work with a case within the unit until a day (R5): the BBA stays responsible, nobody passes it on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tbb import clock
from tbb.database import as_day, load, one_at_a_time, rows, transaction
from tbb.models import Account, Case, CaseEvent, Delegation, Grant
from tbb.models.kinds import CaseEventKind, CaseState, Duty, Role
from tbb.policy import WORKER, Actor, Permission, require
from tbb.services import audit, case_files, case_shelf, letters

LONGEST = timedelta(days=90)
_CANDIDATES = """
    SELECT a.id, a.key, a.name FROM account a WHERE a.state = 'active' AND a.id <> ? AND (
      a.id IN (SELECT g.account_id FROM "grant" g WHERE g.unit_id = ? AND g.ended_at IS NULL
        AND g.duty IN ('staff', 'delegate', 'unit_head') AND g.starts_on <= ?
        AND (g.ends_on IS NULL OR g.ends_on >= ?))
      OR a.person_id IN (SELECT r.person_id FROM responsibility r WHERE r.unit_id = ? AND r.role = 'deputy'
        AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on >= ?)))
    ORDER BY a.name, a.id
"""
_LIVE = """
    SELECT g.id, a.id, a.name, g.starts_on, g.ends_on, g.given_at, b.name
    FROM delegation d JOIN "grant" g ON g.id = d.grant_id JOIN account a ON a.id = g.account_id
    LEFT JOIN account b ON b.id = g.given_by_id
    WHERE d.case_id = ? AND g.ended_at IS NULL AND g.ends_on >= ? ORDER BY g.ends_on, g.id
"""
_RESPONSIBLE = """
    SELECT CASE WHEN p.protected THEN p.function_name ELSE p.name END
    FROM responsibility r JOIN person p ON p.id = r.person_id
    WHERE r.unit_id = ? AND r.role = ? AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on >= ?)
    ORDER BY r.id LIMIT 1
"""


class NotHere(Exception):
    """That account does not work at the unit, or works with the case already."""


class WrongDay(Exception):
    """The last day has been already, or is more than 90 days away."""


class NotNow(Exception):
    """The case is not received yet, or closed: there is nothing to delegate."""


@dataclass(frozen=True)
class Candidate:
    """Somebody of the unit to whom the work can be delegated."""

    account: int
    key: str
    name: str


@dataclass(frozen=True)
class Live:
    """A delegation that holds today: its grant's number, who has it, from and until when, and who gave it."""

    number: int
    account: int
    name: str
    starts_on: date
    ends_on: date
    given_at: datetime
    by: str


def candidates(actor: Actor, case: Case) -> list[Candidate]:
    """Name those of the case's own unit to whom it can be delegated: not the actor, and nobody who has it already."""
    today, has = clock.today(), {live.account for live in live_of(case)}
    found = rows(_CANDIDATES, (actor.account, case.unit_id, today, today, case.unit_id, today, today))
    return [Candidate(*row) for row in found if row[0] not in has]


def live_of(case: Case) -> list[Live]:
    """The delegations of a case that hold today, the one that ends first coming first."""
    return [
        Live(number, account, name, as_day(start), as_day(end), Grant.given_at.python_value(given_at), by or "")
        for number, account, name, start, end, given_at, by in rows(_LIVE, (case.id, clock.today()))
    ]


def responsible(unit: int) -> str:
    """Name the unit's Barnets bästa-ansvarig of today, who stays responsible; "" when there is none."""
    found = rows(_RESPONSIBLE, (unit, Role.BBA, clock.today(), clock.today()))
    return found[0][0] if found else ""


@transaction
def give(actor: Actor, case: Case, account_key: str, ends_on: date) -> Delegation:
    """Let somebody of the unit read and map one case until a day, and write to them.

    Raises NotNow, NotHere and WrongDay. Only those who answer for the case may, so that no delegate passes it on.
    """
    place, today = case_shelf.place_of(case), clock.today()
    require(actor, Permission.DELEGATE_CASE, place)
    one_at_a_time("delegations")
    if case.state in (CaseState.SENT, CaseState.CLOSED):
        raise NotNow
    if not today <= ends_on <= today + LONGEST:
        raise WrongDay
    chosen = next((one for one in candidates(actor, case) if one.key == account_key), None)
    if chosen is None:
        raise NotHere
    grant = Grant.create(
        account=chosen.account, duty=Duty.DELEGATE, unit=case.unit_id, starts_on=today, ends_on=ends_on,
        given_by=actor.account, given_at=clock.now(),
    )  # fmt: skip
    made = Delegation.create(case=case, grant=grant, at=clock.now())
    case_files.note_event(actor, case, CaseEventKind.DELEGATED, unit=case.unit_id)
    fields = ("account", "ends_on")
    audit.record(
        actor, "case:delegate", "case", case.reference, place=place, fields=fields, note=_named(chosen.account)
    )
    audit.record(actor, "duty:give", "account", chosen.account, place=place, fields=("duty",), note=Duty.DELEGATE)
    email = Account.get_by_id(chosen.account).email
    letters.write(
        f"delegated:{grant.id}", email, "case_delegated", {"path": "/arenden", "last_day": ends_on.isoformat()}
    )
    return made


@transaction
def end(actor: Actor, case: Case, number: int) -> bool:
    """End a delegation at once: the very next request is refused. False when it has ended already."""
    place = case_shelf.place_of(case)
    require(actor, Permission.DELEGATE_CASE, place)
    live = next((one for one in live_of(case) if one.number == number), None)
    if live is None:
        return False
    _close(actor.account, live.number)
    case_files.note_event(actor, case, CaseEventKind.DELEGATION_ENDED, unit=case.unit_id)
    _record_end(actor, case, live.account)
    return True


@transaction
def end_all(actor: Actor, case: Case) -> int:
    """Within the change that closes or hands over a case, end its delegations; tell how many."""
    ended = live_of(case)
    for live in ended:
        _close(actor.account, live.number)
        _record_end(actor, case, live.account)
    return len(ended)


@transaction
def expire() -> int:
    """Close the books on delegations whose last day has been, or whose case is closed; count them. For every day.

    Their grants have no power any more after the last day; here that is written down.
    """
    one_at_a_time("delegations")
    found = rows(
        'SELECT d.case_id, g.id, g.account_id FROM delegation d JOIN "grant" g ON g.id = d.grant_id'
        " JOIN casefile c ON c.id = d.case_id"
        " WHERE g.ended_at IS NULL AND (g.ends_on < ? OR c.state = 'closed') ORDER BY g.id",
        (clock.today(),),
    )
    for number, grant, account in found:
        case = load(Case, "id = ?", (number,))[0]
        _close(None, grant)
        # Not by note_event: that a delegation has run out is nothing that somebody has done with the case.
        CaseEvent.create(case=case, what=CaseEventKind.DELEGATION_ENDED, unit=case.unit_id, at=clock.now())
        _record_end(WORKER, case, account)
    return len(found)


def _close(by: int | None, grant: int) -> None:
    Grant.update(ended_at=clock.now(), ended_by=by).where(Grant.id == grant).execute()


def _record_end(actor: Actor, case: Case, account: int) -> None:
    place = case_shelf.place_of(case)
    audit.record(actor, "case:end-delegation", "case", case.reference, place=place, note=_named(account))


def _named(account: int) -> str:
    """Name an account in an audit row as elsewhere in it."""
    return f"konto {account}"

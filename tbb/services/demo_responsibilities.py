"""Scenes for the demonstration: a planned change, a handover, a unit without anybody, and questions unanswered."""

from __future__ import annotations

from datetime import date, timedelta

from tbb import clock
from tbb.models import CoverageRecord, Municipality, Responsibility, TermConfirmation, Unit
from tbb.models.kinds import Kind, Mandate, OrganizerKind, Role
from tbb.policy import Actor
from tbb.services import actors, appointing, confirmations, coverage, demo_cast, terms
from tbb.services.appointing import Draft, Mandated, NewPerson
from tbb.services.terms import Starts

STARTS: Starts = ((1, 10), (8, 20))
SILENT_DAYS = 22
"""So long ago some were asked; they have been reminded twice, and their head has been told."""


def play() -> None:
    """Let it be as it is in the middle of a term, within the caller's transaction."""
    actor = actors.of_account(demo_cast.account_of("huvudman"))
    preschools = _own(Kind.PRESCHOOL)
    today = clock.today()
    _replace(actor, preschools[0], "Viggo Skissberg", "070-174 06 93", today + timedelta(days=30))
    _replace(actor, preschools[1], "Nils Provlund", "070-174 06 92", today)
    _leave_empty(preschools[2])
    _ask([_own(Kind.COMPULSORY)[0], *_own(Kind.UPPER_SECONDARY)])
    _earlier_terms()


def _own(kind: Kind) -> list[Unit]:
    """The units of a kind that Eskilstuna kommun runs."""
    where = Municipality.get(Municipality.slug == "eskilstuna")
    found = Unit.select().where(Unit.municipality == where, Unit.kind == kind).order_by(Unit.id)
    return [unit for unit in found if unit.organizer.kind == OrganizerKind.MUNICIPAL]


def _replace(actor: Actor, unit: Unit, name: str, phone: str, starts_on: date) -> None:
    new = NewPerson(name=name, title="Rektor", phone=phone)
    draft = Draft(Role.BBA, starts_on, mandated=Mandated(Mandate.DECISION_MAKER), new=new)
    appointing.appoint(actor, unit, draft, appointing.plan(actor, unit, draft).mark)


def _leave_empty(unit: Unit) -> None:
    """Nobody has answered for the unit for ten days."""
    last = clock.today() - timedelta(days=10)
    Responsibility.update(ends_on=last).where(Responsibility.unit == unit, Responsibility.role == Role.BBA).execute()
    appointing.after_change([unit.id])


def _ask(units: list[Unit]) -> None:
    """Ask who answers for these units; all but the first were asked long ago and are silent."""
    numbers = [unit.id for unit in units]
    before = terms.term_of(clock.today(), STARTS).starts_on - timedelta(days=60)
    Responsibility.update(confirmed_on=before).where(
        Responsibility.unit.in_(numbers), Responsibility.role == Role.BBA
    ).execute()
    confirmations.watch(STARTS, numbers)
    silent = Responsibility.select().where(Responsibility.unit.in_(numbers[1:]), Responsibility.role == Role.BBA)
    TermConfirmation.update(asked_at=clock.now() - timedelta(days=SILENT_DAYS)).where(
        TermConfirmation.responsibility.in_(silent)
    ).execute()
    confirmations.watch(STARTS, numbers)


def _earlier_terms() -> None:
    """Let the board have grown, term by term: fewer had a BBA and fewer were confirmed, the longer ago."""
    coverage.keep_record(STARTS)
    day, now = clock.today(), list(CoverageRecord.select().order_by(CoverageRecord.id).dicts())
    for ago in (1, 2, 3):
        day = terms.term_of(day, STARTS).starts_on - timedelta(days=1)
        for number, row in enumerate(now):
            lacked = min(row["with_bba"], (number % 5 < ago) * row["units"])
            figures = {"with_bba": row["with_bba"] - lacked, "taken_on": day, "term": terms.term_of(day, STARTS).code}
            figures["confirmed"] = min(row["confirmed"], figures["with_bba"])
            CoverageRecord.create(**{name: value for name, value in row.items() if name != "id"} | figures)

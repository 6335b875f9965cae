"""What visitors say is wrong in an entry, as its owners and the county see and settle it. Sealed until it is opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tbb import clock
from tbb.database import keyring, load, rows, transaction
from tbb.models import Feedback, Unit
from tbb.models.kinds import Duty
from tbb.policy import Actor, Permission, require
from tbb.services import audit, keepers, letters, shelf

READERS = (Duty.BBA, Duty.UNIT_HEAD, Duty.ORGANIZER_ADMIN, Duty.PROCESS_LEADER)
"""The duties that let somebody read such reports (Permission.READ_FAULTS); a test holds the two together."""

PAGE_SIZE = 25
TOPICS = {
    "person": "Fel person eller fel kontaktuppgifter",
    "unreachable": "Det går inte att nå personen",
    "unit": "Fel namn, adress eller telefonnummer till verksamheten",
    "closed": "Verksamheten finns inte längre",
    "other": "Något annat",
}


class FaultState(StrEnum):
    """Where a report is on its way."""

    NEW = "new"
    LOOKED_AT = "looked_at"
    FIXED = "fixed"
    NO_FAULT = "no_fault"


OPEN = (FaultState.NEW, FaultState.LOOKED_AT)
STATES = {
    FaultState.NEW: "Ny",
    FaultState.LOOKED_AT: "Vi tittar på det",
    FaultState.FIXED: "Rättat",
    FaultState.NO_FAULT: "Inget fel",
}


class AlreadySettled(Exception):
    """Somebody else has settled the report, or has begun to look at it."""


class AnswerNeeded(Exception):
    """The reporter left an address, so there must be an answer to send."""


@dataclass(frozen=True)
class Listed:
    """A report in a list: everything but what it says."""

    key: str
    slug: str
    unit: str
    municipality: str
    topic: str
    created_at: datetime
    state: str

    @property
    def about(self) -> str:
        """What the report concerns, in words."""
        return TOPICS.get(self.topic, "Något annat")

    @property
    def state_name(self) -> str:
        """Where the report is on its way, in words."""
        return STATES[FaultState(self.state)]


@dataclass(frozen=True)
class Fault:
    """One report, opened."""

    listed: Listed
    message: str
    wants_answer: bool
    answer: str
    answered_at: datetime | None
    forget_on: date
    unit: Unit

    @property
    def is_open(self) -> bool:
        """Whether it still waits to be settled."""
        return self.listed.state in OPEN


_COLUMNS = "f.key, u.slug, COALESCE(NULLIF(u.display_name, ''), u.name), m.name, f.topic, f.created_at, f.state"
_FROM = (
    "FROM feedback f JOIN unit u ON u.id = f.unit_id JOIN municipality m ON m.id = u.municipality_id"
    " WHERE f.subject = 'report' AND {where}"
)


def listed(actor: Actor, *, still_open: bool = True, page: int = 1) -> tuple[list[Listed], int]:
    """Give a page of the reports that the actor may read, oldest first while open, else newest first; and how many."""
    where, params = _scope(actor, still_open)
    total = rows(f"SELECT COUNT(*) {_FROM.replace('{where}', where)}", params)[0][0]
    order = "f.id" if still_open else "f.id DESC"
    sql = f"SELECT {_COLUMNS} {_FROM.replace('{where}', where)} ORDER BY {order} LIMIT ? OFFSET ?"
    found = rows(sql, (*params, PAGE_SIZE, max(page - 1, 0) * PAGE_SIZE))
    return [_listed(row) for row in found], total


def of_unit(unit: int) -> list[Listed]:
    """List a unit's reports that are not settled, oldest first."""
    where = "u.id = ? AND f.state IN ('new', 'looked_at')"
    found = rows(f"SELECT {_COLUMNS} {_FROM.replace('{where}', where)} ORDER BY f.id", (unit,))
    return [_listed(row) for row in found]


def counts(actor: Actor) -> tuple[int, int]:
    """Tell how many reports are open and how many are settled, of those the actor may read."""
    return listed(actor)[1], listed(actor, still_open=False)[1]


def open_one(actor: Actor, key: str) -> Fault | None:
    """Open the seal of one report; None when the actor may read none of that key. The route writes it in the audit."""
    found = load(Feedback, "key = ? AND subject = 'report' AND unit_id IS NOT NULL", (key,))
    unit = shelf.unit_of(actor, found[0].unit_id, Permission.READ_FAULTS) if found else None
    if unit is None:
        return None
    kept, ring = found[0], keyring()
    row = rows(f"SELECT {_COLUMNS} {_FROM.replace('{where}', 'f.id = ?')}", (kept.id,))[0]
    return Fault(
        listed=_listed(row),
        message=ring.open(kept.message, f"feedback.message:{key}"),
        wants_answer=kept.reply_to is not None,
        answer=ring.open(kept.answer, f"feedback.answer:{key}") if kept.answer else "",
        answered_at=kept.answered_at,
        forget_on=kept.forget_on,
        unit=unit,
    )


@transaction
def look(actor: Actor, key: str) -> None:
    """Say that somebody is looking into it. Raises Refused, and AlreadySettled when somebody is or was."""
    kept, unit = _mine(actor, key)
    begun = (
        Feedback.update(state=FaultState.LOOKED_AT)
        .where(Feedback.id == kept.id, Feedback.state == FaultState.NEW)
        .execute()
    )
    if begun != 1:
        raise AlreadySettled
    audit.record(actor, "fault:look", "fault", key, place=shelf.place_of(unit), fields=("state",))


@transaction
def settle(actor: Actor, key: str, state: FaultState, answer: str) -> None:
    """Settle a report as fixed or no fault, and send the answer to the reporter's address, which is then forgotten.

    Raises Refused, AlreadySettled and AnswerNeeded.
    """
    kept, unit = _mine(actor, key)
    if kept.reply_to is not None and not answer:
        raise AnswerNeeded
    moment, ring = clock.now(), keyring()
    settled = (
        Feedback.update(
            state=state,
            answer=ring.seal(answer, f"feedback.answer:{key}") if answer else None,
            handled_at=moment,
            answered_at=moment if kept.reply_to is not None else None,
            reply_to=None,
        )
        .where(Feedback.id == kept.id, Feedback.state.in_(OPEN))
        .execute()
    )
    if settled != 1:
        raise AlreadySettled
    if kept.reply_to is not None:
        address = ring.open(kept.reply_to, f"feedback.reply_to:{key}")
        letters.write(
            f"fault-answer:{key}", address, "fault_answered", {"answer": answer, "path": f"/enhet/{unit.slug}"}
        )
    audit.record(actor, "fault:settle", "fault", key, place=shelf.place_of(unit), fields=("answer", "state"))


def tell_of(unit: int, county: str) -> None:
    """Within the caller's transaction, tell a unit's owners and the county's address that a report has come.

    Once a day for each unit, and not what it says. A unit without owners is told of to the process leaders.
    """
    found = load(Unit, "id = ?", (unit,))[0]
    owners = keepers.owners(found.id, found.organizer_id) or keepers.process_leaders()
    addresses = [*((str(keeper.account), keeper.email) for keeper in owners), ("county", county)]
    facts = {"unit": found.label, "path": "/arbetsyta/verksamheter/fel"}
    for who, address in addresses:
        letters.write(f"fault:{unit}:{clock.today()}:{who}", address, "fault_reported", facts)


def _mine(actor: Actor, key: str) -> tuple[Feedback, Unit]:
    kept = Feedback.get(Feedback.key == key, Feedback.subject == "report")
    unit = load(Unit, "id = ?", (kept.unit_id,))[0]
    require(actor, Permission.HANDLE_FAULT, shelf.place_of(unit))
    return kept, unit


def _scope(actor: Actor, still_open: bool) -> tuple[str, list[int]]:
    where, params = shelf.units(actor, READERS)
    return f"{where} AND f.state {'IN' if still_open else 'NOT IN'} ('new', 'looked_at')", params


def _listed(row: tuple) -> Listed:
    *first, created, state = row
    return Listed(*first, created_at=Feedback.created_at.python_value(created), state=state)

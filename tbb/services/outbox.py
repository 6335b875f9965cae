"""The outbox as those see it who keep the machine: where every letter is and what is wrong, never what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from peewee import fn

from tbb import clock
from tbb.database import transaction
from tbb.models import Letter
from tbb.policy import Actor, Permission, require
from tbb.services import audit, letters
from tbb.services.letters import Cause, State

PAGE_SIZE = 25
FICTIONAL = ".example"


class Decision(StrEnum):
    """What a person may decide about a letter."""

    AGAIN = "again"
    ARRIVED = "arrived"
    STOP = "stop"
    LIFT = "lift"


DECISIONS: dict[State, tuple[Decision, ...]] = {
    State.QUEUED: (Decision.STOP,),
    State.UNSURE: (Decision.AGAIN, Decision.ARRIVED),
    State.FAILED: (Decision.AGAIN, Decision.STOP),
    State.HELD: (Decision.AGAIN, Decision.STOP),
    State.KEPT: (Decision.AGAIN, Decision.STOP),
    State.BOUNCED: (Decision.LIFT,),
}
"""What can be decided about a letter, by where it is; about those not named, nothing."""
NEEDS_A_PERSON = (State.UNSURE, State.FAILED, State.HELD)


class NotNow(Exception):
    """The letter is no longer where it was when the person decided."""


@dataclass(frozen=True)
class Line:
    """A letter as the outbox shows it. `recipient` is masked; `mark` is the first half of its Message-ID."""

    id: int
    template: str
    recipient: str
    state: State
    language: str
    created_at: datetime
    next_at: datetime
    attempts: int
    problem: str
    sent_at: datetime | None
    bounced_at: datetime | None
    bounce: str
    rather_twice: bool
    mark: str
    readable: bool

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What can be decided about it now."""
        if self.state is not State.UNSURE and Decision.AGAIN in DECISIONS.get(self.state, ()) and not self.readable:
            return (Decision.STOP,)
        return DECISIONS.get(self.state, ())

    @property
    def may_have_bounced(self) -> bool:
        """Whether it can have come back."""
        return self.state in (State.SENT, State.UNSURE)


@dataclass(frozen=True)
class Lines:
    """A page of the outbox."""

    lines: tuple[Line, ...]
    total: int
    page: int
    pages: int


def counts(actor: Actor) -> dict[State, int]:
    """Count the letters in each state."""
    require(actor, Permission.READ_LETTERS)
    found = dict(Letter.select(Letter.state, fn.COUNT(Letter.id)).group_by(Letter.state).tuples())
    return {state: found.get(state, 0) for state in State}


def listed(actor: Actor, *, state: str = "", template: str = "", mark: str = "", page: int = 1) -> Lines:
    """List letters, newest first; `mark` is a Message-ID or its first half, as a returned letter tells it."""
    require(actor, Permission.READ_LETTERS)
    wanted = Letter.select()
    if state:
        wanted = wanted.where(Letter.state == state)
    if template:
        wanted = wanted.where(Letter.template == template)
    if mark:
        first = re.sub(r"^<", "", mark.strip()).partition("@")[0]
        # Letters from before the templates have their whole Message-ID written down.
        wanted = wanted.where((Letter.message_id == first) | Letter.message_id.startswith(f"<{first}@"))
    total = wanted.count()
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    shown = wanted.order_by(Letter.id.desc()).paginate(page, PAGE_SIZE)
    return Lines(tuple(_line(letter) for letter in shown), total, page, pages)


def templates(actor: Actor) -> list[str]:
    """Name the templates of all letters there are."""
    require(actor, Permission.READ_LETTERS)
    return [row[0] for row in Letter.select(Letter.template).distinct().order_by(Letter.template).tuples()]


def letter(actor: Actor, number: int) -> Line | None:
    """Show one letter; None when there is none of that number."""
    require(actor, Permission.READ_LETTERS)
    found = Letter.get_or_none(Letter.id == number)
    return _line(found) if found else None


@transaction
def decide(actor: Actor, number: int, decision: Decision) -> Line | None:
    """Do what a person has decided about a letter; None when there is none, NotNow when it has moved on meanwhile."""
    require(actor, Permission.DECIDE_LETTER)
    found = Letter.get_or_none(Letter.id == number)
    if found is None:
        return None
    if decision not in _line(found).decisions:
        raise NotNow
    if decision is Decision.LIFT:
        changed = _lift(found)
    else:
        changed = _change(found, **_after(decision))
    if not changed:
        raise NotNow
    audit.record(actor, f"letter:{decision}", "letter", found.id, fields=("state",))
    return _line(Letter.get_by_id(number))


@transaction
def try_all_failed_again(actor: Actor) -> int:
    """Queue every failed letter again, as after a mail server that refused everything; tell how many."""
    require(actor, Permission.DECIDE_LETTER)
    found = [row[0] for row in Letter.select(Letter.id).where(_can_go(State.FAILED)).tuples()]
    queued = Letter.update(**_after(Decision.AGAIN)).where(Letter.id << found, _can_go(State.FAILED)).execute()
    if queued:
        audit.record(actor, "letter:again", "letter", "failed", fields=("state",), note=f"{queued} letters")
    return queued


@transaction
def note_bounce(actor: Actor, number: int, *, hard: bool) -> Line | None:
    """Note that a letter came back; after a hard bounce no letter goes to that address until a person lifts it.

    None when there is no such letter, NotNow when it has not left.
    """
    require(actor, Permission.DECIDE_LETTER)
    found = Letter.get_or_none(Letter.id == number)
    if found is None:
        return None
    if not _line(found).may_have_bounced:
        raise NotNow
    left = {"sent_at": found.sent_at or clock.now(), "facts": None, "bounced_at": clock.now()}
    after = {"state": State.BOUNCED, "remark": "hard"} if hard else {"state": State.SENT, "remark": "soft"}
    if not _change(found, **left, **after):
        raise NotNow
    if hard:
        Letter.update(state=State.HELD, last_problem=Cause.BOUNCED).where(
            Letter.state == State.QUEUED, letters.same_address(found.recipient)
        ).execute()
    audit.record(actor, f"letter:bounce-{after['remark']}", "letter", found.id, fields=("state", "bounced_at"))
    return _line(Letter.get_by_id(number))


def readable(actor: Actor) -> list[Line]:
    """In the demonstration, list the letters that have not left and can be read, newest first."""
    require(actor, Permission.OPEN_LETTER)
    found = Letter.select().where(Letter.facts.is_null(False)).order_by(Letter.id.desc()).limit(100)
    return [_line(letter, openly=True) for letter in found]


def opened(actor: Actor, number: int) -> tuple[Line, dict[str, Any]] | None:
    """In the demonstration, open a letter that has not left, with its facts; None when there is none.

    Raises letters.CannotRead.
    """
    require(actor, Permission.OPEN_LETTER)
    found = Letter.get_or_none(Letter.id == number, Letter.facts.is_null(False))
    return (_line(found, openly=True), letters.facts_of(found)) if found else None


def masked(recipient: str) -> str:
    """Hide who a letter is for, but not where it goes: h…@flen.example."""
    local, _, domain = recipient.rpartition("@")
    return f"{local[:1]}…@{domain}" if local else "…"


def _after(decision: Decision) -> dict[str, object]:
    """What becomes of a letter by a decision."""
    if decision is Decision.AGAIN:
        return {"state": State.QUEUED, "next_at": clock.now(), "attempts": 0}
    state = State.SENT if decision is Decision.ARRIVED else State.STOPPED
    return {"state": state, "facts": None, "sent_at": clock.now() if state is State.SENT else None}


def _change(found: Letter, **values: object) -> bool:
    """Change a letter that is still where it was found: of two who decide at once only one does."""
    return bool(Letter.update(**values).where(Letter.id == found.id, Letter.state == found.state).execute())


def _lift(found: Letter) -> bool:
    """Let letters go again to an address that had been given up."""
    changed = Letter.update(state=State.SENT, remark="lifted").where(
        Letter.state == State.BOUNCED, letters.same_address(found.recipient)
    )
    return bool(changed.execute())


def _can_go(state: State) -> Any:
    return (Letter.state == state) & Letter.facts.is_null(False)


def _line(letter: Letter, *, openly: bool = False) -> Line:
    """Show a letter; `openly` shows the whole address of an invented person."""
    invented = openly and letter.recipient.lower().endswith(FICTIONAL)
    return Line(
        id=letter.id,
        template=letter.template,
        recipient=letter.recipient if invented else masked(letter.recipient),
        state=State(letter.state),
        language=letter.language,
        created_at=letter.created_at,
        next_at=letter.next_at,
        attempts=letter.attempts,
        problem=letter.last_problem,
        sent_at=letter.sent_at,
        bounced_at=letter.bounced_at,
        bounce=letter.remark,
        rather_twice=letter.rather_twice,
        mark=letters.mark_of(letter),
        readable=letter.facts is not None,
    )

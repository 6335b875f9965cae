"""Reminding many at once of what is missing: a look first, a letter to each keeper, and five minutes to undo."""

from __future__ import annotations

import secrets
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from tbb import clock
from tbb.database import rows, transaction
from tbb.models import Letter
from tbb.policy import Actor, Permission, Place, require
from tbb.services import audit, coverage, letters
from tbb.services.keepers import Keeper, organizer_admins, unit_heads
from tbb.services.terms import Starts

PAUSE = timedelta(minutes=5)
MOST_NAMED = 20
TEMPLATE = "coverage_reminder"


@dataclass(frozen=True)
class Reminder:
    """One letter that would be written: to whom, about which units."""

    keeper: Keeper
    units: tuple[coverage.UnitLine, ...]


@dataclass(frozen=True)
class Preview:
    """What would happen: the letters, and the units whose keepers cannot be reached."""

    reminders: tuple[Reminder, ...]
    unreached: tuple[coverage.UnitLine, ...]
    numbers: tuple[int, ...]


def preview(actor: Actor, numbers: list[int], starts: Starts) -> Preview:
    """Tell who would get a letter about which of these units; units that have all they need are passed over."""
    require(actor, Permission.REMIND_MANY)
    chosen = [line for line in coverage.lines(actor, numbers, starts) if {"missing", "unconfirmed"} & set(line.wrongs)]
    told: dict[Keeper, list[coverage.UnitLine]] = defaultdict(list)
    unreached = []
    for line in chosen:
        keepers = unit_heads(line.number) or organizer_admins(line.organizer_id)
        for keeper in keepers:
            told[keeper].append(line)
        if not keepers:
            unreached.append(line)
    return Preview(
        tuple(Reminder(keeper, tuple(about)) for keeper, about in told.items()),
        tuple(unreached),
        tuple(line.number for line in chosen),
    )


@transaction
def remind(actor: Actor, numbers: list[int], starts: Starts) -> tuple[str, int]:
    """Write the letters, to leave in five minutes; give the batch's name for undoing, and how many letters."""
    shown = preview(actor, numbers, starts)
    batch = secrets.token_hex(8)
    for reminder in shown.reminders:
        labels = [f"{line.label}, {line.municipality}" for line in reminder.units]
        facts = {
            "name": reminder.keeper.name,
            "units": labels[:MOST_NAMED],
            "more": max(0, len(labels) - MOST_NAMED),
            "path": "/arbetsyta/verksamheter",
        }
        letters.write(f"{_prefix(actor, batch)}{reminder.keeper.account}", reminder.keeper.email, TEMPLATE, facts)
    Letter.update(next_at=clock.now() + PAUSE).where(Letter.dedupe.startswith(_prefix(actor, batch))).execute()
    for number in shown.numbers:
        audit.record(actor, "coverage:remind", "unit", number, place=_place(number), note=batch)
    return batch, len(shown.reminders)


def waiting(actor: Actor, batch: str) -> int:
    """Count the letters of one's own batch that have not left yet."""
    require(actor, Permission.REMIND_MANY)
    own = Letter.dedupe.startswith(_prefix(actor, batch))
    return Letter.select().where(own, Letter.state == letters.State.QUEUED).count()


@transaction
def undo(actor: Actor, batch: str) -> int:
    """Stop the letters of one's own batch that have not left; tell how many."""
    require(actor, Permission.REMIND_MANY)
    stopped = (
        Letter.delete()
        .where(Letter.dedupe.startswith(_prefix(actor, batch)), Letter.state == letters.State.QUEUED)
        .execute()
    )
    audit.record(actor, "coverage:undo", "letters", batch, note=f"{stopped} brev")
    return stopped


def _prefix(actor: Actor, batch: str) -> str:
    return f"remind:{actor.account}:{batch}:"


def _place(number: int) -> Place:
    found = rows("SELECT organizer_id FROM unit WHERE id = ?", (number,))
    return Place(unit=number, organizer=found[0][0] if found else None)

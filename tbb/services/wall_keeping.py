"""Keeping what is agreed at the time on the wall when the rules of summer time are changed by law (C28)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from tbb import clock
from tbb.database import BaseModel, load, transaction
from tbb.models import ForumDate, Happening, Meeting, MeetingSlot, RoomBooking, TalkBooking
from tbb.policy import WORKER
from tbb.services import audit, wall_clock

NOWHEN = (wall_clock.NotATime, wall_clock.Skipped, wall_clock.Doubled)
"""What the wall may say that is no moment, or two: then the moment stays as it was agreed on."""


@dataclass(frozen=True)
class Agreed:
    """What is agreed at a time on the wall: what the log calls it, which rows still stand, and their moments."""

    model: type[BaseModel]
    thing: str
    where: str
    moments: tuple[str, ...] = ("starts_at", "ends_at")


AGREED = (
    Agreed(TalkBooking, "talk", "state = 'booked'", ("starts_at", "ends_at", "free_at")),
    Agreed(Meeting, "meeting", "state = 'set'"),
    Agreed(MeetingSlot, "meeting-time", "withdrawn_at IS NULL"),
    Agreed(ForumDate, "forum-date", "cancelled_at IS NULL"),
    Agreed(Happening, "happening", "called_off_at IS NULL"),
)


def keep() -> int:
    """Move the moment of everything to come to what its time on the wall means now; count what was moved.

    For every day, and safe to do twice: nothing is moved unless a rule was changed since. One at a time, so that one
    that fails stops no other; then the job has failed.
    """
    moved, failed = 0, None
    for agreed in AGREED:
        for number, by in _off(agreed):
            try:
                moved += _move(agreed, number, by)
            except Exception as problem:
                failed = problem
    if failed is not None:
        raise failed
    return moved


def _off(agreed: Agreed) -> Iterator[tuple[int, timedelta]]:
    """Give what stands at another moment than its wall says, and by how much, so that none runs into the next one."""
    after = agreed.model.starts_at.db_value(clock.now())
    found = []
    for row in load(agreed.model, f"{agreed.where} AND wall <> '' AND starts_at > ? ORDER BY starts_at, id", (after,)):
        with suppress(*NOWHEN):
            if by := wall_clock.moment_of(row.wall) - row.starts_at:
                found.append((row.id, by))
    yield from reversed([each for each in found if each[1] > timedelta()])
    yield from [each for each in found if each[1] < timedelta()]


@transaction
def _move(agreed: Agreed, number: int, by: timedelta) -> bool:
    row = agreed.model.get_by_id(number)
    if wall_clock.moment_of(row.wall) - row.starts_at != by:
        return False  # Somebody has changed it meanwhile, by the new rules.
    moments = {name: getattr(row, name) + by for name in agreed.moments}
    agreed.model.update(**moments).where(agreed.model.id == number).execute()
    if agreed.model is Meeting:
        times = {name: moments[name] for name in ("starts_at", "ends_at")}
        RoomBooking.update(**times).where(RoomBooking.meeting == number).execute()
    name = getattr(row, "reference", getattr(row, "key", number))
    audit.record(WORKER, "time:keep-wall", agreed.thing, name, fields=("starts_at",))
    return True

"""The clock on the wall: which moment a written day and time is, and the nights on which it is none or two."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from tbb import clock

FORM = "%Y-%m-%dT%H:%M"
WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}", re.ASCII)


class NotATime(ValueError):
    """It is no day and time of day, such as 30 February."""


class Skipped(ValueError):
    """The clock goes past that time: on the last Sunday of March there is no 02:30."""


class Doubled(ValueError):
    """The clock shows that time twice: on the last Sunday of October 02:30 comes once more an hour later."""


def moment_of(wall: str) -> datetime:
    """Give the moment of a time on the wall (``2027-03-28T13:00``), Swedish time, in UTC.

    Raises NotATime, and on the two nights when clocks are changed Skipped and Doubled: nobody meets at such an hour,
    and nobody could say which was meant.
    """
    if not WRITTEN.fullmatch(wall):
        raise NotATime(wall)
    try:
        naive = datetime.fromisoformat(wall)
    except ValueError:
        raise NotATime(wall) from None
    first, second = (naive.replace(tzinfo=clock.STOCKHOLM, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(clock.STOCKHOLM).replace(tzinfo=None) != naive:
        raise Skipped(wall)
    if first != second:
        raise Doubled(wall)
    return first


def on_the_wall(moment: datetime) -> str:
    """Write a moment as the clock on the wall shows it."""
    return clock.local(moment).strftime(FORM)

"""Which times can be booked: weekly hours as the clock on the wall shows them, made into moments that never clash."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from tbb.clock import STOCKHOLM, local
from tbb.services.working_days import holidays

DAY, MINUTES_OF_A_DAY = timedelta(days=1), 24 * 60


@dataclass(frozen=True)
class Rules:
    """How talks are laid out: their length, the time after each, how late and how far ahead one can book."""

    minutes: int
    buffer_minutes: int
    notice_hours: int
    weeks_ahead: int


@dataclass(frozen=True)
class Stretch:
    """Some minutes of a Swedish day in which talks can be held, and in which ways."""

    starts: int
    ends: int
    ways: tuple[str, ...]


@dataclass(frozen=True)
class Weekly(Stretch):
    """A stretch of every week. Monday is 0."""

    weekday: int


@dataclass(frozen=True)
class Different:
    """Days that differ. `hours` is what is closed or extra; None closes whole days."""

    first_day: date
    last_day: date
    closed: bool
    hours: Stretch | None = None


@dataclass(frozen=True)
class Slot:
    """A time that can be booked, in UTC. At `free_at` the host can meet somebody else."""

    starts_at: datetime
    ends_at: datetime
    free_at: datetime
    ways: tuple[str, ...]

    @property
    def id(self) -> str:
        """Its name in addresses and forms: the moment it starts, in UTC, so that no two have the same."""
        return f"{self.starts_at:%Y%m%d%H%M}"

    @property
    def day(self) -> date:
        """The Swedish day it is on."""
        return local(self.starts_at).date()

    def meets(self, starts_at: datetime, free_at: datetime) -> bool:
        """Whether it shares any moment with another time, the buffers included."""
        return self.starts_at < free_at and starts_at < self.free_at


def moment_of(day: date, minutes: int) -> datetime | None:
    """Give the moment, in UTC, when Swedish clocks show so many minutes of a day; None when they never do.

    What they show twice, on the night when summer time ends, is the first of the two.
    """
    naive = datetime.combine(day, time()) + timedelta(minutes=minutes)
    moment = naive.replace(tzinfo=STOCKHOLM).astimezone(UTC)
    return moment if local(moment).replace(tzinfo=None) == naive else None


def hours_of(
    day: date, weekly: Iterable[Weekly], different: Iterable[Different], breaks: Iterable[tuple[date, date]] = ()
) -> list[Stretch]:
    """Give the stretches of one day: its weekly hours and extra hours, without what is closed.

    On holidays, and in `breaks` (lov, from day to day), there are only extra hours.
    """
    today = [each for each in different if each.first_day <= day <= each.last_day]
    off = day in holidays(day.year) or any(first <= day <= last for first, last in breaks)
    usual = [] if off else [each for each in weekly if each.weekday == day.weekday()]
    found: list[Stretch] = [*usual, *(each.hours for each in today if not each.closed and each.hours)]
    for closed in (each for each in today if each.closed):
        found = [part for stretch in found for part in _without(stretch, closed.hours)]
    return sorted(found, key=lambda stretch: (stretch.starts, stretch.ends))


def on_day(day: date, rules: Rules, stretches: Iterable[Stretch]) -> Iterator[Slot]:
    """Lay out the times of one day, one after the other. A time that would run into an earlier one is left out.

    On the nights when the clock is moved that is what keeps talks apart: each lasts as long as it says, and no time
    that clocks skip, or show twice, is given out twice.
    """
    last: Slot | None = None
    for stretch in stretches:
        closes = _closes(day, stretch.ends)
        for minutes in range(stretch.starts, stretch.ends - rules.minutes + 1, rules.minutes + rules.buffer_minutes):
            moment = moment_of(day, minutes)
            if moment is None:
                continue
            ends = moment + timedelta(minutes=rules.minutes)
            slot = Slot(moment, ends, ends + timedelta(minutes=rules.buffer_minutes), stretch.ways)
            if ends <= closes and (last is None or slot.starts_at >= last.free_at):
                yield slot
                last = slot


def free(
    rules: Rules,
    weekly: Sequence[Weekly],
    different: Sequence[Different],
    busy: Sequence[tuple[datetime, datetime]],
    *,
    breaks: Sequence[tuple[date, date]] = (),
    now: datetime,
    first: date | None = None,
    last: date | None = None,
) -> Iterator[Slot]:
    """Give the times that can be booked now, in order; `busy` is from when to when the host is taken."""
    taken: dict[date, list[tuple[datetime, datetime]]] = {}
    for since, until in busy:
        for near in {local(since).date(), local(until).date()}:
            taken.setdefault(near, []).append((since, until))
    today = local(now).date()
    day, end = max(first or today, today), min(last or date.max, today + rules.weeks_ahead * 7 * DAY)
    earliest = now + timedelta(hours=rules.notice_hours)
    while day <= end:
        for slot in on_day(day, rules, hours_of(day, weekly, different, breaks)):
            near = (*taken.get(day, ()), *taken.get(day + DAY, ()))
            if slot.starts_at >= earliest and not any(slot.meets(*other) for other in near):
                yield slot
        day += DAY


def _closes(day: date, minutes: int) -> datetime:
    """The moment when a stretch ends; of two that look the same the later one."""
    naive = datetime.combine(day, time()) + timedelta(minutes=minutes)
    return max(naive.replace(tzinfo=STOCKHOLM, fold=fold).astimezone(UTC) for fold in (0, 1))


def _without(stretch: Stretch, closed: Stretch | None) -> Iterator[Stretch]:
    """What is left of a stretch when some hours, or the whole day, are closed."""
    if closed is None:
        return
    before = stretch.starts, min(stretch.ends, closed.starts)
    after = max(stretch.starts, closed.ends), stretch.ends
    for starts, ends in (before, after):
        if starts < ends:
            yield Stretch(starts, ends, stretch.ways)

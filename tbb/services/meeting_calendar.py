"""Days and weeks as a calendar shows them: ISO weeks from Monday, holidays, school breaks, and one's own meetings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tbb import clock
from tbb.database import rows
from tbb.models import Meeting, MeetingSlot, Unit
from tbb.models.meeting_kinds import MeetingState
from tbb.policy import Actor
from tbb.services import meeting_lists, school_breaks, working_days
from tbb.services.meeting_lists import Line

DAY, WEEK = timedelta(days=1), timedelta(days=7)
OPENS, CLOSES = 8, 17
"""Working hours: the hours that are marked where times are chosen."""
WORKDAYS = 5
FARTHEST = 104
"""Weeks ahead, and back, that a calendar leads to."""


@dataclass(frozen=True)
class Event:
    """A meeting, or a time that is proposed for one, on a day of the calendar."""

    starts_at: datetime
    ends_at: datetime
    line: Line
    proposed: bool

    @property
    def begins(self) -> str:
        """When it begins, as the clock on the wall shows it."""
        return f"{clock.local(self.starts_at):%H.%M}"


@dataclass(frozen=True)
class Day:
    """A day of a calendar: whether it is a holiday, which breaks it lies in, and what is on it."""

    day: date
    holiday: bool
    breaks: tuple[str, ...]
    events: tuple[Event, ...]

    @property
    def today(self) -> bool:
        """Whether it is today."""
        return self.day == clock.today()

    @property
    def past(self) -> bool:
        """Whether it has been."""
        return self.day < clock.today()


@dataclass(frozen=True)
class Week:
    """A week: its number by ISO 8601, which year it is counted to, and its days from Monday."""

    year: int
    number: int
    days: tuple[Day, ...]

    @property
    def code(self) -> str:
        """What it is called in addresses: 2026-W49."""
        return f"{self.year}-W{self.number:02d}"


def monday_of(code: str) -> date:
    """Give the Monday of a week by its code, this week's when it is none or too far away."""
    try:
        found = date.fromisoformat(f"{code}-1") if len(code) == 8 else None
    except ValueError:
        found = None
    this = _monday(clock.today())
    return found if found and abs((found - this).days) <= 7 * FARTHEST else this


def week_code(day: date) -> str:
    """Name the week of a day: 2026-W49."""
    year, number, _weekday = day.isocalendar()
    return f"{year}-W{number:02d}"


def month_of(code: str) -> date:
    """Give the first day of a month by its code (2026-12), this month's when it is none or too far away."""
    try:
        found = date.fromisoformat(f"{code}-01") if len(code) == 7 else None
    except ValueError:
        found = None
    this = clock.today().replace(day=1)
    return found if found and abs((found - this).days) <= 7 * FARTHEST else this


def month_before(first: date) -> str:
    """The code of the month before one that begins on a day."""
    return (first - DAY).isoformat()[:7]


def month_after(first: date) -> str:
    """The code of the month after one that begins on a day."""
    return (first + 31 * DAY).isoformat()[:7]


def week(monday: date, unit: Unit | None, events: Iterable[Event] = (), days: int = WORKDAYS) -> Week:
    """Make a week of a calendar, with the breaks where a unit is."""
    shown = [monday + number * DAY for number in range(days)]
    lov = school_breaks.between(unit, shown[0], shown[-1]) if unit is not None else []
    found = list(events)
    made = tuple(
        Day(
            day=day,
            holiday=day in working_days.holidays(day.year),
            breaks=tuple(each.name for each in lov if each.starts_on <= day <= each.ends_on),
            events=tuple(each for each in found if clock.local(each.starts_at).date() == day),
        )
        for day in shown
    )
    year, number, _weekday = monday.isocalendar()
    return Week(year, number, made)


def month(actor: Actor, first: date, unit: Unit | None) -> list[Week]:
    """Make the weeks of a month, with the meetings of the actor and the times proposed for them."""
    after, mondays, monday = (first + 31 * DAY).replace(day=1), [], _monday(first)
    while monday < after:
        # A month that begins on a weekend has nothing to show of its first week.
        mondays += [monday] if monday + (WORKDAYS - 1) * DAY >= first else []
        monday += WEEK
    found = events_of(actor, mondays[0], mondays[-1] + WEEK)
    return [week(each, unit, found) for each in mondays]


def events_of(actor: Actor, first: date, until: date) -> list[Event]:
    """The actor's meetings from one day until another, and the times proposed for those that have none yet."""
    lines = {line.id: line for line in meeting_lists.mine(actor)}
    start, end = (_midnight(day) for day in (first, until))
    set_ones = [
        Event(line.starts_at, line.ends_at, line, False)
        for line in lines.values()
        if line.starts_at is not None and start <= line.starts_at < end
    ]
    open_ones = [line.id for line in lines.values() if line.state == MeetingState.PROPOSED]
    asked = f"""
        SELECT meeting_id, starts_at, ends_at FROM meeting_slot WHERE withdrawn_at IS NULL AND starts_at >= ?
          AND starts_at < ? AND meeting_id IN ({", ".join("?" * len(open_ones))}) ORDER BY starts_at
    """
    moment = MeetingSlot.starts_at
    proposed = rows(asked, (moment.db_value(start), moment.db_value(end), *open_ones)) if open_ones else []
    found = [
        Event(moment.python_value(begins), moment.python_value(ends), lines[number], True)
        for number, begins, ends in proposed
    ]
    return sorted([*set_ones, *found], key=lambda each: each.starts_at)


def clashes(accounts: Iterable[int], slot: MeetingSlot, meeting: Meeting) -> dict[int, datetime]:
    """Who of some accounts has another meeting at a time, or too near to get from one place to the other: since when.

    Nothing else of that meeting is told. Meetings by video alone, and in the same building, need no way between.
    """
    known = sorted(set(accounts))
    if not known:
        return {}
    gap = timedelta(minutes=meeting.travel_minutes)
    near = MeetingSlot.starts_at.db_value(slot.starts_at - gap), MeetingSlot.starts_at.db_value(slot.ends_at + gap)
    here = meeting.room.unit_id if meeting.room_id else None
    asked = f"""
        SELECT p.account_id, m.starts_at, m.ends_at, r.unit_id, m.video FROM participant p
        JOIN meeting m ON m.id = p.meeting_id LEFT JOIN room r ON r.id = m.room_id
        WHERE p.ended_at IS NULL AND p.state <> 'declined' AND m.state = 'set' AND m.id <> ?
          AND m.ends_at > ? AND m.starts_at < ? AND p.account_id IN ({", ".join("?" * len(known))})
        ORDER BY m.starts_at DESC
    """
    found: dict[int, datetime] = {}
    for account, begins, ends, elsewhere, video in rows(asked, (meeting.id, *near, *known)):
        starts_at, ends_at = (Meeting.starts_at.python_value(moment) for moment in (begins, ends))
        same = elsewhere == here or (elsewhere is None and video) or here is None
        if not same or (starts_at < slot.ends_at and ends_at > slot.starts_at):
            found[account] = starts_at
    return found


def _monday(day: date) -> date:
    return day - day.weekday() * DAY


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=clock.STOCKHOLM)

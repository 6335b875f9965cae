"""Reading when somebody is busy out of their calendar: times and nothing else, from a file that strangers have made."""

from __future__ import annotations

import time as time_of_machine
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Calendar, Event

from tbb import clock

Span = tuple[datetime, datetime]
MOST_EVENTS, MOST_REPEATS, MOST_STEPS = 10_000, 400, 20_000
"""So many events of a calendar, repetitions of an event and steps of its rule are followed, and no more."""
LONGEST = timedelta(days=31)
FREE = ("FREE", "WORKINGELSEWHERE")
MOST_SECONDS = 10.0
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
ODD = ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS", "BYHOUR", "BYMINUTE", "BYSECOND", "BYEASTER")
"""What no calendar program says of days and weeks; with them a rule could be followed for ever and never be met."""


class NotACalendar(Exception):
    """The file cannot be read as a calendar."""


def busy(file: bytes, first: datetime, last: datetime) -> list[Span]:
    """Tell, merged and in order, when the owner of a calendar is busy between two moments. Raises NotACalendar."""
    try:
        calendar = Calendar.from_ical(file)
        found = list(islice(_spans(calendar, first, last), MOST_EVENTS))
    except Exception as problem:
        # Whatever a parser stumbles on in a stranger's file: there is nothing to be had from it.
        raise NotACalendar from problem
    return merged(span for span in found if span[0] < last and span[1] > first)


def merged(spans: Any) -> list[Span]:
    """Let spans that meet or overlap be one."""
    made: list[Span] = []
    for starts, ends in sorted(spans):
        if made and starts <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], ends))
        else:
            made.append((starts, ends))
    return made


def _spans(calendar: Calendar, first: datetime, last: datetime) -> Iterator[Span]:
    events = list(islice(calendar.walk("VEVENT"), MOST_EVENTS))
    moved = {
        (str(event.get("UID")), _moment(event["RECURRENCE-ID"].dt)) for event in events if "RECURRENCE-ID" in event
    }
    begun = time_of_machine.monotonic()
    for event in events:
        if time_of_machine.monotonic() - begun > MOST_SECONDS:
            raise NotACalendar
        try:
            yield from (_of(event, moved, first, last) if _takes_time(event) else ())
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
            # One event that makes no sense hides no other.
            continue
    for component in calendar.walk("VFREEBUSY"):
        periods = component.get("FREEBUSY", [])
        for period in periods if isinstance(periods, list) else [periods]:
            if str(period.params.get("FBTYPE", "BUSY")).upper() != "FREE":
                yield _moment(period.start), _moment(period.end)


def _takes_time(event: Event) -> bool:
    free = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() in FREE
    off = str(event.get("STATUS", "")).upper() == "CANCELLED"
    return not free and not off and str(event.get("TRANSP", "OPAQUE")).upper() != "TRANSPARENT"


def _of(event: Event, moved: set[tuple[str, datetime]], first: datetime, last: datetime) -> Iterator[Span]:
    starts = event["DTSTART"].dt
    length = min(_length(event, starts), LONGEST)
    if "RRULE" not in event or "RECURRENCE-ID" in event:
        yield _moment(starts), _moment(starts) + length
        return
    skipped = {_moment(day.dt) for days in _list(event.get("EXDATE")) for day in days.dts}
    uid = str(event.get("UID"))
    for at in _repeated(event, starts, first - length, last):
        if at not in skipped and (uid, at) not in moved:
            yield at, at + length


def _repeated(event: Event, starts: date | datetime, first: datetime, last: datetime) -> Iterator[datetime]:
    """When an event comes again: counted on the wall, for a meeting at ten is at ten also after the clocks change."""
    zone = starts.tzinfo if isinstance(starts, datetime) and starts.tzinfo else clock.STOCKHOLM
    wall = datetime.combine(starts, time()) if not isinstance(starts, datetime) else starts.replace(tzinfo=None)
    for rule in _list(event["RRULE"]):
        if not _is_followed(rule):
            continue
        said = ";".join(part for part in rule.to_ical().decode().split(";") if not part.upper().startswith("UNTIL="))
        until = _until(rule, zone)
        found = 0
        for at in islice(rrulestr(said, dtstart=wall), MOST_STEPS):
            moment = at.replace(tzinfo=zone).astimezone(UTC)
            if moment > last or (until is not None and moment > until) or found >= MOST_REPEATS:
                break
            if moment > first:
                found += 1
                yield moment


def _is_followed(rule: Any) -> bool:
    """Whether a rule is one that people have, and that is sure to be met soon."""
    frequency = str(rule.get("FREQ", [""])[0]).upper()
    by_days = frequency in ("DAILY", "WEEKLY")
    return frequency in FREQUENCIES and not (by_days and any(name in rule for name in ODD))


def _until(rule: Any, zone: Any) -> datetime | None:
    said = rule.get("UNTIL")
    if not said:
        return None
    day = said[0]
    if not isinstance(day, datetime):
        return datetime.combine(day, time.max, tzinfo=zone).astimezone(UTC)
    return _moment(day)


def _length(event: Event, starts: date | datetime) -> timedelta:
    if "DTEND" in event:
        return _moment(event["DTEND"].dt) - _moment(starts)
    if "DURATION" in event:
        return event["DURATION"].dt
    return timedelta() if isinstance(starts, datetime) else timedelta(days=1)


def _moment(value: date | datetime) -> datetime:
    """A moment of what a calendar says; what floats, or is a whole day, is meant in Sweden."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (value if value.tzinfo else value.replace(tzinfo=clock.STOCKHOLM)).astimezone(UTC)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]

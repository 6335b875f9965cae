"""Calendar files (RFC 5545 and 5546): one meeting for one reader, or a feed of many; words can never become lines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from icalendar import Calendar, Timezone, vCalAddress, vDuration
from icalendar import Event as Component

from tbb import clock
from tbb.services.plain_text import plain

MAKER = "-//Tillsammans for barnens basta//tbb//SV"
ZONE = "Europe/Stockholm"
METHODS = ("PUBLISH", "REQUEST", "CANCEL")
STATUSES = ("CONFIRMED", "TENTATIVE", "CANCELLED")
LONGEST_LINE, LONGEST_TEXT, LONGEST_ADDRESS = 200, 2000, 500
REFRESH = timedelta(hours=1)
UID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,119}")
EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,190}")
NAMED = re.compile(r"([^<>]*)<([^<>]*)>")
ADDRESS = re.compile(r"[!#-\[\]_a-z~]+")
"""What an address on the web may consist of: nothing that could end a line or a value."""
SUMMER_TIME = """BEGIN:VTIMEZONE
TZID:Europe/Stockholm
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
END:DAYLIGHT
END:VTIMEZONE
""".replace("\n", "\r\n")
"""The rules of Swedish summer time since 1996, written out: shorter and lasting longer than any table of dates."""


@dataclass(frozen=True)
class Event:
    """What a calendar shows. With days instead of moments it takes whole days, the last one included.

    `wall` is the beginning as the clock on the wall says it (``2027-03-28T13:00``); when it is given it decides, and
    the length is that from `starts` to `ends`. `organizer` and `attendee` are an address, or ``Name <address>``.
    `stamp` is when the event last changed. A confidential one shows others only that its time is taken.
    """

    uid: str
    title: str
    starts: datetime | date
    ends: datetime | date
    sequence: int = 0
    wall: str = ""
    place: str = ""
    url: str = ""
    description: str = ""
    status: str = "CONFIRMED"
    organizer: str = ""
    attendee: str = ""
    stamp: datetime | None = None
    confidential: bool = True
    language: str = "sv"


class BadEvent(ValueError):
    """An event cannot be written: its name, method, status or one of its addresses is not of its kind."""


def single(*, method: str = "PUBLISH", **told: Any) -> bytes:
    """Write one event as a file of its own; `told` are the fields of `Event`. Raises BadEvent.

    `method` is PUBLISH for a file to keep, REQUEST for an invitation and CANCEL to take one back.
    """
    if method not in METHODS:
        raise BadEvent("method")
    return _file([Event(**told)], method)


def many(events: Iterable[Event], name: str) -> bytes:
    """Write a feed that a calendar program fetches now and then. Raises BadEvent."""
    return _file(list(events), "PUBLISH", name)


def moment_of(wall: str) -> datetime:
    """Turn Swedish wall time into a moment; a time that comes twice is the first. ValueError when it never comes."""
    said = datetime.fromisoformat(wall)
    moment = said.replace(tzinfo=clock.STOCKHOLM).astimezone(UTC)
    if said.tzinfo is not None or clock.local(moment).replace(tzinfo=None) != said:
        raise ValueError(f"{wall!r} is no time in Sweden.")
    return moment


def is_address(url: str) -> bool:
    """Whether this can stand as an address on the web, so that a calendar makes a link of it."""
    if len(url) > LONGEST_ADDRESS or not ADDRESS.fullmatch(url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def one_line(text: str, most: int = LONGEST_LINE) -> str:
    """Make words one line: nothing invisible that steers, no break of any kind, and no more than fits."""
    words = " ".join(plain(_readable(text)).split())
    return words if len(words) <= most else words[: most - 1] + "…"


def _file(events: list[Event], method: str, name: str = "") -> bytes:
    made = Calendar()
    made.add("prodid", MAKER)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", method)
    if name:
        made.add("x-wr-calname", one_line(name))
        made.add("x-wr-timezone", ZONE)
        made.add("refresh-interval", vDuration(REFRESH), {"value": "DURATION"})
        made.add("x-published-ttl", vDuration(REFRESH))
    written = [_written(event, method) for event in events]
    if any(is_on_the_wall(event) for event in events):
        made.add_component(_zone())
    for event in written:
        made.add_component(event)
    return made.to_ical()


def _written(event: Event, method: str) -> Component:
    if not UID.fullmatch(event.uid) or event.status not in STATUSES or event.sequence < 0:
        raise BadEvent("uid, status or sequence")
    made, stamp = Component(), event.stamp or clock.now()
    made.add("uid", event.uid)
    made.add("sequence", event.sequence)
    made.add("dtstamp", stamp.astimezone(UTC))
    made.add("last-modified", stamp.astimezone(UTC))
    _add_times(made, event)
    made.add("summary", one_line(event.title), {"language": event.language} if event.language != "sv" else {})
    made.add("status", "CANCELLED" if method == "CANCEL" else event.status)
    made.add("class", "CONFIDENTIAL" if event.confidential else "PUBLIC")
    for key, words in (("location", one_line(event.place)), ("description", _paragraphs(event.description))):
        if words:
            made.add(key, words)
    if event.url:
        made.add("url", _address(event.url))
    if event.organizer:
        made.add("organizer", _person(event.organizer), encode=False)
    if event.attendee:
        made.add("attendee", _reader(event.attendee, method), encode=False)
    return made


def _add_times(made: Component, event: Event) -> None:
    starts, ends = times_of(event)
    if not isinstance(starts, datetime):
        made.add("dtstart", starts)
        made.add("dtend", ends + timedelta(days=1))
        made.add("transp", "TRANSPARENT")
        return
    if ends <= starts:
        raise BadEvent("it ends before it begins")
    zone = clock.STOCKHOLM if is_on_the_wall(event) else UTC
    made.add("dtstart", starts.astimezone(zone))
    made.add("dtend", ends.astimezone(zone))
    made.add("transp", "TRANSPARENT" if event.status == "CANCELLED" else "OPAQUE")


def times_of(event: Event) -> tuple[datetime, datetime] | tuple[date, date]:
    """Tell from when to when it is: by the wall when that is said, whatever the rules of summer time have become."""
    if not event.wall:
        return event.starts, event.ends
    starts = moment_of(event.wall)
    return starts, starts + (event.ends - event.starts)


def is_on_the_wall(event: Event) -> bool:
    """Whether its times can be said as Swedish wall time.

    Whole days have none, and of the hour that comes twice in October readers do not agree which one is meant.
    """
    return all(isinstance(time, datetime) and not _comes_twice(clock.local(time)) for time in times_of(event))


def _comes_twice(time: datetime) -> bool:
    return time.replace(fold=0).utcoffset() != time.replace(fold=1).utcoffset()


@lru_cache(maxsize=1)
def _zone() -> Timezone:
    return Timezone.from_ical(SUMMER_TIME)


def _readable(text: str) -> str:
    """Take away halves of characters, which no file can hold, and part what icalendar takes for a line break."""
    return text.encode("utf-8", "ignore").decode().replace("\\N", "\\ N")


def _paragraphs(text: str) -> str:
    lines = plain(_readable(text)[: 2 * LONGEST_TEXT]).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines)[:LONGEST_TEXT]


def _address(url: str) -> str:
    if not is_address(url):
        raise BadEvent("url")
    return url


def _person(said: str) -> vCalAddress:
    """Write ``Name <address>`` as the calendar wants it."""
    named = NAMED.fullmatch(said)
    name, address = (named[1], named[2]) if named else ("", said)
    if not EMAIL.fullmatch(address):
        raise BadEvent("address")
    made = vCalAddress(f"mailto:{address}")
    if known := one_line(name).replace('"', ""):
        made.params["CN"] = known
    return made


def _reader(said: str, method: str) -> vCalAddress:
    made = _person(said)
    made.params["CUTYPE"] = "INDIVIDUAL"
    made.params["ROLE"] = "REQ-PARTICIPANT"
    if method == "REQUEST":
        made.params["PARTSTAT"] = "NEEDS-ACTION"
        made.params["RSVP"] = "TRUE"
    return made

"""The calendar that comes with a letter about a meeting: made when the letter leaves, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

from tbb.mail import CalendarPart
from tbb.services import calendar_files
from tbb.services.calendar_files import Event, moment_of
from tbb.web.letter_frames import FRAMES
from tbb.web.letters import CannotWrite


@dataclass(frozen=True)
class Shown:
    """What somebody's calendar will say, for the page that lets one look before it is sent."""

    title: str
    place: str
    description: str
    wall: str
    minutes: int
    sequence: int
    organizer: str
    attendee: str
    method: str


def calendar_part(facts: dict[str, Any] | None, *, sender: str, language: str = "sv") -> CalendarPart | None:
    """Make the calendar of a letter; None when it has none. Raises CannotWrite when it cannot be made.

    `sender` is the service's own address: it is the one who calls, and to it mail programs send the answer.
    """
    if not facts:
        return None
    try:
        event = event_of(facts, sender=sender, language=language)
        return CalendarPart(calendar_files.single(method=facts["method"], **vars(event)), facts["method"])
    except ValueError as problem:
        raise CannotWrite("the calendar cannot be written") from problem


def event_of(facts: dict[str, Any], *, sender: str, language: str = "sv") -> Event:
    """Put into words what a calendar shows: reference, time, place and who calls, and nothing of what it is about."""
    frame = FRAMES.get(language, FRAMES["sv"])
    starts = moment_of(facts["wall"])
    address = parseaddr(sender)[1]
    unit = calendar_files.one_line(facts["unit"]).translate({ord("<"): None, ord(">"): None})
    lines = [frame.from_unit.format(facts["unit"]), *([frame.video.format(facts["video"])] if facts["video"] else [])]
    return Event(
        uid=facts["uid"],
        sequence=facts["sequence"],
        title=frame.meeting.format(facts["reference"]),
        starts=starts,
        ends=starts + timedelta(minutes=facts["minutes"]),
        wall=facts["wall"],
        place=", ".join(part for part in (facts["place"], facts["video"]) if part),
        url=facts["video"] if calendar_files.is_address(facts["video"]) else "",
        description="\n".join(lines),
        status="CANCELLED" if facts["method"] == "CANCEL" else "CONFIRMED",
        organizer=f"{unit} <{address}>",
        attendee=facts["attendee"],
        stamp=datetime.fromisoformat(facts["stamp"]),
        language=language,
    )


def shown(facts: dict[str, Any] | None, *, sender: str, language: str = "sv") -> Shown | None:
    """Say what a calendar will show; None when there is none to show or it could not be written."""
    if not facts:
        return None
    try:
        event = event_of(facts, sender=sender, language=language)
    except ValueError:
        return None
    return Shown(
        title=event.title,
        place=event.place,
        description=event.description,
        wall=event.wall,
        minutes=facts["minutes"],
        sequence=event.sequence,
        organizer=event.organizer,
        attendee=event.attendee,
        method=facts["method"],
    )

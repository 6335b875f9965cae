"""Reading webinars and events: what is to come, what goes on now, what can be seen afterwards, and the calendar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tbb import clock
from tbb.database import load
from tbb.models import Happening, MediaFile
from tbb.models.content_kinds import HappeningKind
from tbb.services import calendar_files, happening_writing, pictures
from tbb.services.calendar_files import Event
from tbb.services.pictures import Shown

MOST = 200
KEPT_IN_FEED = timedelta(days=365)
CHAPTER = re.compile(r"(?:(\d{1,2})[.:])?(\d{1,2})[.:](\d{2})\s+(.+)")


class Phase(StrEnum):
    """Where an event is by the clock: the page turns by itself."""

    COMING = "coming"
    NOW = "now"
    OVER = "over"
    RECORDED = "recorded"
    CALLED_OFF = "called_off"


@dataclass(frozen=True)
class Chapter:
    """A chapter of a recording: so many seconds in."""

    seconds: int
    title: str

    @property
    def time(self) -> str:
        """As people write it: 03.20, or 1.03.20."""
        hours, rest = divmod(self.seconds, 3600)
        return f"{hours}.{rest // 60:02}.{rest % 60:02}" if hours else f"{rest // 60:02}.{rest % 60:02}"


@dataclass(frozen=True)
class Item:
    """An event in a list."""

    slug: str
    title: str
    lead: str
    kind: str
    phase: Phase
    starts: datetime
    ends: datetime
    captioned: bool
    place: str

    @property
    def day(self) -> date:
        """The day it begins, in Sweden."""
        return self.starts.date()

    @property
    def needs_no_sign_up(self) -> bool:
        """Whether one simply comes (R24)."""
        return self.kind == HappeningKind.WEBINAR


@dataclass(frozen=True)
class Page:
    """One event as readers see it. `captions_due` is the day when captions come, while they are missing."""

    item: Item
    happening: Happening
    join_url: str
    recording: MediaFile | None
    captions: MediaFile | None
    captions_due: date | None
    chapters: tuple[Chapter, ...]
    cover: Shown | None
    next: Item | None


def phase_of(happening: Happening) -> Phase:
    """Tell where an event is by the clock."""
    moment = clock.now()
    if happening.called_off_at is not None:
        return Phase.CALLED_OFF
    if moment < happening.starts_at:
        return Phase.COMING
    if moment < happening.ends_at:
        return Phase.NOW
    return Phase.RECORDED if happening.recording_id or happening.recording_url else Phase.OVER


def coming(most: int = MOST, municipality: str = "") -> list[Item]:
    """List what is to come or goes on, the nearest first: all, or the county's own and those of a municipality."""
    stored = Happening.starts_at.db_value(clock.now())
    place = "? = '' OR municipality_id IS NULL OR municipality_id IN (SELECT id FROM municipality WHERE slug = ?)"
    where = f"state = 'published' AND ends_at > ? AND ({place}) ORDER BY starts_at, id LIMIT {most}"
    return [_item(one) for one in load(Happening, where, (stored, municipality, municipality))]


def past(most: int = MOST) -> list[Item]:
    """List what is over, the last first."""
    stored = Happening.starts_at.db_value(clock.now())
    found = load(Happening, f"state = 'published' AND ends_at <= ? ORDER BY starts_at DESC, id LIMIT {most}", (stored,))
    return [_item(one) for one in found]


def read(slug: str) -> Page | None:
    """Find a published event by its address; None when readers see none there."""
    found = load(Happening, "slug = ? AND state = 'published'", (slug,))
    if not found:
        return None
    (one,) = found
    shows = happening_writing.link_shows(one)
    covers = pictures.shown([one.cover.key]) if one.cover_id else {}
    following = [item for item in coming(3) if item.slug != slug]
    return Page(
        item=_item(one),
        happening=one,
        join_url=one.join_url if shows else "",
        recording=one.recording,
        captions=one.captions,
        captions_due=happening_writing.captions_due(one),
        chapters=chapters_of(one.chapters),
        cover=next(iter(covers.values()), None),
        next=following[0] if following else None,
    )


def chapters_of(text: str) -> tuple[Chapter, ...]:
    """Read chapters, a line each: ``03.20 Förskolan``; other lines are left out."""
    found = [CHAPTER.fullmatch(line.strip()) for line in text.splitlines()]
    return tuple(
        Chapter(int(one[1] or 0) * 3600 + int(one[2]) * 60 + int(one[3]), one[4].strip()) for one in found if one
    )


def calendar(slug: str, base: str, path: str) -> bytes | None:
    """Write an event's calendar file; None when readers see none there."""
    found = load(Happening, "slug = ? AND state = 'published'", (slug,))
    return calendar_files.single(**vars(_event(found[0], f"{base}{path}"))) if found else None


def feed(base: str, address: str) -> bytes:
    """Write the calendar of all that is published, a year back and all to come. `address` is that of one, with {}."""
    since = Happening.ends_at.db_value(clock.now() - KEPT_IN_FEED)
    found = load(Happening, f"state = 'published' AND ends_at > ? ORDER BY starts_at DESC LIMIT {MOST}", (since,))
    events = [_event(one, f"{base}{address.format(one.slug)}") for one in found]
    return calendar_files.many(events, "Tillsammans för barnens bästa")


def _event(one: Happening, url: str) -> Event:
    return Event(
        uid=one.uid,
        title=one.title,
        starts=one.starts_at,
        ends=one.ends_at,
        wall=one.wall,
        sequence=one.sequence,
        place=one.place,
        url=url,
        description=one.lead,
        status="CANCELLED" if one.called_off_at else "CONFIRMED",
        stamp=one.saved_at,
        confidential=False,
    )


def _item(one: Happening) -> Item:
    return Item(
        slug=one.slug,
        title=one.title,
        lead=one.lead,
        kind=one.kind,
        phase=phase_of(one),
        starts=clock.local(one.starts_at),
        ends=clock.local(one.ends_at),
        captioned=one.captions_id is not None or one.captioned_elsewhere,
        place=one.place,
    )

"""The feed by which a calendar program follows somebody's meetings: a secret address, no names, what they may read."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tbb import clock
from tbb.database import load, one_at_a_time, rows, transaction
from tbb.models import CalendarFeed, Meeting, Unit
from tbb.policy import Actor, Permission, Place, require
from tbb.services import actors, audit, meeting_lists, meeting_mail, school_breaks
from tbb.services.calendar_files import Event, many, single
from tbb.services.meeting_lists import Line
from tbb.services.sittings import digest

NAME = "Samverkansmöten"
PAST, AHEAD = timedelta(days=60), timedelta(days=400)
SEEN_EVERY = timedelta(minutes=10)
"""How often it is written down that a feed was fetched."""
_OWNER = """
    SELECT f.account_id, f.used_at FROM calendar_feed f JOIN account a ON a.id = f.account_id
    WHERE f.digest = ? AND a.state = 'active'
"""


class NeedsTwoFactors(Exception):
    """Meetings are read by those who sign in with two factors, and so is their feed made."""


@dataclass(frozen=True)
class Own:
    """One's own feed: since when there is one, and when it was last fetched."""

    made_at: datetime
    used_at: datetime | None


def own(actor: Actor) -> Own | None:
    """Show one's own feed, but not its address, which is kept nowhere; None when there is none. Raises Refused."""
    require(actor, Permission.OWN_CALENDAR)
    found = load(CalendarFeed, "account_id = ?", (actor.account,))
    return Own(found[0].made_at, found[0].used_at) if found else None


@transaction
def make(actor: Actor) -> str:
    """Make a feed and give the secret of its address, this once; an older address ends now.

    Raises Refused and NeedsTwoFactors.
    """
    require(actor, Permission.OWN_CALENDAR)
    if not actor.strong:
        raise NeedsTwoFactors
    one_at_a_time(f"calendar feed {actor.account}")
    secret = secrets.token_urlsafe(32)
    CalendarFeed.delete().where(CalendarFeed.account == actor.account).execute()
    CalendarFeed.create(account=actor.account, digest=digest(secret), made_at=clock.now())
    _note(actor, "calendar:make-feed")
    return secret


@transaction
def revoke(actor: Actor) -> bool:
    """End one's feed at once; False when there is none. Raises Refused."""
    require(actor, Permission.OWN_CALENDAR)
    done = CalendarFeed.delete().where(CalendarFeed.account == actor.account).execute()
    if done:
        _note(actor, "calendar:revoke-feed")
    return bool(done)


@dataclass(frozen=True)
class Feed:
    """What a feed shows now. `mark` is another as soon as anything in it is; the file itself is dearer to make."""

    events: tuple[Event, ...]

    @property
    def mark(self) -> str:
        """What tells this content from any other."""
        return hashlib.blake2s(repr(self.events).encode(), digest_size=12).hexdigest()

    @property
    def file(self) -> bytes:
        """The file that a calendar program reads."""
        return many(self.events, NAME)


def read(secret: str) -> Feed | None:
    """Give the feed of an address; None when there is none, or its owner may not sign in any longer."""
    mark = digest(secret)
    found = rows(_OWNER, (mark,))
    if not found:
        return None
    account, used_at = found[0]
    _touch(mark, CalendarFeed.used_at.python_value(used_at))
    return Feed(tuple(_events(account)))


def file_of(meeting: Meeting) -> bytes | None:
    """Give a meeting as a file to put into a calendar, as the feed shows it; None before its time is set."""
    return single(**vars(_event(meeting))) if meeting.starts_at is not None else None


def meetings(actor: Actor) -> list[Line]:
    """The meetings of an actor whose time is set, as the feed shows them. Raises Refused."""
    require(actor, Permission.OWN_CALENDAR)
    return _shown(meeting_lists.mine(actor))


def _shown(lines: list[Line]) -> list[Line]:
    first, last = clock.now() - PAST, clock.now() + AHEAD
    return [line for line in lines if line.starts_at is not None and first < line.starts_at < last]


def _events(account: int) -> list[Event]:
    # Who made the feed had signed in with two factors; what they may read is asked anew at every fetch (AC09).
    actor = actors.of_account(account, strong=True)
    numbers = [line.id for line in _shown(meeting_lists.mine(actor))]
    marks = ", ".join("?" * len(numbers))
    found = load(Meeting, f"id IN ({marks}) ORDER BY starts_at, id", numbers) if numbers else []
    return [_event(meeting) for meeting in found] + _breaks(actor)


def _event(meeting: Meeting) -> Event:
    return Event(
        uid=meeting.uid,
        sequence=meeting.sequence,
        title=f"Samverkansmöte {meeting.reference}",
        starts=meeting.starts_at,
        ends=meeting.ends_at,
        wall=meeting.wall,
        place=meeting_mail.place_of(meeting),
        stamp=meeting.set_at or meeting.created_at,
    )


def _breaks(actor: Actor) -> list[Event]:
    """The school breaks where somebody works, as whole days that take no time."""
    today, found = clock.today(), {}
    for number in sorted({held.unit for held in actor.held if held.unit is not None}):
        unit = load(Unit, "id = ?", (number,))[0]
        for lov in school_breaks.between(unit, today - PAST, today + AHEAD):
            found[lov.id] = _break(lov.id, lov.name, lov.starts_on, lov.ends_on)
    return [found[number] for number in sorted(found)]


def _break(number: int, name: str, first: date, last: date) -> Event:
    # The same lov has the same stamp at every fetch, or the feed would never be unchanged.
    stamp = datetime(first.year, 1, 1, tzinfo=clock.STOCKHOLM)
    return Event(uid=f"lov-{number}@lov", title=name, starts=first, ends=last, stamp=stamp, confidential=False)


def _touch(mark: str, used_at: datetime | None) -> None:
    moment = clock.now()
    if used_at is None or abs(moment - used_at) > SEEN_EVERY:
        CalendarFeed.update(used_at=moment).where(CalendarFeed.digest == mark).execute()


def _note(actor: Actor, action: str) -> None:
    audit.record(actor, action, "account", actor.account, place=Place(about=actor.account), fields=("calendar",))

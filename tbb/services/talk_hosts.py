"""Whom talks are booked with: a unit's BBA or the county's process leaders, their hours, and the days that differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from tbb import clock
from tbb.database import load, one_at_a_time, rows, transaction
from tbb.models import SchoolBreak, TalkBooking, TalkException, TalkHost, TalkHours, Unit
from tbb.models.kinds import Status
from tbb.models.meeting_kinds import ExceptionKind, TalkState, TalkWay
from tbb.policy import COUNTY, Actor, Permission, Place, may, require
from tbb.services import audit, case_files, case_shelf, keepers, talk_slots, versions
from tbb.services.keepers import Keeper
from tbb.services.talk_slots import Different, Rules, Slot, Stretch, Weekly

COUNTY_SLUG = "lanet"
"""Stands for those who lead the process where an address otherwise names a unit."""
SLOT_ID = "%Y%m%d%H%M"
MOST_STRETCHES, MOST_EXCEPTIONS = 20, 60


class Hindered(Exception):
    """Hours cannot be opened or kept so."""


class Clash(Hindered):
    """The hours run into others of the same day."""


class TooManyHours(Hindered):
    """There are as many hours or exceptions as there may be."""


class NoVideo(Hindered):
    """Video cannot be offered without a link to meet at."""


@dataclass(frozen=True)
class Host:
    """Somebody talks are booked with. `unit` is None for those who lead the process."""

    row: TalkHost
    unit: Unit | None

    @property
    def slug(self) -> str:
        """What stands for it in the addresses of the pages at work."""
        return self.unit.slug if self.unit else COUNTY_SLUG

    @property
    def label(self) -> str:
        """The unit's name; empty for those who lead the process."""
        return self.unit.label if self.unit else ""

    @property
    def place(self) -> Place:
        """Where it belongs, for the policy."""
        return case_shelf.place_of_unit(self.unit.id) if self.unit else COUNTY

    @property
    def rules(self) -> Rules:
        """How its talks are laid out."""
        row = self.row
        return Rules(row.minutes, row.buffer_minutes, row.notice_hours, row.weeks_ahead)

    @property
    def meets_at(self) -> str:
        """Where those meet who meet in person: what is written down for it, or the unit's address."""
        if self.row.place or not self.unit:
            return self.row.place
        return ", ".join(part for part in (self.unit.label, self.unit.street, self.unit.place) if part)


@dataclass(frozen=True)
class Summary:
    """A host as the list of one's own shows it: open or not, and how many talks are to come."""

    slug: str
    label: str
    open: bool
    coming: int


def of_actor(actor: Actor) -> list[Summary]:
    """Name the hosts that the actor answers for today."""
    require(actor, Permission.HOST_TALKS)
    units = case_shelf.units_answered(actor)
    found = [_host(TalkHost.unit == number, number) for number in units]
    if may(actor, Permission.HOST_TALKS, COUNTY):
        found.append(_host(TalkHost.county == "county", None))
    return [Summary(host.slug, host.label, host.row.open, _coming(host)) for host in found]


def find(actor: Actor, slug: str) -> Host | None:
    """Find a host among those the actor answers for; None when there is none there."""
    host = _by_slug(slug)
    return host if host and may(actor, Permission.HOST_TALKS, host.place) else None


def public(slug: str) -> Host | None:
    """Find a host as a visitor does; None when there is no such unit. It need not be open."""
    return _by_slug(slug)


def takes_bookings(host: Host) -> bool:
    """Whether talks can be booked today: hours are open, the unit is at work, and somebody is there to see them."""
    if not host.row.open or host.row.id is None:
        return False
    if host.unit is None:
        return bool(keepers.process_leaders())
    return host.unit.status == Status.ACTIVE and bool(case_files.answering(host.unit.id))


def shows_hours(unit: Unit) -> bool:
    """Whether a unit's page, which is kept until the directory changes, shows the way to book."""
    found = rows("SELECT 1 FROM talk_host WHERE unit_id = ? AND open", (unit.id,))
    return bool(found) and unit.status == Status.ACTIVE


def answering(host: Host) -> list[Keeper]:
    """The accounts that answer for a host's talks today."""
    return case_files.answering(host.unit.id) if host.unit else keepers.process_leaders()


def hours(host: Host) -> list[TalkHours]:
    """The weekly hours, Monday first."""
    return load(TalkHours, "host_id = ? ORDER BY weekday, starts, id", (host.row.id,)) if host.row.id else []


def exceptions(host: Host, since: date) -> list[TalkException]:
    """The days that differ, from a day on."""
    return (
        load(TalkException, "host_id = ? AND last_day >= ? ORDER BY first_day, starts, id", (host.row.id, since))
        if host.row.id
        else []
    )


def free_slots(host: Host, *, day: date | None = None, beside: int = 0) -> Iterator[Slot]:
    """Give the times that can be booked with a host now, in order, as they are asked for; or those of one day.

    The booking `beside`, which is to be moved, takes none.
    """
    if not takes_bookings(host):
        return
    today = clock.today()
    weekly = [Weekly(each.starts, each.ends, ways_of(each.ways), each.weekday) for each in hours(host)]
    different = [_different(each) for each in exceptions(host, today)]
    busy = _busy(host, clock.now(), beside)
    asked = {"now": clock.now(), "first": day, "last": day, "breaks": _breaks(host, today)}
    yield from talk_slots.free(host.rules, weekly, different, busy, **asked)


def free_slot(host: Host, slot_id: str, *, beside: int = 0) -> Slot | None:
    """Find a time by its name among those that can be booked with a host now; None when it is not there."""
    try:
        day = clock.local(datetime.strptime(slot_id, SLOT_ID).replace(tzinfo=UTC)).date()
    except (ValueError, OverflowError):
        return None
    return next((slot for slot in free_slots(host, day=day, beside=beside) if slot.id == slot_id), None)


def ways_of(kept: str) -> tuple[str, ...]:
    """Read the ways of some hours, in their usual order."""
    chosen = kept.split(",")
    return tuple(way for way in TalkWay if way in chosen)


@transaction
def keep_rules(actor: Actor, host: Host, values: dict[str, object]) -> None:
    """Decide how talks are booked: open or not, length, buffer, notice, how far ahead, place and link."""
    require(actor, Permission.HOST_TALKS, host.place)
    row = _kept(host)
    if not values.get("video_link", row.video_link) and any(TalkWay.VIDEO in ways_of(each.ways) for each in row.hours):
        raise NoVideo
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    TalkHost.update(**values, changed_at=clock.now()).where(TalkHost.id == row.id).execute()
    _tell(actor, host, row, "talk:rules", changed)


@transaction
def add_hours(actor: Actor, host: Host, stretch: Weekly) -> None:
    """Open some hours of every week; raise Clash, TooManyHours or NoVideo."""
    require(actor, Permission.HOST_TALKS, host.place)
    row = _kept(host)
    stands = list(row.hours)
    if len(stands) >= MOST_STRETCHES:
        raise TooManyHours
    if any(each.weekday == stretch.weekday and _meet(each, stretch) for each in stands):
        raise Clash
    ways = _ways(row, stretch.ways)
    TalkHours.create(host=row, weekday=stretch.weekday, starts=stretch.starts, ends=stretch.ends, ways=ways)
    _tell(actor, host, row, "talk:hours", ("weekday", "starts", "ends", "ways"))


@transaction
def remove_hours(actor: Actor, host: Host, number: int) -> bool:
    """Close some hours of every week; booked talks stay. False when there are none of that number."""
    require(actor, Permission.HOST_TALKS, host.place)
    gone = TalkHours.delete().where(TalkHours.id == number, TalkHours.host == host.row.id).execute()
    if gone:
        _tell(actor, host, host.row, "talk:hours", ("weekday",))
    return bool(gone)


@transaction
def add_exception(actor: Actor, host: Host, different: Different) -> None:
    """Let days differ; booked talks stay, see `struck`. Raises Clash, TooManyHours or NoVideo."""
    require(actor, Permission.HOST_TALKS, host.place)
    row, stretch = _kept(host), different.hours
    if row.exceptions.where(TalkException.last_day >= clock.today()).count() >= MOST_EXCEPTIONS:
        raise TooManyHours
    if not different.closed and any(
        _meet(each, stretch) for each in talk_slots.hours_of(different.first_day, _weekly(row), _all_different(row))
    ):
        raise Clash
    TalkException.create(
        host=row,
        kind=ExceptionKind.CLOSED if different.closed else ExceptionKind.EXTRA,
        first_day=different.first_day,
        last_day=different.last_day,
        starts=stretch.starts if stretch else None,
        ends=stretch.ends if stretch else None,
        ways="" if different.closed else _ways(row, stretch.ways),
    )
    _tell(actor, host, row, "talk:exception", ("first_day", "last_day", "starts", "ends"))


@transaction
def remove_exception(actor: Actor, host: Host, number: int) -> bool:
    """Let days be as usual again; False when there is no exception of that number."""
    require(actor, Permission.HOST_TALKS, host.place)
    gone = TalkException.delete().where(TalkException.id == number, TalkException.host == host.row.id).execute()
    if gone:
        _tell(actor, host, host.row, "talk:exception", ("first_day",))
    return bool(gone)


def struck(host: Host, different: Different) -> int:
    """Count the booked talks on days, or in hours, that are closed: they are not cancelled by themselves."""
    count, booked = 0, (TalkBooking.state == TalkState.BOOKED) & (TalkBooking.ends_at > clock.now())
    for booking in TalkBooking.select().where(TalkBooking.host == host.row.id, booked) if different.closed else ():
        starts, ends = clock.local(booking.starts_at), clock.local(booking.ends_at)
        if different.first_day <= starts.date() <= different.last_day:
            since = starts.hour * 60 + starts.minute
            talk = Stretch(since, max(since + 1, ends.hour * 60 + ends.minute), ())
            count += different.hours is None or _meet(talk, different.hours)
    return count


def by_number(number: int) -> Host:
    """Give a host by its number, for one of its bookings."""
    (row,) = load(TalkHost, "id = ?", (number,))
    return _whole(row)


def _by_slug(slug: str) -> Host | None:
    if slug == COUNTY_SLUG:
        return _host(TalkHost.county == "county", None)
    found = rows("SELECT id FROM unit WHERE slug = ?", (slug,))
    return _host(TalkHost.unit == found[0][0], found[0][0]) if found else None


def _host(where: object, unit: int | None) -> Host:
    """A host as it is kept, or as it would be before anything has been decided."""
    row = TalkHost.get_or_none(where)
    return _whole(row or TalkHost(unit=unit, county=None if unit else "county", changed_at=clock.now()))


def _whole(row: TalkHost) -> Host:
    return Host(row, load(Unit, "id = ?", (row.unit_id,))[0] if row.unit_id else None)


def _kept(host: Host) -> TalkHost:
    """The host's row, made when this is the first that is decided, as nobody else changes it."""
    one_at_a_time(f"talk host {host.slug}")
    where = TalkHost.unit == host.unit.id if host.unit else TalkHost.county == "county"
    unit = host.unit.id if host.unit else None
    return TalkHost.get_or_none(where) or TalkHost.create(
        unit=unit, county=None if unit else "county", changed_at=clock.now()
    )


def _tell(actor: Actor, host: Host, row: TalkHost, action: str, fields: Iterable[str]) -> None:
    """Write down what was changed; a unit's page may look different now."""
    versions.bump(versions.DIRECTORY)
    audit.record(actor, action, "talk_host", row.id, place=host.place, fields=fields)


def _ways(row: TalkHost, ways: Sequence[str]) -> str:
    if TalkWay.VIDEO in ways and not row.video_link:
        raise NoVideo
    return ",".join(way for way in TalkWay if way in ways)


def _meet(one: TalkHours | Stretch, other: Stretch) -> bool:
    return one.starts < other.ends and other.starts < one.ends


def _weekly(row: TalkHost) -> list[Weekly]:
    return [Weekly(each.starts, each.ends, ways_of(each.ways), each.weekday) for each in row.hours]


def _all_different(row: TalkHost) -> list[Different]:
    return [_different(each) for each in row.exceptions]


def _different(kept: TalkException) -> Different:
    stretch = Stretch(kept.starts, kept.ends, ways_of(kept.ways)) if kept.starts is not None else None
    return Different(kept.first_day, kept.last_day, kept.kind == ExceptionKind.CLOSED, stretch)


def _busy(host: Host, since: datetime, beside: int) -> list[tuple[datetime, datetime]]:
    found = TalkBooking.select(TalkBooking.starts_at, TalkBooking.free_at).where(
        TalkBooking.host == host.row.id,
        TalkBooking.state != TalkState.CANCELLED,
        TalkBooking.free_at > since,
        TalkBooking.id != beside,
    )
    return [(booking.starts_at, booking.free_at) for booking in found]


def _breaks(host: Host, since: date) -> list[tuple[date, date]]:
    """The lov of a unit's schools from a day on, in which its weekly hours are closed unless they are kept open."""
    if host.unit is None or host.row.in_breaks:
        return []
    found = SchoolBreak.select(SchoolBreak.starts_on, SchoolBreak.ends_on).where(
        SchoolBreak.municipality == host.unit.municipality_id,
        SchoolBreak.organizer.is_null() | (SchoolBreak.organizer == host.unit.organizer_id),
        SchoolBreak.ends_on >= since,
    )
    return [(each.starts_on, each.ends_on) for each in found]


def _coming(host: Host) -> int:
    if host.row.id is None:
        return 0
    return rows(
        "SELECT COUNT(*) FROM talk_booking WHERE host_id = ? AND state = 'booked' AND ends_at > ?",
        (host.row.id, TalkBooking.ends_at.db_value(clock.now())),
    )[0][0]

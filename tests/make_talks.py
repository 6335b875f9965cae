"""Factories of talks: a host with open hours, a wish, and a booked time."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime, timedelta
from itertools import count

from tbb import clock
from tbb.database import keyring
from tbb.models import TalkBooking, TalkException, TalkHost, TalkHours, Unit
from tbb.policy import VISITOR
from tbb.services import case_files, talk_hosts, talk_letters, talks
from tbb.services.talk_hosts import Host
from tbb.services.talks import Contact, Wish

_forms = count(1)
EIGHT, NOON, FIVE = 8 * 60, 12 * 60, 17 * 60
ALL_WAYS = "phone,visit,video"
LINK = "https://video.example/rum"


def host(unit: Unit | None, *, hours=((0, EIGHT, NOON), (2, EIGHT, NOON)), ways: str = ALL_WAYS, **more) -> Host:
    """Let talks be booked with a unit's BBA, or with those who lead the process: (weekday, from, to) in minutes."""
    values = {"open": True, "minutes": 30, "buffer_minutes": 15, "notice_hours": 24, "video_link": LINK} | more
    row = TalkHost.create(unit=unit, county=None if unit else "county", changed_at=clock.now(), **values)
    for weekday, starts, ends in hours:
        TalkHours.create(host=row, weekday=weekday, starts=starts, ends=ends, ways=ways)
    return Host(row, unit)


def wish(slot: str, way: str = "phone", *, phone: str = "070-174 06 31", email: str = "", **more) -> Wish:
    """A wish to book a time."""
    contact = Contact(more.pop("name", "Kim Exempelsson"), phone, email, more.pop("workplace", ""))
    return Wish(
        **{"slot": slot, "way": way, "contact": contact, "language": "sv", "interpreter": False, "reads": "sv"} | more
    )


def booked(where: Host, number: int = 0, *, sender: str = "192.0.2.1", **more) -> tuple[TalkBooking, str]:
    """Book one of the free times; give the booking and the secret of its link."""
    slot = list(talk_hosts.free_slots(where))[number]
    secret = talks.book(VISITOR, where, wish(slot.id, **more), sender=sender, once=f"form {next(_forms)}")
    return TalkBooking.get(TalkBooking.host == where.row.id, TalkBooking.starts_at == slot.starts_at), secret


def row(where: Host, starts_at: datetime, **more) -> TalkBooking:
    """A booked talk as it is kept, at any time at all, for half an hour and a quarter after."""
    key, contact = case_files.new_key(), more.pop("contact", None) or Contact("Kim Exempelsson", "070-174 06 31")
    starts_at = starts_at.replace(second=0, microsecond=0)
    ends_at = starts_at + timedelta(minutes=30)
    values = {
        "once": key,
        "reference": case_files.new_reference("S"),
        "ends_at": ends_at,
        "free_at": ends_at + timedelta(minutes=15),
        "way": "phone",
        "language": "sv",
        "reads": "sv",
        "contact": keyring().seal(json.dumps(asdict(contact)), f"talk_booking.contact:{key}"),
        "network": key,
        "mark": key,
        "created_at": starts_at - timedelta(days=7),
        "timed_at": starts_at - timedelta(days=7),
        "forget_on": clock.local(ends_at).date() + talks.KEPT,
    }
    return TalkBooking.create(host=where.row.id, key=key, starts_at=starts_at, **(values | more))


def past(where: Host, *, ago: timedelta = timedelta(hours=2), **more) -> TalkBooking:
    """A talk that has been, of which nobody has said yet what became of it."""
    return row(where, clock.now() - ago, **more)


def closed(where: Host, first: date, last: date) -> TalkException:
    """Days on which no talk can be booked."""
    return TalkException.create(host=where.row, kind="closed", first_day=first, last_day=last)


def another_link(kept: TalkBooking) -> str:
    """The secret of a further link to a booked talk."""
    return talk_letters.new_link(kept)


def nobody() -> str:
    """A secret that no link has."""
    return case_files.new_key()

"""The database itself lets no two talks of one host overlap, the time after each included, also when many are quick.

Sixteen clients want the same times. How many times there are is set by TBB_RACE_SLOTS, 12 unless it says otherwise.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peewee import IntegrityError, OperationalError

from tbb import clock
from tbb.database import connection
from tbb.models import TalkBooking, TalkHours
from tbb.policy import VISITOR
from tbb.services import talk_hosts, talks
from tests import engines, make, make_talks
from tests.services.keeping_cast import assemble

EIGHT = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CLIENTS, SLOTS = 16, int(os.environ.get("TBB_RACE_SLOTS", "12"))


@pytest.fixture
def host(db):
    """Somebody to book."""
    return make_talks.host(make.unit(), hours=())


@pytest.fixture
def crowded(database_url):
    """An empty database with a connection for each client."""
    engines.configure(database_url, threads=CLIENTS)
    with connection():
        yield
    engines.close()


def put(host, starts: int, ends: int, free: int, **more) -> bool:
    """Store a talk from one minute to another, after which the host is free; False when the database says no."""
    times = {"ends_at": EIGHT + ends * MINUTE, "free_at": EIGHT + free * MINUTE}
    try:
        with TalkBooking._meta.database.atomic():
            make_talks.row(host, EIGHT + starts * MINUTE, **(times | more))
    except IntegrityError as problem:
        assert "never overlap" in str(problem)
        return False
    return True


@pytest.mark.parametrize(
    ("second", "both"),
    [
        ((0, 30, 45), False),
        ((30, 60, 75), False),
        ((44, 74, 89), False),
        ((45, 75, 90), True),
        ((-45, -15, 0), True),
        ((-44, -14, 1), False),
        ((10, 20, 20), False),
        ((-60, 90, 105), False),
    ],
)
def test_the_time_after_a_talk_belongs_to_it(host, second, both):
    assert put(host, 0, 30, 45)
    assert put(host, *second) is both
    assert put(make_talks.host(make.unit("En annan"), hours=()), *second)


def test_a_cancelled_talk_is_in_nobodys_way_and_cannot_come_back_into_another(host):
    assert put(host, 0, 30, 45) and put(host, 0, 30, 45, state="cancelled")
    for state in ("booked", "held", "no_show"):
        with pytest.raises(IntegrityError), TalkBooking._meta.database.atomic():
            TalkBooking.update(state=state).where(TalkBooking.state == "cancelled").execute()


def test_nor_can_a_talk_be_moved_or_made_longer_into_another(host):
    assert put(host, 0, 30, 45) and put(host, 45, 75, 90)
    first, second = TalkBooking.select().order_by(TalkBooking.starts_at)
    for which, changes in (
        (first, {"free_at": EIGHT + 46 * MINUTE}),
        (second, {"starts_at": EIGHT + 44 * MINUTE}),
    ):
        with pytest.raises(IntegrityError), TalkBooking._meta.database.atomic():
            TalkBooking.update(**changes).where(TalkBooking.id == which.id).execute()
    TalkBooking.update(state="held").where(TalkBooking.id == first.id).execute()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 100), st.integers(1, 30), st.integers(0, 10)), max_size=8))
def test_whatever_is_tried_no_minute_ever_has_two(db, tries):
    host = make_talks.host(make.unit(), hours=())
    for start, length, pause in tries:
        put(host, start, start + length, start + length + pause)
    kept = sorted((booking.starts_at, booking.free_at) for booking in host.row.bookings)
    assert all(one[1] <= other[0] for one, other in zip(kept, kept[1:], strict=False))


def test_of_sixteen_who_want_the_same_times_each_time_goes_to_one(crowded, at, monkeypatch):
    at(EIGHT - timedelta(days=3))
    monkeypatch.setattr(talks, "ALL_SENDERS", CLIENTS * SLOTS + 1)
    monkeypatch.setattr(talks, "PER_SENDER", SLOTS + 1)
    monkeypatch.setattr(talks, "OPEN_PER_NETWORK", SLOTS + 1)
    monkeypatch.setattr(talks, "OPEN_PER_PERSON", SLOTS + 1)
    host = make_talks.host(assemble().unit, hours=(), minutes=15, buffer_minutes=0, weeks_ahead=26)
    for weekday in range(5):
        TalkHours.create(host=host.row, weekday=weekday, starts=8 * 60, ends=16 * 60, ways="phone")
    slots = [slot.id for slot in talk_hosts.free_slots(host)][:SLOTS]
    assert len(slots) == SLOTS
    gate, answers, locked = Barrier(CLIENTS, timeout=60), [Counter() for _ in range(CLIENTS)], Counter()

    def client(number: int) -> None:
        gate.wait()
        for slot in slots:
            with connection():
                try:
                    wish = make_talks.wish(slot, phone=f"070-174 06 {number:02}")
                    talks.book(VISITOR, host, wish, sender=f"client {number}", once=f"{number} {slot}")
                    answers[number][slot] += 1
                except talks.Taken:
                    pass
                except OperationalError:
                    locked[number] += 1

    threads = [Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = sum(answers, Counter())
    kept = Counter(f"{booking.starts_at:%Y%m%d%H%M}" for booking in host.row.bookings)
    doubles = sum(count > 1 for count in said.values()) + sum(count > 1 for count in kept.values())
    print(
        f"{CLIENTS} clients × {SLOTS} times: {sum(said.values())} booked, double bookings {doubles},"
        f" told that the database is locked {sum(locked.values())}"
    )
    assert not locked
    assert doubles == 0 and said == kept and set(kept) == set(slots)
    assert clock.now() == EIGHT - timedelta(days=3)

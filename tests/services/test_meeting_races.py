"""Many at once: a room is never taken twice, and of all who choose a meeting's time one decides."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from tbb import clock, database
from tbb.database import connection, rows
from tbb.models import AuditRow, Meeting, MeetingSlot, Room, RoomBooking
from tbb.policy import VISITOR
from tbb.services import actors, meeting_asking, meeting_times, meetings, rooms
from tbb.services.demo_cast import account_of
from tbb.services.meeting_times import Place
from tests import engines, make_cases
from tests.at_work import units

CLIENTS = 16
SLOTS = int(os.environ.get("TBB_RACE_SLOTS", "12"))
"""How many times of one room all clients want; TBB_RACE_SLOTS=500 with -s prints the figures of the full race."""
DAY = datetime(2027, 1, 11, 8, tzinfo=UTC)
OVERLAPS = """
    SELECT COUNT(*) FROM room_booking a JOIN room_booking b ON a.room_id = b.room_id AND a.id < b.id
    WHERE a.starts_at < b.ends_at AND b.starts_at < a.ends_at
"""


@pytest.fixture
def crowd(county_url):
    """The demo county with a connection for each of many, and a room."""
    engines.configure(county_url, threads=CLIENTS)
    with connection():
        own = units()["own"]
        found = {"room": Room.create(unit=own, name="Vassen"), "own": own, "bba": account_of("bba")}
    yield found
    engines.close()


def all_at_once(acts) -> list:
    """Let each act begin at the same moment, with a connection of its own; give what each gives or raises."""
    start = Barrier(len(acts), timeout=20)

    def one(act):
        with connection():
            start.wait()
            try:
                return act()
            except Exception as problem:
                return problem

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def test_a_room_is_never_taken_twice_by_whoever_wants_it_when(crowd):
    def wants(client: int):
        def act() -> int:
            taken = 0
            for number in range(SLOTS):
                begins = DAY + timedelta(minutes=40 * number + 5 * (client % 4))
                try:
                    rooms.book(
                        Meeting(id=client * SLOTS + number + 1),
                        crowd["room"].id,
                        begins,
                        begins + timedelta(minutes=60),
                    )
                    taken += 1
                except rooms.Taken:
                    pass
            return taken

        return act

    given = all_at_once([wants(client) for client in range(CLIENTS)])
    with connection():
        (overlaps,), stored = rows(OVERLAPS)[0], RoomBooking.select().count()
    assert [each for each in given if not isinstance(each, int)] == []
    assert overlaps == 0 and stored == sum(given) > SLOTS // 3
    print(f"\n{CLIENTS} clients x {SLOTS} times ({engines.wanted()}): {stored} bookings, {overlaps} overlaps")


def test_of_many_who_choose_one_decides(crowd):
    with connection():
        bba = actors.of_account(crowd["bba"], strong=True)
        case = make_cases.case(crowd["own"], state="received", received_at=clock.now())
        meeting = meetings.make(bba, case)
        meetings.add_participant(bba, meeting, role="guardian", who="guardian_1", person=meetings.Contact("Gun"))
        walls = [f"{clock.today() + timedelta(days=30)}T{hour:02d}:00" for hour in range(8, 16)]
        slots = meeting_times.propose(bba, meeting, walls, answers_by=clock.today())
        meeting_asking.ask(bba, meeting)
        for person in meeting.participants:
            meeting_times.answer(VISITOR, person, {slot.id: "yes" for slot in slots})
        seen = Meeting.get_by_id(meeting.id)
    place = Place(room=crowd["room"].id)
    given = all_at_once(
        [lambda slot=slot: meeting_times.choose(bba, seen, slot, place, version=seen.version) for slot in slots]
    )
    decided = [each for each in given if isinstance(each, Meeting)]
    assert len(decided) == 1 and {type(each) for each in given} == {Meeting, meeting_times.Overtaken}
    with connection():
        stands = Meeting.get_by_id(meeting.id)
        booked = RoomBooking.get()
        assert (booked.starts_at, booked.meeting) == (stands.starts_at, stands.id)
        assert stands.wall == decided[0].wall
        assert AuditRow.select().where(AuditRow.action == "meeting:set").count() == 1


def test_of_many_who_propose_the_same_time_one_does(crowd):
    with connection():
        bba = actors.of_account(crowd["bba"], strong=True)
        meeting = meetings.make(bba, make_cases.case(crowd["own"], state="received", received_at=clock.now()))
    wall = f"{clock.today() + timedelta(days=30)}T10:00"
    given = all_at_once([lambda: meeting_times.propose(bba, meeting, [wall])] * 6)
    assert sum(isinstance(each, list) for each in given) == 1
    assert {type(each) for each in given} == {list, meeting_times.BadTimes}
    with connection():
        assert MeetingSlot.select().count() == 1
        assert not database.db.in_transaction()

"""A changed rule of summer time moves the moment, never the time that was agreed on (C28)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tbb.database import connection, rows
from tbb.models import AuditRow, ForumDate, Meeting, MeetingSlot, RoomBooking, TalkBooking
from tbb.services import rooms, talk_hosts, talks, wall_clock, wall_keeping
from tests import make_meetings, make_talks
from tests.services.keeping_cast import assemble
from tests.services.meeting_office import NOON, fresh, office

SUNDAY = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def as_if_the_law_had_moved(model, *columns: str, by: timedelta) -> None:
    """Let rows stand where an older rule had put them: their wall is now at another moment."""
    found = sorted(model.select(), key=lambda row: row.starts_at, reverse=by > timedelta())
    for row in found:
        model.update(**{name: getattr(row, name) + by for name in columns}).where(model.id == row.id).execute()


@pytest.mark.parametrize("by", [HOUR, -HOUR])
def test_talks_that_lie_close_together_keep_their_wall_whichever_way_the_clock_is_moved(db, at, by):
    at(SUNDAY)
    host = make_talks.host(assemble().unit)
    for sender in "abc":
        make_talks.booked(host, sender=sender)
    before = {row.id: (row.wall, row.starts_at, row.ends_at, row.free_at) for row in TalkBooking.select()}
    assert all(wall == wall_clock.on_the_wall(starts) for wall, starts, _ends, _free in before.values())
    as_if_the_law_had_moved(TalkBooking, "starts_at", "ends_at", "free_at", by=by)
    assert wall_keeping.keep() == 3 and wall_keeping.keep() == 0
    assert {row.id: (row.wall, row.starts_at, row.ends_at, row.free_at) for row in TalkBooking.select()} == before
    assert AuditRow.select().where(AuditRow.action == "time:keep-wall").count() == 3


def test_a_talk_keeps_its_wall_when_it_is_moved_and_nothing_that_has_been_is_touched(db, at):
    at(SUNDAY)
    host = make_talks.host(assemble().unit)
    kept, secret = make_talks.booked(host)
    slot = next(iter(talk_hosts.free_slots(host)))
    talks.move(make_talks.VISITOR, secret, slot.id)
    assert fresh(kept).wall == wall_clock.on_the_wall(slot.starts_at) != kept.wall
    as_if_the_law_had_moved(TalkBooking, "starts_at", "ends_at", "free_at", by=HOUR)
    at(fresh(kept).starts_at)
    assert wall_keeping.keep() == 0


def test_meetings_their_rooms_proposed_times_and_forums_keep_theirs(county, at):
    at(NOON)
    with connection():
        made = office()
        room = rooms.add(made.bba, made.near["own"], rooms.Facts("Näckrosen"))
        meeting = fresh(made.meeting)
        RoomBooking.create(room=room, meeting=meeting.id, starts_at=meeting.starts_at, ends_at=meeting.ends_at)
        make_meetings.slot(meeting, meeting.starts_at + 24 * HOUR)
        make_meetings.sitting(make_meetings.forum(made.near["own"]), meeting.starts_at)
        kept = (Meeting, MeetingSlot, ForumDate, RoomBooking)
        before = [(row.starts_at, row.ends_at) for model in kept for row in model.select()]
        for model in kept:
            as_if_the_law_had_moved(model, "starts_at", "ends_at", by=HOUR)
        assert wall_keeping.keep() >= 3
        assert [(row.starts_at, row.ends_at) for model in kept for row in model.select()] == before


def test_a_wall_that_clocks_skip_or_show_twice_stays_where_it_was_put(db, at):
    at(SUNDAY)
    host = make_talks.host(assemble().unit)
    for moment, wall in ((datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "2027-10-31T02:30"),
                         (datetime(2027, 3, 28, 1, 30, tzinfo=UTC), "2027-03-28T02:30")):  # fmt: skip
        make_talks.row(host, moment, wall=wall)
    before = rows("SELECT starts_at FROM talk_booking ORDER BY id")
    assert wall_keeping.keep() == 0 and rows("SELECT starts_at FROM talk_booking ORDER BY id") == before

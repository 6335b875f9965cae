"""A real CalDAV server takes every calendar file that we write, and finds it again at its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tbb.services.calendar_files import moment_of, single
from tests.calendars import caldav
from tests.services.test_calendar_files import ICS_TEXT, NIGHTS, ORDINARY


def test_a_calendar_server_takes_the_files_and_finds_them_at_their_time(tmp_path):
    far = datetime(2000, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
    with caldav.serving(tmp_path) as calendar:
        for number, (wall, minutes, starts, _ends) in enumerate(NIGHTS.values()):
            at, uid = moment_of(wall), f"night-{number}@mote"
            told = ORDINARY | {"uid": uid, "wall": wall, "starts": at, "ends": at + timedelta(minutes=minutes)}
            assert calendar.put(f"night-{number}", single(method="PUBLISH", **told)) == 201, wall
            first = datetime.fromisoformat(starts)
            assert [each for each in calendar.between(first, first + timedelta(minutes=1)) if uid in each], wall
            assert not [each for each in calendar.between(first - timedelta(minutes=1), first) if uid in each]
        for number, text in enumerate(ICS_TEXT):
            told = ORDINARY | {"uid": f"text-{number}@mote", "title": text, "place": text, "description": text}
            assert calendar.put(f"text-{number}", single(method="REQUEST", **told)) == 201, repr(text)
        assert len(calendar.between(*far)) == len(NIGHTS) + len(ICS_TEXT)


def test_a_changed_and_a_taken_back_meeting_replace_the_first(tmp_path):
    day = ORDINARY["starts"] - timedelta(days=1), ORDINARY["starts"] + timedelta(days=1)
    with caldav.serving(tmp_path) as calendar:
        for sequence, method in enumerate(("REQUEST", "REQUEST", "CANCEL")):
            answer = calendar.put("m", single(method=method, sequence=sequence, **ORDINARY))
            assert answer in (201, 204), method
            (found,) = calendar.between(*day)
            assert f"SEQUENCE:{sequence}" in found
        assert "STATUS:CANCELLED" in found

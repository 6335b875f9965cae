"""Calendar files say when and where, whatever the words in them are, and every reader finds the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tbb import clock
from tbb.services import calendar_files
from tbb.services.calendar_files import BadEvent, Event, many, moment_of, single
from tests import naughty
from tests.calendars import readers

STAMP = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
ORDINARY = {
    "uid": "0123456789abcdef@mote",
    "title": "Samverkansmöte M-7K3M2Q",
    "starts": NOON,
    "ends": NOON + timedelta(hours=1),
    "place": "Sammanträdesrum Näckrosen, Skolgatan 1",
    "url": "https://tbb.example/mote/x",
    "description": "Kallelse från Näckrosskolan.\nSvara i kalendern.",
    "organizer": "Näckrosskolan <no-reply@tbb.example>",
    "attendee": "gun@exempelsson.example",
    "stamp": STAMP,
}
NAMES = [
    "attendee", "class", "description", "dtend", "dtstamp", "dtstart", "last-modified", "location", "organizer",
    "sequence", "status", "summary", "transp", "uid", "url",
]  # fmt: skip
ICS_TEXT = (
    "x\r\nATTENDEE:mailto:evil@evil.example",
    "x\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:y",
    "x\rX-EVIL:1",
    "x\r\n X-EVIL:1",
    "x\u2028X-EVIL:1\u2029Y:2\x85Z:3\x0bA:4\x0cB:5\x1cC:6\x1dD:7\x1eE:8",
    "semi;colon,comma\\backslash\\n\\N\\,",
    "\\",
    "\\r\\nX-EVIL:1",
    '"; X=1:evil',
    "a" * 74 + "å" * 80,
    "👩‍👩‍👧‍👦" * 40,
    "\x00\x07\x1b[31m",
    "\u202egro.live\u202c\ufeff",
    "\ud800x",
    "BEGIN:VALARM\r\nACTION:AUDIO\r\nEND:VALARM",
    "^n^'^^",
    "=?utf-8?q?x=0D=0A?=",
)
"""What others have let through: every way of ending a line, and what the format itself gives a meaning."""


def lines_of(file: bytes) -> list[bytes]:
    """The lines as they are in the file: each ends with CRLF, none is longer than 75 octets."""
    assert file.endswith(b"\r\n")
    lines = file.split(b"\r\n")[:-1]
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert max(len(line) for line in lines) <= 75
    for line in lines:
        line.decode()
    return lines


def test_an_ordinary_invitation_has_just_what_it_should():
    file = single(method="REQUEST", sequence=2, **ORDINARY)
    lines, found = lines_of(file), readers.by_icalendar(file)
    assert found["names"] == ["calscale", "method", "prodid", "version"] and found["method"] == "REQUEST"
    (event,) = found["events"]
    assert event["names"] == NAMES and event["sequence"] == 2
    assert (event["starts"], event["ends"]) == ("2026-12-01T12:00Z", "2026-12-01T13:00Z")
    assert b"DTSTART;TZID=Europe/Stockholm:20261201T130000" in lines and b"CLASS:CONFIDENTIAL" in lines
    assert b"DTSTAMP:20261122T120000Z" in lines and b"LAST-MODIFIED:20261122T120000Z" in lines
    assert "RSVP=TRUE:mailto:gun@exempelsson.example" in file.decode().replace("\r\n ", "")
    assert file.count(b"BEGIN:VTIMEZONE") == 1 and len(file) < 1400


def test_what_is_taken_back_keeps_its_name_and_asks_for_no_answer():
    file = single(method="CANCEL", sequence=3, **ORDINARY)
    assert b"STATUS:CANCELLED\r\n" in file and b"UID:0123456789abcdef@mote\r\n" in file and b"SEQUENCE:3\r\n" in file
    assert b"RSVP" not in file and b"PARTSTAT" not in file


def hostile_files() -> list[tuple[str, bytes]]:
    """A file for each hostile text, with it everywhere that words may be."""
    return [
        (text, single(method="REQUEST", **ORDINARY | dict.fromkeys(("title", "place", "description"), f"x{text}x")
         | {"organizer": f"{text.translate({60: None, 62: None})} <no-reply@tbb.example>"}))
        for text in (*ICS_TEXT, *naughty.strings())
    ]  # fmt: skip


def test_hostile_words_add_no_property_whoever_reads_the_file():
    files = hostile_files()
    in_js = readers.by_ical_js([file for _text, file in files])
    for (text, file), third in zip(files, in_js, strict=True):
        lines_of(file)
        first, second = readers.by_icalendar(file), readers.by_vobject(file)
        for found in (first, second, third):
            assert len(found["events"]) == 1 and found["events"][0]["names"] == NAMES, repr(text)
            assert found["names"] == ["calscale", "method", "prodid", "version"], repr(text)
        for key in ("uid", "summary", "location", "starts", "ends", "sequence"):
            assert first["events"][0][key] == second["events"][0][key] == third["events"][0][key], (key, text)
        assert "\n" not in first["events"][0]["summary"] + first["events"][0]["location"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"uid": "x\r\nX-EVIL:1"},
        {"uid": ""},
        {"uid": "x y"},
        {"url": "https://x.example/\r\nX-EVIL:1"},
        {"url": "javascript:alert(1)"},
        {"url": "https://"},
        {"url": "https://x.example/\u2028"},
        {"organizer": "x"},
        {"organizer": "x <a@x.example>\r\nX-EVIL:1"},
        {"attendee": "a@x.example\r\nATTENDEE:mailto:b@x.example"},
        {"attendee": "a@x.example,mailto:b@x.example"},
        {"attendee": 'a@x.example;CN="b"'},
        {"status": "x"},
        {"method": "REPLY"},
        {"sequence": -1},
        {"ends": NOON},
    ],
)
def test_what_cannot_be_made_harmless_is_refused(wrong):
    with pytest.raises(BadEvent):
        single(**{"method": "REQUEST"} | ORDINARY | wrong)


def test_halves_of_names_never_end_a_parameter():
    file = single(**ORDINARY | {"organizer": 'Skolan "Ån"; CN=x:y, z^n <no-reply@tbb.example>'})
    organizer = readers.icalendar.Calendar.from_ical(file).walk("VEVENT")[0]["organizer"]
    assert organizer == "mailto:no-reply@tbb.example" and set(organizer.params) == {"CN"}


NIGHTS = {
    "before spring": ("2027-03-28T01:00", 60, "2027-03-28T00:00Z", "2027-03-28T01:00Z"),
    "after spring": ("2027-03-28T03:00", 30, "2027-03-28T01:00Z", "2027-03-28T01:30Z"),
    "spring day": ("2027-03-28T13:00", 60, "2027-03-28T11:00Z", "2027-03-28T12:00Z"),
    "across spring": ("2027-03-27T23:30", 240, "2027-03-27T22:30Z", "2027-03-28T02:30Z"),
    "before autumn": ("2027-10-31T01:00", 60, "2027-10-30T23:00Z", "2027-10-31T00:00Z"),
    "in the hour that comes twice": ("2027-10-31T02:30", 60, "2027-10-31T00:30Z", "2027-10-31T01:30Z"),
    "after autumn": ("2027-10-31T03:00", 60, "2027-10-31T02:00Z", "2027-10-31T03:00Z"),
    "autumn day": ("2027-10-31T13:00", 60, "2027-10-31T12:00Z", "2027-10-31T13:00Z"),
    "midnight": ("2027-06-01T23:30", 60, "2027-06-01T21:30Z", "2027-06-01T22:30Z"),
    "at midnight": ("2027-06-02T00:00", 60, "2027-06-01T22:00Z", "2027-06-01T23:00Z"),
    "leap day": ("2028-02-29T13:00", 60, "2028-02-29T12:00Z", "2028-02-29T13:00Z"),
    "new year": ("2027-12-31T23:30", 60, "2027-12-31T22:30Z", "2027-12-31T23:30Z"),
}


def test_every_reader_finds_the_same_moments_in_the_nights_when_clocks_change():
    files = []
    for wall, minutes, _starts, _ends in NIGHTS.values():
        starts = moment_of(wall)
        files.append(single(**ORDINARY | {"starts": starts, "ends": starts + timedelta(minutes=minutes), "wall": wall}))
    for name, file, third in zip(NIGHTS, files, readers.by_ical_js(files), strict=True):
        for found in (readers.by_icalendar(file), readers.by_vobject(file), third):
            (event,) = found["events"]
            assert (event["starts"], event["ends"]) == NIGHTS[name][2:], name


def test_a_moment_in_the_hour_that_comes_twice_is_said_in_utc():
    second = datetime(2027, 10, 31, 1, 15, tzinfo=UTC)
    assert clock.local(second).hour == 2 and clock.local(second).fold
    file = single(**ORDINARY | {"starts": second, "ends": second + timedelta(minutes=30)})
    assert b"DTSTART:20271031T011500Z" in file and b"VTIMEZONE" not in file


@pytest.mark.parametrize(
    "wall", ["2027-03-28T02:30", "2027-03-28T02:00", "x", "", "2027-13-01T10:00", "2027-01-01T10:00Z"]
)
def test_a_wall_time_that_never_comes_is_refused(wall):
    with pytest.raises(ValueError):
        moment_of(wall)


def test_the_wall_decides_when_the_rules_of_summer_time_have_changed():
    before = NOON - timedelta(hours=1)
    file = single(**ORDINARY | {"starts": before, "ends": before + timedelta(minutes=90), "wall": "2026-12-01T13:00"})
    assert b"DTSTART;TZID=Europe/Stockholm:20261201T130000" in file
    assert b"DTEND;TZID=Europe/Stockholm:20261201T143000" in file


def test_a_feed_holds_meetings_and_whole_days():
    lov = Event(
        uid="lov-1@tbb",
        title="Sportlov",
        starts=date(2028, 2, 28),
        ends=date(2028, 2, 29),
        confidential=False,
        stamp=STAMP,
    )
    meeting = Event(
        uid="m-1@mote", title="Samverkansmöte M-7K3M2Q", starts=NOON, ends=NOON + timedelta(hours=1), stamp=STAMP
    )
    file = many([meeting, lov], "Mina möten")
    lines_of(file)
    for found in (readers.by_icalendar(file), readers.by_vobject(file), *readers.by_ical_js([file])):
        assert found["method"] == "PUBLISH" and "x-wr-calname" in found["names"]
        first, second = found["events"]
        assert first["starts"] == "2026-12-01T12:00Z" and (second["starts"], second["ends"]) == (
            "2028-02-28",
            "2028-03-01",
        )
    assert file == many([meeting, lov], "Mina möten"), "the same feed has the same bytes"
    assert many([], "Mina möten").count(b"BEGIN:") == 1


def test_the_rules_of_summer_time_are_those_of_the_machine():
    zone = readers.icalendar.Timezone.from_ical(calendar_files.SUMMER_TIME).to_tz()
    for year in range(2000, 2035):
        for month in range(1, 13):
            for day in (1, 15, 25, 28):
                at = datetime(year, month, day, 12, 0)
                assert at.replace(tzinfo=zone).utcoffset() == at.replace(tzinfo=clock.STOCKHOLM).utcoffset(), at

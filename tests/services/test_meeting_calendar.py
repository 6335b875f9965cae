"""Weeks and months as calendars show them, lov and holidays, who is busy, and what waits around meetings."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from tbb import clock
from tbb.database import connection, keyring
from tbb.models import BusySource, Case, Grant, Meeting, Room, SchoolBreak
from tbb.policy import Refused
from tbb.services import (
    actors,
    case_todos,
    meeting_calendar,
    meeting_grid,
    meeting_lists,
    meeting_times,
    meetings,
    rooms,
    school_breaks,
)
from tbb.services.demo_cast import account_of
from tbb.services.meeting_times import Place
from tests import make, make_cases, make_meetings
from tests.at_work import units

CAST = ("bba", "huvudman", "granne", "processledare")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def office(county, at):
    """The demo county on a Monday morning, with a received case of the own unit."""
    with connection():
        own = units()["own"]
        case = make_cases.case(own, state="received", received_at=NOW)
        Case.update(touched_at=NOW).execute()
        people = {each: actors.of_account(account_of(each), strong=True) for each in CAST}
        at(NOW)
        yield {"own": own, "case": case} | people


@pytest.mark.parametrize(
    ("code", "monday", "shown"),
    [
        ("2026-W53", date(2026, 12, 28), "2026-W53"),
        ("2027-W01", date(2027, 1, 4), "2027-W01"),
        ("2028-W09", date(2028, 2, 28), "2028-W09"),
        ("2027-W53", date(2026, 11, 23), "2026-W48"),
        ("2099-W01", date(2026, 11, 23), "2026-W48"),
        ("vecka 5", date(2026, 11, 23), "2026-W48"),
    ],
)
def test_weeks_are_iso_weeks_from_monday(office, code, monday, shown):
    assert meeting_calendar.monday_of(code) == monday
    week = meeting_calendar.week(monday, office["own"])
    assert week.code == shown and [day.day.weekday() for day in week.days] == [0, 1, 2, 3, 4]


def test_a_month_shows_its_working_days_each_once(office):
    for code in ("2026-11", "2027-05", "2027-08", "2028-02", "2027-01"):
        first = meeting_calendar.month_of(code)
        days = [day.day for week in meeting_calendar.month(office["bba"], first, office["own"]) for day in week.days]
        after = (first + timedelta(days=31)).replace(day=1)
        wanted = [first + timedelta(days=n) for n in range((after - first).days)]
        assert [day for day in days if day.month == first.month] == [day for day in wanted if day.weekday() < 5], code
    assert date(2028, 2, 29) in [
        day.day for week in meeting_calendar.month(office["bba"], date(2028, 2, 1), None) for day in week.days
    ]


def test_holidays_and_breaks_are_known_also_those_of_one_huvudman(office):
    own = office["own"]
    other = make.organizer("Friskolan AB", "independent")
    told = {"municipality": own.municipality_id, "starts_on": date(2026, 12, 21), "ends_on": date(2026, 12, 23)}
    SchoolBreak.create(name="Jullov", **told)
    SchoolBreak.create(name="Friskolans lov", organizer=other, **told)
    week = meeting_calendar.week(date(2026, 12, 21), own)
    assert [day.breaks for day in week.days] == [("Jullov",)] * 3 + [()] * 2
    assert [day.holiday for day in week.days] == [False, False, False, True, True]


def test_breaks_are_kept_by_those_who_run_the_schools(office):
    admin = office["huvudman"]
    mine = school_breaks.municipalities(admin)
    assert [each.name for each in mine] == ["Eskilstuna"]
    made = school_breaks.add(admin, mine[0], "Sportlov", date(2027, 2, 22), date(2027, 2, 26))
    with pytest.raises(school_breaks.SameAgain):
        school_breaks.add(admin, mine[0], "Sportlov", date(2027, 2, 22), date(2027, 2, 26))
    with pytest.raises(school_breaks.BadDays):
        school_breaks.add(admin, mine[0], "Lov", date(2027, 2, 22), date(2027, 2, 21))
    for persona in ("bba", "granne"):
        with pytest.raises(Refused):
            school_breaks.add(office[persona], mine[0], "Lov", date(2027, 1, 4), date(2027, 1, 5))
    assert school_breaks.remove(admin, mine[0], made.id) and not school_breaks.remove(admin, mine[0], made.id)
    assert len(school_breaks.municipalities(office["processledare"])) == 9


def test_a_colleague_with_another_meeting_or_too_little_time_between_is_busy(office):
    bba, case = office["bba"], office["case"]
    start = datetime(2026, 12, 1, 12, tzinfo=UTC)
    account = account_of("personal")
    elsewhere = make.unit("Björkskolan", where=office["own"].municipality)
    far, near = Room.create(unit=elsewhere, name="Aulan"), Room.create(unit=office["own"], name="Vassen")
    booked = make_meetings.meeting(case, at=start, room=far)
    make_meetings.participant(booked, office["own"], account=account)
    meeting = meetings.make(bba, case)
    meeting_times.set_place(bba, meeting, Place(room=near.id, travel_minutes=30))
    meeting = Meeting.get_by_id(meeting.id)
    just_after, later, during = (
        make_meetings.slot(meeting, start + timedelta(minutes=minutes)) for minutes in (60, 90, 30)
    )
    assert meeting_calendar.clashes([account], just_after, meeting) == {account: start}
    assert meeting_calendar.clashes([account], later, meeting) == {}
    assert meeting_calendar.clashes([account], during, meeting) == {account: start}
    Meeting.update(room=near).where(Meeting.id == booked.id).execute()
    assert meeting_calendar.clashes([account], just_after, meeting) == {}
    assert meeting_calendar.clashes([], during, meeting) == {}


def test_the_first_time_at_which_all_who_are_needed_can_is_marked(office):
    bba = office["bba"]
    meeting = meetings.make(bba, office["case"])
    gun = meetings.add_participant(bba, meeting, role="guardian", who="guardian_1", person=meetings.Contact("Gun"))
    walls = [f"2026-12-0{day}T10:00" for day in (1, 2, 3)]
    slots = meeting_times.propose(bba, meeting, walls, answers_by=date(2026, 11, 30))
    Meeting.update(state="proposed").execute()
    meeting_times.answer(bba, gun, {slots[0].id: "no", slots[1].id: "if_needed", slots[2].id: "yes"})
    found = meeting_grid.grid(Meeting.get_by_id(meeting.id))
    assert [row.first for row in found.rows] == [False, True, False]
    assert found.best.slot.id == slots[1].id and found.rows[0].lacking[0].what == "guardians"


def test_busy_by_ones_own_calendar_shows_in_the_grid_and_nothing_more(office):
    bba, account = office["bba"], office["bba"].account
    meeting = meetings.make(bba, office["case"])
    slots = meeting_times.propose(bba, meeting, ["2026-12-01T10:00", "2026-12-01T13:00"], answers_by=date(2026, 11, 30))
    begins = slots[1].starts_at - timedelta(minutes=30)
    told = json.dumps([[begins.isoformat(), slots[1].starts_at.replace(minute=15).isoformat()]])
    BusySource.create(
        account=account,
        url=keyring().seal("https://kalender.example/x", f"busy_source.url:{account}"),
        busy=keyring().seal(told, f"busy_source.busy:{account}"),
        fetched_at=clock.now(),
    )
    rows = meeting_grid.grid(Meeting.get_by_id(meeting.id)).rows
    assert [row.cells[0].busy for row in rows] == [None, begins]


def kinds(office) -> list[tuple[str, date]]:
    return [
        (each.kind, each.due)
        for each in case_todos.waiting(office["bba"])
        if each.kind in ("meet", "prepare", "choose", "record")
    ]


def test_what_waits_around_meetings_is_on_the_desk(office, at):
    bba, case = office["bba"], office["case"]
    Case.update(state="collaborating", outcome="meeting", decided_at=NOW).where(Case.id == case.id).execute()
    assert kinds(office) == [("meet", date(2026, 11, 30))]
    meeting = meetings.make(bba, Case.get_by_id(case.id))
    assert kinds(office) == [("prepare", date(2026, 11, 30))]
    gun = meetings.add_participant(bba, meeting, role="guardian", who="guardian_1", person=meetings.Contact("Gun"))
    (slot,) = meeting_times.propose(bba, meeting, ["2026-12-01T10:00"], answers_by=date(2026, 11, 27))
    Meeting.update(state="proposed").execute()
    gun.state = "asked"
    gun.save()
    assert kinds(office) == []
    at(NOW + timedelta(days=5))
    assert kinds(office) == [("choose", date(2026, 11, 27))]
    at(NOW)
    meeting_times.answer(bba, gun, {slot.id: "yes"})
    assert kinds(office) == [("choose", date(2026, 11, 23))]
    stands = Meeting.get_by_id(meeting.id)
    meeting_times.choose(bba, stands, slot, Place(), version=stands.version)
    assert kinds(office) == []
    at(NOW + timedelta(days=9))
    assert kinds(office) == [("record", date(2026, 12, 3))]


def test_a_room_is_free_again_when_its_meeting_is_gone(office):
    room = Room.create(unit=office["own"], name="Vassen")
    meeting = meetings.make(office["bba"], office["case"])
    rooms.book(meeting, room.id, NOW, NOW + timedelta(hours=1))
    assert rooms.forget_gone() == 0
    Meeting.delete().where(Meeting.id == meeting.id).execute()
    assert rooms.forget_gone() == 1 and rooms.forget_gone() == 0


def test_meetings_of_others_are_in_the_list_only_while_a_consent_covers(office):
    granne = office["granne"]
    other = units()["other"]
    Grant.update(starts_on=NOW.date()).where(Grant.account == account_of("granne")).execute()
    meeting = make_meetings.meeting(office["case"], at=NOW + timedelta(days=3))
    make_meetings.participant(meeting, other, account=account_of("granne"))
    assert meeting_lists.mine(granne) == []
    make_meetings.consent(office["bba"], office["case"], other, days=1)
    (line,) = meeting_lists.mine(granne)
    assert (line.books, line.reference) == (False, meeting.reference)
    weak = actors.of_account(account_of("granne"))
    assert meeting_lists.mine(weak) == []
    assert clock.today() == date(2026, 11, 23)

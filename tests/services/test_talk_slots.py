"""Times that can be booked: as clocks on the wall show them, never twice, never in each other's way."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tbb.clock import local
from tbb.services.talk_slots import Different, Rules, Stretch, Weekly, free, hours_of, moment_of, on_day

SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
RULES = Rules(minutes=30, buffer_minutes=15, notice_hours=24, weeks_ahead=4)
MONDAY = date(2026, 11, 23)
PHONE = ("phone",)


def shown(slots) -> list[str]:
    """What clocks on the wall show when the times begin."""
    return [f"{local(slot.starts_at):%H:%M}" for slot in slots]


def weekly(weekday: int, starts: int, ends: int) -> Weekly:
    return Weekly(starts * 60, ends * 60, PHONE, weekday)


def a_day(day: date, starts: int, ends: int, *, minutes: int = 30, buffer_minutes: int = 0):
    """The times of a day between two hours."""
    return list(on_day(day, Rules(minutes, buffer_minutes, 0, 4), [Stretch(starts * 60, ends * 60, PHONE)]))


def test_times_follow_one_another_with_the_buffer_between():
    slots = list(on_day(MONDAY, RULES, [Stretch(480, 600, PHONE)]))
    assert shown(slots) == ["08:00", "08:45", "09:30"]
    assert [slot.free_at - slot.ends_at for slot in slots] == [timedelta(minutes=15)] * 3
    assert slots[0].starts_at == datetime(2026, 11, 23, 7, tzinfo=UTC) and slots[0].id == "202611230700"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (SPRING, ["01:00", "01:30", "03:00", "03:30"]),
        (AUTUMN, ["01:00", "01:30", "02:00", "02:30", "03:00", "03:30"]),
        (SPRING + timedelta(days=1), ["01:00", "01:30", "02:00", "02:30", "03:00", "03:30"]),
    ],
)
def test_on_the_nights_when_clocks_are_moved_each_time_is_given_out_once(day, said):
    assert shown(a_day(day, 1, 4)) == said


def test_a_talk_across_the_skipped_hour_lasts_as_long_as_it_says_and_pushes_the_next_away():
    slots = a_day(SPRING, 1, 6, minutes=60, buffer_minutes=30)
    assert shown(slots) == ["01:00", "04:00"]
    assert slots[0].ends_at - slots[0].starts_at == timedelta(hours=1)
    assert local(slots[0].ends_at).hour == 3 and local(slots[0].free_at).minute == 30


def test_the_same_wall_time_before_and_after_the_change_is_another_moment():
    before, after = (moment_of(day, 540) for day in (date(2027, 3, 26), date(2027, 3, 29)))
    assert (before.hour, after.hour) == (8, 7)
    assert moment_of(SPRING, 150) is None
    assert moment_of(AUTUMN, 150) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert moment_of(MONDAY, 24 * 60) == moment_of(MONDAY + timedelta(days=1), 0)


@given(
    day=st.sampled_from([SPRING, AUTUMN, date(2028, 2, 29), date(2026, 12, 31), MONDAY]),
    stretches=st.lists(st.tuples(st.integers(0, 95), st.integers(1, 95)), min_size=1, max_size=4),
    minutes=st.integers(10, 120),
    pause=st.integers(0, 60),
)
def test_whatever_the_hours_no_two_times_meet_and_none_is_told_twice(day, stretches, minutes, pause):
    hours = sorted(
        (Stretch(a * 15, min(1440, (a + b) * 15), PHONE) for a, b in stretches),
        key=lambda each: (each.starts, each.ends),
    )
    slots = list(on_day(day, Rules(minutes, pause, 0, 4), hours))
    for one, other in zip(slots, slots[1:], strict=False):
        assert one.free_at <= other.starts_at
    assert len(set(shown(slots))) == len(slots)
    for slot in slots:
        assert slot.day == day and slot.ends_at - slot.starts_at == timedelta(minutes=minutes)
    # Nothing is missing either: the first time of the day that clocks show is there.
    first = next((at for at in (hours[0].starts,) if moment_of(day, at) and hours[0].ends - at >= minutes), None)
    assert first is None or (slots and slots[0].starts_at == moment_of(day, first))


def test_holidays_are_closed_and_extra_hours_are_not():
    christmas_eve = date(2026, 12, 24)
    week = [weekly(day, 8, 10) for day in range(7)]
    assert hours_of(christmas_eve, week, []) == []
    extra = Different(christmas_eve, christmas_eve, False, Stretch(600, 660, PHONE))
    assert hours_of(christmas_eve, week, [extra]) == [Stretch(600, 660, PHONE)]
    assert hours_of(date(2026, 12, 23), week, [extra]) == [weekly(2, 8, 10)]


def test_days_off_are_closed_wholly_or_for_some_hours():
    week = [weekly(0, 8, 12)]
    off = Different(MONDAY - timedelta(days=3), MONDAY + timedelta(days=3), True)
    assert hours_of(MONDAY, week, [off]) == [] and hours_of(MONDAY + timedelta(days=7), week, [off]) == week
    lunch = Different(MONDAY, MONDAY, True, Stretch(540, 600, ()))
    assert [(part.starts, part.ends) for part in hours_of(MONDAY, week, [lunch])] == [(480, 540), (600, 720)]
    extra = Different(MONDAY, MONDAY, False, Stretch(780, 840, PHONE))
    assert hours_of(MONDAY, week, [off, extra]) == []


def test_only_what_is_late_enough_near_enough_and_not_taken_is_free():
    now = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
    hours = [weekly(0, 8, 12)]
    found = list(free(RULES, hours, [], [], now=now))
    assert found[0].starts_at - now >= timedelta(hours=24) and shown(found[:2]) == ["09:30", "10:15"]
    assert found[-1].day <= local(now).date() + timedelta(weeks=4)
    assert len({slot.day for slot in found}) == 4
    taken = [(found[0].starts_at, found[0].free_at)]
    assert shown(free(RULES, hours, [], taken, now=now))[0] == "10:15"
    off_the_grid = [(found[1].starts_at - timedelta(minutes=1), found[1].starts_at + timedelta(minutes=1))]
    left = [slot.id for slot in free(RULES, hours, [], off_the_grid, now=now)]
    assert found[0].id not in left and found[1].id not in left and found[2].id in left

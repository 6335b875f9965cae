"""Working days: Easter by the book, Swedish holidays, and counting that agrees with going day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tbb.services import working_days

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("year", "sunday"),
    [(1961, (4, 2)), (2000, (4, 23)), (2008, (3, 23)), (2011, (4, 24)), (2026, (4, 5)), (2038, (4, 25))],
)
def test_easter_falls_when_the_almanac_says(year, sunday):
    assert working_days.easter(year) == date(year, *sunday)


def test_the_holidays_of_2026():
    told = sorted(day for day in working_days.holidays(2026) if day.weekday() < 5)
    assert [f"{day:%m-%d}" for day in told] == [
        "01-01", "01-06", "04-03", "04-06", "05-01", "05-14", "06-19", "12-24", "12-25", "12-31",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "number"),
    [
        ((2026, 11, 20), (2026, 11, 20), 0),
        ((2026, 11, 20), (2026, 11, 22), 0),  # a Friday and its Sunday
        ((2026, 11, 20), (2026, 11, 23), 1),
        ((2026, 4, 2), (2026, 4, 7), 1),  # over Easter
        ((2026, 12, 23), (2027, 1, 7), 6),  # over Christmas, New Year and Epiphany
        ((2026, 11, 23), (2026, 11, 20), 0),
    ],
)
def test_days_are_counted_as_a_calendar_at_work_shows_them(first, last, number):
    assert working_days.between(date(*first), date(*last)) == number


@given(first=DAYS, length=st.integers(0, 500))
def test_counting_agrees_with_going_day_by_day(first, length):
    last = first + timedelta(days=length)
    one_by_one = sum(working_days.is_working_day(first + timedelta(days=n)) for n in range(1, length + 1))
    assert working_days.between(first, last) == one_by_one


@given(day=DAYS, number=st.integers(1, 40))
def test_there_and_back(day, number):
    assert working_days.between(day, working_days.after(day, number)) == number
    earlier = working_days.before(day, number)
    assert working_days.between(earlier, day) == number > working_days.between(earlier + timedelta(days=1), day)

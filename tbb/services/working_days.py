"""Working days in Sweden: which days are free, how many there are between two days, and the day so many later."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

DAY = timedelta(days=1)
FIXED = ((1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31))
"""The holidays that keep their date. The eves of Christmas and New Year are free as Sundays are."""
FROM_EASTER = (-2, 1, 39)
"""Good Friday, Easter Monday and Ascension Day, in days from Easter Sunday."""
SATURDAY = 5


def easter(year: int) -> date:
    """Give Easter Sunday of a Gregorian year (the anonymous algorithm of Meeus, Jones and Butcher)."""
    golden, century, short = year % 19, year // 100, year % 100
    skipped, rest = century // 4, century % 4
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - skipped - moon_shift + 15) % 30
    weekday = (32 + 2 * rest + 2 * (short // 4) - epact - short % 4) % 7
    correction = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=50)
def holidays(year: int) -> frozenset[date]:
    """The days of a year, besides weekends, on which nobody can be expected to work. Midsummer Eve is one."""
    sunday = easter(year)
    # Midsummer Eve is the Friday between 19 and 25 June.
    midsummer = next(day for day in (date(year, 6, 19) + n * DAY for n in range(7)) if day.weekday() == SATURDAY - 1)
    moving = {sunday + n * DAY for n in FROM_EASTER}
    return frozenset({date(year, month, day) for month, day in FIXED} | moving | {midsummer})


def is_working_day(day: date) -> bool:
    """Whether it is neither Saturday, Sunday nor a holiday."""
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def between(first: date, last: date) -> int:
    """Count the working days after `first` up to and with `last`: 0 on the day itself, 1 the next working day."""
    if last <= first:
        return 0
    weeks, rest = divmod((last - first).days, 7)
    count = 5 * weeks + sum((last - n * DAY).weekday() < SATURDAY for n in range(rest))
    return count - sum(
        first < day <= last and day.weekday() < SATURDAY
        for year in range(first.year, last.year + 1)
        for day in holidays(year)
    )


def before(day: date, number: int) -> date:
    """Give the latest day from which `number` working days have passed until `day`."""
    while number > 0:
        if is_working_day(day):
            number -= 1
        day -= DAY
    return day


def after(day: date, number: int) -> date:
    """Give the working day that is `number` working days after a day."""
    while number > 0:
        day += DAY
        if is_working_day(day):
            number -= 1
    return day

"""Weeks as plans speak of them: v. 49, from Monday to Sunday by ISO 8601, kept as the Sunday they end on."""

from __future__ import annotations

from datetime import date, timedelta

from tbb import clock

WEEK = timedelta(days=7)


def sunday_of(day: date) -> date:
    """Give the Sunday that ends the week of a day."""
    return day + timedelta(days=7 - day.isoweekday())


def monday_of(day: date) -> date:
    """Give the Monday that begins the week of a day."""
    return day - timedelta(days=day.isoweekday() - 1)


def label(day: date) -> str:
    """Name the week of a day: v. 49; of another week-year than today's, v. 2 2027."""
    year, number, _weekday = day.isocalendar()
    return f"v. {number}" if year == clock.today().isocalendar().year else f"v. {number} {year}"


def coming(count: int = 53) -> list[date]:
    """List the Sundays of this week and those that follow."""
    first = sunday_of(clock.today())
    return [first + number * WEEK for number in range(count)]

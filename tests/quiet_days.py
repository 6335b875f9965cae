"""A Monday to come with two whole working weeks after it, for tests that count working days in the demo county."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from tbb import clock
from tbb.services import working_days

WEEKS = 3


def quiet_monday() -> datetime:
    """Give nine o'clock UTC on the first Monday, today or later, after which three weeks hold no holiday."""
    day = clock.today()
    while day.weekday() or working_days.between(day, day + timedelta(weeks=WEEKS)) < 5 * WEEKS:
        day += timedelta(days=1)
    return datetime.combine(day, time(9), tzinfo=UTC)

"""The database itself guarantees that a unit has at most one active BBA at any time, also when two are quick."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peewee import PeeweeException

from tbb.database import connection, run
from tbb.models import Responsibility
from tests import make

DAYS = [date(2026, 1, day) for day in range(1, 13)]


def appoint(unit, starts_on, ends_on=None, role="bba") -> bool:
    """Try to let somebody answer for a unit in a period; False when the database says no."""
    try:
        with Responsibility._meta.database.atomic():
            make.responsible(unit, make.person(), role, starts_on=starts_on, ends_on=ends_on)
    except PeeweeException as problem:
        assert "one active BBA" in str(problem) or "unique" in str(problem).lower()
        return False
    return True


PERIODS = [
    # first from–to, second from–to, may both be?
    ((1, 5), (6, 9), True),
    ((1, 5), (5, 9), False),
    ((6, 9), (1, 5), True),
    ((6, 9), (1, 6), False),
    ((1, 9), (3, 4), False),
    ((3, 4), (1, 9), False),
    ((1, None), (5, None), False),
    ((5, None), (1, None), False),
    ((1, None), (5, 6), False),
    ((5, None), (1, 4), True),
    ((5, None), (1, 5), False),
    ((1, 4), (5, None), True),
    ((1, 5), (1, 5), False),
    ((3, 3), (3, 3), False),
]


@pytest.mark.parametrize(("first", "second", "both"), PERIODS)
def test_periods_of_one_unit_never_overlap(db, first, second, both):
    unit = make.unit()
    days = [tuple(day and DAYS[day - 1] for day in period) for period in (first, second)]
    assert appoint(unit, *days[0])
    assert appoint(unit, *days[1]) is both


def test_moving_a_period_into_anothers_is_refused_and_standing_still_is_not(db):
    unit = make.unit()
    appoint(unit, DAYS[0], DAYS[3])
    appoint(unit, DAYS[4], DAYS[8])
    later = Responsibility.select().order_by(Responsibility.starts_on.desc()).first()
    for changes in ({"starts_on": DAYS[3]}, {"starts_on": DAYS[0], "ends_on": None}):
        with pytest.raises(PeeweeException), db.atomic():
            Responsibility.update(**changes).where(Responsibility.id == later.id).execute()
    Responsibility.update(ends_on=DAYS[9], confirmed_on=DAYS[9]).where(Responsibility.id == later.id).execute()


def test_a_deputy_cannot_become_a_second_bba(db):
    unit = make.unit()
    appoint(unit, DAYS[0])
    assert appoint(unit, DAYS[0], role="deputy") and appoint(unit, DAYS[0], role="holiday")
    with pytest.raises(PeeweeException), db.atomic():
        Responsibility.update(role="bba", mandate="decision_maker").where(Responsibility.role == "deputy").execute()


def test_nor_can_a_bba_be_moved_to_a_unit_that_has_one(db):
    one, other = make.unit(), make.unit("Gullvivan")
    appoint(one, DAYS[0])
    appoint(other, DAYS[0])
    with pytest.raises(PeeweeException), db.atomic():
        Responsibility.update(unit=one).where(Responsibility.unit == other).execute()


def test_one_person_may_serve_many_units(db):
    person = make.person()
    for number in range(5):
        make.responsible(make.unit(f"Skola {number}"), person)
    assert person.responsibilities.count() == 5


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 11), st.none() | st.integers(0, 5)), max_size=8))
def test_whatever_is_tried_no_day_ever_has_two(db, tries):
    unit = make.unit()
    for start, length in tries:
        appoint(unit, DAYS[start], None if length is None else DAYS[min(start + length, 11)])
    kept = list(unit.responsibilities)
    for day in DAYS:
        assert sum(part.starts_on <= day and (part.ends_on is None or part.ends_on >= day) for part in kept) <= 1


@pytest.mark.parametrize("ends_on", [None, DAYS[5]])
def test_of_many_who_try_at_once_one_wins(db, ends_on):
    unit, people = make.unit(), [make.person() for _ in range(5)]
    ready, won = threading.Barrier(len(people), timeout=10), []

    def race(who) -> None:
        with connection():
            ready.wait()
            try:
                with db.atomic():
                    run("SELECT 1")
                    make.responsible(unit, who, starts_on=DAYS[0], ends_on=ends_on)
                won.append(who.id)
            except PeeweeException:
                pass

    threads = [threading.Thread(target=race, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert Responsibility.select().where(Responsibility.unit == unit).count() == 1

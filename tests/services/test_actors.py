"""Actors: the duties of this very day, from grants and responsibilities, and nothing once they are taken away."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tbb import clock
from tbb.models import Grant, Responsibility
from tbb.models.kinds import Duty
from tbb.policy import Held, Permission, Place, may
from tbb.services import actors
from tests import make
from tests.members import give, member


@pytest.fixture
def school(db):
    """A school of a municipality."""
    return make.unit(organizer=make.organizer())


def held(account, **more) -> frozenset[Held]:
    """What an account may today."""
    return actors.of_account(account.id, **more).held


def test_a_duty_is_held_where_it_was_given(school):
    account = member()
    give(account, Duty.UNIT_HEAD, unit=school)
    give(account, Duty.ORGANIZER_ADMIN, organizer=school.organizer)
    give(account, Duty.STEERING)
    assert held(account) == {
        Held(Duty.UNIT_HEAD, school.id, None, school.organizer_id),
        Held(Duty.ORGANIZER_ADMIN, None, school.organizer_id, None),
        Held(Duty.STEERING, None, None, None),
    }


def test_a_duty_is_held_from_its_first_day_to_its_last(school, at):
    account, today = member(), clock.local(clock.now()).replace(hour=12)
    day = clock.today()
    give(account, Duty.STAFF, unit=school, starts_on=day + timedelta(days=1), ends_on=day + timedelta(days=2))
    seen = []
    for number in range(4):
        at(today + timedelta(days=number))
        seen.append(bool(held(account)))
    assert seen == [False, True, True, False]


def test_a_duty_that_is_taken_away_is_gone_at_once(school):
    account = member()
    grant = give(account, Duty.UNIT_HEAD, unit=school)
    assert held(account)
    Grant.update(ended_at=clock.now()).where(Grant.id == grant.id).execute()
    assert held(account) == frozenset()


@pytest.mark.parametrize(("role", "duty"), [("bba", Duty.BBA), ("deputy", Duty.DEPUTY), ("holiday", None)])
def test_a_responsibility_gives_its_duty_while_it_lasts(school, role, duty):
    person = make.person()
    account = member(person=person)
    made = make.responsible(school, person, role)
    expected = {Held(duty, school.id, None, school.organizer_id)} if duty else frozenset()
    assert held(account) == expected
    Responsibility.update(ends_on=date(2025, 6, 1)).where(Responsibility.id == made.id).execute()
    assert held(account) == frozenset()


def test_a_unit_that_moves_to_another_organizer_takes_its_duties_along(school):
    account = member()
    give(account, Duty.UNIT_HEAD, unit=school)
    neighbour = make.organizer("Grannby kommun")
    admin = member()
    give(admin, Duty.ORGANIZER_ADMIN, organizer=school.organizer)
    place = Place(unit=school.id, organizer=school.organizer_id)
    assert may(actors.of_account(admin.id), Permission.CHANGE_ENTRY, place)
    school.organizer = neighbour
    school.save()
    moved = Place(unit=school.id, organizer=neighbour.id)
    assert {each.of for each in held(account)} == {neighbour.id}
    assert not may(actors.of_account(admin.id), Permission.CHANGE_ENTRY, moved)


def test_nobody_holds_what_is_anothers(school):
    give(member(), Duty.UNIT_HEAD, unit=school)
    make.responsible(school)
    assert held(member()) == frozenset()


def test_one_who_is_halfway_holds_nothing_and_is_not_strong(school):
    account = member()
    give(account, Duty.UNIT_HEAD, unit=school)
    actor = actors.of_account(account.id, halfway=True, strong=True)
    assert (actor.held, actor.strong, actor.signed_in) == (frozenset(), False, False)
    whole = actors.of_account(account.id, strong=True)
    assert whole.signed_in
    assert whole.strong

"""A unit never silently loses its BBA: who is told, when, and once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb.models import AuditRow, Gap, Grant, Joining, Organizer, Responsibility
from tbb.policy import VISITOR
from tbb.services import gaps
from tests import make
from tests.services import town as town_
from tests.services.town import NOON, TODAY, acting, told


@pytest.fixture
def town(db, at):
    """The town on a Tuesday at noon."""
    at(NOON)
    return town_.build()


def test_the_longer_it_lasts_the_further_up_it_is_told_and_each_is_told_once(town, at):
    for day in range(25):
        at(NOON + timedelta(days=day))
        gaps.watch()
        gaps.watch()
        wanted = [("gap_unit", "chef"), ("gap_organizer", "admin"), ("gap_county", "lan")]
        assert told() == wanted[: 1 + (day >= 7) + (day >= 21)], day
    assert Gap.get().since == TODAY and Gap.get().level == 3


def test_a_level_that_nobody_holds_is_passed_by_at_once(town):
    Grant.delete().where(Grant.duty == "unit_head").execute()
    gaps.watch()
    assert told() == [("gap_organizer", "admin")]


def test_with_nobody_at_all_but_the_county_it_is_told(town):
    Grant.delete().where(Grant.duty != "process_leader").execute()
    gaps.watch()
    assert told() == [("gap_county", "lan")]


def test_one_reader_gets_one_letter_about_all_units(town):
    for number in range(25):
        make.unit(f"Skola {number}", organizer=town.organizer)
    Grant.delete().where(Grant.duty == "unit_head").execute()
    gaps.watch()
    assert told() == [("gap_organizer", "admin")]


def test_a_gap_that_is_filled_is_forgotten_and_a_new_one_begins_anew(town, at):
    gaps.watch()
    part = make.responsible(town, starts_on=TODAY, ends_on=TODAY + timedelta(days=30))
    assert gaps.watch() == 0 and not Gap.select().exists()
    at(NOON + timedelta(days=31))
    gaps.watch()
    assert Gap.get().since == part.ends_on + timedelta(days=1)
    assert told() == [("gap_unit", "chef")] * 2
    assert {row.action for row in AuditRow.select()} == {"gap:open", "gap:tell", "gap:close"}


def test_the_last_day_is_warned_of_two_weeks_before_and_told_when_it_is_past(town, at):
    make.responsible(town, ends_on=TODAY + timedelta(days=20))
    gaps.watch()
    assert told() == [] and not Gap.select().exists()
    at(NOON + timedelta(days=6))
    gaps.watch()
    at(NOON + timedelta(days=9))
    gaps.watch()
    assert told() == [("gap_unit", "chef")]
    assert (Gap.get().since, Gap.get().level) == (TODAY + timedelta(days=21), 0)
    at(NOON + timedelta(days=21))
    gaps.watch()
    assert told() == [("gap_unit", "chef")] * 2


def test_a_planned_successor_silences_the_warning(town):
    make.responsible(town, ends_on=TODAY + timedelta(days=3))
    make.responsible(town, starts_on=TODAY + timedelta(days=4))
    assert gaps.watch() == 0


@pytest.mark.parametrize("change", [{"status": "dormant"}, {"status": "closed"}, {"kind": "social_services"}])
def test_units_that_need_nobody_have_no_gap(town, change):
    type(town).update(**change).where(type(town).id == town.id).execute()
    assert gaps.watch() == 0 and told() == []


def test_an_independent_unit_has_a_gap_once_it_takes_part(town):
    Organizer.update(kind="independent").execute()
    assert gaps.watch() == 0
    joining = Joining.create(organizer=town.organizer, state="joined", changed_on=TODAY)
    assert gaps.watch() == 1
    Joining.update(state="declined").execute()
    make.responsible(town, ends_on=TODAY - timedelta(days=1))
    assert gaps.watch() == 0
    joining.delete_instance()
    assert gaps.watch() == 1


def test_a_round_for_some_units_leaves_the_others_alone(town):
    other = make.unit("Annan", organizer=town.organizer)
    gaps.watch()
    Responsibility.delete().execute()
    make.responsible(town)
    make.responsible(other)
    gaps.watch([town.id])
    assert [gap.unit_id for gap in Gap.select()] == [other.id]


def test_the_list_holds_what_the_one_who_asks_may_see(town):
    stranger = make.unit("Grannskolan", organizer=make.organizer("Granne"))
    gaps.watch()
    assert [gap.slug for gap in gaps.open_gaps(acting("admin"))] == [town.slug]
    assert {gap.slug for gap in gaps.open_gaps(acting("lan"))} == {town.slug, stranger.slug}
    assert gaps.open_gaps(VISITOR) == []

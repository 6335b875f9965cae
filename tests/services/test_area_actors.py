"""Whom to think of: the county's table begins as the model suggests, is edited by process leaders, and finds units."""

from __future__ import annotations

import pytest

from tbb.database import connection
from tbb.models import AuditRow
from tbb.policy import Refused
from tbb.services import actors, area_actors
from tbb.services.area_actors import Line, mark
from tbb.services.demo_cast import account_of
from tests.at_work import units


@pytest.fixture
def held(county):
    """A connection to the demo county for the length of a test."""
    with connection():
        yield


def test_the_table_is_edited_without_losing_anybodys_change(held):
    leader = actors.of_account(account_of("processledare"))
    before = area_actors.table()
    assert [line.name for line in before["hemmet"]] == ["Socialtjänst", "Familjerätt", "Budget- och skuldrådgivning"]
    changed = [Line("Familjerätt"), Line("Socialtjänst", "social_services"), Line("Boendestöd")]
    assert area_actors.save(leader, "hemmet", changed, mark(before["hemmet"]))
    assert area_actors.table() == before | {"hemmet": changed}
    with pytest.raises(area_actors.ChangedMeanwhile):
        area_actors.save(leader, "hemmet", [], mark(before["hemmet"]))
    with pytest.raises(area_actors.Twice):
        area_actors.save(leader, "hemmet", [*changed, Line("familjerätt")], mark(changed))
    assert area_actors.save(leader, "hemmet", changed, mark(changed)) is False
    assert AuditRow.select().where(AuditRow.action == "actors:keep").count() == 1
    for area, lines in (("okänt", []), ("hemmet", [Line("X", "okänd")])):
        with pytest.raises(ValueError):
            area_actors.save(leader, area, lines, mark(changed))
    with pytest.raises(Refused):
        area_actors.save(actors.of_account(account_of("bba"), strong=True), "hemmet", [], mark(changed))


def test_it_suggests_units_of_the_childs_municipality(held):
    own = units()["own"]
    ((first, hemmet), (second, halsa)) = area_actors.suggested(["hemmet", "halsa"], own.municipality_id)
    assert (first, second) == ("hemmet", "halsa") and [each.name for each in hemmet][1] == "Familjerätt"
    bvc = halsa[0]
    assert bvc.kind == "bvc" and bvc.units and len(bvc.units) <= area_actors.MOST_UNITS
    assert not hemmet[1].units and area_actors.suggested([], own.municipality_id) == []

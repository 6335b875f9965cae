"""The directory goes out as open data and comes in again unchanged; no cell is a formula, no secret is told."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest

from tbb.policy import COMMAND
from tbb.services.registers import apply_plan, make_plan, read_bytes, skoldata_csv, skoldata_json, skoldata_rows
from tbb.services.registers.skoldata import COLUMNS
from tbb.services.registers.skoldata_export import EXPORT_COLUMNS, neutral
from tests import make

TODAY = date(2026, 11, 23)


@pytest.fixture
def county(db):
    """A small county with a BBA, a protected one, a closed school and a name that is a formula."""
    flen = make.municipality("Flen", code="0482")
    owner = make.organizer("Flens kommun", orgnr="2120009994", municipality=flen)
    school = make.unit(
        "Näckrosskolan F-6", where=flen, organizer=owner, ids={"skolenhetskod": "90000001"}, street="Skolgatan 1",
        postal_code="64231", grade_from=0, grade_to=6, latitude=59.05, longitude=16.5, phone="+46 8 465 004 00",
    )  # fmt: skip
    make.responsible(school, make.person(email="helena@skola.example"), confirmed_on=date(2026, 9, 1))
    bvc = make.unit("BVC Exemplet", "bvc", flen)
    hidden = make.person(name="", phone="", protected=True, function_name="BBA, BVC", switchboard="08-465 004 01")
    make.responsible(bvc, hidden)
    make.unit("Stängda skolan", where=flen, status="closed")
    make.unit('=HYPERLINK("x")', where=flen)
    return flen


def exported() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(skoldata_csv(skoldata_rows(today=TODAY))).removeprefix("\ufeff"))))


def test_sixteen_columns_come_first_and_ours_after(county):
    assert len(COLUMNS) == 16
    assert tuple(exported()[0]) == EXPORT_COLUMNS
    assert EXPORT_COLUMNS[:3] == ("source", "id", "name")


def test_a_unit_goes_out_with_its_bba(county):
    school = next(row for row in exported() if row["id"] == "90000001")
    assert (school["source"], school["type"], school["grades"], school["organizer"]) == (
        "0482", "grundskola", "F-6", "Flens kommun",
    )  # fmt: skip
    assert (school["bba_name"], school["bba_email"], school["bba_confirmed"]) == (
        "Helena Exempelsson", "helena@skola.example", "2026-09-01",
    )  # fmt: skip


def test_a_protected_bba_is_function_and_switchboard(county):
    bvc = next(row for row in exported() if row["type"] == "BVC")
    assert (bvc["bba_name"], bvc["bba_phone"], bvc["bba_email"]) == ("BBA, BVC", "08-465 004 01", "")


def test_closed_units_stay_at_home(county):
    assert "Stängda skolan" not in {row["name"] for row in exported()}


@pytest.mark.parametrize("cell", ["=1+1", "+46 8", "-1", "@x", " =1", '"=1"', "＝1", "\t=1"])
def test_no_cell_is_a_formula(cell):
    assert neutral(cell).startswith("'")


def test_what_goes_out_comes_in_again_and_changes_nothing(county):
    text = "".join(skoldata_csv(skoldata_rows(today=TODAY)))
    reading = read_bytes(text.encode(), "skolor.csv")
    assert reading.errors == ()
    plan = make_plan(reading.records, reading.errors, today=TODAY)
    assert plan.added == plan.changed == plan.closings == ()
    apply_plan(COMMAND, plan)
    assert make_plan(reading.records, reading.errors, today=TODAY).empty


def test_the_json_form_has_the_same_keys_and_numbers(county):
    units = json.loads("".join(skoldata_json(skoldata_rows(today=TODAY))))
    assert tuple(units[0]) == EXPORT_COLUMNS
    assert next(unit for unit in units if unit["id"] == "90000001")["latitude"] == 59.05


def test_an_empty_directory_is_an_empty_list(db):
    assert json.loads("".join(skoldata_json(skoldata_rows(today=TODAY)))) == []
    assert "".join(skoldata_csv(skoldata_rows(today=TODAY))).count("\r\n") == 1

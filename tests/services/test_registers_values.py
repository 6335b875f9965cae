"""Codes get their zeros back, numbers their point, names their capitals; what is wrong says so in Swedish."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tbb.services.registers import values
from tbb.services.registers.coordinates import distance, from_sweref
from tbb.services.registers.reading import column_key
from tbb.services.registers.unit_kinds import NAMES, WORDS, from_school_types, grades_in_name
from tbb.services.registers.values import BadValue


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        (values.municipality_code, "428", "0428"),
        (values.municipality_code, "428.0", "0428"),
        (values.municipality_code, "0484", "0484"),
        (values.postal_code, "64281.0", "64281"),
        (values.postal_code, "642 81", "64281"),
        (values.postal_code, "SE-642\u00a081", "64281"),
        (values.organisation_number, "212000-9994", "2120009994"),
        (values.organisation_number, "162120009994", "2120009994"),
        (values.organisation_number, "2120009994.0", "2120009994"),
        (values.school_unit_code, "90000001.0", "90000001"),
        (values.preschool_number, "900101", "900101"),
        (values.decimal, "59,05682", 59.05682),
        (values.decimal, "6 547 112,5", 6547112.5),
        (values.whole_number, "9.0", 9),
        (values.day, "2026-08-17T00:00:00", date(2026, 8, 17)),
        (values.day, "20260817", date(2026, 8, 17)),
        (values.day, "17/8 2026", date(2026, 8, 17)),
        (values.email, "mailto:Skolan@Flen.example", "Skolan@Flen.example"),
        (values.phone, "08-465 004 00 (växel)", "08-465 004 00"),
        (values.website, "www.skolan.example/om", "https://www.skolan.example/om"),
        (values.yes, "Ja", True),
        (values.yes, "nej", False),
    ],
)
def test_a_value_is_read_as_it_is_meant(read, text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (values.municipality_code, "Flen"),
        (values.postal_code, "6428"),
        (values.postal_code, "01234"),
        (values.organisation_number, "2120009995"),
        (values.organisation_number, "12345"),
        (values.school_unit_code, "900101"),
        (values.decimal, "1e999"),
        (values.day, "2026-02-30"),
        (values.email, "kim exempelsson@bvc.example"),
        (values.email, "kim@bvc"),
        (values.phone, "ring Kim"),
        (values.website, "javascript:alert(1)"),
        (values.website, "ftp://skolan.example"),
        (values.yes, "kanske"),
    ],
)
def test_a_wrong_value_is_refused_with_a_sentence(read, text):
    with pytest.raises(BadValue, match=r"\.$"):
        read(text)


def test_a_sole_traders_number_is_never_repeated():
    with pytest.raises(BadValue) as refused:
        values.organisation_number("19121212-1212")
    assert "9805" not in str(refused.value)


@given(st.floats(min_value=-90, max_value=90, allow_nan=False), st.sampled_from([".", ","]))
def test_a_decimal_is_the_same_with_point_or_comma(number, point):
    written = f"{number:.6f}"
    assert values.decimal(written.replace(".", point)) == float(written)


@given(st.text(max_size=60))
def test_no_text_makes_a_reader_raise_anything_but_a_sentence(text):
    for read in (
        values.municipality_code, values.postal_code, values.organisation_number, values.decimal, values.day,
        values.email, values.phone, values.website, values.yes, values.whole_number, values.school_unit_code,
    ):  # fmt: skip
        try:
            read(text)
        except BadValue as refused:
            assert str(refused)
    values.sensible_capitals(text)


@pytest.mark.parametrize("mark", ["", " ", ".", "..", "-", "–", "nan", "#N/A"])
def test_a_suppressed_value_says_nothing(mark):
    assert values.text_or_none(mark) is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("FLENS KOMMUN", "Flens kommun"),
        ("PROVSKOLAN AB", "Provskolan AB"),
        ("UPPLANDS-EXEMPLET I ÅMÅL", "Upplands-Exemplet i Åmål"),
        ("S:T EXEMPELS SKOLA", "S:t Exempels Skola"),
        ("EXEMPELSKOLAN EKONOMISK FÖRENING", "Exempelskolan ekonomisk förening"),
        ("KAA FLEN", "KAA Flen"),
        ("EXEMPELSKOLAN F-9", "Exempelskolan F-9"),
        ("LBS", "LBS"),
        ("IES Exempelstad", "IES Exempelstad"),
        ("Hvb Exemplet AB", "Hvb Exemplet AB"),
    ],
)
def test_names_in_capitals_are_written_as_people_write_them(written, read):
    assert values.sensible_capitals(written) == read


@pytest.mark.parametrize(
    ("name", "grades"),
    [
        ("Exempelskolan F-9", (0, 9)),
        ("Exempelskolan 7–9", (7, 9)),
        ("Provskolan åk 4-6", (4, 6)),
        ("Provskolan F - 6", (0, 6)),
        ("Skolan på Provgatan 2-4", (None, None)),
        ("Exempelskolan 2", (None, None)),
        ("Skola 1-99", (None, None)),
    ],
)
def test_grades_are_read_from_a_name_only_when_they_are_grades(name, grades):
    assert grades_in_name(name) == grades


@pytest.mark.parametrize(
    ("types", "kind"),
    [
        (["FKLASS", "GR", "FTH"], "compulsory"),
        (["FKLASS"], "compulsory"),
        (["GR", "GRAN"], "compulsory"),
        (["GRAN"], "compulsory_adapted"),
        (["GY"], "upper_secondary"),
        (["GYAN"], "upper_secondary_adapted"),
        (["SP"], "special_school"),
        (["SAM"], "special_school"),
        (["FTH"], "other"),
        (["VUX"], None),
    ],
)
def test_school_types_give_a_kind(types, kind):
    assert from_school_types(types) == kind


def test_every_kind_we_write_can_be_read_back():
    assert {WORDS[column_key(name)]: name for name in NAMES.values()} == NAMES


def test_sweref_becomes_latitude_and_longitude():
    # A control point of Lantmäteriet's for SWEREF 99 TM, and the central meridian, which is straight.
    assert distance(from_sweref(6097106.672, 356083.438), (55.0, 12.75)) < 0.2
    assert from_sweref(6800000.0, 500000.0)[1] == 15.0
    west, east = from_sweref(6500000.0, 400000.0), from_sweref(6500000.0, 600000.0)
    assert west[0] == pytest.approx(east[0])
    assert east[1] - 15 == pytest.approx(15 - west[1])

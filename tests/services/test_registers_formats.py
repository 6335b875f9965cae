"""Each format is known by what it holds, and read with its traps."""

from __future__ import annotations

import json

import pytest

from tbb.services.registers import NotUnderstood, read_bytes, read_files
from tests.services import registers_samples as samples


def read(value, name="fil"):
    return read_bytes(samples.as_bytes(value), name)


def only(value):
    units = read(value).records.units
    assert len(units) == 1
    return units[0]


@pytest.mark.parametrize(
    ("value", "sources"),
    [
        (samples.PRESCHOOLS, {"forskolor"}),
        (samples.YEAR_NINE, {"slutbetyg"}),
        (samples.MERGED, {"forskolor", "slutbetyg", "planned-educations"}),
        (samples.SKOLDATA, {"skoldata"}),
        (samples.OWN, {"egen-lista"}),
        (samples.detail(), {"skolenhetsregistret"}),
        (samples.planned(), {"planned-educations"}),
    ],
)
def test_a_file_is_known_by_what_it_holds_whatever_it_is_called(value, sources):
    found = read(value, "misslett.docx")
    assert {unit.source for unit in found.records.units} == sources
    assert found.errors == ()


def test_a_preschool_has_all_that_its_row_says_and_nothing_else():
    first, _second, third = read(samples.PRESCHOOLS).records.units
    assert (first.scheme, first.value, first.kind, first.line) == ("forskole_id", "900101", "preschool", 2)
    assert (first.municipality_code, first.organizer_orgnr, first.organizer_kind) == ("0482", "2120009994", "municipal")
    assert (first.latitude, first.longitude) == (59.05682, 16.582999)
    assert third.street == "Provgatan 2, hus B"
    assert third.latitude is third.phone is third.place is None


def test_spoiled_codes_are_mended_row_by_row():
    text = samples.PRESCHOOLS.replace("0482", "482").replace("64231", "64231.0").replace("900101", "900101.0")
    first = read(text).records.units[0]
    assert (first.value, first.municipality_code, first.postal_code) == ("900101", "0482", "64231")


def test_a_bad_row_is_told_by_line_and_field_and_stops_no_other():
    text = samples.PRESCHOOLS.replace("0482,Flen,Exempelvägen 5", "Flen,Flen,Exempelvägen 5").replace("64233", "6423")
    found = read(text, "forskolor.csv")
    assert [unit.value for unit in found.records.units] == ["900101", "900103"]
    assert [(error.line, error.field) for error in found.errors] == [(3, "kommunkod"), (4, "postnummer")]
    assert str(found.errors[0]) == (
        "forskolor.csv, rad 3, kommunkod: Kommunkoden ”Flen” ska ha fyra siffror. Raden är inte inläst."
    )


def test_the_year_nine_list_gives_grades_and_owners():
    first, second = read(samples.YEAR_NINE).records.units
    assert (first.grade_from, first.grade_to, first.organizer_name) == (7, 9, "Flens kommun")
    assert (second.grade_from, second.grade_to, second.street) == (0, 9, None)


def test_skolverkets_own_year_nine_statistics_are_read():
    text = (
        "\ufeffSlutbetyg årskurs 9\r\n\r\nLäsår: 2024/25\r\n\r\n\r\n"
        "Skola;Skol-enhetskod;Skolkommun;Kommun-kod;Typ av huvudman;Huvudman;Huvudman orgnr;Antal\r\n"
        "Exempelskolan 7-9;90000001;Flen;482;Kommunal;Flens kommun;212000-9994;..\r\n"
        ".. Uppgift saknas\r\n"
    )
    unit = only(text)
    assert (unit.value, unit.municipality_code, unit.organizer_orgnr) == ("90000001", "0482", "2120009994")


def test_what_the_merged_list_has_guessed_is_marked_as_a_guess():
    *_known, split, other = read(samples.MERGED).records.units
    assert {"kind", "municipality", "school"} <= split.guessed
    assert split.school_name == other.school_name == "Exempelgymnasiet"
    assert (split.grade_from, split.grade_to) == (10, 12)


def test_a_list_of_municipalities_is_read():
    (flen,) = read(samples.MUNICIPALITIES).records.municipalities
    assert (flen.code, flen.legal_name, flen.orgnr) == ("0482", "Flens kommun", "2120009994")


def test_the_register_tells_addresses_people_grades_and_school():
    unit = only(samples.detail())
    assert (unit.latitude, unit.longitude) == (59.051, 16.591)
    assert (unit.street, unit.postal_code, unit.place) == ("Skolgatan 1", "64231", "Flen")
    assert (unit.post_street, unit.post_postal_code, unit.post_place) == ("Box 1", "64281", "Flen")
    assert (unit.grade_from, unit.grade_to, unit.school_name) == (7, 9, "Exempelskolan")
    assert (unit.organizer_name, unit.organizer_orgnr) == ("Flens kommun", "2120009994")
    assert (unit.website, unit.head_name) == ("https://www.exempelskolan.example", "Helena Exempelsson")
    assert str(unit.valid_from) == "2012-07-01"


def test_sweref_with_decimal_commas_is_used_when_that_is_all_there_is():
    body = samples.detail()
    points = body["data"]["attributes"]["addresses"][0]["geoCoordinates"]
    del points["latitude"], points["longitude"]
    unit = only(body)
    assert 59.0 < unit.latitude < 59.1
    assert 16.5 < unit.longitude < 16.7


def test_a_forskoleklass_begins_in_f():
    unit = only(samples.detail(schoolTypes=["FKLASS", "GR"], schoolTypeProperties={"gr": {"grades": [1, 2, 3]}}))
    assert (unit.kind, unit.grade_from, unit.grade_to) == ("compulsory", 0, 3)


@pytest.mark.parametrize(
    ("word", "status"), [("AKTIV", "active"), ("VILANDE", "dormant"), ("UPPHORT", "closed"), ("PLANERAD", "planned")]
)
def test_the_registers_status_words(word, status):
    assert only(samples.detail(status=word)).status == status


def test_adults_only_are_left_out_with_a_note():
    found = read(samples.detail(schoolTypes=["VUX"]))
    assert found.records.units == ()
    assert [(error.error, error.field) for error in found.errors] == [(False, "90000001")]


@pytest.mark.parametrize(
    "value",
    [
        [samples.detail(), samples.detail("90000002")],
        json.dumps(samples.detail()) + "\n" + json.dumps(samples.detail("90000002")) + "\n",
        {"saved": {"first": samples.detail(), "second": samples.detail("90000002")}},
    ],
)
def test_lists_lines_and_wrappers_of_register_answers_are_read(value):
    assert [unit.value for unit in read(value).records.units] == ["90000001", "90000002"]


def test_a_broken_json_line_is_reported_and_the_others_are_read():
    text = "\n".join([json.dumps(samples.detail()), '{"data": {"schoolUnit', json.dumps(samples.detail("90000002"))])
    found = read(text)
    assert [unit.value for unit in found.records.units] == ["90000001", "90000002"]
    assert [error.line for error in found.errors] == [2]


def test_a_register_list_tells_status_but_no_kind():
    first, second = read(
        samples.listing(("90000001", "EXEMPELSKOLAN 7-9", "AKTIV"), ("90000002", "Provskolan", "UPPHORT"))
    ).records.units
    assert (first.kind, first.name) == (None, "Exempelskolan 7-9")
    assert second.status == "closed"


@pytest.mark.parametrize(
    "wrap",
    [
        lambda unit: unit,
        lambda unit: [unit],
        lambda unit: {"status": "OK", "message": "", "body": unit},
        lambda unit: {"body": {"_embedded": {"listedSchoolUnits": [unit]}, "page": {"totalElements": 1}}},
    ],
)
def test_planned_educations_is_read_in_every_wrapping(wrap):
    unit = only(wrap(samples.planned()))
    assert (unit.value, unit.kind, unit.grade_from, unit.grade_to) == ("90000001", "compulsory", 0, 6)
    assert (unit.organizer_name, unit.email) == ("Flens kommun", "skolan@flen.example")


def test_a_compact_unit_tells_too_little_to_have_a_kind():
    unit = only({"code": "90000001", "name": "Exempelskolan", "wgs84_Lat": "59.05", "wgs84_Long": "16.59"})
    assert (unit.kind, unit.latitude) == (None, 59.05)


def test_schools_abroad_are_left_out():
    assert read(samples.planned(abroadSchool=True)).records.units == ()


def test_the_national_csv_is_read_with_its_odd_spellings():
    school, preschool, daycare = read(samples.SKOLDATA).records.units
    assert (school.scheme, school.value, school.website) == (
        "skolenhetskod",
        "90000001",
        "https://exempelskolan.example",
    )
    assert (preschool.scheme, preschool.municipality_code, preschool.postal_code) == ("forskole_id", "0482", "64231")
    assert (preschool.latitude, preschool.longitude) == (59.0568, 16.583)
    assert (daycare.scheme, daycare.value, daycare.kind) == ("own", "0482:egen-7", "family_daycare")


def test_the_national_format_is_read_as_json_too():
    unit = only(
        [{"source": "0482", "id": "90000001", "name": "Exempelskolan", "type": ["förskoleklass", "grundskola"]}]
    )
    assert (unit.kind, unit.value) == ("compulsory", "90000001")


@pytest.mark.parametrize(
    "value",
    ["", "   \n", "a;b;c\n1;2;3\n", "Hej, det här är ett brev.\n", '{"a": 1}', '{"data": {"schoolUnitCode"', "[]"],
)
def test_a_file_that_is_not_understood_says_so_in_a_sentence(value):
    with pytest.raises(NotUnderstood) as refused:
        read(value, "okand.csv")
    assert str(refused.value).startswith("okand.csv: ")
    assert refused.value.reason.endswith(".")


def test_files_and_folders_are_read_in_order_and_one_unknown_refuses_all(tmp_path):
    (tmp_path / "a.csv").write_text(samples.PRESCHOOLS, encoding="latin-1")
    (tmp_path / "b.json").write_text(json.dumps(samples.detail()))
    (tmp_path / "half.part").write_text("{")
    records, errors = read_files([tmp_path])
    assert [unit.source for unit in records.units] == ["forskolor"] * 3 + ["skolenhetsregistret"]
    assert errors == ()
    (tmp_path / "c.csv").write_text("brev")
    with pytest.raises(NotUnderstood):
        read_files([tmp_path])
    with pytest.raises(NotUnderstood, match="finns inte"):
        read_files([tmp_path / "saknas.csv"])


def test_a_named_source_reads_as_that_and_nothing_else():
    with pytest.raises(NotUnderstood):
        read_bytes(samples.as_bytes(samples.PRESCHOOLS), "fil", source="egen-lista")
    with pytest.raises(NotUnderstood, match="inte ett känt format"):
        read_bytes(b"x", "fil", source="påhittad")

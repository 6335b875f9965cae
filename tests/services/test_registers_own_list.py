"""Our own list: forgiving about order and headings, strict about mandate, reach and protected identities."""

from __future__ import annotations

import pytest

from tbb.services.registers import read_bytes, template_csv
from tests.services import registers_samples as samples


def read(text: str):
    return read_bytes(samples.as_bytes(text), "lista.csv")


def row(**cells: str):
    """Read a list of one row."""
    told = {"verksamhet": "BVC", "namn": "BVC Exemplet", "kommun": "Flen"} | cells
    return read(";".join(told) + "\n" + ";".join(told.values()) + "\n")


GOOD = {"bba_namn": "Kim Exempelsson", "bba_telefon": "070-174 06 05", "bba_mandat": "beslutsfattare"}


def test_units_and_their_bba_are_read():
    found = read(samples.OWN)
    assert found.errors == ()
    bvc, kaa = found.records.units
    assert (bvc.kind, bvc.name, bvc.place) == ("bvc", "BVC Exemplet", "Flen")
    assert (kaa.kind, kaa.name) == ("kaa", "Kommunala aktivitetsansvaret i Flen")
    first, second = found.records.responsible
    assert (first.mandate, first.mandate_by, str(first.starts_on)) == ("delegated", "verksamhetschefen", "2026-08-17")
    assert (second.person.name, second.mandate) == ("Robin Exempelsson", "decision_maker")


def test_order_case_and_other_words_do_not_matter():
    text = (
        "E-post,KOMMUN,Typ av verksamhet,NAMN,BBA mejl,bba namn,BBA-mandat\n"
        "bvc@bvc.example,Flen,Barnavårdscentral,BVC Exemplet,kim@bvc.example,Kim Exempelsson,Beslutsfattare\n"
    )
    found = read(text)
    assert found.errors == ()
    assert (found.records.units[0].kind, found.records.units[0].email) == ("bvc", "bvc@bvc.example")
    assert found.records.responsible[0].person.email == "kim@bvc.example"


def test_a_bba_without_mandate_is_not_published_but_the_unit_is():
    found = row(**GOOD | {"bba_mandat": ""})
    assert len(found.records.units) == 1
    assert found.records.responsible == ()
    assert [(error.line, error.field) for error in found.errors] == [(2, "bba_mandat")]


def test_a_special_mandate_needs_somebody_who_gave_it():
    assert [error.field for error in row(**GOOD | {"bba_mandat": "särskilt mandat"}).errors] == ["bba_mandat_av"]


def test_a_bba_needs_a_way_to_be_reached():
    found = row(**GOOD | {"bba_telefon": ""})
    assert found.records.responsible == ()
    assert "minst ett telefonnummer" in found.errors[0].reason


def test_a_protected_person_is_a_function_and_a_switchboard():
    found = row(**GOOD | {"skyddad_identitet": "ja", "bba_funktion": "BBA, BVC Exemplet", "bba_vaxel": "08-465 004 00"})
    person = found.records.responsible[0].person
    assert person.protected
    assert (person.function_name, person.switchboard) == ("BBA, BVC Exemplet", "08-465 004 00")
    assert "Exempelsson" not in repr(found.records)
    assert "Exempelsson" not in repr(found.errors)
    assert "070" not in repr(found)
    assert len(found.errors) == 1


@pytest.mark.parametrize("word", ["ja", "kanske", "?"])
def test_without_function_or_clear_answer_nothing_of_a_protected_person_is_kept(word):
    found = row(**GOOD | {"skyddad_identitet": word})
    assert found.records.responsible == ()
    assert "Exempelsson" not in repr(found)


def test_deputy_and_holiday_contact_are_read():
    found = row(
        **GOOD
        | {"ersattare_namn": "Robin Exempelsson", "ersattare_epost": "robin@bvc.example"}
        | {"lovkontakt_namn": "Barnhälsovården", "lovkontakt_telefon": "08-465 004 12"}
    )
    assert [entry.role for entry in found.records.responsible] == ["bba", "deputy", "holiday"]


def test_a_row_may_name_a_unit_by_its_number_only():
    found = read("skolenhetskod;bba_namn;bba_epost;bba_mandat\n90000001;Kim Exempelsson;kim@skola.example;rektor\n")
    assert found.records.units[0].key == ("skolenhetskod", "90000001")
    assert found.records.units[0].kind is None
    assert found.records.responsible[0].unit is found.records.units[0]


def test_a_municipality_tells_where_a_report_of_concern_is_made():
    found = read(
        "verksamhet;kommun;telefon;telefontid;jourtelefon;webbplats\n"
        "Orosanmälan;Flen;08-465 004 13;vardagar 8–16;08-465 004 14;www.flen.example/oro\n"
    )
    (flen,) = found.records.municipalities
    assert (flen.concern_phone, flen.concern_hours) == ("08-465 004 13", "vardagar 8–16")
    assert (flen.after_hours_phone, flen.concern_url) == ("08-465 004 14", "https://www.flen.example/oro")


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"verksamhet": "ridskola"}, "verksamhet"),
        ({"verksamhet": ""}, "verksamhet"),
        ({"namn": ""}, "namn"),
        ({"kommun": ""}, "kommun"),
    ],
)
def test_a_row_that_lacks_what_it_needs_is_reported(cells, field):
    found = row(**cells)
    assert found.records.units == ()
    assert [error.field for error in found.errors] == [field]


def test_the_template_is_read_by_the_import_as_it_is():
    template = template_csv()
    assert template.startswith("\ufeff")
    assert "\r\n" in template
    found = read(template)
    assert found.errors == ()
    assert len(found.records.units) == 2
    assert [entry.role for entry in found.records.responsible] == ["bba", "deputy", "bba", "holiday"]
    assert found.records.responsible[2].person.protected

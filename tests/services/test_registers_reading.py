"""Whatever Excel or an export has done to a table, it is read, and what cannot be read is told by its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tbb.services.registers.reading import column_key, decode, find_table
from tbb.services.registers.records import NotUnderstood

HEADER = (frozenset({"id", "namn"}),)
SWEDISH = "id;namn;ort\r\n1;Förskolan Ängen;Åmål\r\n2;Övre Ådalen;Örebro\r\n"


def table(text: str):
    found = find_table(text, "prov.csv", HEADER)
    assert found is not None
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
def test_every_encoding_that_excel_writes_is_read(encoding):
    rows = table(decode(SWEDISH.encode(encoding))).rows
    assert [row.get("namn") for row in rows] == ["Förskolan Ängen", "Övre Ådalen"]


def test_text_that_was_encoded_twice_is_put_right():
    assert decode("Förskolan Ängen, Åmål".encode().decode("cp1252").encode()) == "Förskolan Ängen, Åmål"


@pytest.mark.parametrize(
    ("start", "word"), [(b"PK\x03\x04rest", "Excel"), (b"%PDF-1.7", "pdf"), (b"\x1f\x8bzip", "Packa upp")]
)
def test_what_is_no_text_is_refused_with_a_sentence(start, word):
    with pytest.raises(NotUnderstood, match=word):
        decode(start, "fil")


@given(st.binary(max_size=300))
def test_any_bytes_become_text_or_a_sentence(data):
    try:
        assert "\x00" not in decode(data, "fil")
    except NotUnderstood as refused:
        assert refused.reason.endswith(".")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufeffÃ"), min_size=1))
def test_utf_8_comes_through_unchanged(text):
    assert decode(b"\xef\xbb\xbf" + text.encode()) == text


@given(st.text(max_size=400))
def test_no_text_breaks_the_table_reader(text):
    found = find_table(f"id;namn;ort\n{text}", "prov.csv", HEADER)
    assert found is not None
    assert all(len(row.cells) <= 3 for row in found.rows)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(delimiter):
    text = "\n".join(delimiter.join(row) for row in (("id", "namn", "ort"), ("1", "Solen", "Flen")))
    assert table(text).rows[0].cells == {"id": "1", "namn": "Solen", "ort": "Flen"}


def test_headings_before_the_header_and_footnotes_after_are_left_out():
    text = (
        '"Skolverkets statistik"\n"Läsår 2024/25; grundskola"\n\nsep=;\n\n"ID";"Namn";"Ort"\n'
        '1;Solen;Flen\n2;Månen;..\n\n.. Uppgift saknas; för få elever\n1) Avser kommunal "huvudman\n'
    )
    found = table(text)
    assert [(row.line, row.get("namn"), row.get("ort")) for row in found.rows] == [
        (7, "Solen", "Flen"),
        (8, "Månen", None),
    ]
    assert found.errors == ()


def test_a_quote_never_closed_costs_one_line_and_is_reported():
    text = 'id,namn,ort\n1,"Solen,Flen\n2,Månen,Flen\n3,"Ängen" och,Flen\n4,Skogen,Flen\n'
    found = table(text)
    assert [row.get("id") for row in found.rows] == ["2", "4"]
    assert [error.line for error in found.errors] == [2, 4]
    assert "Citattecknen" in found.errors[0].reason


def test_a_cell_may_run_over_lines_when_its_quotes_are_right():
    found = table('id,namn,ort\n1,"Solen\nhus B, vån 2",Flen\n2,"Förskolan ""Månen""",Flen\n')
    assert [(row.line, row.get("namn")) for row in found.rows] == [(2, "Solen hus B, vån 2"), (4, 'Förskolan "Månen"')]


def test_a_row_with_too_many_fields_is_reported_with_its_line():
    found = table("id,namn,ort\n1,Solen, hus B,Flen\n2,Månen,Flen\n")
    assert [row.get("id") for row in found.rows] == ["2"]
    assert found.errors[0].line == 2
    assert "4 fält" in found.errors[0].reason


def test_a_file_without_a_header_we_know_is_no_table():
    assert find_table("a;b\n1;2\n", "prov.csv", HEADER) is None


@pytest.mark.parametrize(
    ("heading", "key"),
    [("Kommun-kod", "kommun_kod"), (" E-POST ", "e_post"), ("Förskole-id", "forskole_id"), ("\ufeffId", "id")],
)
def test_headings_are_compared_folded(heading, key):
    assert column_key(heading) == key

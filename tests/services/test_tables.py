"""Tables open right in a Swedish spreadsheet, and nothing that anybody wrote can run in one."""

from __future__ import annotations

import csv
import io
import unicodedata

import pytest

from tbb.services.tables import could_run, csv_of, neutral

DANGEROUS = (
    "=1+1",
    '=HYPERLINK("https://elsewhere.example";"Klicka")',
    "=cmd|' /C calc'!A0",
    "+46701740605",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    '"=1+1',
    "'=1+1",
    "”=1+1",
    ' " =1+1',
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    " ＝1",
    "﹦1+1",
    "\x00=1+1",
    "\tvanlig text",
    "\rvanlig text",
)
HARMLESS = ("Näckrosskolan", "a=b", "070-174 06 05", "namn@exempel.example", "", "  ", "'n Roos", "5 - 3", "−5", "½")


def read(text: str) -> list[list[str]]:
    """Read a table as a spreadsheet does."""
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def would_run(cell: str) -> bool:
    """Judge a cell as the most eager spreadsheet would: it strips, it folds widths, it drops what is invisible."""
    shown = "".join(sign for sign in unicodedata.normalize("NFKC", cell) if sign.isprintable())
    return shown.strip().lstrip('"”“´`').strip()[:1] in tuple("=+-@")


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_could_run_is_made_text(text):
    ((cell, other),) = read(csv_of([text, "x"], []))
    assert could_run(text) and cell == f"'{text}" and other == "x"
    assert not would_run(cell)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_harmless_is_left_alone(text):
    assert not could_run(text)
    assert read(csv_of([text, "x"], [])) == [[text, "x"]]


def test_it_opens_right_in_a_swedish_spreadsheet():
    table = csv_of(["Namn", "Antal"], [['Ett "citat"; och\nen rad', 3], ["Å", None]])
    assert table == '\ufeffNamn;Antal\r\n"Ett ""citat""; och\nen rad";3\r\nÅ;\r\n'
    assert table.encode("utf-8").startswith(b"\xef\xbb\xbf")


def test_numbers_stay_numbers_and_words_for_truth_are_text():
    assert (neutral(-5), neutral(1.5), neutral(True), neutral(None)) == (-5, 1.5, "True", "")


def test_a_semicolon_never_lets_a_formula_into_the_next_cell():
    assert read(csv_of(["a;=1+1", 'b";=1+1'], [])) == [["a;=1+1", 'b";=1+1']]

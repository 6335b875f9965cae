"""Tables for spreadsheets: CSV that opens right in a Swedish one, and in which no text becomes a formula."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

BYTE_ORDER_MARK = "\ufeff"
_STARTS_A_FORMULA = "=+-@"
_RUNS_BY_ITSELF = "\t\r"
_PASSED_OVER = "\"'`´‘’“”«»"


def csv_of(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table as CSV: semicolons, a byte order mark, quotes by RFC 4180; numbers are left as they are.

    What is served of it is to be encoded as UTF-8, with the type text/csv.
    """
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow([neutral(cell) for cell in header])
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return BYTE_ORDER_MARK + written.getvalue()


def neutral(cell: object) -> object:
    """Give what may stand in a cell: a text that a spreadsheet could run is led by an apostrophe."""
    if cell is None:
        return ""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return cell
    text = str(cell)
    return f"'{text}" if could_run(text) else text


def could_run(text: str) -> bool:
    """Whether a spreadsheet could take a text for a formula, also behind spaces, quotes and invisible marks."""
    for character in text:
        if character in _RUNS_BY_ITSELF:
            return True
        if character in _PASSED_OVER or unicodedata.category(character)[0] in "ZC":
            continue
        return unicodedata.normalize("NFKC", character)[:1] in _STARTS_A_FORMULA
    return False

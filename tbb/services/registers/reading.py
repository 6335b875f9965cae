"""From bytes to rows: whatever Excel, a register or a text editor has done to a table, read it line by line."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tbb.services.registers.records import NotUnderstood, RowError
from tbb.services.registers.values import text_or_none

DELIMITERS = (";", ",", "\t", "|")
HEADER_WITHIN = 40
LONGEST_CELL_IN_LINES = 12

_NOTE = re.compile(r"\s*(\.\.?\s|\*|[0-9]+\)|källa\b|not\b|anm)", re.IGNORECASE)
_FOREIGN = {
    b"PK\x03\x04": "Filen är ett Excel- eller zip-dokument. Spara den som CSV (UTF-8) och försök igen.",
    b"\xd0\xcf\x11\xe0": "Filen är ett äldre Excel-dokument. Spara den som CSV (UTF-8) och försök igen.",
    b"%PDF": "Filen är en pdf. Den går inte att läsa som en tabell.",
    b"\x1f\x8b": "Filen är komprimerad. Packa upp den först.",
}


def decode(data: bytes, file: str = "") -> str:
    """Turn bytes into text: a byte order mark decides, then UTF-8, then the Latin-1 of older Excel.

    Raises NotUnderstood when the bytes are no text at all.
    """
    for mark, reason in _FOREIGN.items():
        if data.startswith(mark):
            raise NotUnderstood(file, reason)
    encoding = _encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = _older_excel(data)
    if "\x00" in text:
        raise NotUnderstood(file, "Filen innehåller tecken som inte hör hemma i en textfil.")
    return _twice_encoded(text.removeprefix("\ufeff"))


def _encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    # A table in UTF-16 without its mark has a NUL in every other byte.
    start = data[:400]
    if len(start) >= 4 and start[1::2].count(0) > len(start) // 3:
        return "utf-16-le"
    if len(start) >= 4 and start[0::2].count(0) > len(start) // 3:
        return "utf-16-be"
    return "utf-8-sig"


def _older_excel(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _twice_encoded(text: str) -> str:
    """Undo "FÃ¶rskola": UTF-8 that somebody once read as Latin-1 and saved as UTF-8 again."""
    if not re.search("Ã[¥¤¶…„–©]", text):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def lines_of(text: str) -> list[str]:
    """Split at CRLF, LF or CR only; a form feed or a line separator inside a cell is no new line."""
    return re.split("\r\n|\n|\r", text)


def column_key(heading: str) -> str:
    """Fold a heading, so that "Kommun kod", "KOMMUNKOD " and "kommun-kod" are told apart only by meaning."""
    plain = unicodedata.normalize("NFKD", heading.replace("\ufeff", "").casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


@dataclass(frozen=True)
class Row:
    """One row of a table, with the number of the line it begins on."""

    line: int
    cells: dict[str, str]

    def get(self, *keys: str) -> str | None:
        """Give the first of these columns that says something; None when the source says nothing."""
        for key in keys:
            found = text_or_none(self.cells.get(key))
            if found is not None:
                return found
        return None

    def has(self, *keys: str) -> bool:
        """Tell whether the table has one of these columns at all."""
        return any(key in self.cells for key in keys)


@dataclass(frozen=True)
class Table:
    """A table with folded column names, the rows that could be read, and what is wrong with the others."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    errors: tuple[RowError, ...] = ()
    preface: tuple[str, ...] = field(default=(), compare=False)


def find_table(
    text: str, file: str, required: Sequence[frozenset[str]], aliases: Mapping[str, str] | None = None
) -> Table | None:
    """Find the first line whose cells hold all of one set of required columns, and read what is below.

    Lines before it are headings ("Tabell 5 …", "sep=;"). `aliases` gives other words for a column their
    proper key. None when no line is such a header.
    """
    lines = lines_of(text)
    known = aliases or {}
    for number, line in enumerate(lines[:HEADER_WITHIN]):
        for delimiter in DELIMITERS:
            if delimiter not in line:
                continue
            keys = (column_key(cell) for cell in _cells(line, delimiter) or ())
            columns = tuple(known.get(key, key) for key in keys)
            if any(needed <= set(columns) for needed in required):
                return _read(lines, number, delimiter, columns, file)
    return None


def _read(lines: list[str], header: int, delimiter: str, columns: tuple[str, ...], file: str) -> Table:
    while columns and not columns[-1]:
        columns = columns[:-1]
    found: list[tuple[int, list[str]]] = []
    errors: list[RowError] = []
    for number, cells in _logical_rows(lines, header + 1, delimiter, len(columns)):
        if cells is None:
            errors.append(RowError(file, number, "", "Citattecknen på raden går inte ihop. Raden är inte läst."))
        elif any(cell.strip() for cell in cells):
            found.append((number, cells))
    _drop_footnotes(found, errors, len(columns))
    rows = []
    for number, cells in found:
        reason = _misfit(cells, len(columns))
        if reason:
            errors.append(RowError(file, number, "", reason))
        else:
            rows.append(Row(number, dict(zip(columns, cells, strict=False))))
    errors.sort(key=lambda error: error.line)
    return Table(file, columns, tuple(rows), tuple(errors), tuple(lines[:header]))


def _logical_rows(lines: list[str], start: int, delimiter: str, width: int) -> Iterator[tuple[int, list[str] | None]]:
    """Give each row with its line number; None for cells that cannot be told apart.

    A cell may run over several lines, but a quote that is never closed must not swallow the rows below.
    """
    at = start
    while at < len(lines):
        line = lines[at]
        cells = _cells(line, delimiter) if line.count('"') % 2 == 0 else None
        taken = 1
        if cells is None and line.count('"') % 2:
            cells, taken = _several_lines(lines, at, delimiter, width)
        yield at + 1, cells
        at += taken


def _several_lines(lines: list[str], at: int, delimiter: str, width: int) -> tuple[list[str] | None, int]:
    quotes = lines[at].count('"')
    for taken in range(2, LONGEST_CELL_IN_LINES + 1):
        if at + taken > len(lines):
            break
        quotes += lines[at + taken - 1].count('"')
        if quotes % 2:
            continue
        cells = _cells("\n".join(lines[at : at + taken]), delimiter)
        if cells is not None and len(cells) == width:
            return cells, taken
    return None, 1


def _cells(line: str, delimiter: str) -> list[str] | None:
    """Split one row; None when its quotes are malformed."""
    if '"' not in line:
        return line.split(delimiter)
    try:
        rows = list(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _drop_footnotes(found: list[tuple[int, list[str]]], errors: list[RowError], width: int) -> None:
    """Take away the notes that statistics have below the table: they fill one cell, or too few."""
    last = 0
    while found and _is_note(found[-1][1], width):
        last = found.pop()[0]
    if last:
        # A note with a stray quotation mark is still only a note.
        errors[:] = [error for error in errors if error.line < last]


def _is_note(cells: list[str], width: int) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    begins_so = len(cells) < width and _NOTE.match(cells[0])
    return width > 2 and (len(filled) <= 1 or len(cells) <= width // 2 or bool(begins_so))


def _misfit(cells: list[str], width: int) -> str:
    """Say why a row does not fit its header; the empty text when it does."""
    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
        return (
            f"Raden har {len(cells)} fält, men rubrikraden har {width}. "
            "Sätt citattecken runt en text som innehåller skiljetecknet."
        )
    if width > 2 and sum(1 for cell in cells if cell.strip()) <= 1:
        return "Raden har bara ett ifyllt fält."
    return ""

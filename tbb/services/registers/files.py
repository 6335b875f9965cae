"""Recognise each file by what it holds, never by its name, and read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tbb.services.registers import (
    json_bodies,
    own_columns,
    own_list,
    planned_educations,
    skoldata,
    skolenhetsregistret,
    skolverket_csv,
)
from tbb.services.registers.reading import Table, decode, find_table
from tbb.services.registers.records import NotUnderstood, Reading, Records, RowError

BIGGEST = 200 * 2**20
JSON_FORMATS: dict[str, Callable[[list[tuple[int, Any]], str, tuple[RowError, ...]], Reading | None]] = {
    "skolenhetsregistret": skolenhetsregistret.read,
    "planned-educations": planned_educations.read,
    "skoldata": skoldata.read_json,
}
TABLE_FORMATS: dict[str, tuple[tuple[frozenset[str], ...], dict[str, str], Callable[[Table], Reading | None]]] = {
    "egen-lista": (own_columns.HEADERS, own_columns.ALIASES, own_list.read),
    "skolverket": (skolverket_csv.HEADERS, {}, skolverket_csv.read),
    "skoldata": (skoldata.HEADERS, skoldata.ALIASES, skoldata.read),
}
FORMATS = tuple(dict.fromkeys((*TABLE_FORMATS, *JSON_FORMATS)))
"""What `--source` may name, to have a file read as that and nothing else."""


def read_files(paths: Iterable[Path], *, source: str | None = None) -> tuple[Records, tuple[RowError, ...]]:
    """Read files, and the files of folders, in the order given.

    Raises NotUnderstood for the first file that is none of the known formats: then nothing shall be changed.
    """
    readings = [read_bytes(path.read_bytes(), path.name, source=source) for path in _every(paths)]
    records = Records.joined(reading.records for reading in readings)
    return records, tuple(error for reading in readings for error in reading.errors)


def _every(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        path = Path(path)
        if path.is_dir():
            inside = sorted(item for item in path.iterdir() if item.suffix in (".csv", ".json", ".jsonl", ".txt"))
            if not inside:
                raise NotUnderstood(path.name, "Mappen innehåller inga filer att läsa.")
            found += inside
        elif not path.is_file():
            raise NotUnderstood(path.name, "Filen finns inte.")
        elif path.stat().st_size > BIGGEST:
            raise NotUnderstood(path.name, "Filen är större än 200 MB. Dela upp den.")
        else:
            found.append(path)
    return found


def read_bytes(data: bytes, file: str, *, source: str | None = None) -> Reading:
    """Read the bytes of one file; raises NotUnderstood."""
    if source is not None and source not in FORMATS:
        raise NotUnderstood(file, f"”{source}” är inte ett känt format. Välj bland {', '.join(FORMATS)}.")
    text = decode(data, file)
    if not text.strip():
        raise NotUnderstood(file, "Filen är tom.")
    loaded = json_bodies.load(text, file)
    if loaded is not None:
        for name, read in JSON_FORMATS.items():
            reading = read(loaded[0], file, loaded[1]) if source in (None, name) else None
            if reading is not None:
                return reading
        raise NotUnderstood(file, "Filen är JSON, men inget av registren som vi känner till.")
    for name, (headers, aliases, read_table) in TABLE_FORMATS.items():
        table = find_table(text, file, headers, aliases) if source in (None, name) else None
        reading = read_table(table) if table is not None else None
        if reading is not None:
            return reading
    raise NotUnderstood(file, "Ingen rad i filens början är en rubrikrad som vi känner igen.")

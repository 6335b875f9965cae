"""The national specification "skoldata" 1.1: a municipality's schools and preschools as open data, to read.

The specification (https://lankadedata.se/spec/skoldata, CC BY 4.0) names 16 columns, the first eight compulsory,
the ninth and tenth (the position) strongly recommended. `source` and `id` are taken from its text; the names of
the others follow its sister specifications, and the reader also takes the other words municipalities use.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from tbb.models.kinds import Kind, OrganizerKind
from tbb.services.registers.checking import RowCheck, RowSkipped, gather
from tbb.services.registers.json_bodies import objects
from tbb.services.registers.reading import Row, Table, column_key
from tbb.services.registers.records import Reading, Records, RowError, UnitRecord
from tbb.services.registers.unit_kinds import ORGANIZER_WORDS, WORDS, grade_range, grades_in_name, usual_grades
from tbb.services.registers.values import (
    email,
    municipality_code,
    organisation_number,
    phone,
    postal_code,
    sensible_capitals,
    website,
)

SOURCE = "skoldata"
COLUMNS = (
    "source", "id", "name", "type", "organizer_type", "street", "postcode", "city",
    "latitude", "longitude",
    "organizer", "grades", "email", "phone", "url", "updated",
)  # fmt: skip
HEADERS = tuple(
    frozenset({"source", "id", "name", told}) for told in ("type", "latitude", "organizer_type", "street", "url")
)
ALIASES = {
    "kommunkod": "source",
    "school_type": "type",
    "types": "type",
    "skolform": "type",
    "typ": "type",
    "namn": "name",
    "title": "name",
    "operator": "organizer_type",
    "operator_type": "organizer_type",
    "operation": "organizer_type",
    "ownership": "organizer_type",
    "driftsform": "organizer_type",
    "huvudmannatyp": "organizer_type",
    "organization": "organizer",
    "organisation": "organizer",
    "huvudman": "organizer",
    "address": "street",
    "visit_address": "street",
    "street_address": "street",
    "adress": "street",
    "gatuadress": "street",
    "postal_code": "postcode",
    "zip": "postcode",
    "zipcode": "postcode",
    "zip_code": "postcode",
    "postnummer": "postcode",
    "postal_area": "city",
    "postort": "city",
    "ort": "city",
    "lat": "latitude",
    "latitud": "latitude",
    "lng": "longitude",
    "lon": "longitude",
    "long": "longitude",
    "longitud": "longitude",
    "e_mail": "email",
    "mail": "email",
    "epost": "email",
    "telephone": "phone",
    "phonenumber": "phone",
    "telefon": "phone",
    "homepage": "url",
    "website": "url",
    "visit_url": "url",
    "webpage": "url",
    "web": "url",
    "webbplats": "url",
    "grade": "grades",
    "school_years": "grades",
    "arskurser": "grades",
}


def read(table: Table) -> Reading:
    """Read the table, one school a row."""
    return _read([(row, RowCheck(table.file, row.line)) for row in table.rows], table.errors)


def read_json(bodies: list[tuple[int, Any]], file: str, errors: tuple[RowError, ...]) -> Reading | None:
    """Read the JSON form: objects with the columns as keys; None when there are none."""
    rows = []
    for line, body in bodies:
        for found in objects(body, lambda item: {"source", "id", "name"} <= {column_key(str(key)) for key in item}):
            keys = {column_key(str(key)): value for key, value in found.items()}
            cells = {ALIASES.get(key, key): _plain(value) for key, value in keys.items()}
            rows.append((Row(0, cells), RowCheck(file, line if len(bodies) > 1 else 0, str(found.get("id", "")))))
    return _read(rows, errors) if rows else None


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return "" if value is None else str(value)


def _read(rows: list[tuple[Row, RowCheck]], errors: tuple[RowError, ...]) -> Reading:
    units = []
    for row, check in rows:
        try:
            units.append(_unit(row, check))
        except RowSkipped:
            continue
    return Reading(Records(units=tuple(units)), errors + gather(check for _row, check in rows))


def _unit(row: Row, check: RowCheck) -> UnitRecord:
    code = check.needed("source", row.get("source"), municipality_code)
    name = sensible_capitals(check.needed("name", row.get("name"), str))
    kind = _kind(row, check)
    scheme, value = _number(check.needed("id", row.get("id"), str), kind, code)
    latitude, longitude = check.position(row.get("latitude"), row.get("longitude"))
    low, high = _grades(row, kind, name)
    owner = row.get("organizer")
    return UnitRecord(
        source=SOURCE,
        file=check.file,
        line=check.line,
        scheme=scheme,
        value=value,
        kind=kind,
        name=check.short("name", name, 200),
        municipality_code=code,
        organizer_name=check.short("organizer", sensible_capitals(owner) if owner else None, 200),
        organizer_orgnr=check.value("organizer_orgnr", row.get("organizer_orgnr"), organisation_number),
        organizer_kind=_organizer_kind(row),
        street=check.short("street", row.get("street"), 200),
        postal_code=check.value("postcode", row.get("postcode"), postal_code),
        place=check.short("city", row.get("city"), 80),
        phone=check.value("phone", row.get("phone"), phone),
        email=check.value("email", row.get("email"), email),
        website=check.value("url", row.get("url"), website),
        latitude=latitude,
        longitude=longitude,
        grade_from=low,
        grade_to=high,
    )


def _kind(row: Row, check: RowCheck) -> Kind:
    """Choose the kind among the words of `type`; a school with several forms is known by its children's age."""
    words = [column_key(word) for word in re.split(r"[,;/|+]|\boch\b", row.get("type") or "")]
    kinds = [WORDS[word] for word in words if word in WORDS]
    for kind in (Kind.COMPULSORY, Kind.UPPER_SECONDARY, Kind.PRESCHOOL):
        if kind in kinds:
            return kind
    if kinds:
        return kinds[0]
    raise check.skip("type", f"”{row.get('type') or ''}” är inte en känd skolform. Raden är inte inläst.")


def _organizer_kind(row: Row) -> OrganizerKind | None:
    word = column_key(row.get("organizer_type") or "")
    english = {"municipal": OrganizerKind.MUNICIPAL, "public": OrganizerKind.MUNICIPAL}
    english |= {"independent": OrganizerKind.INDEPENDENT, "private": OrganizerKind.INDEPENDENT}
    return ORGANIZER_WORDS.get(word) or english.get(word)


def _number(text: str, kind: Kind, municipality: str) -> tuple[str, str]:
    """Tell Skolverket's numbers from a municipality's own, which are unique only within it."""
    digits = re.sub(r"[.,]0+$", "", text.strip())
    if kind is not Kind.PRESCHOOL and re.fullmatch(r"[1-9][0-9]{7}", digits):
        return "skolenhetskod", digits
    if kind is Kind.PRESCHOOL and re.fullmatch(r"[0-9]{6}", digits):
        return "forskole_id", digits
    if re.fullmatch(r"tbb-[0-9]+", text):
        return "own", text
    own = f"{municipality}:{text}"
    return "own", own if len(own) <= 40 else hashlib.sha256(own.encode()).hexdigest()[:40]


def _grades(row: Row, kind: Kind, name: str) -> tuple[int | None, int | None]:
    if kind not in (Kind.COMPULSORY, Kind.COMPULSORY_ADAPTED):
        return usual_grades(kind) or (None, None)
    told = row.get("grades")
    if told is None:
        return grades_in_name(name)
    low, high = grades_in_name(told)
    return (low, high) if low is not None else grade_range(re.split(r"[,; ]+", told))

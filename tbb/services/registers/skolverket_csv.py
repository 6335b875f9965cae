"""Tables made from Skolverket's statistics: preschools, year-9 schools, both merged, and municipalities."""

from __future__ import annotations

import re
from collections.abc import Callable

from tbb.models.kinds import Kind
from tbb.services.registers.checking import RowCheck, RowSkipped, gather
from tbb.services.registers.naming import school_in_name
from tbb.services.registers.reading import Row, Table, column_key
from tbb.services.registers.records import MunicipalityRecord, Reading, Records, UnitRecord
from tbb.services.registers.unit_kinds import ORGANIZER_WORDS, WORDS, grades_in_name, usual_grades
from tbb.services.registers.values import (
    municipality_code,
    organisation_number,
    postal_code,
    preschool_number,
    school_unit_code,
    sensible_capitals,
)

MERGED = frozenset({"kalla", "id_typ", "id", "namn", "kommunkod"})
PRESCHOOLS = frozenset({"skolverket_id", "namn", "kommunkod"})
YEAR_NINE = frozenset({"skolenhetskod", "namn", "kommunkod", "huvudmannatyp"})
YEAR_NINE_STATISTICS = frozenset({"skola", "skol_enhetskod", "kommun_kod"})
MUNICIPALITIES = frozenset({"kommunkod", "juridiskt_namn", "orgnr"})

SCHEMES = {
    "skolverket_forskole_id": ("forskole_id", preschool_number),
    "forskole_id": ("forskole_id", preschool_number),
    "skolenhetskod": ("skolenhetskod", school_unit_code),
}
PLACES_GUESSED = frozenset({"", "register", "saker"})


def read(table: Table) -> Reading | None:
    """Read one of the four tables; None when it is none of them."""
    columns = set(table.columns)
    for needed, parse in (
        (MERGED, _merged),
        (PRESCHOOLS, _preschool),
        (MUNICIPALITIES, None),
        (YEAR_NINE, _year_nine),
        (YEAR_NINE_STATISTICS, _year_nine),
    ):
        if needed <= columns:
            return _units(table, parse) if parse else _municipalities(table)
    return None


HEADERS = (MERGED, PRESCHOOLS, MUNICIPALITIES, YEAR_NINE, YEAR_NINE_STATISTICS)


def _units(table: Table, parse: Callable[[Row, RowCheck], UnitRecord]) -> Reading:
    units, checks = [], []
    for row in table.rows:
        check = RowCheck(table.file, row.line)
        try:
            units.append(parse(row, check))
        except RowSkipped:
            pass
        if check.errors:
            checks.append(check)
    return Reading(Records(units=tuple(units)), table.errors + gather(checks))


def _preschool(row: Row, check: RowCheck) -> UnitRecord:
    return _unit(
        row,
        check,
        source="forskolor",
        scheme="forskole_id",
        value=check.needed("skolverket_id", row.get("skolverket_id"), preschool_number),
        kind=Kind.PRESCHOOL,
    )


def _year_nine(row: Row, check: RowCheck) -> UnitRecord:
    return _unit(
        row,
        check,
        source="slutbetyg",
        scheme="skolenhetskod",
        value=check.needed("skolenhetskod", row.get("skolenhetskod", "skol_enhetskod"), school_unit_code),
        kind=Kind.COMPULSORY,
        # A school in this list gives grades in year 9; where it begins, only its name may tell.
        grade_to=9,
    )


def _merged(row: Row, check: RowCheck) -> UnitRecord:
    kind_of_id = column_key(row.get("id_typ") or "")
    if kind_of_id not in SCHEMES:
        raise check.skip("id_typ", f"”{row.get('id_typ') or ''}” är inte ett känt slags id. Raden är inte inläst.")
    scheme, read_id = SCHEMES[kind_of_id]
    word = row.get("gissad_skolform")
    kind = WORDS.get(column_key(word or ""))
    if kind is None:
        raise check.skip("gissad_skolform", f"”{word or ''}” är inte en känd skolform. Raden är inte inläst.")
    source = _source(row.get("kalla") or "")
    guessed = set()
    if source == "planned-educations":
        guessed.add("kind")
    if column_key(row.get("kommunkod_sakerhet") or "") not in PLACES_GUESSED:
        guessed.add("municipality")
    return _unit(
        row,
        check,
        source=source,
        scheme=scheme,
        value=check.needed("id", row.get("id"), read_id),
        kind=kind,
        grade_to=9 if source == "slutbetyg" else None,
        guessed=frozenset(guessed),
    )


def _source(text: str) -> str:
    """Give the source without its year, so that next year's file is known as the same source."""
    word = column_key(text)
    for start, source in (
        ("forskol", "forskolor"),
        ("slutbetyg", "slutbetyg"),
        ("planned_educations", "planned-educations"),
        ("skolenhetsregistret", "skolenhetsregistret"),
    ):
        if word.startswith(start):
            return source
    return re.sub(r"(_?[0-9]+)+$", "", word)[:40] or "okand"


def _unit(
    row: Row,
    check: RowCheck,
    *,
    source: str,
    scheme: str,
    value: str,
    kind: Kind,
    grade_to: int | None = None,
    guessed: frozenset[str] = frozenset(),
) -> UnitRecord:
    name = sensible_capitals(check.needed("namn", row.get("namn", "skola"), str))
    if len(name) > 200:
        raise check.skip("namn", "Namnet är längre än 200 tecken. Raden är inte inläst.")
    latitude, longitude = check.position(row.get("latitud", "latitude"), row.get("longitud", "longitude"))
    schooling = kind in (Kind.COMPULSORY, Kind.COMPULSORY_ADAPTED)
    grade_from, named_to = grades_in_name(name) if schooling else (usual_grades(kind) or (None, None))
    owner = row.get("huvudman")
    owner_word = row.get("huvudmannatyp", "typ_av_huvudman")
    school = school_in_name(name) if kind is Kind.UPPER_SECONDARY else None
    return UnitRecord(
        source=source,
        file=check.file,
        line=row.line,
        scheme=scheme,
        value=value,
        kind=kind,
        name=name,
        municipality_code=check.needed("kommunkod", row.get("kommunkod", "kommun_kod"), municipality_code),
        municipality_name=row.get("kommun", "skolkommun"),
        school_name=school,
        organizer_name=sensible_capitals(owner)[:200] if owner else None,
        organizer_orgnr=check.value("huvudman_orgnr", row.get("huvudman_orgnr", "org_nr"), organisation_number),
        organizer_kind=ORGANIZER_WORDS.get(column_key(owner_word or "")),
        street=check.short("adress", row.get("adress"), 200),
        postal_code=check.value("postnummer", row.get("postnummer", "postnr"), postal_code),
        place=check.short("ort", row.get("ort", "postort"), 80),
        latitude=latitude,
        longitude=longitude,
        grade_from=grade_from,
        grade_to=named_to if named_to is not None else grade_to,
        age_from=1 if kind is Kind.PRESCHOOL else None,
        age_to=5 if kind is Kind.PRESCHOOL else None,
        guessed=guessed | {"school"},
    )


def _municipalities(table: Table) -> Reading:
    found, checks = [], []
    for row in table.rows:
        check = RowCheck(table.file, row.line)
        checks.append(check)
        try:
            code = check.needed("kommunkod", row.get("kommunkod"), municipality_code)
            name = check.needed("kommun", row.get("kommun", "namn"), str)
        except RowSkipped:
            continue
        found.append(
            MunicipalityRecord(
                source="kommuner",
                file=table.file,
                line=row.line,
                code=code,
                name=name,
                legal_name=row.get("juridiskt_namn"),
                orgnr=check.value("orgnr", row.get("orgnr"), organisation_number),
            )
        )
    return Reading(Records(municipalities=tuple(found)), table.errors + gather(checks))

"""Our own list: BVC, KAA, uppföljningsansvariga, socialtjänst, and who is Barnets bästa-ansvarig where."""

from __future__ import annotations

import re

from tbb.models.kinds import Kind
from tbb.services.registers.checking import RowCheck, RowSkipped, gather
from tbb.services.registers.municipality_codes import NAMES, code_of
from tbb.services.registers.own_people import responsible_people
from tbb.services.registers.reading import Row, Table, column_key
from tbb.services.registers.records import MunicipalityRecord, Reading, Records, ResponsibleRecord, UnitRecord
from tbb.services.registers.unit_kinds import ORGANIZER_WORDS, WORDS, grades_in_name, usual_grades
from tbb.services.registers.values import (
    email,
    municipality_code,
    organisation_number,
    phone,
    postal_code,
    preschool_number,
    school_unit_code,
    sensible_capitals,
    website,
)

SOURCE = "egen-lista"
CONCERN_WORDS = frozenset({"orosanmalan", "kommun", "kommunens_orosanmalan", "mottagning_orosanmalan"})
NAMED_BY_KIND = {
    Kind.KAA: "Kommunala aktivitetsansvaret i {}",
    Kind.HOME_FOLLOWUP: "Uppföljningsansvarig i {}",
    Kind.SOCIAL_SERVICES: "Socialtjänstens mottagning i {}",
}


def read(table: Table) -> Reading:
    """Read units, municipalities' contacts and responsible people, one unit a row."""
    units: list[UnitRecord] = []
    responsible: list[ResponsibleRecord] = []
    municipalities: list[MunicipalityRecord] = []
    checks = []
    for row in table.rows:
        check = RowCheck(table.file, row.line)
        checks.append(check)
        try:
            if column_key(row.get("verksamhet") or "") in CONCERN_WORDS:
                municipalities.append(_municipality(row, check))
                continue
            unit = _unit(row, check)
        except RowSkipped:
            continue
        units.append(unit)
        responsible.extend(responsible_people(row, unit, check))
    records = Records(tuple(units), tuple(responsible), tuple(municipalities))
    return Reading(records, table.errors + gather(checks))


def _where(row: Row, check: RowCheck) -> tuple[str | None, str | None]:
    code = check.value("kommunkod", row.get("kommunkod"), municipality_code)
    return code, row.get("kommun")


def _unit(row: Row, check: RowCheck) -> UnitRecord:
    scheme, value = _number(row, check)
    code, municipality = _where(row, check)
    kind = _kind(row, check, known=value is not None)
    name = _name(row, kind, municipality)
    if value is None and name is None:
        raise check.skip("namn", "Raden har varken namn eller skolenhetskod. Raden är inte inläst.")
    if value is None and code is None and municipality is None:
        raise check.skip("kommun", "Uppgiften saknas. Raden är inte inläst.")
    low, high = grades_in_name(name or "") if kind is Kind.COMPULSORY else (usual_grades(kind) or (None, None))
    owner = row.get("huvudman")
    return UnitRecord(
        source=SOURCE,
        file=check.file,
        line=row.line,
        scheme=scheme,
        value=value,
        kind=kind,
        name=check.short("namn", name, 200),
        municipality_code=code,
        municipality_name=municipality,
        organizer_name=check.short("huvudman", sensible_capitals(owner) if owner else None, 200),
        organizer_orgnr=check.value("huvudman_orgnr", row.get("huvudman_orgnr"), organisation_number),
        organizer_kind=ORGANIZER_WORDS.get(column_key(row.get("huvudmannatyp") or "")),
        street=check.short("adress", row.get("adress"), 200),
        postal_code=check.value("postnummer", row.get("postnummer"), postal_code),
        place=check.short("ort", row.get("ort"), 80),
        phone=check.value("telefon", row.get("telefon"), phone),
        email=check.value("epost", row.get("epost"), email),
        website=check.value("webbplats", row.get("webbplats"), website),
        grade_from=low,
        grade_to=high,
    )


def _number(row: Row, check: RowCheck) -> tuple[str | None, str | None]:
    """Give the register number of the row, which decides which unit it is, over any name."""
    if row.get("skolenhetskod"):
        return "skolenhetskod", check.needed("skolenhetskod", row.get("skolenhetskod"), school_unit_code)
    if row.get("forskole_id"):
        return "forskole_id", check.needed("forskole_id", row.get("forskole_id"), preschool_number)
    number = row.get("id")
    if number is None:
        return None, None
    digits = re.sub(r"[.,]0+$", "", number)
    if re.fullmatch(r"[1-9][0-9]{7}", digits):
        return "skolenhetskod", digits
    if re.fullmatch(r"[0-9]{6}", digits):
        return "forskole_id", digits
    return "own", number[:40]


def _kind(row: Row, check: RowCheck, *, known: bool) -> Kind | None:
    word = row.get("verksamhet")
    if word is None:
        if known:
            return None
        raise check.skip("verksamhet", "Uppgiften saknas. Raden är inte inläst.")
    kind = WORDS.get(column_key(word))
    if kind is None:
        raise check.skip(
            "verksamhet",
            f"”{word}” är inte en känd verksamhet. Skriv till exempel förskola, grundskola, BVC eller KAA. "
            "Raden är inte inläst.",
        )
    return kind


def _name(row: Row, kind: Kind | None, municipality: str | None) -> str | None:
    name = row.get("namn")
    if name is None and kind in NAMED_BY_KIND and municipality:
        known = code_of(municipality)
        return NAMED_BY_KIND[kind].format(NAMES[known] if known else municipality)
    return sensible_capitals(name) if name else None


def _municipality(row: Row, check: RowCheck) -> MunicipalityRecord:
    code, name = _where(row, check)
    if code is None and name is None:
        raise check.skip("kommun", "Uppgiften saknas. Raden är inte inläst.")
    return MunicipalityRecord(
        source=SOURCE,
        file=check.file,
        line=row.line,
        code=code or "",
        # With a code the name is only a reminder to the reader; the register of municipalities names it.
        name=None if code else name,
        concern_phone=check.value("telefon", row.get("telefon"), phone),
        concern_hours=check.short("telefontid", row.get("telefontid"), 200),
        concern_url=check.value("webbplats", row.get("webbplats"), website),
        after_hours_phone=check.value("jourtelefon", row.get("jourtelefon"), phone),
        switchboard=check.value("vaxel", row.get("vaxel"), phone),
    )

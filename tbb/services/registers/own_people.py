"""The people of our own list: a BBA needs a way to be reached (R3) and a mandate (R4) to be published."""

from __future__ import annotations

from collections.abc import Iterator

from tbb.models.kinds import Mandate, Role
from tbb.services.registers.checking import RowCheck
from tbb.services.registers.reading import Row, column_key
from tbb.services.registers.records import PersonRecord, ResponsibleRecord, UnitRecord
from tbb.services.registers.values import day, email, phone, yes

MANDATES = {
    "beslutsfattare": Mandate.DECISION_MAKER,
    "beslutande": Mandate.DECISION_MAKER,
    "chef": Mandate.DECISION_MAKER,
    "rektor": Mandate.DECISION_MAKER,
    "sarskilt_mandat": Mandate.DELEGATED,
    "delegerat": Mandate.DELEGATED,
    "delegerat_mandat": Mandate.DELEGATED,
    "delegation": Mandate.DELEGATED,
}
OTHERS = (("ersattare", Role.DEPUTY, "Ersättaren"), ("lovkontakt", Role.HOLIDAY, "Lovkontakten"))


def responsible_people(row: Row, unit: UnitRecord, check: RowCheck) -> Iterator[ResponsibleRecord]:
    """Give the BBA, the deputy and the holiday contact that the row tells of and that may be published."""
    bba = _bba(row, unit, check)
    if bba is not None:
        yield bba
    for column, role, who in OTHERS:
        person = _person(row, column, who, check, protected=False)
        if person is not None:
            yield ResponsibleRecord(unit, role, person)


def _bba(row: Row, unit: UnitRecord, check: RowCheck) -> ResponsibleRecord | None:
    protected = check.value("skyddad_identitet", row.get("skyddad_identitet"), yes)
    if row.get("skyddad_identitet") and protected is None:
        # When it cannot be told whether a person is protected, nothing of the person may be shown.
        return None
    person = _person(row, "bba", "Den Barnets bästa-ansvariga", check, protected=bool(protected))
    if person is None:
        return None
    mandate = _mandate(row, check)
    if mandate is None:
        return None
    given_by = check.short("bba_mandat_av", row.get("bba_mandat_av"), 120) or ""
    if mandate is Mandate.DELEGATED and not given_by:
        check.report("bba_mandat_av", "Skriv vem som gav det särskilda mandatet. BBA är inte publicerad.")
        return None
    starts, ends = (check.value(key, row.get(key), day) for key in ("bba_fran", "bba_till"))
    if starts and ends and ends < starts:
        check.report("bba_till", "Slutdatumet är före startdatumet. BBA är inte publicerad.")
        return None
    return ResponsibleRecord(
        unit=unit,
        role=Role.BBA,
        person=person,
        mandate=mandate,
        mandate_by=given_by,
        mandate_on=check.value("bba_mandat_datum", row.get("bba_mandat_datum"), day),
        starts_on=starts,
        ends_on=ends,
    )


def _mandate(row: Row, check: RowCheck) -> Mandate | None:
    word = row.get("bba_mandat")
    if word is None:
        check.report(
            "bba_mandat", "En BBA utan mandat kan inte publiceras. Skriv beslutsfattare eller särskilt mandat."
        )
        return None
    mandate = MANDATES.get(column_key(word))
    if mandate is None:
        check.report("bba_mandat", f"”{word}” är inte ett mandat. Skriv beslutsfattare eller särskilt mandat.")
    return mandate


def _person(row: Row, who: str, named: str, check: RowCheck, *, protected: bool) -> PersonRecord | None:
    """Read one contact; None when the row has none, or when it lacks a name or a way to be reached."""
    parts = ("namn", "titel", "telefon", "epost", "telefontid", "sprak", "funktion", "vaxel")
    if not any(row.get(f"{who}_{part}") for part in parts):
        return None
    if protected:
        return _protected(row, who, check)
    name = check.short(f"{who}_namn", row.get(f"{who}_namn"), 120)
    if name is None:
        check.report(f"{who}_namn", f"{named} har inget namn och är inte publicerad.")
        return None
    number = check.value(f"{who}_telefon", row.get(f"{who}_telefon"), phone)
    address = check.value(f"{who}_epost", row.get(f"{who}_epost"), email)
    switchboard = check.value(f"{who}_vaxel", row.get(f"{who}_vaxel"), phone)
    if not (number or address or switchboard):
        reason = f"{named} behöver minst ett telefonnummer eller en e-postadress för att publiceras."
        check.report(f"{who}_telefon", reason)
        return None
    return PersonRecord(
        name=name,
        title=check.short(f"{who}_titel", row.get(f"{who}_titel"), 120) or "",
        phone=number or "",
        email=address or "",
        phone_hours=check.short(f"{who}_telefontid", row.get(f"{who}_telefontid"), 200) or "",
        languages=check.short(f"{who}_sprak", row.get(f"{who}_sprak"), 200) or "",
        function_name=check.short(f"{who}_funktion", row.get(f"{who}_funktion"), 120) or "",
        switchboard=switchboard or "",
    )


def _protected(row: Row, who: str, check: RowCheck) -> PersonRecord | None:
    """Keep only the function and the switchboard; whatever else the row says is thrown away here."""
    function = check.short(f"{who}_funktion", row.get(f"{who}_funktion"), 120)
    switchboard = check.value(f"{who}_vaxel", row.get(f"{who}_vaxel"), phone)
    if function is None or switchboard is None:
        check.report(
            f"{who}_funktion" if function is None else f"{who}_vaxel",
            "Vid skyddad identitet behövs funktion och växel i stället för namn. BBA är inte publicerad.",
        )
        return None
    if any(row.get(f"{who}_{part}") for part in ("namn", "telefon", "epost")):
        check.report(f"{who}_namn", "Namn, telefon och e-post sparas inte vid skyddad identitet. Ta bort dem ur filen.")
    return PersonRecord(
        protected=True,
        function_name=function,
        switchboard=switchboard,
        phone_hours=check.short(f"{who}_telefontid", row.get(f"{who}_telefontid"), 200) or "",
        languages=check.short(f"{who}_sprak", row.get(f"{who}_sprak"), 200) or "",
    )

"""Skolenhetsregistret v2: Skolverket's register of school units, as its API answers."""

from __future__ import annotations

from typing import Any

from tbb.models.kinds import Kind, OrganizerKind, Status
from tbb.services.registers.checking import RowCheck, RowSkipped, gather
from tbb.services.registers.json_bodies import objects, part
from tbb.services.registers.records import Reading, Records, RowError, UnitRecord
from tbb.services.registers.unit_kinds import from_school_types, grade_range, grades_in_name, usual_grades
from tbb.services.registers.values import (
    day,
    email,
    municipality_code,
    organisation_number,
    phone,
    postal_code,
    school_unit_code,
    sensible_capitals,
    text_or_none,
    website,
)

SOURCE = "skolenhetsregistret"
STATUSES = {
    "AKTIV": Status.ACTIVE,
    "VILANDE": Status.DORMANT,
    "UPPHORT": Status.CLOSED,
    "UPPHÖRT": Status.CLOSED,
    "PLANERAD": Status.PLANNED,
}
ORGANIZERS = {
    "KOMMUN": OrganizerKind.MUNICIPAL,
    "KOMMFORB": OrganizerKind.MUNICIPAL,
    "REGION": OrganizerKind.REGION,
    "ENSKILD": OrganizerKind.INDEPENDENT,
    "HMANUTL": OrganizerKind.INDEPENDENT,
}
"""The State and Sameskolstyrelsen (STAT, SPECIAL, SAME) are none of our three kinds: no organizer is kept."""


def _is_detail(body: dict) -> bool:
    data = body.get("data")
    return isinstance(data, dict) and "schoolUnitCode" in data and isinstance(data.get("attributes"), dict)


def _is_listed(body: dict) -> bool:
    return "schoolUnitCode" in body and "status" in body and "attributes" not in body


def read(bodies: list[tuple[int, Any]], file: str, errors: tuple[RowError, ...]) -> Reading | None:
    """Read details and lists of school units; None when there are none in the file."""
    units: list[UnitRecord] = []
    checks = []
    seen = False
    for line, body in bodies:
        for found in objects(body, lambda item: _is_detail(item) or _is_listed(item)):
            seen = True
            detail = _is_detail(found)
            code = str(part(found, "data", "schoolUnitCode") if detail else found.get("schoolUnitCode"))
            check = RowCheck(file, line if len(bodies) > 1 else 0, code)
            try:
                units.append(_detail(found, code, check) if detail else _listed(found, code, check))
            except RowSkipped:
                pass
            checks.append(check)
    if not seen and not any(_is_empty_list(body) for _line, body in bodies):
        return None
    return Reading(Records(units=tuple(units)), errors + gather(checks))


def _is_empty_list(body: Any) -> bool:
    return part(body, "data", "type") == "schoolunit" and part(body, "data", "attributes") == []


def _listed(body: dict, code: str, check: RowCheck) -> UnitRecord:
    """Read a line of a list: enough to see that a unit is closed or has a new name, not to add one."""
    name = text_or_none(body.get("name"))
    return UnitRecord(
        source=SOURCE,
        file=check.file,
        line=check.line,
        scheme="skolenhetskod",
        value=check.needed("schoolUnitCode", code, school_unit_code),
        name=sensible_capitals(name)[:200] if name else None,
        status=_status(body.get("status"), check),
    )


def _detail(body: dict, code: str, check: RowCheck) -> UnitRecord:
    attributes = body["data"]["attributes"]
    value = check.needed("schoolUnitCode", code, school_unit_code)
    status = _status(attributes.get("status"), check)
    types = [str(item) for item in attributes.get("schoolTypes") or ()]
    if set(attributes) <= {"status", "displayName", "endDate"}:
        return _closed(attributes, value, status, check)
    if attributes.get("schoolUnitType") == "UTLAND":
        raise check.leave_out("Skolan ligger utomlands och är inte inläst.")
    kind = from_school_types(types)
    if kind is None:
        raise check.leave_out("Enheten har bara vuxenutbildning och är inte inläst.")
    name = sensible_capitals(check.needed("displayName", text_or_none(attributes.get("displayName")), str))
    low, high = _grades(attributes, kind, types, name)
    school = text_or_none(attributes.get("schoolName"))
    return UnitRecord(
        source=SOURCE,
        file=check.file,
        line=check.line,
        scheme="skolenhetskod",
        value=value,
        kind=kind,
        name=name[:200],
        municipality_code=check.value(
            "municipalityCode", text_or_none(attributes.get("municipalityCode")), municipality_code
        ),
        school_name=sensible_capitals(school)[:200] if school else None,
        phone=check.value("phoneNumber", text_or_none(attributes.get("phoneNumber")), phone),
        email=check.value("email", text_or_none(attributes.get("email")), email),
        website=check.value("url", text_or_none(attributes.get("url")), website),
        head_name=check.short("headMaster", text_or_none(attributes.get("headMaster")), 120),
        grade_from=low,
        grade_to=high,
        status=status,
        valid_from=check.value("startdate", _start(attributes), day),
        valid_to=check.value("endDate", text_or_none(attributes.get("endDate")), day),
        **_organizer(body, check),
        **_addresses(attributes, check),
    )


def _closed(attributes: dict, value: str, status: Status | None, check: RowCheck) -> UnitRecord:
    """Read the little that is left when the register answers that a unit is gone."""
    return UnitRecord(
        source=SOURCE,
        file=check.file,
        line=check.line,
        scheme="skolenhetskod",
        value=value,
        status=status,
        valid_to=check.value("endDate", text_or_none(attributes.get("endDate")), day),
    )


def _status(text: Any, check: RowCheck) -> Status | None:
    word = text_or_none(text)
    if word is None:
        return None
    status = STATUSES.get(word.upper())
    if status is None:
        check.report("status", f"”{word}” är inte en känd status.")
    return status


def _start(attributes: dict) -> str | None:
    return text_or_none(attributes.get("startdate") or attributes.get("startDate"))


def _grades(attributes: dict, kind: Kind, types: list[str], name: str) -> tuple[int | None, int | None]:
    """Read the grades of the form that gives the unit its kind; a förskoleklass begins in F."""
    properties = attributes.get("schoolTypeProperties")
    form = {Kind.COMPULSORY: "gr", Kind.COMPULSORY_ADAPTED: "gran", Kind.SPECIAL_SCHOOL: "sp"}.get(kind)
    if form is None:
        return usual_grades(kind) or (None, None)
    grades = part(properties, form, "grades") or (part(properties, "sam", "grades") if form == "sp" else None)
    low, high = grade_range(grades if isinstance(grades, list) else ())
    if low is None:
        low, high = grades_in_name(name)
    if kind is Kind.COMPULSORY and "FKLASS" in {item.upper() for item in types}:
        low, high = 0, (0 if high is None and "GR" not in {item.upper() for item in types} else high)
    return low, high


def _organizer(body: dict, check: RowCheck) -> dict[str, Any]:
    included = body.get("included")
    if isinstance(included, list):
        included = next((item for item in included if isinstance(item, dict)), None)
    name = text_or_none(part(included, "attributes", "displayName"))
    number = text_or_none(part(included, "organizationNumber"))
    kind = ORGANIZERS.get(str(part(included, "attributes", "organizerType") or "").upper())
    if kind is None:
        return {}
    return {
        "organizer_name": sensible_capitals(name)[:200] if name else None,
        "organizer_orgnr": check.value("organizationNumber", number, organisation_number),
        "organizer_kind": kind,
    }


def _addresses(attributes: dict, check: RowCheck) -> dict[str, Any]:
    listed = attributes.get("addresses")
    by_type = {str(item.get("type")).upper(): item for item in listed or () if isinstance(item, dict)}
    visit, post = by_type.get("BESOKSADRESS", {}), by_type.get("POSTADRESS", {})
    points = visit.get("geoCoordinates") or {}
    latitude, longitude = check.position(
        *(
            text_or_none(part(points, key))
            for key in ("latitude", "longitude", "coordinateSweRefN", "coordinateSweRefE")
        )
    )
    return {
        "street": check.short("streetAddress", text_or_none(visit.get("streetAddress")), 200),
        "postal_code": check.value("postalCode", text_or_none(visit.get("postalCode")), postal_code),
        "place": _place(visit, check),
        "post_street": check.short("streetAddress", text_or_none(post.get("streetAddress")), 200),
        "post_postal_code": check.value("postalCode", text_or_none(post.get("postalCode")), postal_code),
        "post_place": _place(post, check),
        "latitude": latitude,
        "longitude": longitude,
    }


def _place(address: dict, check: RowCheck) -> str | None:
    place = check.short("locality", text_or_none(address.get("locality")), 80)
    return place_name(place)


def place_name(place: str | None) -> str | None:
    """Write "ESKILSTUNA" as Eskilstuna; even a short place such as ED is no abbreviation."""
    if place and place.isupper() and len(place) <= 4:
        return place.capitalize()
    return sensible_capitals(place) if place else None

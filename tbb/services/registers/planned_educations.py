"""Planned-educations v4: the school units of Utbildningsguiden, whole, wrapped, paged or compact."""

from __future__ import annotations

from typing import Any

from tbb.models.kinds import Kind
from tbb.services.registers.checking import RowCheck, RowSkipped, gather
from tbb.services.registers.json_bodies import objects, part
from tbb.services.registers.reading import column_key
from tbb.services.registers.records import Reading, Records, RowError, UnitRecord
from tbb.services.registers.skolenhetsregistret import place_name
from tbb.services.registers.unit_kinds import (
    ORGANIZER_WORDS,
    from_school_types,
    grade_range,
    grades_in_name,
    usual_grades,
)
from tbb.services.registers.values import (
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

SOURCE = "planned-educations"
MARKS = ("contactInfo", "typeOfSchooling", "wgs84_Lat", "geographicalAreaCode", "principalOrganizerType")
FORMS = {
    Kind.COMPULSORY: ("fsk", "gr"),
    Kind.COMPULSORY_ADAPTED: ("gran",),
    Kind.SPECIAL_SCHOOL: ("sp", "sam"),
}


def _is_unit(body: dict) -> bool:
    return "code" in body and "name" in body and any(mark in body for mark in MARKS)


def read(bodies: list[tuple[int, Any]], file: str, errors: tuple[RowError, ...]) -> Reading | None:
    """Read school units, however the service or a script has wrapped them; None when there are none."""
    units: list[UnitRecord] = []
    checks = []
    for line, body in bodies:
        for found in objects(body, _is_unit):
            check = RowCheck(file, line if len(bodies) > 1 else 0, str(found.get("code")))
            try:
                units.append(_unit(found, check))
            except RowSkipped:
                pass
            checks.append(check)
    return Reading(Records(units=tuple(units)), errors + gather(checks)) if checks else None


def _unit(body: dict, check: RowCheck) -> UnitRecord:
    if body.get("abroadSchool") is True:
        raise check.leave_out("Skolan ligger utomlands och är inte inläst.")
    forms = {str(part(item, "code")).lower(): item for item in body.get("typeOfSchooling") or () if part(item, "code")}
    kind = from_school_types(forms) if forms else None
    if forms and kind is None:
        raise check.leave_out("Enheten har bara vuxenutbildning och är inte inläst.")
    name = sensible_capitals(check.needed("name", text_or_none(body.get("name")), str))[:200]
    low, high = _grades(forms, kind, name)
    latitude, longitude = check.position(
        *(text_or_none(body.get(key)) for key in ("wgs84_Lat", "wgs84_Long", "sweRef_N", "sweRef_E"))
    )
    owner = text_or_none(body.get("corporationName"))
    return UnitRecord(
        source=SOURCE,
        file=check.file,
        line=check.line,
        scheme="skolenhetskod",
        value=check.needed("code", text_or_none(body.get("code")), school_unit_code),
        kind=kind,
        name=name,
        municipality_code=check.value(
            "geographicalAreaCode", text_or_none(body.get("geographicalAreaCode")), municipality_code
        ),
        organizer_name=sensible_capitals(owner)[:200] if owner else None,
        organizer_orgnr=check.value(
            "organisationRegistryNumber", text_or_none(body.get("organisationRegistryNumber")), organisation_number
        ),
        organizer_kind=ORGANIZER_WORDS.get(column_key(str(body.get("principalOrganizerType") or ""))),
        latitude=latitude,
        longitude=longitude,
        grade_from=low,
        grade_to=high,
        **_contact(part(body, "contactInfo"), check),
    )


def _grades(forms: dict[str, Any], kind: Kind | None, name: str) -> tuple[int | None, int | None]:
    if kind is None:
        return None, None
    years = [year for form in FORMS.get(kind, ()) for year in part(forms.get(form), "schoolYears") or ()]
    low, high = grade_range(years)
    if low is None and kind in FORMS:
        return grades_in_name(name)
    return (low, high) if low is not None else usual_grades(kind) or (None, None)


def _contact(contact: Any, check: RowCheck) -> dict[str, Any]:
    listed = part(contact, "addresses")
    by_type = {str(part(item, "type")): item for item in listed or () if isinstance(item, dict)}
    visit = by_type.get("VISITING_ADDRESS", {})
    post = by_type.get("POSTAL_ADDRESS", {})
    return {
        "phone": check.value("telephone", text_or_none(part(contact, "telephone")), phone),
        "email": check.value("email", text_or_none(part(contact, "email")), email),
        "website": check.value("web", text_or_none(part(contact, "web")), website),
        "street": check.short("street", text_or_none(visit.get("street")), 200),
        "postal_code": check.value("zipCode", text_or_none(visit.get("zipCode")), postal_code),
        "place": place_name(check.short("city", text_or_none(visit.get("city")), 80)),
        "post_street": check.short("street", text_or_none(post.get("street")), 200),
        "post_postal_code": check.value("zipCode", text_or_none(post.get("zipCode")), postal_code),
        "post_place": place_name(check.short("city", text_or_none(post.get("city")), 80)),
    }

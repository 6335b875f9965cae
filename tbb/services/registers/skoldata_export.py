"""The directory as open data: the columns of "skoldata", and after them who is Barnets bästa-ansvarig."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from tbb.database import rows
from tbb.services.registers.skoldata import COLUMNS
from tbb.services.registers.unit_kinds import NAMES

BBA_COLUMNS = ("bba_name", "bba_title", "bba_phone", "bba_email", "bba_phone_hours", "bba_confirmed")
OUR_COLUMNS = ("organizer_orgnr", "display_name", *BBA_COLUMNS)
EXPORT_COLUMNS = COLUMNS + OUR_COLUMNS
ORGANIZER_KINDS = {"municipal": "kommunal", "region": "region", "independent": "enskild"}
CHUNK = 500

_UNITS = """
    SELECT u.id, m.code, u.name, u.kind, o.kind, u.street, u.postal_code, u.place, u.latitude, u.longitude,
           o.name, u.grade_from, u.grade_to, u.email, u.phone, u.website, u.updated_at, o.orgnr, u.display_name
    FROM unit AS u
    JOIN municipality AS m ON m.id = u.municipality_id
    LEFT JOIN organizer AS o ON o.id = u.organizer_id
    WHERE u.status IN ('active', 'planned')
    ORDER BY m.code, u.sort_key, u.id
"""
_NUMBERS = "SELECT unit_id, scheme, value FROM unit_id ORDER BY unit_id, scheme DESC, value DESC"
_RESPONSIBLE = """
    SELECT r.unit_id, p.protected, p.name, p.title, p.phone, p.email, p.phone_hours, p.function_name, p.switchboard,
           r.confirmed_on
    FROM responsibility AS r JOIN person AS p ON p.id = r.person_id
    WHERE r.role = 'bba' AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on >= ?)
"""


def skoldata_rows(*, today: date) -> Iterator[dict[str, Any]]:
    """Give every open unit as one flat row, in three queries, by municipality and in Swedish order.

    A BBA with a protected identity is given as function and switchboard, as everywhere else.
    """
    numbers = {unit: value for unit, _scheme, value in rows(_NUMBERS)}
    responsible = {found[0]: _bba(found) for found in rows(_RESPONSIBLE, (today.isoformat(), today.isoformat()))}
    for unit, code, name, kind, owner_kind, street, postcode, city, *rest in rows(_UNITS):
        latitude, longitude, owner, low, high, email, phone, url, updated, orgnr, display = rest
        yield {
            "source": code,
            "id": numbers.get(unit, f"tbb-{unit}"),
            "name": name,
            "type": NAMES[kind],
            "organizer_type": ORGANIZER_KINDS.get(owner_kind, ""),
            "street": street,
            "postcode": postcode,
            "city": city,
            "latitude": latitude,
            "longitude": longitude,
            "organizer": owner or "",
            "grades": _grades(low, high),
            "email": email,
            "phone": phone,
            "url": url,
            "updated": str(updated)[:10],
            "organizer_orgnr": orgnr or "",
            "display_name": display,
            **responsible.get(unit, dict.fromkeys(BBA_COLUMNS, "")),
        }


def _bba(found: tuple) -> dict[str, str]:
    _unit, protected, name, title, phone, email, hours, function, switchboard, confirmed = found
    shown = (function, "", switchboard, "") if protected else (name, title, phone or switchboard, email)
    return dict(zip(BBA_COLUMNS, (*shown, hours, str(confirmed)[:10] if confirmed else ""), strict=True))


def _grades(low: int | None, high: int | None) -> str:
    """Write grades as people do: F-6, 7-9; an upper secondary school's own years are left out."""
    if low is None or high is None or high > 9:
        return ""
    start = "F" if low == 0 else str(low)
    return start if low == high else f"{start}-{high}"


def skoldata_csv(units: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Give the CSV (RFC 4180, commas, UTF-8 with Excel's mark) in parts, for a streamed answer."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    page.write("\ufeff")
    writer.writerow(EXPORT_COLUMNS)
    for number, unit in enumerate(units, 1):
        writer.writerow([neutral(unit[column]) for column in EXPORT_COLUMNS])
        if number % CHUNK == 0:
            yield page.getvalue()
            page.seek(0)
            page.truncate()
    yield page.getvalue()


def skoldata_json(units: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Give the JSON form in parts: a list of objects with the same keys; positions are numbers or null."""
    between = "[\n"
    for unit in units:
        yield between + json.dumps(unit, ensure_ascii=False)
        between = ",\n"
    yield "\n]\n" if between != "[\n" else "[]\n"


def neutral(value: Any) -> str:
    """Write a cell so that no spreadsheet takes it for a formula: names come from other people's lists."""
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value)
    text = str(value)
    return f"'{text}" if re.match(r"[\s\"'’]*[=+\-@＝＋－＠\t\r]", text) else text

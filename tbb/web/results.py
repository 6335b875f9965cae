"""What the search page and the suggestions show of what the search found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _

from tbb.models.kinds import BBA_KINDS, Role, Status
from tbb.services.cards import dial
from tbb.services.search import Facets, FacetValue, Row, Suggestion
from tbb.web.queries import Query
from tbb.web.words import kind_name, kind_names, runs_it, unit_line

STATES = {Status.DORMANT: _("vilande"), Status.PLANNED: _("öppnar senare")}
LEGENDS = {"kommun": _("Kommun"), "verksamhet": _("Verksamhet"), "vem": _("Vem driver den?")}


def result_row(row: Row) -> dict[str, Any]:
    """Turn a search result into what the macro `unit_row` shows."""
    contact = row.contact
    state = f" ({STATES[Status(row.status)]})" if row.status in STATES else ""
    number = contact.phone if contact else row.phone
    grades = (row.grade_from, row.grade_to, row.age_from, row.age_to)
    return {
        "href": url_for("directory.unit", slug=row.slug),
        "label": row.label,
        "line": unit_line(row.kind, row.organizer_kind, *grades) + state,
        "address": ", ".join(dict.fromkeys(part for part in (row.street, row.place, row.municipality) if part)),
        "bba_name": contact.name if contact else "",
        "bba_title": str(_("Ersättare i dag")) if contact and contact.role == Role.DEPUTY else "",
        "bba_phone": number,
        "bba_phone_href": dial(number),
        "bba_protected": bool(contact and contact.protected),
        "plain": row.kind not in BBA_KINDS,
    }


def in_groups(found: Iterable[Row]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Put adjacent results of one school together: its name and its rows; a row alone has no name."""
    groups = [list(members) for _key, members in groupby(found, key=lambda row: row.school_id or f"unit {row.id}")]
    return [(members[0].school if len(members) > 1 else "", [result_row(row) for row in members]) for members in groups]


def facet_groups(facets: Facets) -> list[dict[str, Any]]:
    """Give the filters as the macro `filters` shows them."""
    return [
        {
            "name": name,
            "legend": str(LEGENDS[name]),
            "options": [
                {"value": value.value, "label": label_of(name, value), "count": value.count, "checked": value.chosen}
                for value in values
            ],
        }
        for name, values in _by_name(facets).items()
    ]


def chosen_filters(query: Query, facets: Facets) -> list[tuple[str, str]]:
    """Give each chosen filter with the address that takes it away."""
    return [
        (label_of(name, value), url_for("directory.search") + query.without(name, value.value).address())
        for name, values in _by_name(facets).items()
        for value in values
        if value.chosen
    ]


def label_of(name: str, value: FacetValue) -> str:
    """Name a filter's choice in the language of the page."""
    naming: dict[str, Callable[[str], str]] = {"verksamhet": kind_names, "vem": runs_it}
    return naming[name](value.value) if name in naming else value.label


def page_address(query: Query) -> Callable[[int], str]:
    """Give the function from page number to address that the macro `pagination` wants."""
    here = url_for("directory.search")
    return lambda number: here + query.on_page(number).address()


def suggestion_lines(suggestions: Iterable[Suggestion]) -> list[tuple[str, str, str, str]]:
    """Give suggestions as the macro `suggestions` shows them: text, note, address and icon."""
    return [
        (found.label, str(_("Kommun")), url_for("directory.municipality", slug=found.slug), "building-community")
        if found.type == "municipality"
        else (found.label, _note(found), url_for("directory.unit", slug=found.slug), "map-pin")
        for found in suggestions
    ]


def _note(found: Suggestion) -> str:
    where = dict.fromkeys(part for part in (found.street, found.place, found.municipality) if part)
    return ", ".join((kind_name(found.kind), *where))


def _by_name(facets: Facets) -> dict[str, tuple[FacetValue, ...]]:
    return {"kommun": facets.municipality, "verksamhet": facets.kind, "vem": facets.organizer_kind}

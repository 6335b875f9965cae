"""What the search page and the suggestions show of what the search found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import groupby
from typing import Any

from flask import current_app, request, url_for
from markupsafe import Markup

from tbb.models.kinds import BBA_KINDS, Role, Status
from tbb.services.cards import dial
from tbb.services.search import Facets, FacetValue, Row, Suggestion
from tbb.web.queries import Query
from tbb.web.texts import N_, spoken
from tbb.web.texts import say as _
from tbb.web.words import kind_name, kind_names, runs_it, unit_line

STATES = {Status.DORMANT: N_("vilande"), Status.PLANNED: N_("öppnar senare")}
LEGENDS = {"kommun": N_("Kommun"), "verksamhet": N_("Verksamhet"), "vem": N_("Vem driver den?")}
MOST_CHOICES = 40
"""A filter with more choices than this is no help; the name of the place can be typed instead."""


def result_row(row: Row) -> dict[str, Any]:
    """Turn a search result into what the macro `unit_row` shows."""
    contact = row.contact
    state = f" ({_(STATES[Status(row.status)])})" if row.status in STATES else ""
    number = contact.phone if contact else row.phone
    grades = (row.grade_from, row.grade_to, row.age_from, row.age_to)
    return {
        "href": url_for("directory.unit", slug=row.slug),
        "label": row.label,
        "line": unit_line(row.kind, row.organizer_kind, *grades) + state,
        "address": ", ".join(dict.fromkeys(part for part in (row.street, row.place, row.municipality) if part)),
        "bba_name": contact.name if contact else "",
        "bba_title": _("Ersättare i dag") if contact and contact.role == Role.DEPUTY else "",
        "bba_phone": number,
        "bba_phone_href": dial(number),
        "bba_protected": bool(contact and contact.protected),
        "plain": row.kind not in BBA_KINDS,
    }


def in_groups(found: Iterable[Row], level: int = 3) -> list[tuple[str, list[Markup]]]:
    """Put adjacent results of one school together: its name and its rows as markup; a row alone has no name."""
    groups = [list(members) for _key, members in groupby(found, key=lambda row: row.school_id or f"unit {row.id}")]
    root, language = request.script_root, spoken()
    return [
        (
            members[0].school if len(members) > 1 else "",
            [_drawn(root, language, level + (len(members) > 1), row) for row in members],
        )
        for members in groups
    ]


def as_rows(found: Iterable[Row], level: int) -> list[Markup]:
    """Draw results one by one, without regard to schools."""
    root, language = request.script_root, spoken()
    return [_drawn(root, language, level, row) for row in found]


@lru_cache(maxsize=1000)
def _drawn(root: str, language: str, level: int, row: Row) -> Markup:
    """Draw one result; a row says all that it shows, so the same row is drawn once."""
    return current_app.jinja_env.globals["ui"].unit_row(result_row(row), level)


def filter_choices(facets: Facets) -> tuple[Markup, int]:
    """Draw the choices of all filters, and count the chosen ones; the same ones are drawn once."""
    return _drawn_choices(spoken(), facets)


@lru_cache(maxsize=200)
def _drawn_choices(language: str, facets: Facets) -> tuple[Markup, int]:
    groups = facet_groups(facets)
    chosen = sum(option["checked"] for group in groups for option in group["options"])
    return current_app.jinja_env.globals["ui"].filter_groups(groups), chosen


def facet_groups(facets: Facets) -> list[dict[str, Any]]:
    """Give the filters as the macro `filter_groups` shows them, the chosen ones always among them."""
    return [
        {"name": name, "legend": _(LEGENDS[name]), "options": _options(name, values), "cut": len(values) > MOST_CHOICES}
        for name, values in _by_name(facets).items()
    ]


def _options(name: str, values: tuple[FacetValue, ...]) -> list[dict[str, Any]]:
    shown = [value for number, value in enumerate(values) if number < MOST_CHOICES or value.chosen]
    return [
        {"value": value.value, "label": label_of(name, value), "count": value.count, "checked": value.chosen}
        for value in shown
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
        (found.label, _("Kommun"), url_for("directory.municipality", slug=found.slug), "building-community")
        if found.type == "municipality"
        else (found.label, _note(found), url_for("directory.unit", slug=found.slug), "map-pin")
        for found in suggestions
    ]


def _note(found: Suggestion) -> str:
    where = dict.fromkeys(part for part in (found.street, found.place, found.municipality) if part)
    return ", ".join((kind_name(found.kind), *where))


def _by_name(facets: Facets) -> dict[str, tuple[FacetValue, ...]]:
    return {"kommun": facets.municipality, "verksamhet": facets.kind, "vem": facets.organizer_kind}

"""Whom a case could be shared with: what a search in the directory finds, and what lies between."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tbb import clock
from tbb.database import load
from tbb.models import Case, Unit
from tbb.models.kinds import Status
from tbb.services import borders, case_shelf, search

MOST = 8
"""So many hits are shown; who sees too many writes more."""


@dataclass(frozen=True)
class Receiver:
    """A unit as it can be chosen: whether a border lies between and why, and whether somebody there reads here."""

    slug: str
    label: str
    place: str
    organizer: str
    crosses: bool
    why: str
    answers: bool


def find(case: Case, query: str) -> list[Receiver]:
    """Find other units at work by name, place or municipality; at most MOST, the likest first."""
    query = " ".join(query.split())[:100]
    if not query:
        return []
    found = search.find(query, page_size=MOST + 1, own_municipality=case.unit.municipality.slug, today=clock.today())
    slugs = [row.slug for row in found.rows or found.near]
    return named(case, slugs)[:MOST]


def named(case: Case, slugs: Iterable[str]) -> list[Receiver]:
    """Give the units of these addresses, in their order, as a case could be shared with them; never its own."""
    wanted = list(dict.fromkeys(slugs))
    units = {unit.slug: unit for unit in of_slugs(wanted)}
    return [_receiver(case, units[slug]) for slug in wanted if slug in units and units[slug].id != case.unit_id]


def of_slugs(slugs: Iterable[str]) -> list[Unit]:
    """Find the units at work with these addresses."""
    wanted = list(slugs)
    marks = ", ".join("?" * len(wanted))
    return load(Unit, f"slug IN ({marks}) AND status = ?", [*wanted, Status.ACTIVE]) if wanted else []


def of_numbers(numbers: Iterable[int]) -> list[str]:
    """Give the addresses of units by their numbers."""
    return [unit.slug for unit in Unit.select(Unit.slug).where(Unit.id << list(numbers)).order_by(Unit.id)]


def _receiver(case: Case, unit: Unit) -> Receiver:
    border = borders.between(case.unit, unit)
    return Receiver(
        slug=unit.slug,
        label=unit.label,
        place=unit.place or unit.municipality.name,
        organizer=unit.organizer.name if unit.organizer_id else "",
        crosses=border.crosses,
        why=border.why,
        answers=case_shelf.answers(unit.id),
    )

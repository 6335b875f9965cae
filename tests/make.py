"""Factories: plain functions that make one thing with as little said as possible."""

from __future__ import annotations

from datetime import date
from itertools import count

from tbb.clock import now
from tbb.models import Municipality, Organizer, Person, Responsibility, School, Unit, UnitAlias, UnitId
from tbb.models.folding import fold, sort_key

_numbers = count(1)


def municipality(name: str = "Exempelby", code: str | None = None, **more) -> Municipality:
    """Make a municipality that takes part, unless told otherwise."""
    number = next(_numbers)
    slug = fold(name).replace(" ", "-")
    return Municipality.create(
        **{
            "code": code or f"{number:04d}",
            "name": name,
            "slug": slug,
            "sort_key": sort_key(name),
            "participates": True,
        }
        | more
    )


def organizer(name: str = "Exempelby kommun", kind: str = "municipal", **more) -> Organizer:
    """Make a huvudman."""
    return Organizer.create(name=name, kind=kind, **more)


def school(name: str, where: Municipality) -> School:
    """Make a school that several units belong to."""
    return School.create(name=name, municipality=where)


def unit(name: str = "Näckrosskolan", kind: str = "compulsory", where: Municipality | None = None, **more) -> Unit:
    """Make a unit; `aliases` and `ids` ({scheme: value}) may be given."""
    aliases, ids = more.pop("aliases", ()), more.pop("ids", {})
    where = where or Municipality.select().first() or municipality()
    label = more.get("display_name") or name
    slug = f"{fold(label).replace(' ', '-')}-{next(_numbers)}"
    made = Unit.create(
        **{
            "kind": kind,
            "name": name,
            "slug": slug,
            "municipality": where,
            "place": where.name,
            "sort_key": sort_key(label),
            "folded": fold(label),
            "updated_at": now(),
        }
        | more
    )
    for alias in aliases:
        UnitAlias.create(unit=made, name=alias)
    for scheme, value in ids.items():
        UnitId.create(unit=made, scheme=scheme, value=value)
    return made


def person(name: str = "Helena Exempelsson", **more) -> Person:
    """Make somebody with a public work phone."""
    return Person.create(**{"name": name, "title": "Biträdande rektor", "phone": "070-174 06 11"} | more)


def responsible(for_unit: Unit, who: Person | None = None, role: str = "bba", **more) -> Responsibility:
    """Let a person answer for a unit, since long and until further notice."""
    mandate = "decision_maker" if role == "bba" else ""
    return Responsibility.create(
        **{"unit": for_unit, "person": who or person(), "role": role, "starts_on": date(2025, 1, 1), "mandate": mandate}
        | more
    )

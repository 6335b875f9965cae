"""Whom to think of when an area is flagged (R14): the county's own table, and who is near of each kind."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tbb.database import one_at_a_time, rows, transaction
from tbb.models import AreaActor
from tbb.models.kinds import Kind
from tbb.policy import Actor, Permission, require
from tbb.services import audit
from tbb.services.cards import dial
from tbb.services.wheel_texts import AREAS

KINDS = tuple(kind.value for kind in Kind)
"""The kinds of units in the directory that an actor may stand for."""
MOST_UNITS = 3
_LOCAL = """
    SELECT kind, slug, COALESCE(NULLIF(display_name, ''), name), phone, place FROM unit
    WHERE municipality_id = ? AND status = 'active' AND kind IN ({marks}) ORDER BY kind, sort_key, id
"""


class ChangedMeanwhile(Exception):
    """Somebody else has changed the list since it was shown; nothing was saved."""


class Twice(Exception):
    """The same actor stands twice in one area."""


@dataclass(frozen=True)
class Line:
    """An actor in the table. `kind` is a kind of unit in the directory, or "" for those who are not there."""

    name: str
    kind: str = ""


@dataclass(frozen=True)
class Local:
    """A unit of an actor's kind in the child's municipality."""

    slug: str
    label: str
    phone: str
    place: str

    @property
    def phone_href(self) -> str:
        """The number as it is dialled."""
        return dial(self.phone)


@dataclass(frozen=True)
class Suggested:
    """An actor to think of. `units` are the first few near; `more` counts the others."""

    name: str
    kind: str
    units: tuple[Local, ...]
    more: int


def table() -> dict[str, list[Line]]:
    """Give the whole table: {area: actors in their order}."""
    found: dict[str, list[Line]] = {area: [] for area in AREAS}
    for area, name, kind in rows("SELECT area, name, kind FROM area_actor ORDER BY area, position, id"):
        found.setdefault(area, []).append(Line(name, kind))
    return found


def suggested(areas: Sequence[str], municipality: int) -> list[tuple[str, list[Suggested]]]:
    """Suggest whom to think of for each flagged area, with the units of that kind in a municipality."""
    if not areas:
        return []
    known = table()
    kinds = sorted({line.kind for area in areas for line in known.get(area, ()) if line.kind})
    near: dict[str, list[Local]] = {}
    if kinds:
        asked = _LOCAL.replace("{marks}", ", ".join("?" * len(kinds)))
        for kind, slug, label, phone, place in rows(asked, (municipality, *kinds)):
            near.setdefault(kind, []).append(Local(slug, label, phone, place))
    return [
        (area, [_with_units(line, near.get(line.kind, [])) for line in known[area]])
        for area in areas
        if known.get(area)
    ]


def mark(lines: Iterable[Line]) -> str:
    """Make a short mark of a list as it was shown, to notice when it has changed."""
    return hashlib.sha256(repr([(line.name, line.kind) for line in lines]).encode()).hexdigest()[:16]


@transaction
def save(actor: Actor, area: str, lines: Sequence[Line], seen: str) -> bool:
    """Let an area have exactly these actors in this order; tell whether that changed anything.

    Raises Refused, ChangedMeanwhile, Twice, and ValueError for an area or a kind that does not exist.
    """
    require(actor, Permission.KEEP_ACTORS)
    if area not in AREAS or any(line.kind and line.kind not in KINDS for line in lines):
        raise ValueError("There is no such area or kind.")
    one_at_a_time("area actors")
    stands = table()[area]
    if mark(stands) != seen:
        raise ChangedMeanwhile
    if len({line.name.casefold() for line in lines}) < len(lines):
        raise Twice
    if stands == list(lines):
        return False
    AreaActor.delete().where(AreaActor.area == area).execute()
    for position, line in enumerate(lines):
        AreaActor.create(area=area, name=line.name, kind=line.kind, position=position)
    audit.record(actor, "actors:keep", "actors", area, fields=("name", "kind", "position"))
    return True


def _with_units(line: Line, units: list[Local]) -> Suggested:
    return Suggested(line.name, line.kind, tuple(units[:MOST_UNITS]), max(0, len(units) - MOST_UNITS))

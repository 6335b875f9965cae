"""Which unit a wheel can go to: one's own first, then the directory, and whom to ring where nobody answers here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tbb import clock
from tbb.database import load
from tbb.models import Unit
from tbb.models.kinds import Status
from tbb.policy import Actor, Permission, may
from tbb.services import borders, case_shelf, directory, drafts, search
from tbb.services.cards import dial
from tbb.services.directory import MunicipalityRow, UnitPage
from tbb.services.search_rows import Row, rows_of

MOST = 10
"""So many hits are shown; who sees too many writes more."""


class CannotReceive(Exception):
    """Nobody with an account answers for the unit, or it is not at work; whoever chose it is told whom to ring."""


@dataclass(frozen=True)
class Recipient:
    """A unit as it can be chosen. `answers` tells whether somebody reads here; `crosses` whether secrecy lies between.

    `role` is whom the contact is today: bba or deputy; `phone` is where to ring, their own or the unit's.
    """

    row: Row
    answers: bool
    crosses: bool
    why: str

    @property
    def name(self) -> str:
        """Whom to turn to today; empty when nobody is named."""
        return self.row.contact.name if self.row.contact else ""

    @property
    def phone(self) -> str:
        """Where to ring today."""
        return (self.row.contact.phone if self.row.contact else "") or self.row.phone

    @property
    def phone_href(self) -> str:
        """The number as it is dialled."""
        return dial(self.phone)


@dataclass(frozen=True)
class Choice:
    """What may be chosen from: one's own units, and what a search found."""

    own: tuple[Recipient, ...]
    found: tuple[Recipient, ...]
    query: str
    total: int


def own_units(actor: Actor) -> list[Unit]:
    """The units from which the actor may inform, in Swedish order."""
    numbers = sorted({held.unit for held in actor.held if held.unit is not None})
    marks = ", ".join("?" * len(numbers))
    units = load(Unit, f"id IN ({marks}) ORDER BY sort_key, id", numbers) if numbers else []
    return [unit for unit in units if may(actor, Permission.INFORM, case_shelf.place_of_unit(unit.id))]


def own_unit(actor: Actor, slug: str) -> Unit | None:
    """Find one of the units from which the actor may inform; None when it is none of them."""
    return next((unit for unit in own_units(actor) if unit.slug == slug), None)


def choices(draft: drafts.Draft, actor: Actor, query: str) -> Choice:
    """Give what a draft may be sent to: the actor's own units, and what the search finds."""
    today, sender = clock.today(), draft.from_unit
    near = rows_of([unit.id for unit in own_units(actor)], today)
    where = sender.municipality.slug
    result = search.find(query, page_size=MOST, own_municipality=where, today=today) if query.strip() else None
    hits = result.rows or result.near if result else ()
    known = {row.id for row in near}
    return Choice(
        own=tuple(_recipients(sender, near)),
        found=tuple(_recipients(sender, (row for row in hits if row.id not in known))),
        query=query,
        total=result.total if result else 0,
    )


def choose(actor: Actor, key: str, slug: str) -> None:
    """Let a draft go to a unit; raise CannotReceive when it is not there, not at work, or nobody answers for it."""
    found = load(Unit, "slug = ?", (slug,))
    if not found or found[0].status != Status.ACTIVE or not case_shelf.answers(found[0].id):
        raise CannotReceive
    drafts.set_recipient(actor, key, found[0])


def people_of(unit: Unit) -> UnitPage | None:
    """Who answers for a unit, as the directory tells."""
    return directory.unit_page(unit.slug, clock.today())


def huvudman_of(unit: Unit) -> str:
    """Name a unit's huvudman; empty when it is not known."""
    return unit.organizer.name if unit.organizer_id else ""


def where_to_tell(unit: Unit, slug: str = "") -> tuple[MunicipalityRow, tuple[MunicipalityRow, ...]]:
    """Whom to tell a concern to: in the municipality chosen, else the unit's own; and all to choose from.

    A municipality that does not take part has no contacts here, so the first that does stands in its place.
    """
    every = directory.concern_contacts()
    by_slug = {where.slug: where for where in every}
    return by_slug.get(slug) or by_slug.get(unit.municipality.slug) or every[0], every


def _recipients(sender: Unit, rows: Iterable[Row]) -> list[Recipient]:
    found = list(rows)
    units = {unit.id: unit for unit in _units(found)}
    made = []
    for row in found:
        border = borders.between(sender, units[row.id])
        answers = row.status == Status.ACTIVE and case_shelf.answers(row.id)
        made.append(Recipient(row, answers, border.crosses, border.why))
    return made


def _units(found: list[Row]) -> list[Unit]:
    marks = ", ".join("?" * len(found))
    return load(Unit, f"id IN ({marks})", [row.id for row in found]) if found else []

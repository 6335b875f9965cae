"""The shelf of what communicators write: where they may write, look-ups that begin there, and addresses for readers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeVar

from tbb.database import load, rows
from tbb.models import Article, Happening, Material, Newsletter
from tbb.models.folding import fold
from tbb.models.kinds import Duty
from tbb.policy import Actor, Permission, Place, may

Content = Article | Happening | Material | Newsletter
C = TypeVar("C", Article, Happening, Material, Newsletter)
LONGEST_SLUG = 80
COUNTY_CODE = "lanet"


@dataclass(frozen=True)
class Where:
    """For whom somebody may write: a huvudman, or the whole county when `organizer` is None."""

    code: str
    label: str
    organizer: int | None

    @property
    def place(self) -> Place:
        """The place of what is written there."""
        return Place(organizer=self.organizer)


def places(actor: Actor) -> list[Where]:
    """List for whom the actor may write, the county first."""
    found = [Where(COUNTY_CODE, "Hela länet", None)] if may(actor, Permission.WRITE_CONTENT, Place()) else []
    for number in sorted(actor.organizers(Duty.COMMUNICATOR)):
        (label,) = rows("SELECT name FROM organizer WHERE id = ?", (number,))[0]
        found.append(Where(f"organizer-{number}", label, number))
    return found


def find(model: type[C], actor: Actor, key: str) -> C | None:
    """Find something by its key among what the actor may write; None when there is none there."""
    found = load(model, "key = ?", (key,))
    return found[0] if found and may(actor, Permission.WRITE_CONTENT, place_of(found[0])) else None


def within(actor: Actor, table: str) -> tuple[str, list[object]]:
    """Give the condition on a table that lets through what the actor may write, and its parameters."""
    if may(actor, Permission.WRITE_CONTENT, Place()):
        return "1 = 1", []
    own = sorted(actor.organizers(Duty.COMMUNICATOR))
    if not own:
        return "1 = 0", []
    return f"{table}.organizer_id IN ({', '.join('?' * len(own))})", list(own)


def place_of(thing: Content) -> Place:
    """Say where something belongs, and whose words it holds: a second person is another than that one."""
    return Place(organizer=thing.organizer_id, begun_by=thing.author_id)


def municipalities() -> list[tuple[str, str]]:
    """The municipalities that something may belong to: (number, name), in Swedish order."""
    found = rows("SELECT id, name FROM municipality WHERE participates ORDER BY sort_key")
    return [(str(number), name) for number, name in found]


def new_slug(model: type[Content], title: str) -> str:
    """Make an address of a title that nothing else of the kind has: ``nya-bilder``, ``nya-bilder-2``."""
    words = re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[:LONGEST_SLUG].rstrip("-") or "utan-rubrik"
    asked = f"SELECT slug FROM {model._meta.table_name} WHERE slug = ? OR slug LIKE ?"
    taken = {slug for (slug,) in rows(asked, (words, f"{words}-%"))}
    number = next(number for number in range(1, len(taken) + 2) if _numbered(words, number) not in taken)
    return _numbered(words, number)


def _numbered(words: str, number: int) -> str:
    return words if number == 1 else f"{words}-{number}"

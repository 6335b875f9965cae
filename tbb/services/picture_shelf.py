"""The pictures that somebody may use: their own huvudman's and the county's."""

from __future__ import annotations

from tbb.database import load, rows
from tbb.models import Picture
from tbb.policy import Actor, Permission, Place, may
from tbb.services import content_shelf, pictures
from tbb.services.pictures import Shown

MOST = 60


def newest(actor: Actor, most: int = 12) -> list[Shown]:
    """Give the newest pictures within reach."""
    keys = [key for (key,) in _found(actor, "key", most)]
    known = pictures.shown(keys)
    return [known[key] for key in keys]


def choices(actor: Actor) -> list[tuple[str, str]]:
    """Give the pictures to choose among: (number, words)."""
    return [(str(number), alt or f"Dekoration {key[:6]}") for number, alt, key in _found(actor, "id, alt, key", MOST)]


def keys_of(number: str) -> list[str]:
    """Give the key of a picture by its number in a form's choices; none for no picture."""
    if not number.isdecimal() or len(number) > 9:
        return []
    return [key for (key,) in rows("SELECT key FROM picture WHERE id = ?", (int(number),))]


def find(actor: Actor, key: str) -> Picture | None:
    """Find a picture that the actor may describe; None when there is none there."""
    found = load(Picture, "key = ?", (key,))
    place = Place(organizer=found[0].organizer_id) if found else Place()
    return found[0] if found and may(actor, Permission.WRITE_CONTENT, place) else None


def _found(actor: Actor, columns: str, most: int) -> list[tuple]:
    where, params = content_shelf.within(actor, "picture")
    return rows(
        f"SELECT {columns} FROM picture WHERE {where} OR organizer_id IS NULL ORDER BY id DESC LIMIT ?",
        (*params, most),
    )

"""Two devices that write in the same thing: what each was shown, and how a text becomes one that holds both."""

from __future__ import annotations

from collections.abc import Mapping

from tbb.database import keyring
from tbb.services.sealed_fields import Field


def mark_of(thing: str, name: str, field: Field) -> str:
    """Say which version of an answer a page shows, and a keyed print of it, to know whether it was touched there."""
    return f"{field.version}.{_print(thing, name, field.text)}"


def touched(thing: str, name: str, mine: str, seen: Mapping[str, str]) -> bool:
    """Whether an answer is another than the one that the page showed when it came."""
    shown = seen.get(name, "")
    return mine != "" if not shown else shown.partition(".")[2] != _print(thing, name, mine)


def version_in(mark: str) -> int:
    """Read the version out of a mark; 0 of one that nobody has given out."""
    head = mark.partition(".")[0]
    return int(head) if head.isdecimal() and len(head) < 10 else 0


def settled(
    thing: str, name: str, mine: str, now: Field, seen: Mapping[str, str] | None, *, choice: bool = False
) -> str:
    """Decide what an answer becomes, so that no words vanish that somebody has not seen; of a `choice` the last counts.

    `seen` are the marks of what the page showed; without them the last one to save decides.
    """
    if seen is None:
        return mine
    if not touched(thing, name, mine, seen):
        return now.text
    unchanged = seen.get(name, "0").partition(".")[0] == str(now.version)
    if unchanged or choice or now.text in mine:
        return mine
    return now.text if mine in now.text else f"{now.text}\n{mine}"


def _print(thing: str, name: str, text: str) -> str:
    return keyring().fingerprint(f"{thing}:{name}:{text}")[:12]

"""Something that is written down in a case, with its name, its writer and its day; and a unit with whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tbb.services import case_names


@dataclass(frozen=True)
class Entry:
    """Something that is written down. `id` names it in every extract; `text` is in words, `value` as it was saved.

    `hidden` is not for guardians. `masked` stands for words that are about somebody else.
    """

    id: str
    name: str
    label: str
    text: str
    value: str
    kind: str = case_names.TEXT
    area: str = ""
    hidden: bool = False
    masked: bool = False
    version: int = 1
    at: datetime | None = None
    by: str = ""

    @property
    def in_words(self) -> bool:
        """Whether somebody has written it freely, so that it may be about anybody."""
        return self.kind in case_names.FREE


@dataclass(frozen=True)
class Place:
    """A unit and whose it is."""

    unit: str = ""
    organizer: str = ""

    def __str__(self) -> str:
        return ", ".join(part for part in (self.unit, self.organizer) if part)

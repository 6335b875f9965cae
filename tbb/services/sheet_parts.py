"""What documents are made of: lines, areas, tables and sections, and days as they are written on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date

from tbb import clock

MASKED = "[uppgift om annan person]"


@dataclass(frozen=True)
class Line:
    """Some words under a label. kind: text, quote (the child's own words), fact or masked."""

    label: str
    text: str
    kind: str = "text"
    note: str = ""


@dataclass(frozen=True)
class Area:
    """One of the seven areas: its code, its name, how it is, and what is said of it."""

    code: str
    name: str
    level: str
    level_name: str
    hidden: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Table:
    """A table with a name and headed columns."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it: a line on who and when, facts, areas, words, and a table."""

    heading: str
    note: str = ""
    facts: tuple[Line, ...] = ()
    areas: tuple[Area, ...] = ()
    lines: tuple[Line, ...] = ()
    table: Table | None = None


@dataclass(frozen=True)
class Sheet:
    """A whole document. `reference` and `kind` are all that its title says; `mark` stands across every page."""

    kind: str
    reference: str
    lead: str
    facts: tuple[Line, ...]
    sections: tuple[Section, ...]
    words: tuple[str, ...] = ()
    footer: str = ""
    mark: str = ""

    @property
    def title(self) -> str:
        """What the document is called, wherever titles are seen."""
        return f"{self.kind} {self.reference}"


def long_date(day: date | datetime) -> str:
    """Write a day: 22 november 2026."""
    day = clock.local(day).date() if isinstance(day, datetime) else day
    return format_date(day, "long", locale="sv")


def moment(at: datetime) -> str:
    """Write a moment: 22 november 2026 kl. 14.05."""
    return f"{long_date(at)} kl. {clock.local(at):%H.%M}"

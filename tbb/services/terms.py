"""The school's terms: which one a day belongs to, and whether an entry has been confirmed in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Starts = tuple[tuple[int, int], tuple[int, int]]
"""When spring and autumn begin, as (month, day): `Settings.term_starts`."""


@dataclass(frozen=True)
class Term:
    """A term from its first day on: ``HT2026`` is höstterminen 2026."""

    code: str
    starts_on: date

    @property
    def name(self) -> str:
        """What people call it, in Swedish."""
        season = "höstterminen" if self.code.startswith("HT") else "vårterminen"
        return f"{season} {self.code[2:]}"


def term_of(day: date, starts: Starts) -> Term:
    """Tell which term a day belongs to; the days of January before spring begins are still autumn's."""
    spring, autumn = (date(day.year, month, number) for month, number in starts)
    if day >= autumn:
        return Term(f"HT{day.year}", autumn)
    if day >= spring:
        return Term(f"VT{day.year}", spring)
    return Term(f"HT{day.year - 1}", date(day.year - 1, *starts[1]))


def is_confirmed(confirmed_on: date | None, today: date, starts: Starts) -> bool:
    """Tell whether details last confirmed on a day are confirmed in the term of today."""
    return confirmed_on is not None and confirmed_on >= term_of(today, starts).starts_on

"""Take a row's values one by one: what is wrong is written down, and only what a row cannot do without stops it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from tbb.services.registers.coordinates import from_sweref, in_sweden
from tbb.services.registers.records import RowError
from tbb.services.registers.values import BadValue, decimal

T = TypeVar("T")


class RowSkipped(Exception):
    """The row lacks what it cannot do without; the reason is already written down."""


class RowCheck:
    """The errors of one row, and the ways to read its values."""

    def __init__(self, file: str, line: int, item: str = ""):
        self.file = file
        self.line = line
        self.item = item
        self.errors: list[RowError] = []

    def _field(self, field: str) -> str:
        """Name the field, after the unit it is of where a file has no lines to speak of."""
        return ", ".join(part for part in (self.item, field) if part)

    def report(self, field: str, reason: str) -> None:
        """Write down an error; the row goes on."""
        self.errors.append(RowError(self.file, self.line, self._field(field), reason))

    def skip(self, field: str, reason: str) -> RowSkipped:
        """Write down an error that stops the row; `raise` what comes back."""
        self.report(field, reason)
        return RowSkipped(reason)

    def leave_out(self, reason: str) -> RowSkipped:
        """Write down, as a note, why the row is left out on purpose; `raise` what comes back."""
        self.errors.append(RowError(self.file, self.line, self._field(""), reason, error=False))
        return RowSkipped(reason)

    def value(self, field: str, text: str | None, read: Callable[[str], T]) -> T | None:
        """Read a value that may be missing; a bad one is reported and counts as missing."""
        if text is None:
            return None
        try:
            return read(text)
        except BadValue as problem:
            self.report(field, str(problem))
            return None

    def needed(self, field: str, text: str | None, read: Callable[[str], T]) -> T:
        """Read a value that the row cannot do without; raises RowSkipped."""
        if text is None:
            raise self.skip(field, "Uppgiften saknas. Raden är inte inläst.")
        try:
            return read(text)
        except BadValue as problem:
            raise self.skip(field, f"{problem} Raden är inte inläst.") from None

    def short(self, field: str, text: str | None, longest: int) -> str | None:
        """Take a text that fits its column; a longer one is reported and left out."""
        if text is not None and len(text) > longest:
            self.report(field, f"Texten är {len(text)} tecken lång, men får vara högst {longest}.")
            return None
        return text

    def position(
        self, latitude: str | None, longitude: str | None, sweref_n: str | None = None, sweref_e: str | None = None
    ) -> tuple[float | None, float | None]:
        """Read a position in Sweden from WGS 84, else from SWEREF 99 TM; (None, None) when there is none."""
        north, east = self.value("latitud", latitude, decimal), self.value("longitud", longitude, decimal)
        if not north or not east:
            north_tm, east_tm = self.value("N", sweref_n, decimal), self.value("E", sweref_e, decimal)
            if not north_tm or not east_tm:
                return None, None
            north, east = from_sweref(north_tm, east_tm)
        if not in_sweden(north, east) and in_sweden(east, north):
            north, east = east, north
        if not in_sweden(north, east):
            self.report("latitud", f"Koordinaterna {north}, {east} ligger inte i Sverige.")
            return None, None
        return round(north, 6), round(east, 6)


def gather(checks: Iterable[RowCheck]) -> tuple[RowError, ...]:
    """Put the errors of many rows after one another."""
    return tuple(error for check in checks for error in check.errors)

"""Fields that are read strictly: a day and a number, where what cannot be read is told of and looked at no further."""

from __future__ import annotations

from datetime import date

from wtforms import DateField, IntegerField
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

LARGEST = 2**31 - 1
"""The largest number that both databases can compare with the number of a row."""


class Day(DateField):
    """A day as browsers write it, 2026-11-23, or nothing. What is kept as text is read as well."""

    def process_data(self, value: date | str | None) -> None:
        """Take a day, or the text it is kept as; what is no day is passed over."""
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                value = None
        super().process_data(value)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a day; raise ValueError with a sentence."""
        text = " ".join(valuelist).strip()
        try:
            self.data = date.fromisoformat(text) if text else None
        except ValueError as problem:
            self.data = None
            raise ValueError("Skriv dagen så här: 2026-11-23.") from problem

    def pre_validate(self, form: BaseForm) -> None:
        """Ask nothing more of a day that could not be read."""
        _stop_at_faults(self.process_errors)


class Number(IntegerField):
    """A whole number that can be that of a row or of its version, or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a number; raise ValueError with a sentence."""
        text = " ".join(valuelist).strip()
        self.data = None
        if not text:
            return
        if not (text.isascii() and text.isdecimal() and int(text) <= LARGEST):
            raise ValueError("Läs in sidan på nytt.")
        self.data = int(text)

    def pre_validate(self, form: BaseForm) -> None:
        """Ask nothing more of a number that could not be read."""
        _stop_at_faults(self.process_errors)


def _stop_at_faults(faults: object) -> None:
    if faults:
        raise StopValidation()

"""Fields that several forms have: a day and a number, which are read strictly, and several choices with boxes."""

from __future__ import annotations

from datetime import date

from wtforms import DateField, IntegerField, SelectMultipleField
from wtforms.form import BaseForm
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""The days that are reckoned with: from each of them a year can be counted, back and on."""
LARGEST = 2**31 - 1
"""The largest number that both databases can compare with the number of a row."""


def read_day(text: str) -> date | None:
    """Read a day such as 2026-11-23; None when it is none, or one that nobody can mean."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


class Day(DateField):
    """A day as browsers write it, 2026-11-23, or nothing. What is kept as text is read as well."""

    def process_data(self, value: date | str | None) -> None:
        """Take a day, or the text it is kept as; what is no day is passed over."""
        if isinstance(value, str):
            value = read_day(value)
        super().process_data(value)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a day; raise ValueError with a sentence."""
        text = " ".join(valuelist).strip()
        self.data = None
        if text:
            self.data = read_day(text)
            if self.data is None:
                raise ValueError("Skriv dagen så här: 2026-11-23.")

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


class Checkboxes(SelectMultipleField):
    """Several choices, each with a box of its own."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _stop_at_faults(faults: object) -> None:
    if faults:
        raise StopValidation()

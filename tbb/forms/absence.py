"""The fields of the template for extensive absence: four steps, each with a day, what is seen or done, and the child.

They are named as they are kept: ``absence.<step>.on``, ``.text`` and ``.child``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from babel.dates import format_date
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.fields.core import Field
from wtforms.form import BaseForm
from wtforms.validators import Length, Optional, StopValidation, ValidationError

from tbb import clock
from tbb.forms.cleaning import kept_text
from tbb.forms.fields import Day
from tbb.forms.guard import Guarded

LONGEST = 2000
FURTHEST = timedelta(days=3 * 366)
"""How far a day may be from today; further away it is most often a slip in the year."""


class Step(NamedTuple):
    """A step on the way back to school: its name, what it asks, and what the day and the text are called."""

    name: str
    question: str
    day: str
    text: str
    hint: str
    child: str


ABSENCE_STEPS = {
    "detect": Step(
        "Upptäcka frånvaron",
        "När och hur märktes det?",
        "När märktes det?",
        "Vad har ni sett?",
        "Till exempel mönster över dagar, ämnen och tider. Räkna all frånvaro, giltig och ogiltig.",
        "Hur beskriver eleven det själv?",
    ),
    "investigate": Step(
        "Utreda",
        "Vad ligger bakom?",
        "När började utredningen?",
        "Vad har ni kommit fram till?",
        "Vad i skolan, hemma och på fritiden gör det svårt, och vad gör det lättare?",
        "Vad tror eleven att det beror på?",
    ),
    "measures": Step(
        "Åtgärder",
        "Vad gör ni?",
        "När börjar åtgärderna?",
        "Vad gör ni, och vem gör vad?",
        "Skriv funktion i stället för namn, till exempel mentorn eller kuratorn.",
        "Vad vill eleven själv ha hjälp med?",
    ),
    "back": Step(
        "Tillbaka i skolan",
        "Hur håller det i sig?",
        "När är eleven tillbaka?",
        "Hur fungerar det nu?",
        "Skriv vad som har hjälpt och vad ni håller fast vid.",
        "Hur tycker eleven att det är nu?",
    ),
}
"""The way from absence to school, step by step, by the code that the fields are kept under."""


class AfterTheOthers:
    """Validator of a step's day: within reason, and no earlier than the days of the steps before it."""

    field_flags: dict[str, object] = {}

    def __init__(self, code: str) -> None:
        self.code = code

    def __call__(self, form: BaseForm, field: Field) -> None:
        """Raise ValidationError, or StopValidation without a word more when the day could not be read."""
        if field.process_errors or field.data is None:
            raise StopValidation()
        if abs(field.data - clock.today()) > FURTHEST:
            raise ValidationError("Dagen ligger långt bort. Stämmer årtalet?")
        if self.code == "detect" and field.data > clock.today():
            raise ValidationError("Den dagen har inte varit än. När märktes frånvaron?")
        for code, step in ABSENCE_STEPS.items():
            if code == self.code:
                return
            earlier = form[f"absence.{code}.on"].data
            if earlier is not None and field.data < earlier:
                when = format_date(earlier, "long", locale="sv")
                raise ValidationError(f"Det här är före steget {step.name}, {when}. Stämmer båda dagarna?")


def add_absence(form: type[FlaskForm]) -> type[FlaskForm]:
    """Give a form the fields of all four steps; give the form back, so that it can be used as a decorator."""
    for code, step in ABSENCE_STEPS.items():
        for part, field in _fields_of(code, step).items():
            setattr(form, f"absence.{code}.{part}", field)
    form.absence_steps = ABSENCE_STEPS
    return form


def absence_answers(form: FlaskForm) -> dict[str, str]:
    """Give what was answered, as it is kept: {name: text}, days as 2026-11-23."""
    names = [f"absence.{code}.{part}" for code in ABSENCE_STEPS for part in ("on", "text", "child")]
    return {name: str(form[name].data or "") for name in names}


def _fields_of(code: str, step: Step) -> dict[str, Field]:
    limits = [Optional(), Length(max=LONGEST, message=f"Skriv högst {LONGEST} tecken."), Guarded()]
    look = {"rows": 3, "autocomplete": "off"}

    def words(part: str, label: str, hint: str = "") -> TextAreaField:
        return TextAreaField(
            label,
            id=f"franvaro-{code}-{part}",
            description=hint,
            filters=[kept_text],
            validators=limits,
            render_kw=look,
        )

    day = Day(step.day, id=f"franvaro-{code}-dag", validators=[AfterTheOthers(code)])
    return {"on": day, "text": words("text", step.text, step.hint), "child": words("rost", step.child)}

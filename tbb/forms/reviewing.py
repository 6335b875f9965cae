"""What a reviewer fills in about an application: a call, a question, a reason."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import Field
from wtforms.validators import AnyOf, InputRequired, StopValidation, ValidationError
from wtforms.widgets import HiddenInput

from tbb import clock
from tbb.forms.applying import freely, passage, text
from tbb.forms.fields import Number

OTHER = "other"


def right_day(form: FlaskForm, field: Field) -> None:
    """Let through a day that has been, and within reason."""
    if field.process_errors or not field.data:
        field.errors = []
        raise StopValidation("Skriv datumet så här: 2026-11-23.")
    if not date(2020, 1, 1) <= field.data <= clock.today():
        raise ValidationError("Datumet ska vara i dag eller tidigare.")


class VersionedForm(FlaskForm):
    """A form that knows which version of the application its page showed."""

    version = Number(widget=HiddenInput(), validators=[InputRequired()])


class AskForm(VersionedForm):
    """What the reviewer wants to know."""

    question = passage(
        "Vad behöver du veta?",
        about="Skriv hela frågan. Den visas för den sökande när hen har öppnat sin länk.",
        missing="Skriv vad du vill fråga.",
    )


class RecommendForm(VersionedForm):
    """Who was called, on which number of the register's, and when. The numbers are handed to it."""

    called = text("Vem talade du med?", "Skriv vem du talade med.", most=80)
    number = RadioField("På vilket nummer?", validate_choice=False)
    other = freely(
        "Ett annat nummer, och var du hittade det",
        most=100,
        about="Använd aldrig ett nummer som bara står i ansökan. Till exempel: 08-465 004 12, kommunens tillsyn",
    )
    on = DateField("Vilken dag?", validators=[right_day], render_kw={"type": "date"})

    def __init__(self, *args: Any, numbers: list[tuple[str, str]], **more: Any):
        super().__init__(*args, **more)
        offered = [SelectChoice(each, f"{each}, {whose}") for each, whose in numbers]
        self.number.choices = [*offered, SelectChoice(OTHER, "Ett annat nummer")]
        known = [choice.value for choice in self.number.choices]
        self.number.validators = [
            InputRequired("Välj numret du ringde."),
            AnyOf(known, message="Välj numret du ringde."),
        ]
        self.number.flags.required = True
        self.whose = dict(numbers)

    def validate(self, extra_validators: Any = None) -> bool:
        """Another number must say where it comes from."""
        right = super().validate(extra_validators)
        if self.number.data == OTHER and not self.other.data and not self.other.errors:
            self.other.errors = ["Skriv numret och var du hittade det."]
            return False
        return right

    def called_back(self) -> str:
        """The call in a line: who, on which number, whose it is, and when."""
        number = self.number.data
        where = self.other.data if number == OTHER else f"{number} (registret: {self.whose[number]})"
        return f"{self.called.data}, {where}, {self.on.data.isoformat()}"


class DeclineForm(VersionedForm):
    """Why an application is declined."""

    reason = passage(
        "Varför avslår du ansökan?",
        about="Den sökande får läsa det du skriver.",
        missing="Skriv varför du avslår ansökan.",
    )


class ApproveForm(VersionedForm):
    """The second decision: a button."""

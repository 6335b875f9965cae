"""What is sent in about rooms and school breaks."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, StringField
from wtforms.fields.core import Field
from wtforms.validators import DataRequired, Length, NumberRange, Optional, StopValidation, ValidationError

from tbb.forms.cleaning import one_line_always
from tbb.forms.guard import no_personal_number
from tbb.services.rooms import Facts
from tbb.services.school_breaks import LONGEST

NO_DAY = "Skriv dagen så här: 2026-12-21."


def _a_day(form: FlaskForm, field: Field) -> None:
    if field.process_errors or not field.data:
        field.errors = []
        raise StopValidation(NO_DAY)


class RoomForm(FlaskForm):
    """What is said of a room."""

    name = StringField(
        "Lokalens namn",
        filters=[one_line_always],
        render_kw={"maxlength": 60, "autocomplete": "off"},
        validators=[DataRequired("Skriv vad lokalen heter."), Length(max=60), no_personal_number],
    )
    seats = IntegerField(
        "Antal platser",
        default=6,
        render_kw={"type": "number", "min": 1, "max": 500, "inputmode": "numeric"},
        validators=[NumberRange(1, 500, message="Skriv ett antal från 1 till 500.")],
    )
    step_free = BooleanField("Går att nå utan trappor och trösklar")
    hearing_loop = BooleanField("Har hörslinga")
    access = StringField(
        "Hur man hittar och kommer in",
        description="Till exempel dörr, våning och hiss. Deltagarna kan se det.",
        filters=[one_line_always],
        render_kw={"maxlength": 200, "autocomplete": "off"},
        validators=[Optional(), Length(max=200), no_personal_number],
    )

    def facts(self) -> Facts:
        """Give what is said of the room."""
        return Facts(self.name.data, self.seats.data, self.step_free.data, self.hearing_loop.data, self.access.data)


class BreakForm(FlaskForm):
    """A lov: its name and its days."""

    name = StringField(
        "Lovets namn",
        filters=[one_line_always],
        render_kw={"maxlength": 40, "autocomplete": "off", "placeholder": "Sportlov"},
        validators=[DataRequired("Skriv vad lovet heter."), Length(max=40)],
    )
    starts_on = DateField("Första dagen", render_kw={"type": "date"}, validators=[_a_day])
    ends_on = DateField("Sista dagen", render_kw={"type": "date"}, validators=[_a_day])

    def validate_ends_on(self, field: Field) -> None:
        """Let through an end that comes after the beginning, and not too long after."""
        if not field.data or not self.starts_on.data:
            return
        if field.data < self.starts_on.data:
            raise ValidationError("Sista dagen ska komma efter den första.")
        if (field.data - self.starts_on.data).days > LONGEST:
            raise ValidationError(f"Ett lov är högst {LONGEST} dagar.")

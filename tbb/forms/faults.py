"""What settles a report of a fault: how it ended, and the answer to the one who reported it."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, Length

from tbb.forms.cleaning import stripped
from tbb.forms.guard import no_personal_number
from tbb.forms.keeping import TOO_LONG
from tbb.services.faults import FaultState

ENDINGS = {FaultState.FIXED.value: "Felet är rättat", FaultState.NO_FAULT.value: "Det var inget fel"}


class SettleForm(FlaskForm):
    """How a report ended."""

    state = RadioField(
        "Hur gick det?",
        choices=[SelectChoice(value, label) for value, label in ENDINGS.items()],
        validate_choice=False,
        validators=[InputRequired("Välj hur det gick."), AnyOf(ENDINGS, "Välj hur det gick.")],
    )
    answer = TextAreaField(
        "Svar",
        filters=[stripped],
        validators=[Length(max=1000, message=TOO_LONG), no_personal_number],
    )

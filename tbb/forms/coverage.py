"""What may be sent from the coverage board: which units to remind of."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import SelectMultipleField
from wtforms.validators import DataRequired

MOST_UNITS = 500


class RemindForm(FlaskForm):
    """Units by number; what is not within reach is passed over by the service."""

    unit = SelectMultipleField("Verksamheter", validate_choice=False, validators=[DataRequired("Välj verksamheter.")])

    @property
    def numbers(self) -> list[int]:
        """The units that were chosen."""
        return [int(value) for value in (self.unit.data or [])[:MOST_UNITS] if value.isdecimal() and len(value) < 10]

"""What those may send in who hand a unit over: that it is done, and why somebody else says so."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import HiddenInput

from tbb.services.personal_data import holds_personal_number


class HandoverForm(FlaskForm):
    """That one side is done. `handover` is the one that the page showed."""

    handover = IntegerField(widget=HiddenInput(), validators=[InputRequired("Läs in sidan på nytt.")])
    note = StringField(
        "Varför bekräftar du i stället?",
        description="Skriv kort, till exempel: Har slutat. Skriv inget om något barn.",
        filters=[lambda value: " ".join((value or "").split())],
        render_kw={"autocomplete": "off"},
        validators=[Optional(), Length(max=300, message="Skriv högst 300 tecken.")],
    )

    def validate_note(self, field: StringField) -> None:
        """No personal number anywhere."""
        if holds_personal_number(field.data or ""):
            raise ValidationError("Ta bort personnumret. Vi får inte och vill inte spara det.")

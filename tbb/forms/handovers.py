"""What those may send in who hand a unit over: that it is done, and why somebody else says so."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from tbb.forms.cleaning import one_line_always
from tbb.forms.fields import Number
from tbb.forms.guard import no_personal_number


class HandoverForm(FlaskForm):
    """That one side is done. `handover` is the one that the page showed."""

    handover = Number(widget=HiddenInput(), validators=[InputRequired("Läs in sidan på nytt.")])
    note = StringField(
        "Varför bekräftar du i stället?",
        description="Skriv kort, till exempel: Har slutat. Skriv inget om något barn.",
        filters=[one_line_always],
        render_kw={"autocomplete": "off"},
        validators=[Optional(), Length(max=300, message="Skriv högst 300 tecken."), no_personal_number],
    )

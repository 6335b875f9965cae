"""The address of one's own calendar."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length


class SourceForm(FlaskForm):
    """Where one's own calendar can be fetched."""

    url = StringField(
        "Kalenderns adress",
        validators=[InputRequired("Klistra in adressen."), Length(max=600, message="Adressen är för lång.")],
        filters=[lambda text: text.strip() if text else text],
    )

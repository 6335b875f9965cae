"""What those may send in who decide how long things are kept, what is forgotten, and what is held back."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from tbb import clock
from tbb.forms.cleaning import kept_text, one_line_always
from tbb.forms.guard import no_personal_number
from tbb.services.holds import MOST
from tbb.services.retention import LEAST_DAYS, MOST_DAYS


class RuleForm(FlaskForm):
    """How many days a kind of document is kept, and by which decision."""

    days = IntegerField(
        "Hur många dagar ska det sparas?",
        description="Ett år är 365 dagar, två år 730 och fem år 1 826.",
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
        validators=[
            InputRequired("Skriv antalet dagar med siffror."),
            NumberRange(LEAST_DAYS, MOST_DAYS, message="Skriv ett tal från 30 till 11 000."),
        ],
    )
    decision = StringField(
        "Vilket beslut gäller?",
        description="Skriv beteckningen, till exempel BUN 2026/117 § 42.",
        filters=[one_line_always],
        render_kw={"autocomplete": "off", "maxlength": 120},
        validators=[
            InputRequired("Skriv beslutets beteckning."),
            Length(max=120, message="Skriv högst 120 tecken."),
            no_personal_number,
        ],
    )
    decided_on = DateField(
        "Vilken dag fattades beslutet?",
        render_kw={"type": "date"},
        validators=[InputRequired("Välj dagen då beslutet fattades.")],
    )

    def validate_decided_on(self, field: DateField) -> None:
        """Only what has been decided can be written down."""
        if field.data and field.data > clock.today():
            raise ValidationError("Dagen kan inte ligga framåt i tiden.")


class SureForm(FlaskForm):
    """That somebody has gone through a list."""

    seen = BooleanField(
        "Jag har gått igenom listan", validators=[InputRequired("Gå igenom listan och kryssa i rutan.")]
    )


class ReferenceForm(FlaskForm):
    """Which case it is about."""

    reference = StringField(
        "Ärendets beteckning",
        description="Sex tecken efter B-, till exempel B-7K3M2Q.",
        filters=[one_line_always],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "maxlength": 12},
        validators=[InputRequired("Skriv ärendets beteckning."), Length(max=12, message="Skriv högst 12 tecken.")],
    )


class HoldForm(FlaskForm):
    """Why a case must not be forgotten for now."""

    reason = TextAreaField(
        "Varför ska ärendet sparas?",
        description="Skriv vad som pågår, till exempel: Begäran om registerutdrag, dnr 2026/31. Skriv inget om barnet.",
        filters=[kept_text],
        render_kw={"rows": 3, "autocomplete": "off", "maxlength": MOST},
        validators=[
            InputRequired("Skriv varför ärendet ska sparas."),
            Length(max=MOST, message=f"Skriv högst {MOST} tecken."),
            no_personal_number,
        ],
    )

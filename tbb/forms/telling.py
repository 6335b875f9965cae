"""What a visitor may tell us without signing in: a fault in an entry, or a hindrance on the site."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, Email, InputRequired, Length, Optional, ValidationError

from tbb.forms.cleaning import stripped
from tbb.services.personal_data import holds_personal_number

MOST_CHARACTERS = 1000
TOPICS = {
    "person": _("Fel person eller fel kontaktuppgifter"),
    "unreachable": _("Det går inte att nå personen"),
    "unit": _("Fel namn, adress eller telefonnummer till verksamheten"),
    "closed": _("Verksamheten finns inte längre"),
    "other": _("Något annat"),
}
SCHEMES = {
    "auto": _("Som min enhet är inställd"),
    "light": _("Ljust"),
    "dark": _("Mörkt"),
}


def _no_personal_number(form: FlaskForm, field: StringField) -> None:
    if holds_personal_number(field.data or ""):
        raise ValidationError(_("Ta bort personnumret. Vi får inte och vill inte spara det."))


def _reply_to() -> StringField:
    """Make the field for an address to answer to; nobody must leave one."""
    return StringField(
        _("Din e-postadress, om du vill ha svar"),
        filters=[stripped],
        render_kw={"type": "email", "autocomplete": "email"},
        validators=[Optional(), Length(max=254), Email(_("Skriv en e-postadress, till exempel namn@exempel.se."))],
    )


class AnonymousForm(FlaskForm):
    """A form without a session: `tbb.web.forms.stand_guard` guards it instead of a token."""

    class Meta:
        csrf = False


class ReportForm(AnonymousForm):
    """A fault in a unit's entry."""

    topic = RadioField(
        _("Vad är fel?"),
        choices=[SelectChoice(value, label) for value, label in TOPICS.items()],
        validate_choice=False,
        validators=[InputRequired(_("Välj vad som är fel.")), AnyOf(TOPICS, _("Välj vad som är fel."))],
    )
    message = TextAreaField(
        _("Beskriv felet"),
        description=_("Skriv inget om något barn här. Det här går till den som sköter listan."),
        filters=[stripped],
        validators=[
            Optional(),
            Length(max=MOST_CHARACTERS, message=_("Skriv högst %(max)d tecken.")),
            _no_personal_number,
        ],
    )
    reply_to = _reply_to()


class AccessibilityForm(AnonymousForm):
    """A hindrance on the site. Everything but the description may be left out."""

    page = StringField(
        _("Vilken sida gäller det?"),
        filters=[stripped],
        validators=[Optional(), Length(max=200, message=_("Skriv högst %(max)d tecken."))],
    )
    message = TextAreaField(
        _("Vad hindrar dig?"),
        description=_("Skriv inget om något barn här."),
        filters=[stripped],
        validators=[
            DataRequired(_("Beskriv vad som inte fungerar.")),
            Length(max=MOST_CHARACTERS, message=_("Skriv högst %(max)d tecken.")),
            _no_personal_number,
        ],
    )
    reply_to = _reply_to()


class AppearanceForm(AnonymousForm):
    """How the visitor wants the site to look."""

    scheme = RadioField(
        _("Utseende"),
        choices=[SelectChoice(value, label) for value, label in SCHEMES.items()],
        validate_choice=False,
        validators=[InputRequired(_("Välj ett utseende.")), AnyOf(SCHEMES, _("Välj ett utseende."))],
    )

"""What readers may send in about an event: that they want a reminder, or want to come."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Email, Length, ValidationError

from tbb.forms.cleaning import kept_text, one_line_always, stripped
from tbb.forms.telling import AnonymousForm
from tbb.services.personal_data import holds_personal_number


class ReminderForm(AnonymousForm):
    """Where a reminder goes."""

    email = StringField(
        _("Din e-postadress"),
        filters=[stripped],
        render_kw={"type": "email", "autocomplete": "email"},
        validators=[
            DataRequired(_("Skriv din e-postadress.")),
            Length(max=254),
            Email(_("Skriv en e-postadress, till exempel namn@exempel.se.")),
        ],
    )


class ComeForm(ReminderForm):
    """Who wants to come, and what they need."""

    name = StringField(
        _("Ditt namn"),
        filters=[one_line_always],
        render_kw={"autocomplete": "name"},
        validators=[DataRequired(_("Skriv ditt namn.")), Length(max=120)],
    )
    needs = TextAreaField(
        _("Behöver du något för att kunna vara med?"),
        description=_("Till exempel tolk, teckenspråk eller plats för rullstol. Skriv inget om något barn."),
        filters=[kept_text],
        validators=[Length(max=500)],
    )

    def validate_needs(self, field: TextAreaField) -> None:
        """No personal numbers."""
        if holds_personal_number(field.data or ""):
            raise ValidationError(_("Ta bort personnumret. Vi får inte och vill inte spara det."))

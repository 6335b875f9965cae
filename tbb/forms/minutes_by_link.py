"""What is not right in closed minutes, in the words of somebody who reads them by a personal link."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from tbb.forms.cleaning import kept_text
from tbb.services.personal_data import holds_personal_number

MOST = 1000


class ObjectionForm(FlaskForm):
    """A few words; guarded by a stamp, as all that is sent by a personal link."""

    remark = TextAreaField(
        _("Vad stämmer inte?"),
        filters=[kept_text],
        validators=[
            DataRequired(_("Skriv vad som inte stämmer.")),
            Length(max=MOST, message=_("Skriv högst %(max)d tecken.")),
        ],
        render_kw={"rows": 4, "autocomplete": "off"},
    )

    class Meta:
        csrf = False

    def validate_remark(self, field: TextAreaField) -> None:
        """A personal number is never kept."""
        if holds_personal_number(field.data or ""):
            raise ValidationError(_("Ta bort personnumret. Vi får inte och vill inte spara det."))

"""What a family may send by its own link when a plan is not followed: a few words, a number to call, or both."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from tbb.forms.cleaning import one_line_always, stripped
from tbb.forms.telling import AnonymousForm
from tbb.services.cards import dial
from tbb.services.personal_data import holds_personal_number

MOST = 600


class FamilyForm(AnonymousForm):
    """That a plan is not followed, in a few words, or only a wish to be called."""

    words = TextAreaField(
        _("Vad är det som inte blir av?"),
        description=_("Skriv kort. Skriv inga namn och inga personnummer."),
        filters=[stripped],
        validators=[Length(max=MOST, message=_("Skriv högst %(max)d tecken."))],
        render_kw={"rows": 4, "autocomplete": "off"},
    )
    call = BooleanField(_("Ring mig"))
    phone = StringField(
        _("Ditt telefonnummer"),
        filters=[one_line_always],
        validators=[Length(max=30)],
        render_kw={"type": "tel", "autocomplete": "tel"},
    )

    def validate_words(self, field: TextAreaField) -> None:
        """Something is told, or a call is wished for; a personal number is never kept."""
        if holds_personal_number(field.data or ""):
            raise ValidationError(_("Ta bort personnumret. Vi får inte och vill inte spara det."))
        if not field.data and not self.call.data and not self.phone.data:
            raise ValidationError(_("Skriv några ord, eller kryssa i att vi ska ringa."))

    def validate_phone(self, field: StringField) -> None:
        """Whoever wishes a call leaves a number that can be dialled."""
        if (self.call.data or field.data) and not dial(field.data or ""):
            raise ValidationError(_("Skriv ett telefonnummer, till exempel 070-174 06 05."))

    def told(self) -> dict[str, Any]:
        """Give what was told."""
        return {"words": self.words.data or "", "phone": self.phone.data or ""}

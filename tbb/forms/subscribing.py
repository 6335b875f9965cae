"""What a reader may send in: a wish for newsletters, and changes of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import Field
from wtforms.validators import DataRequired, Email, Length, ValidationError

from tbb.forms.cleaning import stripped
from tbb.forms.fields import Checkboxes
from tbb.forms.telling import AnonymousForm

LANGUAGES = (("sv", "Svenska"), ("en", "English"), ("fi", "Suomi"), ("ar", "العربية"), ("so", "Soomaali"))


class WishesForm(AnonymousForm):
    """What a reader gets letters about."""

    topics = Checkboxes(_("Jag vill få brev om"), validate_choice=False)
    places = Checkboxes(
        _("Jag är mest intresserad av"),
        description=_("Kryssa inte i någon kommun om du vill få brev om hela länet."),
        validate_choice=False,
    )
    language = SelectField(
        _("Språk i breven om din prenumeration"),
        description=_("Nyhetsbrevet skrivs på svenska."),
        choices=[SelectChoice(code, name) for code, name in LANGUAGES],
    )

    def offer(self, topics: Iterable[tuple[str, object]], places: Iterable[tuple[str, str]]) -> Self:
        """Let these be ticked."""
        self.topics.choices = [SelectChoice(code, words) for code, words in topics]
        self.places.choices = [SelectChoice(code, words) for code, words in places]
        return self

    def validate_topics(self, field: Field) -> None:
        """At least one of those that were offered."""
        if not self._known(field):
            raise ValidationError(_("Välj minst ett ämne."))

    def wishes(self) -> dict[str, object]:
        """What is ticked of what was offered, and the language."""
        return {
            "topics": self._known(self.topics),
            "places": self._known(self.places),
            "language": self.language.data,
        }

    def _known(self, field: Field) -> list[str]:
        return [code for code in field.data or [] if code in {choice.value for choice in field.choices}]


class SubscribeForm(WishesForm):
    """A wish for newsletters."""

    email = StringField(
        _("Din e-postadress"),
        filters=[stripped],
        render_kw={"type": "email", "autocomplete": "email"},
        validators=[
            DataRequired(_("Skriv din e-postadress.")),
            Length(max=254, message=_("Skriv en e-postadress, till exempel namn@exempel.se.")),
            Email(_("Skriv en e-postadress, till exempel namn@exempel.se.")),
        ],
    )

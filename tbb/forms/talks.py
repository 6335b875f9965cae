"""What a visitor may send in to book a talk: whom to call or write to, in which language; nothing about a child."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import Field
from wtforms.form import BaseForm
from wtforms.validators import AnyOf, DataRequired, Email, InputRequired, Length, Optional, ValidationError

from tbb.forms.cleaning import one_line_always
from tbb.forms.telling import AnonymousForm
from tbb.models.meeting_kinds import TalkTopic, TalkWay
from tbb.services.personal_data import holds_personal_number
from tbb.services.talks import Contact, Wish

WAYS = {
    TalkWay.PHONE: _("På telefon"),
    TalkWay.VISIT: _("På plats"),
    TalkWay.VIDEO: _("På video"),
}
TOPICS = {
    TalkTopic.INFORMATION: _("Information om modellen"),
    TalkTopic.WORKSHOP: _("Workshop för er som arbetar med barn"),
}
OTHER = "other"
SIGNED = "swl"
LANGUAGES = ("sv", "en", "fi", "ar", "so", "ti", "fa", "prs", "uk", "pl", "es", SIGNED, OTHER)
"""The languages that can be chosen to speak; the host sees which, and books an interpreter when one is asked for."""
PHONE = re.compile(r"\+?[0-9][0-9 ()/-]{5,24}")


def _no_personal_number(form: BaseForm, field: Field) -> None:
    if holds_personal_number(field.data or ""):
        raise ValidationError(_("Ta bort personnumret. Vi får inte och vill inte spara det."))


def _a_phone(form: BaseForm, field: Field) -> None:
    if field.data and not PHONE.fullmatch(field.data):
        raise ValidationError(_("Skriv ett telefonnummer, till exempel 070-174 06 05."))


class TalkForm(AnonymousForm):
    """A talk with a BBA. There is no field for anything about a child, and there must never be."""

    tid = HiddenField(validators=[DataRequired(), Length(max=12)])
    once = HiddenField(validators=[DataRequired(), Length(min=20, max=64)])
    way = RadioField(
        _("Hur vill du prata?"), validate_choice=False, validators=[InputRequired(_("Välj hur du vill prata."))]
    )
    name = StringField(
        _("Ditt namn"),
        description=_("Det kan vara ett namn som du hittar på. Skriv inget om barnet."),
        filters=[one_line_always],
        render_kw={"autocomplete": "name"},
        validators=[
            DataRequired(_("Skriv ett namn. Det kan vara ett som du hittar på.")),
            Length(max=60, message=_("Skriv högst %(max)d tecken.")),
            _no_personal_number,
        ],
    )
    phone = StringField(
        _("Ditt telefonnummer"),
        description=_("Vi behöver ett telefonnummer eller en e-postadress. Du behöver inte lämna båda."),
        filters=[one_line_always],
        render_kw={"type": "tel", "autocomplete": "tel", "dir": "ltr"},
        validators=[Optional(), Length(max=25, message=_("Skriv högst %(max)d tecken.")), _a_phone],
    )
    email = StringField(
        _("Din e-postadress"),
        description=_("Då får du en bekräftelse och en påminnelse dagen innan."),
        filters=[one_line_always],
        render_kw={"type": "email", "autocomplete": "email", "dir": "ltr"},
        validators=[Optional(), Length(max=254), Email(_("Skriv en e-postadress, till exempel namn@exempel.se."))],
    )
    language = SelectField(
        _("Vilket språk vill du prata?"), validate_choice=False, validators=[AnyOf(LANGUAGES, _("Välj ett språk."))]
    )
    interpreter = BooleanField(_("Jag behöver tolk"), description=_("Tolken kostar inget för dig."))

    def offering(self, ways: Sequence[str], names: dict[str, str]) -> TalkForm:
        """Let the form offer the ways of its time, and the languages by these names."""
        self.way.choices = [SelectChoice(way, WAYS[TalkWay(way)]) for way in ways]
        self.language.choices = [SelectChoice(code, names[code]) for code in LANGUAGES]
        if len(ways) == 1 and not self.way.data:
            self.way.data = ways[0]
        return self

    def validate_way(self, field: Field) -> None:
        """Only what the time offers."""
        if field.data not in [choice.value for choice in field.choices]:
            raise ValidationError(_("Välj hur du vill prata."))

    def validate(self, extra_validators: dict | None = None) -> bool:
        """Ask also that there is a way to reach whoever books."""
        right = super().validate(extra_validators)
        if self.phone.errors or self.email.errors:
            return False
        if not self.phone.data and not self.email.data:
            self.phone.errors = [_("Skriv ett telefonnummer eller en e-postadress. Annars kan vi inte nå dig.")]
        elif self.way.data == TalkWay.PHONE and not self.phone.data:
            self.phone.errors = [_("Skriv numret som vi ska ringa till, eller välj ett annat sätt att prata.")]
        return right and not self.phone.errors

    def wish(self, reads: str) -> Wish:
        """Give what is wanted; `reads` is the language of the page."""
        return Wish(
            slot=self.tid.data,
            way=self.way.data,
            contact=Contact(self.name.data, self.phone.data, self.email.data),
            language=self.language.data,
            interpreter=self.interpreter.data,
            reads=reads,
        )


class LeadersForm(TalkForm):
    """A workshop or information by those who lead the process."""

    topic = RadioField(
        _("Vad vill ni boka?"),
        choices=[SelectChoice(topic, label) for topic, label in TOPICS.items()],
        validate_choice=False,
        validators=[InputRequired(_("Välj vad ni vill boka.")), AnyOf(TOPICS, _("Välj vad ni vill boka."))],
    )
    workplace = StringField(
        _("Var arbetar du?"),
        description=_("Till exempel namnet på förskolan, skolan eller organisationen."),
        filters=[one_line_always],
        render_kw={"autocomplete": "organization"},
        validators=[
            DataRequired(_("Skriv var du arbetar.")),
            Length(max=120, message=_("Skriv högst %(max)d tecken.")),
            _no_personal_number,
        ],
    )

    def wish(self, reads: str) -> Wish:
        """Give what is wanted, with what it is about and where."""
        plain = super().wish(reads)
        contact = Contact(self.name.data, self.phone.data, self.email.data, self.workplace.data)
        return Wish(**(vars(plain) | {"contact": contact, "topic": self.topic.data}))


class MoveForm(AnonymousForm):
    """Another time for a booked talk."""

    tid = RadioField(
        _("Ny tid"), validate_choice=False, validators=[InputRequired(_("Välj en ny tid.")), Length(max=12)]
    )


class PlainForm(AnonymousForm):
    """A form that only says yes."""

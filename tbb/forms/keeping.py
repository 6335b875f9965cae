"""What the keepers of an entry may send in: facts, contact details, a protected identity, a flag and its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from tbb.forms.cleaning import one_line, stripped
from tbb.forms.guard import no_personal_number
from tbb.services.registers import values

TOO_LONG = "Skriv högst %(max)d tecken."


def as_registers_do(read: Callable[[str], str], advice: str) -> Callable[[FlaskForm, StringField], None]:
    """Make a validator that reads a value as the import does and keeps it as it would; `advice` says what to write."""

    def check(form: FlaskForm, field: StringField) -> None:
        if field.data:
            try:
                field.data = read(field.data)
            except values.BadValue as problem:
                raise ValidationError(advice) from problem

    return check


def text(label: str, most: int, *checks: Callable[..., None], **more: Any) -> StringField:
    """Make a field for one line that may be left empty."""
    return StringField(label, filters=[one_line], validators=[Length(max=most, message=TOO_LONG), *checks], **more)


def phone_field(label: str, **more: Any) -> StringField:
    """Make a field for a telephone number."""
    advice = as_registers_do(values.phone, "Skriv ett telefonnummer, till exempel 016-710 10 00.")
    return text(label, 40, advice, no_personal_number, render_kw={"type": "tel", "autocomplete": "off"}, **more)


def email_field(label: str, **more: Any) -> StringField:
    """Make a field for an e-mail address."""
    advice = as_registers_do(values.email, "Skriv en e-postadress, till exempel namn@exempel.se.")
    return text(label, 254, advice, render_kw={"type": "email", "autocomplete": "off"}, **more)


class EntryForm(FlaskForm):
    """A form on what stands in an entry. `seen` names what it showed, so that no one's change is lost unseen."""

    seen = HiddenField()

    def changed(self, shown: Mapping[str, object]) -> dict[str, str]:
        """Give the values of the fields, by name, as plain text; empty text where nothing stands."""
        names = [field.name for field in self if field.name not in ("seen", "csrf_token") and field.name in shown]
        return {name: self[name].data or "" for name in names}


class UnitForm(EntryForm):
    """What a unit's owner may change of the unit itself."""

    display_name = text(
        "Visningsnamn",
        200,
        no_personal_number,
        description="Namnet som familjer känner till. Lämna tomt om registrets namn ska visas.",
    )
    street = text("Gatuadress", 200, no_personal_number)
    postal_code = text(
        "Postnummer", 10, as_registers_do(values.postal_code, "Skriv postnumret med fem siffror, till exempel 631 86.")
    )
    place = text("Ort", 80, no_personal_number)
    website = text(
        "Webbplats",
        300,
        as_registers_do(values.website, "Skriv en webbadress, till exempel https://www.exempel.se."),
        render_kw={"inputmode": "url", "autocomplete": "off"},
    )
    phone = phone_field("Telefon")
    email = email_field("E-post")


class PersonForm(EntryForm):
    """What may be changed of a person in an entry."""

    title = text("Titel", 120, no_personal_number)
    phone_hours = text(
        "Telefontid",
        200,
        no_personal_number,
        description="När är det lättast att nå personen? Till exempel måndag–fredag 8–9.",
    )
    languages = text("Språk", 200, no_personal_number, description="Till exempel svenska och arabiska.")
    phone = phone_field("Telefon")
    email = email_field("E-post")


class ProtectedPersonForm(EntryForm):
    """What may be changed of a person whose identity is protected: only a function and a switchboard."""

    function_name = StringField(
        "Funktion",
        description="Visas i stället för namnet. Till exempel Barnets bästa-ansvarig på skolan.",
        filters=[one_line],
        validators=[
            DataRequired("Skriv vad personens funktion heter."),
            Length(max=120, message=TOO_LONG),
            no_personal_number,
        ],
    )
    phone_hours = text("Telefontid", 200, no_personal_number)
    languages = text("Språk", 200, no_personal_number)
    switchboard = phone_field("Växelnummer", description="Ett gemensamt nummer, aldrig personens eget.")


class ProtectForm(FlaskForm):
    """Protecting a person's identity. The numbers that may be called instead are handed in."""

    function_name = StringField(
        "Vad ska visas i stället för namnet?",
        filters=[one_line],
        validators=[
            DataRequired("Skriv vad som ska visas i stället för namnet."),
            Length(max=120, message=TOO_LONG),
            no_personal_number,
        ],
    )
    switchboard = RadioField(
        "Vilket nummer ska visas?",
        description="Bara nummer som redan är offentliga kan börja gälla direkt.",
        validate_choice=False,
        validators=[InputRequired("Välj ett nummer.")],
    )

    def offer(self, numbers: list[tuple[str, str]]) -> ProtectForm:
        """Fill in the numbers that stand in public; without any, let one be written."""
        self.switchboard.choices = [SelectChoice(number, f"{number}, {whose}") for number, whose in numbers]
        return self

    def validate_switchboard(self, field: RadioField) -> None:
        """Only what was offered can be chosen."""
        if field.choices and field.data not in {choice.value for choice in field.choices}:
            raise ValidationError("Välj ett nummer i listan.")


class ProtectWithNumberForm(ProtectForm):
    """The same where no number stands in public yet, so that one must be written."""

    switchboard = StringField(
        "Vilket nummer ska visas?",
        description="Ett gemensamt nummer, till exempel en växel. Aldrig personens eget.",
        filters=[one_line],
        render_kw={"type": "tel", "autocomplete": "off"},
        validators=[
            DataRequired("Skriv ett nummer."),
            as_registers_do(values.phone, "Skriv ett telefonnummer, till exempel 016-710 10 00."),
        ],
    )

    def offer(self, numbers: list[tuple[str, str]]) -> ProtectForm:
        """There is nothing to choose from."""
        return self

    def validate_switchboard(self, field: StringField) -> None:
        """Any number will do."""


class FlagForm(FlaskForm):
    """The county's remark on an entry."""

    message = TextAreaField(
        "Vad vill du påpeka?",
        description="Skriv kort och sakligt. Skriv inget om något barn.",
        filters=[stripped],
        validators=[DataRequired("Skriv vad du vill påpeka."), Length(max=500, message=TOO_LONG), no_personal_number],
    )


class FlagAnswerForm(FlaskForm):
    """The owner's answer to a flag."""

    answer = TextAreaField(
        "Ditt svar",
        description="Till exempel vad du har rättat. Skriv inget om något barn.",
        filters=[stripped],
        validators=[DataRequired("Skriv ett svar."), Length(max=500, message=TOO_LONG), no_personal_number],
    )

"""The forms by which an independent organisation applies to join, a step at a time."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import Field
from wtforms.validators import (
    AnyOf,
    DataRequired,
    Email,
    InputRequired,
    Length,
    Optional,
    StopValidation,
    ValidationError,
)

from tbb import clock
from tbb.forms.cleaning import one_line, stripped
from tbb.forms.guard import no_personal_number
from tbb.forms.telling import AnonymousForm
from tbb.services.registers.values import BadValue, organisation_number, postal_code

MANDATES = {
    "decision_maker": "Ja, personen får själv besluta i sin tjänst",
    "delegated": "Ja, personen har fått ett särskilt mandat",
}
WISHES = {
    "none": "Nej, inte nu",
    "meeting": "Ja, vi vill gärna träffas och prata",
    "workshop": "Ja, vi vill ha en workshop för personalen",
}
PROOFS = {
    "certificate": "Registreringsbevis från Bolagsverket",
    "statutes": "Stadgar eller protokoll",
    "proxy": "Fullmakt från firmatecknaren",
}
PHONE = re.compile(r"(\+|00?)[1-9][0-9 ()/-]{5,20}")
PERSONAL_NUMBER_SHAPE = re.compile(r"([0-9]{2})?[0-9]{6}[-+][0-9]{4}")


def _telephone(form: FlaskForm, field: Field) -> None:
    """A number of ten digits may look like a personal one, so here the shape decides."""
    if PERSONAL_NUMBER_SHAPE.fullmatch(field.data.strip()):
        no_personal_number(form, field)
    if not PHONE.fullmatch(field.data):
        raise ValidationError("Skriv telefonnumret med riktnummer, till exempel 070-174 06 05.")


def _organisation_number(form: FlaskForm, field: Field) -> None:
    digits = re.sub(r"\D", "", field.data)
    if re.fullmatch(r"[0-9 -]+", field.data) and len(digits) not in (10, 12):
        raise StopValidation(f"Organisationsnumret ska ha tio siffror. Du har skrivit {len(digits)}.")
    try:
        organisation_number(field.data)
    except BadValue as problem:
        raise StopValidation(str(problem)) from problem


def _postal_code(form: FlaskForm, field: Field) -> None:
    try:
        postal_code(field.data)
    except BadValue as problem:
        raise ValidationError("Postnumret ska ha fem siffror, till exempel 641 36.") from problem


def _website(form: FlaskForm, field: Field) -> None:
    if not re.fullmatch(r"(https?://)?[a-zA-Z0-9åäöÅÄÖ-]+(\.[a-zA-Z0-9åäöÅÄÖ-]+)+(/[^\s<>\"]*)?", field.data):
        raise ValidationError("Skriv webbadressen, till exempel www.friskolan.example.")


def _not_later_than_today(form: FlaskForm, field: Field) -> None:
    if field.data and not date(2000, 1, 1) <= field.data <= clock.today():
        raise ValidationError("Datumet ska vara i dag eller tidigare.")


def text(label: str, missing: str, *, most: int = 120, about: str = "", **more: Any) -> StringField:
    """Make a line of text that must be filled in."""
    longest = Length(max=most, message=f"Skriv högst {most} tecken.")
    checks = [DataRequired(missing), longest, *more.pop("checks", ()), no_personal_number]
    return StringField(label, description=about, filters=[one_line], validators=checks, render_kw=more or None)


def freely(label: str, *, most: int = 120, about: str = "", **more: Any) -> StringField:
    """Make a line of text that may be left empty."""
    longest = Length(max=most, message=f"Skriv högst {most} tecken.")
    checks = [Optional(), longest, *more.pop("checks", ()), no_personal_number]
    return StringField(label, description=about, filters=[one_line], validators=checks, render_kw=more or None)


def passage(label: str, *, about: str = "", most: int = 1000, missing: str = "") -> TextAreaField:
    """Make a text of several lines; with `missing` it must be filled in."""
    longest = Length(max=most, message=f"Skriv högst {most} tecken.")
    first = DataRequired(missing) if missing else Optional()
    return TextAreaField(label, description=about, filters=[stripped], validators=[first, longest, no_personal_number])


def mail(label: str, missing: str, about: str = "") -> StringField:
    """Make a line for an e-mail address that must be filled in."""
    return StringField(
        label,
        description=about,
        filters=[one_line],
        validators=[
            DataRequired(missing),
            Length(max=254, message="Adressen är för lång."),
            Email("Skriv en e-postadress, till exempel namn@friskolan.example."),
            no_personal_number,
        ],
        render_kw={"type": "email", "autocomplete": "email"},
    )


def phone(label: str, missing: str, about: str = "") -> StringField:
    """Make a line for a telephone number that must be filled in."""
    return StringField(
        label,
        description=about,
        filters=[one_line],
        validators=[DataRequired(missing), Length(max=40, message="Numret är för långt."), _telephone],
        render_kw={"type": "tel", "autocomplete": "tel", "size": 18},
    )


def choice(label: str, choices: dict[str, str], missing: str, about: str = "") -> RadioField:
    """Make radio buttons of which one must be chosen."""
    return RadioField(
        label,
        description=about,
        choices=[SelectChoice(value, text) for value, text in choices.items()],
        validate_choice=False,
        validators=[InputRequired(missing), AnyOf(choices, message=missing)],
    )


class StepForm(AnonymousForm):
    """A step of the application. Left for later, it may be half filled in; what is there must still be right."""

    seen = HiddenField()

    def validate_partly(self) -> bool:
        """Check what is filled in, and pass over what is missing."""
        self.validate()
        for field in self:
            if field.errors and not any(field.raw_data or ()):
                field.errors = []
        return not any(field.errors for field in self)

    def answers(self) -> dict[str, str]:
        """What was answered, as it is kept: text by the name of the field."""
        kept = {name: field for name, field in self._fields.items() if name not in ("seen", "csrf_token")}
        return {name: _as_text(field.data) for name, field in kept.items()}

    def in_words(self, name: str, value: str) -> str:
        """Write a kept answer as the page does: the words of a choice instead of its code."""
        choices = getattr(self._fields[name], "choices", None) or ()
        return next((str(each.label) for each in choices if each.value == value), value)


class LinkForm(AnonymousForm):
    """Where the link to an application is sent."""

    email = mail("Din e-postadress i arbetet", "Skriv din e-postadress.")


class OrganizationForm(StepForm):
    """The organisation that applies."""

    orgnr = text(
        "Organisationsnummer",
        "Skriv organisationsnumret.",
        most=20,
        about="Tio siffror, till exempel 556000-0001",
        checks=[_organisation_number],
        inputmode="numeric",
        size=14,
        autocomplete="off",
    )
    name = text("Namn", "Skriv organisationens namn.", most=200, autocomplete="organization")
    street = text("Gatuadress", "Skriv gatuadressen.", autocomplete="address-line1")
    postal_code = text(
        "Postnummer", "Skriv postnumret.", most=10, checks=[_postal_code], size=8, autocomplete="postal-code"
    )
    place = text("Ort", "Skriv orten.", most=80, autocomplete="address-level2")
    website = freely("Webbplats", most=300, checks=[_website], inputmode="url", autocomplete="url")

    def answers(self) -> dict[str, str]:
        """What was answered, with the numbers as registers write them."""
        kept = super().answers()
        if kept["orgnr"]:
            kept["orgnr"] = organisation_number(kept["orgnr"])
        if kept["postal_code"]:
            kept["postal_code"] = postal_code(kept["postal_code"])
        return kept


class UnitForm(AnonymousForm):
    """A unit by its code in the register."""

    code = text(
        "Skolenhetskod eller förskole-id",
        "Skriv skolenhetskoden eller förskolans id.",
        most=20,
        about="Skolenhetskoden har åtta siffror. Förskolans id hos Skolverket har oftast sex.",
        inputmode="numeric",
        size=14,
        autocomplete="off",
    )


class OwnUnitForm(AnonymousForm):
    """A unit that has no code of its own. The kinds and municipalities are handed to it."""

    name = text("Verksamhetens namn", "Skriv vad verksamheten heter.", most=200)
    kind = RadioField("Vad är det för verksamhet?", validate_choice=False)
    municipality = SelectField("Kommun", validate_choice=False)
    street = text("Gatuadress", "Skriv gatuadressen.")
    postal_code = text("Postnummer", "Skriv postnumret.", most=10, checks=[_postal_code], size=8)
    place = text("Ort", "Skriv orten.", most=80)
    phone = phone("Telefon till verksamheten", "Skriv ett telefonnummer till verksamheten.")
    reason = text(
        "Varför har den ingen kod?",
        "Skriv varför verksamheten inte har någon kod.",
        most=300,
        about="Till exempel att den är ny, eller att koden ännu inte finns i vår lista.",
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], municipalities: list[tuple[str, str]], **more: Any):
        super().__init__(*args, **more)
        self.kind.choices = [SelectChoice(*kind) for kind in kinds]
        self.kind.validators = [AnyOf([code for code, _ in kinds], message="Välj vad det är för verksamhet.")]
        self.municipality.choices = [SelectChoice("", "Välj kommun"), *(SelectChoice(*each) for each in municipalities)]
        self.municipality.validators = [AnyOf([code for code, _ in municipalities], message="Välj kommun.")]
        self.kind.flags.required = self.municipality.flags.required = True

    def answers(self) -> dict[str, str]:
        """What was answered, as it is kept."""
        kept = {name: _as_text(field.data) for name, field in self._fields.items()}
        return kept | {"scheme": "own", "code": "", "postal_code": postal_code(kept["postal_code"])}


class SignerForm(StepForm):
    """Who may sign for the organisation."""

    name = text("Firmatecknarens namn", "Skriv vad firmatecknaren heter.")
    title = text("Roll", "Skriv firmatecknarens roll.", about="Till exempel ordförande, vd eller rektor")
    proof = choice(
        "Hur kan ni visa det?",
        PROOFS,
        "Välj hur ni kan visa det.",
        "Skicka inget nu. Vi frågar när vi ringer er.",
    )


class ResponsibleForm(StepForm):
    """Who is proposed as Barnets bästa-ansvarig of a unit, and who decided so."""

    name = text("Namn", "Skriv namnet på den som ska vara Barnets bästa-ansvarig.")
    title = text("Titel", "Skriv titeln.", about="Till exempel rektor, kurator eller specialpedagog")
    email = mail("E-post i arbetet", "Skriv e-postadressen till Barnets bästa-ansvarig.")
    phone = phone("Telefon i arbetet", "Skriv ett telefonnummer.", "Numret visas för alla i katalogen.")
    phone_hours = freely("Lättast att nå", most=200, about="Till exempel måndag–fredag 8–9")
    mandate = choice("Får personen fatta beslut?", MANDATES, "Välj hur personen får besluta.")
    mandate_by = freely(
        "Vem har gett det särskilda mandatet?", about="Namn eller roll. Fyll i om personen har ett särskilt mandat."
    )
    mandate_on = DateField(
        "När bestämdes det?",
        description="Fyll i om personen har ett särskilt mandat.",
        validators=[Optional(), _not_later_than_today],
        render_kw={"type": "date"},
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """A special mandate is given by somebody, on some day."""
        right = super().validate(extra_validators)
        if self.mandate_on.process_errors:
            self.mandate_on.errors = ["Skriv datumet så här: 2026-11-23."]
        if self.mandate.data == "delegated":
            if not self.mandate_by.data:
                self.mandate_by.errors = ["Skriv vem som har gett mandatet."]
            if not self.mandate_on.data and not self.mandate_on.errors:
                self.mandate_on.errors = ["Skriv vilken dag det bestämdes."]
        return right and not self.mandate_by.errors and not self.mandate_on.errors


class AgreementForm(AnonymousForm):
    """The agreement, of the version that was shown."""

    version = HiddenField()
    accepted = BooleanField(
        "Vi har läst överenskommelsen och lovar att följa den",
        validators=[DataRequired("Kryssa i att ni följer överenskommelsen.")],
    )


class ContactForm(StepForm):
    """Whom to ask, what they wonder, and whether they wish for a meeting."""

    name = text("Ditt namn", "Skriv ditt namn.", autocomplete="name")
    phone = phone("Ditt telefonnummer i arbetet", "Skriv ditt telefonnummer.")
    wish = choice("Vill ni träffa oss?", WISHES, "Välj om ni vill träffa oss.")
    questions = passage("Har ni frågor eller önskemål?", about="Skriv inget om något barn här.")


class EmptyForm(AnonymousForm):
    """A button, and nothing to fill in."""


def filled(answers: dict[str, str]) -> dict[str, object]:
    """Give kept answers as fields want them: a day as a date."""
    day = answers.get("mandate_on")
    return answers | {"mandate_on": date.fromisoformat(day) if day else None}


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")

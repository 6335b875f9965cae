"""What a reviewer of the audit fills in: what to look for, why to take rows out, and how a review went."""

from __future__ import annotations

from collections.abc import Mapping

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, Optional, ValidationError

from tbb.forms.cleaning import stripped
from tbb.forms.fields import Day
from tbb.services.audit_reading import Wanted
from tbb.services.personal_data import holds_personal_number

MOST_CHARACTERS = 100
SHORTEST_REASON, LONGEST_REASON = 10, 200
LONGEST_REMARK = 500


def _no_personal_number(form: FlaskForm, field: StringField) -> None:
    if holds_personal_number(field.data or ""):
        raise ValidationError("Ta bort personnumret. Sådana får inte stå här.")


class FilterForm(FlaskForm):
    """What to look for in the audit. Read from the address; a day that is none is told of and passed over."""

    class Meta:
        csrf = False

    person = StringField("Person", filters=[stripped], validators=[Optional(), Length(max=MOST_CHARACTERS)])
    verksamhet = StringField("Verksamhet", filters=[stripped], validators=[Optional(), Length(max=MOST_CHARACTERS)])
    handling = SelectField("Handling", validate_choice=False)
    sak = SelectField("Slag av sak", validate_choice=False)
    utfall = SelectField("Utfall", validate_choice=False)
    fran = Day("Från och med", validators=[Optional()])
    till = Day("Till och med", validators=[Optional()])

    def offer(self, **choices: Mapping[str, str]) -> FilterForm:
        """Fill the lists to choose from: {code: words} for each of them."""
        for name, words in choices.items():
            listed = sorted(words.items(), key=lambda pair: pair[1].casefold())
            self[name].choices = [SelectChoice("", "Alla"), *(SelectChoice(code, text) for code, text in listed)]
        return self

    def wanted(self) -> Wanted:
        """Say what is looked for; what is not understood does not limit."""
        self.validate()

        def text(field: StringField) -> str:
            return (field.data or "")[:MOST_CHARACTERS]

        return Wanted(
            person=text(self.person),
            place=text(self.verksamhet),
            action=text(self.handling),
            thing=text(self.sak),
            outcome=text(self.utfall),
            since=self.fran.data,
            until=self.till.data,
        )


class ExportForm(FlaskForm):
    """Why rows are taken out of the service."""

    reason = TextAreaField(
        "Varför behöver du uttaget?",
        description="Skriv till exempel ett diarienummer. Skriv inga namn: skälet sparas i loggen.",
        filters=[stripped],
        validators=[
            DataRequired("Skriv varför du behöver uttaget."),
            Length(min=SHORTEST_REASON, message="Skriv lite mer, minst tio tecken."),
            Length(max=LONGEST_REASON, message="Skriv högst 200 tecken."),
            _no_personal_number,
        ],
    )


class SettleForm(FlaskForm):
    """What was found when an alarm was looked into."""

    remark = TextAreaField(
        "Vad kom du fram till?",
        description="Skriv kort och sakligt, utan namn.",
        filters=[stripped],
        validators=[
            DataRequired("Skriv vad du kom fram till."),
            Length(max=LONGEST_REMARK, message="Skriv högst 500 tecken."),
            _no_personal_number,
        ],
    )


class SignForm(FlaskForm):
    """How the review of a sample went."""

    outcome = RadioField(
        "Hur gick granskningen?",
        validate_choice=False,
        validators=[InputRequired("Välj hur granskningen gick.")],
    )
    remark = TextAreaField(
        "Anmärkning",
        description="Behövs när du har frågor eller ser en överträdelse. Skriv radens nummer, inga namn.",
        filters=[stripped],
        validators=[Length(max=LONGEST_REMARK, message="Skriv högst 500 tecken."), _no_personal_number],
    )

    def offer(self, outcomes: Mapping[str, str]) -> SignForm:
        """Fill the outcomes to choose from: {code: words}."""
        self.outcome.choices = [SelectChoice(code, words) for code, words in outcomes.items()]
        return self

    def validate_outcome(self, field: RadioField) -> None:
        """Take only an outcome that was offered."""
        AnyOf([choice[0] for choice in field.iter_choices()], "Välj hur granskningen gick.")(self, field)

    def validate_remark(self, field: TextAreaField) -> None:
        """Want a remark unless all is well."""
        if self.outcome.data != "fine" and not field.data:
            raise ValidationError("Skriv vad frågan eller överträdelsen gäller.")

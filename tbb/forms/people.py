"""What the keepers of accounts may send in: an invitation, and a duty to give."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional, ValidationError

from tbb import clock
from tbb.forms.cleaning import stripped
from tbb.forms.guard import no_personal_number
from tbb.services.duties import Choice


class DutyForm(FlaskForm):
    """A duty at a place. What may be chosen is handed in as {duty: [places]}."""

    duty = RadioField("Uppdrag", validate_choice=False, validators=[InputRequired("Välj ett uppdrag.")])
    where = SelectField(
        "Var uppdraget gäller", validate_choice=False, validators=[InputRequired("Välj var uppdraget gäller.")]
    )
    ends_on = DateField(
        "Till och med",
        description="Lämna tomt om uppdraget gäller tills vidare.",
        validators=[Optional()],
    )

    def offer(self, choices: dict[str, list[Choice]], names: dict[str, str]) -> DutyForm:
        """Fill in what the one who asks may give; `names` says what each duty is called."""
        self.duty.choices = [SelectChoice(duty, names[duty]) for duty in choices]
        places = {place.value: place.label for given in choices.values() for place in given}
        groups = {"county": "Länet", "organizer": "Huvudmän", "unit": "Verksamheter"}
        self.where.choices = [
            SelectChoice(value, label, optgroup=heading)
            for scope, heading in groups.items()
            for value, label in places.items()
            if value.partition(":")[0] == scope
        ]
        return self

    def validate_duty(self, field: RadioField) -> None:
        """Only what was offered can be chosen."""
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError("Välj ett uppdrag i listan.")

    def validate_where(self, field: SelectField) -> None:
        """Only what was offered can be chosen."""
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError("Välj en plats i listan.")

    def validate_ends_on(self, field: DateField) -> None:
        """A duty cannot end before it begins."""
        if field.data and field.data < clock.today():
            raise ValidationError("Välj en dag som inte har varit.")


class InvitationForm(DutyForm):
    """An invitation to an account, with a first duty."""

    name = StringField(
        "Namn",
        filters=[stripped],
        render_kw={"autocomplete": "off"},
        validators=[
            DataRequired("Skriv personens namn."),
            Length(max=120, message="Skriv högst 120 tecken."),
            no_personal_number,
        ],
    )
    email = StringField(
        "E-postadress på arbetet",
        filters=[stripped],
        render_kw={"type": "email", "autocomplete": "off"},
        validators=[
            DataRequired("Skriv en e-postadress."),
            Length(max=254, message="Skriv högst 254 tecken."),
            Email("Skriv en e-postadress, till exempel namn@exempel.se."),
        ],
    )

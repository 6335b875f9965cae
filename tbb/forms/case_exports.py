"""What is sent in when a case is taken out: why, what is masked in an extract, and the second person's answer."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from tbb.forms.cleaning import kept_text
from tbb.forms.guard import no_personal_number
from tbb.services.extracts import CHILD, GUARDIAN, Choices

SHORTEST, LONGEST = 10, 300
LONG = f"Skriv högst {LONGEST} tecken."
SHORT = f"Skriv lite mer, minst {SHORTEST} tecken."


def reason(label: str, about: str, missing: str) -> TextAreaField:
    """Make the field for why something is taken out."""
    return TextAreaField(
        label,
        description=about,
        filters=[kept_text],
        render_kw={"rows": 2, "autocomplete": "off", "maxlength": LONGEST},
        validators=[
            DataRequired(missing),
            Length(min=SHORTEST, message=SHORT),
            Length(max=LONGEST, message=LONG),
            no_personal_number,
        ],
    )


class ExportForm(FlaskForm):
    """Why a case is taken out to the own diary or archive."""

    reason = reason(
        "Varför exporterar du?",
        "Skriv till exempel diarienumret. Skriv inget om barnet.",
        "Skriv varför du exporterar.",
    )


class ExtractForm(FlaskForm):
    """Who asks for an extract, and what of the case is about somebody else."""

    asker = RadioField(
        "Vem begär utdraget?",
        choices=[
            SelectChoice(CHILD, "Barnet eller den unge själv"),
            SelectChoice(GUARDIAN, "En vårdnadshavare, för barnet"),
        ],
        validators=[InputRequired("Välj vem som begär utdraget.")],
    )
    checked = BooleanField(
        "Jag har kontrollerat vem det är och att personen har rätt att få uppgifterna",
        validators=[DataRequired("Kontrollera vem det är innan du går vidare.")],
    )
    reason = reason(
        "Vad gäller begäran?",
        "Skriv till exempel diarienumret och vilken dag begäran kom. Skriv inget om barnet.",
        "Skriv vad begäran gäller.",
    )
    masked = SelectMultipleField("Nämner någon annan", validate_choice=False)
    own = SelectMultipleField("Den frågandes egna ord", validate_choice=False)
    senders = SelectMultipleField("Visa inte avsändarens namn", validate_choice=False)

    def chosen(self) -> Choices:
        """Say what was chosen."""
        lists = (tuple(field.data or ()) for field in (self.masked, self.own, self.senders))
        return Choices(self.asker.data, *lists)


class DecideForm(FlaskForm):
    """Whether an extract is released; a refusal has a reason."""

    answer = RadioField(
        "Ditt beslut",
        choices=[
            SelectChoice("release", "Utdraget får lämnas ut"),
            SelectChoice("refuse", "Utdraget behöver göras om"),
        ],
        validators=[InputRequired("Välj om utdraget får lämnas ut.")],
    )
    reason = TextAreaField(
        "Vad behöver ändras?",
        description="Behövs när utdraget ska göras om. Skriv var i utdraget det är, inte vad som står där.",
        filters=[kept_text],
        render_kw={"rows": 3, "autocomplete": "off", "maxlength": LONGEST},
        validators=[Length(max=LONGEST, message=LONG), no_personal_number],
    )

    def validate_reason(self, field: TextAreaField) -> None:
        """Want a reason when the extract is refused."""
        if self.answer.data == "refuse" and not field.data:
            raise ValidationError("Skriv vad som behöver ändras.")

"""What is sent in from the desk of cases and from a sender's page: notes, questions, answers, and a delegation."""

from __future__ import annotations

import re
from datetime import date

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import Field
from wtforms.validators import AnyOf, DataRequired, Length, Optional, StopValidation, ValidationError

from tbb import clock
from tbb.forms.cleaning import kept_text, one_line
from tbb.forms.fields import Day
from tbb.forms.guard import Guarded, warned
from tbb.services.case_desk import REFERENCE
from tbb.services.case_notes import MOST
from tbb.services.delegations import LONGEST

INSTRUCTION = "Skriv kort och sakligt vad du ser, inte diagnos. Barnet och vårdnadshavarna kan läsa det."
NO_DAY = "Skriv dagen så här: 2026-11-23."


def words(label: str, missing: str, about: str = INSTRUCTION) -> TextAreaField:
    """Make a field for free text about a child: its instruction, the guard, and nothing kept by the browser."""
    return TextAreaField(
        label,
        description=about,
        filters=[kept_text],
        render_kw={"rows": 5, "autocomplete": "off"},
        validators=[DataRequired(missing), Length(max=MOST, message=f"Skriv högst {MOST} tecken."), Guarded()],
    )


class TextForm(FlaskForm):
    """Free text that can never be changed: what the guard points out is looked at once before it is kept."""

    looked = HiddenField()

    def needs_a_look(self) -> bool:
        """Whether something was pointed out that the one who writes has not been shown yet."""
        shown = bool(self.looked.data)
        self.looked.data = "1" if warned(self) else ""
        return bool(self.looked.data) and not shown


class NoteForm(TextForm):
    """A working note on a case."""

    text = words("Anteckning", "Skriv din anteckning.")
    hidden = BooleanField(
        "Visas inte för vårdnadshavare",
        description="Kryssa bara i om barnet kan fara illa av att vårdnadshavarna läser det, eller är moget nog att"
        " bestämma själv. Anteckningen kommer då inte med i det som skrivs ut till dem.",
    )


class AskForm(TextForm):
    """A question to somebody who has informed. The wheels of the case are handed to it: [(key, words), …]."""

    wheel = SelectField("Till vem?", validate_choice=False)
    text = words(
        "Din fråga",
        "Skriv vad du vill fråga.",
        "Fråga om det du behöver veta för att förstå. Skriv inget om barnet som den du frågar inte redan känner till.",
    )

    def __init__(self, *args, wheels: list[tuple[str, str]], **more):
        super().__init__(*args, **more)
        self.wheel.choices = [SelectChoice(key, said) for key, said in wheels]
        self.wheel.validators = [AnyOf([key for key, _said in wheels], message="Välj vem du vill fråga.")]


class AddForm(TextForm):
    """What the sender of a wheel adds to it."""

    text = words("Vad vill du lägga till?", "Skriv det du vill lägga till.")


class AnswerForm(TextForm):
    """The answer to a question about a wheel."""

    text = words("Ditt svar", "Skriv ditt svar.")


class DelegateForm(FlaskForm):
    """Who may work with a case until when. Those of the unit are handed to it: [(key, name), …]."""

    account = SelectField("Vem?", validate_choice=False)
    ends_on = Day("Till och med", description="Högst 90 dagar.", render_kw={"type": "date"})

    def __init__(self, *args, people: list[tuple[str, str]], **more):
        super().__init__(*args, **more)
        self.account.choices = [SelectChoice("", "Välj en person"), *(SelectChoice(*one) for one in people)]
        known = [key for key, _name in people]
        self.account.validators = [AnyOf(known, message="Välj vem som ska arbeta med ärendet.")]
        self.ends_on.validators = [_right_day]


class FilterForm(FlaskForm):
    """What the list of cases is narrowed by: days, and a whole reference. There is no field for words."""

    class Meta:
        csrf = False

    fran = Day("Kom från och med", validators=[Optional()], render_kw={"type": "date"})
    till = Day("Till och med", validators=[Optional()], render_kw={"type": "date"})
    nummer = StringField(
        "Nummer",
        filters=[one_line],
        render_kw={"maxlength": 8, "autocomplete": "off", "spellcheck": "false", "placeholder": "B-7K3M2Q"},
        validators=[Optional()],
    )

    def validate_nummer(self, field: Field) -> None:
        """Let through nothing but a whole reference."""
        field.data = (field.data or "").upper()
        if not re.fullmatch(REFERENCE, field.data):
            raise ValidationError("Skriv hela numret, så här: B-7K3M2Q.")


def _right_day(form: FlaskForm, field: Field) -> None:
    """Let through a day from today on, not too far away."""
    if not field.data:
        raise StopValidation(NO_DAY)
    today: date = clock.today()
    if field.data < today:
        raise ValidationError("Välj i dag eller en senare dag.")
    if field.data > today + LONGEST:
        raise ValidationError(f"Välj en dag senast {(today + LONGEST).isoformat()}. Du kan delegera igen sedan.")

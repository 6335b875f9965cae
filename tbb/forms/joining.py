"""What is written down about an independent organisation: contacts, offers, renewal and leaving."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import Field
from wtforms.validators import DataRequired, StopValidation
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from tbb.forms.applying import choice, passage
from tbb.forms.fields import Number
from tbb.forms.reviewing import right_day

WAYS = {
    "letter": "Brev eller e-post",
    "phone": "Telefon",
    "meeting": "Möte",
    "visit": "Besök",
    "workshop": "Workshop",
}


def _some_day(form: FlaskForm, field: Field) -> None:
    if field.process_errors or not field.data:
        field.errors = []
        raise StopValidation("Skriv datumet så här: 2026-11-23.")


class NoteForm(FlaskForm):
    """One contact, and the state that it led to. The states are handed to it."""

    on = DateField("Vilken dag?", validators=[right_day], render_kw={"type": "date"})
    how = choice("Hur?", WAYS, "Välj hur ni hade kontakt.")
    state = SelectField("Nytt läge", default="", validate_choice=True)
    note = passage("Vad kom ni fram till?", about="Skriv kort. Skriv inget om något barn.", most=500)

    def __init__(self, *args: Any, states: list[tuple[str, str]], **more: Any):
        super().__init__(*args, **more)
        self.state.choices = [SelectChoice("", "Samma som förut"), *(SelectChoice(*state) for state in states)]


class OfferForm(FlaskForm):
    """That several organisations have been offered to join. The organisations are handed to it."""

    organizations = SelectMultipleField(
        "Vilka har fått erbjudandet?",
        coerce=int,
        widget=ListWidget(),
        option_widget=CheckboxInput(),
        validators=[DataRequired("Välj minst en organisation.")],
    )
    on = DateField("Vilken dag?", validators=[right_day], render_kw={"type": "date"})
    how = choice("Hur?", WAYS, "Välj hur de fick erbjudandet.")
    note = passage("Anteckning", about="Samma anteckning sparas för alla.", most=500)

    def __init__(self, *args: Any, organizations: list[tuple[int, str]], **more: Any):
        super().__init__(*args, **more)
        self.organizations.choices = [SelectChoice(*each) for each in organizations]


class RenewForm(FlaskForm):
    """Going on for another year, under the agreement that was shown."""

    version = Number(widget=HiddenInput())
    accepted = BooleanField("Vi har läst den nya överenskommelsen och lovar att följa den")


class LeaveForm(FlaskForm):
    """The last day, and why."""

    last_day = DateField("Sista dagen", validators=[_some_day], render_kw={"type": "date"})
    reason = passage("Varför?", about="Skriv inget om något barn.", most=500)
    sure = BooleanField(
        "Jag förstår att uppdragen som Barnets bästa-ansvarig upphör den dagen",
        validators=[DataRequired("Kryssa i att du förstår vad som händer.")],
    )

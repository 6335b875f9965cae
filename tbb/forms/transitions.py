"""What those may send in who hand a case over: to whom, why, what goes along, and that a child stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from tbb.forms.appointing import radio
from tbb.forms.cleaning import one_line_always, stripped
from tbb.forms.fields import Checkboxes
from tbb.forms.guard import Guarded
from tbb.services import plan_carrying
from tbb.services.case_receivers import Receiver
from tbb.services.transitions import REASONS, Part
from tbb.services.wheel_texts import AREA_NAMES


def search_field() -> StringField:
    """Make the field by which the directory is searched."""
    return StringField(
        "Sök verksamhet",
        description="Skriv namn eller ort. Skriv inget om barnet.",
        filters=[one_line_always],
        render_kw={"type": "search", "autocomplete": "off"},
        validators=[Optional(), Length(max=100, message="Skriv högst 100 tecken.")],
    )


def option(one: Receiver) -> SelectChoice:
    """Offer a unit as something to choose."""
    return SelectChoice(one.slug, f"{one.label}, {one.place}")


class OfferForm(FlaskForm):
    """To whom a case is offered. `offer` fills in what may be chosen."""

    reason = radio("Varför lämnar du över?", REASONS, "Välj varför du lämnar över.")
    q = search_field()
    to = RadioField(
        "Vem ska ta emot?", validate_choice=False, validators=[InputRequired("Sök och välj vem som ska ta emot.")]
    )
    areas = Checkboxes("Vad ska följa med?", validate_choice=False)
    plan = RadioField(
        "Vad händer med planen?",
        choices=[SelectChoice(code, words) for code, words in plan_carrying.CHOICES.items()],
        validate_choice=False,
    )
    plan_reason = TextAreaField(
        "Varför avslutas planen?",
        description="Behövs bara om planen avslutas. Den som tar emot, barnet och vårdnadshavarna kan läsa det.",
        filters=[stripped],
        validators=[Optional(), Length(max=1000, message="Skriv högst 1 000 tecken."), Guarded()],
        render_kw={"rows": 3},
    )
    summary = TextAreaField(
        "Sammanfatta för den som tar emot",
        description="Vad fungerar, vad har ni provat och vad behöver barnet nu? Beskriv det ni ser, inte diagnos."
        " Barnet och vårdnadshavarna kan läsa det.",
        filters=[stripped],
        validators=[Optional(), Length(max=2000, message="Skriv högst 2 000 tecken."), Guarded()],
        render_kw={"rows": 5},
    )

    planned = False

    def offer(self, receivers: Sequence[Receiver], parts: Sequence[Part], *, planned: bool = False) -> OfferForm:
        """Fill in whom and what may be chosen; `planned` when the case has a plan that is followed."""
        self.planned = planned
        self.to.choices = [option(one) for one in receivers if one.answers]
        self.areas.choices = [SelectChoice(part.area, AREA_NAMES[part.area]) for part in parts]
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask what becomes of a plan, and why when it ends."""
        fits = super().validate(extra_validators)
        if self.planned and self.plan.data not in plan_carrying.CHOICES:
            self.plan.errors = ["Välj vad som händer med planen."]
        elif self.planned and self.plan.data == plan_carrying.ENDS and not self.plan_reason.data:
            self.plan_reason.errors = [*self.plan_reason.errors, "Skriv varför planen avslutas."]
        return fits and not self.errors

    def validate_to(self, field: RadioField) -> None:
        """Only those who were offered can be chosen."""
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError("Välj någon i listan.")

    def validate_areas(self, field: Checkboxes) -> None:
        """Something goes along, and it is something that the mapping says."""
        chosen, offered = set(field.data or ()), {choice.value for choice in field.choices}
        if not chosen or not chosen <= offered:
            raise ValidationError("Välj minst ett område som ska följa med.")


class StaysForm(FlaskForm):
    """That a child stays this summer, or after all does not."""

    answer = HiddenField(validators=[InputRequired("Läs in sidan på nytt.")])

    def validate_answer(self, field: HiddenField) -> None:
        """One of two."""
        if field.data not in ("stannar", "angra"):
            raise ValidationError("Läs in sidan på nytt.")


class TakeBackForm(FlaskForm):
    """Which offer is taken back."""

    wheel = HiddenField(validators=[InputRequired("Läs in sidan på nytt."), Length(max=32)])


class ReceiversForm(FlaskForm):
    """Whom a consent lets the information be shared with. `offer` fills in who may be chosen."""

    q = search_field()
    to = Checkboxes("Vilka verksamheter får ta del av uppgifterna?", validate_choice=False)

    def offer(self, receivers: Sequence[Receiver]) -> ReceiversForm:
        """Fill in whom one may choose."""
        self.to.choices = [option(one) for one in receivers]
        return self

    def validate_to(self, field: Checkboxes) -> None:
        """At least one, among those offered."""
        if not field.data or not set(field.data) <= {choice.value for choice in field.choices}:
            raise ValidationError("Sök och välj minst en verksamhet.")

"""What those may send in who write a barnkonsekvensanalys; every text is guarded, for no person belongs in one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Self

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import Field
from wtforms.validators import DataRequired, InputRequired, Length, Optional, StopValidation, ValidationError

from tbb import clock
from tbb.forms.cleaning import kept_text, one_line_always
from tbb.forms.fields import Day
from tbb.forms.guard import Guarded
from tbb.services.assessment_texts import (
    AFTER,
    BEFORE,
    EFFECTS,
    FIELDS,
    FOLLOW_ON,
    LONGEST_TEXT,
    LONGEST_TITLE,
    NEEDED,
    OF_AREA,
    VOICES,
    Question,
    name_of,
)
from tbb.services.assessments import Where
from tbb.services.personal_data import findings
from tbb.services.wheel_texts import AREAS

FURTHEST = timedelta(days=10 * 366)


def a_day_to_come(form: FlaskForm, field: Field) -> None:
    """A day that can be read and is within reason."""
    if field.process_errors or field.data is None:
        raise StopValidation()
    if abs(field.data - clock.today()) > FURTHEST:
        raise ValidationError("Dagen ligger långt bort. Stämmer årtalet?")


def title_field() -> StringField:
    """Make the field for what an analysis is about."""
    return StringField(
        "Rubrik",
        description="Vad beslutet handlar om, till exempel: Ny skolgård i Exempelstad.",
        filters=[one_line_always],
        validators=[
            DataRequired(NEEDED["title"]),
            Length(max=LONGEST_TITLE, message=f"Skriv högst {LONGEST_TITLE} tecken."),
            Guarded(),
        ],
        render_kw={"maxlength": LONGEST_TITLE, "autocomplete": "off"},
    )


class NewForm(FlaskForm):
    """The beginning of an analysis: what it is about, and whose it is."""

    title = title_field()
    where = RadioField("Vem gör analysen?", choices=[], validate_choice=False)

    def offer(self, places: Iterable[Where]) -> Self:
        """Let one of these places be chosen; a single one is taken for granted."""
        self.where.choices = [SelectChoice(place.code, place.label) for place in places]
        if len(self.where.choices) == 1:
            self.where.data = self.where.choices[0].value
        return self

    def validate_where(self, field: RadioField) -> None:
        """One of the places that were offered."""
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError("Välj vem som gör analysen.")


class AssessmentForm(FlaskForm):
    """The whole analysis. `seen` says what the page showed, as JSON: {field: mark}."""

    seen = HiddenField()
    title = title_field()

    @classmethod
    def filled(cls, answers: Mapping[str, str], marks: Mapping[str, str]) -> Self:
        """Make the form as the analysis is kept, with what is pointed out in each text."""
        form = cls(formdata=None, data=dict(answers))
        form.seen.data = json.dumps(dict(marks))
        for field in form:
            if isinstance(field, StringField) and field.name in FIELDS:
                field.warnings = [found for found in findings(field.data or "") if not found.refused]
        return form

    def marks(self) -> dict[str, str]:
        """What the page showed; nothing when it cannot be read."""
        try:
            said = json.loads(self.seen.data or "{}")
        except ValueError:
            return {}
        return {str(name): str(mark) for name, mark in said.items()} if isinstance(said, dict) else {}

    def answers(self) -> dict[str, str]:
        """What was answered, as it is kept: {field: text}, the day as 2026-11-23."""
        return {name: str(self[name].data or "") for name in FIELDS}


class ShareForm(FlaskForm):
    """Whether others of the organizer may read it."""

    shared = HiddenField(validators=[InputRequired("Läs in sidan på nytt.")])

    def validate_shared(self, field: HiddenField) -> None:
        """Yes or no."""
        if field.data not in ("yes", "no"):
            raise ValidationError("Läs in sidan på nytt.")


class SureForm(FlaskForm):
    """That a draft is to be removed, that an analysis is finished, or that it is copied."""


def passage(name: str, asked: Question) -> TextAreaField:
    """Make a guarded field for a text that may be left empty."""
    return TextAreaField(
        asked.label,
        id=name.replace(".", "-"),
        description=asked.hint,
        filters=[kept_text],
        validators=[Length(max=LONGEST_TEXT, message=f"Skriv högst {LONGEST_TEXT} tecken."), Guarded()],
        render_kw={"rows": asked.rows, "autocomplete": "off"},
    )


def _effect(area: str) -> RadioField:
    choices = [SelectChoice(code, label) for code, label in EFFECTS.items()]
    return RadioField(name_of(f"{area}.effect"), id=area, choices=choices, validators=[Optional()])


def _fields() -> dict[str, Field]:
    made: dict[str, Field] = {name: passage(name, asked) for name, asked in BEFORE.items()}
    for area in AREAS:
        made[f"{area}.effect"] = _effect(area)
        made |= {f"{area}.{part}": passage(f"{area}.{part}", asked) for part, asked in OF_AREA.items()}
    made |= {name: passage(name, asked) for name, asked in (VOICES | AFTER).items()}
    hint = "Då ser ni hur det blev för barnen."
    made[FOLLOW_ON] = Day(name_of(FOLLOW_ON), description=hint, validators=[a_day_to_come])
    return made


for _name, _field in _fields().items():
    setattr(AssessmentForm, _name, _field)

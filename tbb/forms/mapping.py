"""What is sent in about a case: the mapping's answers with the versions they were shown in, a decision, a reason."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, Optional, ValidationError

from tbb.forms.absence import add_absence
from tbb.forms.cleaning import kept_text
from tbb.forms.guard import Guarded, warned
from tbb.services import case_names, mapping, outcomes
from tbb.services.plain_text import plain
from tbb.services.sealed_fields import Field
from tbb.services.wheel_texts import LEVEL_NAMES, LEVELS

TOO_LONG = "Skriv högst %(max)d tecken."
LONG, SHORT = 6000, 3000
OUTCOMES = {
    outcomes.OWN: "Den egna verksamheten räcker",
    outcomes.OTHER: "Lämnas över helt till en annan verksamhet",
    outcomes.MEETING: "Ett samverkansmöte behövs",
    outcomes.NONE: "Inget mer behövs",
}


class MarkField(StringField):
    """A box to tick whose answer is "1" or nothing. An empty hidden one beside it lets no tick be sent too."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the tick when there is one."""
        self.data = "1" if "1" in valuelist else ""


class SealedForm(FlaskForm):
    """A form on sealed answers. `seen` tells the version and a mark of each answer that was shown.

    A form may hold only some of its answers, as the page that puts two people's words together does.
    """

    seen = HiddenField()

    @classmethod
    def showing(cls, fields: Mapping[str, Field]) -> SealedForm:
        """Make the form filled with what stands."""
        form = cls(formdata=None, data={name: field.text for name, field in fields.items()})
        return form.has_shown(fields)

    def has_shown(self, fields: Mapping[str, Field]) -> SealedForm:
        """Say in `seen` that this is what is shown."""
        told = [f"{name}:{field.version}:{_mark(field.text)}" for name, field in fields.items() if name in self]
        self.seen.data = " ".join(told)
        return self

    def seen_after(self, newest: Mapping[str, Field]) -> str:
        """Say in `seen` that these have been shown as they stand now, and the others as before."""
        before = [word for word in (self.seen.data or "").split() if word.partition(":")[0] not in newest]
        self.has_shown(newest)
        return " ".join([*before, self.seen.data])

    def answers(self) -> dict[str, str]:
        """Give the answers that were sent and differ from what was shown: what nobody touched is nobody's change."""
        shown = {name: mark for name, _version, mark in self._seen()}
        sent = {field.name: plain(str(field.data or "")) for field in self.sealed() if field.raw_data}
        return {name: text for name, text in sent.items() if _mark(text) != shown.get(name, _mark(""))}

    def versions(self) -> dict[str, int]:
        """Give the version in which each answer was shown."""
        return {name: int(version) for name, version, _mark in self._seen() if version.isdecimal()}

    def point_out(self, other: SealedForm) -> None:
        """Take over what was pointed out in another form of the same kind."""
        for field in warned(other):
            self[field.name].warnings = field.warnings

    def warned(self) -> list[Any]:
        """The fields in which something was pointed out."""
        return warned(self)

    def sealed(self) -> list[Any]:
        """The fields whose answers are kept."""
        return [field for field in self if field.name in mapping.KNOWN]

    def _seen(self) -> list[tuple[str, str, str]]:
        parts = [word.split(":") for word in (self.seen.data or "").split()]
        return [(part[0], part[1], part[2]) for part in parts if len(part) == 3]


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _id(name: str) -> dict[str, str]:
    return {"id": name.replace(".", "-")}


def _text(name: str, most: int = LONG, rows: int = 4) -> TextAreaField:
    return TextAreaField(
        case_names.full_name(name),
        filters=[kept_text],
        validators=[Length(max=most, message=TOO_LONG), Guarded()],
        render_kw={"rows": rows, "autocomplete": "off"},
        **_id(name),
    )


def _field(name: str) -> Any:
    last = name.rpartition(".")[2]
    label = case_names.full_name(name)
    if last == "level":
        choices = [SelectChoice(level, LEVEL_NAMES[level]) for level in LEVELS]
        known = [Optional(), AnyOf(LEVELS, "Välj ett av lägena.")]
        return RadioField(label, choices=choices, validate_choice=False, validators=known, **_id(name))
    if last == "hidden":
        return MarkField("Visas inte för vårdnadshavare", **_id(name))
    short = name.startswith(("now.", "factor.")) or last == "none"
    return _text(name, SHORT if short else LONG, 2 if short else 4)


def form_of(name: str, base: type[SealedForm], fields: Iterable[str]) -> type[SealedForm]:
    return type(name, (base,), {field: _field(field) for field in fields})


MappingForm = form_of("MappingForm", SealedForm, mapping.MAPPING_FIELDS)
"""The voices, the wheel now, and what else weighs in."""
AbsenceForm = add_absence(form_of("AbsenceForm", MappingForm, ()))
"""The same with the way through extensive absence."""


class _Questions(SealedForm):
    """The five questions: an answer, or why the question does not apply; not both."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse an answer beside a reason for not answering."""
        fits = super().validate(extra_validators)
        for number in mapping.QUESTIONS:
            answer, none = self[f"question.{number}"], self[f"question.{number}.none"]
            if plain(answer.data) and plain(none.data):
                none.errors = [f"Fråga {number} har både ett svar och ett skäl. Behåll det ena."]
                fits = False
        return fits


QuestionsForm = form_of("QuestionsForm", _Questions, mapping.QUESTION_FIELDS)
"""The five questions. Saving some of them is fine; deciding is not."""


class LookedAtForm(FlaskForm):
    """A form that is shown once more when something in its words was pointed out; then it may stay as it is."""

    looked = HiddenField()

    def needs_a_look(self) -> bool:
        """Whether something was pointed out that has not been shown yet; sent once more, it has been."""
        if not warned(self) or self.looked.data:
            return False
        self.looked.data = "1"
        return True


def _reason(label: str, missing: str, **more: Any) -> TextAreaField:
    return TextAreaField(
        label,
        filters=[kept_text],
        validators=[DataRequired(missing), Length(max=SHORT, message=TOO_LONG), Guarded()],
        render_kw={"rows": 4, "autocomplete": "off"},
        **more,
    )


class OutcomeForm(LookedAtForm):
    """What the mapping leads to."""

    outcome = RadioField(
        "Beslut",
        choices=[SelectChoice(value, label) for value, label in OUTCOMES.items()],
        validate_choice=False,
        validators=[InputRequired("Välj vad kartläggningen leder till."), AnyOf(OUTCOMES, "Välj ett av besluten.")],
    )
    measures = TextAreaField(
        "Åtgärder i den egna verksamheten",
        description="Vad ska göras, av vem och när? Behövs när den egna verksamheten räcker.",
        filters=[kept_text],
        validators=[Length(max=LONG, message=TOO_LONG), Guarded()],
        render_kw={"rows": 5, "autocomplete": "off"},
    )
    close = BooleanField("Avsluta ärendet nu. Åtgärderna följs upp i det vanliga arbetet.")
    reason = _reason(
        "Varför?", "Skriv varför du beslutar så.", description="Barnet och vårdnadshavarna kan läsa skälet."
    )

    def validate_measures(self, field: TextAreaField) -> None:
        """Own measures must be told."""
        if self.outcome.data == outcomes.OWN and not field.data:
            raise ValidationError("Skriv vilka åtgärder verksamheten gör.")


class CloseForm(LookedAtForm):
    """Why a case is closed."""

    reason = _reason("Varför avslutas ärendet?", "Skriv varför ärendet avslutas.")


class ReopenForm(LookedAtForm):
    """Why a case is opened again."""

    reason = _reason("Varför öppnas ärendet igen?", "Skriv varför ärendet öppnas igen.")

"""What is sent in at a follow-up: the wheel again, a direction for each area, two questions, and the outcome."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, RadioField, SelectField, StringField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, Length, Optional, ValidationError

from tbb.forms.cleaning import one_line_always
from tbb.forms.guard import no_personal_number
from tbb.forms.mapping import LookedAtForm, MarkField
from tbb.forms.plans import LENGTHS, SHORT, WHOSE, needed, wall_of, words
from tbb.services import case_names, followup_record
from tbb.services.wheel_texts import AREAS, LEVEL_NAMES

DIRECTIONS = {"better": "Bättre", "same": "Oförändrat", "worse": "Svårare", "unknown": "Vet inte"}
ANSWERS = {"yes": "Ja", "partly": "Delvis", "no": "Nej", "unknown": "Vet inte eller var inte med"}
OUTCOMES = {
    "continued": "Planen fortsätter som den är",
    "changed": "Planen ändras och fortsätter",
    "ended": "Planen avslutas",
}


def _one_of(name: str, choices: dict[str, str], *, missing: str = "") -> RadioField:
    known = [InputRequired(missing) if missing else Optional(), AnyOf(choices, "Välj ett av svaren.")]
    options = [SelectChoice(value, text) for value, text in choices.items()]
    return RadioField(
        case_names.full_name(name), choices=options, validate_choice=False, validators=known, id=name.replace(".", "-")
    )


def _fields() -> dict[str, Any]:
    made: dict[str, Any] = {}
    for area in AREAS:
        made[f"now.{area}.level"] = _one_of(f"now.{area}.level", LEVEL_NAMES)
        made[f"direction.{area}"] = _one_of(f"direction.{area}", DIRECTIONS)
        for part in ("see", "child"):
            name = f"now.{area}.{part}"
            made[name] = words(case_names.full_name(name), SHORT, 2, id=name.replace(".", "-"))
        made[f"now.{area}.hidden"] = MarkField("Visas inte för vårdnadshavare", id=f"now-{area}-hidden")
    for asked in followup_record.ASKED:
        for voice in followup_record.VOICES:
            name = f"{asked}.{voice}"
            missing = "Skriv vad barnet svarar, eller att det inte vet." if voice == "child" else ""
            made[name] = _one_of(name, ANSWERS, missing=missing)
            more = f"{name}.words"
            made[more] = words(case_names.full_name(more), SHORT, 2, id=more.replace(".", "-"))
    return made


def _goes_on(form: LookedAtForm) -> bool:
    return form["outcome"].data in ("continued", "changed")


class _Followup(LookedAtForm):
    """What becomes of the plan, and when it is followed up next."""

    outcome = RadioField(
        "Vad blir av planen?",
        choices=[SelectChoice(value, text) for value, text in OUTCOMES.items()],
        validate_choice=False,
        validators=[InputRequired("Välj vad som blir av planen."), AnyOf(OUTCOMES, "Välj vad som blir av planen.")],
    )
    reason = words("Varför?", SHORT, 3)
    day = DateField(
        "Nästa uppföljning", validators=[needed(_goes_on, "Välj en dag för nästa uppföljning."), Optional()]
    )
    at = TimeField("Klockan", validators=[needed(_goes_on, "Skriv när uppföljningen börjar."), Optional()])
    minutes = SelectField("Hur länge?", choices=LENGTHS, coerce=int, default=60)
    by_words = StringField(
        "Vem har valt tiden och sagt vad som blir av planen?",
        description="Du skriver åt den som är samordningsperson.",
        filters=[one_line_always],
        validators=[Length(max=120), no_personal_number],
    )
    stead = False

    def in_the_stead(self, yes: bool) -> _Followup:
        """Ask whose words these are, when somebody else than the samordningsperson writes."""
        self.stead = yes
        return self

    def validate_by_words(self, field: StringField) -> None:
        """In the stead of the samordningsperson one says whose words these are."""
        if self.stead and not field.data:
            raise ValidationError(WHOSE)

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for a reason when the plan is changed or ends."""
        fits = super().validate(extra_validators)
        if self.outcome.data in ("changed", "ended") and not self.reason.data:
            self.reason.errors = [*self.reason.errors, "Skriv varför planen ändras eller avslutas."]
            fits = False
        return fits

    def answers(self) -> dict[str, str]:
        """Give what was written of the areas and the two questions."""
        return {name: self[name].data or "" for name in followup_record.FIELDS}

    def next_wall(self) -> str:
        """Give the time of the next follow-up as the clock on the wall says it."""
        return wall_of(self.day.data, self.at.data)


FollowupForm = type("FollowupForm", (_Followup,), _fields())
"""The whole form: the areas, the questions, the outcome."""

"""What those may send in who inform a Barnets bästa-ansvarig: the stop questions, whom it is about, the wheel, told."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple, Self

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import Field
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from tbb.forms.absence import add_absence
from tbb.forms.appointing import radio
from tbb.forms.cleaning import kept_text, one_line_always
from tbb.forms.guard import Guarded
from tbb.models.kinds import About, WheelTemplate
from tbb.services.drafts import STAGES
from tbb.services.personal_data import findings
from tbb.services.wheel_texts import AREAS, LEVEL_NAMES

INSTRUCTION = "Beskriv vad du ser, inte diagnos. Barnet och vårdnadshavarna kan läsa det."
"""Stands at every free text (domain 0.9)."""
LONGEST = 2000
NO, YES = "no", "yes"
NO_YES = {NO: "Nej", YES: "Ja"}
TEMPLATES = {WheelTemplate.WHEEL: "Vanligt hjul", WheelTemplate.ABSENCE: "Omfattande frånvaro"}
TEMPLATE_NOTES = {
    WheelTemplate.WHEEL: "För det mesta.",
    WheelTemplate.ABSENCE: "Hjulet, och frånvaron steg för steg: upptäcka, utreda, åtgärda och vara tillbaka.",
}
ABOUT = {
    About.CHILD: "Ett barn",
    About.GROUP: "En grupp barn",
    About.ANONYMOUS: "Anonym konsultation",
}
ABOUT_NOTES = {
    About.CHILD: "Med ett arbetsnamn eller initialer.",
    About.GROUP: "Till exempel en klass eller en avdelning. Inget barn pekas ut.",
    About.ANONYMOUS: "Du vill rådgöra utan att säga vem det gäller. Inget om vem barnet är går att fylla i.",
}
ABOUT_PICTURES = {About.CHILD: "user", About.GROUP: "users", About.ANONYMOUS: "user-question"}
TOLD = {"yes": "Ja", "not_yet": "Inte än", "no": "Nej"}


class Asked(NamedTuple):
    """What is asked of an area, and what to think of there; the last is from what the research warns of forgetting."""

    question: str
    examples: str
    remember: str = ""


ASKED = {
    "halsa": Asked(
        "Hur mår barnet i kropp och själ?",
        "sömn, mat, rörelse, tänder, ont i magen eller huvudet, oro, kontakt med vården.",
        "Tänk också på funktionsnedsättning och långvarig sjukdom: hur påverkas vardagen?",
    ),
    "utveckling": Asked(
        "Hur utvecklas barnet i sin egen takt?",
        "språk, motorik, känslor, självständighet och hur barnet förstår andra.",
    ),
    "larande": Asked(
        "Hur går det i förskolan eller skolan?",
        "närvaro, trivsel, studiero, kunskaper, anpassningar och stöd.",
    ),
    "omsorg": Asked(
        "Får barnet det som barn behöver av vuxna?",
        "mat, kläder, rutiner, tröst, uppmuntran och gränser.",
    ),
    "hemmet": Asked(
        "Hur är vardagen hemma?",
        "boende, vilka som bor där, lugn och ro att vila, leka och göra läxor.",
        "Tänk också på ekonomin: räcker pengarna till det som barnet behöver?",
    ),
    "relationer": Asked("Vilka är viktiga för barnet?", "familj, kompisar, vuxna att lita på, fritid."),
    "trygghet": Asked("Känner sig barnet tryggt?", "hemma, i skolan, på vägen dit och på nätet."),
}


class Box(BooleanField):
    """A box to tick, whose answer is kept as "1"."""

    def _value(self) -> str:
        return "1"


def text(label: str, most: int = LONGEST, rows: int = 3, hint: str = "", **more: str) -> TextAreaField:
    """Make a guarded field for free text that may be left empty."""
    return TextAreaField(
        label,
        description=hint,
        filters=[kept_text],
        validators=[Length(max=most, message=f"Skriv högst {most} tecken."), Guarded()],
        render_kw={"rows": rows, "autocomplete": "off"},
        **more,
    )


def line(label: str, most: int, hint: str = "", *checks: object) -> StringField:
    """Make a guarded field for a short text on one line."""
    return StringField(
        label,
        description=hint,
        filters=[one_line_always],
        validators=[*checks, Length(max=most, message=f"Skriv högst {most} tecken."), Guarded()],
        render_kw={"autocomplete": "off", "maxlength": most},
    )


class StopForm(FlaskForm):
    """The two questions that come first. Neither answer is kept."""

    concern = radio("Misstänker du att barnet far illa?", NO_YES, "Svara på om du misstänker att barnet far illa.")
    protected = radio("Har barnet skyddade personuppgifter?", NO_YES, "Svara på om barnets uppgifter är skyddade.")


class BeginForm(StopForm):
    """The beginning of a wheel: from which unit, with which template."""

    template = radio("Vilken mall vill du använda?", TEMPLATES, "Välj en mall.")
    from_unit = RadioField("Från vilken verksamhet skriver du?", choices=[], validate_choice=False)

    def offer(self, units: Iterable[tuple[str, str]]) -> Self:
        """Let one of these units be chosen: [(slug, label), …]; a single one is taken for granted."""
        self.from_unit.choices = [SelectChoice(slug, label) for slug, label in units]
        return self

    @property
    def asks_unit(self) -> bool:
        """Whether there is anything to choose."""
        return len(self.from_unit.choices) > 1

    def validate_from_unit(self, field: RadioField) -> None:
        """One of the units that were offered."""
        if not self.asks_unit and field.choices:
            field.data = field.choices[0].value
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError("Välj från vilken verksamhet du skriver.")


class StepForm(FlaskForm):
    """A step whose fields are named as they are kept. `seen` says what the page showed, as JSON: {name: mark}."""

    seen = HiddenField()

    @classmethod
    def filled(cls, answers: dict[str, str], marks: dict[str, str]) -> Self:
        """Make the step as it is kept, with what is pointed out in each text."""
        form = cls(formdata=None, data=answers)
        form.seen.data = json.dumps({name: mark for name, mark in marks.items() if name in form})
        for field in form:
            if isinstance(field, StringField) and field is not form.seen:
                field.warnings = [found for found in findings(field.data or "") if not found.refused]
        return form

    def validate_said(self) -> bool:
        """Look only at what has been said, for a draft may lack the rest."""
        faults = [field for field in self.kept() if as_kept(field) and not field.validate(self)]
        return not faults

    def marks(self) -> dict[str, str]:
        """What the page showed; nothing when it cannot be read."""
        try:
            said = json.loads(self.seen.data or "{}")
        except ValueError:
            return {}
        return {str(name): str(mark) for name, mark in said.items()} if isinstance(said, dict) else {}

    def kept(self) -> list[Field]:
        """The fields that are kept: those whose names have a dot, and the strengths of the whole."""
        return [field for field in self if "." in field.name or field.name == "strengths"]

    def answers(self) -> dict[str, str]:
        """What was answered, as it is kept: {name: text}."""
        return {field.name: as_kept(field) for field in self.kept()}


def as_kept(field: Field) -> str:
    """Give an answer as it is kept: a ticked box is "1"."""
    if isinstance(field.data, bool):
        return "1" if field.data else ""
    return str(field.data or "")


class AboutForm(StepForm):
    """Whom it is about. Of a child only what is needed to know which one; of nobody nothing at all."""

    about = radio("Vem gäller det?", ABOUT, "Välj vem det gäller.")

    def answers(self) -> dict[str, str]:
        """Only what belongs to the choice."""
        mine = {About.CHILD: "child.", About.GROUP: "group."}.get(self.about.data, " ")
        return {name: text for name, text in super().answers().items() if name.startswith(mine)}

    def validate(self, extra_validators: object = None) -> bool:
        """A child needs something to be called by; a group does not."""
        fine = super().validate(extra_validators)
        label = self["child.label"]
        if self.about.data == About.CHILD and not label.data and not label.errors:
            label.errors = ["Skriv ett arbetsnamn eller initialer."]
            return False
        return fine


class ToldForm(StepForm):
    """Whether the child and the guardians know, and what they say."""


class WheelForm(StepForm):
    """The wheel: how each area is, what was seen and what the child says."""


def _level(area: str) -> RadioField:
    choices = [SelectChoice(code, said) for code, said in LEVEL_NAMES.items()]
    return RadioField("Hur är det?", id=area, choices=choices, validators=[Optional()])


def _add(form: type[FlaskForm], fields: dict[str, Field]) -> None:
    """Give a form fields whose names no attribute can have, and ids that a style sheet can name."""
    for name, field in fields.items():
        field.kwargs.setdefault("id", name.translate(str.maketrans("._", "--")))
        setattr(form, name, field)


def wheel_fields() -> dict[str, Field]:
    """Make the fields of the seven areas, by the names they are kept under."""
    made: dict[str, Field] = {}
    for area in AREAS:
        made |= {
            f"area.{area}.level": _level(area),
            f"area.{area}.see": text("Vad ser du?", id=f"{area}-not"),
            f"area.{area}.child": text("Vad säger barnet självt?", id=f"{area}-rost"),
            f"area.{area}.strength": text("Vad fungerar bra?", 1000, 2, id=f"{area}-styrka"),
            f"area.{area}.hidden": Box("Visas inte för vårdnadshavare", id=f"{area}-dolt"),
        }
    return made | {"strengths": text("Barnets styrkor", hint=INSTRUCTION)}


_add(
    AboutForm,
    {
        "child.label": line("Arbetsnamn eller initialer", 40, "Något som bara ni förstår. Aldrig hela namnet."),
        "child.stage": SelectField(
            "Stadium eller årskurs",
            choices=[SelectChoice("", "Välj"), *(SelectChoice(stage, stage) for stage in STAGES)],
            validators=[Optional()],
        ),
        "child.own_reference": line(
            "Verksamhetens egen beteckning", 40, "Till exempel ett nummer i er egen lista. Aldrig personnummer."
        ),
        "group.label": line("Vad kan ni kalla gruppen?", 40, "Till exempel: en klass i mellanstadiet."),
    },
)
_add(
    ToldForm,
    {
        "told.child": radio("Vet barnet att du skickar hjulet?", TOLD, "Svara på om barnet vet."),
        "told.child_says": text("Vad säger barnet om det?", 1000, hint="Skriv gärna barnets egna ord. " + INSTRUCTION),
        "told.guardians": radio("Vet vårdnadshavarna att du skickar hjulet?", TOLD, "Svara på om vårdnadshavarna vet."),
        "told.guardians_say": text("Vad säger vårdnadshavarna?", 1000, hint=INSTRUCTION),
    },
)
_add(WheelForm, wheel_fields())


@add_absence
class AbsenceWheelForm(WheelForm):
    """The wheel with the way through extensive absence."""


class EveryForm(AboutForm, ToldForm, WheelForm):
    """All that can be saved of a draft, for what the page saves by itself."""


@add_absence
class EveryAbsenceForm(EveryForm):
    """The same, with the way through extensive absence."""


class ConfirmForm(FlaskForm):
    """That what was read through is to be sent. `mark` is the state that the page showed."""

    mark = HiddenField(validators=[InputRequired("Läs igenom hjulet en gång till innan du skickar.")])
    leaves = BooleanField("")

    def __init__(self, *args: object, leaves: str = "", **more: object) -> None:
        super().__init__(*args, **more)
        if leaves:
            self.leaves.label.text = leaves
        else:
            del self.leaves

    def validate_leaves(self, field: BooleanField) -> None:
        """What leaves the huvudman is looked at once more."""
        if not field.data:
            raise ValidationError("Bekräfta att hjulet ska lämna din huvudman.")


class SureForm(FlaskForm):
    """That a draft is to be thrown away."""

    sure = HiddenField(default="1", validators=[InputRequired("Bekräfta att utkastet ska kastas.")])

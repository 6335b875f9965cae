"""What is sent in of a meeting: its record field by field, who is samordningsperson, a confirmation, a correction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, Length, Optional, Regexp

from tbb.forms.cleaning import kept_text, one_line_always
from tbb.forms.guard import Guarded, warned
from tbb.forms.mapping import LookedAtForm, MarkField
from tbb.services import coordinators, keeping_both, meeting_names, meeting_sheet, weeks
from tbb.services.meeting_roll import Somebody
from tbb.services.meeting_sheet import Sheet
from tbb.services.personal_data import findings
from tbb.services.plain_text import plain
from tbb.services.sealed_fields import Field

TOO_LONG = "Skriv högst %(max)d tecken."
MOST = {"voice": 1500, "why": 300, "agreed": 1000, "child": 500, "own": 500, "what": 300, "deviation": 500}
"""Minutes are short: so many letters for each kind of text."""
REMARK, REASON = 1000, 1000
ATTENDANCE = {"yes": "Kom", "part": "En del", "no": "Kom inte", "": "Vet inte"}
WEEKS_AHEAD = 40
MINUTES = {"30": "30 minuter", "45": "45 minuter", "60": "1 timme", "90": "1 timme och 30 minuter"}
WHEN = {
    "day": ("date", r"\d{4}-\d{2}-\d{2}\Z", "Välj en dag."),
    "time": ("time", r"\d{2}:\d{2}\Z", "Skriv ett klockslag, till exempel 13:00."),
}
ASKED = {"yes": "Ja", "no": "Nej"}


class RecordForm(FlaskForm):
    """The record of a meeting. `seen` says what the page showed, as JSON: {name: mark}; see services/keeping_both.py.

    A form may hold only some of its fields, as what a page sends by itself does.
    """

    seen = HiddenField()
    sheet: ClassVar[Sheet]
    fresh: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def showing(cls) -> Self:
        """Make the form filled with what stands, and point out what looks like a person in it."""
        form = cls(formdata=None, data={name: field.text for name, field in cls.sheet.fields.items()})
        form.seen.data = json.dumps({field.name: form.mark(field.name) for field in form.kept()})
        for field in form.kept():
            if isinstance(field, TextAreaField):
                field.warnings = [found for found in findings(field.data or "") if not found.refused]
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """An area that was not flagged is taken up with a word why."""
        fits = super().validate(extra_validators)
        for area in self.sheet.areas:
            said = [self[name] for name in self._of(area.code) if name in self]
            why = next((field for field in said if field.name.endswith(".why")), None)
            written = [field for field in said if field is not why and plain(field.data)]
            if why is not None and not area.flagged and written and not plain(why.data):
                why.errors = [f"Skriv varför ni tar upp {self.sheet.edition.areas[area.code].lower()}."]
                fits = False
        return fits

    def marks(self) -> dict[str, str]:
        """What the page showed; nothing when it cannot be read."""
        try:
            said = json.loads(self.seen.data or "{}")
        except ValueError:
            return {}
        return {str(name): str(mark) for name, mark in said.items()} if isinstance(said, dict) else {}

    def mark(self, name: str) -> str:
        """What tells that a field was shown as it stands."""
        return self.sheet.mark_of(name, self.sheet.fields.get(name, Field()))

    def kept(self) -> list[Any]:
        """The fields whose answers are kept."""
        return [field for field in self if "." in field.name]

    def answers(self) -> dict[str, str]:
        """Give the answers that were sent and differ from what was shown: what nobody touched is nobody's change."""
        marks, key = self.marks(), self.sheet.meeting.key
        sent = {field.name: as_kept(field) for field in self.kept() if field.raw_data}
        return {name: text for name, text in sent.items() if keeping_both.touched(key, name, text, marks)}

    def versions(self) -> dict[str, int]:
        """Give the version in which each answer was shown."""
        return {name: keeping_both.version_in(mark) for name, mark in self.marks().items()}

    def seen_after(self, newest: Mapping[str, Field]) -> str:
        """Say in `seen` that these have been shown as they stand now, and the others as before."""
        return json.dumps(self.marks() | {name: self.sheet.mark_of(name, field) for name, field in newest.items()})

    def warned(self) -> list[Any]:
        """The fields in which something was pointed out."""
        return warned(self)

    def point_out(self, other: RecordForm) -> None:
        """Take over what was pointed out in another form of the same meeting."""
        for field in warned(other):
            if field.name in self:
                self[field.name].warnings = field.warnings

    def _of(self, code: str) -> list[str]:
        return [f"area.{code}.{part}" for part in meeting_sheet.AREA_PARTS]


def as_kept(field: Any) -> str:
    """Give an answer as it is kept."""
    return plain(str(field.data or ""))


def record_form(sheet: Sheet, sent: Iterable[str] = (), fresh: Iterable[str] = ()) -> type[RecordForm]:
    """Make the form of a record: with the actions that there are, those that were `sent`, and `fresh` empty ones."""
    fresh = tuple(fresh)
    new = [f"do.{key}.{part}" for key in fresh for part in meeting_sheet.ACTION_PARTS]
    fields = {name: _field(sheet, name) for name in sheet.names((*sent, *new))}
    return type("ThisRecordForm", (RecordForm,), {"sheet": sheet, "fresh": fresh, **fields})


def _field(sheet: Sheet, name: str) -> Any:
    label, more = meeting_names.full_name(name, sheet), {"id": name.replace(".", "-")}
    head, last = name.partition(".")[0], name.rpartition(".")[2]
    if head == "attended":
        return _one_of(label, ATTENDANCE, "Välj ett av svaren.", **more)
    if head == "followup":
        return _followup(last, label, more)
    if last in ("who", "by", "area") and head == "do":
        return _select(label, dict(_choices(sheet, last)), **more)
    if last == "why":
        return _line(label, MOST["why"], **more)
    rows = 2 if last in ("child", "own", "what") or head in ("deviation", "sum") else 3
    return _text(label, MOST.get(last, MOST.get(head, MOST["agreed"])), rows, **more)


def _choices(sheet: Sheet, last: str) -> Iterable[tuple[str, str]]:
    if last == "who":
        return ((each.key, _of_service(each)) for each in sheet.owners)
    if last == "area":
        return ((area.code, sheet.edition.areas[area.code]) for area in sheet.areas)
    known = {todo.by for todo in sheet.todos if todo.due_on}
    days = sorted({*(day.isoformat() for day in weeks.coming(WEEKS_AHEAD)), *known})
    return ((day, meeting_names.week(day)) for day in days)


def _of_service(each: Somebody) -> str:
    return f"{each.name}, {each.unit_label}" if each.unit_label else each.name


def _followup(last: str, label: str, more: dict[str, str]) -> Any:
    if last == "agreed":
        return MarkField(label, **more)
    if last == "minutes":
        return _select(label, MINUTES, **more)
    kind, looks, wrong = WHEN[last]
    return StringField(
        label,
        filters=[one_line_always],
        validators=[Optional(), Regexp(looks, message=wrong)],
        render_kw={"type": kind, "autocomplete": "off"},
        **more,
    )


def _one_of(label: str, known: Mapping[str, str], missing: str, **more: Any) -> RadioField:
    choices = [SelectChoice(value, said) for value, said in known.items()]
    checks = [Optional(), AnyOf(tuple(known), missing)]
    return RadioField(label, choices=choices, validate_choice=False, validators=checks, **more)


def _select(label: str, known: Mapping[str, str], **more: Any) -> SelectField:
    choices = [SelectChoice("", "Välj"), *(SelectChoice(value, said) for value, said in known.items())]
    checks = [Optional(), AnyOf(tuple(known), "Välj ett av alternativen.")]
    return SelectField(label, choices=choices, validate_choice=False, validators=checks, **more)


def _text(label: str, most: int, rows: int, **more: Any) -> TextAreaField:
    return TextAreaField(
        label,
        filters=[kept_text],
        validators=[Length(max=most, message=TOO_LONG), Guarded()],
        render_kw={"rows": rows, "autocomplete": "off"},
        **more,
    )


def _line(label: str, most: int, **more: Any) -> StringField:
    return StringField(
        label,
        filters=[one_line_always],
        validators=[Length(max=most, message=TOO_LONG), Guarded()],
        render_kw={"autocomplete": "off"},
        **more,
    )


class AppointForm(LookedAtForm):
    """Who is samordningsperson: first what the child was asked, then who it becomes (R16)."""

    child_asked = RadioField(
        "Har barnet fått frågan?",
        choices=[SelectChoice(value, said) for value, said in ASKED.items()],
        validate_choice=False,
        validators=[DataRequired("Svara på om barnet har fått frågan."), AnyOf(ASKED, "Svara ja eller nej.")],
    )
    why_not_asked = _text("Varför har barnet inte fått frågan?", REASON, 2)
    wish = RadioField("Vem vill barnet ha?", choices=[], validate_choice=False)
    participant = RadioField(
        "Vem blir samordningsperson?",
        choices=[],
        validate_choice=False,
        validators=[DataRequired("Välj vem som blir samordningsperson.")],
    )
    agreed = BooleanField("Den jag väljer är inte här, men har sagt ja.")
    reason = _text("Vilka är de särskilda skälen?", REASON, 3)

    def offer(self, people: tuple[Somebody, ...]) -> Self:
        """Let those who take part be wished for, and those of a service be chosen."""
        there = [each for each in people if not each.ended and each.role not in ("child", "interpreter")]
        self.wish.choices = [SelectChoice(each.key, _of_service(each)) for each in there]
        self.wish.choices += [SelectChoice(value, said) for value, said in coordinators.IN_WORDS.items()]
        self.participant.choices = [
            SelectChoice(each.key, _of_service(each)) for each in coordinators.candidates(people)
        ]
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for what belongs to the answers."""
        fits = super().validate(extra_validators)
        asked, wish, chosen = self.child_asked.data, self.wish.data, self.participant.data
        if chosen and chosen not in {choice.value for choice in self.participant.choices}:
            self.participant.errors = ["Välj en av dem som är med för en verksamhet."]
        if asked == "no" and not self.why_not_asked.data:
            self.why_not_asked.errors = ["Skriv varför barnet inte har fått frågan."]
        if asked == "yes" and wish not in {choice.value for choice in self.wish.choices}:
            self.wish.errors = ["Välj vad barnet svarade."]
        elif asked == "yes" and chosen and wish not in (chosen, coordinators.UNKNOWN) and not self.reason.data:
            self.reason.errors = ["Barnet vill ha någon annan. Skriv vilka särskilda skäl som finns."]
        return fits and not self.errors

    @property
    def says_something(self) -> bool:
        """Whether something has been typed that nobody wants to type again."""
        return bool(self.why_not_asked.data or self.reason.data)

    def given(self) -> dict[str, Any]:
        """What was answered, without what does not belong to it."""
        asked = self.child_asked.data == "yes"
        return {
            "child_asked": asked,
            "why_not_asked": "" if asked else self.why_not_asked.data,
            "wish": self.wish.data if asked else "",
            "reason": self.reason.data if asked and self.wish.data != self.participant.data else "",
            "agreed": self.agreed.data,
        }


class RemarkForm(LookedAtForm):
    """What is not right in the minutes, in the words of one who took part."""

    remark = TextAreaField(
        "Vad stämmer inte?",
        filters=[kept_text],
        validators=[
            DataRequired("Skriv vad som inte stämmer."), Length(max=REMARK, message=TOO_LONG), Guarded(),
        ],
        render_kw={"rows": 3, "autocomplete": "off"},
    )  # fmt: skip


class CorrectionForm(LookedAtForm):
    """A correction of closed minutes."""

    text = TextAreaField(
        "Rättelse",
        description="Det som redan står ändras inte. Rättelsen läggs till sist.",
        filters=[kept_text],
        validators=[DataRequired("Skriv rättelsen."), Length(max=REMARK, message=TOO_LONG), Guarded()],
        render_kw={"rows": 3, "autocomplete": "off"},
    )
    area = SelectField("Vad gäller den?", choices=[], validate_choice=False)

    def offer(self, sheet: Sheet) -> Self:
        """Let it be about the whole, or about one of the areas that may be read."""
        areas = [SelectChoice(area.code, sheet.edition.areas[area.code]) for area in sheet.agenda]
        self.area.choices = [SelectChoice("", "Hela mötet"), *areas]
        return self

    def validate_area(self, field: SelectField) -> None:
        """One of what was offered; else the whole."""
        if field.data not in {choice.value for choice in field.choices}:
            field.data = ""

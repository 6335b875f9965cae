"""What is sent in about a plan: goals with their versions, actions by week, times, reasons, a new samordningsperson."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    AnyOf,
    DataRequired,
    InputRequired,
    Length,
    StopValidation,
    ValidationError,
)

from tbb import clock
from tbb.forms.cleaning import kept_text, one_line_always
from tbb.forms.guard import Guarded, no_personal_number
from tbb.forms.mapping import TOO_LONG, LookedAtForm, MarkField, SealedForm, form_of
from tbb.services import plans, weeks
from tbb.services.plan_actions import NewAction, Somebody
from tbb.services.wheel_texts import AREA_NAMES

LONG, SHORT, LINE = 2000, 600, 120
STATES = {"planned": "Inte börjat", "doing": "Pågår", "done": "Klart", "dropped": "Blir inte av"}
MINUTES = {30: "30 minuter", 45: "45 minuter", 60: "1 timme", 90: "1,5 timme", 120: "2 timmar"}
LENGTHS = [SelectChoice(*each) for each in MINUTES.items()]
WHOSE = "Skriv vem som har valt tiden, till exempel samordningspersonens namn."
NO_TIME = "Skriv en tid som inte har passerat."
FURTHEST = timedelta(days=3660)
"""No action of a plan is due longer ago, or further away."""


def words(label: str, most: int = LONG, rows: int = 3, missing: str = "", **more: Any) -> TextAreaField:
    """Make a field for free text about a child; `missing` is said when it must not be empty."""
    asked = [DataRequired(missing)] if missing else []
    return TextAreaField(
        label,
        filters=[kept_text],
        validators=[*asked, Length(max=most, message=TOO_LONG), Guarded()],
        render_kw={"rows": rows, "autocomplete": "off"},
        **more,
    )


def _radio(label: str, choices: dict[str, str], missing: str, **more: Any) -> RadioField:
    options = [SelectChoice(value, text) for value, text in choices.items()]
    known = [InputRequired(missing), AnyOf(choices, missing)]
    return RadioField(label, choices=options, validate_choice=False, validators=known, **more)


def always(form: FlaskForm) -> bool:
    """Whether something holds of every form."""
    return True


def needed(condition: Any, missing: str) -> Any:
    """Make the validator of a field that must be filled in when something holds."""

    def check(form: FlaskForm, field: Any) -> None:
        if condition(form) and not field.data:
            field.errors = []
            raise StopValidation(missing)

    return check


class _Goals(SealedForm):
    """The goals of each area, in the child's words and in the professionals'."""

    def sealed(self) -> list[Any]:
        """The fields whose answers are kept."""
        return [field for field in self if field.name in plans.GOALS]


GoalsForm = form_of("GoalsForm", _Goals, plans.GOALS)


class ActionForm(LookedAtForm):
    """Something to do. `offer` fills in who can do it, for which service."""

    version = HiddenField()
    what = words("Vad ska göras?", SHORT, 2, "Skriv vad som ska göras.")
    responsible = SelectField("Vem gör det?", validate_choice=False)
    who = StringField(
        "Skriv vem, om personen inte finns i listan",
        description="Till exempel mamma, farfar eller en fritidsledare.",
        filters=[one_line_always],
        validators=[Length(max=LINE, message=TOO_LONG), no_personal_number],
        render_kw={"autocomplete": "off"},
    )
    unit = SelectField("För vilken verksamhet?", validate_choice=False)
    area = SelectField("Område", validate_choice=False)
    week = SelectField("Klart senast", validate_choice=False)
    hidden = MarkField("Visas inte för vårdnadshavare")

    def offer(self, people: Sequence[Somebody], units: Iterable[tuple[int, str]]) -> ActionForm:
        """Fill in what may be chosen."""
        self._people = {mark_of(each): each for each in people}
        self._units = {str(number): label for number, label in units}
        self.responsible.choices = [
            SelectChoice("", "Någon annan"),
            *(SelectChoice(mark, f"{each.name}, {self._units.get(str(each.unit), '')}".strip(", "))
              for mark, each in self._people.items()),
        ]  # fmt: skip
        self.unit.choices = [SelectChoice("", "Ingen särskild"), *(SelectChoice(*unit) for unit in self._units.items())]
        self.area.choices = [SelectChoice("", "Hela planen"), *(SelectChoice(*area) for area in AREA_NAMES.items())]
        coming = [SelectChoice(day.isoformat(), week_words(day)) for day in weeks.coming()]
        if self.week.data and self.week.data not in {choice.value for choice in coming} and _day(self.week.data):
            coming.insert(0, SelectChoice(self.week.data, week_words(_day(self.week.data))))
        self.week.choices = [SelectChoice("", "Välj vecka"), *coming]
        return self

    def validate_responsible(self, field: SelectField) -> None:
        """Only those who were offered can be chosen."""
        if field.data and field.data not in self._people:
            raise ValidationError("Välj någon i listan.")

    def validate_who(self, field: StringField) -> None:
        """Somebody does it: chosen, or named in words."""
        if not field.data and not self.responsible.data:
            raise ValidationError("Skriv eller välj vem som ska göra det.")

    def validate_unit(self, field: SelectField) -> None:
        """Only the services that were offered."""
        if field.data and field.data not in self._units:
            raise ValidationError("Välj en verksamhet i listan.")

    def validate_area(self, field: SelectField) -> None:
        """One of the seven, or the whole plan."""
        if field.data and field.data not in AREA_NAMES:
            raise ValidationError("Välj ett område i listan.")

    def validate_week(self, field: SelectField) -> None:
        """Every action has a week."""
        if _day(field.data) is None:
            raise ValidationError("Välj vilken vecka det ska vara klart.")

    def wanted(self) -> NewAction:
        """Give the action that was sent."""
        chosen = self._people.get(self.responsible.data or "")
        unit = chosen.unit if chosen else int(self.unit.data) if self.unit.data else None
        return NewAction(
            what=self.what.data,
            who=self.who.data or (chosen.name if chosen else ""),
            area=self.area.data or "",
            unit=unit,
            account=chosen.account if chosen else None,
            participant=chosen.participant if chosen else None,
            due_on=_day(self.week.data),
            hidden=bool(self.hidden.data),
        )


class StateForm(FlaskForm):
    """How far an action has come."""

    version = HiddenField()
    state = SelectField("Läge", choices=[SelectChoice(*each) for each in STATES.items()])


class TimeForm(FlaskForm):
    """When the follow-up is."""

    stead = False

    day = DateField("Dag", validators=[needed(always, "Välj en dag.")])
    at = TimeField("Klockan", validators=[needed(always, "Skriv när det börjar, till exempel 13:00.")])
    minutes = SelectField("Hur länge?", choices=LENGTHS, coerce=int, default=60)
    place_words = StringField(
        "Var ses ni?",
        description="Platsen står i kallelsen. Skriv inget om barnet.",
        filters=[one_line_always],
        validators=[Length(max=LINE, message=TOO_LONG), Guarded()],
    )
    by_words = StringField(
        "Vem har valt tiden?",
        description="Du bokar åt den som är samordningsperson.",
        filters=[one_line_always],
        validators=[Length(max=LINE, message=TOO_LONG), no_personal_number],
    )

    def in_the_stead(self, yes: bool) -> TimeForm:
        """Ask whose time it is, when somebody else than the samordningsperson books."""
        self.stead = yes
        return self

    def validate_by_words(self, field: StringField) -> None:
        """In the stead of the samordningsperson one says whose time it is."""
        if self.stead and not field.data:
            raise ValidationError(WHOSE)

    def wall(self) -> str:
        """Give the time as the clock on the wall says it."""
        return wall_of(self.day.data, self.at.data)


class EndForm(LookedAtForm):
    """Why a plan ends."""

    reason = words("Varför avslutas planen?", LONG, 4, "Skriv varför planen avslutas.")


class HandOnForm(LookedAtForm):
    """Who is to be the samordningsperson from now on, with the child asked again (R16)."""

    seen = HiddenField()
    to = RadioField(
        "Vem blir samordningsperson?", validate_choice=False, validators=[InputRequired("Välj samordningsperson.")]
    )
    asked = _radio(
        "Har barnet fått frågan?", {"yes": "Ja", "no": "Nej"}, "Svara på om barnet har fått frågan.",
        description="I första hand frågar ni barnet vem det vill ha.",
    )  # fmt: skip
    why_not_asked = words("Varför har barnet inte fått frågan?", SHORT, 2)
    wish = words("Vem vill barnet ha?", SHORT, 2, description="Med barnets egna ord.")
    as_wished = _radio("Blir det som barnet vill?", {"yes": "Ja", "no": "Nej"}, "Svara på om det blir som barnet vill.")
    reason = words("Varför blir det någon annan?", SHORT, 2, description="Det krävs särskilda skäl.")

    def offer(self, people: Sequence[Somebody], labels: dict[int, str]) -> HandOnForm:
        """Fill in who can be chosen."""
        self._people = {mark_of(each): each for each in people}
        self.to.choices = [
            SelectChoice(mark, f"{each.name}, {labels.get(each.unit, '')}".strip(", "))
            for mark, each in self._people.items()
        ]
        return self

    @property
    def chosen(self) -> Somebody:
        """Who was chosen."""
        return self._people[self.to.data]

    def validate_to(self, field: RadioField) -> None:
        """Only those who were offered can be chosen."""
        if field.data not in self._people:
            raise ValidationError("Välj samordningsperson i listan.")

    def validate_why_not_asked(self, field: TextAreaField) -> None:
        """A child who was not asked has a reason beside it."""
        if self.asked.data == "no" and not field.data:
            raise ValidationError("Skriv varför barnet inte har fått frågan.")

    def validate_reason(self, field: TextAreaField) -> None:
        """Somebody else than the child wished takes a reason."""
        if self.as_wished.data == "no" and not field.data:
            raise ValidationError("Skriv varför det blir någon annan än barnet vill.")


class DeviationForm(LookedAtForm):
    """That a service does not take part. `offer` fills in which."""

    unit = SelectField("Vilken verksamhet gäller det?", validate_choice=False)
    text = words("Vad gör de inte?", LONG, 3, "Skriv vad som inte blir gjort.")

    def offer(self, units: Iterable[tuple[int, str]]) -> DeviationForm:
        """Fill in which services there are."""
        self._units = {str(number): label for number, label in units}
        self.unit.choices = [
            SelectChoice("", "Välj verksamhet"),
            *(SelectChoice(*each) for each in self._units.items()),
        ]
        return self

    def validate_unit(self, field: SelectField) -> None:
        """One of those that are asked to the meetings."""
        if field.data not in self._units:
            raise ValidationError("Välj vilken verksamhet det gäller.")


class SettleForm(LookedAtForm):
    """What was done about something that was told."""

    done = words("Vad har ni gjort?", LONG, 2, "Skriv vad ni har gjort.")


def mark_of(each: Somebody) -> str:
    """Name somebody in a list of choices."""
    return f"konto-{each.account}" if each.account is not None else f"deltagare-{each.participant}"


def week_words(sunday: date) -> str:
    """Write a week with its days: v. 49, till 6 december."""
    months = ("januari februari mars april maj juni juli augusti september oktober november december").split()
    return f"{weeks.label(sunday)}, till {sunday.day} {months[sunday.month - 1]}"


def wall_of(day: date | None, at: time | None) -> str:
    """Put a day and a time together as the clock on the wall says it; "" when one is missing."""
    return f"{day.isoformat()}T{at.strftime('%H:%M')}" if day and at else ""


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if abs(day - clock.today()) < FURTHEST else None

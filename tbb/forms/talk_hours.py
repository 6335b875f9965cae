"""What those send in who open hours for talks: rules, hours of each week, days that differ, what became of a talk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import Field
from wtforms.validators import AnyOf, InputRequired, Length, Optional, ValidationError

from tbb import clock
from tbb.forms.cleaning import one_line_always
from tbb.forms.fields import Checkboxes, Day
from tbb.forms.guard import no_personal_number
from tbb.models.meeting_kinds import ExceptionKind, TalkState, TalkWay
from tbb.services.registers import values as registers
from tbb.services.talk_hosts import Clash, Hindered, TooManyHours
from tbb.services.talk_slots import Different, Stretch, Weekly

WAYS = {TalkWay.PHONE: "Telefon", TalkWay.VISIT: "På plats", TalkWay.VIDEO: "Video"}
WEEKDAYS = ("Måndag", "Tisdag", "Onsdag", "Torsdag", "Fredag", "Lördag", "Söndag")
LENGTHS = (15, 20, 30, 45, 60, 90, 120, 180, 240)
BUFFERS = (0, 5, 10, 15, 20, 30, 45, 60, 120)
NOTICES = {2: "2 timmar", 12: "12 timmar", 24: "1 dygn", 48: "2 dygn", 72: "3 dygn", 168: "1 vecka", 336: "2 veckor"}
CANCELS = {0: "Ända till samtalet börjar", 2: "2 timmar", 12: "12 timmar", 24: "1 dygn", 48: "2 dygn", 72: "3 dygn"}
WEEKS = (2, 4, 6, 8, 12, 16, 26)
FURTHEST = timedelta(days=400)
HOUR = "Skriv tiden så här: 08.30."
CLASH = "Tiderna krockar med andra tider samma dag."
TOO_MANY = "Det finns redan så många tider som får plats. Ta bort någon först."
NO_LINK = "Skriv först länken till videosamtal under Inställningar."
LINK_NEEDED = "Det finns tider med video. Ta bort dem först, eller behåll länken."


class WallTime(StringField):
    """A time of the day, kept as minutes since midnight: 08.30 or 08:30 is 510."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a time; raise ValueError with a sentence."""
        self.typed = " ".join(valuelist).strip()
        self.data = None
        if not self.typed:
            return
        hour, _mark, minute = self.typed.replace(".", ":").partition(":")
        if not (hour.isdecimal() and hour.isascii() and len(hour) <= 2) or (minute and not _two_digits(minute)):
            raise ValueError(HOUR)
        self.data = int(hour) * 60 + int(minute or 0)
        if int(minute or 0) > 59 or self.data > 24 * 60:
            self.data = None
            raise ValueError(HOUR)

    def _value(self) -> str:
        if getattr(self, "typed", ""):
            return self.typed
        return f"{self.data // 60:02}.{self.data % 60:02}" if self.data is not None else ""


def _two_digits(text: str) -> bool:
    return len(text) == 2 and text.isdecimal() and text.isascii()


def _choose(label: str, choices: dict[int, str], hint: str = "") -> SelectField:
    return SelectField(
        label,
        description=hint,
        coerce=int,
        choices=[SelectChoice(value, said) for value, said in choices.items()],
        validators=[AnyOf(choices, "Välj ett av alternativen.")],
        validate_choice=False,
    )


def _a_time(label: str, *, asked: bool = True) -> WallTime:
    return WallTime(
        label,
        validators=[InputRequired(HOUR) if asked else Optional()],
        render_kw={"inputmode": "decimal", "autocomplete": "off", "size": 6, "maxlength": 5},
    )


def _ways(label: str = "Hur kan ni prata?") -> Checkboxes:
    return Checkboxes(
        label,
        choices=[SelectChoice(way, said) for way, said in WAYS.items()],
        validators=[InputRequired("Välj minst ett sätt.")],
    )


def _a_link(form: FlaskForm, field: Field) -> None:
    """An address of a meeting on video."""
    try:
        field.data = registers.website(field.data) if field.data else ""
    except registers.BadValue as problem:
        raise ValidationError("Skriv en webbadress som börjar med https://.") from problem
    if field.data and not field.data.startswith("https://"):
        raise ValidationError("Skriv en webbadress som börjar med https://.")


class OpenHoursForm(FlaskForm):
    """What forms of hours have in common: why they could not be opened is said at a field."""

    def blame(self, problem: Hindered) -> None:
        """Say at its field why the hours cannot be opened."""
        if isinstance(problem, Clash | TooManyHours):
            self.starts.errors = [CLASH if isinstance(problem, Clash) else TOO_MANY]
        else:
            self.ways.errors = [NO_LINK]


class RulesForm(FlaskForm):
    """How talks are booked."""

    open = BooleanField("Det går att boka tider", description="Avmarkera för att stänga. De som är bokade ligger kvar.")
    minutes = _choose("Hur långt är ett samtal?", {each: f"{each} minuter" for each in LENGTHS})
    buffer_minutes = _choose(
        "Tid mellan samtal", {each: f"{each} minuter" for each in BUFFERS}, "För anteckningar, och för att hämta andan."
    )
    notice_hours = _choose("Hur långt i förväg måste man boka?", NOTICES)
    weeks_ahead = _choose("Hur långt fram kan man boka?", {each: f"{each} veckor" for each in WEEKS})
    cancel_hours = _choose(
        "Hur länge går det att ändra och avboka?", CANCELS, "Så lång tid före samtalet. Därefter får man ringa."
    )
    in_breaks = BooleanField("Öppet även när skolorna har lov")
    place = StringField(
        "Var ses ni?",
        description="Visas för den som har bokat ett samtal på plats. Lämna tomt om det är verksamhetens adress.",
        filters=[one_line_always],
        validators=[Optional(), Length(max=200, message="Skriv högst 200 tecken."), no_personal_number],
        render_kw={"autocomplete": "off"},
    )
    video_link = StringField(
        "Länk till videosamtal",
        description="Behövs för att kunna erbjuda video. Den som har bokat ser länken på sin bokningssida.",
        filters=[one_line_always],
        validators=[Optional(), Length(max=300, message="Skriv högst 300 tecken."), _a_link],
        render_kw={"autocomplete": "off", "inputmode": "url"},
    )

    def blame(self, problem: Hindered) -> None:
        """Say that the link is needed."""
        self.video_link.errors = [LINK_NEEDED]

    def values(self) -> dict[str, Any]:
        """Give what was decided, by the names it is kept under."""
        decided = {field.name: field.data for field in self if field.name != "csrf_token"}
        return decided | {"place": self.place.data or "", "video_link": self.video_link.data or ""}


class HoursForm(OpenHoursForm):
    """Hours of every week."""

    weekday = _choose("Dag", dict(enumerate(WEEKDAYS)))
    starts = _a_time("Från")
    ends = _a_time("Till")
    ways = _ways()

    def stretch(self, minutes: int) -> Weekly | None:
        """Give the hours; None, with a sentence at the field, when not even one talk has room in them."""
        if self.ends.data - self.starts.data < minutes:
            self.ends.errors = [f"Tiden måste räcka till minst ett samtal på {minutes} minuter."]
            return None
        return Weekly(self.starts.data, self.ends.data, tuple(self.ways.data), self.weekday.data)


class ExceptionForm(OpenHoursForm):
    """Days that differ."""

    kind = RadioField(
        "Vad gäller?",
        choices=[SelectChoice(ExceptionKind.CLOSED, "Stängt"), SelectChoice(ExceptionKind.EXTRA, "Extra tider")],
        validate_choice=False,
        validators=[InputRequired("Välj vad som gäller."), AnyOf(tuple(ExceptionKind), "Välj vad som gäller.")],
    )
    first_day = Day("Första dag", validators=[InputRequired("Skriv vilken dag det gäller.")])
    last_day = Day("Sista dag", description="Lämna tomt för en enda dag.", validators=[Optional()])
    starts = _a_time("Från", asked=False)
    ends = _a_time("Till", asked=False)
    ways = Checkboxes("Hur kan ni prata?", choices=[SelectChoice(way, said) for way, said in WAYS.items()])

    def validate_first_day(self, field: Field) -> None:
        """Within reason: not over, not years away."""
        if field.data < clock.today() or field.data - clock.today() > FURTHEST:
            raise ValidationError("Välj en dag från i dag till om ett år.")

    def validate_last_day(self, field: Field) -> None:
        """Not before the first, and one day only for extra hours."""
        first = self.first_day.data
        if not first:
            return
        if field.data < first or field.data - first > FURTHEST:
            raise ValidationError("Sista dagen kommer efter den första, högst ett år senare.")
        if self.kind.data == ExceptionKind.EXTRA and field.data != first:
            raise ValidationError("Lägg till extra tider en dag i taget.")

    def different(self, minutes: int) -> Different | None:
        """Give how the days differ; None, with a sentence at the field, when the hours make no sense."""
        closed, starts, ends = self.kind.data == ExceptionKind.CLOSED, self.starts.data, self.ends.data
        if (starts is None) != (ends is None) or (not closed and starts is None):
            missing = self.starts if starts is None else self.ends
            missing.errors = ["Skriv både från och till."]
        elif starts is not None and ends - starts < (1 if closed else minutes):
            self.ends.errors = ["Till måste vara senare än från, och räcka till ett samtal."]
        elif not closed and not self.ways.data:
            self.ways.errors = ["Välj minst ett sätt."]
        else:
            hours = Stretch(starts, ends, tuple(self.ways.data or ())) if starts is not None else None
            return Different(self.first_day.data, self.last_day.data or self.first_day.data, closed, hours)
        return None


class OutcomeForm(FlaskForm):
    """What became of a talk."""

    state = RadioField(
        "Hur gick det?",
        choices=[
            SelectChoice(TalkState.HELD, "Samtalet blev av"),
            SelectChoice(TalkState.NO_SHOW, "Personen kom inte"),
        ],
        validate_choice=False,
        validators=[
            InputRequired("Välj hur det gick."),
            AnyOf((TalkState.HELD, TalkState.NO_SHOW), "Välj hur det gick."),
        ],
    )


class SureForm(FlaskForm):
    """A form that only says yes."""

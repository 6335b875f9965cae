"""What is sent in when a meeting is booked: who, what is needed, which times, where, and why a time all the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import Field
from wtforms.validators import AnyOf, DataRequired, Email, Length, Optional, StopValidation, ValidationError

from tbb.forms.cleaning import kept_text, one_line_always
from tbb.forms.guard import Guarded, no_personal_number
from tbb.services.meetings import CHILD_PARTS, Contact
from tbb.services.wall_clock import WRITTEN

LENGTHS = (30, 45, 60, 75, 90, 120)
GAPS = (0, 10, 15, 30, 45, 60)
SAID = ("0", "1", "2", "3")
ROWS = 4
"""So many times of day can be written beside the calendar at once."""
NO_DAY = "Skriv dagen så här: 2026-12-01."
ONLY_HTTPS = "Länken ska börja med https://."
PARTS = {
    "all": "Är med hela mötet",
    "part": "Är med en del av mötet",
    "through": "Är med genom någon annan",
    "no": "Är inte med",
}


class LengthForm(FlaskForm):
    """How long a meeting is to be."""

    minutes = SelectField("Hur långt blir mötet?", coerce=int, default=60, validate_choice=False)

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.minutes.choices = [SelectChoice(each, f"{each} minuter") for each in LENGTHS]
        self.minutes.validators = [AnyOf(LENGTHS, message="Välj hur långt mötet blir.")]


class LeastForm(FlaskForm):
    """How many of a service must come."""

    least = SelectField("Hur många måste komma?", default="1", validate_choice=False)

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        said = ("Ingen måste komma", "Minst en", "Minst två", "Minst tre")
        self.least.choices = [SelectChoice(value, words) for value, words in zip(SAID, said, strict=True)]
        self.least.validators = [AnyOf(SAID, message="Välj hur många som måste komma.")]


class PersonForm(FlaskForm):
    """Somebody without an account: how they are reached, and in which language they are written to."""

    name = StringField(
        "Namn",
        filters=[one_line_always],
        render_kw={"maxlength": 80, "autocomplete": "off"},
        validators=[DataRequired("Skriv vad personen heter."), Length(max=80), no_personal_number],
    )
    note = StringField(
        "Yrke eller roll",
        filters=[one_line_always],
        render_kw={"maxlength": 60, "autocomplete": "off"},
        validators=[Optional(), Length(max=60), no_personal_number],
    )
    email = StringField(
        "E-post",
        description="Dit går frågan om vilka tider som passar, med en egen länk. I brevet står inget om barnet.",
        filters=[one_line_always],
        render_kw={"type": "email", "maxlength": 254, "autocomplete": "off", "spellcheck": "false"},
        validators=[Optional(), Length(max=254), Email("Skriv en e-postadress, till exempel namn@exempel.se.")],
    )
    phone = StringField(
        "Telefon",
        description="Utan e-post ringer du och skriver själv in vad personen svarar.",
        filters=[one_line_always],
        render_kw={"type": "tel", "maxlength": 30, "autocomplete": "off"},
        validators=[Length(max=30), no_personal_number],
    )
    language = SelectField("Språk i breven", default="sv", validate_choice=False)
    looked = HiddenField(filters=[one_line_always])
    """An unusual address that whoever wrote it has been asked to read once more."""

    def __init__(self, *args, languages: Iterable[tuple[str, str]], **more):
        super().__init__(*args, **more)
        known = list(languages)
        self.language.choices = [SelectChoice(code, name) for code, name in known]
        self.language.validators = [AnyOf([code for code, _name in known], message="Välj ett språk.")]

    def validate_phone(self, field: Field) -> None:
        """Ask for one of the two ways to reach somebody."""
        if not field.data and not self.email.data:
            raise ValidationError("Skriv e-post eller telefon, så att personen går att nå.")

    def reads_again(self, whose: str, usual: Iterable[str]) -> None:
        """Ask once whether an address outside those of a service's huvudman is right: letters to others go astray."""
        known = ", ".join(f"@{each}" for each in usual)
        told = f" Adresserna där brukar sluta på {known}." if known else ""
        self.email.errors = [
            f"{self.email.data} är ingen av de vanliga adresserna hos {whose}.{told}"
            " Läs den en gång till, och spara igen om den stämmer."
        ]
        self.looked.data = self.email.data

    def person(self) -> Contact:
        """Give how they are reached."""
        return Contact(self.name.data, self.email.data.lower(), self.phone.data, self.note.data)


class NeedsForm(FlaskForm):
    """How the child takes part and what is needed; all of it may be left out. `seen` tells the versions shown."""

    seen = HiddenField()
    part = RadioField("Hur vill barnet vara med?", validate_choice=False, validators=[Optional(), AnyOf(CHILD_PARTS)])
    how = TextAreaField(
        "Mer om hur barnet är med",
        description="Skriv vad barnet själv har sagt, till exempel vilken del av mötet eller vem som talar för det.",
    )
    symbols = BooleanField("Bildstöd på mötet")
    wish = StringField(
        "Barnets önskemål om samordningsperson",
        description="Bara om barnet själv har sagt något. Samordningspersonen utses på mötet, inte nu.",
    )
    interpreter = StringField("Tolk", description="Språk, och till vem. Skriv inga namn.")
    needs = TextAreaField(
        "Annat som behövs",
        description="Till exempel rullstol, hörslinga, teckenspråk eller en paus. Skriv inga namn.",
    )
    NAMES = {
        "part": "child.part", "how": "child.how", "symbols": "child.symbols", "wish": "child.wish",
        "interpreter": "interpreter", "needs": "needs",
    }  # fmt: skip

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.part.choices = [SelectChoice(value, words) for value, words in PARTS.items()]
        for field in (self.how, self.wish, self.interpreter, self.needs):
            most = 200 if isinstance(field, StringField) and not isinstance(field, TextAreaField) else 1000
            field.filters = [kept_text]
            field.render_kw = {"maxlength": most, "autocomplete": "off"}
            field.validators = [Length(max=most, message="Skriv högst %(max)d tecken."), Guarded()]

    def given(self, *, child: bool) -> dict[str, str]:
        """Give the answers by the names they are kept under; without the child's where the meeting is about nobody."""
        found = {name: str(self[field].data or "") for field, name in self.NAMES.items() if field != "symbols"}
        found["child.symbols"] = "1" if self.symbols.data else ""
        return {name: text for name, text in found.items() if child or not name.startswith("child.")}

    def versions(self) -> dict[str, int]:
        """The version in which each answer was shown."""
        parts = [word.rpartition(":") for word in (self.seen.data or "").split()]
        return {name: int(version) for name, _colon, version in parts if version.isdecimal()}


class TimesForm(LengthForm):
    """Times to propose: those ticked in the calendar's week and those written beside it, and the last day to answer."""

    answers_by = DateField("Sista dag att svara", render_kw={"type": "date"})

    def __init__(self, *args, ticked: Iterable[str] = (), days: Iterable[str] = (), hours: Iterable[str] = (), **more):
        super().__init__(*args, **more)
        self.ticked = [wall for wall in ticked if WRITTEN.fullmatch(wall)]
        pairs = [(day.strip(), hour.strip()) for day, hour in zip(days, hours, strict=False)]
        self.written = pairs[:ROWS]
        self.answers_by.validators = [_a_day]
        self.row_errors: dict[int, str] = {}
        self.tick_errors: dict[str, str] = {}

    def walls(self) -> list[str]:
        """All times as they are written: first those ticked, then those of the rows that are not empty."""
        return [*self.ticked, *(wall_of(day, hour) for day, hour in self.written if day or hour)]

    def tell(self, why: dict[int, str], words: dict[str, str]) -> None:
        """Lay at each time why it cannot be proposed; `why` is by its place in `walls`."""
        filled = [number for number, pair in enumerate(self.written) if any(pair)]
        for place, reason in why.items():
            if place < len(self.ticked):
                self.tick_errors[self.ticked[place]] = words[reason]
            else:
                self.row_errors[filled[place - len(self.ticked)]] = words[reason]

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """What is wrong with the times: [(where it is on the page, the sentence), …]."""
        rows = [(f"rad-{number}", said) for number, said in self.row_errors.items()]
        return [*((f"t-{wall.replace(':', '')}", said) for wall, said in self.tick_errors.items()), *rows]


class PlaceForm(FlaskForm):
    """Where a meeting is: in a room, elsewhere in words, by video, or both."""

    room = RadioField("Lokal", default="0", validate_choice=False)
    words = StringField(
        "Annan plats",
        description="Till exempel Familjecentralen, Storgatan 1. Det här syns i kalendrar, så skriv inget om barnet.",
        filters=[one_line_always],
        render_kw={"maxlength": 120, "autocomplete": "off"},
        validators=[Optional(), Length(max=120), no_personal_number],
    )
    video = StringField(
        "Länk till videomöte",
        description="Länken syns i kalendrar, så den får inte innehålla något namn.",
        filters=[one_line_always],
        render_kw={"type": "url", "maxlength": 300, "autocomplete": "off", "placeholder": "https://"},
        validators=[Optional(), Length(max=300)],
    )
    travel = SelectField("Tid att ta sig till och från platsen", coerce=int, default=0, validate_choice=False)
    looked = HiddenField()

    def __init__(self, *args, rooms: Iterable[tuple[int, str]] = (), **more):
        super().__init__(*args, **more)
        known = [(str(number), name) for number, name in rooms]
        self.room.choices = [SelectChoice("0", "Ingen lokal här"), *(SelectChoice(*each) for each in known)]
        self.room.validators = [AnyOf(["0", *(number for number, _name in known)], message="Välj en lokal i listan.")]
        self.travel.choices = [SelectChoice(each, f"{each} minuter" if each else "Behövs inte") for each in GAPS]
        self.travel.validators = [AnyOf(GAPS, message="Välj hur lång tid som behövs.")]

    def validate_video(self, field: Field) -> None:
        """Let through an address over https and nothing else."""
        try:
            parts = urlsplit(field.data)
            good = parts.scheme == "https" and bool(parts.hostname) and not parts.username
        except ValueError:
            good = False
        if not good or re.search(r"\s", field.data):
            raise ValidationError(ONLY_HTTPS)

    @property
    def chosen_room(self) -> int | None:
        """The number of the room; None when it is in none."""
        return int(self.room.data) or None


class ChooseForm(PlaceForm):
    """A time that is chosen for a meeting, where it is, and why when somebody who is needed cannot."""

    version = IntegerField(render_kw={"type": "hidden"})
    slot = IntegerField(render_kw={"type": "hidden"})
    reason = TextAreaField(
        "Varför väljer du den här tiden?",
        description="Skriv kort varför mötet ändå ska vara då. Det sparas i ärendet och syns inte i kallelsen.",
        filters=[kept_text],
        render_kw={"rows": 3, "maxlength": 500, "autocomplete": "off"},
        validators=[Length(max=500, message="Skriv högst %(max)d tecken."), Guarded()],
    )


class MoveForm(ChooseForm):
    """Another time for a meeting whose time is set, written as on the wall."""

    day = DateField("Dag", render_kw={"type": "date"})
    hour = StringField("Klockslag", filters=[one_line_always], render_kw={"type": "time"})

    def wall(self) -> str:
        """The time as on the wall."""
        return wall_of(self.day.data.isoformat() if self.day.data else "", self.hour.data)


def wall_of(day: str, hour: str) -> str:
    """Put a day and a time of day together, as 9, 9.30 and 9:30 may be written."""
    found = re.fullmatch(r"(\d{1,2})(?:[.:](\d{2}))?", hour)
    return f"{day}T{int(found[1]):02d}:{found[2] or '00'}" if found else f"{day}T{hour}"


def _a_day(form: FlaskForm, field: Field) -> None:
    if field.process_errors or not field.data:
        field.errors = []
        raise StopValidation(NO_DAY)

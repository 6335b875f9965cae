"""What communicators may send in about webinars and events."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.core import Field
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    StopValidation,
    ValidationError,
)

from tbb.forms.articles import FORMAT, BeginForm, Choices, Moment, offered
from tbb.forms.cleaning import kept_text, one_line_always
from tbb.services.happening_writing import LONGEST

KINDS = (("webinar", "Webbinarium"), ("conference", "Konferens"), ("workshop", "Workshop"), ("course", "Utbildning"))


def an_address(form: FlaskForm, field: Field) -> None:
    """An address on the web, over https."""
    if field.data:
        try:
            parts = urlsplit(field.data)
        except ValueError as problem:
            raise ValidationError("Adressen går inte att läsa.") from problem
        if parts.scheme != "https" or not parts.hostname or any(sign.isspace() or sign == "\\" for sign in field.data):
            raise ValidationError("Skriv en adress som börjar med https://.")


def whole(label: str, least: int, most: int, hint: str = "", *, default: int | None = None) -> IntegerField:
    """Make a field for a number within bounds."""
    message = f"Skriv ett tal från {least} till {most}."
    return IntegerField(
        label, description=hint, default=default, validators=[number, NumberRange(least, most, message)]
    )


def number(form: FlaskForm, field: Field) -> None:
    """A number that can be read; an empty one keeps the usual."""
    if field.process_errors:
        field.errors = []
        raise StopValidation("Skriv ett tal med siffror.")
    if field.data is None:
        field.data = field.default
        if field.default is None:
            raise StopValidation()


def line(label: str, most: int, hint: str = "", *more: Any) -> StringField:
    """Make a field for a line of text."""
    checks = [Length(max=most, message=f"Skriv högst {most} tecken."), *more]
    return StringField(label, description=hint, filters=[one_line_always], validators=checks)


def passage(label: str, most: int, hint: str = "", rows: int = 5) -> TextAreaField:
    """Make a field for a longer text."""
    checks = [Length(max=most, message=f"Skriv högst {most} tecken.")]
    return TextAreaField(label, description=hint, filters=[kept_text], validators=checks, render_kw={"rows": rows})


class WhenForm(FlaskForm):
    """When something is held."""

    starts = Moment("Börjar", needed=True)
    minutes = whole("Längd i minuter", 5, 1440, default=45)

    @property
    def wall(self) -> str:
        """The beginning as the clock on the wall says it."""
        return self.starts.data.strftime(FORMAT)


class BeginHappeningForm(BeginForm, WhenForm):
    """The beginning of an event."""

    kind = SelectField("Vad är det?", choices=offered(KINDS))


class HappeningForm(WhenForm):
    """What is said of an event. `seen` is the version that was shown."""

    seen = HiddenField()
    title = line("Rubrik", LONGEST["title"], "", DataRequired("Skriv en rubrik."))
    kind = SelectField("Vad är det?", choices=offered(KINDS))
    lead = passage("Ingress", LONGEST["lead"], "En eller två meningar om vad det handlar om.", 3)
    body = passage(
        "Innehåll", LONGEST["body"], "Vad deltagarna får med sig. ## blir en rubrik, - en punkt i en lista.", 10
    )
    audience = line("För vem?", 200, "Till exempel: Alla som arbetar med barn 0–6 år.")
    speakers = passage("Vilka talar?", LONGEST["speakers"], "En på varje rad, med namn och arbete.", 3)
    place = line("Plats", 200, "Lämna tomt för ett webbinarium.")
    join_url = line("Länk för att vara med", 300, "Visas först när det närmar sig.", an_address)
    join_from = whole("Visa länken så många minuter innan", 0, 10080, default=30)
    municipality = SelectField("Kommun")
    cover = SelectField("Bild")
    sign_up = BooleanField("Besökare får anmäla sig (inte för webbinarier)")
    seats = IntegerField(
        "Antal platser", validators=[Optional(), NumberRange(1, 5000, "Skriv ett tal från 1 till 5000.")]
    )

    def offer(self, municipalities: Choices, covers: Choices) -> HappeningForm:
        """Let one of each be chosen."""
        self.municipality.choices = offered([("", "Hela länet"), *municipalities])
        self.cover.choices = offered([("", "Ingen bild"), *covers])
        return self

    def validate_seen(self, field: Field) -> None:
        """A number."""
        if not (field.data or "").isdecimal():
            raise ValidationError("Läs in sidan på nytt.")

    def validate_sign_up(self, field: Field) -> None:
        """Nobody signs up for a webinar (R24)."""
        if field.data and self.kind.data == "webinar":
            raise ValidationError("Till ett webbinarium behövs ingen anmälan. Ta bort krysset.")

    def answers(self) -> dict[str, Any]:
        """What was written, as it is kept."""
        names = ("kind", "title", "lead", "body", "audience", "speakers", "place", "join_url", "join_from", "sign_up")
        return {name: self[name].data for name in names} | {
            "wall": self.wall,
            "seats": self.seats.data,
            "municipality": int(self.municipality.data) if self.municipality.data else None,
            "cover": int(self.cover.data) if self.cover.data else None,
        }


class RecordingForm(FlaskForm):
    """What comes after an event: the recording, its captions, words, chapters and questions to talk about."""

    seen = HiddenField(validators=[InputRequired("Läs in sidan på nytt.")])
    live_on = DateField("Sändes live den", description="Då ska texten finnas inom 14 dagar.", validators=[Optional()])
    recording = FileField("Inspelning", description="MP4 eller WebM, högst 500 MB. Eller skriv en länk i stället.")
    recording_url = line("Länk till inspelningen", 300, "Inget laddas därifrån förrän någon trycker.", an_address)
    captions = FileField("Textning", description="En WebVTT-fil (.vtt).")
    captioned_elsewhere = BooleanField("Filmen bakom länken är textad")
    transcript = passage("Allt som sägs, som text", LONGEST["transcript"], "", 8)
    chapters = passage("Kapitel", LONGEST["chapters"], "En rad för varje: 03.20 Förskolan berättar.", 6)
    discussion = passage("Frågor att prata om på arbetsplatsträffen", 10_000, "Syns som en egen ruta.", 6)

    @property
    def seen_version(self) -> int:
        """The version that was shown; 0 when that cannot be read, which is none."""
        return int(self.seen.data) if (self.seen.data or "").isdecimal() else 0

    def answers(self) -> dict[str, Any]:
        """What was written, as it is kept; files apart."""
        names = ("live_on", "recording_url", "captioned_elsewhere", "transcript", "chapters", "discussion")
        return {name: self[name].data for name in names}

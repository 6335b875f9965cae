"""What communicators may send in about news: an article's words, when it is published, and its pictures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Self

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateTimeLocalField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import Field
from wtforms.validators import DataRequired, Length, NumberRange, Optional, StopValidation, ValidationError

from tbb import clock
from tbb.forms.cleaning import kept_text, one_line_always
from tbb.services.articles import LONGEST
from tbb.services.content_shelf import Where

LANGUAGES = (("sv", "Svenska"), ("en", "Engelska"), ("fi", "Finska"), ("ar", "Arabiska"), ("so", "Somaliska"))
Choices = Iterable[tuple[str, str]]
FORMAT = "%Y-%m-%dT%H:%M"


def offered(choices: Choices) -> list[SelectChoice]:
    """Make choices of (code, words)."""
    return [SelectChoice(code, words) for code, words in choices]


class Moment(DateTimeLocalField):
    """A day and a time as the clock on the wall in Sweden says it; `moment` gives it with its zone."""

    def __init__(self, label: str, description: str = "", *, needed: bool = False, **more: Any):
        checks = [readable, there if needed else Optional()]
        super().__init__(label, description=description, format=FORMAT, validators=checks, **more)

    @property
    def moment(self) -> datetime | None:
        """The moment, or None when nothing was written."""
        return self.data.replace(tzinfo=clock.STOCKHOLM) if self.data else None


def readable(form: FlaskForm, field: Field) -> None:
    """A day and a time that there is: the clock skips an hour when summer time begins."""
    if field.process_errors and any(text.strip() for text in field.raw_data or ()):
        field.errors = []
        raise StopValidation("Skriv dag och tid så här: 2026-11-23 13:00.")
    if field.data:
        said = field.data.replace(tzinfo=clock.STOCKHOLM)
        if clock.local(said.astimezone(UTC)).replace(tzinfo=None) != field.data:
            raise StopValidation("Den tiden finns inte, för klockan ställs om till sommartid den natten.")


def there(form: FlaskForm, field: Field) -> None:
    """A time there must be."""
    if not field.data:
        field.errors = []
        raise StopValidation("Skriv dag och tid.")


class OwnedForm(FlaskForm):
    """The beginning of something that one of several may write."""

    where = SelectField("Vem skriver?", validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._fields["where"] = self._fields.pop("where")  # asked last, after what the forms built on this one ask

    def offer(self, places: Iterable[Where]) -> Self:
        """Let one of these be chosen; a single one is taken for granted."""
        self.where.choices = offered((place.code, place.label) for place in places)
        if len(self.where.choices) == 1:
            self.where.data = self.where.choices[0].value
        return self

    def validate_where(self, field: Field) -> None:
        """One of those that were offered."""
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError("Välj vem som skriver.")


class BeginForm(OwnedForm):
    """The beginning of something new: its title, for whom, and where it belongs."""

    title = StringField(
        "Rubrik",
        description="Säg det viktigaste. Rubriken blir också adressen till sidan.",
        filters=[one_line_always],
        validators=[
            DataRequired("Skriv en rubrik."),
            Length(max=LONGEST["title"], message=f"Skriv högst {LONGEST['title']} tecken."),
        ],
        render_kw={"maxlength": LONGEST["title"]},
    )


class ArticleForm(FlaskForm):
    """An article's words. `seen` is the version that was shown."""

    seen = HiddenField()
    title = StringField(
        "Rubrik",
        filters=[one_line_always],
        validators=[
            DataRequired("Skriv en rubrik."),
            Length(max=LONGEST["title"], message=f"Skriv högst {LONGEST['title']} tecken."),
        ],
        render_kw={"maxlength": LONGEST["title"]},
    )
    lead = TextAreaField(
        "Ingress",
        description="En eller två meningar som säger vad det handlar om. Den syns i listor och när någon delar sidan.",
        filters=[kept_text],
        validators=[Length(max=LONGEST["lead"], message=f"Skriv högst {LONGEST['lead']} tecken.")],
        render_kw={"rows": 3, "maxlength": LONGEST["lead"]},
    )
    body = TextAreaField(
        "Text",
        description="Knapparna skriver tecknen åt dig. ## blir en rubrik, - en punkt i en lista."
        " Står något på ett annat språk: [Welcome]{en}, och fi, ar eller so på samma sätt.",
        filters=[kept_text],
        validators=[Length(max=LONGEST["body"], message=f"Skriv högst {LONGEST['body']} tecken.")],
        render_kw={"rows": 18, "maxlength": LONGEST["body"], "spellcheck": "true"},
    )
    category = SelectField("Kategori")
    municipality = SelectField("Kommun", description="Välj en kommun om nyheten mest gäller den.")
    language = SelectField(
        "Språk", choices=offered(LANGUAGES), description="Skärmläsare läser upp texten på det språket."
    )
    cover = SelectField("Bild högst upp", description="Utan bild ritas en näckros.")

    def offer(
        self,
        categories: Choices,
        municipalities: Choices,
        pictures: Choices,
    ) -> Self:
        """Let one of each be chosen: (code, words)."""
        self.category.choices = offered(categories)
        self.municipality.choices = offered([("", "Hela länet"), *municipalities])
        self.cover.choices = offered([("", "Ingen bild"), *pictures])
        return self

    def validate_seen(self, field: Field) -> None:
        """A number."""
        if not (field.data or "").isdecimal():
            raise ValidationError("Läs in sidan på nytt.")

    def answers(self) -> dict[str, object]:
        """What was written, as it is kept; a municipality and a cover by their numbers."""
        return {
            "title": self.title.data,
            "lead": self.lead.data,
            "body": self.body.data,
            "category": self.category.data,
            "language": self.language.data,
            "municipality": int(self.municipality.data) if self.municipality.data else None,
            "cover": int(self.cover.data) if self.cover.data else None,
        }


class PublishForm(FlaskForm):
    """When readers see it."""

    at = Moment("Publicera senare", "Lämna tomt om det ska synas direkt.")
    until = Moment("Ta bort av sig själv", "Lämna tomt om det ska ligga kvar.")
    pinned = BooleanField("Fäst överst i listan")


class NoteForm(FlaskForm):
    """Putting back an earlier version, asking for a look, approving, withdrawing: nothing but the form's keys."""


class RulesForm(FlaskForm):
    """Whether a second person looks before anything is published."""

    wanted = BooleanField("En annan person ska läsa innan något publiceras")
    where = HiddenField()


def _per_cent(label: str) -> IntegerField:
    message = "Skriv ett tal från 0 till 100."
    return IntegerField(label, default=50, validators=[Optional(), NumberRange(0, 100, message=message)])


class DescribeForm(FlaskForm):
    """What is said of a picture."""

    alt = StringField(
        "Vad bilden visar",
        description="Läses upp för den som inte ser bilden. Skriv det som är viktigt i sammanhanget.",
        filters=[one_line_always],
        validators=[Length(max=300, message="Skriv högst 300 tecken.")],
    )
    decorative = BooleanField("Bilden är bara dekoration")
    credit = StringField(
        "Vem har gjort bilden?",
        description="Till exempel: Foto: Testa Exempelsson.",
        filters=[one_line_always],
        validators=[Length(max=120, message="Skriv högst 120 tecken.")],
    )
    focus_x = _per_cent("Det viktigaste finns så långt från vänster (procent)")
    focus_y = _per_cent("Det viktigaste finns så långt uppifrån (procent)")

    def validate_alt(self, field: Field) -> None:
        """Words, unless the picture only decorates."""
        if not field.data and not self.decorative.data:
            raise ValidationError("Skriv vad bilden visar, eller kryssa i att den bara är dekoration.")

    def focus(self) -> tuple[int, int]:
        """The place that a crop keeps in sight."""
        return (
            50 if self.focus_x.data is None else self.focus_x.data,
            50 if self.focus_y.data is None else self.focus_y.data,
        )


class PictureForm(DescribeForm):
    """A picture to put up, and what is said of it."""

    file = FileField(
        "Bild",
        description="JPEG, PNG eller WebP, högst 10 MB. Platsen som kameran sparat följer inte med.",
        validators=[FileRequired("Välj en bild.")],
    )
    where = SelectField("Vem lägger upp?", validate_choice=False)

    def offer(self, places: Iterable[Where]) -> Self:
        """Let one of these be chosen."""
        self.where.choices = offered((place.code, place.label) for place in places)
        return self

    def validate_where(self, field: Field) -> None:
        """One of those that were offered."""
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError("Välj vem som lägger upp bilden.")


class BannerForm(FlaskForm):
    """An urgent message, from when until when."""

    text = StringField(
        "Meddelande",
        description="En mening. Den syns högst upp på startsidan.",
        filters=[one_line_always],
        validators=[DataRequired("Skriv meddelandet."), Length(max=300, message="Skriv högst 300 tecken.")],
    )
    link = StringField(
        "Länk",
        description="En adress på vår webbplats, till exempel /nyheter/ny-bild. Får lämnas tom.",
        filters=[one_line_always],
        validators=[Length(max=300, message="Skriv högst 300 tecken.")],
    )
    municipality = SelectField("Kommun")
    starts_at = Moment("Från")
    ends_at = Moment("Till")

    def offer(self, municipalities: Choices) -> Self:
        """Let the county or one municipality be chosen."""
        self.municipality.choices = offered([("", "Hela länet"), *municipalities])
        return self

    def validate_link(self, field: Field) -> None:
        """A path of our own."""
        if field.data and (not field.data.startswith("/") or field.data.startswith(("//", "/\\"))):
            raise ValidationError("Skriv en adress på vår egen webbplats. Den börjar med ett snedstreck.")

    def validate_ends_at(self, field: Moment) -> None:
        """After the beginning, and not over already."""
        if not field.data:
            raise ValidationError("Skriv när meddelandet ska försvinna.")
        begins = self.starts_at.moment or clock.now()
        if field.moment <= max(begins, clock.now()):
            raise ValidationError("Sluttiden måste ligga framåt i tiden, efter starttiden.")

"""What communicators may send in about newsletters: their words and parts, to whom they go, and old ones."""

from __future__ import annotations

from typing import Self

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.core import Field
from wtforms.validators import DataRequired, Length, Regexp, ValidationError

from tbb.forms.articles import LANGUAGES, Choices, Moment, OwnedForm, offered
from tbb.forms.cleaning import kept_text, one_line_always
from tbb.forms.fields import Checkboxes
from tbb.services.newsletter_sending import EVERYWHERE
from tbb.services.newsletters import LONGEST, TERM


def _title() -> StringField:
    most = LONGEST["title"]
    return StringField(
        "Rubrik",
        description="Blir brevets ämnesrad och sidans rubrik.",
        filters=[one_line_always],
        validators=[DataRequired("Skriv en rubrik."), Length(max=most, message=f"Skriv högst {most} tecken.")],
        render_kw={"maxlength": most},
    )


def _term() -> StringField:
    return StringField(
        "Termin",
        description="Till exempel HT2026 eller VT2027. Arkivet ordnas efter den.",
        filters=[lambda text: one_line_always(text).upper()],
        validators=[Regexp(rf"^{TERM.pattern}$", message="Skriv terminen så här: HT2026 eller VT2027.")],
        render_kw={"maxlength": 6, "size": 8},
    )


def _lead() -> TextAreaField:
    return TextAreaField(
        "Inledning",
        description="En eller två meningar om vad brevet handlar om.",
        filters=[kept_text],
        validators=[Length(max=LONGEST["lead"], message=f"Skriv högst {LONGEST['lead']} tecken.")],
        render_kw={"rows": 3, "maxlength": LONGEST["lead"]},
    )


def _body(label: str, rows: int) -> TextAreaField:
    return TextAreaField(
        label,
        description="## blir en underrubrik, - en punkt i en lista och [ord](https://adress) en länk.",
        filters=[kept_text],
        validators=[Length(max=LONGEST["body"], message=f"Skriv högst {LONGEST['body']} tecken.")],
        render_kw={"rows": rows, "maxlength": LONGEST["body"], "spellcheck": "true"},
    )


class BeginForm(OwnedForm):
    """The beginning of a newsletter."""

    title = _title()
    term = _term()


class OldForm(OwnedForm):
    """An old newsletter for the archive: its words, and the PDF as it was."""

    title = _title()
    term = _term()
    lead = _lead()
    body = _body("Hela texten", 14)
    file = FileField(
        "PDF",
        description="Så som brevet skickades en gång. Högst 10 MB.",
        validators=[FileRequired("Välj en PDF.")],
    )

    def validate_body(self, field: Field) -> None:
        """A PDF alone shuts readers out."""
        if not field.data.strip():
            raise ValidationError("Klistra in texten ur brevet. En PDF räcker inte för den som inte kan läsa den.")


class HeadForm(FlaskForm):
    """What a newsletter is called. `seen` is the version that was shown."""

    seen = HiddenField()
    title = _title()
    term = _term()
    lead = _lead()
    language = SelectField(
        "Språk", choices=offered(LANGUAGES), description="Skärmläsare läser upp brevet på det språket."
    )

    def validate_seen(self, field: Field) -> None:
        """A number."""
        if not (field.data or "").isdecimal():
            raise ValidationError("Läs in sidan på nytt.")

    def answers(self) -> dict[str, object]:
        """What was written, as it is kept."""
        return {name: self[name].data for name in ("title", "lead", "term", "language")}


class PartForm(FlaskForm):
    """A part's words, or an article. `seen` is the mark of what was shown."""

    seen = HiddenField()
    title = StringField(
        "Delens rubrik",
        filters=[one_line_always],
        validators=[Length(max=LONGEST["title"], message=f"Skriv högst {LONGEST['title']} tecken.")],
        render_kw={"maxlength": LONGEST["title"]},
    )
    municipality = SelectField("Kommun", description="Välj en kommun om delen handlar om den.")
    body = _body("Egen text", 10)
    article = SelectField("Publicerad nyhet", description="Rubrik och ingress följer med, och en länk till nyheten.")

    happening = SelectField("Webbinarium eller träff")
    material = SelectField("Material")

    def offer(self, municipalities: Choices, shown: dict[str, list[tuple[str, str]]]) -> Self:
        """Let one of each be chosen."""
        self.municipality.choices = offered([("", "Hela länet"), *municipalities])
        for name, choices in shown.items():
            self[name].choices = offered([("", "Inget"), *choices])
        return self

    def answers(self) -> dict[str, object]:
        """What was written, as it is kept."""
        return {
            "title": self.title.data,
            "body": self.body.data,
        } | {
            name: int(self[name].data) if self[name].data else None
            for name in ("municipality", "article", "happening", "material")
        }


class NewPartForm(FlaskForm):
    """Which part to add."""

    kind = SelectField("Lägg till en del")


class MoveForm(FlaskForm):
    """Where a part goes: up or down."""

    way = HiddenField()

    def validate_way(self, field: Field) -> None:
        """One of the two."""
        if field.data not in ("upp", "ner"):
            raise ValidationError("Välj upp eller ner.")


class AudienceForm(FlaskForm):
    """To whom: topics and places. Nothing ticked is nobody, never everybody. It is asked by GET, for a count."""

    class Meta:
        csrf = False

    topics = Checkboxes("Den som vill ha brev om", validate_choice=False)
    places = Checkboxes("Var", validate_choice=False)

    def offer(self, topics: Choices, places: Choices) -> Self:
        """Let these be ticked."""
        self.topics.choices = offered(topics)
        self.places.choices = offered([(EVERYWHERE, "Hela länet"), *places])
        return self

    def chosen(self) -> tuple[list[str], list[str]]:
        """What is ticked of what was offered."""
        return tuple(
            [code for code in field.data or [] if code in {choice.value for choice in field.choices}]
            for field in (self.topics, self.places)
        )


class SendForm(AudienceForm):
    """Letting it go: to whom, as was counted, and when."""

    class Meta:
        csrf = True

    at = Moment("Skicka senare", "Lämna tomt för att skicka om tio minuter.")


class PlainForm(FlaskForm):
    """A press of a button: nothing but the form's keys."""


class ImportForm(FlaskForm):
    """An old list of readers."""

    file = FileField(
        "Lista",
        description="En CSV-fil med kolumnen e-post. Kolumnen samtycke får finnas. Högst 2 MB.",
        validators=[FileRequired("Välj en fil.")],
    )
    basis = StringField(
        "Hur vet vi att de har sagt ja?",
        description="Till exempel: anmälan på webben 2019–2024. Gäller de rader som inte säger något själva.",
        filters=[one_line_always],
        validators=[Length(max=180, message="Skriv högst 180 tecken.")],
    )
    topics = Checkboxes("De ska få brev om", validate_choice=False)

    def offer(self, topics: Choices) -> Self:
        """Let these be ticked."""
        self.topics.choices = offered(topics)
        return self

    def validate_topics(self, field: Field) -> None:
        """At least one."""
        if not set(field.data or []) & {choice.value for choice in field.choices}:
            raise ValidationError("Välj minst ett ämne.")

"""What communicators may send in about materials."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, SelectField
from wtforms.fields.core import Field
from wtforms.validators import DataRequired, InputRequired, StopValidation, ValidationError

from tbb import clock
from tbb.forms.articles import LANGUAGES, BeginForm, Choices, offered
from tbb.forms.fields import Checkboxes
from tbb.forms.happenings import an_address, line, passage
from tbb.services.material_writing import LONGEST


class BeginMaterialForm(BeginForm):
    """The beginning of a material."""

    kind = SelectField("Vad är det?")

    def offer_kinds(self, kinds: Choices) -> BeginMaterialForm:
        """Let one of these be chosen."""
        self.kind.choices = offered(kinds)
        return self


class MaterialForm(FlaskForm):
    """What is said of a material. `seen` is the version that was shown."""

    seen = HiddenField(validators=[InputRequired("Läs in sidan på nytt.")])
    title = line("Rubrik", LONGEST["title"], "", DataRequired("Skriv en rubrik."))
    kind = SelectField("Vad är det?")
    lead = passage("Ingress", LONGEST["lead"], "En eller två meningar om vad det är och när man använder det.", 3)
    body = passage("Mer om materialet", LONGEST["body"], "## blir en rubrik, - en punkt i en lista.", 8)
    owner_name = line("Vem ansvarar för materialet?", 120, "Till exempel: Processledarna.")
    audience = Checkboxes("För vem?")
    areas = Checkboxes("Områden i hjulet")
    level = SelectField("Nivå")
    standing = SelectField("Läge i modellen")
    language = SelectField("Språk", choices=offered(LANGUAGES))
    cover = SelectField("Bild")

    def offer(self, **choices: Iterable[tuple[str, str]]) -> MaterialForm:
        """Let one or several of each be chosen: field=[(code, words), …]."""
        for name, found in choices.items():
            self[name].choices = offered(found)
        return self

    @property
    def seen_version(self) -> int:
        """The version that was shown; 0 when that cannot be read, which is none."""
        return int(self.seen.data) if (self.seen.data or "").isdecimal() else 0

    def answers(self) -> dict[str, Any]:
        """What was written, as it is kept."""
        names = ("title", "kind", "lead", "body", "owner_name", "level", "standing", "language")
        return {name: self[name].data for name in names} | {
            "audience": ",".join(self.audience.data or ()),
            "areas": ",".join(self.areas.data or ()),
            "cover": int(self.cover.data) if self.cover.data else None,
        }


def a_day(form: FlaskForm, field: Field) -> None:
    """A day that can be read and is not to come."""
    if field.process_errors or not field.data:
        field.errors = []
        raise StopValidation("Skriv en dag så här: 2026-11-23.")
    if field.data > clock.today():
        raise StopValidation("Dagen har inte varit än.")


class VersionForm(FlaskForm):
    """A new version: a file, or an address elsewhere."""

    dated = DateField("Datum på materialet", validators=[a_day])
    file = FileField("Fil", description="PDF (högst 25 MB) eller film (MP4 eller WebM, högst 500 MB).")
    url = line("Eller en länk", 300, "Om materialet finns på en annan webbplats.", an_address)
    captions = FileField("Textning till film", description="En WebVTT-fil (.vtt).")
    transcript = passage("Allt som sägs i filmen, som text", LONGEST["transcript"], "", 6)
    note = line("Vad är nytt?", 200)

    def validate_url(self, field: Field) -> None:
        """One of the two."""
        has_file = bool(self.file.data and self.file.data.filename)
        if has_file == bool(field.data):
            raise ValidationError("Välj en fil eller skriv en länk, inte båda.")

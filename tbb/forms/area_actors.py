"""What is sent in about the county's table of actors: one area's list, each line with its place, name and kind."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, HiddenField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional

from tbb.forms.cleaning import one_line_always
from tbb.forms.guard import no_personal_number
from tbb.services.area_actors import KINDS, Line, mark

MOST_LINES = 30
SPARE = 2
"""So many empty lines stand after the list, to add actors on."""


class LineForm(Form):
    """One actor. Without a name it is taken away."""

    position = IntegerField(
        "Plats", validators=[Optional(), NumberRange(1, 999, "Skriv platsen som ett tal, till exempel 2.")]
    )
    title = StringField(
        "Namn",
        filters=[one_line_always],
        validators=[Length(max=80, message="Skriv högst 80 tecken."), no_personal_number],
        render_kw={"autocomplete": "off"},
    )
    kind = SelectField("Typ av verksamhet i katalogen", validate_choice=True)

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.kind.choices = [SelectChoice("", "Finns inte i katalogen"), *(SelectChoice(kind, kind) for kind in KINDS)]


class ActorsForm(FlaskForm):
    """The whole list of one area. `seen` is the mark of the list that was shown."""

    seen = HiddenField()
    lines = FieldList(FormField(LineForm), max_entries=MOST_LINES)

    @classmethod
    def showing(cls, lines: list[Line]) -> ActorsForm:
        """Make the form filled with a list, and some empty lines after it."""
        stands = [{"position": at, "title": line.name, "kind": line.kind} for at, line in enumerate(lines, 1)]
        spare = [{"position": len(lines) + more, "title": "", "kind": ""} for more in range(1, SPARE + 1)]
        return cls(formdata=None, data={"seen": mark(lines), "lines": (stands + spare)[:MOST_LINES]})

    def named(self, names: dict[str, str]) -> ActorsForm:
        """Let the kinds be called by their Swedish names."""
        for line in self.lines:
            choices = line.form.kind.choices
            line.form.kind.choices = [SelectChoice(each.value, names.get(each.value, each.label)) for each in choices]
        return self

    def chosen(self) -> list[Line]:
        """Give the actors in the order of their places; lines without a name are gone."""
        kept = [line.form for line in self.lines if line.form.title.data]
        kept.sort(key=lambda line: line.position.data if line.position.data is not None else MOST_LINES + 1)
        return [Line(line.title.data, line.kind.data) for line in kept]

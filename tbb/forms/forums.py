"""What those may send in who keep a samverkansforum or bring a case to one."""

from __future__ import annotations

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from tbb.forms.cleaning import one_line_always, stripped
from tbb.forms.fields import Day
from tbb.forms.guard import no_personal_number
from tbb.services.forums import FIELDS

SHOWN_TO_ALL = "Alla som arbetar här kan läsa det. Skriv inget om något barn."


def words(label: str, hint: str, most: int) -> TextAreaField:
    """Make a field for a few sentences that everybody may read."""
    return TextAreaField(
        label,
        description=hint,
        filters=[stripped],
        validators=[
            Optional(),
            Length(max=most, message=f"Skriv högst {most} tecken."),
            no_personal_number,
        ],
        render_kw={"rows": 3},
    )


class ForumForm(FlaskForm):
    """What is said of a forum. `seen` is the version that the page showed."""

    municipality = SelectField("Kommun", validate_choice=True, validators=[InputRequired("Välj kommun.")])
    name = StringField(
        "Namn",
        filters=[one_line_always],
        validators=[
            InputRequired("Skriv vad forumet heter."),
            Length(max=80, message="Skriv högst 80 tecken."),
            no_personal_number,
        ],
        render_kw={"autocomplete": "off"},
    )
    about = words("Vad är det till för?", SHOWN_TO_ALL, 600)
    how = words(
        "Hur tar man upp ett ärende?",
        "Till exempel hur långt i förväg, och vem man kan fråga. Ett ärende tas upp med samtycke eller anonymt.",
        600,
    )
    seen = IntegerField(default=0, validators=[Optional()], render_kw={"type": "hidden"})

    def offer(self, municipalities: Iterable[tuple[str, str]]) -> ForumForm:
        """Fill in which municipalities may be chosen."""
        self.municipality.choices = list(municipalities)
        return self

    def within(self) -> ForumForm:
        """Leave out the municipality, where it is known."""
        del self.municipality
        return self

    def facts(self) -> dict[str, str]:
        """Give what is said of the forum."""
        return {name: self._fields[name].data or "" for name in FIELDS}


class MemberForm(FlaskForm):
    """A service that shall belong to a forum, searched for by name."""

    q = StringField(
        "Sök verksamhet",
        description="Skriv namn eller ort.",
        filters=[one_line_always],
        render_kw={"type": "search", "autocomplete": "off"},
        validators=[Optional(), Length(max=100, message="Skriv högst 100 tecken.")],
    )
    unit = HiddenField(validators=[Optional(), Length(max=120)])


class WhoComesForm(FlaskForm):
    """Who comes for a service: the key of an account, or nobody."""

    account = HiddenField(validators=[Optional(), Length(max=32)])


class DateForm(FlaskForm):
    """When and where a forum sits, as the clock on the wall says it."""

    day = Day("Dag", validators=[InputRequired("Skriv vilken dag forumet träffas.")])
    time = TimeField("Klockan", validators=[InputRequired("Skriv vilken tid det börjar, till exempel 13:00.")])
    minutes = IntegerField(
        "Hur länge, i minuter",
        default=90,
        validators=[
            InputRequired("Skriv hur många minuter."),
            NumberRange(15, 480, message="Skriv mellan 15 och 480 minuter."),
        ],
        render_kw={"inputmode": "numeric"},
    )
    place = StringField(
        "Plats",
        filters=[one_line_always],
        validators=[Optional(), Length(max=120, message="Skriv högst 120 tecken."), no_personal_number],
        render_kw={"autocomplete": "off"},
    )

    @property
    def wall(self) -> str:
        """The time on the wall."""
        return f"{self.day.data.isoformat()}T{self.time.data:%H:%M}"


class BringForm(FlaskForm):
    """To which date a case is brought."""

    date = HiddenField(validators=[InputRequired("Välj en dag."), Length(max=32)])


class TakeOutForm(FlaskForm):
    """What is taken off an agenda."""

    item = HiddenField(validators=[InputRequired("Läs in sidan på nytt."), Length(max=32)])

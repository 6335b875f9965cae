"""What those who are asked to a meeting send in: which times they can, another time, and the code of their link."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, StringField
from wtforms.validators import DataRequired, Length

from tbb.forms.cleaning import one_line_always
from tbb.forms.meetings import wall_of
from tbb.models.meeting_kinds import SlotAnswerKind

SAID = frozenset(SlotAnswerKind)


class CodeForm(FlaskForm):
    """The six digits that whoever books has told."""

    code = StringField(
        _("Kod"),
        description=_("Sex siffror. Du får koden av den som bjuder in till mötet."),
        filters=[one_line_always],
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 12, "size": 8},
        validators=[DataRequired(_("Skriv koden, sex siffror.")), Length(max=12)],
    )

    class Meta:
        csrf = False


class OtherTimeForm(FlaskForm):
    """Another time than those that are proposed."""

    day = DateField(_("Dag"), render_kw={"type": "date"})
    hour = StringField(_("Klockslag"), filters=[one_line_always], render_kw={"type": "time"})

    def wall(self) -> str:
        """The time as on the wall; what is no day or no time of day is none."""
        return wall_of(self.day.data.isoformat() if self.day.data else "", self.hour.data)


class OtherTimeByLinkForm(OtherTimeForm):
    """The same, by a personal link, guarded by a stamp instead of a token."""

    class Meta:
        csrf = False


class StampedForm(FlaskForm):
    """Answers by a personal link, guarded by a stamp."""

    class Meta:
        csrf = False


def answers_in(sent: Mapping[str, str]) -> dict[int, str]:
    """Read the answers of a form that has one choice for each time, named ``tid-`` and its number."""
    found = {}
    for name, said in sent.items():
        number = name.removeprefix("tid-")
        if name.startswith("tid-") and number.isdecimal() and len(number) < 10 and said in SAID:
            found[int(number)] = said
    return found

"""What a huvudman may decide of secrecy for its own units."""

from __future__ import annotations

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from tbb import clock
from tbb.forms.appointing import radio
from tbb.forms.cleaning import one_line_always
from tbb.forms.fields import Day
from tbb.forms.guard import no_personal_number
from tbb.models.kinds import Kind

GUARDIANS = {"both": "Båda vårdnadshavarna ska säga ja", "one": "Det räcker att en vårdnadshavare säger ja"}
GUARDIANS_NOTES = {
    "both": "Gäller när barnet har två vårdnadshavare. Så är det om ni inte har beslutat något annat. Byter ni till"
    " det här avslutas genast allt som bara en har sagt ja till, och de som har kallats får en avbokning.",
    "one": "Ett nej från den andra vårdnadshavaren stoppar ändå.",
}
REGIMES = {"osl": "Offentlighets- och sekretesslagen", "skollagen": "Tystnadsplikten i skollagen"}
REGIMES_NOTES = {
    "osl": "Kommuner och regioner.",
    "skollagen": "Fristående förskolor och skolor, 29 kap. 14 § skollagen.",
}
BOARD = "board_"


def line(label: str, most: int, *checks: object, hint: str = "") -> StringField:
    """Make a field for one line."""
    too_long = Length(max=most, message=f"Skriv högst {most} tecken.")
    return StringField(
        label,
        description=hint,
        filters=[one_line_always],
        render_kw={"autocomplete": "off"},
        validators=[*checks, too_long, no_personal_number],
    )


class RulesForm(FlaskForm):
    """A huvudman's rules. `offer` leaves the boards of the kinds of unit that it has."""

    seen = HiddenField()
    guardians = radio("Vems ja behövs?", GUARDIANS, "Välj vems ja som behövs.")
    regime = radio("Vilken tystnadsplikt gäller hos er?", REGIMES, "Välj vilken tystnadsplikt som gäller.")
    decision = line(
        "Beslut",
        120,
        InputRequired("Skriv vilket beslut reglerna bygger på."),
        hint="Vem som har beslutat och diarienummer. Till exempel: barn- och utbildningsnämnden, BUN 2026/123.",
    )
    decided_on = Day("Beslutsdag", validators=[InputRequired("Skriv vilken dag beslutet togs.")])

    def offer(self, kinds: Iterable[str]) -> RulesForm:
        """Leave the boards of these kinds of unit only."""
        kept = set(kinds)
        for kind in Kind:
            if kind not in kept:
                del self[f"{BOARD}{kind}"]
        return self

    def boards(self) -> dict[str, str]:
        """Give the board of each kind of unit."""
        return {name.removeprefix(BOARD): field.data for name, field in self._fields.items() if name.startswith(BOARD)}

    def validate_decided_on(self, field: Day) -> None:
        """A decision has been made before it is written down."""
        if field.data > clock.today():
            raise ValidationError("Skriv en dag som har varit.")


for _kind in Kind:
    _asked = InputRequired("Skriv vilken nämnd eller gren verksamheten hör till.")
    setattr(RulesForm, f"{BOARD}{_kind}", line(_kind.value, 80, _asked))

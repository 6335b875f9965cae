"""What a consent lets each service have: areas, kinds of information, and who says no to what of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from wtforms import Field, Form, HiddenField
from wtforms.fields.choices import SelectChoice

from tbb.forms.fields import Checkboxes
from tbb.models.kinds import Information
from tbb.services.case_receivers import Receiver
from tbb.services.consents import WHO, Party
from tbb.services.wheel_texts import AREA_NAMES, AREAS

EVERYTHING = "allt"
KINDS = {
    Information.WHEEL: "Det som står i hjulet",
    Information.MAPPING: "Det som står i kartläggningen",
    Information.ABSENCE: "Frånvaro",
    Information.MEETING: "Det som sägs på möten",
    Information.PLAN: "Planen",
}
USUAL = (Information.WHEEL, Information.MAPPING, Information.MEETING, Information.PLAN)
"""The kinds that are chosen to begin with."""
NAMES = {"guardian_1": "Vårdnadshavare 1", "guardian_2": "Vårdnadshavare 2", "child": "Barnet"}


class ScopeForm(Form):
    """What one service may have. `shown` says that the page asked, so that nothing chosen means just that."""

    shown = HiddenField(default="1")
    areas = Checkboxes("Områden", validate_choice=False)
    kinds = Checkboxes("Uppgifter", validate_choice=False)
    no_guardian_1 = Checkboxes("Vårdnadshavare 1 säger nej till", validate_choice=False)
    no_guardian_2 = Checkboxes("Vårdnadshavare 2 säger nej till", validate_choice=False)
    no_child = Checkboxes("Barnet säger nej till", validate_choice=False)

    def offer(self, label: str) -> ScopeForm:
        """Fill in what may be chosen, and which service it is for."""
        self.label = label
        areas = [SelectChoice(area, AREA_NAMES[area]) for area in AREAS]
        self.areas.choices = areas
        self.kinds.choices = [SelectChoice(kind.value, words) for kind, words in KINDS.items()]
        for who in WHO:
            self._fields[f"no_{who}"].choices = [SelectChoice(EVERYTHING, "Hela verksamheten"), *areas]
        return self

    def validate(self, extra_validators: object = None) -> bool:
        """At least one area and one kind, and only such as were offered."""
        fine = super().validate(extra_validators)
        for field, problem in (
            (self.areas, f"Välj minst ett område för {self.label}."),
            (self.kinds, f"Välj minst en sorts uppgifter för {self.label}."),
        ):
            if not field.data or not set(field.data) <= {choice.value for choice in field.choices}:
                field.errors = [problem]
                fine = False
        return fine

    def given(self, asked: Iterable[str]) -> dict[str, tuple]:
        """Give areas, kinds and noes as a Scope wants them; the noes of those who were asked."""
        areas = tuple(area for area in AREAS if area in self.areas.data)
        noes = [
            (who, "" if what == EVERYTHING else what)
            for who in asked
            for what in self._fields[f"no_{who}"].data or ()
            if what == EVERYTHING or what in areas
        ]
        return {"areas": areas, "kinds": tuple(self.kinds.data), "noes": tuple(noes)}


def scopes(
    formdata: Mapping | None, receivers: Sequence[Receiver], before: Mapping[str, Party], flagged: Sequence[str]
) -> dict[str, ScopeForm]:
    """Make a form for each service: as it was sent in, else as the version before had it, else what is flagged."""
    made = {}
    for one in receivers:
        sent = formdata if formdata and f"{one.slug}-shown" in formdata else None
        data = _as_before(before[one.slug]) if one.slug in before else _to_begin_with(flagged)
        made[one.slug] = ScopeForm(sent, prefix=f"{one.slug}-", data=data).offer(one.label)
    return made


class Together:
    """Several forms of one page as one, for the list of what is wrong."""

    def __init__(self, *forms: Form):
        self.forms = forms

    def __iter__(self) -> Iterator[Field]:
        return chain.from_iterable(self.forms)

    @property
    def errors(self) -> dict[str, list[str]]:
        """What is wrong, by the field's name on the page."""
        return {field.name: field.errors for field in self if field.errors}

    @property
    def form_errors(self) -> list[str]:
        """What is wrong with the whole."""
        return [error for form in self.forms for error in form.form_errors]


def _as_before(party: Party) -> dict[str, list[str]]:
    noes = {f"no_{who}": [no.area or EVERYTHING for no in party.noes if no.who == who] for who in WHO}
    return {"areas": list(party.areas), "kinds": list(party.kinds), **noes}


def _to_begin_with(flagged: Sequence[str]) -> dict[str, list[str]]:
    return {"areas": list(flagged or AREAS), "kinds": [kind.value for kind in USUAL]}

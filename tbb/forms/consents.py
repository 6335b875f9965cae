"""What those who decide have answered to whether information may be shared: who, how, when, with whom, until when."""

from __future__ import annotations

from datetime import timedelta

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from tbb import clock
from tbb.forms.appointing import radio
from tbb.forms.cleaning import kept_text, one_line_always
from tbb.forms.fields import Day
from tbb.forms.guard import Guarded
from tbb.models.kinds import Answer
from tbb.services.consent_taking import LONGEST
from tbb.services.consents import ALONE, CHILD, GUARDIANS, HEARD, WITH, Voice

TWO, ONE, OF_AGE = "two", "one", "of_age"
DECIDERS = {
    TWO: "Barnet har två vårdnadshavare",
    ONE: "Barnet har en vårdnadshavare",
    OF_AGE: "Den unga har fyllt 18 år och bestämmer själv",
}
MATURITIES = {
    HEARD: "Barnet får säga vad det tycker. Vårdnadshavarna bestämmer.",
    WITH: "Barnets eget ja behövs, tillsammans med vårdnadshavarnas.",
    ALONE: "Den unga är mogen att bestämma själv. Den ungas ja behövs och räcker.",
}
ANSWERS = {Answer.YES: "Ja", Answer.NO: "Nej", Answer.NOT_ASKED: "Inte tillfrågad"}
WAYS = {"oral": "Muntligt", "written": "Skriftligt"}
USUAL = timedelta(days=90)
"""How far ahead a consent ends unless another day is chosen."""


def answer(whose: str) -> RadioField:
    """Make the question of what somebody has answered."""
    return radio(whose, ANSWERS, f"Välj vad {whose.lower()} har svarat.")


def way() -> RadioField:
    """Make the question of how it was answered."""
    choices = [SelectChoice(value, label) for value, label in WAYS.items()]
    return RadioField("Hur", choices=choices, validate_choice=False, validators=[Optional()])


def day() -> Day:
    """Make the question of when it was answered."""
    return Day("Vilken dag", validators=[Optional()])


class ConsentForm(FlaskForm):
    """One version of a consent. Answers of those whom the first choice leaves out are not looked at."""

    deciders = radio("Vem bestämmer?", DECIDERS, "Välj vem som bestämmer.")
    guardian_1 = answer("Vårdnadshavare 1")
    guardian_1_way = way()
    guardian_1_on = day()
    guardian_2 = answer("Vårdnadshavare 2")
    guardian_2_way = way()
    guardian_2_on = day()
    child = answer("Barnet eller den unga")
    child_way = way()
    child_on = day()
    why_not_asked = TextAreaField(
        "Varför har barnet inte tillfrågats?",
        description="Skriv kort, till exempel att barnet är två år.",
        filters=[kept_text],
        validators=[Optional(), Length(max=300, message="Skriv högst 300 tecken."), Guarded()],
        render_kw={"rows": 2},
    )
    maturity = radio(
        "Hur mycket väger barnets eget ja?", MATURITIES, "Välj hur mycket barnets eget ja väger.", default=HEARD
    )
    paper = StringField(
        "Var finns det skriftliga samtycket?",
        description="Till exempel: i barnets akt i skolans arkivskåp. Skriv inget om barnet.",
        filters=[one_line_always],
        validators=[Optional(), Length(max=200, message="Skriv högst 200 tecken."), Guarded()],
        render_kw={"autocomplete": "off"},
    )
    information = TextAreaField(
        "Vilka uppgifter gäller det?",
        description="Skriv vad som får delas, inte själva uppgifterna. Till exempel: det vi har sett om trygghet och"
        " lärande, och vad barnet själv säger om skolan.",
        filters=[kept_text],
        validators=[
            InputRequired("Skriv vilka uppgifter som får delas."),
            Length(max=600, message="Skriv högst 600 tecken."),
            Guarded(),
        ],
        render_kw={"rows": 3},
    )
    ends_on = Day(
        "Gäller till och med",
        description="Högst ett år fram. Välj inte längre tid än som behövs.",
        default=lambda: clock.today() + USUAL,
        validators=[InputRequired("Skriv till och med vilken dag samtycket gäller.")],
    )

    def validate_ends_on(self, field: Day) -> None:
        """A consent ends, within a year."""
        if not clock.today() <= field.data <= clock.today() + LONGEST:
            raise ValidationError("Välj en dag från i dag till ett år fram.")

    def validate(self, extra_validators: object = None) -> bool:
        """Look at the answers of those who decide, each at its field."""
        for who in self._left_out():  # a browser sends nothing for the questions that it hides
            self._fields[who].data = Answer.NOT_ASKED.value
            self._fields[who].raw_data = [Answer.NOT_ASKED.value]
        if self.deciders.data == OF_AGE or not self.maturity.raw_data:
            self.maturity.data, self.maturity.raw_data = HEARD, [HEARD]
        fine = super().validate(extra_validators)
        for field, sentence in self._missing():
            if not field.errors:
                field.errors = [sentence]
                fine = False
        return fine

    def voices(self) -> dict[str, Voice]:
        """Give the answers of those who decide, by who they are."""
        asked = [who for who in (*GUARDIANS, CHILD) if who not in self._left_out()]
        return {who: self._voice(who) for who in asked}

    def given(self) -> dict[str, object]:
        """Give what is to be recorded, except what it is about and with whom it is shared."""
        return {
            "voices": self.voices(),
            "information": self.information.data,
            "ends_on": self.ends_on.data,
            "why_not_asked": self.why_not_asked.data or "" if self.child.data == Answer.NOT_ASKED else "",
            "maturity": self.maturity.data,
            "paper": self.paper.data or "" if self._is_written() else "",
        }

    def _voice(self, who: str) -> Voice:
        said = self._fields[who].data
        if said == Answer.NOT_ASKED:
            return Voice()
        return Voice(said, self._fields[f"{who}_way"].data, self._fields[f"{who}_on"].data)

    def _left_out(self) -> tuple[str, ...]:
        return {ONE: GUARDIANS[1:], OF_AGE: GUARDIANS}.get(self.deciders.data, ())

    def _is_written(self) -> bool:
        return any(voice.way == "written" for voice in self.voices().values())

    def _missing(self):
        for who in (*GUARDIANS, CHILD):
            if self._fields[who].data in (Answer.YES, Answer.NO):
                yield from self._how(who)
        if self.child.data == Answer.NOT_ASKED:
            if self.deciders.data == OF_AGE:
                yield self.child, "Den som har fyllt 18 år måste tillfrågas."
            elif not self.why_not_asked.data:
                yield self.why_not_asked, "Skriv varför barnet inte har tillfrågats."
        if self.maturity.data != HEARD and self.child.data == Answer.NOT_ASKED:
            yield self.child, "Fråga barnet först, när barnets eget ja behövs."
        if self._is_written() and not self.paper.data:
            yield self.paper, "Skriv var det skriftliga samtycket finns."
        if self.deciders.data and all(voice.answer == Answer.NOT_ASKED for voice in self.voices().values()):
            yield self.guardian_1, "Fråga minst en av dem först."

    def _how(self, who: str):
        how, when, name = self._fields[f"{who}_way"], self._fields[f"{who}_on"], self._fields[who].label.text.lower()
        if how.data not in WAYS:
            yield how, f"Välj hur {name} svarade."
        if when.data is None:
            yield when, f"Skriv vilken dag {name} svarade."
        elif not clock.today() - timedelta(days=730) <= when.data <= clock.today():
            yield when, "Skriv en dag som har varit."


class WithdrawForm(FlaskForm):
    """That a consent is taken back. `consent` is the version that the page showed."""

    consent = HiddenField(validators=[InputRequired("Läs in sidan på nytt."), Length(max=32)])


def in_words(voice: Voice) -> tuple[str, str]:
    """Say what somebody answered, and how: ("Ja", "muntligt")."""
    return ANSWERS[Answer(voice.answer)], WAYS.get(voice.way, "").lower()

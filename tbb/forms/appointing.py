"""What those who appoint may send in: who, in what role, from when, with what mandate; absence and end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, InputRequired, Length, Optional, ValidationError

from tbb.forms.cleaning import one_line_always
from tbb.forms.fields import Checkboxes, Day
from tbb.forms.guard import no_personal_number
from tbb.models.kinds import Mandate, Role
from tbb.services.appointing import Choice, Draft, Hindered, Mandated, NewPerson
from tbb.services.handovers import REASONS
from tbb.services.responsibilities import Ending

ROLES = {
    Role.BBA: "Barnets bästa-ansvarig",
    Role.DEPUTY: "Ersättare",
    Role.HOLIDAY: "Lovkontakt",
}
ROLE_NOTES = {
    Role.BBA: "Svarar för verksamheten och tar emot information om barn.",
    Role.DEPUTY: "Går in när den ansvariga är borta.",
    Role.HOLIDAY: "Går att nå när det är lov.",
}
KNOWN, NEW, PROTECTED = "known", "new", "protected"
WHO = {
    KNOWN: "Någon som redan finns i katalogen",
    NEW: "En ny person",
    PROTECTED: "Någon med skyddade personuppgifter",
}
MANDATES = {
    Mandate.DECISION_MAKER: "Har rätt att besluta i sin tjänst",
    Mandate.DELEGATED: "Har fått ett särskilt mandat",
}
MANDATE_NOTES = {
    Mandate.DECISION_MAKER: "Till exempel rektor eller verksamhetschef.",
    Mandate.DELEGATED: "Någon som får besluta har gett personen rätt att göra det.",
}
LATER, APPOINT, DEPUTY = "later", "appoint", "deputy"
PHONE = re.compile(r"\+?[0-9][0-9 ()/-]{4,24}")


def a_phone(form: FlaskForm, field: StringField) -> None:
    """A number that can be dialled."""
    if field.data and not PHONE.fullmatch(field.data):
        raise ValidationError("Skriv ett telefonnummer, till exempel 016-12 34 56.")


def text(label: str, most: int, *checks: object, hint: str = "", **look: object) -> StringField:
    """Make a field for one line of text that may be left empty."""
    limits = [Optional(), Length(max=most, message=f"Skriv högst {most} tecken."), no_personal_number]
    return StringField(
        label,
        description=hint,
        filters=[one_line_always],
        validators=[*limits, *checks],
        render_kw={"autocomplete": "off"} | look,
    )


def address(label: str, hint: str = "") -> StringField:
    """Make a field for an e-mail address that may be left empty."""
    check = Email("Skriv en e-postadress, till exempel namn@exempel.se.")
    return text(label, 254, check, hint=hint, type="email", inputmode="email")


def radio(label: str, choices: dict, problem: str, default: str | None = None) -> RadioField:
    """Make a choice of one among a few; values that were not offered are refused."""
    return RadioField(
        label,
        default=default,
        choices=[SelectChoice(str(value), said) for value, said in choices.items()],
        validate_choice=False,
        validators=[InputRequired(problem), _among(problem)],
    )


def _among(problem: str):
    def check(form: FlaskForm, field: RadioField) -> None:
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(problem)

    return check


class HinderedForm(FlaskForm):
    """A form on whose fields a service's reason can be put."""

    def blame(self, problem: Hindered) -> None:
        """Put why it cannot be on the field it is about, or on the form."""
        field = self._fields.get(problem.field)
        if field is None:
            self.form_errors.append(problem.sentence)
        else:
            field.errors = [problem.sentence]


class MandateFields:
    """Why a BBA may decide (R4)."""

    mandate = RadioField(
        "Varför får personen besluta?",
        choices=[SelectChoice(str(value), label) for value, label in MANDATES.items()],
        validate_choice=False,
        validators=[Optional()],
    )
    mandate_by = text("Vem har gett mandatet?", 120, hint="Skriv titel och namn, till exempel rektor Eva Exempelsson.")
    mandate_on = Day("Vilken dag gavs det?", validators=[Optional()])

    def mandated(self) -> Mandated:
        """Give the mandate; by position it needs nobody's name."""
        if self.mandate.data != Mandate.DELEGATED:
            return Mandated(self.mandate.data or "")
        return Mandated(Mandate.DELEGATED, self.mandate_by.data or "", self.mandate_on.data)


class AppointForm(MandateFields, HinderedForm):
    """Somebody who is to answer for a unit. `offer` fills in what may be chosen."""

    role = radio("Vad ska personen vara?", ROLES, "Välj vad personen ska vara.")
    who = radio("Vem är det?", WHO, "Välj vem det är.")
    person = SelectField("Person", validate_choice=False, validators=[Optional()])
    name = text("Namn", 120)
    title = text("Titel", 120, hint="Till exempel biträdande rektor eller kurator.")
    phone = text("Telefon på arbetet", 40, a_phone, type="tel", hint="Visas för alla i katalogen.")
    email = address("E-postadress på arbetet", "Visas för alla i katalogen.")
    phone_hours = text("När är det lättast att ringa?", 200, hint="Till exempel måndag–fredag 8–9.")
    languages = text("Språk som personen talar", 200, hint="Till exempel svenska, engelska och arabiska.")
    function_name = text(
        "Funktion", 120, hint="Visas i stället för namnet, till exempel Barnets bästa-ansvarig på skolan."
    )
    switchboard = text("Telefonnummer till växeln", 40, a_phone, type="tel")
    starts_on = Day("Första dagen", validators=[InputRequired("Skriv vilken dag uppdraget börjar.")])
    ends_on = Day("Sista dagen", description="Lämna tomt om uppdraget gäller tills vidare.", validators=[Optional()])
    also = Checkboxes("Samma person i fler verksamheter", validate_choice=False)
    invite = BooleanField("Bjud in personen till ett eget konto")
    account_email = address("E-postadress till kontot", "Visas aldrig i katalogen.")

    def offer(self, people: Sequence[Choice], units: Sequence[Choice]) -> AppointForm:
        """Fill in who and what may be chosen."""
        self.person.choices = [
            SelectChoice("", "Ingen är vald", optgroup="Välj en person"),
            *(
                SelectChoice(one.value, one.label, optgroup="Här" if one.here else "Hos samma huvudman")
                for one in people
            ),
        ]
        self.also.choices = [SelectChoice(one.value, one.label) for one in units]
        return self

    def validate_also(self, field: Checkboxes) -> None:
        """Only what was offered can be chosen; where nothing is, there is no field to answer in."""
        if not field.choices:
            field.data = []
        if not set(field.data or ()) <= {choice.value for choice in field.choices}:
            raise ValidationError("Välj bland dina egna verksamheter.")

    def validate(self, extra_validators: object = None) -> bool:
        """Ask for what the choices make necessary, each at its field."""
        fine = super().validate(extra_validators)
        for field, sentence in self._missing():
            if not field.errors:
                field.errors = [sentence]
                fine = False
        return fine

    def _missing(self):
        if self.who.data == KNOWN and self.person.data not in {choice.value for choice in self.person.choices} - {""}:
            yield self.person, "Välj en person i listan."
        if self.who.data == NEW:
            if not self.name.data:
                yield self.name, "Skriv personens namn."
            if not (self.phone.data or self.email.data):
                yield self.phone, "Skriv ett telefonnummer eller en e-postadress. Den ansvariga måste gå att nå."
            if self.invite.data and not self.email.data:
                yield self.email, "Skriv den e-postadress som inbjudan ska gå till."
        if self.who.data == PROTECTED:
            if not self.function_name.data:
                yield self.function_name, "Skriv vad som ska stå i stället för namnet."
            if not self.switchboard.data:
                yield self.switchboard, "Skriv telefonnumret till växeln."
            if self.invite.data and not self.account_email.data:
                yield self.account_email, "Skriv den e-postadress som inbjudan ska gå till."

    def draft(self) -> Draft:
        """Give what is asked for, without what the choices make moot."""
        return Draft(
            role=Role(self.role.data),
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            mandated=self.mandated() if self.role.data == Role.BBA else Mandated(),
            person=int(self.person.data) if self.who.data == KNOWN else None,
            new=self._new(),
            also=tuple(self.also.data or ()),
            invite=self.invite.data,
            account_email=self.account_email.data if self.who.data == PROTECTED else "",
        )

    def kept(self) -> list[tuple[str, str]]:
        """Give what was sent, for the page that shows what will happen."""
        return [(field.name, value) for field in self if field.name != "csrf_token" for value in field.raw_data or ()]

    def _new(self) -> NewPerson | None:
        if self.who.data == KNOWN:
            return None
        if self.who.data == PROTECTED:
            return NewPerson(protected=True, function_name=self.function_name.data, switchboard=self.switchboard.data)
        names = ("name", "title", "phone", "email", "phone_hours", "languages")
        return NewPerson(**{name: self._fields[name].data or "" for name in names})


class AbsenceForm(HinderedForm):
    """From when to when somebody is away."""

    away_from = Day("Borta från och med", validators=[Optional()])
    away_until = Day("Borta till och med", description="Lämna tomt om du inte vet.", validators=[Optional()])


class MandateForm(MandateFields, HinderedForm):
    """A BBA's mandate."""


class PeriodForm(HinderedForm):
    """From when to when a deputy or a holiday contact steps in."""

    starts_on = Day("Första dagen", validators=[InputRequired("Skriv vilken dag uppdraget börjar.")])
    ends_on = Day("Sista dagen", description="Lämna tomt om uppdraget gäller tills vidare.", validators=[Optional()])


class EndForm(HinderedForm):
    """The last day of a deputy's or a holiday contact's responsibility."""

    ends_on = Day("Sista dagen", validators=[InputRequired("Skriv vilken dag som är den sista.")])

    def ending(self) -> Ending:
        """Give how it is to end."""
        return Ending(self.ends_on.data, "other")


class EndBbaForm(MandateFields, HinderedForm):
    """The last day of a BBA's responsibility, why, and who goes on. `offer` fills in the deputies."""

    ends_on = Day("Sista dagen", validators=[InputRequired("Skriv vilken dag som är den sista.")])
    reason = radio(
        "Varför?", {key: said for key, said in REASONS.items() if key != "replaced"}, "Välj varför uppdraget slutar."
    )
    after = radio("Vem tar vid?", {}, "Välj vem som tar vid.")

    def offer(self, deputies: Sequence[tuple[int, str]], successor: str) -> EndBbaForm:
        """Fill in who can take over: whoever is planned already, a deputy, or somebody appointed next."""
        if successor:
            self.after.choices = [SelectChoice(LATER, f"{successor}, som redan är utsedd")]
            self.after.data = self.after.data or LATER
            return self
        self.after.choices = [
            SelectChoice(APPOINT, "Jag utser en efterträdare i nästa steg"),
            *(
                SelectChoice(f"{DEPUTY}-{number}", f"{name}, som är ersättare, tills vidare")
                for number, name in deputies
            ),
            SelectChoice(LATER, "Ingen är klar än"),
        ]
        return self

    def ending(self) -> Ending:
        """Give how it is to end."""
        kind, _, number = self.after.data.partition("-")
        deputy = int(number) if kind == DEPUTY and number.isdecimal() else None
        return Ending(self.ends_on.data, self.reason.data, deputy, self.mandated() if deputy else Mandated())

    @property
    def next_day(self) -> date:
        """The day from which somebody else is needed."""
        return self.ends_on.data + timedelta(days=1)

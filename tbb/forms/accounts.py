"""What people send in to sign in, to choose a password, and to look after their own account."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, Email, Length

from tbb.forms.cleaning import stripped
from tbb.forms.telling import AnonymousForm
from tbb.services.passwords import LONGEST, SHORTEST

TOO_WEAK = {
    "short": f"Lösenordet måste ha minst {SHORTEST} tecken.",
    "long": f"Lösenordet får ha högst {LONGEST} tecken.",
    "common": "Det lösenordet är lätt att gissa. Välj ett annat, till exempel fyra ord som inte hör ihop.",
    "own": "Lösenordet får inte bygga på ditt namn, din adress eller din organisation. Välj ett annat.",
}
"""What is said of a password that may not be chosen, by the reason that tbb.services.passwords gives."""
WRONG = "Fel e-postadress eller lösenord."
WRONG_OLD = "Det är inte ditt nuvarande lösenord."
ADDRESS_WANTED = "Skriv en e-postadress, till exempel namn@exempel.se."


def _address() -> StringField:
    """Make the field for the address that somebody signs in with."""
    return StringField(
        "E-postadress",
        filters=[stripped],
        render_kw={"type": "email", "autocomplete": "username"},
        validators=[DataRequired("Skriv din e-postadress."), Length(max=254), Email(ADDRESS_WANTED)],
    )


def _new_password() -> PasswordField:
    """Make the field for a new password; whether it is good enough is for tbb.services.passwords to say."""
    return PasswordField(
        "Nytt lösenord",
        description=f"Minst {SHORTEST} tecken. Längre är bättre: fyra ord som inte hör ihop är lätta att minnas."
        " Klistra gärna in från en lösenordshanterare.",
        render_kw={"autocomplete": "new-password"},
        validators=[DataRequired("Välj ett lösenord.")],
    )


class SignInForm(AnonymousForm):
    """An address, a password, and where somebody was heading."""

    email = _address()
    password = PasswordField(
        "Lösenord", render_kw={"autocomplete": "current-password"}, validators=[DataRequired("Skriv ditt lösenord.")]
    )
    till = HiddenField()


class ForgottenForm(AnonymousForm):
    """The address of somebody who has forgotten their password."""

    email = _address()


class NewPasswordForm(AnonymousForm):
    """A password chosen under a link in a letter."""

    password = _new_password()


class ChangePasswordForm(FlaskForm):
    """One's present password, and a new one."""

    old = PasswordField(
        "Nuvarande lösenord",
        render_kw={"autocomplete": "current-password"},
        validators=[DataRequired("Skriv ditt nuvarande lösenord.")],
    )
    password = _new_password()

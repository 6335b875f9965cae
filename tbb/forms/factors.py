"""What proves who somebody is: codes, passkeys' answers, and names for one's own keys."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length, Regexp

from tbb.forms.cleaning import one_line
from tbb.forms.telling import AnonymousForm
from tbb.services.recovery_codes import plain, written

LONGEST_ANSWER = 20_000


def _text(value: str | None) -> str:
    return value or ""


def _digits(value: str | None) -> str | None:
    return "".join(value.split()) if value else value


def _recovery_code(value: str | None) -> str | None:
    return written(plain(value)) if value else value


class CodeForm(FlaskForm):
    """Six digits from an app."""

    code = StringField(
        "Kod från appen",
        description="Sex siffror. Koden byts var trettionde sekund.",
        filters=[_digits],
        validators=[
            DataRequired("Skriv de sex siffror som appen visar."),
            Regexp(r"\A[0-9]{6}\Z", message="Koden ska vara sex siffror."),
        ],
    )


class RecoveryForm(FlaskForm):
    """A recovery code; with or without its hyphens, in small or capital letters."""

    code = StringField(
        "Reservkod",
        description="16 tecken, till exempel k7m2-9qxd-p4tn-w8fh.",
        filters=[_recovery_code],
        validators=[
            DataRequired("Skriv en av dina reservkoder."),
            Length(min=19, max=19, message="En reservkod har 16 tecken. Kontrollera att du har fått med alla."),
        ],
    )


class PasskeyForm(FlaskForm):
    """What a browser answers with: which challenge, and WebAuthn's own JSON."""

    token = HiddenField(filters=[_text], validators=[Length(max=60)])
    answer = HiddenField(filters=[_text], validators=[Length(max=LONGEST_ANSWER)])


class AnonymousPasskeyForm(PasskeyForm, AnonymousForm):
    """The same from somebody who has not said who they are."""


class NewPasskeyForm(PasskeyForm):
    """A new passkey and what its owner calls it."""

    name = StringField(
        "Namn på nyckeln",
        description="Så att du känner igen den i listan, till exempel ”Jobbtelefonen”.",
        filters=[one_line],
        validators=[
            DataRequired("Ge nyckeln ett namn."),
            Length(max=60, message="Namnet får ha högst %(max)d tecken."),
        ],
    )


class SureForm(FlaskForm):
    """Nothing but that somebody is sure."""

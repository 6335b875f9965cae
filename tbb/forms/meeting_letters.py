"""Sending the letters of a meeting that were looked at, and the file of an answer."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField
from wtforms.validators import DataRequired, Regexp

NUMBER = Regexp(r"^[0-9]{1,6}$")


class SendForm(FlaskForm):
    """How many letters were looked at, and which time they tell of."""

    seen = HiddenField(validators=[DataRequired(), NUMBER])
    sequence = HiddenField(validators=[DataRequired(), NUMBER])


class TakeBackForm(FlaskForm):
    """Which letters were looked at before somebody is taken out, a meeting is called off, or people are asked."""

    seen = HiddenField(validators=[DataRequired(), Regexp(r"^[0-9a-f]{32}$")])


class ReplyForm(FlaskForm):
    """An answer that came to somebody's own mailbox."""

    file = FileField(
        "Svarsfil",
        description="En kalenderfil (.ics) på högst 64 kB. Den följer med svaret i din e-post.",
        validators=[FileRequired("Välj en fil.")],
    )

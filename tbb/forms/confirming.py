"""What may be sent in from the page behind a letter's link: that the details of one unit, or of all, are right."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import InputRequired, Regexp

from tbb.forms.telling import AnonymousForm

ALL = "alla"


class LetterForm(AnonymousForm):
    """Which details are right: the number of a responsibility, or all of them."""

    which = StringField(validators=[InputRequired(), Regexp(r"\A(?:alla|[0-9]{1,9})\Z")])

    def responsibility(self) -> int | None:
        """Give the number, or None for all."""
        return None if self.which.data == ALL else int(self.which.data)

"""What goes along when somebody signs in through their organisation: where they were heading, and an invitation."""

from __future__ import annotations

from wtforms import HiddenField
from wtforms.validators import Length, Optional

from tbb.forms.telling import AnonymousForm


class WayInForm(AnonymousForm):
    """`till` is a signed address of ours; `inbjudan` the secret of an invitation that is to be taken in use."""

    till = HiddenField(validators=[Optional(), Length(max=2000)])
    inbjudan = HiddenField(validators=[Optional(), Length(max=100)])

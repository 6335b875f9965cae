"""What may be uploaded to import: one list, and the plan that was looked at."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField
from wtforms.validators import DataRequired, Regexp


class UploadForm(FlaskForm):
    """A list in one of the formats we know."""

    file = FileField(
        "Lista",
        description="En fil (csv eller json) på högst 4 MB: ett register, öppna skoldata eller vår egen mall.",
        validators=[FileRequired("Välj en fil.")],
    )


class ApplyForm(FlaskForm):
    """The number of the plan that was looked at."""

    digest = HiddenField(validators=[DataRequired(), Regexp(r"^[0-9a-f]{16,128}$")])

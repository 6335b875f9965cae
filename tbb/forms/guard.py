"""What must not be written down here: personal numbers are refused, and other traces of a person are pointed out."""

from __future__ import annotations

from wtforms import ValidationError
from wtforms.fields.core import Field
from wtforms.form import BaseForm

from tbb.services.personal_data import NO_PERSONAL_NUMBER, findings, holds_personal_number


def no_personal_number(form: BaseForm, field: Field) -> None:
    """Refuse a personal number, which must never be kept here."""
    if holds_personal_number(field.data or ""):
        raise ValidationError(NO_PERSONAL_NUMBER)


class Guarded:
    """Validator of free text: refuses a personal number, and lays the other findings in ``field.warnings``.

    Warnings never fail a form: the one who writes decides. They are for the page only (see
    templates/informing/warnings.html, to be included where `field` is known) and are neither logged nor kept.
    """

    field_flags: dict[str, object] = {}

    def __call__(self, form: BaseForm, field: Field) -> None:
        """Look through what was written; raise ValidationError for a personal number."""
        found = findings(field.data or "")
        field.warnings = [finding for finding in found if not finding.refused]
        if len(field.warnings) < len(found):
            raise ValidationError(NO_PERSONAL_NUMBER)


def warned(form: BaseForm) -> list[Field]:
    """Give the fields of a validated form in which something was pointed out, in their order."""
    return [field for field in form if getattr(field, "warnings", None)]

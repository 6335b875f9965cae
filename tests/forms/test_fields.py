"""Fields that several forms have: a day and a number are read strictly, and what is asked last is told of last."""

from __future__ import annotations

from datetime import date

import pytest
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms.validators import InputRequired, Optional, ValidationError

from tbb.forms import articles, materials, newsletters
from tbb.forms.fields import Day, Number


class StrictForm(FlaskForm):
    """A day that is asked for, a day that may be left out, and a number."""

    class Meta:
        csrf = False

    day = Day("Dag", validators=[InputRequired("Välj en dag.")])
    other = Day("En annan dag", validators=[Optional()])
    number = Number()

    def validate_day(self, field: Day) -> None:
        """Look at what was read, which is a day."""
        if field.data.year < 2000:
            raise ValidationError("För länge sedan.")


@pytest.mark.parametrize(
    ("text", "read", "said"),
    [
        ("2026-11-23", date(2026, 11, 23), []),
        (" 2028-02-29 ", date(2028, 2, 29), []),
        ("1999-12-31", date(1999, 12, 31), ["För länge sedan."]),
        ("2027-02-29", None, ["Skriv dagen så här: 2026-11-23."]),
        ("9999-12-31", None, ["Skriv dagen så här: 2026-11-23."]),
        ("i går", None, ["Skriv dagen så här: 2026-11-23."]),
        ("", None, ["Välj en dag."]),
    ],
)
def test_a_day_is_read_or_told_of_in_one_sentence(app, text, read, said):
    with app.test_request_context():
        form = StrictForm(MultiDict({"day": text}))
        assert form.validate() is (not said)
        assert (form.day.data, list(form.day.errors)) == (read, said)
        assert form.other.data is None and not form.other.errors


@pytest.mark.parametrize(
    ("text", "read"), [("7", 7), ("", None), ("2147483647", 2**31 - 1), ("2147483648", None), ("-1", None), ("٣", None)]
)
def test_a_number_is_one_that_a_row_can_have(app, text, read):
    with app.test_request_context():
        form = StrictForm(MultiDict({"day": "2026-11-23", "number": text}))
        assert form.validate() is (read is not None or not text)
        assert form.number.data == read


@pytest.mark.parametrize("form", [articles.BeginForm, materials.BeginMaterialForm, newsletters.BeginForm])
def test_who_writes_is_asked_last_and_so_told_of_last(app, form):
    with app.test_request_context():
        assert list(form(MultiDict())._fields)[-1] == "where"

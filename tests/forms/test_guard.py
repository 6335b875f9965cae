"""The guard on free text refuses personal numbers and points out the rest; and typed text is tidied in one way."""

from __future__ import annotations

import pytest
from flask import render_template
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import TextAreaField
from wtforms.validators import Length, Optional

from tbb.forms.cleaning import one_line, one_line_always, stripped
from tbb.forms.guard import Guarded, warned
from tbb.services.personal_data import NO_PERSONAL_NUMBER


class NoteForm(FlaskForm):
    """A form with one guarded text."""

    class Meta:
        csrf = False

    note = TextAreaField("Anteckning", filters=[stripped], validators=[Optional(), Length(max=200), Guarded()])


def checked(app, text: str) -> tuple[bool, NoteForm, str]:
    """Whether a text is accepted, the form, and the warnings as they are shown beside the field."""
    with app.test_request_context("/"):
        form = NoteForm(formdata=MultiDict({"note": text}))
        valid = form.validate()
        return valid, form, render_template("informing/warnings.html", field=form.note)


def test_a_personal_number_is_refused_in_the_words_of_the_house(app):
    valid, form, shown = checked(app, "Barnet har nummer 121212-1212.")
    assert not valid
    assert form.note.errors == [NO_PERSONAL_NUMBER]
    assert "role=" not in shown
    assert form.note.data == "Barnet har nummer 121212-1212."


def test_other_traces_are_pointed_out_and_may_stay(app):
    valid, form, shown = checked(app, "Ring Anna Exempelsson <b>, 070-174 06 05.")
    assert valid
    assert [finding.kind for finding in form.note.warnings] == ["surname", "phone"]
    assert warned(form) == [form.note]
    assert 'role="status"' in shown
    assert "070-174 06 05" in shown and "Anna Exempelsson" in shown


@pytest.mark.parametrize("text", ["", "Barnet trivs på rasterna."])
def test_a_text_without_traces_says_nothing(app, text):
    valid, form, shown = checked(app, text)
    assert valid and not warned(form) and not shown.strip()


def test_nothing_that_was_found_reaches_the_log(app, caplog):
    with caplog.at_level(0):
        checked(app, "Anna Exempelsson 121212-1212 070-174 06 05 a@b.example")
    assert "Exempelsson" not in caplog.text and "121212" not in caplog.text and "b.example" not in caplog.text


def test_text_is_tidied_in_one_way():
    assert stripped("  a\n b ") == "a\n b"
    assert one_line(" a\n\x00 b\t") == "a b"
    assert [tidy(None) for tidy in (stripped, one_line, one_line_always)] == [None, None, ""]
    assert [tidy("") for tidy in (stripped, one_line, one_line_always)] == ["", "", ""]

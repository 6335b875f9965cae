"""The template for extensive absence: four steps in order, days that hold together, and the pupil's own words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import render_template
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from tbb import clock
from tbb.forms.absence import ABSENCE_STEPS, absence_answers, add_absence


@add_absence
class WayForm(FlaskForm):
    """Nothing but the template."""

    class Meta:
        csrf = False


def day(ago: int) -> str:
    """A day so many days ago."""
    return (clock.today() - timedelta(days=ago)).isoformat()


def right() -> dict[str, str]:
    """A way that is half gone; a step may be left out, and a measure may lie ahead."""
    return {
        "absence.detect.on": day(40),
        "absence.detect.text": " Borta varje måndag.\n",
        "absence.detect.child": "Det är bråkigt.",
        "absence.measures.on": day(-7),
    }


@pytest.fixture(autouse=True)
def within_a_request(app):
    """Forms and templates speak the language of a request."""
    with app.test_request_context("/", environ_overrides={"tbb.language": "sv"}):
        app.preprocess_request()
        yield


def sent(**more) -> WayForm:
    """The form as it was sent, looked through."""
    names = {name.replace("__", "."): value for name, value in more.items()}
    form = WayForm(formdata=MultiDict(right() | names))
    form.validate()
    return form


def test_answers_are_kept_under_their_own_names_and_come_back():
    form = sent()
    assert not form.errors
    answers = {name: text for name, text in absence_answers(form).items() if text}
    assert answers == right() | {"absence.detect.text": "Borta varje måndag."}
    assert absence_answers(WayForm(formdata=None, data=answers)) == absence_answers(form)
    assert absence_answers(WayForm(formdata=None, data={"absence.back.on": "inte en dag"}))["absence.back.on"] == ""


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("absence__investigate__on", 41, "före steget Upptäcka frånvaron"),
        ("absence__back__on", -6, "före steget Åtgärder"),
        ("absence__detect__on", -1, "Den dagen har inte varit än"),
        ("absence__back__on", -4000, "Stämmer årtalet"),
        ("absence__back__on", "i vår", "Skriv dagen så här: 2026-11-23."),
        ("absence__back__text", "å" * 2001, "Skriv högst 2000 tecken."),
        ("absence__back__child", "Jag har 121212-1212", "Ta bort personnumret"),
    ],
)
def test_what_does_not_hold_together_is_told_kindly_at_its_field(field, value, words):
    form = sent(**{field: day(value) if isinstance(value, int) else value})
    assert list(form.errors) == [field.replace("__", ".")]
    assert words in form.errors[field.replace("__", ".")][0]


def test_the_same_day_is_in_order():
    assert not sent(absence__investigate__on=day(40), absence__back__on=day(-7)).errors


def test_the_form_is_drawn_with_every_field_labelled_and_its_faults_beside_it():
    form = sent(absence__back__on="i vår", absence__back__text="Ring Anna Exempelsson.")
    soup = BeautifulSoup(render_template("informing/absence.html", form=form), "html5lib")
    assert [legend.get_text(" ", strip=True).split(":")[0] for legend in soup.select("legend")] == [
        f"Steg {number}" for number in (1, 2, 3, 4)
    ]
    fields = soup.select("input, textarea")
    assert [field["name"] for field in fields] == list(absence_answers(form))
    assert all(soup.select_one(f"label[for='{field['id']}']") for field in fields)
    for field in fields:
        assert all(soup.find(id=said) for said in field.get("aria-describedby", "").split())
    assert soup.select_one("[aria-invalid]")["name"] == "absence.back.on"
    assert "Anna Exempelsson" in soup.select_one("[role=status]").get_text()
    assert not render_template("informing/absence.html", form=FlaskForm(formdata=None, meta={"csrf": False})).strip()


def test_what_was_answered_is_read_as_a_way_with_the_pupils_voice():
    steps = [(ABSENCE_STEPS["detect"].name, "2026-10-05", "Borta <b>", "Det är bråkigt."), ("Utreda", "", "", "")]
    shown = BeautifulSoup(render_template("informing/absence_shown.html", absence=steps), "html5lib")
    assert [item.h3.get_text() for item in shown.select("li")] == ["Upptäcka frånvaron", "Utreda"]
    assert shown.time["datetime"] == "2026-10-05" and shown.time.get_text() == "5 oktober 2026"
    assert "Borta <b>" in shown.get_text() and "Det är bråkigt." in shown.blockquote.get_text()
    assert "Ingen dag angiven" in shown.get_text()
    assert not render_template("informing/absence_shown.html", absence=[]).strip()

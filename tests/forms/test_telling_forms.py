"""The forms themselves: one schema each, limits that match the columns, and words for every refusal."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from tbb.forms.telling import MOST_CHARACTERS, SCHEMES, TOPICS, AccessibilityForm, AppearanceForm, ReportForm
from tbb.models import Feedback
from tbb.web.shell import SCHEMES as KNOWN_SCHEMES


@pytest.fixture(autouse=True)
def within_a_request(app):
    """Forms speak the language of a request."""
    with app.test_request_context("/", environ_overrides={"tbb.language": "sv"}):
        yield


def errors(form_class, **fields) -> dict:
    """What a form says of what was sent."""
    form = form_class(formdata=MultiDict(fields))
    form.validate()
    return {name: [str(text) for text in texts] for name, texts in form.errors.items()}


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_is_accepted_and_fits_its_column(topic):
    assert errors(ReportForm, topic=topic) == {}
    assert len(topic) <= Feedback.topic.max_length


@pytest.mark.parametrize(
    ("form_class", "right"), [(ReportForm, {"topic": "other"}), (AccessibilityForm, {"message": "Hej"})]
)
def test_limits_let_the_last_allowed_character_through(form_class, right):
    assert errors(form_class, **right | {"message": "å" * MOST_CHARACTERS}) == {}
    assert list(errors(form_class, **right | {"message": "å" * (MOST_CHARACTERS + 1)})) == ["message"]
    assert list(errors(form_class, **right | {"reply_to": "a" * 250 + "@x.example"})) == ["reply_to"]


def test_a_page_fits_its_column():
    assert errors(AccessibilityForm, message="Hej", page="/" * Feedback.page.max_length) == {}
    assert list(errors(AccessibilityForm, message="Hej", page="/" * (Feedback.page.max_length + 1))) == ["page"]


@pytest.mark.parametrize(
    "address", ["a", "a@", "@b.example", "a b@c.example", "a@b", "a@b.example\nBcc: c@d.example", "a@b..example"]
)
def test_what_is_no_address_is_refused_in_words(address):
    (text,) = errors(ReportForm, topic="other", reply_to=address)["reply_to"]
    assert "e-postadress" in text


@pytest.mark.parametrize("address", ["", "namn@exempel.se", "Åsa.Ö@exämpel.se", "a+b@c.d.example"])
def test_what_is_an_address_or_nothing_is_not(address):
    assert errors(ReportForm, topic="other", reply_to=address) == {}


def test_every_refusal_is_a_sentence():
    wrong = [
        errors(ReportForm, topic="x", message="å" * 1001, reply_to="x"),
        errors(AccessibilityForm, page="x" * 201),
        errors(AppearanceForm, scheme="x"),
        errors(AppearanceForm),
    ]
    told = [text for found in wrong for texts in found.values() for text in texts]
    assert len(told) >= 7
    assert not [text for text in told if not text.endswith(".") or not text[0].isupper()]


def test_looks_are_the_same_in_form_and_frame():
    assert tuple(SCHEMES) == KNOWN_SCHEMES

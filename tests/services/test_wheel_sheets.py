"""The wheel's blanks: two sides of A4 that can be heard, in every language and dress."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest

from tbb.web import texts
from tbb.web.language import LANGUAGES
from tbb.web.wheel_paper import sheet
from tests.services.test_poster import elements, words

DRESSES = ("staff", "child", "preschool")


@pytest.fixture
def made(county):
    """Make a blank as the page in a language does."""

    def make(dress: str, code: str) -> pikepdf.Pdf:
        with county.test_request_context("/", environ_overrides={"tbb.language": code}):
            texts.speak(code)
            return pikepdf.open(BytesIO(sheet(dress)))

    return make


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_is_two_tagged_sides_of_a4_with_title_language_and_seven_areas(made, code):
    for dress in DRESSES:
        pdf = made(dress, code)
        assert len(pdf.pages) == 2, f"{dress} {code}"
        for page in pdf.pages:
            left, bottom, right, top = (float(edge) for edge in page.MediaBox)
            assert (right - left, top - bottom) == pytest.approx((595.28, 841.89), abs=0.1)
        assert bool(pdf.Root.MarkInfo.Marked) is True
        assert str(pdf.Root.Lang).lower().startswith(code)
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1" and metadata["dc:title"]
        kinds = [str(element.S) for element in elements(pdf)]
        assert [kind for kind in kinds if kind in ("/H1", "/H2")] == ["/H1"] + ["/H2"] * 7
        (figure,) = [element for element in elements(pdf) if str(element.S) == "/Figure"]
        assert len(str(figure.Alt)) > 40


def test_the_staff_s_says_what_replaces_no_orosanmalan_and_asks_for_no_name(made):
    pdf = made("staff", "sv")
    read = " ".join(words(side_of(pdf, 1)).split())
    assert "Detta ersätter inte skyldigheten att göra orosanmälningar" in read
    assert "En funktionsnedsättning eller en sjukdom" in read and "Om pengarna räcker" in read
    assert read.count("Vad säger barnet självt?") == 7 and read.count("Behöver stöd") == 7
    assert "Skriv inte barnets namn" in " ".join(words(pdf).split())


def test_the_same_blank_is_the_same_file(county):
    with county.test_request_context("/"):
        assert sheet("child") is sheet("child")


def side_of(pdf: pikepdf.Pdf, number: int) -> pikepdf.Pdf:
    """One side alone."""
    alone = pikepdf.new()
    alone.pages.append(pdf.pages[number])
    return alone

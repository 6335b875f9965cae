"""What communicators write becomes words, headings, lists and safe links, and never anything that acts."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from tbb.services import rich_text
from tests import hostile
from tests.naughty import strings

KEY = "ab" * 16
ATTACKS = (
    "<script>alert(1)</script>",
    '<div hx-get="/arenden" hx-trigger="load">x</div>',
    '<p data-hx-post="/x" id="x" style="position:fixed" class="evil">x</p>',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](//evil.example/a)",
    "[x](/\\evil.example)",
    "[x](\\\\evil.example)",
    "![x](https://evil.example/pixel.png)",
    "![x](javascript:alert(1))",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<base href=https://evil.example>",
    "<meta http-equiv=refresh content=0>",
    '<form action="https://evil.example"><input name=a></form>',
    "<iframe src=https://evil.example></iframe>",
    '[x](https://a.example "onmouseover=alert(1)")',
    "[x]: javascript:alert(1)\n\n[x]",
    "\ue000" + KEY + "\ue001",
    "<a href='https://a.example' target=_blank ping=https://evil.example>x</a>",
    "`<script>`",
    "[<b onclick=x>Hi</b>](javascript:x)]{en}",
    '[x]{en" onclick="alert(1)}',
    "[[x](javascript:alert(1))]{ar}",
    "| <img src=x onerror=y> | b |\n|---|---|\n| 1 | 2 |",
)


@pytest.mark.parametrize("text", ATTACKS)
def test_nothing_that_acts_gets_through(text):
    made = BeautifulSoup(rich_text.to_html(text, picture=lambda key: f"<figure>{key}</figure>"), "html.parser")
    for tag in made.find_all(True):
        assert tag.name in rich_text.TAGS
        assert set(tag.attrs) <= {"href", "class", "rel", "start", "lang", "dir"}
        assert tag.get("lang", "sv") in rich_text.TONGUES
        assert set(tag.get("class", [])) <= {"ds-heading", "ds-link", "quote", "ds-table"}
        if tag.name == "a" and tag.get("href"):
            assert rich_text.is_safe_link(tag["href"])


def test_every_naughty_string_is_only_words():
    texts = (*strings(), *hostile.ALL)
    for text in (shape.format(text) for text in texts for shape in ("{0}", "[{0}](https://a.example)", "[ord]({0})")):
        made = BeautifulSoup(rich_text.to_html(text), "html.parser")
        assert {tag.name for tag in made.find_all(True)} <= rich_text.TAGS
        assert not re.search(r"<[^>]+\s(on\w+|hx-|style|id|data-)", str(made))


def test_headings_begin_below_the_title_and_pictures_are_our_own():
    made = rich_text.to_html(
        f"# Ett\n\n### Tre\n\n![](bild:{KEY})\n\nHej", picture=lambda key: f"<figure>{key}</figure>"
    )
    assert [tag.name for tag in BeautifulSoup(made, "html.parser").find_all(True)] == ["h2", "h3", "figure", "p"]
    assert f"<figure>{KEY}</figure>" in made and rich_text.pictures_in(f"![](bild:{KEY})") == [KEY]


def test_links_lead_out_without_telling_where_from_and_stay_as_they_are():
    made = BeautifulSoup(rich_text.to_html("[sidan](https://a.example/x?a=1&b=2) [här](/nyheter)"), "html.parser")
    assert [a["href"] for a in made.find_all("a")] == ["https://a.example/x?a=1&b=2", "/nyheter"]
    assert all("noopener" in a["rel"] for a in made.find_all("a"))


def test_plain_words_keep_what_is_said():
    assert rich_text.to_plain("# Hej\n\nEn **fet** [länk](https://a.example)\nsom går vidare.\n\n- ett\n- två") == (
        "Hej\nEn fet länk som går vidare.\nett\ntvå"
    )


def test_a_passage_is_marked_with_its_language():
    made = BeautifulSoup(rich_text.to_html("Hej! [Wel*come*]{en} [مرحبا]{ar} [x]{tlh} [y]{}"), "html.parser")
    assert [(one["lang"], one["dir"], one.text) for one in made.find_all("span")] == [
        ("en", "ltr", "Welcome"), ("ar", "rtl", "مرحبا"),
    ]  # fmt: skip
    assert made.em.text == "come" and "[x]{tlh} [y]{}" in made.text
    assert rich_text.to_plain("Hej! [Welcome]{en}.") == "Hej! Welcome."


def test_for_those_who_read_elsewhere_links_are_written_in_full():
    made = rich_text.to_html("[sidan](/nyheter/x) [ut](https://a.example/)", base="https://tbb.example")
    assert 'href="https://tbb.example/nyheter/x"' in made and 'href="https://a.example/"' in made

"""The promises of tests/page.py are themselves tested: each flaw is found, and a right page has none."""

from __future__ import annotations

import pytest

from tests.page import Page, look_at_fragment

RIGHT = """<!doctype html><html lang="sv" dir="ltr"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta name="description" content="Om sidan">
<title>Sidan – Tjänsten</title></head><body><a href="#innehall">Hoppa</a><header><nav aria-label="Meny"></nav></header>
<main id="innehall"><h1>Rubrik</h1><h2>Under</h2><form action="/sok"><label for="q">Sök</label><input id="q" name="q">
<button>Sök</button></form><img src="/x.png" alt=""></main><footer></footer></body></html>"""
FLAWS = {
    "<h1>Rubrik</h1>": ("<h1>Rubrik</h1><h1>En till</h1>", "2 <h1>"),
    "<h2>Under</h2>": ("<h3>Under</h3>", "follows"),
    'lang="sv" dir="ltr"': ('lang="sv" dir="rtl"', "dir is"),
    'id="q" name="q"': ('id="innehall" name="q"', "stands 2 times"),
    '<label for="q">Sök</label>': ("", "no label"),
    "<button>Sök</button>": ("<button></button>", "says nothing"),
    ' alt=""': ("", "has no alt"),
    "<footer></footer>": ("", "0 <footer>"),
    ' aria-label="Meny"': ("", "<nav> are called ''"),
    'href="#innehall"': ('href="#borta"', "not into the page"),
    "Sidan – Tjänsten": ("Tjänsten", "the title is"),
    '<img src="/x.png"': ('<img src="https://elsewhere.example/x.png"', "fetches"),
    "<main": ('<main style="color: red"', "style="),
    "<footer>": ("<footer><script>1</script>", "inline <script>"),
    "<header>": ('<header onclick="x()">', "onclick="),
    "<h1>": ('<h1 hx-on:click="x()">', "hx-on"),
    'action="/sok"': ('action="javascript:x()"', "javascript"),
    "</h2>": ('</h2><a href="/x" target="_blank">Ny</a>', "opens _blank"),
    '<meta name="description" content="Om sidan">': ("", "no description"),
    "</main>": ("</div></main>", "HTML at"),
    'for="q"': ('for="r"', "points at nothing"),
}


def test_a_right_page_passes():
    page = Page(RIGHT, language="sv")
    assert (page.title, page.heading, page.link("Hoppa")) == ("Sidan – Tjänsten", "Rubrik", "#innehall")
    assert page.fields() == {"q": ""}


@pytest.mark.parametrize("part", FLAWS)
def test_every_flaw_is_found(part):
    flawed, says = FLAWS[part]
    assert part in RIGHT
    with pytest.raises(AssertionError, match=".") as problem:
        Page(RIGHT.replace(part, flawed, 1))
    assert says in str(problem.value)


def test_the_wrong_language_is_found():
    with pytest.raises(AssertionError, match="not ar"):
        Page(RIGHT, language="ar")


@pytest.mark.parametrize("text", ['<p onclick="x">', "<style>p{}</style>", RIGHT, "<ul><li id='a'><li id='a'></ul>"])
def test_flaws_of_a_fragment_are_found(text):
    with pytest.raises(AssertionError):
        look_at_fragment(text)

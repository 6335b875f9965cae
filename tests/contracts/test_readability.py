"""Swedish for families is easy to read: LIX below 35, and lättläst below 25. The figures are printed."""

from __future__ import annotations

import re

import pytest

from tests.conftest import go

FAMILY = (
    "/",
    "/sa-gar-det-till",
    "/for-barn",
    "/orosanmalan",
    "/hjulet",
    "/hjulet/om",
    "/guide",
    "/kontakt",
    "/personuppgifter",
    "/dina-uppgifter",
    "/kakor",
)
EASY = ("/hjulet/barn", "/hjulet/forskola", "/lattlast", "/lattlast/modellen", "/lattlast/vem-ar-ansvarig")
BLOCKS = (
    "p",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "dt",
    "dd",
    "summary",
    "legend",
    "label",
    "figcaption",
    "blockquote",
    "td",
    "th",
)
BANNED = re.compile(r"\b(ärende\w*|förälder\w*|föräldrar\w*|handläggare\w*|erhåll\w*|avseende|härmed|samt|åtgärd\w*)\b")


def sentences(page) -> list[str]:
    """What the page's main part says: each block of text is at least one sentence."""
    said = []
    for block in page.soup.select("main " + ", main ".join(BLOCKS)):
        if block.find(BLOCKS) is None and not block.find_parent(attrs={"aria-hidden": "true"}):
            said += re.split(r"(?<=[.!?:])\s+", " ".join(block.get_text(" ", strip=True).split()))
    return [text for text in said if re.search(r"\w", text)]


def lix(texts: list[str]) -> float:
    """Björnsson's readability index: words per sentence and the share of words longer than six letters, in per cent."""
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", " ".join(texts))
    return len(words) / len(texts) + 100 * sum(len(word) > 6 for word in words) / len(words)


@pytest.mark.parametrize(
    ("address", "most"), [*((address, 35) for address in FAMILY), *((address, 25) for address in EASY)]
)
def test_it_is_easy_to_read(client, capsys, address, most):
    said = sentences(go(client, "/sv" + address))
    found = lix(said)
    with capsys.disabled():
        print(f"\n  LIX {found:4.1f} of {most}  {address}", end="")
    assert len(said) > 8 and found < most


def test_the_index_is_bjornssons():
    assert lix(["Det här är en mening.", "Barnavårdscentralen öppnar."]) == pytest.approx(7 / 2 + 100 * 1 / 7)


def test_families_never_read_official_words(client):
    """Words from the law that the brief of the service bans on pages for families."""
    for address in (*FAMILY, *EASY):
        words = go(client, "/sv" + address).words.casefold()
        assert BANNED.findall(words.replace("föräldrakooperativet", "")) == [], address

"""The search page: a plain GET with an address to share, filters that can be taken away, and never a dead end."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from tbb.models.kinds import Kind, OrganizerKind
from tbb.web.queries import FACETS, MOST_CHARACTERS, Query
from tests.conftest import go


def labels(page) -> list[str]:
    """What the results are called."""
    return [found.get_text() for found in page.soup.select("#traffar .unit h3, #traffar .unit h4")]


def test_words_lead_to_units_with_their_person_and_number(visit):
    page = visit("/hitta?q=nackrosskolan")
    assert labels(page)[0] == "Näckrosskolan"
    first = page.soup.select_one(".unit")
    assert first.select_one("a[href^='tel:+46']") and "Barnets bästa-ansvarig" in first.get_text()


def test_what_was_asked_for_stands_in_the_box_the_title_and_the_heading(visit):
    page = visit("/hitta?q=Blåsipp")
    assert page.soup.select_one("input[type=search][name=q]")["value"] == "Blåsipp"
    assert page.title.startswith("Blåsipp")


def test_filters_narrow_show_what_they_are_and_can_be_taken_away_one_by_one(client):
    page = go(client, "/hitta?kommun=flen&verksamhet=preschool&verksamhet=bvc")
    addresses = [found.get_text() for found in page.soup.select(".unit .pill-note")]
    assert addresses and all("Flen" in text for text in addresses)
    chips = {chip.get_text().partition("–")[0].strip(): chip["href"] for chip in page.soup.select(".ds-chip")}
    assert len(chips) == 3
    fewer = go(client, chips["Flen"])
    assert "kommun" not in parse_qs(urlsplit(chips["Flen"]).query)
    assert len(fewer.soup.select(".ds-chip")) == 2
    checked = {box["value"] for box in page.soup.select("form.filters input:checked, form.filters input[checked]")}
    assert checked == {"flen", "preschool", "bvc"}


def test_counts_are_of_what_a_filter_would_give(client):
    page = go(client, "/hitta?q=skolan")
    for box in page.soup.select("form.filters input[name=verksamhet]"):
        count = int(page.soup.select_one(f"label[for={box['id']}] .muted").get_text().strip("()"))
        assert (
            str(count)
            in go(client, f"/hitta?q=skolan&verksamhet={box['value']}").soup.select_one("#traffar-h").get_text()
        )


def test_every_unit_is_on_just_one_of_the_pages(client):
    address, seen = "/hitta?verksamhet=preschool&verksamhet=compulsory", []
    while address:
        page = go(client, address)
        seen += [link["href"] for link in page.soup.select(".unit .cover-link")]
        following = page.soup.select_one(".ds-pagination a[rel=next]")
        address = following["href"] if following else ""
    assert len(seen) == len(set(seen)) == 36 + 27


def test_units_of_one_school_stand_together(visit):
    page = visit("/hitta?verksamhet=upper_secondary&kommun=eskilstuna")
    assert page.soup.select_one(".unitgroup .unit")


@pytest.mark.parametrize(
    "address",
    ["/hitta?q=xyzzyqqq", "/hitta?q=xyzzyqqq&kommun=flen", "/hitta?kommun=flen&vem=region&verksamhet=preschool"],
)
def test_nothing_found_is_never_a_dead_end(visit, address):
    page = visit(address)
    ways = [link["href"] for link in page.soup.select("#traffar a")]
    assert any(link.startswith("/guide") for link in ways) and any(link.startswith("/kommun") for link in ways)


def test_a_misspelt_word_finds_what_is_near(visit):
    page = visit("/hitta?q=nackrosskoaln")
    assert "Näckrosskolan" in " ".join(labels(page))


def test_a_page_beyond_the_last_is_the_last_or_says_so(visit):
    assert visit("/hitta?q=skola&sida=999").heading


def test_the_fragment_is_the_results_and_the_page_holds_the_very_same(client):
    address = "/hitta?q=skola&kommun=flen"
    part = go(client, address, fragment=True).text.strip()
    assert part in client.get(address).text


def test_suggestions_are_few_announce_themselves_and_lead_on(client):
    response = go(client, "/hitta/forslag?q=n%C3%A4ck", fragment=True)
    assert "data-announce" in response.text
    assert 1 <= response.text.count("/enhet/") <= 12
    assert "/hitta?q=n%C3%A4ck" in response.text.replace("näck", "n%C3%A4ck")
    assert "/enhet/" not in go(client, "/hitta/forslag?q=", fragment=True).text


def test_in_arabic_the_search_speaks_arabic_and_finds_the_same(client):
    swedish, arabic = go(client, "/sv/hitta?q=skola"), go(client, "/ar/hitta?q=skola", language="ar")
    assert labels(swedish) == labels(arabic)
    assert all(link["href"].startswith("/ar/") for link in arabic.soup.select(".unit .cover-link"))


PAIRS = st.lists(
    st.tuples(
        st.sampled_from([*FACETS, "q", "sida", "antal", "x"]),
        st.text(max_size=12) | st.sampled_from([*Kind, *OrganizerKind, "2", "50", "flen"]),
    ),
    max_size=12,
)


@given(PAIRS)
def test_an_address_is_read_forgivingly_and_written_in_one_way(pairs):
    query = Query.of(MultiDict(pairs))
    again = Query.of(MultiDict(query.pairs()))
    assert again == query and again.address() == query.address()
    assert len(query.text) <= MOST_CHARACTERS and query.page >= 1 and query.size in (20, 50)
    for name, value in query.chosen_pairs():
        assert query.has(name, value) and not query.without(name, value).has(name, value)
        assert query.without(name, value).page == 1

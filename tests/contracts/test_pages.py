"""Every page, in every language, whole and as a fragment, keeps every promise of tests/page.py."""

from __future__ import annotations

from collections import defaultdict
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest

from tbb.web.language import LANGUAGES
from tests import cast
from tests.conftest import go
from tests.page import Page


def faults_of(client, addresses, **how) -> list[str]:
    """Go to every address and gather what is wrong."""
    faults = []
    for address in addresses:
        try:
            go(client, address, **how)
        except AssertionError as problem:
            faults.append(str(problem))
    return faults


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_right_in_every_language(county, language):
    addresses = [cast.in_language(address, language) for _endpoint, address in cast.pages(county)]
    assert len(addresses) > 60
    if language not in ("sv", "ar"):
        addresses = addresses[::2]  # the same pages in other words
    faults = faults_of(county.test_client(), addresses, language=language)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("language", ["sv", "ar"])
def test_every_address_answers_a_fragment_request_with_a_fragment_or_with_its_page(county, language):
    client, faults = county.test_client(), []
    for endpoint, address in cast.addresses(county):
        address = cast.in_language(address, language)
        headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
        response = client.get(address, headers=headers)
        if response.status_code not in (200, 204):
            faults.append(f"{address}: {response.status}")
        if response.mimetype == "text/html" and endpoint in ("directory.search", "directory.suggest"):
            faults += faults_of(client, [address], fragment=True)
    assert not faults, "\n".join(faults)


def test_every_page_of_a_kind_has_a_title_of_its_own(county):
    client, titles = county.test_client(), defaultdict(set)
    for endpoint, address in cast.pages(county):
        page = go(client, address)
        titles[page.title].add((endpoint, page.heading))
    doubles = {title: found for title, found in titles.items() if len({endpoint for endpoint, _ in found}) > 1}
    # An unfinished guide answer leads to its question; that is the same page.
    doubles = {t: f for t, f in doubles.items() if {e for e, _ in f} != {"guide.question", "guide.answer"}}
    assert not doubles


def test_every_link_and_every_fetched_thing_within_the_site_leads_somewhere(county):
    client = county.test_client()
    pages = {address: go(client, address) for _endpoint, address in cast.pages(county)}
    wanted = defaultdict(set)
    for address, page in pages.items():
        here = page.response.request.path
        for element in page.all("a", "link", "script", "img", "form", "use"):
            for name in ("href", "src", "action"):
                target = urljoin(here, element.get(name, "#"))
                if (
                    not urlsplit(target).netloc
                    and not target.startswith(("tel:", "mailto:", "data:"))
                    and element.get(name, "#") != "#"
                ):
                    wanted[urldefrag(target).url].add((address, urldefrag(target).fragment))
    broken = []
    for target, sources in sorted(wanted.items()):
        response = client.get(target, follow_redirects=True)
        response.close()
        if response.status_code == 405:
            continue
        if response.status_code != 200:
            broken.append(f"{target} {response.status} (from {min(sources)[0]})")
        elif any(anchor for _source, anchor in sources):
            ids = set(Page(response.text, address=target).ids)
            broken += [
                f"{target}#{anchor} (from {source})" for source, anchor in sources if anchor and anchor not in ids
            ]
    assert not broken, "\n".join(broken)
    assert len(wanted) > 100


def test_every_language_is_offered_on_every_page_and_leads_to_the_same_page(county):
    client = county.test_client()
    for _endpoint, address in cast.addresses(county, few=True):
        response = client.get(address, follow_redirects=True)
        if response.mimetype != "text/html" or "/forslag" in address:
            continue
        page = Page(response.text, address=address)
        offered = {link.get("hreflang"): link.get("href") for link in page.all("a") if link.get("hreflang")}
        assert set(offered) == set(LANGUAGES), address
        for language, target in offered.items():
            assert go(client, target, language=language).address == target
        found = [link for link in page.all("link") if link.get("rel") == "alternate" and not link.get("type")]
        alternates = {link.get("hreflang") for link in found}
        assert alternates == {*LANGUAGES, "x-default"}, address


def test_swedish_words_on_pages_in_other_languages_say_that_they_are_swedish(county):
    page = go(county.test_client(), "/ar/")
    marked = [element for element in page.elements if element.get("lang") == "sv"]
    assert marked and all(element.get("dir") == "ltr" for element in marked)


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "sv"),
        ("en-GB,en;q=0.9", "en"),
        ("ar-SY,ar;q=0.9,en;q=0.8", "ar"),
        ("de-DE,de;q=0.9,fi;q=0.5", "fi"),
        ("so", "so"),
        ("de,fr", "sv"),
        ("sv;q=0.5,en;q=0.9", "en"),
        ("*", "sv"),
        ("x" * 10_000, "sv"),
        (",,;q=;;=1, en;q=abc", "sv"),
    ],
)
def test_an_address_without_a_language_is_in_the_one_the_browser_likes_best(visit, accept, language):
    page = visit("/", headers={"Accept-Language": accept})
    if accept != ",,;q=;;=1, en;q=abc":
        assert page.tree.get("lang") == language


def test_an_address_that_names_a_language_is_in_that_whatever_the_browser_likes(visit):
    visit("/fi/kontakt", headers={"Accept-Language": "ar"}, language="fi")

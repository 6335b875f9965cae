"""Every page that is in Swedish only, whole and as a fragment, keeps every promise of tests/page.py and some more."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup

from tbb.database import connection
from tbb.models import Account, Person
from tbb.web.access import OPEN
from tbb.web.sitting import COOKIES
from tests import rounds
from tests.contracts.test_html_validator import validate
from tests.page import Page, look_at_fragment

WITHOUT_STAMP = ("telling.choose_appearance", "demo.play")
"""They change nothing but the browser that sends them."""
OWN_NAME = ("accounts.invitation", "accounts.reset")
"""Whoever holds the link is greeted by their own name."""


def test_every_page_is_valid(pages, tmp_path):
    for number, each in enumerate(pages):
        (tmp_path / f"{each.endpoint}-{number}.html").write_text(each.whole.text, encoding="utf-8")
    faults = validate(tmp_path)
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(sorted(faults)[:60])


@pytest.fixture
def pages(seen):
    """What is HTML."""
    return [each for each in seen if each.whole.kind == "text/html"]


def test_every_page_is_opened_by_somebody(county, seen):
    views = county.view_functions
    rules = [rule for rule in county.url_map.iter_rules() if "GET" in rule.methods]
    ours = {rule.endpoint for rule in rules if getattr(views[rule.endpoint], "in_swedish", False)}
    assert ours - {each.endpoint for each in seen} == set(rounds.ELSEWHERE)
    assert {each.persona for each in seen} >= {"", "huvudman", "processledare", "drift", "loggranskare", "delegerad"}


def test_every_page_is_a_right_page(pages):
    faults = []
    for each in pages:
        try:
            assert each.whole.status == 200, f"{each.address}: {each.whole.status}"
            Page(each.whole.text, address=f"{each.persona} {each.address}", language="sv")
        except AssertionError as problem:
            faults.append(str(problem))
    assert not faults, "\n".join(faults)
    assert len(pages) > 130


def test_no_title_names_anybody(county, pages):
    """A title stands in tabs, histories and lists of open windows, for all to see."""
    with connection():
        people = [*Person.select(), *Account.select()]
    names = {each.name for each in people if " " in each.name} | {"Sara Skissberg", "Nils Provlund", "Olle Testborg"}
    named = []
    for each in pages:
        title = BeautifulSoup(each.whole.text, "html.parser").title.get_text()
        if each.endpoint not in OWN_NAME:
            named += [f"{each.address} is called {title}" for name in names if name in title]
    assert not named, "\n".join(named)


def test_nothing_is_kept_and_no_cookie_is_set_but_the_sittings(seen):
    for each in seen:
        for answer in (each.whole, each.part):
            assert "no-store" in answer.headers["Cache-Control"], each.address
            assert "public" not in answer.headers["Cache-Control"] and "ETag" not in answer.headers
            for cookie in answer.headers.getlist("Set-Cookie"):
                assert cookie.partition("=")[0] in COOKIES and each.persona, f"{each.address}: {cookie}"


def test_a_fragment_is_a_part_or_the_page(pages):
    parts = 0
    for each in pages:
        assert each.part.status == 200, each.address
        if "<html" in each.part.text:
            Page(each.part.text, address=each.address, language="sv")
        else:
            look_at_fragment(each.part.text, each.address)
            parts += 1
    assert parts > 10


def test_every_link_leads_somewhere_for_whoever_sees_it(seen):
    broken, followed = [], 0
    for each in seen:
        for target, answer in each.links.items():
            if target.startswith("/bilder/"):
                continue  # files that lie in no database: tests/web/test_news_pages.py fetches them
            followed += 1
            anchor = urldefrag(target).fragment
            if answer.status not in (200, 301, 302, 303, 308):
                broken.append(f"{each.persona} {each.address} leads to {target}: {answer.status}")
            elif anchor and answer.ids and anchor not in answer.ids:
                broken.append(f"{each.persona} {each.address} leads to {target}, which is not there")
    assert not broken, "\n".join(sorted(set(broken)))
    assert followed > 2000


def forms_of(each):
    """Every form of a page, with the method and the address it is sent to."""
    for form in BeautifulSoup(each.whole.text, "html.parser").select("form"):
        yield form, form.get("method", "get").lower(), urljoin(each.address, form.get("action", ""))


def test_every_form_carries_its_guard_and_its_address_takes_it(county, pages):
    adapter, met = county.url_map.bind("localhost"), Counter()
    for each in pages:
        for form, method, action in forms_of(each):
            endpoint, _parts = adapter.match(urlsplit(action).path, method=method.upper())
            names = {field["name"] for field in form.select("input[name]")}
            where = f"{each.address}: {action} {sorted(names)}"
            if method == "get":
                assert not names & {"csrf_token", "once", "stamp"}, where
            elif endpoint not in WITHOUT_STAMP:
                met[endpoint] += 1
                is_open = county.view_functions[endpoint].permission in OPEN
                guard = {"stamp"} if is_open else {"csrf_token", "once"}
                # A robot does not run passkeys.js, which alone fills in what such a form sends.
                trap = {"homepage"} if is_open and not form.has_attr("data-passkey") else set()
                assert names >= guard | trap, where
                assert not (is_open and "csrf_token" in names), where
    assert len(met) > 65, sorted(met)


def test_no_two_forms_share_a_key(pages):
    keys = [key for each in pages for key in re.findall(r'name="once" value="([^"]*)"', each.whole.text)]
    assert len(keys) == len(set(keys)) > 200
    assert all(len(key) == 32 for key in keys)

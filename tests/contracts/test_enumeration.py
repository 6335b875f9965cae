"""Nobody can learn who is known here: not by words, status, length or time, at sign-in, reset or registration."""

from __future__ import annotations

import re

import pytest

from bench.enumeration import KINDS, auc, fill, let_apply, measure
from tbb.database import connection
from tbb.services import limits
from tests.conftest import go
from tests.page import Page
from tests.people import submit

TRIES = 200
CHANCE = (0.40, 0.60)
"""Wider than the 0.45–0.55 that is promised, for machines that do other things; bench/enumeration.py is strict."""


@pytest.fixture
def app(make_app, database_url):
    """The application behind one proxy, with accounts of every kind."""
    made = make_app(database_url, TBB_PROXIES="1")
    with connection():
        fill(TRIES)
    return made


def said(answer) -> tuple[int, str, int, str]:
    """Everything of an answer that does not differ from one time to the next by itself."""
    text = answer.get_data(as_text=True)
    text = re.sub(r'name="stamp" value="[^"]*"', "", text)
    text = re.sub(r'value="[a-z]+\d@skolan.example"', "", text)
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers if name != "X-Request-ID")
    length = len(re.sub(r'value="[a-z]+\d@skolan.example"', "", answer.get_data(as_text=True)))
    return answer.status_code, text, length, re.sub(r"Content-Length: \d+", "", headers)


@pytest.mark.parametrize(("path", "status"), [("/logga-in", 422), ("/konto/glomt", 303)])
def test_every_kind_of_address_gets_the_same_answer(app, path, status):
    told = set()
    for kind in KINDS:
        data = {"email": f"{kind}1@skolan.example"} | ({"password": "fel"} if path == "/logga-in" else {})
        answer = submit(app.test_client(), path, data, action=path, status=status, follow=False)
        told.add(said(answer.response if isinstance(answer, Page) else answer))
    assert len(told) == 1


@pytest.mark.parametrize(("path", "status"), [("/logga-in", 422), ("/konto/glomt", 303)])
def test_the_limit_is_the_same_for_every_kind_of_address(app, path, status):
    reached = {}
    for kind in KINDS:
        with connection():
            limits.run("DELETE FROM rate_count")
        data = {"email": f"{kind}2@skolan.example"} | ({"password": "fel"} if path == "/logga-in" else {})
        for _ in range(5):
            submit(app.test_client(), path, data, action=path, status=status, follow=False)
        shown = submit(app.test_client(), path, data, action=path, status=429, follow=False)
        reached[kind] = shown.heading
    assert len(set(reached.values())) == 1


@pytest.mark.parametrize("path", ["/logga-in", "/konto/glomt"])
def test_time_tells_nothing(app, path):
    took = measure(app, path, TRIES, ("active", "unknown"))
    figure = auc(took["active"], took["unknown"])
    print(f"{path}: AUC {figure:.3f}, n = {TRIES} each")
    assert CHANCE[0] < figure < CHANCE[1]


def test_time_does_not_tell_who_has_begun_an_application(app):
    with connection():
        let_apply(TRIES)
    took = measure(app, "/anslut", TRIES, ("active", "unknown"))
    assert CHANCE[0] < auc(took["active"], took["unknown"]) < CHANCE[1]


def test_the_yardstick_finds_a_difference_of_half_a_millisecond():
    even = [number / 1e5 for number in range(200)]
    assert auc(even, even) == 0.5
    assert auc([value + 0.0005 for value in even], even) > 0.6
    assert auc([1.0], [0.0]) == 1


def test_a_link_of_nobodys_is_told_like_a_used_one(app):
    client = app.test_client()
    for path in ("/konto/inbjudan/", "/konto/aterstall/"):
        told = {said(go(client, path + token, status=404).response)[0] for token in ("a" * 43, "b" * 20)}
        assert told == {404}

"""One's own calendar: the page, the feed that programs fetch, and the secret that is in no log."""

from __future__ import annotations

import logging
import re

import pytest

from tbb.database import connection, rows
from tests.conftest import go
from tests.people import send, signed_in, submit
from tests.services.meeting_office import NOON, office


@pytest.fixture
def made(county, at):
    """A meeting whose time is set, and its BBA's browser."""
    at(NOON)
    with connection():
        found = office()
    found.client = signed_in(county, "bba")
    return found


def address_in(shown) -> str:
    """The path of the feed that a page shows."""
    return re.search(r"http://[^/]+(/kalender/flode/[A-Za-z0-9_-]{43}\.ics)", str(shown.soup))[1]


def test_the_page_shows_meetings_by_month_and_their_numbers(made):
    shown = go(made.client, "/kalender")
    assert "Mars 2027" in shown.text and f"Samverkansmöte {made.meeting.reference}" in shown.text
    assert "söndag 28 mars kl. 13.00–14.00, v. 12" in shown.text
    assert "När du är upptagen" not in shown.text


def test_a_program_fetches_the_feed_and_is_told_when_nothing_has_changed(county, made):
    shown = send(made.client, go(made.client, "/kalender"), "/kalender", action="/kalender/flode")
    program, path = county.test_client(), address_in(shown)
    answer = go(program, path)
    assert answer.mimetype == "text/calendar" and made.meeting.reference in answer.text
    assert "Set-Cookie" not in answer.headers and answer.headers["Cache-Control"] == "private, no-cache"
    same = program.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    assert "Den hämtades senast" in go(made.client, "/kalender").text
    assert address_in(shown) not in str(go(made.client, "/kalender/flode").soup), "it is shown once"
    submit(made.client, "/kalender", action="/avsluta")
    for lost in (path, f"/kalender/flode/{'x' * 43}.ics", "/kalender/flode/.ics"):
        go(program, lost, status=404)


def test_the_secret_is_in_no_line_of_any_log(county, made, caplog):
    caplog.set_level(logging.DEBUG)
    path = address_in(send(made.client, go(made.client, "/kalender"), "/kalender", action="/kalender/flode"))
    secret = path.rpartition("/")[2].removesuffix(".ics")
    for method in ("GET", "HEAD", "POST", "PUT"):
        county.test_client().open(path, method=method, headers={"Sec-Fetch-Site": "same-origin"})
    county.test_client().get(path.replace(".ics", ".x"))
    assert secret not in caplog.text and "/kalender/flode/" in caplog.text


def test_without_two_factors_no_feed_is_made(county, made):
    client = signed_in(county, "bba", strong=False)
    assert "Logga in med två steg" in submit(client, "/kalender", action="/kalender/flode").text


def test_the_address_of_ones_own_calendar_is_kept_when_its_host_is_named(make_app, county_url):
    app = make_app(county_url, TBB_CALENDAR_HOSTS="outlook.example, kalender.example")
    client = signed_in(app, "bba")
    for wrong in ("", "http://outlook.example/x", "https://evil.example/x", "https://outlook.example.evil.example/x",
                  "https://outlook.example:8443/x", "https://a@outlook.example/x", "x" * 700):  # fmt: skip
        told = submit(client, "/kalender", {"url": wrong}, action="/kalender/egen", status=422)
        assert told.soup.select_one("[data-field=validation]"), wrong
    kept = submit(client, "/kalender", {"url": "https://outlook.example/zzzq.ics"}, action="/kalender/egen")
    assert "Kalendern hämtas från outlook.example" in kept.text and "zzzq" not in kept.text
    assert "borttagna" in submit(client, "/kalender", action="/ta-bort").text


def test_where_no_host_is_named_nobody_can_give_an_address(made):
    token = go(made.client, "/kalender").soup.select_one("[name=csrf_token]")["value"]
    data = {"csrf_token": token, "once": "x" * 32, "url": "https://outlook.example/x"}
    assert "Här kan ingen kalender hämtas." in go(made.client, "/kalender/egen", data=data).text
    with connection():
        assert rows("SELECT COUNT(*) FROM busy_source") == [(0,)]

"""The feed of news and the calendars of webinars are read alike by programs that are not ours, whatever is written."""

from __future__ import annotations

from itertools import pairwise
from urllib.parse import urlsplit

import atoma
import feedparser
import pytest
from bs4 import BeautifulSoup

from tbb.forms.cleaning import one_line
from tests import hostile, naughty
from tests.calendars.readers import by_ical_js, by_icalendar, by_vobject
from tests.conftest import go
from tests.people import signed_in
from tests.web.test_happenings_pages import BEGIN
from tests.web.test_happenings_pages import SHELF as EVENTS
from tests.web.test_happenings_pages import write as write_event
from tests.web.test_news_pages import SHELF as NEWS
from tests.web.test_news_pages import send, write

TEXTS = [text for text in (*hostile.ALL, *naughty.OWN) if (one_line(text) or "").strip() and len(text) < 100]
ODD = [" ".join(TEXTS[at::6])[:105] for at in range(6)]


@pytest.fixture
def writer(county):
    """The county's communicator at work."""
    return signed_in(county, "kommunikator")


def test_the_feed_is_atom_to_two_readers(county, writer):
    for number, title in enumerate(ODD):
        begun = send(writer, NEWS, title=f"{number} {title}", where="lanet").location
        write(writer, begun, title=f"{number} {title}", lead=" ".join(TEXTS[number::9])[:390], body="## R & <b>\n\n]]>")
        send(writer, f"{begun}/publicera")
    with county.test_client().get("/nyheter/flode.atom") as answer:
        raw, kind = answer.get_data(), answer.headers["Content-Type"]
    strict = atoma.parse_atom_bytes(raw)
    kind_one = feedparser.parse(raw, response_headers={"content-type": kind}, sanitize_html=False)
    assert not kind_one.bozo and kind_one.version == "atom10" and kind.startswith("application/atom+xml")
    titles = [entry.title.value for entry in strict.entries]
    assert titles == [entry.title for entry in kind_one.entries]
    assert [one_line(f"{number} {title}") for number, title in enumerate(ODD)][::-1] == titles
    assert len({entry.id_ for entry in strict.entries} | {strict.id_}) == len(ODD) + 1
    assert all(later.updated >= earlier.updated for later, earlier in pairwise(strict.entries))
    for entry, same in zip(strict.entries, kind_one.entries, strict=True):
        assert entry.summary.value == same.summary and entry.content.value == same.content[0].value
        assert [each.name for each in BeautifulSoup(entry.content.value, "html.parser").find_all(True)] == ["h2", "p"]
        assert entry.published <= entry.updated and entry.updated.tzinfo is not None
        assert go(county.test_client(), urlsplit(entry.links[0].href).path).heading == entry.title.value


def test_calendars_are_the_same_to_three_readers(county, writer):
    for number, title in enumerate(ODD[:4]):
        told = {"title": f"{number} {title}", "lead": "\n".join(ODD)[:390], "place": ODD[number]}
        begun = send(writer, EVENTS, **(BEGIN | told)).location
        write_event(writer, begun, **told)
        send(writer, f"{begun}/publicera")
        if number == 3:
            send(writer, f"{begun}/stall-in")
    reader = county.test_client()
    addresses = [link["href"] for link in go(reader, "/webbinarier").soup.select("main a[href^='/webbinarier/']")]
    pages = dict.fromkeys(each for each in addresses if not each.endswith(".ics"))
    files = []
    for address in ("/webbinarier/kalender.ics", *(f"{page}.ics" for page in pages)):
        with reader.get(address) as answer:
            assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
            files.append(answer.get_data())
    seen = [by_icalendar(file) for file in files]
    assert len(seen) > 3 and {len(one["events"]) for one in seen[1:]} == {1}
    assert seen == [by_vobject(file) for file in files] == by_ical_js(files)
    summaries = {event["summary"] for event in seen[0]["events"]}
    assert {one_line(f"{number} {title}") for number, title in enumerate(ODD[:3])} <= summaries
    for file in files:
        assert all(len(line) <= 75 and b"\r" not in line and b"\n" not in line for line in file.split(b"\r\n"))

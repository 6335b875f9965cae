"""A webinar's page turns by itself, nobody signs up for it, and its recording is for everybody."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from tbb.database import connection
from tbb.models import Happening
from tbb.services import happening_writing, happenings
from tests.conftest import go
from tests.people import signed_in
from tests.services.test_media_files import CAPTIONS
from tests.services.test_pictures import picture
from tests.web.test_news_pages import send

SHELF = "/arbetsyta/webbinarier"
STARTS = datetime(2027, 2, 12, 11, 0, tzinfo=UTC)
BEGIN = {
    "title": "Barnets röst i mötet",
    "kind": "webinar",
    "starts": "2027-02-12T12:00",
    "minutes": "45",
    "where": "lanet",
}
WORDS = BEGIN | {
    "lead": "Så får barnet säga sitt.",
    "body": "## Vi pratar om\n\n- barnets egna ord",
    "speakers": "Malva Skissdotter, förskollärare",
    "join_url": "https://mote.example/rum/1",
    "join_from": "30",
    "municipality": "",
    "cover": "",
}
PAGE = "/webbinarier/barnets-rost-i-motet"
FILM = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 40


@pytest.fixture
def writer(county):
    """The county's communicator at work."""
    return signed_in(county, "kommunikator")


@pytest.fixture
def begun(writer):
    """The address of a webinar that has been written and published."""
    address = send(writer, SHELF, **BEGIN).location
    write(writer, address)
    send(writer, f"{address}/publicera")
    return address


def seen(client, address: str) -> str:
    """The version that a form shows."""
    return go(client, address).soup.select_one("form [name=seen]")["value"]


def write(client, address: str, status: int = 303, **more):
    """Save what is said of it."""
    return send(client, address, status, **({"seen": seen(client, address)} | WORDS | more))


def test_the_page_turns_by_itself(county, writer, begun, at):
    reader = county.test_client()
    for minutes, says, link in (
        (-60, "Kommer", False), (-31, "Kommer", False), (-29, "Kommer", True), (10, "Pågår nu", True),
        (45, "Har varit", False),
    ):  # fmt: skip
        at(STARTS + timedelta(minutes=minutes))
        with connection():
            happening_writing.turn_by_time()
        page = go(reader, PAGE)
        assert says in page.words and ("mote.example" in str(page.soup)) is link, minutes
        assert "behöver inte anmäla dig" in page.words or minutes >= 45
        assert not page.soup.select("main form")
        assert "Barnets röst i mötet" in go(reader, "/webbinarier").words


def test_the_recording_plays_in_parts_with_captions_and_the_page_says_when_these_come(county, begun, at):
    at(STARTS + timedelta(days=1))
    writer, address = signed_in(county, "kommunikator"), f"{begun}/inspelning"
    send(
        writer, address, seen=seen(writer, address), live_on="2027-02-12",
        chapters="03.20 Förskolan\n1.02.03 Frågor\nskräp", recording=(io.BytesIO(FILM), "film.mp4"),
        transcript="**Malva:** Välkomna.", discussion="Vad gör ni i dag?",
    )  # fmt: skip
    assert "senast 26 februari 2027" in go(writer, address).words
    reader = county.test_client()
    page = go(reader, PAGE)
    assert "Se i efterhand" in page.words and "Texten kommer senast 26 februari 2027" in page.words
    source = page.soup.select_one("video source")["src"]
    assert [link["data-seconds"] for link in page.soup.select("[data-seconds]")] == ["200", "3723"]
    with reader.get(source, headers={"Range": "bytes=4-7"}) as part:
        assert part.status_code == 206 and part.get_data() == b"ftyp"
    send(writer, address, seen=seen(writer, address), captions=(io.BytesIO(CAPTIONS.encode()), "text.vtt"))
    page = go(reader, PAGE)
    track = page.soup.select_one("video track[kind=captions]")["src"]
    with reader.get(track) as answer:
        assert answer.mimetype == "text/vtt" and answer.get_data(as_text=True) == CAPTIONS
    assert "Texten kommer senast" not in page.words and "Textad på svenska" in page.words
    send(writer, f"{begun}/ta-bort")
    go(reader, source, status=404)
    go(reader, PAGE, status=404)


def test_what_is_no_film_is_refused_by_its_field(writer, begun):
    address = f"{begun}/inspelning"
    page = send(writer, address, 422, seen=seen(writer, address), recording=(io.BytesIO(b"<html>"), "film.mp4"))
    assert "inte av rätt sort" in page.words


def test_a_recording_elsewhere_loads_nothing_before_a_press(county, begun, at):
    at(STARTS + timedelta(days=1))
    writer, address = signed_in(county, "kommunikator"), f"{begun}/inspelning"
    send(writer, address, seen=seen(writer, address), recording_url="https://film.example/1", captioned_elsewhere="y")
    page = go(county.test_client(), PAGE)
    assert page.soup.select_one("a[href='https://film.example/1']") and not page.soup.select("iframe, video")
    send(writer, address, 422, seen=seen(writer, address), recording_url="http://film.example/1")


def test_calendars_follow_changes_and_what_is_called_off(county, writer, begun):
    reader = county.test_client()

    def event():
        with reader.get(f"{PAGE}.ics") as one, reader.get("/webbinarier/kalender.ics") as feed:
            single, many = Calendar.from_ical(one.get_data()), Calendar.from_ical(feed.get_data())
        (found,), (same,) = single.walk("VEVENT"), many.walk("VEVENT")
        assert found["UID"] == same["UID"]
        return found

    first = event()
    assert first.start.astimezone(UTC) == STARTS
    write(writer, begun, starts="2027-02-12T13:00")
    moved = event()
    assert moved["UID"] == first["UID"] and moved["SEQUENCE"] > first["SEQUENCE"]
    send(writer, f"{begun}/stall-in")
    assert event()["STATUS"] == "CANCELLED" and "Inställt" in go(reader, PAGE).words


def test_the_calendar_reaches_a_year_back(county, begun, at):
    for days, found in ((364, True), (367, False)):
        at(STARTS + timedelta(days=days))
        with county.test_client().get("/webbinarier/kalender.ics") as feed:
            assert (BEGIN["title"].encode() in feed.get_data()) is found, days


def test_nobody_signs_up_for_a_webinar(writer, begun):
    assert "behövs ingen anmälan" in write(writer, begun, 422, sign_up="y").words
    write(writer, begun, kind="workshop", sign_up="y", seats="20", place="Exempelhallen, Exempelvägen 1")
    write(writer, begun)
    with connection():
        assert not Happening.get(Happening.title == BEGIN["title"]).sign_up


def test_two_who_save_at_once_see_both_and_nothing_is_lost(writer, begun):
    old = seen(writer, begun)
    write(writer, begun, lead="Först.")
    page = send(writer, begun, 409, **(WORDS | {"seen": old, "lead": "Sedan.", "kind": "course"}))
    told = page.soup.select_one("[role=alert]")
    assert "har sparat under tiden" in told.text and [one.text for one in told.select("dd")] == [
        "Webbinarium",
        "Först.",
    ]
    assert page.soup.select_one("#lead").text.strip() == "Sedan."
    send(
        writer, begun, 303, **(WORDS | {"seen": page.soup.select_one("#traff [name=seen]")["value"], "lead": "Sedan."})
    )
    assert go(writer, begun).soup.select_one("#lead").text.strip() == "Sedan."
    address = f"{begun}/inspelning"
    told = {"seen": seen(writer, address), "chapters": "00.00 Ett"}
    send(writer, address, **told)
    page = send(writer, address, 409, **(told | {"chapters": "00.00 Två"}))
    assert [one.text for one in page.soup.select("[role=alert] dd")] == ["00.00 Ett"]
    send(writer, address, 303, **(told | {"seen": page.soup.select_one("#inspelning [name=seen]")["value"]}))


@pytest.mark.parametrize(
    "told", [{"starts": ""}, {"starts": "2027-03-28T02:30"}, {"minutes": "x"}, {"join_url": "javascript:1"}]
)
def test_bad_input_is_told_and_changes_nothing(writer, begun, told):
    before = seen(writer, begun)
    write(writer, begun, 422, **told)
    assert seen(writer, begun) == before


def test_what_is_published_may_not_come_to_shut_readers_out(writer, begun):
    assert "hoppar över en nivå" in write(writer, begun, 422, body="#### Hopp").words


def test_chapters_are_read_as_people_write_them():
    found = happenings.chapters_of("00.00 Välkommen\n03:20 Två\n1.00.05 Tre\n\nfel rad\n99 Fyra")
    assert [(one.seconds, one.time) for one in found] == [(0, "00.00"), (200, "03.20"), (3605, "1.00.05")]


def about(page) -> dict[str, object]:
    """What a page's microdata says of the event, as schema.org names it."""
    (event,) = page.soup.select("[itemtype='https://schema.org/Event']")
    told = {}
    for tag in event.select("[itemprop]"):
        owner = tag.find_parent(attrs={"itemscope": True})
        if owner is event:
            value = tag.get("itemtype", "").rpartition("/")[2] or tag.get("content") or tag.get("href") or tag.text
            told[tag["itemprop"]] = value
    return told


def test_machines_are_told_of_the_event(county, writer, begun):
    reader = county.test_client()
    told = about(go(reader, PAGE))
    assert told["name"] == BEGIN["title"] and told["description"] == WORDS["lead"]
    assert told["startDate"] == "2027-02-12T12:00:00+01:00" and told["endDate"] == "2027-02-12T12:45:00+01:00"
    assert told["location"] == "VirtualLocation" and told["organizer"] == "Organization"
    assert told["eventAttendanceMode"].endswith("/OnlineEventAttendanceMode") and told["url"].endswith(PAGE)
    write(writer, begun, kind="workshop", place="Exempelhallen, Exempelvägen 1")
    told = about(go(reader, PAGE))
    assert told["location"] == "Place" and told["eventAttendanceMode"].endswith("/OfflineEventAttendanceMode")
    send(writer, f"{begun}/stall-in")
    assert about(go(reader, PAGE))["eventStatus"].endswith("/EventCancelled")


def test_a_cover_is_shown_and_shared(county, writer, begun):
    send(writer, "/arbetsyta/bilder", alt="En äng", where="lanet", file=(io.BytesIO(picture()), "x.jpg"))
    write(writer, begun, cover="1")
    page = go(county.test_client(), PAGE)
    assert page.soup.select_one("main .cover img")["alt"] == "En äng"
    shared = page.soup.select_one("meta[property='og:image']")["content"]
    with county.test_client().get(shared.removeprefix("http://127.0.0.1:8000")) as answer:
        assert shared.startswith("http://127.0.0.1:8000/bilder/") and answer.mimetype == "image/jpeg"


def test_captions_that_are_late_are_told_of_to_all(county, begun, at):
    at(STARTS + timedelta(days=1))
    writer, address = signed_in(county, "kommunikator"), f"{begun}/inspelning"
    send(writer, address, seen=seen(writer, address), live_on="2027-02-12", recording_url="https://film.example/1")
    assert "13 dagar kvar" in go(writer, begun).words and "(13 dagar kvar)" in go(writer, SHELF).words
    assert "En inspelning saknar textning" in go(writer, "/arbetsyta").words
    assert not go(writer, "/arbetsyta").soup.select(".todo [data-urgent]")
    at(STARTS + timedelta(days=15))
    writer = signed_in(county, "kommunikator")
    assert "den dagen har varit" in go(writer, begun).words and go(writer, "/arbetsyta").soup.select("[data-urgent]")
    page = go(county.test_client(), PAGE)
    assert "Texten skulle ha kommit 26 februari 2027" in page.words and "kommer senast" not in page.words
    assert "saknar textning" not in go(signed_in(county, "personal"), "/arbetsyta").words


def test_for_whom_it_was_is_told_afterwards_too(county, writer, begun, at):
    write(writer, begun, audience="Alla i elevhälsan")
    for when in (STARTS - timedelta(days=1), STARTS + timedelta(days=1)):
        at(when)
        assert "Alla i elevhälsan" in go(county.test_client(), PAGE).words


def test_whoever_waits_with_the_page_open_gets_the_link_when_it_is_time(county, begun, at):
    reader = county.test_client()
    waits = ".stack[hx-trigger='every 60s']"
    assert not go(reader, PAGE).soup.select(waits)
    at(STARTS - timedelta(minutes=40))
    assert go(reader, PAGE).soup.select_one(waits)["hx-get"] == PAGE
    at(STARTS - timedelta(minutes=29))
    with connection():
        happening_writing.turn_by_time()
    with reader.get(PAGE, headers={"HX-Request": "true"}) as answer:
        assert "mote.example" in answer.text and "<html" not in answer.text

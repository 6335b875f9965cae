"""Booking a first talk as visitors do: without account or script, in every language, saying nothing of a child."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from icalendar import Calendar

from tbb import clock
from tbb.database import connection
from tbb.models import AuditRow, Letter, TalkBooking, TalkHost, Unit
from tbb.policy import VISITOR
from tbb.services import actors, talk_hosts, talks, wall_clock
from tbb.services.demo_cast import account_of
from tbb.web.language import LANGUAGES
from tests import make_talks
from tests.conftest import go
from tests.people import filled_in, send

UNIT = "/enhet/nackrosskolan-eskilstuna"
TIMES = f"{UNIT}/boka"
HERE = {"Sec-Fetch-Site": "same-origin"}
NOBODY = "x" * 43


@pytest.fixture
def host(county):
    """The cast's school, with open hours."""
    with connection():
        return make_talks.host(Unit.get(Unit.slug == "nackrosskolan-eskilstuna"), ways="phone,visit,video")


@pytest.fixture
def filled(host, client):
    """The form of the first free time, filled in as most people would."""
    page = go(client, TIMES)
    path = next(link for link in page.links if "/uppgifter?tid=" in link)
    form = go(client, path).soup.select_one("#formular")
    return filled_in(form) | {"way": "phone", "name": "Kim", "phone": "070-174 06 31"}


def book(client, data: dict, status: int = 303, at: str = "", **more):
    """Send the form."""
    return go(client, f"{at}{TIMES}/uppgifter", data=data, status=status, follow=False, headers=HERE, **more)


def link_of(answer) -> str:
    """The personal link that a booking led to."""
    return answer.headers["Location"]


def kept() -> list[TalkBooking]:
    """Every booking."""
    with connection():
        return list(TalkBooking.select().order_by(TalkBooking.id))


def test_the_way_from_the_units_page_to_a_booked_time_needs_no_account_script_or_cookie(host, client):
    unit = go(client, UNIT)
    times = go(client, unit.link("Boka ett första samtal"))
    assert re.search(r"v\. \d+", times.words)
    details = go(client, next(link for link in times.links if "/uppgifter?tid=" in link))
    assert "Skriv inget om barnet här." in details.words and not details.soup.select("main textarea")
    data = {"way": "visit", "name": "Kim", "email": "kim@post.example"}
    booked = send(client, details, details.address, data)
    assert booked.heading == "Tiden är bokad" and "S-" in booked.words
    assert client._cookies == {} and booked.response.headers["Cache-Control"] == "no-store"
    assert "kim" not in booked.text.lower() and "kim" not in booked.response.request.path
    with connection():
        assert {letter.template for letter in Letter.select()} == {"talk_booked", "talk_for_host"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_on_the_way_is_right_in_every_language(host, client, filled, language):
    at = f"/{language}"
    go(client, at + UNIT, language=language)
    go(client, f"{at}{TIMES}?sida=2", language=language)
    go(client, f"{at}{TIMES}/uppgifter?tid={filled['tid']}", language=language)
    wrong = book(client, filled | {"name": "", "phone": ""}, 422, at, language=language)
    assert len(wrong.soup.select("[aria-invalid=true]")) == 2
    assert filled["tid"] == wrong.soup.select_one("[name=tid]")["value"]
    link = link_of(book(client, filled, at=at))
    assert link.startswith(at)
    for part in ("", "/andra", "/avboka"):
        go(client, link + part, language=language)
    go(client, link + "x", language=language, status=404)
    book(client, filled | {"once": "y" * 24}, 409, at, language=language)
    go(client, link + "/avboka", data={"stamp": filled["stamp"]}, headers=HERE, language=language)
    assert kept()[0].reads == language and kept()[0].state == "cancelled"


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"name": " "}, "name", "Skriv ett namn"),
        ({"name": "Kim 850709-9805"}, "name", "Ta bort personnumret"),
        ({"name": "x" * 61}, "name", "högst 60 tecken"),
        ({"phone": "", "email": ""}, "phone", "telefonnummer eller en e-postadress"),
        ({"phone": "", "email": "kim@post.example"}, "phone", "numret som vi ska ringa"),
        ({"phone": "ring mig"}, "phone", "Skriv ett telefonnummer"),
        ({"email": "kim"}, "email", "Skriv en e-postadress"),
        ({"email": "a@b.example\r\nBcc: c@d.example"}, "email", "Skriv en e-postadress"),
        ({"way": ""}, "way", "Välj hur du vill prata"),
        ({"way": "letter"}, "way", "Välj hur du vill prata"),
        ({"language": "tlh"}, "language", "Välj ett språk"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_keeps_the_rest_and_books_nothing(client, filled, changes, field, says):
    page = book(client, filled | changes, 422)
    error = page.soup.select_one(f"#{field}-f") or page.soup.select_one(".ds-validation-message")
    assert says in error.get_text() and page.title.startswith("Fel:")
    if "name" not in changes:
        assert page.soup.select_one("[name=name]")["value"] == "Kim"
    assert kept() == []


def test_a_time_that_somebody_was_quicker_to_book_leads_to_the_others(client, filled):
    book(client, filled)
    page = book(client, filled | {"once": "y" * 24, "phone": "070-174 06 32"}, 409)
    assert "Tiden är inte ledig längre" in page.words and f"tid={filled['tid']}" not in page.text
    shown = go(client, f"{TIMES}/uppgifter?tid={filled['tid']}")
    assert "Tiden är inte ledig längre" in shown.words
    assert len(kept()) == 1


def test_the_same_form_twice_books_once_and_leads_to_the_same_talk(client, filled):
    first, second = (go(client, link_of(book(client, filled))) for _ in range(2))
    assert len(kept()) == 1 and re.findall(r"S-\w{6}", first.words) == re.findall(r"S-\w{6}", second.words)


def test_robots_other_sites_and_old_forms_book_nothing(client, filled):
    assert book(client, filled | {"homepage": "https://spam.example"}).status_code == 303
    for data, headers in ((filled, {"Sec-Fetch-Site": "cross-site"}), (filled | {"stamp": "x"}, HERE), (filled, {})):
        assert client.post(f"{TIMES}/uppgifter", data=data, headers=headers).status_code == 400
    assert kept() == []


def test_a_talk_is_moved_and_cancelled_by_its_link_and_looking_changes_nothing(client, filled):
    link = link_of(book(client, filled))
    before = kept()[0].starts_at
    for part in ("", "/andra", "/avboka", "/samtal.ics"):
        client.get(link + part).close()
        client.head(link + part).close()
    assert (kept()[0].state, kept()[0].starts_at, kept()[0].sequence) == ("booked", before, 0)
    page = go(client, f"{link}/andra")
    assert go(client, f"{link}/andra", data=filled_in(page.soup.select_one("#formular")), status=422, headers=HERE)
    wanted = page.soup.select("[name=tid]")[3]["value"]
    assert send(client, page, f"{link}/andra", {"tid": wanted}).heading == "Tiden är bokad"
    assert f"{kept()[0].starts_at:%Y%m%d%H%M}" == wanted
    assert send(client, go(client, f"{link}/avboka"), f"{link}/avboka").heading == "Tiden är avbokad"
    assert go(client, f"{link}/avboka").heading == "Det går inte att avboka här"
    assert go(client, f"{link}/andra").heading == "Tiden är avbokad"


def test_when_it_is_too_late_the_page_says_whom_to_call(client, filled):
    link = link_of(book(client, filled))
    with connection():
        TalkHost.update(cancel_hours=168).execute()
        TalkBooking.update(
            starts_at=clock.now() + timedelta(hours=30),
            ends_at=clock.now() + timedelta(hours=31),
            free_at=clock.now() + timedelta(hours=31),
        ).execute()
    page = go(client, link)
    assert "för sent att ändra" in page.words and "Byt tid" not in page.words
    for part in ("/avboka", "/andra"):
        data = {"stamp": filled["stamp"], "tid": filled["tid"]}
        assert "för sent" in go(client, link + part, data=data, status=409, headers=HERE).words
    assert kept()[0].state == "booked"


def test_links_of_nobodys_are_told_alike_whatever_they_once_led_to(client, filled):
    link = link_of(book(client, filled))
    with connection():
        TalkBooking.update(forget_on=clock.today()).execute()
        talks.forget_old()
    told = set()
    for address in (link, f"/bokning/{NOBODY}", "/bokning/a"):
        for part in ("", "/andra", "/avboka", "/samtal.ics"):
            page = go(client, re.sub(r"^/\w\w(?=/bokning)", "", address) + part, status=404)
            told.add((page.title, page.words, page.response.headers["Cache-Control"]))
        for part in ("/andra", "/avboka"):
            data = {"stamp": filled["stamp"], "tid": filled["tid"]}
            page = go(client, address + part, data=data, status=404, headers=HERE)
            told.add((page.title, page.words, page.response.headers["Cache-Control"]))
    assert len(told) == 1


def test_whoever_writes_anothers_number_learns_nothing_of_what_that_number_has_booked(host, county, filled):
    told = []
    with connection():
        for number in range(3):
            make_talks.booked(host, 10 + number, sender=f"elsewhere {number}", phone="070-174 06 31")
    for phone in ("070-174 06 31", "070-174 06 99"):
        client = county.test_client()
        form = filled_in(go(client, f"{TIMES}/uppgifter?tid={filled['tid']}").soup.select_one("#formular"))
        answer = book(client, form | {"way": "phone", "name": "Kim", "phone": phone})
        page = go(client, link_of(answer))
        told.append((answer.status_code, re.sub(r"S-\w{6}", "", page.words)))
        send(client, go(client, link_of(answer) + "/avboka"), link_of(answer) + "/avboka")
    assert told[0] == told[1]


def test_so_many_from_one_place_and_then_a_page_that_says_call(host, client, filled):
    for _ in range(talks.OPEN_PER_PERSON):
        page = go(client, TIMES)
        path = next(link for link in page.links if "/uppgifter?tid=" in link)
        form = filled_in(go(client, path).soup.select_one("#formular"))
        assert book(client, filled | form | {"way": "phone", "name": "Kim", "phone": "070-174 06 31"})
    path = next(link for link in go(client, TIMES).links if "/uppgifter?tid=" in link)
    form = filled_in(go(client, path).soup.select_one("#formular"))
    page = book(client, filled | form | {"way": "phone", "name": "Kim", "phone": "070-174 06 31"}, 429)
    assert "Ring i stället" in page.words and len(kept()) == talks.OPEN_PER_PERSON


def test_the_calendar_file_says_when_and_where_and_nothing_else(host, client, filled):
    link = link_of(book(client, filled | {"way": "visit", "email": "kim@post.example"}))
    booking = kept()[0]
    with connection():
        meets_at = host.meets_at
    for sequence, method in ((0, "PUBLISH"), (1, "CANCEL")):
        answer = client.get(f"{link}/samtal.ics")
        assert answer.mimetype == "text/calendar" and answer.headers["Cache-Control"] == "no-store"
        calendar = Calendar.from_ical(answer.data)
        (event,) = calendar.walk("VEVENT")
        assert (calendar["METHOD"], event["SEQUENCE"]) == (method, sequence)
        assert event["DTSTART"].dt == booking.starts_at and event["DTEND"].dt == booking.ends_at
        assert event["SUMMARY"] == f"Bokad tid {booking.reference}" and event["LOCATION"] == meets_at
        for secret in (b"kim", b"070", b"barn", b"Barn"):
            assert secret not in answer.data.replace(b"barnens basta", b"")
        send(client, go(client, f"{link}/avboka"), f"{link}/avboka") if not sequence else None
    with connection():  # As if the rules of summer time had been changed since.
        hour = timedelta(hours=1)
        TalkBooking.update(
            starts_at=booking.starts_at + hour, ends_at=booking.ends_at + hour, free_at=booking.free_at + hour
        ).execute()
    (event,) = Calendar.from_ical(client.get(f"{link}/samtal.ics").data).walk("VEVENT")
    assert event["DTSTART"].dt == booking.starts_at and wall_clock.on_the_wall(booking.starts_at) == booking.wall


def test_the_units_page_is_kept_and_knows_at_once_when_hours_open_and_close(county, client):
    bba = "Boka ett första samtal"
    with connection():
        unit = Unit.get(Unit.slug == "nackrosskolan-eskilstuna")
        made = make_talks.host(unit, open=False, hours=())
        actor = actors.of_account(account_of("bba"), strong=True)
    assert bba not in go(client, UNIT).words
    for is_open in (True, False):
        with connection():
            talk_hosts.keep_rules(actor, talk_hosts.find(actor, unit.slug), {"open": is_open})
        assert (bba in go(client, UNIT).words) is is_open
    assert made.row.id and "Här går det inte att boka" in go(client, TIMES).words


def test_free_times_are_never_kept_by_anybody(host, client):
    for path in (TIMES, "/boka/processledare"):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "no-store" and "ETag" not in answer.headers
    first = next(link for link in go(client, TIMES).links if "tid=" in link)
    with connection():
        make_talks.booked(host)
    assert first not in go(client, TIMES).links


def test_the_process_leaders_are_booked_in_the_same_way_from_the_pages_that_offer_it(county, client):
    with connection():
        make_talks.host(None, hours=((1, 540, 720),), ways="visit", place="Hos er")
    for page in (go(client, "/kontakt"), go(client, "/anslut")):
        assert page.link("Boka en processledare") == "/boka/processledare"
    times = go(client, "/boka/processledare")
    path = next(link for link in times.links if "tid=" in link)
    shown = go(client, path)
    wrong = send(client, shown, path, {"way": "visit", "name": "Frida", "phone": "070-174 06 33"}, status=422)
    assert "Välj vad ni vill boka" in wrong.words and "Skriv var du arbetar" in wrong.words
    data = {"way": "visit", "name": "Frida", "phone": "070-174 06 33", "topic": "workshop", "workplace": "Humlan"}
    booked = send(client, shown, path, data)
    assert "Hos er" in booked.words and kept()[0].topic == "workshop"


def test_unknown_units_and_closed_ones_offer_nothing(host, client):
    go(client, "/enhet/finns-inte/boka", status=404)
    go(client, "/enhet/finns-inte/boka/uppgifter", status=404)
    with connection():
        Unit.update(status="closed").where(Unit.id == host.unit.id).execute()
    assert "Här går det inte att boka" in go(client, TIMES).words


def test_a_booking_is_on_record_without_who_or_when(client, filled):
    book(client, filled)
    with connection():
        row = AuditRow.select().where(AuditRow.action == "talk:book").get()
    assert (row.actor, row.outcome) == (VISITOR.name, "done") and row.unit is not None
    assert "Kim" not in str(row.__data__) and "070" not in str(row.__data__["note"])

"""Hours for talks, as those see them who answer: opening, days that differ, who is coming, and what became of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import AuditRow, Letter, TalkBooking, TalkHost, Unit
from tests import make_talks
from tests.conftest import go
from tests.people import send, signed_in, submit

ROOT = "/arbetsyta/samtalstider"
SCHOOL = f"{ROOT}/nackrosskolan-eskilstuna"
LEADERS = f"{ROOT}/lanet"


@pytest.fixture
def bba(county):
    """The browser of the school's BBA."""
    return signed_in(county, "bba")


@pytest.fixture
def host(county):
    """The school with open hours."""
    with connection():
        return make_talks.host(Unit.get(Unit.slug == "nackrosskolan-eskilstuna"))


def readings() -> list[tuple[str, str]]:
    """Who has looked at what."""
    with connection():
        found = AuditRow.select().where(AuditRow.action == "talk:read").order_by(AuditRow.id)
        return [(row.actor, row.thing_id) for row in found]


def test_from_nothing_to_open_hours_that_a_family_can_book(bba, county):
    page = go(bba, ROOT)
    page = go(bba, page.link("Näckrosskolan"))
    assert "Det går inte att boka tider än" in page.words
    hours = {"weekday": "1", "starts": "08.30", "ends": "11:00", "ways": ["phone", "visit"]}
    page = submit(bba, f"{SCHOOL}/tider", hours)
    assert "Tisdag 08.30–11.00" in page.words and "telefon, på plats" in page.words
    page = submit(bba, f"{SCHOOL}/installningar", {"open": "y", "minutes": "45", "notice_hours": "2"})
    assert "45 minuter" in page.words and "Ingen kan boka" not in page.words
    times = go(county.test_client(), "/enhet/nackrosskolan-eskilstuna/boka")
    assert "08.30" in times.words and "09.30" in times.words and "10.30" not in times.words
    page = send(bba, page, SCHOOL, action="/ta-bort")
    assert "Inga tider än." in page.words


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"starts": "", "ends": "10"}, "Skriv tiden så här: 08.30."),
        ({"starts": "25.00"}, "Skriv tiden så här: 08.30."),
        ({"starts": "08.75"}, "Skriv tiden så här: 08.30."),
        ({"starts": "8", "ends": "08.10"}, "Tiden måste räcka till minst ett samtal på 30 minuter."),
        ({"starts": "11", "ends": "10"}, "Tiden måste räcka till minst ett samtal på 30 minuter."),
        ({"ways": []}, "Välj minst ett sätt."),
        ({"ways": ["video"]}, "Skriv först länken till videosamtal"),
        ({"weekday": "9"}, "Välj ett av alternativen."),
        ({"weekday": "0", "starts": "11", "ends": "13"}, "Tiderna krockar"),
    ],
)
def test_hours_that_make_no_sense_are_refused_with_a_sentence(bba, host, changes, says):
    with connection():
        TalkHost.update(video_link="").execute()
    hours = {"weekday": "1", "starts": "08.30", "ends": "11.00", "ways": ["phone"]} | changes
    page = submit(bba, f"{SCHOOL}/tider", hours, status=422)
    assert says in page.words and page.title.startswith("Fel:")
    if changes.get("starts") == "08.75":
        assert page.soup.select_one("[name=starts]")["value"] == "08.75"
    with connection():
        assert TalkHost.get().hours.count() == 2


def test_days_that_differ_close_and_open_and_tell_what_is_booked_then(bba, host, county):
    with connection():
        kept, _ = make_talks.booked(host)
        day = clock.local(kept.starts_at).date()
    page = submit(bba, f"{SCHOOL}/undantag", {"kind": "closed", "first_day": day.isoformat()})
    assert "Det finns ett bokat samtal på tiden" in page.words and str(day) in page.words
    sunday = day + timedelta(days=6 - day.weekday())
    extra = {"kind": "extra", "first_day": sunday.isoformat(), "starts": "12", "ends": "13", "ways": ["visit"]}
    submit(bba, f"{SCHOOL}/undantag", extra)
    assert "Söndag" in go(county.test_client(), "/enhet/nackrosskolan-eskilstuna/boka").words
    for wrong, says in (
        ({"first_day": "2020-01-01"}, "Välj en dag från i dag"),
        ({"last_day": (day - timedelta(days=1)).isoformat()}, "Sista dagen kommer efter den första"),
        ({"kind": "extra"}, "Skriv både från och till."),
        ({"starts": "10", "ends": "9"}, "Till måste vara senare än från"),
        ({"kind": "extra", "starts": "9", "ends": "10"}, "Välj minst ett sätt."),
        ({"kind": "both"}, "Välj vad som gäller."),
    ):
        data = {"kind": "closed", "first_day": day.isoformat()} | wrong
        assert says in submit(bba, f"{SCHOOL}/undantag", data, status=422).words


def test_who_is_coming_is_shown_to_those_who_answer_and_each_look_is_on_record(bba, host, county):
    with connection():
        kept, _ = make_talks.booked(host, name="Amina", language="so", interpreter=True)
    page = go(bba, SCHOOL)
    assert "Amina" in page.words and "somaliska Tolk" in page.words and "070-174" not in page.words
    shown = go(bba, f"{SCHOOL}/bokningar/{kept.key}")
    assert "070-174 06 31" in shown.words and "Amina" not in shown.title
    assert [thing for _actor, thing in readings()][-1] == kept.reference and len(readings()) == 2
    for persona in ("enhetschef", "huvudman", "processledare", "personal", "granne", "drift"):
        other = signed_in(county, persona)
        go(other, SCHOOL, status=404)
        go(other, f"{SCHOOL}/bokningar/{kept.key}", status=404)
    go(signed_in(county, "bba", strong=False), SCHOOL, status=404)
    go(bba, f"{SCHOOL}/bokningar/{'0' * 32}", status=404)
    go(bba, LEADERS, status=404)


def test_a_talk_is_called_off_with_a_letter_or_by_phone(bba, host):
    with connection():
        by_mail, _ = make_talks.booked(host, email="kim@post.example", reads="fi")
        by_phone, _ = make_talks.booked(host, 1, sender="b")
    page = submit(bba, f"{SCHOOL}/bokningar/{by_mail.key}/stall-in")
    assert "får ett brev" in page.text
    page = submit(bba, f"{SCHOOL}/bokningar/{by_phone.key}/stall-in")
    assert "Ring den som bokade" in page.text and "070-174 06 31" in page.words
    with connection():
        assert {talk.state for talk in TalkBooking.select()} == {"cancelled"}
        (letter,) = Letter.select().where(Letter.template == "talk_cancelled")
        assert (letter.recipient, letter.language) == ("kim@post.example", "fi")
    shown = submit(bba, f"{SCHOOL}/bokningar/{by_mail.key}/stall-in")
    assert "går inte att ställa in längre" in shown.text


def test_what_became_of_a_talk_is_noted_once(bba, host):
    with connection():
        been, coming = make_talks.past(host), make_talks.booked(host)[0]
    assert "Hur gick det?" in go(bba, SCHOOL).words
    assert "Ställ in samtalet" in go(bba, f"{SCHOOL}/bokningar/{coming.key}").words
    address = f"{SCHOOL}/bokningar/{been.key}"
    assert "Välj hur det gick." in submit(bba, address, status=422, action="/utfall").words
    page = submit(bba, address, {"state": "no_show"}, action="/utfall")
    assert "Kom inte" in page.words
    assert not go(bba, address).soup.select("main form")


def test_the_process_leaders_keep_their_own_hours(county):
    leader = signed_in(county, "processledare")
    assert [row.get_text() for row in go(leader, ROOT).soup.select("main h2")] == ["Processledarna"]
    submit(leader, f"{LEADERS}/tider", {"weekday": "2", "starts": "9", "ends": "12", "ways": ["visit"]})
    page = submit(leader, f"{LEADERS}/installningar", {"open": "y", "minutes": "60", "place": "Hos er"})
    assert "Onsdag 09.00–12.00" in page.words and "Hos er" in page.words
    assert "/uppgifter?tid=" in go(county.test_client(), "/boka/processledare").text
    colleague = signed_in(county, "processledare2")
    assert "Onsdag" in go(colleague, LEADERS).words


def test_the_link_to_video_is_an_address_and_stays_while_video_is_offered(bba, host):
    for wrong in ("javascript:alert(1)", "http://video.example", "inte en adress"):
        page = submit(bba, f"{SCHOOL}/installningar", {"video_link": wrong}, status=422)
        assert "https://" in page.words
    page = submit(bba, f"{SCHOOL}/installningar", {"video_link": ""}, status=422)
    assert "Det finns tider med video" in page.words
    assert submit(bba, f"{SCHOOL}/installningar", {"minutes": "7"}, status=422)

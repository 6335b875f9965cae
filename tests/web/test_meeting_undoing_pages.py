"""Taking somebody out, calling off and asking, as who books does it: the letters first, and a way back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb.database import connection
from tbb.models import Letter, Meeting, Participant
from tbb.services import letters
from tbb.web.letters import render
from tests import make_meetings
from tests.conftest import go
from tests.people import send, signed_in, submit
from tests.services.meeting_office import GUARDIAN, KARIN, NOON, STARTS, fresh, office


@pytest.fixture
def made(county, at):
    """A meeting to which all have been called, its letters gone, and its BBA's browser."""
    at(NOON)
    with connection():
        found = office()
    found.client, found.path = signed_in(county, "bba"), f"/moten/{found.meeting.key}"
    submit(found.client, f"{found.path}/kallelse", action="/kallelse")
    with connection():
        Letter.update(state="sent").execute()
    found.karin = f"{found.path}/personer/{found.people.karin.key}"
    return found


def cancels() -> list[Letter]:
    """The letters that take something back, and wait."""
    with connection():
        return list(Letter.select().where(Letter.template == "meeting_cancel", Letter.state == "queued"))


def test_a_meeting_is_called_off_after_its_letters_were_read_and_it_can_be_undone(made, at):
    shown = go(made.client, f"{made.path}/stall-in")
    assert "3 brev att läsa igenom" in shown.words and "En person får inget brev" in shown.words
    assert GUARDIAN["name"] not in shown.words and KARIN["email"] in shown.words
    off = send(made.client, shown, f"{made.path}/stall-in", action="/stall-in")
    assert "Du kan ångra till kl. 13.10" in off.words and "Inställt" in off.words
    with connection():
        for letter in cancels():
            said = render(letter.template, letters.facts_of(letter), base_url="http://127.0.0.1:8000",
                          language=letter.language)  # fmt: skip
            assert said.subject in shown.text
            assert all(line in shown.text for part in said.parts for line in part.lines)
    back = submit(made.client, made.path, action="/angra")
    assert "Mötet är tillbaka" in back.words and "Bokat" in back.words and cancels() == []
    again = send(made.client, off, made.path, action="/angra")
    assert "Det gick inte att ångra" in again.words
    submit(made.client, f"{made.path}/stall-in", action="/stall-in")
    at(NOON + timedelta(minutes=11))
    assert "Ångra" not in go(made.client, made.path).words


def test_one_person_is_taken_out_after_the_letter_was_read_and_comes_back(made):
    page = go(made.client, made.karin)
    assert not [form for form in page.soup.select("form") if form.get("action", "").endswith("/ta-bort")]
    shown = go(made.client, f"{made.karin}/ta-bort")
    assert "Vill du ta bort Karin Testlind från mötet?" in shown.words and "Ett brev att läsa igenom" in shown.words
    out = send(made.client, shown, f"{made.karin}/ta-bort", action="/ta-bort")
    assert "Karin Testlind" in out.words and "kan du ångra" in out.words and len(cancels()) == 1
    assert "kan du ångra" in go(made.client, f"{made.path}/vilka").words
    back = submit(made.client, f"{made.path}/vilka", action="/angra")
    assert "Ångrat" in back.words and cancels() == []
    with connection():
        assert fresh(made.people.karin).ended_at is None


def test_a_whole_service_is_taken_out_and_comes_back(made):
    (link,) = [link for link in go(made.client, f"{made.path}/vilka").links if link.endswith("/ta-bort")]
    shown = go(made.client, link)
    assert "En person är med därifrån: Karin Testlind." in shown.words
    out = send(made.client, shown, link, action="/ta-bort")
    assert "Verksamheten är borttagen" in out.words and len(cancels()) == 1
    assert "Ångrat" in submit(made.client, f"{made.path}/vilka", action="/angra").words and cancels() == []


def test_who_skips_the_letters_or_reads_others_than_are_sent_changes_nothing(made):
    shown = go(made.client, f"{made.path}/stall-in")
    keys = {field["name"]: field["value"] for field in shown.soup.select("main form input[type=hidden]")}
    for address in ("/stall-in", made.karin.removeprefix(made.path) + "/ta-bort"):
        told = go(made.client, f"{made.path}{address}", data=keys | {"seen": "x"})
        assert "Läs igenom breven först" in told.words
        keys["once"] = go(made.client, f"{made.path}/stall-in").soup.select_one("input[name=once]")["value"]
    with connection():
        assert Meeting.get().state == "set" and fresh(made.people.karin).ended_at is None and cancels() == []


def test_others_neither_see_nor_undo(county, made):
    submit(made.client, f"{made.path}/stall-in", action="/stall-in")
    for persona, status in (("personal", 404), ("granne", 404), ("huvudman", 404)):
        browser = signed_in(county, persona)
        go(browser, f"{made.path}/stall-in", status=status)
        go(browser, f"{made.karin}/ta-bort", status=status)
    assert len(cancels()) == 3


def test_questions_about_times_are_shown_whole_before_they_are_sent(county, at):
    at(NOON)
    with connection():
        made = office(at=None)
        Meeting.update(answers_by=NOON.date() + timedelta(days=3)).execute()
        make_meetings.slot(made.meeting, STARTS)
        Participant.update(state="draft", asked_at=None).where(Participant.account.is_null()).execute()
    client, path = signed_in(county, "bba"), f"/moten/{made.meeting.key}/skicka"
    shown = go(client, path)
    assert "2 brev att läsa igenom" in shown.words and "/svar/********" in shown.words
    assert shown.soup.select_one("article[lang=ar][dir=rtl]")
    with connection():
        make_meetings.slot(made.meeting, STARTS + timedelta(days=1))
    told = send(client, shown, path, action="/skicka", status=409)
    assert "Något har ändrats sedan du öppnade sidan" in told.words
    with connection():
        assert Letter.select().where(Letter.template == "meeting_ask").count() == 0
    sent = send(client, told, path, action="/skicka")
    with connection():
        for letter in Letter.select().where(Letter.template == "meeting_ask"):
            said = render(letter.template, letters.facts_of(letter), base_url="http://127.0.0.1:8000",
                          language=letter.language)  # fmt: skip
            assert said.subject in told.text
        assert Letter.select().where(Letter.template == "meeting_ask").count() == 2
    assert "kod" in sent.words
    karin = f"/moten/{made.meeting.key}/personer/{made.people.karin.key}/paminn"
    with connection():
        Letter.update(state="sent").execute()
    shown = go(client, karin)
    assert "Vill du påminna Karin Testlind?" in shown.words and "/svar/********" in shown.words
    with connection():
        make_meetings.slot(made.meeting, STARTS + timedelta(days=2))
    assert "Läs igenom brevet först" in send(client, shown, karin, action="/paminn").words
    waits = submit(client, karin, action="/paminn")
    assert "Påminnelsen skickas om tio minuter." in waits.words and "Stoppa breven" in waits.words
    assert "Brevet är stoppat." in submit(client, f"/moten/{made.meeting.key}/kallelse", action="/angra").words

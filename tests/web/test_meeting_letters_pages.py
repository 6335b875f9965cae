"""The page of a meeting's letters: what is shown is what is sent, nothing more; and it can be stopped and answered."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest

from tbb.database import connection
from tbb.models import AuditRow, Letter, Participant
from tbb.services import calendar_files, consent_taking, letters
from tbb.web.letters import render
from tests.conftest import go
from tests.people import send, signed_in, submit
from tests.services.meeting_office import GUARDIAN, KARIN, NOON, STARTS, office

REPLY = {"title": "x", "starts": STARTS, "ends": STARTS + timedelta(hours=1)}


@pytest.fixture
def made(county, at):
    """A meeting whose time is set, and its BBA's browser."""
    at(NOON)
    with connection():
        found = office()
    found.client, found.path = signed_in(county, "bba"), f"/moten/{found.meeting.key}/kallelse"
    return found


def answer(uid: str, who: str, said: str = "ACCEPTED", sequence: int = 0) -> bytes:
    """The file that a calendar program answers with."""
    file = calendar_files.single(uid=uid, sequence=sequence, method="PUBLISH", attendee=who, **REPLY)
    return file.replace(b"METHOD:PUBLISH", b"METHOD:REPLY").replace(
        b"ROLE=REQ-PARTICIPANT", b"PARTSTAT=" + said.encode()
    )


def test_every_letter_is_shown_as_it_will_be_and_leaves_as_it_was_shown(made):
    shown = go(made.client, made.path)
    assert "3 brev att läsa igenom" in shown.text and "Vårdnadshavare 1" in shown.text
    assert KARIN["email"] in shown.text and GUARDIAN["name"] not in shown.text
    assert "/svar/********" in shown.text and "En person får inget brev" in shown.text
    sent = send(made.client, shown, made.path, action="/kallelse")
    assert "Kallelsen skickas om tio minuter." in sent.text and "Stoppa breven" in sent.text
    with connection():
        for letter in Letter.select().where(Letter.template == "meeting_request"):
            said = render(letter.template, letters.facts_of(letter), base_url="http://127.0.0.1:8000",
                          language=letter.language)  # fmt: skip
            assert said.subject in shown.text
            for part in said.parts:
                for line in part.lines:
                    assert line in shown.text, line
        assert AuditRow.select().where(AuditRow.action == "meeting:invite").count() == 1
        assert AuditRow.select().where(AuditRow.action == "meeting:read").count() >= 1


def test_letters_are_stopped_from_the_page(made):
    submit(made.client, made.path, action="/kallelse")
    stopped = submit(made.client, made.path, action="/angra")
    assert "3 brev är stoppade." in stopped.text and "Skicka 3 brev" in stopped.text


def test_what_was_looked_at_is_what_is_sent_or_nothing_is(made):
    shown = go(made.client, made.path)
    with connection():
        Participant.update(ended_at=NOON, state="ended").where(Participant.id == made.people.nobody.id).execute()
    told = send(made.client, shown, made.path, action="/kallelse")
    assert "Inget är skickat" in told.text
    with connection():
        assert Letter.select().where(Letter.template == "meeting_request").count() == 0


def test_without_a_consent_it_answers_409_and_sends_nothing(made):
    shown = go(made.client, made.path)
    with connection():
        consent_taking.withdraw(made.bba, made.consent.key)
        Participant.update(ended_at=None, state="asked").where(Participant.id == made.people.karin.id).execute()
    told = send(made.client, shown, made.path, action="/kallelse", status=409)
    assert "Samtycke saknas" in told.text
    with connection():
        assert Letter.select().where(Letter.template == "meeting_request").count() == 0


def test_others_do_not_see_the_page(county, made):
    for persona in ("personal", "granne", "huvudman", "processledare"):
        go(signed_in(county, persona), made.path, status=404)


def test_the_answer_of_somebody_is_taken_from_a_file(made):
    submit(made.client, made.path, action="/kallelse")
    for said, words in (("ACCEPTED", "Kommer"), ("TENTATIVE", "Kommer kanske"), ("DECLINED", "Kommer inte")):
        file = answer(made.meeting.uid, KARIN["email"].upper(), said)
        told = submit(made.client, made.path, {"file": (BytesIO(file), "svar.ics")}, action="/svar")
        assert "Svaret är antecknat." in told.text and words in told.text


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (lambda made: b"", "Välj en fil"),
        (lambda made: b"BEGIN:VCALENDAR", "går inte att läsa"),
        (lambda made: answer("x@mote", KARIN["email"]), "ett annat möte"),
        (lambda made: answer(made.meeting.uid, "stranger@flen.example"), "inte är kallad"),
        (lambda made: b"x" * 70_000, "går inte att läsa"),
    ],
)
def test_a_file_that_is_no_answer_is_refused_with_a_sentence(made, file, words):
    submit(made.client, made.path, action="/kallelse")
    name = "svar.ics" if file(made) else ""
    told = submit(made.client, made.path, {"file": (BytesIO(file(made)), name)}, action="/svar", status=422)
    assert words in told.text

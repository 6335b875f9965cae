"""Answers from calendar programs: whoever is called is noted as coming or not; nothing else comes of a file."""

from __future__ import annotations

import os
from datetime import timedelta
from email.message import EmailMessage

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tbb.commands_letters import read_replies
from tbb.database import connection, rows
from tbb.models import AuditRow, Meeting, Participant
from tbb.policy import Refused
from tbb.services import actors, calendar_files, meeting_replies, meeting_sending
from tbb.services.demo_cast import account_of
from tbb.services.meeting_replies import OLD, TAKEN, UNKNOWN, UNREADABLE
from tests.services.meeting_office import GUARDIAN, KARIN, NOON, STARTS, fresh, office
from tests.services.test_calendar_files import ICS_TEXT

HOSTILE = [text.encode("utf-8", "replace") for text in ICS_TEXT]
NESTED = b"Content-Type: multipart/mixed; boundary=x\n\n--x\n" * 5000
TIMES = {"title": "x", "starts": STARTS, "ends": STARTS + timedelta(hours=1)}


@pytest.fixture
def made(county, at):
    """A meeting to which everybody has been called."""
    at(NOON)
    with connection():
        found = office()
        meeting_sending.send(found.bba, found.meeting, seen=4, sequence=0)
        yield found


def reply(uid: str, who: str = KARIN["email"], said: str = "ACCEPTED", sequence: int = 0) -> bytes:
    """The file that a calendar program answers with."""
    file = calendar_files.single(uid=uid, sequence=sequence, attendee=who, **TIMES)
    return file.replace(b"METHOD:PUBLISH", b"METHOD:REPLY").replace(
        b"ROLE=REQ-PARTICIPANT", b"PARTSTAT=" + said.encode()
    )


def letter(file: bytes, sender: str = KARIN["email"], kind: str = "calendar") -> bytes:
    """A letter with an answer in it, as calendar programs send them."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = f"Karin <{sender}>", "no-reply@tbb.example", "Accepterat: möte"
    made.set_content("Karin kommer.")
    if kind == "calendar":
        made.add_alternative(file.decode(), subtype="calendar", params={"method": "REPLY"})
    else:
        made.add_attachment(file, maintype="application", subtype="ics", filename="invite.ics")
    return made.as_bytes()


def everything() -> list:
    """All that an answer could change."""
    return [rows("SELECT * FROM participant ORDER BY id"), rows("SELECT * FROM meeting ORDER BY id"),
            AuditRow.select().count()]  # fmt: skip


@pytest.mark.parametrize("kind", ["calendar", "attachment"])
@pytest.mark.parametrize(
    ("said", "state"), [("ACCEPTED", "accepted"), ("TENTATIVE", "tentative"), ("declined", "declined")]
)
def test_an_answer_by_mail_is_noted_for_the_one_who_gives_it(made, kind, said, state):
    assert meeting_replies.receive(letter(reply(made.meeting.uid, said=said), kind=kind)) == TAKEN
    assert fresh(made.people.karin).state == state and fresh(made.people.karin).answered_at == NOON
    assert fresh(made.people.guardian).state == "invited"
    assert AuditRow.select().where(AuditRow.action == "meeting:reply").count() == 1


def test_what_is_not_theirs_to_answer_changes_nothing(made):
    uid, before = made.meeting.uid, everything()
    twice = reply(uid).replace(b"CLASS:", b"ATTENDEE;PARTSTAT=DECLINED:mailto:gun@exempelsson.example\r\nCLASS:")
    for message, outcome in (
        (letter(reply(uid), sender=GUARDIAN["email"]), UNKNOWN),
        (letter(reply("x@mote")), UNKNOWN),
        (letter(reply(uid, who="stranger@flen.example"), sender="stranger@flen.example"), UNKNOWN),
        (letter(reply(uid, said="NEEDS-ACTION")), UNREADABLE),
        (letter(reply(uid, said="DELEGATED")), UNREADABLE),
        (letter(reply(uid).replace(b"METHOD:REPLY", b"METHOD:COUNTER")), UNREADABLE),
        (letter(reply(uid).replace(b"METHOD:REPLY", b"METHOD:CANCEL")), UNREADABLE),
        (letter(twice), UNREADABLE),
        (letter(b"BEGIN:VCALENDAR\r\n" * 5000), UNREADABLE),
        (b"", UNREADABLE),
        (os.urandom(2000), UNREADABLE),
        (NESTED, UNREADABLE),
        (letter(reply(uid)) + b"x" * meeting_replies.MOST_MAIL, UNREADABLE),
    ):  # fmt: skip
        assert meeting_replies.receive(message) == outcome
    assert everything() == before


def test_an_answer_to_an_earlier_time_or_to_a_meeting_that_is_off_is_not_noted(made):
    Participant.update(invited_sequence=2).where(Participant.id == made.people.karin.id).execute()
    assert meeting_replies.receive(letter(reply(made.meeting.uid, sequence=1))) == OLD
    assert meeting_replies.receive(letter(reply(made.meeting.uid, sequence=2))) == TAKEN
    Meeting.update(state="cancelled").execute()
    assert meeting_replies.receive(letter(reply(made.meeting.uid, sequence=2, said="DECLINED"))) == OLD
    assert fresh(made.people.karin).state == "accepted"


def test_who_is_no_longer_called_cannot_answer(made):
    Participant.update(state="ended", ended_at=NOON).where(Participant.id == made.people.karin.id).execute()
    assert meeting_replies.receive(letter(reply(made.meeting.uid))) == UNKNOWN


def test_only_who_books_the_meeting_hands_in_a_file(made):
    with pytest.raises(Refused):
        meeting_replies.upload(actors.of_account(account_of("personal"), strong=True), made.meeting, b"x")
    with pytest.raises(Refused):
        meeting_replies.receive(b"x", actors.of_account(account_of("bba"), strong=True))
    assert meeting_replies.upload(made.bba, made.meeting, reply(made.meeting.uid)) == TAKEN


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 900), st.one_of(st.binary(max_size=60), st.sampled_from(HOSTILE)), st.integers(0, 900))
def test_whatever_is_put_into_a_file_it_is_one_persons_answer_or_none(cut, put, where):
    file = reply("0123456789abcdef@mote")
    spoiled = file[:where] + put + file[where + cut :]
    for found in meeting_replies.read(spoiled), meeting_replies.read_mail(spoiled)[0]:
        assert len(found) <= 2 and all(each.answer in meeting_replies.ANSWERS.values() for each in found)


def test_a_mail_server_hands_letters_to_the_command_one_by_one_or_in_a_folder(made, tmp_path):
    one = CliRunner().invoke(read_replies, input=letter(reply(made.meeting.uid)))
    assert (one.exit_code, one.output) == (0, "taken 1, unknown 0, old 0, unreadable 0\n")
    for name in "new", "cur", "tmp":
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1.a").write_bytes(letter(reply(made.meeting.uid, said="DECLINED")))
    (tmp_path / "new" / "2.b").write_bytes(b"\xff\x00 nothing")
    several = CliRunner().invoke(read_replies, [str(tmp_path)])
    assert several.output == "taken 1, unknown 0, old 0, unreadable 1\n"
    assert sorted(path.name for path in (tmp_path / "cur").iterdir()) == ["1.a:2,S", "2.b:2,S"]
    assert list((tmp_path / "new").iterdir()) == [] and fresh(made.people.karin).state == "declined"

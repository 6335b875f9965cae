"""What comes back ends what it should and nothing else: for good, three in a row, complained, or asked by mail."""

from __future__ import annotations

import mailbox
from email.message import EmailMessage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest

from tbb import clock, commands_mail
from tbb.models import Account, Letter, Newsletter, NewsletterLetter, Subscriber, Suppression
from tbb.policy import COMMAND, VISITOR, Refused
from tbb.services import letters, readers, returned_mail
from tbb.services.letters import State
from tbb.services.returned_mail import Kind
from tests.make_newsletters import enqueue_all, sent, some_readers, writer, written
from tests.naughty import strings


@pytest.fixture
def me(db):
    """A communicator of the county."""
    return writer(Account.create(key="k" * 32, email="k@tbb.example", name="Kim", created_at=clock.now()).id)


def went(me, **more) -> Newsletter:
    """A newsletter that has left."""
    newsletter = sent(me, written(me, **more))
    enqueue_all()
    Letter.update(state=State.SENT, sent_at=clock.now()).where(Letter.state == State.QUEUED).execute()
    enqueue_all()
    return newsletter


def mark_of(newsletter: Newsletter, number: int = 0) -> str:
    """The mark in the Message-ID of one of its letters."""
    rows = NewsletterLetter.select().where(NewsletterLetter.newsletter == newsletter).order_by(NewsletterLetter.id)
    return letters.fingerprint(rows[number].dedupe)


def report(mark: str, *, status: str = "5.1.1", action: str = "failed", complaint: bool = False, whole=True) -> bytes:
    """A letter as a mail server writes one: of what did not arrive (RFC 3464), or of a complaint (RFC 5965)."""
    made = MIMEMultipart("report", report_type="feedback-report" if complaint else "delivery-status")
    made["From"], made["To"], made["Subject"] = "MAILER-DAEMON@mx.example", "brev@tbb.example", "Undelivered"
    made.attach(MIMEText("Sorry."))
    if complaint:
        told = MIMEText("Feedback-Type: abuse\r\nVersion: 1\r\n")
        told.replace_header("Content-Type", "message/feedback-report")
    else:
        about, person = EmailMessage(), EmailMessage()
        about["Reporting-MTA"] = "dns; mx.example"
        person["Final-Recipient"], person["Action"], person["Status"] = "rfc822; x@y.example", action, status
        told = MIMEMultipart("delivery-status")
        told.set_type("message/delivery-status")
        told.set_payload([about, person])
    made.attach(told)
    ours = EmailMessage()
    ours["Message-ID"] = f"<{mark}@tbb.example>"
    if whole:
        ours.set_content("Hej")
        made.attach(MIMEMessage(ours))
    else:
        part = MIMEText(f"Message-ID: <{mark}@tbb.example>\r\n")
        part.replace_header("Content-Type", "text/rfc822-headers")
        made.attach(part)
    return made.as_bytes()


def read(*raw: bytes) -> dict[Kind, int]:
    """Let them be read."""
    return dict(returned_mail.read(COMMAND, raw))


@pytest.mark.parametrize("whole", [True, False])
def test_what_came_back_for_good_ends_it_and_the_address_gets_nothing_more(me, whole):
    some_readers(2)
    newsletter = went(me)
    raw = report(mark_of(newsletter), whole=whole)
    assert read(raw, raw) == {Kind.HARD: 2}
    assert [readers.email_of(each) for each in Subscriber.select()] == ["n1@lasare.example"]
    assert Suppression.get().why == "bounced"
    assert {row.ended for row in NewsletterLetter.select()} == {"", "bounced"}
    some_readers(1)
    after = went(me, title="Nästa")
    assert NewsletterLetter.select().where(NewsletterLetter.newsletter == after).count() == 1


def test_three_newsletters_in_a_row_that_come_back_for_a_while_end_it(me):
    some_readers(1)
    for number in range(2):
        mark = mark_of(went(me, title=f"Brev {number}"))
        soft = report(mark, status="4.2.2", action="delayed")
        assert read(soft, soft, report(mark, status="5.2.2")) == {Kind.SOFT: 3}
        assert Subscriber.get().soft_bounces == number + 1
    went(me, title="Det här kom fram")
    read(report(mark_of(went(me, title="Ett")), status="4.4.1"))
    assert Subscriber.get().soft_bounces == 1
    for number in range(2):
        read(report(mark_of(went(me, title=f"Igen {number}")), status="4.4.1"))
    assert not Subscriber.select().count() and Suppression.get().why == "bounced"


def test_a_complaint_ends_it_for_good(me):
    some_readers(1)
    assert read(report(mark_of(went(me)), complaint=True)) == {Kind.COMPLAINT: 1}
    assert not Subscriber.select().count() and Suppression.get().why == "complained"
    readers.allow_again("n0@lasare.example")
    assert readers.why_not("n0@lasare.example") == "complained"


def test_who_writes_to_end_it_ends_it(me):
    (reader,) = some_readers(1)
    letter = EmailMessage()
    letter["Subject"] = f"avsluta-{readers.token_of(reader.key)}"
    assert read(bytes(letter), bytes(letter)) == {Kind.ENDING: 2}
    assert not Subscriber.select().count() and Suppression.get().why == "asked"


def test_what_is_made_up_or_broken_changes_nothing(me, tmp_path):
    (reader,) = some_readers(1)
    mark = mark_of(went(me))
    forged = EmailMessage()
    forged["Subject"] = f"avsluta-{reader.key}{'0' * 16}"
    hostile = [
        b"", b"\x00\xff\xfe", b"Content-Type: multipart/report; boundary=" + b"x" * 5000, bytes(forged),
        report("ab" * 16), report(mark, action="delivered", status="2.0.0"), report(mark, status="hej"),
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n" * 100_000,
        b"Content-Type: message/rfc822\r\n\r\n" * 500,
        *(f"Subject: {text}\r\n\r\n{text}".encode("utf-8", "replace") for text in strings()[::40]),
    ]  # fmt: skip
    assert read(*hostile) == {Kind.UNKNOWN: len(hostile)}
    assert Subscriber.select().count() == 1 and not Suppression.select().count()
    with pytest.raises(Refused):
        returned_mail.read(VISITOR, [b""])
    box = mailbox.Maildir(tmp_path / "box", create=True)
    box.add(report(mark))
    (raw,) = commands_mail._letters(tmp_path / "box")
    assert read(raw) == {Kind.HARD: 1} and not list((tmp_path / "box" / "new").iterdir())
    flat = mailbox.mbox(tmp_path / "mbox")
    flat.add(report(mark))
    flat.close()
    assert [read(raw) for raw in commands_mail._letters(tmp_path / "mbox")] == [{Kind.HARD: 1}]

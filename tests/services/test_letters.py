"""A letter leaves once, never twice: whatever is cut off, refused or asked for again."""

from __future__ import annotations

import logging
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from types import SimpleNamespace

import pytest
from aiosmtpd.controller import Controller

from tbb import mail, worker
from tbb.database import transaction
from tbb.models import Letter
from tbb.services import letters
from tbb.services.letters import State

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@dataclass
class Postbox:
    """A mail server's mind: takes what it is given, or answers as told at one of its steps."""

    answers: dict[str, str] = field(default_factory=dict)
    taken: list[bytes] = field(default_factory=list)

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self.answers.get("mail", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return self.answers.get("rcpt", "250 OK")

    async def handle_DATA(self, server, session, envelope):
        self.taken.append(envelope.original_content)
        return self.answers.get("data", "250 OK")


@pytest.fixture
def postbox():
    """A real mail server on this machine."""
    box = Postbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    box.port = port
    yield box
    controller.stop()


@pytest.fixture
def settings(postbox, tmp_path):
    """What the worker needs to know."""
    return SimpleNamespace(
        smtp_url=f"smtp://127.0.0.1:{postbox.port}", mail_from="Tjänsten <no-reply@tbb.example>", instance=tmp_path
    )


@transaction
def write(dedupe: str = "feedback:1", **more) -> bool:
    """Put a letter in the outbox."""
    values = {"recipient": "vakt@tbb.example", "subject": "Någon har skrivit", "body": "Hej!\n\nÅäö.\n"} | more
    return letters.write(dedupe, **values)


def state() -> str:
    """How the only letter is."""
    return Letter.get().state


def test_the_same_letter_is_written_only_once(db):
    assert write() is True
    assert write(subject="En annan rubrik") is False
    assert write("feedback:2") is True
    assert Letter.select().count() == 2


def test_a_letter_is_not_there_when_the_change_it_tells_of_fails(db):
    @transaction
    def fails() -> None:
        write()
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError):
        fails()
    assert Letter.select().count() == 0


def test_a_letter_arrives_as_it_was_written_and_is_then_forgotten(db, postbox, settings):
    write()
    assert worker.send_next(settings) is True
    assert worker.send_next(settings) is False
    (raw,) = postbox.taken
    arrived = message_from_bytes(raw, policy=default)
    assert arrived["Subject"] == "Någon har skrivit"
    assert arrived["To"] == "vakt@tbb.example"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived.get_content().replace("\r\n", "\n") == "Hej!\n\nÅäö.\n"
    kept = Letter.get()
    assert (kept.state, kept.body) == (State.SENT, "")
    assert arrived["Message-ID"] == kept.message_id
    assert kept.sent_at is not None


def test_the_words_that_leave_have_one_recipient_whatever_is_in_them(db, postbox, settings):
    write(recipient="a@tbb.example")
    with pytest.raises(ValueError):
        mail.compose(
            sender="s@tbb.example",
            recipient="a@tbb.example\nBcc: b@tbb.example",
            subject="x",
            body="",
            message_id="<x@tbb>",
        )
    with pytest.raises(ValueError):
        mail.compose(
            sender="s@tbb.example",
            recipient="a@tbb.example",
            subject="x\r\nBcc: b@tbb.example",
            body="",
            message_id="<x@tbb>",
        )
    worker.send_next(settings)
    assert b"Bcc" not in postbox.taken[0]


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
@pytest.mark.parametrize(("answer", "after"), [("550 no such user", State.FAILED), ("451 try later", State.QUEUED)])
def test_a_refusal_is_for_ever_or_for_later_by_its_code(db, postbox, settings, step, answer, after):
    postbox.answers[step] = answer
    write()
    worker.send_next(settings)
    kept = Letter.get()
    assert kept.state == after
    assert answer[:3] in kept.last_problem and "user" not in kept.last_problem
    assert worker.send_next(settings) is False
    assert len(postbox.taken) == (step == "data")


def test_a_letter_for_later_is_tried_again_when_it_is_time(db, postbox, settings, at):
    at(NOON)
    postbox.answers["rcpt"] = "451 later"
    write()
    worker.send_next(settings)
    at(NOON + timedelta(seconds=59))
    assert worker.send_next(settings) is False
    at(NOON + timedelta(seconds=61))
    postbox.answers.clear()
    assert worker.send_next(settings) is True
    assert state() == State.SENT and len(postbox.taken) == 1


def test_after_the_last_try_a_letter_has_failed(db, settings, at):
    settings.smtp_url = "smtp://127.0.0.1:1"
    at(NOON)
    write()
    tries, moment = 0, NOON
    while state() == State.QUEUED:
        moment += timedelta(days=1)
        at(moment)
        assert worker.send_next(settings)
        tries += 1
    assert state() == State.FAILED
    assert tries == len(letters.WAITS) + 1


def test_a_letter_that_was_only_taken_when_the_power_went_is_sent_after_all_and_once(db, postbox, settings, at):
    at(NOON)
    write()
    letters.claim()
    letters.sort_out_after_a_crash()
    assert state() == State.CLAIMED, "another worker may be about to send it"
    assert worker.send_next(settings) is False
    at(NOON + letters.LEASE + timedelta(seconds=1))
    letters.sort_out_after_a_crash()
    assert worker.send_next(settings) is True
    assert state() == State.SENT and len(postbox.taken) == 1


def test_a_letter_whose_words_were_leaving_when_the_power_went_is_never_sent_again(db, postbox, settings, at):
    at(NOON)
    write()
    letters.mark_sending(letters.claim())
    at(NOON + timedelta(hours=1))
    letters.sort_out_after_a_crash()
    assert state() == State.UNSURE
    assert worker.send_next(settings) is False
    assert postbox.taken == []


def test_a_line_that_breaks_while_the_words_leave_makes_the_letter_unsure(db, settings):
    with hangs_up_on(b"DATA") as port:
        settings.smtp_url = f"smtp://127.0.0.1:{port}"
        write()
        worker.send_next(settings)
    assert state() == State.UNSURE


def test_a_line_that_breaks_before_the_words_leave_means_another_try(db, settings):
    with hangs_up_on(b"RCPT") as port:
        settings.smtp_url = f"smtp://127.0.0.1:{port}"
        write()
        worker.send_next(settings)
    assert state() == State.QUEUED


def test_no_letter_is_taken_by_two_workers(db):
    for number in range(20):
        write(f"feedback:{number}")
    taken: list[int] = []

    def take() -> None:
        from tbb.database import connection

        with connection():
            while letter := letters.claim():
                taken.append(letter.id)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken))
    # On PostgreSQL two may want the same letter; the one that comes last leaves it and looks again later.
    while letter := letters.claim():
        taken.append(letter.id)
    assert sorted(taken) == sorted(letter.id for letter in Letter.select())


def test_without_a_mail_server_letters_are_laid_in_a_folder_of_ones_own(db, settings, tmp_path):
    settings.smtp_url = ""
    write()
    worker.send_next(settings)
    (laid,) = (tmp_path / "letters").glob("*.eml")
    assert message_from_bytes(laid.read_bytes(), policy=default)["To"] == "vakt@tbb.example"
    assert (tmp_path / "letters").stat().st_mode & 0o777 == 0o700
    assert state() == State.SENT


def test_there_is_only_one_worker_at_a_time(tmp_path):
    with worker.lock(tmp_path / "lock"):
        with pytest.raises(worker.AnotherIsAtWork), worker.lock(tmp_path / "lock"):
            pass
    with worker.lock(tmp_path / "lock"):
        pass


def test_the_worker_goes_on_until_it_is_told_to_stop(db, database_url, postbox, settings):
    write()
    stop = threading.Event()
    thread = threading.Thread(target=worker.work, args=(settings, stop))
    thread.start()
    for _ in range(100):
        if postbox.taken:
            break
        threading.Event().wait(0.05)
    stop.set()
    thread.join(timeout=10)
    assert not thread.is_alive()
    assert len(postbox.taken) == 1


def test_the_worker_writes_no_words_of_a_letter_in_its_log(db, postbox, settings, caplog):
    caplog.set_level(logging.INFO)
    postbox.answers["data"] = "550 Exempelsson is unknown"
    write(subject="KANARIE-subject", body="KANARIE-body")
    worker.send_next(settings)
    ours = " ".join(record.getMessage() for record in caplog.records if not record.name.startswith("mail."))
    assert "KANARIE" not in ours and "Exempelsson" not in ours
    assert "Exempelsson" not in Letter.get().last_problem


@contextmanager
def hangs_up_on(command: bytes):
    """A mail server that closes the line when it hears a certain command, on a port that is given."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            line, _peer = listening.accept()
            with line, line.makefile("rwb") as talk:
                talk.write(b"220 here\r\n")
                talk.flush()
                while (heard := talk.readline()) and not heard.upper().startswith(command):
                    talk.write(b"250 fine\r\n")
                    talk.flush()

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(timeout=5)

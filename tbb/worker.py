"""The worker: sends what is in the outbox and forgets what is too old. One at a time, by a lock."""

from __future__ import annotations

import fcntl
import logging
import signal
import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from tbb import clock, mail
from tbb.database import connection, transaction
from tbb.services import feedback, letters, limits, receipts, search, sittings, tokens, versions
from tbb.settings import Settings
from tbb.web.letters import render

log = logging.getLogger("tbb.worker")
PAUSE_SECONDS = 2.0
HOUSEKEEPING_EVERY = 300


class AnotherIsAtWork(Exception):
    """A worker already holds the lock of this installation."""


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Be the only worker; raise AnotherIsAtWork when there is one. The lock falls with the process."""
    with path.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            raise AnotherIsAtWork("Another worker is at work here.") from problem
        yield


def work(settings: Settings, stop: threading.Event) -> None:
    """Work until told to stop."""
    rounds, day = 0, None
    while not stop.is_set():
        try:
            with connection():
                if rounds % HOUSEKEEPING_EVERY == 0:
                    keep_house()
                if day != clock.today():
                    begin_day(clock.today())
                    day = clock.today()
                while not stop.is_set() and send_next(settings):
                    pass
        except Exception as problem:
            # The database may be away for a while; the worker stays and tries again.
            log.error("%s; trying again", type(problem).__name__)
        rounds += 1
        stop.wait(PAUSE_SECONDS)


def keep_house() -> None:
    """Forget what is old, and sort out what a crash left."""
    letters.sort_out_after_a_crash()
    feedback.forget_old()
    limits.forget_old_counts()
    sittings.forget_ended()
    tokens.forget_old()
    receipts.forget_old()


@transaction
def begin_day(today: date) -> None:
    """Let the search, and the pages made since midnight, know whose responsibilities began or ended by themselves."""
    if search.reindex_changed_by_date(today):
        versions.bump(versions.DIRECTORY)


def send_next(settings: Settings) -> bool:
    """Send one letter that is due; False when there is none."""
    letter = letters.claim()
    if letter is None:
        return False
    said = render(letter.template, letters.facts_of(letter), base_url=settings.base_url, language=letter.language)
    composed = mail.compose(
        sender=settings.mail_from,
        recipient=letter.recipient,
        subject=said.subject,
        body=said.text,
        html=said.html,
        message_id=letter.message_id,
    )
    begun: list[bool] = []

    def about_to() -> None:
        letters.mark_sending(letter)
        begun.append(True)

    try:
        mail.send(settings, composed, about_to)
    except mail.NotAccepted as problem:
        letters.mark_problem(letter, f"refused {problem}", for_ever=True)
    except smtplib.SMTPResponseException as problem:
        letters.mark_problem(letter, f"later {problem.smtp_code}", for_ever=False)
    except (OSError, smtplib.SMTPException) as problem:
        # Cut off while the words were leaving: nobody can know whether they arrived.
        if begun:
            letters.mark_unsure(letter)
        else:
            letters.mark_problem(letter, type(problem).__name__, for_ever=False)
    else:
        letters.mark_sent(letter)
    return True


def main(settings: Settings) -> None:
    """Run as a process of its own until it is asked to end."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with lock(settings.instance / "worker.lock"):
        log.info("worker started")
        work(settings, stop)
    log.info("worker stopped")

"""The worker: sends what is in the outbox and does the timed jobs. One at a time, by a lock; others wait their turn."""

from __future__ import annotations

import fcntl
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tbb import clock, jobs, mail
from tbb.database import connection
from tbb.mail import Ready
from tbb.mail_mould import Mould
from tbb.models import Letter
from tbb.services import (
    application_links,
    letters,
    meeting_mail,
    newsletter_journal,
    newsletter_sending,
    plan_mail,
    resets,
    subscribing,
)
from tbb.services.letters import Cause
from tbb.settings import Settings
from tbb.web import newsletter_letters
from tbb.web.letter_calendars import calendar_part
from tbb.web.letters import CannotWrite

log = logging.getLogger("tbb.worker")
PAUSE_SECONDS = 1.0
TURN_SECONDS = 0.25
JOBS_EVERY = 10
BATCH = 20
MOST_MOULDS = 20
ANSWERS = (resets.answer_next, application_links.answer_next, subscribing.answer_next)
"""What strangers have asked for, each answered by at most a letter; nothing was looked up while they waited."""
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)
"""How long to leave a mail server alone that cannot be talked with: doubled each time."""


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


class Postman:
    """Takes letters out of the outbox and to the mail server, or keeps them when there is none."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.line = mail.Line(settings.smtp_url, settings.base_url) if settings.smtp_url else None
        self.pause = SHORTEST_PAUSE
        self.not_before: datetime | None = None
        self.arrived: Letter | None = None
        self.begun = False
        self.moulds: dict[tuple[str, str, str], Mould] = {}

    def deliver(self, stop: threading.Event) -> int:
        """Send all letters that are due, until told to stop; tell how many were taken out of the queue."""
        self._note_arrived()
        letters.sort_out_after_a_crash()
        taken = self._deliver_due(stop)
        self._note_arrived()
        return taken

    def _deliver_due(self, stop: threading.Event) -> int:
        taken = 0
        while not stop.is_set() and not self.waits and (batch := letters.claim_some(BATCH)):
            for place, letter in enumerate(batch):
                if stop.is_set() or self.waits:
                    letters.release(batch[place:])
                    return taken
                self.deal_with(letter)
                taken += 1
        return taken

    def deal_with(self, letter: Letter) -> None:
        """Send one letter that has been taken, and write down how it went."""
        try:
            if not (meeting_mail.may_leave(letter.dedupe) and plan_mail.may_leave(letter.dedupe, letter.recipient)):
                letters.mark_stopped(letter)
                return
            composed = self._compose(letter)
        except letters.CannotRead:
            letters.mark_held(letter, Cause.FACTS)
        except CannotWrite as problem:
            letters.mark_held(letter, Cause.TEMPLATE if problem.missing else Cause.WORDS)
        except ValueError:
            letters.mark_held(letter, Cause.RECIPIENT)
        else:
            if self.line is None:
                letters.mark_kept(letter)
            else:
                self._send(letter, composed)

    def go_home(self) -> None:
        """Hang up."""
        if self.line is not None:
            self.line.close()

    def _compose(self, letter: Letter) -> Ready:
        facts = letters.facts_of(letter)
        if letter.template != newsletter_sending.TEMPLATE or not facts.get("reader"):
            return mail.ready(self._write(letter, facts))
        key = facts["newsletter"]
        mould = self._mould(key, newsletter_sending.rendered(key), letter)
        return mould.fill(
            recipient=letter.recipient,
            message_id=mail.message_id(letters.mark_of(letter), self.settings.base_url),
            at=clock.now(),
            mark=facts["reader"],
        )

    def _mould(self, key: str, rendered: str, letter: Letter) -> Mould:
        """What all readers of a newsletter get in one language: writing it costs more than all the rest of a letter."""
        kept = (key, rendered, letter.language)
        if kept not in self.moulds:
            if len(self.moulds) >= MOST_MOULDS:
                self.moulds.clear()
            facts = {"newsletter": key, "reader": newsletter_letters.TOKEN}
            self.moulds[kept] = Mould(self._write(letter, facts), newsletter_letters.TOKEN)
        return self.moulds[kept]

    def _write(self, letter: Letter, facts: dict[str, Any]) -> EmailMessage:
        to = self.settings
        said, list_headers = newsletter_letters.write(
            letter.template, facts, base_url=to.base_url, sender=to.mail_from, language=letter.language
        )
        return mail.compose(
            sender=to.mail_from,
            recipient=letter.recipient,
            subject=said.subject,
            body=said.text,
            html=said.html,
            message_id=mail.message_id(letters.mark_of(letter), to.base_url),
            calendar=calendar_part(facts.get("calendar"), sender=to.mail_from, language=letter.language),
            follows=mail.message_id(facts["follows"], to.base_url) if facts.get("follows") else "",
            list_headers=list_headers,
        )

    def _send(self, letter: Letter, composed: Ready) -> None:
        self.begun = False
        try:
            self.line.send(composed, lambda: self._about_to(letter))
        except mail.Refused as problem:
            self._did_not_arrive(letter, f"refused {problem}", for_ever=True)
        except mail.LineDown as problem:
            self._did_not_arrive(letter, str(problem))
            self._leave_alone(str(problem))
        except mail.Later as problem:
            self._did_not_arrive(letter, str(problem))
        except mail.Unsure:
            letters.mark_unsure(letter)
        except letters.TakenOver:
            log.warning("a letter was stopped, or taken for too long and left to another worker")
        else:
            self.arrived = letter
            if not newsletter_journal.note(self.settings.instance, letter.dedupe, newsletter_journal.ENDED):
                self._note_arrived()
            self.pause, self.not_before = SHORTEST_PAUSE, None

    def _about_to(self, letter: Letter) -> None:
        letters.mark_sending(letter, arrived=self.arrived)
        self.arrived, self.begun = None, True
        newsletter_journal.note(self.settings.instance, letter.dedupe, newsletter_journal.BEGUN)

    def _did_not_arrive(self, letter: Letter, kind: str, *, for_ever: bool = False) -> None:
        if self.begun:
            newsletter_journal.note(self.settings.instance, letter.dedupe, newsletter_journal.RETURNED)
        letters.mark_problem(letter, kind, for_ever=for_ever)

    def _note_arrived(self) -> None:
        """Write down that the last letter has left. What the journal knows can wait for the next one: one writing."""
        if self.arrived is not None:
            letters.mark_sent(self.arrived)
            self.arrived = None

    @property
    def waits(self) -> bool:
        """Whether the mail server is left alone just now."""
        return self.not_before is not None and clock.now() < self.not_before

    def _leave_alone(self, kind: str) -> None:
        log.warning("no talking with the mail server (%s); next try in %d seconds", kind, self.pause.total_seconds())
        self.not_before = clock.now() + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)


def work(settings: Settings, stop: threading.Event) -> None:
    """Work until told to stop."""
    postman, rounds, told = Postman(settings), 0, False
    pace = newsletter_sending.Pace(settings.newsletter_pace, *settings.newsletter_hours)
    while not stop.is_set():
        more = False
        try:
            with connection():
                if not told:
                    newsletter_journal.replay(settings.instance)
                    told = True
                if rounds % JOBS_EVERY == 0:
                    jobs.run_due(settings)
                while not stop.is_set() and any(answer() for answer in ANSWERS):
                    pass
                more = newsletter_sending.enqueue_next(pace)
                postman.deliver(stop)
        except Exception as problem:
            # The database may be away for a while; the worker stays and tries again.
            log.error("%s; trying again", type(problem).__name__)
        rounds += 1
        if not more or postman.waits:
            stop.wait(PAUSE_SECONDS)
    postman.go_home()


def main(settings: Settings) -> None:
    """Run as a process of its own until it is asked to end; where another is at work, wait to take over from it."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    told = False
    while not stop.is_set():
        try:
            with lock(settings.instance / "worker.lock"):
                log.info("worker started")
                work(settings, stop)
        except AnotherIsAtWork:
            if not told:
                log.info("another worker is at work; waiting to take over")
            told = True
            stop.wait(TURN_SECONDS)
    log.info("worker stopped")

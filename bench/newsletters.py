"""Measures how fast a newsletter leaves for all its readers, beside how fast the mail server takes bare letters.

python -m bench.newsletters                    SQLite, 2,000 readers
python -m bench.newsletters postgresql 10000   another engine, another number
"""

from __future__ import annotations

import os
import smtplib
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from bench import engines
from bench.letters import sink
from tbb import clock, database, worker
from tbb.crypto import Keyring
from tbb.database import transaction
from tbb.models import Account, Letter, Newsletter
from tbb.models.content_kinds import NewsletterState, ReaderTopic
from tbb.models.kinds import Duty
from tbb.policy import Actor, Held
from tbb.services import newsletter_sending, newsletters, readers
from tbb.services.newsletter_sending import EVERYWHERE, Pace

PARAGRAPH = "Kommunerna och regionen arbetar vidare med [hjulet](/hjulet) och berättar här hur det går.\n\n"
SIZE = 14_000
AIM = 150
"""Letters a second into a mail server on the same machine."""


@dataclass(frozen=True)
class Measured:
    """What a sending took: seconds, seconds of our own work, and letters a second of the mail server by itself."""

    seconds: float
    own: float
    bare: float


@transaction
def subscribe(count: int) -> None:
    """Let so many be readers."""
    for number in range(count):
        readers.add(f"n{number}@tbb.example", topics=[ReaderTopic.NEWS], places=(), language="sv", basis="bench")


def queue() -> Newsletter:
    """Write a newsletter of ordinary length and let it go at once."""
    account = Account.create(key="k" * 32, email="k@tbb.example", name="Kim Exempelsson", created_at=clock.now())
    actor = Actor(f"account:{account.id}", account.id, frozenset({Held(Duty.COMMUNICATOR)}), strong=True)
    made = newsletters.begin(actor, "Hösten i länet", "HT2026", organizer=None, headings={})
    for part in newsletters.parts_of(made)[:5]:
        answers = dict.fromkeys(newsletters.PART) | {"title": "Aktuellt", "body": PARAGRAPH * 6}
        newsletters.save_part(actor, part, answers, seen=newsletters.mark_of(part))
    queued = newsletter_sending.send(actor, Newsletter.get_by_id(made.id), [ReaderTopic.NEWS], [EVERYWHERE])
    Newsletter.update(send_at=clock.now()).where(Newsletter.id == queued.id).execute()
    return queued


def bare_rate(port: int, count: int) -> float:
    """How many letters of that size a second the mail server takes on one line, with nothing else done."""
    words = b"Subject: x\r\n\r\n" + (b"x" * 70 + b"\r\n") * (SIZE // 72)
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.ehlo()
        began = time.perf_counter()
        for number in range(count):
            server.mail("a@tbb.example")
            server.rcpt(f"n{number}@tbb.example")
            server.data(words)
        return count / (time.perf_counter() - began)


def measure(engine: str, count: int) -> Measured:
    """Send a newsletter to so many readers, as the worker does it."""
    with sink() as port, tempfile.TemporaryDirectory() as folder, engines.empty(engine, Path(folder)) as address:
        settings = SimpleNamespace(
            smtp_url=f"smtp://127.0.0.1:{port}", mail_from="a@tbb.example", base_url="https://tbb.example",
            instance=Path(folder),
        )  # fmt: skip
        database.configure(address, keyring=Keyring({1: os.urandom(32)}))
        database.db.connect()
        subscribe(count)
        newsletter, postman, stop = queue(), worker.Postman(settings), threading.Event()
        began, own = time.perf_counter(), time.process_time()
        while Newsletter.get_by_id(newsletter.id).state != NewsletterState.SENT:
            newsletter_sending.enqueue_next(Pace())
            postman.deliver(stop)
        seconds, own = time.perf_counter() - began, time.process_time() - own
        postman.go_home()
        assert Letter.select().where(Letter.state == "sent").count() == count
        engines.close()
        return Measured(seconds, own, bare_rate(port, min(count, 1000)))


def main() -> None:
    """Print the figures."""
    engine = sys.argv[1] if len(sys.argv) > 1 else "sqlite"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    told = measure(engine, count)
    rate = count / told.seconds
    print(f"{engine}: {count} letters in {told.seconds:.1f} s: {rate:.0f} a second (aim: {AIM})")
    print(f"the mail server alone: {told.bare:.0f} a second, so {told.bare / rate:.1f} times as many")
    print(f"our own work: {told.own / count * 1000:.1f} ms a letter; load of the machine {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()

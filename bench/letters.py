"""Measures how fast a thousand letters are handed over to a mail server on this machine.

python -m bench.letters                    SQLite
python -m bench.letters postgresql 5000    another engine, another number
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

from bench import engines
from bench.server import free_port
from tbb import database, worker
from tbb.crypto import Keyring
from tbb.database import transaction
from tbb.models import Letter
from tbb.services import letters

SINK = """
import asyncio, sys
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
controller = Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1]), server_hostname="sink.example")
controller.start()
print("ready", flush=True)
sys.stdin.read()
controller.stop()
"""
FACTS = {
    "name": "Helena Exempelsson",
    "organizer": "Exempelby kommun",
    "path": "/inbjudan/abc",
    "last_day": "1 december",
}


@contextmanager
def sink() -> Iterator[int]:
    """Run a mail server as a process of its own, that takes everything and keeps nothing; give its port."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-c", SINK, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None and server.stdout.readline() == "ready\n"
        yield port
    finally:
        server.terminate()
        server.wait()


@transaction
def write(count: int) -> None:
    """Put that many letters in the outbox."""
    for number in range(count):
        letters.write(f"bench:{number}", f"n{number}@tbb.example", "invitation", FACTS)


def measure(engine: str, count: int) -> tuple[float, list[float]]:
    """Send letters; give the seconds that writing took, and when each one had left."""
    with sink() as port, tempfile.TemporaryDirectory() as folder, engines.empty(engine, Path(folder)) as address:
        settings = SimpleNamespace(
            smtp_url=f"smtp://127.0.0.1:{port}", mail_from="a@tbb.example", base_url="https://tbb.example",
            instance=Path(folder),
        )  # fmt: skip
        database.configure(address, keyring=Keyring({1: os.urandom(32)}))
        database.db.connect()
        began = time.perf_counter()
        write(count)
        written = time.perf_counter()
        postman = worker.Postman(settings)
        postman.deliver(threading.Event())
        postman.go_home()
        ended = time.perf_counter()
        sent = [row.sent_at for row in Letter.select().where(Letter.state == "sent").order_by(Letter.sent_at)]
        assert len(sent) == count
        engines.close()
        took = ended - written
        return written - began, [took - (sent[-1] - moment).total_seconds() for moment in sent]


def main() -> None:
    """Print the figures."""
    engine = sys.argv[1] if len(sys.argv) > 1 else "sqlite"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    wrote, left = measure(engine, count)
    share = left[int(count * 0.95) - 1]
    print(f"{engine}: {count} letters written in {wrote:.2f} s; all handed over in {left[-1]:.2f} s")
    print(f"95 % within {share:.2f} s (aim: 10 s for 1,000), {count / left[-1]:.0f} letters a second")


if __name__ == "__main__":
    main()

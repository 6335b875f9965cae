"""The worker as a process: one at a time, the next within a second, and a killed one loses and doubles nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tbb import worker
from tbb.database import transaction
from tbb.models import Letter
from tbb.services import letters
from tbb.services.letters import State
from tbb.settings import Settings, read_settings
from tests import engines
from tests.postbox import Postbox, open_postbox

ROOT = Path(__file__).parents[2]
DONE = (State.SENT, State.UNSURE)
LETTERS, KILLS = 200, 6
CREW = """
import logging, os, signal, sys
from datetime import timedelta
from tbb import database, worker
from tbb.services import letters
from tbb.settings import read_settings
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
logging.basicConfig(level="INFO", format="%(process)d %(created)f %(message)s", filename=sys.argv[1])
letters.LEASE = letters.WORDS_LEASE = timedelta(seconds=5)
settings = read_settings(os.environ)
for line in sys.stdin:
    if os.fork() == 0:
        database.configure(settings.database_url, keyring=settings.keyring)
        worker.main(settings)
        os._exit(0)
"""
"""Workers are processes of their own, made by one that has read all modules already."""


class Crew:
    """Worker processes that share a database, a lock and a log."""

    def __init__(self, database_url: str, folder: Path, key_file: Path, smtp_url: str):
        self.log = folder / "workers.log"
        self.log.touch()
        environ = {
            "PATH": os.environ["PATH"],
            "TBB_ENV": "test",
            "TBB_INSTANCE": str(folder),
            "TBB_DATABASE_URL": database_url,
            "TBB_KEY_FILE": str(key_file),
            "TBB_CASE_KEYS": str(engines.case_key_file()),
            "TBB_SMTP_URL": smtp_url,
        }
        self.maker = subprocess.Popen(
            [sys.executable, "-c", CREW, str(self.log)], cwd=ROOT, env=environ, stdin=subprocess.PIPE, text=True
        )

    def start(self, count: int) -> None:
        """Start some more workers."""
        self.maker.stdin.write("one\n" * count)
        self.maker.stdin.flush()

    def said(self, words: str) -> list[tuple[int, float]]:
        """Who has said something, and when."""
        lines = [line.split(" ", 2) for line in self.log.read_text(encoding="utf-8").splitlines()]
        return [(int(line[0]), float(line[1])) for line in lines if len(line) == 3 and words in line[2]]

    def at_work(self) -> int | None:
        """Who is at work: the last that took over, if it lives."""
        started = [pid for pid, _ in self.said("worker started")]
        return started[-1] if started and lives(started[-1]) else None

    def kill(self, pid: int) -> float:
        """End one as a power cut does, and tell when."""
        os.kill(pid, signal.SIGKILL)
        return time.time()

    def stop(self) -> None:
        """Ask all to end and wait until they have."""
        everybody = {pid for pid, _ in self.said("worker started") + self.said("waiting to take over") if lives(pid)}
        for pid in everybody:
            os.kill(pid, signal.SIGTERM)
        wait_until(lambda: not any(lives(pid) for pid in everybody))
        assert everybody <= {pid for pid, _ in self.said("worker stopped")}

    def dismiss(self) -> None:
        """See that nobody is left, however the test went."""
        self.maker.stdin.close()
        self.maker.wait(timeout=20)
        for pid, _ in self.said("worker started") + self.said("waiting to take over"):
            if lives(pid):
                os.kill(pid, signal.SIGKILL)


def lives(pid: int) -> bool:
    """Whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def crew(db, database_url, tmp_path, key_file):
    """A function that hires a crew for a mail server; all are gone at the end."""
    hired: list[Crew] = []

    def hire(box: Postbox) -> Crew:
        hired.append(Crew(database_url, tmp_path, key_file, box.url))
        return hired[-1]

    yield hire
    for made in hired:
        made.dismiss()


def wait_until(true, seconds: float = 30) -> None:
    """Wait for something to become true."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it never happened"
        time.sleep(0.05)


@transaction
def write(count: int) -> None:
    """Put letters in the outbox."""
    for number in range(count):
        facts = {"subject": "Hej", "body": "Hej!"}
        letters.write(f"a:{number}", f"n{number}@tbb.example", "plain", facts)


def in_state(*states: State) -> set[str]:
    """The Message-IDs of the letters in certain states."""
    return {f"<{row.message_id}@127.0.0.1>" for row in Letter.select().where(Letter.state << states)}


def test_kill_after_kill_loses_nothing_and_sends_nothing_twice(crew):
    with open_postbox() as box:
        box.takes = 0.002
        write(LETTERS)
        workers = crew(box)
        workers.start(KILLS + 1)
        wait_until(lambda: len(workers.said("waiting to take over")) == KILLS)
        gaps = []
        for _ in range(KILLS):
            wait_until(workers.at_work)
            before = len(box.taken)
            wait_until(lambda before=before: len(box.taken) >= before + 5)
            started = len(workers.said("worker started"))
            killed = workers.kill(workers.at_work())
            wait_until(lambda started=started: len(workers.said("worker started")) > started)
            gaps.append(workers.said("worker started")[-1][1] - killed)
        wait_until(lambda: not Letter.select().where(~(Letter.state << DONE)).exists(), 120)
        workers.stop()
    unsure, sent = in_state(State.UNSURE), in_state(State.SENT)
    print(f"{KILLS} kills: {len(sent)} sent, {len(unsure)} unsure; the next was at work in {max(gaps):.2f} s at most")
    assert len(box.ids) == len(set(box.ids)), "a letter came twice"
    assert len(sent | unsure) == LETTERS and sent <= set(box.ids) <= sent | unsure
    assert len(unsure) <= KILLS and max(gaps) < 1


def test_a_second_worker_waits_and_leaves_when_it_is_asked_to(crew):
    with open_postbox() as box:
        workers = crew(box)
        workers.start(1)
        wait_until(workers.at_work)
        first = workers.at_work()
        workers.start(1)
        wait_until(lambda: workers.said("waiting to take over"))
        assert workers.at_work() == first
        workers.stop()
    assert len(workers.said("worker started")) == 1


def test_there_is_only_one_worker_at_a_time(tmp_path):
    with worker.lock(tmp_path / "lock"):
        with pytest.raises(worker.AnotherIsAtWork), worker.lock(tmp_path / "lock"):
            pass
    with worker.lock(tmp_path / "lock"):
        pass


def settings_of(folder: Path, **environ: str) -> Settings:
    """What a worker is told, as it is read from the environment."""
    return read_settings({"TBB_INSTANCE": str(folder)} | environ)


def test_the_worker_goes_on_though_the_database_is_away_for_a_while(db, database_url, tmp_path, monkeypatch, caplog):
    stop, calls = threading.Event(), []
    monkeypatch.setattr(worker, "PAUSE_SECONDS", 0.01)

    def run_due(_settings) -> None:
        calls.append(1)
        if len(calls) < 3:
            raise OSError("the database KANARIE is away")
        stop.set()

    monkeypatch.setattr(worker.jobs, "run_due", run_due)
    monkeypatch.setattr(worker, "JOBS_EVERY", 1)
    worker.work(settings_of(tmp_path), stop)
    assert len(calls) == 3
    assert caplog.text.count("OSError; trying again") == 2 and "KANARIE" not in caplog.text


def test_the_worker_sends_what_comes_until_it_is_told_to_stop(db, database_url, tmp_path):
    with open_postbox() as box:
        settings = settings_of(tmp_path, TBB_SMTP_URL=box.url)
        stop = threading.Event()
        thread = threading.Thread(target=worker.work, args=(settings, stop))
        thread.start()
        write(3)
        wait_until(lambda: len(box.taken) == 3)
        stop.set()
        thread.join(timeout=10)
        assert not thread.is_alive()

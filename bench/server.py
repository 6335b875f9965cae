"""Starts the production server for a measurement, and reads what it costs: processor time, memory, start-up."""

from __future__ import annotations

import base64
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bench.load import HOST, answer

ROOT = Path(__file__).resolve().parent.parent
WORKERS, THREADS = 2, 4
TICKS = os.sysconf("SC_CLK_TCK")
PLAIN = ("-c", "/dev/null", "-k", "gthread", "-w", str(WORKERS), "--threads", str(THREADS), "--no-control-socket")


@dataclass
class Server:
    """A running server."""

    port: int
    process: subprocess.Popen
    start_seconds: float

    def workers(self) -> list[int]:
        """The process numbers of those who do the work."""
        pid = self.process.pid
        return [int(number) for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def processor_seconds(self) -> float:
        """The processor time that the workers have used so far."""
        return sum(_processor_seconds(pid) for pid in self.workers())

    def megabytes(self) -> float:
        """The mean memory of a worker, counting what is shared by share (PSS)."""
        sizes = [_pss(pid) for pid in self.workers()]
        return sum(sizes) / len(sizes) / 1024


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _pss(pid: int) -> int:
    return int(re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)[1])


def environment(folder: Path, database_url: str) -> dict[str, str]:
    """Give the settings of a production service that can be measured on this machine."""
    keys = folder / "sealing-keys"
    keys.write_text("1:" + base64.b64encode(os.urandom(32)).decode() + "\n")
    return {
        "TBB_ENV": "production",
        "TBB_INSTANCE": str(folder),
        "TBB_DATABASE_URL": database_url,
        "TBB_BASE_URL": "https://tbb.example",
        "TBB_TRUSTED_HOSTS": HOST,
        "TBB_SECRET_KEY": "a secret of the benchmark, which has none",
        "TBB_KEY_FILE": str(keys),
        "TBB_CASE_KEYS": str(folder / "case-keys.db"),
        "TBB_SMTP_URL": "smtp://127.0.0.1:25",
        "TBB_THREADS": str(THREADS),
        "WEB_CONCURRENCY": str(WORKERS),
    }


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


@contextmanager
def serving(app: str, well: str, environ: dict[str, str], *options: str) -> Iterator[Server]:
    """Run gunicorn on an application until the block ends; `well` is the path that tells that it is up."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", *options, "--bind", f"{HOST}:{port}", app]
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as log:
        surroundings = {**os.environ, **environ, "PORT": str(port)}
        process = subprocess.Popen(command, cwd=ROOT, env=surroundings, stderr=log, start_new_session=True)
        try:
            _wait_until_well(process, port, well, log)
            yield Server(port, process, time.perf_counter() - began)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until_well(process: subprocess.Popen, port: int, well: str, log: IO[str]) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if answer(port, well)[0] == 200:
                return
        except OSError:
            time.sleep(0.02)
    log.seek(0)
    raise SystemExit("The server does not answer. It said:\n" + "".join(log.readlines()[-15:]))

"""A server in a process of its own, and a browser that asks it over real connections."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests import engines
from tests.page import Page
from tests.people import filled_in

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60


class Gone(Exception):
    """The server does not answer: it was killed."""


class Browser:
    """Somebody signed in who asks a server over real connections, and may lose it at any moment."""

    def __init__(self, port: int, cookie: str):
        self.port, self.cookie = port, cookie

    def ask(self, method: str, path: str, data: dict | None = None) -> tuple[int, str]:
        """Ask once; raise Gone when no whole answer comes."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"}
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            line.request(method, path, body=urlencode(data) if data is not None else None, headers=headers)
            answer = line.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException) as problem:
            raise Gone from problem
        finally:
            line.close()

    def form(self, path: str) -> dict:
        """What a page's form holds, untouched."""
        page = Page(self.ask("GET", path)[1])
        return max((filled_in(form) for form in page.soup.select("main form[method=post]")), key=len)


class Served:
    """How to start a server on a database, at a port of its own."""

    def __init__(self, address: str, key_file: Path, folder: Path):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = folder / f"log-{self.port}"
        self.environ = {
            "PATH": os.environ["PATH"], "TBB_ENV": "development", "TBB_INSTANCE": str(folder),
            "TBB_DATABASE_URL": address, "TBB_SECRET_KEY": "a secret of servers, long enough to be one",
            "TBB_KEY_FILE": str(key_file), "TBB_CASE_KEYS": str(engines.case_key_file()),
            "TBB_BASE_URL": f"http://127.0.0.1:{self.port}",
        }  # fmt: skip

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen]:
        """Run it for a while; it may be killed meanwhile."""
        command = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{self.port}", "--threads=4", "app:app"]
        with self.log.open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=self.environ, stdout=log, stderr=log)
            try:
                self._wait(process)
                yield process
            finally:
                with suppress(ProcessLookupError):
                    process.kill()
                process.wait()

    def _wait(self, process: subprocess.Popen) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.02)
        pytest.fail("The server did not start.")

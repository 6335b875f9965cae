"""A real CalDAV server (Radicale) on this machine, with one empty calendar in it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import httpx

from tests.postbox import free_port

REPORT = """<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
<D:prop><D:getetag/><C:calendar-data/></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
<C:time-range start="{starts:%Y%m%dT%H%M%SZ}" end="{ends:%Y%m%dT%H%M%SZ}"/>
</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>
"""
DATA = "{urn:ietf:params:xml:ns:caldav}calendar-data"


class Calendar:
    """Somebody's calendar on the server."""

    def __init__(self, root: str):
        self.http, self.home = httpx.Client(base_url=root, auth=("leila", "x"), trust_env=False), "/leila/moten/"

    def make(self) -> None:
        """Make it."""
        assert self.http.request("MKCALENDAR", self.home).status_code == 201

    def put(self, name: str, file: bytes) -> int:
        """Put a file there; give the server's answer."""
        headers = {"Content-Type": "text/calendar; charset=utf-8"}
        return self.http.put(f"{self.home}{name}.ics", content=file, headers=headers).status_code

    def between(self, starts: datetime, ends: datetime) -> list[str]:
        """Ask, as a calendar program does, what there is in a time."""
        headers = {"Depth": "1", "Content-Type": "application/xml"}
        asked = REPORT.format(starts=starts, ends=ends)
        answer = self.http.request("REPORT", self.home, content=asked, headers=headers)
        assert answer.status_code == 207, answer.text
        return [found.text or "" for found in ElementTree.fromstring(answer.text).iter(DATA)]


@contextmanager
def serving(folder: Path) -> Iterator[Calendar]:
    """Run the server with its files in a folder."""
    port = free_port()
    command = [
        sys.executable, "-W", "ignore", "-m", "radicale", "--config", "", "--server-hosts", f"127.0.0.1:{port}",
        "--storage-filesystem-folder", str(folder), "--auth-type", "none", "--logging-level", "error",
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            calendar = Calendar(f"http://127.0.0.1:{port}")
            _wait(calendar, process)
            calendar.make()
            yield calendar
        finally:
            process.terminate()


def _wait(calendar: Calendar, process: subprocess.Popen) -> None:
    for _ in range(100):
        assert process.poll() is None, process.stderr.read()
        try:
            calendar.http.get("/.web/")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("Radicale did not start.")

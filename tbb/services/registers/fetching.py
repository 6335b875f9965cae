"""Fetch Skolenhetsregistret v2 politely: one question at a time, saved as it comes, taken up where it stopped."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx

from tbb.clock import now
from tbb.services.registers.json_bodies import part
from tbb.services.registers.values import BadValue, municipality_code, school_unit_code

BASE_URL = "https://api.skolverket.se/skolenhetsregistret"
TRIES = 5
LONGEST_WAIT = 120.0
FRESH_FOR = timedelta(hours=20)
GONE = (404, 410)
Progress = Callable[[int, int], None]


class NotFetched(Exception):
    """The register did not answer; the message is a Swedish sentence. What has come is saved."""


@dataclass(frozen=True)
class Fetched:
    """What was done: how many units were listed, asked for, already there, and gone. Its length is what is saved."""

    listed: int
    asked: int
    already: int
    gone: int

    def __len__(self) -> int:
        return self.asked + self.already


def fetch_units(
    municipality_codes: Iterable[str],
    *,
    base_url: str = BASE_URL,
    folder: Path,
    pause: float = 1.0,
    contact: str = "",
    progress: Progress | None = None,
) -> Fetched:
    """Save every school unit of these municipalities in `folder`, one file each, to be imported from there.

    What is there and less than 20 hours old is not asked for again, so a broken fetch goes on where it stopped.
    `pause` is seconds between questions. Raises NotFetched, also for what is no municipality code.
    """
    try:
        codes = [municipality_code(code) for code in municipality_codes]
    except BadValue as problem:
        raise NotFetched(str(problem)) from None
    folder.mkdir(parents=True, exist_ok=True)
    headers = {"Accept": "application/json", "User-Agent": _agent(contact)}
    with httpx.Client(base_url=base_url.rstrip("/") + "/", headers=headers, timeout=30.0) as client:
        return _Fetching(client, folder, pause, progress or _quiet).all(codes)


def _agent(contact: str) -> str:
    told = f"; {contact}" if contact.isascii() and contact else ""
    return f"tbb/1.0 (Tillsammans for barnens basta i Sormland, katalog{told})"


def _quiet(done: int, of: int) -> None:
    """Tell nobody."""


class _Fetching:
    """One fetch, with its client, its folder and its patience."""

    def __init__(self, client: httpx.Client, folder: Path, pause: float, progress: Progress):
        self.client = client
        self.folder = folder
        self.pause = pause
        self.progress = progress
        self.asked_before = False

    def all(self, codes: list[str]) -> Fetched:
        statuses: dict[str, str] = {}
        for code in codes:
            statuses |= self._list(code)
        # A closed unit needs no details; the list has said all that the import wants to know.
        wanted = [code for code, status in statuses.items() if status.upper() != "UPPHORT"]
        wanted += [code for code in self._left_behind(set(codes), statuses) if code not in statuses]
        asked = gone = 0
        for done, code in enumerate(wanted, 1):
            if not self._fresh(self._file(code)):
                asked += 1
                gone += not self._detail(code)
            self.progress(done, len(wanted))
        return Fetched(len(statuses), asked, len(wanted) - asked, gone)

    def _file(self, code: str) -> Path:
        return self.folder / f"enhet-{code}.json"

    def _list(self, municipality: str) -> dict[str, str]:
        """Give the status of each unit of a municipality, from a list less than a day old."""
        path = self.folder / f"lista-{municipality}.json"
        if self._fresh(path):
            body = json.loads(path.read_text(encoding="utf-8"))
        else:
            _status, body = self._ask("v2/school-units", {"municipality_code": municipality})
            if body is None:
                raise NotFetched(f"Skolenhetsregistret känner inte till kommunkod {municipality}.")
            _save(path, body)
        found = {}
        for unit in part(body, "data", "attributes") or ():
            try:
                # The number becomes a file name, so it must be a number.
                found[school_unit_code(str(part(unit, "schoolUnitCode")))] = str(part(unit, "status") or "")
            except BadValue:
                continue
        return found

    def _left_behind(self, codes: set[str], statuses: dict[str, str]) -> list[str]:
        """Name the saved units of these municipalities that the lists do not have any more: they are asked for anew."""
        found = []
        for path in sorted(self.folder.glob("enhet-*.json")):
            code = path.stem.removeprefix("enhet-")
            attributes = part(json.loads(path.read_text(encoding="utf-8")), "data", "attributes")
            if code not in statuses and part(attributes, "municipalityCode") in codes:
                os.utime(path, (0, 0))
                found.append(code)
            elif statuses.get(code, "").upper() == "UPPHORT":
                path.unlink()
        return found

    def _detail(self, code: str) -> bool:
        """Save a unit's details; False when the register says that it is gone, which is saved too."""
        status, body = self._ask(f"v2/school-units/{code}", {})
        if body is not None:
            _save(self._file(code), body)
            return True
        closed = {"type": "schoolunit", "schoolUnitCode": code, "attributes": {"status": "UPPHORT"}}
        _save(self._file(code), {"meta": {"answer": status}, "data": closed})
        return False

    def _fresh(self, path: Path) -> bool:
        if not path.is_file():
            return False
        return now() - datetime.fromtimestamp(path.stat().st_mtime, UTC) < FRESH_FOR

    def _ask(self, path: str, params: dict[str, str]) -> tuple[int, Any]:
        """Ask one question until it is answered; the body is None for what is gone."""
        problem = ""
        for attempt in range(TRIES):
            if self.asked_before:
                time.sleep(self.pause)
            self.asked_before = True
            try:
                answer = self.client.get(path, params=params)
            except httpx.HTTPError as error:
                problem = f"Ingen kontakt ({type(error).__name__})."
                time.sleep(self._wait(attempt))
                continue
            if answer.status_code in GONE:
                return answer.status_code, None
            body = _body(answer)
            if body is not None:
                return answer.status_code, body
            problem = f"Svaret var {answer.status_code}."
            if answer.status_code != 429 and 400 <= answer.status_code < 500:
                break
            time.sleep(_retry_after(answer) if answer.status_code == 429 else self._wait(attempt))
        raise NotFetched(f"Skolenhetsregistret svarar inte som det ska. {problem} Det som redan är hämtat är sparat.")

    def _wait(self, attempt: int) -> float:
        """Wait twice as long for each failure."""
        return min(self.pause * 2 ** (attempt + 1), LONGEST_WAIT)


def _body(answer: httpx.Response) -> Any:
    """Give the JSON of a good answer; None when it is broken off or something else, such as a page in HTML."""
    if answer.status_code != 200:
        return None
    try:
        body = answer.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) and "data" in body else None


def _retry_after(answer: httpx.Response) -> float:
    """Read how long the register asks us to wait: seconds, or a date."""
    told = answer.headers.get("Retry-After", "")
    if told.isdecimal():
        return min(float(told), LONGEST_WAIT)
    try:
        return min(max((parsedate_to_datetime(told) - now()).total_seconds(), 0.0), LONGEST_WAIT)
    except (TypeError, ValueError):
        return 10.0


def _save(path: Path, body: Any) -> None:
    """Write a whole file or none, so that a broken fetch leaves no half body behind."""
    part_of_it = path.with_suffix(".part")
    part_of_it.write_text(json.dumps(body, ensure_ascii=False, indent=1), encoding="utf-8")
    os.replace(part_of_it, path)

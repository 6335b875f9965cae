"""The server is killed while somebody writes and sends: what was answered is kept, and nothing is sent twice.

TBB_KILL_ROUNDS says how many times; a few in each run, more by hand.
"""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time

import pytest

from tbb import database
from tbb.database import connection, on_postgresql, rows
from tbb.models import Wheel
from tbb.services import case_files, doomed_keys, sealed_fields, sittings
from tbb.services.demo_cast import account_of
from tbb.web.sitting import COOKIES
from tests import engines, make_cases
from tests.at_work import units
from tests.serving import PATIENCE, Browser, Gone, Served

ROUNDS = int(os.environ.get("TBB_KILL_ROUNDS", "3"))
SEE = "area.halsa.see"
TOLD = {"child.label": "Alva E", "area.trygghet.level": "stod", "told.child": "yes", "told.guardians": "yes"}


@pytest.fixture
def desk(county_url, key_file, tmp_path):
    """A county where a school nurse has begun several wheels; her cookie, and how to start a server there."""
    if on_postgresql():
        pytest.skip("the engine's own promise; everything above it is the same")
    engines.configure(county_url)
    with connection():
        author, own = account_of("personal"), units()["own"]
        wheels = [make_cases.draft(author, own, own, TOLD) for _ in range(3 * ROUNDS + 1)]
        cookie = f"{COOKIES[1]}={sittings.begin(author, method='test', strong=True)}"
    engines.close()
    served = Served(county_url, key_file, tmp_path)
    yield Browser(served.port, cookie), wheels, served.running
    engines.configure(county_url)
    engines.close()


def write_until_gone(browser: Browser, wheel: Wheel, form: dict, kept: dict) -> None:
    """Save a longer text again and again, and remember the last that was answered."""
    number, seen = 0, form.get("seen", "{}")
    while True:
        number += 1
        data = {"csrf_token": form["csrf_token"], "seen": seen, SEE: f"ord {number}"}
        kept["asked"] = number
        try:
            status, said = browser.ask("POST", f"/arbetsyta/hjul/{wheel.key}/spara", data)
        except Gone:
            return
        assert status == 200, said
        kept["answered"], seen = number, json.dumps(json.loads(said)["seen"])


def send_until_gone(browser: Browser, ready: list[tuple[str, dict]], answered: set[str]) -> None:
    """Send one wheel after another, and remember which were answered."""
    for path, form in ready:
        try:
            status, _said = browser.ask("POST", path, form)
        except Gone:
            return
        assert status == 303
        answered.add(path)


def test_what_was_answered_is_kept_and_nothing_is_sent_twice(desk, county_url):
    browser, wheels, server = desk
    writing, sending = wheels[0], wheels[1:]
    chance, answered, every = random.Random(4), set(), {}
    for lap in range(ROUNDS):
        kept = {"answered": 0, "asked": 0}
        with server() as process:
            form = browser.form(f"/arbetsyta/hjul/{writing.key}/hjulet")
            paths = [f"/arbetsyta/hjul/{wheel.key}/skicka" for wheel in sending[3 * lap : 3 * lap + 3]]
            ready = [(path, browser.form(path)) for path in paths]
            every |= dict(ready)
            people = [
                threading.Thread(target=write_until_gone, args=(browser, writing, form, kept)),
                threading.Thread(target=send_until_gone, args=(browser, ready, answered)),
            ]
            for each in people:
                each.start()
            deadline = time.monotonic() + PATIENCE
            while kept["answered"] < 2 and time.monotonic() < deadline:
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.15))
            os.kill(process.pid, signal.SIGKILL)
            for each in people:
                each.join()
        text = stored(county_url, writing)
        assert kept["answered"] >= 2 and text in {f"ord {number}" for number in (kept["answered"], kept["asked"])}
        assert {state(county_url, path) for path in answered} <= {"sent"}, "what was answered is sent"
    with server():
        for path, form in every.items():
            for _ in range(2):
                assert browser.ask("POST", path, form)[0] == 303, "who got no answer sends the same form again"
    engines.configure(county_url)
    with connection():
        assert rows("SELECT COUNT(*), COUNT(DISTINCT case_id) FROM wheel WHERE state = 'sent'")[0] == (len(every),) * 2
        assert rows("SELECT COUNT(*) FROM casefile")[0][0] == len(every)
        assert rows("SELECT COUNT(*) FROM letter WHERE template = 'wheel_arrived'")[0][0] == len(every)
        assert rows("SELECT COUNT(*) FROM audit_row WHERE action = 'wheel:send'")[0][0] == len(every)
        assert rows("PRAGMA integrity_check")[0][0] == "ok" and doomed_keys.look().without == 0
        for wheel in Wheel.select().where(Wheel.state == "sent"):
            assert case_files.card_of(wheel.case).label == "Alva E"
    engines.close()


def stored(address: str, wheel: Wheel) -> str:
    """What the database holds of the text that was written."""
    engines.configure(address)
    with connection():
        text = sealed_fields.texts(Wheel.get_by_id(wheel.id)).get(SEE, "")
    engines.close()
    return text


def state(address: str, path: str) -> str:
    """The state of the wheel that an address belongs to."""
    engines.configure(address)
    with connection():
        found = database.rows("SELECT state FROM wheel WHERE key = ?", (path.split("/")[3],))[0][0]
    engines.close()
    return found

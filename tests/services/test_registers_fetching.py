"""The register is asked politely, and a fetch that breaks off goes on where it stopped."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from tbb.services.registers import NotFetched, fetch_units, read_files
from tests.services import registers_samples as samples


class Register:
    """A small register that speaks the documented format, with troubles on order."""

    def __init__(self):
        self.units = {f"9000000{n}": ("AKTIV", f"Skola {n}") for n in range(1, 5)}
        self.troubles: dict[str, list[tuple[int, dict[str, str]]]] = {}
        self.gone: set[str] = set()
        self.asked: Counter[str] = Counter()
        self.agents: set[str] = set()

    def answer(self, address: str) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(address)
        self.asked[parts.path] += 1
        if self.troubles.get(parts.path):
            status, headers = self.troubles[parts.path].pop(0)
            return status, headers, b"<h1>Ett fel</h1>"
        if parts.path == "/register/v2/school-units":
            if parse_qs(parts.query)["municipality_code"] != ["0482"]:
                return 404, {}, b"{}"
            listed = [(code, name, status) for code, (status, name) in self.units.items()]
            return 200, {}, samples.as_bytes(samples.listing(*listed))
        code = parts.path.rsplit("/", 1)[-1]
        if code in self.gone or code not in self.units:
            return 410, {}, b'{"message": "Gone"}'
        status, name = self.units[code]
        return 200, {}, samples.as_bytes(samples.detail(code, displayName=name, status=status))


@pytest.fixture
def register():
    """A register on this machine, with its address."""
    made = Register()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            made.agents.add(self.headers["User-Agent"])
            status, headers, body = made.answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        made.address = f"http://127.0.0.1:{server.server_port}/register"
        yield made
        server.shutdown()
        thread.join()


def fetch(register, folder, codes=("0482",), **more):
    return fetch_units(codes, base_url=register.address, folder=folder, pause=0, **more)


def test_everything_is_saved_and_can_be_imported(register, tmp_path):
    told = []
    done = fetch(register, tmp_path, contact="katalog@flen.example", progress=lambda n, of: told.append((n, of)))
    assert (done.listed, done.asked, done.already, done.gone, len(done)) == (4, 4, 0, 0, 4)
    assert told[-1] == (4, 4)
    records, errors = read_files([tmp_path])
    assert {unit.value for unit in records.units if unit.kind} == set(register.units)
    assert errors == ()
    (agent,) = register.agents
    assert agent.startswith("tbb/")
    assert "katalog@flen.example" in agent


def test_a_second_fetch_asks_for_nothing_again(register, tmp_path):
    fetch(register, tmp_path)
    asked = register.asked.total()
    done = fetch(register, tmp_path)
    assert (done.asked, done.already) == (0, 4)
    assert register.asked.total() == asked


def test_a_broken_fetch_goes_on_where_it_stopped(register, tmp_path):
    register.troubles["/register/v2/school-units/90000003"] = [(500, {})] * 5
    with pytest.raises(NotFetched, match="är sparat"):
        fetch(register, tmp_path)
    assert sorted(path.name for path in tmp_path.glob("enhet-*")) == ["enhet-90000001.json", "enhet-90000002.json"]
    assert list(tmp_path.glob("*.part")) == []
    assert fetch(register, tmp_path).asked == 2
    assert register.asked["/register/v2/school-units/90000001"] == 1


def test_a_hiccup_is_tried_again(register, tmp_path):
    register.troubles["/register/v2/school-units/90000001"] = [(500, {}), (200, {}), (503, {})]
    assert fetch(register, tmp_path).asked == 4
    assert register.asked["/register/v2/school-units/90000001"] == 4


def test_it_waits_as_long_as_it_is_asked_to(register, tmp_path):
    register.troubles["/register/v2/school-units/90000002"] = [(429, {"Retry-After": "1"})]
    began = time.monotonic()
    assert fetch(register, tmp_path).asked == 4
    assert time.monotonic() - began >= 1


def test_a_unit_that_is_gone_is_saved_as_closed(register, tmp_path):
    register.gone.add("90000004")
    assert fetch(register, tmp_path).gone == 1
    records, errors = read_files([tmp_path])
    assert errors == ()
    assert [unit.status for unit in records.units if unit.value == "90000004"] == ["closed", "active"]
    assert json.loads((tmp_path / "enhet-90000004.json").read_text())["meta"]["answer"] == 410


def test_closed_units_of_the_list_are_not_asked_for(register, tmp_path):
    register.units["90000001"] = ("UPPHORT", "Skola 1")
    assert (fetch(register, tmp_path).listed, fetch(register, tmp_path).already) == (4, 3)
    assert register.asked["/register/v2/school-units/90000001"] == 0


def test_a_unit_that_has_left_the_list_is_asked_for_once_more(register, tmp_path):
    fetch(register, tmp_path)
    del register.units["90000002"]
    os.utime(tmp_path / "lista-0482.json", (0, 0))
    done = fetch(register, tmp_path)
    assert (done.listed, done.asked, done.gone) == (3, 1, 1)
    assert fetch(register, tmp_path).asked == 0


def test_what_is_a_day_old_is_fetched_anew(register, tmp_path):
    fetch(register, tmp_path)
    for path in tmp_path.iterdir():
        os.utime(path, (time.time() - 90_000,) * 2)
    assert fetch(register, tmp_path).asked == 4


@pytest.mark.parametrize("code", ["9999", "Flen", "../etc"])
def test_a_municipality_the_register_does_not_know_is_told(register, tmp_path, code):
    with pytest.raises(NotFetched):
        fetch(register, tmp_path, codes=[code])


def test_a_number_that_is_none_never_becomes_a_file(register, tmp_path):
    register.units["../../evil"] = ("AKTIV", "Elak")
    assert fetch(register, tmp_path).listed == 4
    assert not (tmp_path.parent / "evil.json").exists()


def test_no_register_at_all_is_told_in_a_sentence(tmp_path):
    with pytest.raises(NotFetched, match="Ingen kontakt"):
        fetch_units(["0482"], base_url="http://127.0.0.1:9/register", folder=tmp_path, pause=0)

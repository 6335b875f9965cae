"""The log tells what happened, never what anybody wrote, searched for or is called; one record for each answer."""

from __future__ import annotations

import logging
import re

import pytest

from tests import cast
from tests.page import Page

HERE = {"Sec-Fetch-Site": "same-origin"}
UNIT = "/enhet/nackrosskolan-eskilstuna"
LINE = re.compile(r"[0-9a-f]{12} [A-Z-]{1,10} '[^\n]*' \d{3} \d+\.\d ms")


@pytest.fixture
def log(caplog):
    """Everything that is logged at the level of production."""
    caplog.set_level(logging.INFO)
    return caplog


def requests(log) -> list[str]:
    """The lines of the log of requests."""
    return [record.getMessage() for record in log.records if record.name == "tbb.requests"]


def test_each_answer_has_one_line_with_the_number_that_its_header_tells(county, log):
    client = county.test_client()
    for _endpoint, address in cast.addresses(county, few=True):
        log.clear()
        with client.get(address) as response:
            (line,) = requests(log)
            assert LINE.fullmatch(line), line
            assert line.startswith(response.headers["X-Request-ID"])
            assert f" {response.status_code} " in line


def test_no_canary_is_in_the_log_whatever_the_visitor_does(county, log, tmp_path):
    county.testing = False
    client, mark = county.test_client(), "KANARIE"
    headers = {
        "User-Agent": mark,
        "Referer": f"http://localhost/{mark}",
        "Cookie": f"a={mark}",
        "X-Forwarded-For": "198.51.100.77",
    }
    client = county.test_client(use_cookies=False)
    for address in (
        f"/hitta?q={mark}",
        f"/hitta/forslag?q={mark}",
        f"/guide?skede={mark}",
        f"/guide/svar?namn={mark}",
        f"/finns-inte?{mark}=1",
        f"/tillganglighet/synpunkt?sida={mark}",
    ):
        for method in ("GET", "POST", "PUT"):
            client.open(address, method=method, headers=headers)
    form = Page(client.get(f"{UNIT}/fel").text).fields()
    for more in ({}, {"message": "121212-1212 " + mark}, {"reply_to": f"{mark}@"}, {"homepage": mark}, {"stamp": mark}):
        data = form | {"topic": "other", "message": mark, "reply_to": f"{mark}@exempel.example"} | more
        client.post(f"{UNIT}/fel", data=data, headers=HERE | {"User-Agent": mark})
    for _ in range(6):
        client.post(f"{UNIT}/fel", data=form | {"topic": "other", "message": mark}, headers=HERE)
    assert len(requests(log)) > 25
    for word in (mark, "121212", "198.51.100.77", "127.0.0.1", "exempel.example", form["stamp"]):
        assert word not in log.text
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in written if mark.encode() in path.read_bytes()], "it lies in clear in a file"


@pytest.mark.parametrize(
    "path", ["/x%0d%0aINFO%20forged", "/x%0aforged", "/%1b%5b31m", "/%e2%80%a8forged", "/" + "x" * 5000]
)
def test_one_answer_can_never_write_two_lines(client, log, path):
    client.get(path)
    (line,) = requests(log)
    assert LINE.fullmatch(line) and "\n" not in line and "\x1b" not in line and len(line) < 900


def test_addresses_themselves_hold_no_names_of_persons(county):
    from tbb.database import connection, rows

    with connection():
        names = {row[0].split()[-1].casefold() for row in rows("SELECT name FROM person WHERE name <> ''")}
    for _endpoint, address in cast.addresses(county):
        assert not [name for name in names if name in address.casefold()], address

"""The line is cut after the server has acted and before its answer arrives: what is then sent again makes one row.

A proxy stands in between. It lets the form through, waits for the whole answer, and cuts the line instead of giving it.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tbb.database import connection, on_postgresql
from tbb.models import Account, EntryChange, Feedback, Flag, Grant, OneTimeToken, Unit
from tbb.services import sittings
from tbb.services.demo_cast import account_of
from tbb.web.sitting import COOKIES
from tests import engines
from tests.serving import PATIENCE, Browser, Gone, Served


@contextmanager
def cutting_proxy(port: int) -> Iterator[int]:
    """A proxy before a server that never gives an answer on; its own port."""
    door = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                near, _ = door.accept()
            except OSError:
                return
            with near, socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as far:
                far.sendall(whole_request(near))
                far.shutdown(socket.SHUT_WR)
                while far.recv(65536):
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield door.getsockname()[1]
    finally:
        door.shutdown(socket.SHUT_RDWR)
        door.close()
        thread.join(PATIENCE)


def whole_request(line: socket.socket) -> bytes:
    """Read one request with its body; ask for the line to be closed after the answer."""
    said = b""
    while b"\r\n\r\n" not in said:
        said += line.recv(65536)
    head, _, body = said.partition(b"\r\n\r\n")
    length = next(int(row.split(b":")[1]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length"))
    while len(body) < length:
        body += line.recv(65536)
    return head + b"\r\nConnection: close\r\n\r\n" + body


def flags() -> int:
    return Flag.select().count()


def changes() -> int:
    return EntryChange.select().count()


def invited() -> int:
    found = Account.select().where(Account.email == "ny@tbb.example")
    return found.count() + Grant.select().where(Grant.account << found).count() + OneTimeToken.select().count()


def told() -> int:
    return Feedback.select().count()


FORMS: dict[str, tuple[str, str, dict[str, str], Callable[[], int], int]] = {
    "flag": ("processledare", "/arbetsyta/verksamheter/{slug}/flagga", {"message": "Ser inte rätt ut."}, flags, 1),
    "facts": ("enhetschef", "/arbetsyta/verksamheter/{slug}/uppgifter", {"street": "Nya Exempelvägen 9"}, changes, 1),
    "invitation": (
        "enhetschef",
        "/arbetsyta/konton/bjud-in",
        {"email": "ny@tbb.example", "name": "Nya Exempelsson", "duty": "staff", "where": "unit:{number}"},
        invited,
        3,
    ),
    "fault": ("", "/enhet/{slug}/fel", {"topic": "other", "message": "Telefonnumret är fel."}, told, 1),
}
"""Whose form it is, where, what is written in it, what is counted, and how much more of it there shall be."""


@pytest.fixture
def served(county_url, key_file, tmp_path):
    """A server on the demo county, the school of most of the cast, and the cookies of some of them."""
    if on_postgresql():
        pytest.skip("the engine's own promise; everything above it is the same")
    engines.configure(county_url)
    with connection():
        school = Unit.select().where(Unit.kind == "compulsory").order_by(Unit.id).first()
        cookies = {
            who: f"{COOKIES[1]}={sittings.begin(account_of(who), method='test', strong=True)}"
            for who, *_ in FORMS.values()
            if who
        } | {"": ""}
    engines.close()
    server = Served(county_url, key_file, tmp_path)
    with server.running():
        yield server, school, cookies


def counted(address: str, count: Callable[[], int]) -> int:
    """Count something in the server's database."""
    engines.configure(address)
    with connection():
        found = count()
    engines.close()
    return found


def test_what_is_sent_again_after_the_line_was_cut_makes_one_row(served, county_url):
    server, school, cookies = served
    with cutting_proxy(server.port) as proxy:
        for what, (who, path, written, count, more) in FORMS.items():
            browser, behind_proxy = (Browser(port, cookies[who]) for port in (server.port, proxy))
            address = path.format(slug=school.slug)
            filled = {name: value.format(number=school.id) for name, value in written.items()}
            form = browser.form(address) | filled
            before = counted(county_url, count)
            with pytest.raises(Gone):
                behind_proxy.ask("POST", address, form)
            assert counted(county_url, count) == before + more, f"{what}: the server has acted"
            for _ in range(2):
                assert browser.ask("POST", address, form)[0] == 303, f"{what}: sent again"
            assert counted(county_url, count) == before + more, f"{what}: one row"

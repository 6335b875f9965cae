"""Busy times from somebody's own calendar: fetched from named hosts alone, times only, sealed, and soon too old."""

from __future__ import annotations

import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tbb.database import connection, rows
from tbb.models import Account, BusySource
from tbb.policy import VISITOR, Refused
from tbb.services import actors, busy_times
from tbb.services.busy_fetching import MOST_BYTES, Fetcher, NotFetched, is_allowed, is_public
from tbb.services.busy_reading import NotACalendar, busy
from tbb.services.demo_cast import account_of
from tests.services.test_calendar_files import ICS_TEXT

HOST = "kalender.example"
NOON = datetime(2027, 3, 10, 12, 0, tzinfo=UTC)


def calendar(*events: str) -> bytes:
    """A calendar with some events."""
    lines = "".join(f"BEGIN:VEVENT\r\nUID:{number}\r\n{event}\r\nEND:VEVENT\r\n" for number, event in enumerate(events))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{lines}END:VCALENDAR\r\n".encode()


def found(*events: str, days: int = 60) -> list[str]:
    """When one is busy by a calendar, as text."""
    return [
        f"{first:%m-%dT%H:%M}/{last:%H:%M}" for first, last in busy(calendar(*events), NOON, NOON + timedelta(days))
    ]


def test_times_are_read_and_nothing_else():
    assert found("DTSTART:20270311T080000Z\r\nDTEND:20270311T090000Z\r\nSUMMARY:Läkarbesök") == ["03-11T08:00/09:00"]
    assert found("DTSTART;TZID=Europe/Stockholm:20270311T080000\r\nDURATION:PT30M") == ["03-11T07:00/07:30"]
    assert found("DTSTART:20270311T080000\r\nDTEND:20270311T090000") == ["03-11T07:00/08:00"], "floating is Swedish"
    assert found("DTSTART;VALUE=DATE:20270312") == ["03-11T23:00/23:00"]
    assert found("DTSTART:20270101T080000Z\r\nDTEND:20270101T090000Z") == []
    for free in ("TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"):
        assert found(f"DTSTART:20270311T080000Z\r\nDTEND:20270311T090000Z\r\n{free}") == []
    one, other = (f"DTSTART:20270311T{hour}0000Z\r\nDTEND:20270311T{hour + 2}0000Z" for hour in (10, 11))
    assert found(one, other) == ["03-11T10:00/13:00"], "what overlaps is one"


def test_what_comes_again_is_at_the_same_time_on_the_wall_after_the_clocks_change():
    weekly = "DTSTART;TZID=Europe/Stockholm:20270104T100000\r\nDTEND;TZID=Europe/Stockholm:20270104T110000"
    rule = "\r\nRRULE:FREQ=WEEKLY;UNTIL=20270412T235959Z\r\nEXDATE;TZID=Europe/Stockholm:20270322T100000"
    assert found(weekly + rule) == ["03-15T09:00/10:00", "03-29T08:00/09:00", "04-05T08:00/09:00", "04-12T08:00/09:00"]
    moved = "UID:0\r\nRECURRENCE-ID;TZID=Europe/Stockholm:20270329T100000\r\n"
    moved += "DTSTART:20270330T120000Z\r\nDTEND:20270330T123000Z"
    events = (
        calendar(weekly + rule)
        .decode()
        .replace("END:VCALENDAR", f"BEGIN:VEVENT\r\n{moved}\r\nEND:VEVENT\r\nEND:VCALENDAR")
    )
    told = [f"{first:%m-%dT%H:%M}" for first, _last in busy(events.encode(), NOON, NOON + timedelta(days=60))]
    assert told == ["03-15T09:00", "03-30T12:00", "04-05T08:00", "04-12T08:00"]


def test_free_busy_is_read_as_well():
    file = (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VFREEBUSY\r\nUID:1\r\n"
            b"FREEBUSY:20270311T080000Z/20270311T090000Z\r\nFREEBUSY;FBTYPE=FREE:20270312T080000Z/20270312T090000Z\r\n"
            b"END:VFREEBUSY\r\nEND:VCALENDAR\r\n")  # fmt: skip
    assert [first.day for first, _last in busy(file, NOON, NOON + timedelta(days=60))] == [11]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY", "FREQ=MINUTELY;COUNT=999999999", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=-1", "FREQ=NEVER",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", "BYDAY=MO",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;INTERVAL=7;BYDAY=TU", "FREQ=WEEKLY;BYSETPOS=300",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31",
    ],
)  # fmt: skip
def test_a_hostile_rule_hides_no_other_event_and_takes_no_time(rule):
    good = "DTSTART:20270311T080000Z\r\nDTEND:20270311T090000Z"
    before = time.process_time()
    assert "03-11T08:00/09:00" in found(f"DTSTART:19700101T000000Z\r\nDURATION:PT1S\r\nRRULE:{rule}", good)
    assert time.process_time() - before < 5


@pytest.mark.parametrize("file", [b"", b"<html>", b"\xff\xfe\x00", b"BEGIN:VCALENDAR\r\n", b"x" * 10_000])
def test_what_is_no_calendar_is_refused(file):
    with pytest.raises(NotACalendar):
        busy(file, NOON, NOON + timedelta(days=1))


def test_hostile_words_make_no_event():
    for text in ICS_TEXT:
        told = calendar(f"DTSTART:20270311T080000Z\r\nSUMMARY:{text}".encode("utf-8", "ignore").decode())
        try:
            assert len(busy(told, NOON, NOON + timedelta(days=60))) <= 2
        except NotACalendar:
            continue


@pytest.mark.parametrize(
    "url",
    [
        "http://kalender.example/a", "https://evil.example/", "https://kalender.example.evil.example/",
        "https://evil.example/https://kalender.example/", "https://kalender.example@evil.example/",
        "https://evil.example#kalender.example", "https://evil.example\\kalender.example/", "//kalender.example/",
        "https://kalender.example:8080/", "https://127.0.0.1/", "https://[::1]/", "https://user@kalender.example/",
        "file:///etc/passwd", "https://kalender.example/ x", "https://kalender.example/\r\nHost: evil", "",
        "https://kalender.example/å", "https://kalender.example:x/", "https://[kalender.example/", "x" * 700,
    ],
)  # fmt: skip
def test_only_addresses_of_named_hosts_are_allowed(url):
    assert not is_allowed(url, (HOST,))


def test_addresses_inside_are_never_called():
    for address in ("127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
                    "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "224.0.0.1", "255.255.255.255",
                    "x", "::"):  # fmt: skip
        assert not is_public(address), address
    assert is_public("93.184.215.14") and is_public("2606:2800:21f:cb07:6820:80da:af6b:8b2c")
    for given in (["10.0.0.1"], ["93.184.215.14", "127.0.0.1"], []):
        with pytest.raises(NotFetched, match="inside"):
            Fetcher((HOST,), lookup=lambda _host, given=given: given).fetch(f"https://{HOST}/a.ics")


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """A calendar service on this machine, with a certificate of its own for its name."""
    folder = tmp_path_factory.mktemp("tls")
    trusted, serving = certificate(folder)

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            kind = self.path.strip("/")
            status = {"moved": 302, "away": 302, "round": 302, "gone": 404}.get(kind, 200)
            leads = {"moved": "/busy", "away": "https://evil.example/busy", "round": "/round"}.get(kind, "")
            body = b"x" * (MOST_BYTES + 70_000) if kind == "long" else b"<html>" if kind == "html" else calendar(
                "DTSTART:20270311T080000Z\r\nDTEND:20270311T090000Z\r\nSUMMARY:Kanarie")  # fmt: skip
            asked.append((self.headers["Host"], self.path))
            self.send_response(status)
            self.send_header("Location", leads)
            self.send_header("Content-Encoding", "gzip" if kind == "packed" else "identity")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                return

        def log_message(self, *_words):
            return

    asked: list[tuple[str, str]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.socket = serving.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield SimpleNamespace(port=server.server_address[1], trusted=trusted, asked=asked)
    server.shutdown()
    server.server_close()


def certificate(folder) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Make a certificate for the host's name; give what trusts it and what serves with it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "both.pem").write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    (folder / "known.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(folder / "both.pem")
    return ssl.create_default_context(cafile=str(folder / "known.pem")), serving


def fetcher(elsewhere, **more) -> Fetcher:
    """A fetcher for which the service on this machine lies out in the world."""
    told = {"lookup": lambda _host: ["127.0.0.1"], "reachable": lambda _address: True, "trusted": elsewhere.trusted}
    return Fetcher((HOST,), port=elsewhere.port, **(told | more))


def test_a_calendar_is_fetched_over_a_line_whose_certificate_is_right(elsewhere):
    assert b"VCALENDAR" in fetcher(elsewhere).fetch(f"https://{HOST}/busy")
    assert b"VCALENDAR" in fetcher(elsewhere).fetch(f"https://{HOST}/moved")
    assert set(elsewhere.asked) >= {(HOST, "/busy"), (HOST, "/moved")}
    with pytest.raises(NotFetched, match="silent"):
        fetcher(elsewhere, trusted=ssl.create_default_context()).fetch(f"https://{HOST}/busy")


@pytest.mark.parametrize(
    ("path", "why"),
    [("away", "elsewhere"), ("round", "leads on"), ("gone", "answer 404"), ("long", "too long"), ("packed", "packed")],
)
def test_what_leads_away_or_is_too_much_is_not_fetched(elsewhere, path, why):
    with pytest.raises(NotFetched, match=why):
        fetcher(elsewhere).fetch(f"https://{HOST}/{path}")
    assert "evil.example" not in str(elsewhere.asked)


@pytest.fixture
def bba(county, at):
    """Somebody who signs in."""
    at(NOON)
    with connection():
        yield actors.of_account(account_of("bba"), strong=True)


def test_times_are_kept_sealed_and_told_to_who_proposes_a_time(bba, elsewhere, at):
    busy_times.save(bba, f"https://{HOST}/busy", (HOST,))
    assert busy_times.own(bba).host == HOST and busy_times.of(bba.account, NOON, NOON + timedelta(days=9)) == []
    assert busy_times.fetch_one(BusySource.get().id, fetcher(elsewhere))
    starts = datetime(2027, 3, 11, 8, tzinfo=UTC)
    assert busy_times.of(bba.account, NOON, NOON + timedelta(days=9)) == [(starts, starts + timedelta(hours=1))]
    assert busy_times.of(bba.account, starts + timedelta(hours=1), NOON + timedelta(days=9)) == []
    ((url, times),) = rows("SELECT url, busy FROM busy_source")
    assert b"kalender" not in bytes(url) and b"2027" not in bytes(times) and b"anarie" not in bytes(times)
    at(NOON + timedelta(hours=27))
    assert busy_times.of(bba.account, NOON, NOON + timedelta(days=9)) == [], "what is old tells nothing"
    assert busy_times.remove(bba) and not busy_times.remove(bba) and busy_times.own(bba) is None


def test_a_fault_is_shown_and_known_times_stay_for_a_day(bba, elsewhere):
    busy_times.save(bba, f"https://{HOST}/busy", (HOST,))
    number = BusySource.get().id
    assert busy_times.fetch_one(number, fetcher(elsewhere))
    url = busy_times.keyring().seal(f"https://{HOST}/html", f"busy_source.url:{bba.account}")
    BusySource.update(url=url).execute()
    assert not busy_times.fetch_one(number, fetcher(elsewhere))
    assert busy_times.own(bba).problem == "no calendar" and busy_times.of(bba.account, NOON, NOON + timedelta(days=9))
    assert not busy_times.fetch_one(number, Fetcher(("another.example",)))
    assert busy_times.own(bba).problem == "elsewhere" and not busy_times.of(bba.account, NOON, NOON + timedelta(days=9))


def test_nothing_is_fetched_where_no_host_is_named_nor_for_who_may_not_sign_in(bba):
    busy_times.save(bba, f"https://{HOST}/busy", (HOST,))
    assert busy_times.fetch_due(SimpleNamespace(calendar_hosts=())) == 0 and BusySource.get().tried_at is None
    Account.update(state="disabled").where(Account.id == bba.account).execute()
    assert busy_times.fetch_due(SimpleNamespace(calendar_hosts=(HOST,))) == 0 and BusySource.get().tried_at is None


def test_only_own_calendars_at_named_hosts_are_kept(bba):
    for url in ("https://evil.example/x", "http://kalender.example/x"):
        with pytest.raises(busy_times.NotAllowed):
            busy_times.save(bba, url, (HOST,))
    with pytest.raises(Refused):
        busy_times.save(VISITOR, f"https://{HOST}/busy", (HOST,))

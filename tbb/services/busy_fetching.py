"""Fetching somebody's own calendar: from hosts that are named beforehand, over https, and from nowhere inside."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from urllib.parse import urljoin, urlsplit

import httpx

MOST_BYTES = 4 * 2**20
SECONDS, MOST_SECONDS = 10, 30
MOST_STEPS = 3
"""So often may the same host lead on to another address of its own."""
LONGEST_ADDRESS = 600
REDIRECTS = (301, 302, 303, 307, 308)


class NotFetched(Exception):
    """The calendar was not fetched; the message says why, in a word."""


def is_allowed(url: str, hosts: Iterable[str]) -> bool:
    """Whether an address may be fetched at all: https, to a host that is named, with nothing odd in it."""
    if len(url) > LONGEST_ADDRESS or not url.isascii() or any(sign <= " " or sign in '\\"<>' for sign in url):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    plain = parts.scheme == "https" and port in (None, 443) and "@" not in parts.netloc
    return plain and (parts.hostname or "") in tuple(hosts)


class Fetcher:
    """Fetches calendars. `lookup` finds a host's addresses, `reachable` judges each, and `trusted` certificates."""

    def __init__(
        self,
        hosts: Iterable[str],
        *,
        lookup: Callable[[str], list[str]] | None = None,
        reachable: Callable[[str], bool] | None = None,
        trusted: ssl.SSLContext | None = None,
        port: int = 443,
    ):
        self.hosts = tuple(hosts)
        self.lookup, self.reachable = lookup or _lookup, reachable or is_public
        self.trusted, self.port = trusted or ssl.create_default_context(), port

    def fetch(self, url: str) -> bytes:
        """Give the file at an address; raise NotFetched."""
        deadline = time.monotonic() + MOST_SECONDS
        try:
            with httpx.Client(verify=self.trusted, trust_env=False, timeout=SECONDS, follow_redirects=False) as client:
                for _ in range(MOST_STEPS):
                    status, given = self._ask(client, url, deadline)
                    if status == 200:
                        return given
                    url = urljoin(url, given.decode("latin-1"))
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as problem:
            raise NotFetched("silent") from problem
        raise NotFetched("leads on")

    def _ask(self, client: httpx.Client, url: str, deadline: float) -> tuple[int, bytes]:
        """Ask once; give 200 and the file, or another status and where it leads."""
        if not is_allowed(url, self.hosts):
            raise NotFetched("elsewhere")
        parts = urlsplit(url)
        host = parts.hostname or ""
        # The address that was judged is the one that is called, whatever the name means a moment later.
        address = self._judged(host)
        place = f"[{address}]" if ":" in address else address
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"Host": host, "Accept": "text/calendar", "User-Agent": "tbb/1.0 (free/busy)"}
        headers["Accept-Encoding"] = "identity"
        known = {"sni_hostname": host}
        with client.stream("GET", f"https://{place}:{self.port}{path}", headers=headers, extensions=known) as answer:
            if answer.status_code in REDIRECTS:
                return answer.status_code, answer.headers.get("Location", "").encode("latin-1", "replace")
            if answer.status_code != 200:
                raise NotFetched(f"answer {answer.status_code}")
            if answer.headers.get("Content-Encoding", "identity") != "identity":
                # What is packed could become larger than any limit while it is unpacked.
                raise NotFetched("packed")
            return 200, _some(answer, deadline)

    def _judged(self, host: str) -> str:
        found = self.lookup(host)
        if not found or not all(self.reachable(address) for address in found):
            raise NotFetched("inside")
        return found[0]


def is_public(address: str) -> bool:
    """Whether an address is out in the world, and not this machine, its network or anything kept apart."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return False
    inner = getattr(known, "ipv4_mapped", None) or getattr(known, "sixtofour", None)
    return known.is_global and not known.is_multicast and (inner is None or inner.is_global)


def _some(answer: httpx.Response, deadline: float) -> bytes:
    """Read a file that is neither too long nor too slow."""
    read = bytearray()
    for piece in answer.iter_raw(65536):
        read += piece
        if len(read) > MOST_BYTES:
            raise NotFetched("too long")
        if time.monotonic() > deadline:
            raise NotFetched("too slow")
    return bytes(read)


def _lookup(host: str) -> list[str]:
    found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))

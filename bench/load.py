"""The load generator: some kept-open connections that each ask, wait for the whole answer, and ask again."""

from __future__ import annotations

import gc
import http.client
import select
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

HOST = "127.0.0.1"
END_OF_HEADERS = b"\r\n\r\n"
NO_BODY = (b"304", b"204")


class WrongAnswer(Exception):
    """The server answered something else than the status that was expected."""


@dataclass
class Measured:
    """What a run gave: milliseconds of each answer, how many came in how many seconds, bytes of the greatest."""

    milliseconds: list[float] = field(repr=False)
    in_time: int
    seconds: float
    size: int

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.in_time / self.seconds

    def share(self, part: float) -> float:
        """The milliseconds within which this part of all answers came."""
        ordered = sorted(self.milliseconds)
        return ordered[min(int(part * len(ordered)), len(ordered) - 1)]


class _Caller:
    """One connection with one question under way."""

    def __init__(self, port: int):
        self.socket = socket.create_connection((HOST, port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port, self.began, self.answer, self.whole = port, 0.0, b"", 0

    def ask(self, request: bytes) -> None:
        """Send a question."""
        self.answer, self.whole = b"", 0
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def hear(self, expected: bytes) -> bool:
        """Read what has come; tell whether the answer is whole."""
        piece = self.socket.recv(262_144)
        if not piece:
            raise ConnectionError("The server hung up.")
        self.answer += piece
        if not self.whole:
            head, found, _ = self.answer.partition(END_OF_HEADERS)
            if not found:
                return False
            self.whole = len(head) + len(END_OF_HEADERS) + _length(head, expected)
        return len(self.answer) >= self.whole


def _length(head: bytes, expected: bytes) -> int:
    """Read how long a body is; raise WrongAnswer for another status or a body of unknown length."""
    status = head[9:12]
    if status != expected:
        raise WrongAnswer(f"Expected {expected.decode()}, but got: {head[:400].decode('latin-1')}")
    if status in NO_BODY:
        return 0
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    raise WrongAnswer(f"No Content-Length: {head[:400].decode('latin-1')}")


def drive(port: int, requests: Iterator[bytes], *, connections: int, seconds: float, expected: int = 200) -> Measured:
    """Put load on a server for some seconds."""
    status = str(expected).encode()
    callers = [_Caller(port) for _ in range(connections)]
    poll = select.epoll()
    by_number = {caller.socket.fileno(): caller for caller in callers}
    for number in by_number:
        poll.register(number, select.EPOLLIN)
    taken: list[float] = []
    in_time, largest, under_way = 0, 0, len(callers)
    gc.disable()
    began = time.perf_counter()
    try:
        for caller in callers:
            caller.ask(next(requests))
        # When the time is up, nothing new is asked, but what is under way is waited for: it costs the server too.
        while under_way:
            for number, _ in poll.poll(60_000):
                caller = by_number[number]
                if not caller.hear(status):
                    continue
                moment = time.perf_counter()
                taken.append((moment - caller.began) * 1_000)
                largest = max(largest, caller.whole)
                if moment - began < seconds:
                    in_time += 1
                    caller.ask(next(requests))
                else:
                    under_way -= 1
        return Measured(taken, in_time, seconds, largest)
    finally:
        gc.enable()
        poll.close()
        for caller in callers:
            caller.socket.close()


def get(port: int, path: str, headers: dict[str, str] | None = None) -> bytes:
    """Write a question as it goes over the wire."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}:{port}", *(f"{k}: {v}" for k, v in (headers or {}).items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    """Ask once; give status, headers in small letters, and body."""
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    try:
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()

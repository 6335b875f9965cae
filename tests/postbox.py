"""A real mail server on this machine, that takes what it is given or answers as told."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller

OK, HANGS_UP = "250 OK", "421 gone"


@dataclass
class Postbox:
    """The mail server's mind. `answers` has an answer for MAIL, RCPT or DATA; `calls` counts connections, and a
    letter `takes` so many seconds to receive.

    `moods`, when it is there, is asked for each answer instead: it gets the step, and HANGS_UP ends the talk.
    """

    answers: dict[str, str] = field(default_factory=dict)
    moods: Callable[[str], str] | None = None
    taken: list[bytes] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    calls: int = 0
    takes: float = 0
    port: int = 0

    @property
    def letters(self) -> list[EmailMessage]:
        """What came, read as a mail program reads it."""
        return [message_from_bytes(raw, policy=default) for raw in self.taken]

    @property
    def ids(self) -> list[str]:
        """The Message-IDs of what came."""
        return [letter["Message-ID"] for letter in self.letters]

    @property
    def url(self) -> str:
        """Its address, as TBB_SMTP_URL wants it."""
        return f"smtp://127.0.0.1:{self.port}"


@dataclass
class Clerk:
    """Answers for a postbox. At each call the server reads all that is in it, so it has nothing that takes time."""

    box: Postbox

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.box.calls += 1
        session.host_name = hostname
        return responses

    def said(self, step: str, server) -> str:
        """What is answered at a step."""
        answer = self.box.moods(step) if self.box.moods else self.box.answers.get(step, OK)
        if answer == HANGS_UP:
            server.transport.abort()
        return answer

    async def handle_MAIL(self, server, session, envelope, address, options):
        answer = self.said("mail", server)
        if answer == OK:
            envelope.mail_from = address
        return answer

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.said("rcpt", server)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(self.box.takes)
        self.box.taken.append(envelope.original_content)
        self.box.recipients.append(list(envelope.rcpt_tos))
        return self.said("data", server)


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def open_postbox(port: int = 0) -> Iterator[Postbox]:
    """Run a mail server."""
    box = Postbox(port=port or free_port())
    # Its own name is given, for it would ask the network for it at each call.
    controller = Controller(Clerk(box), hostname="127.0.0.1", port=box.port, server_hostname="postbox.example")
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@contextmanager
def hangs_up_on(command: bytes) -> Iterator[int]:
    """A mail server that closes the line when it hears a certain command, or line of words, on a port that is given."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            line, _peer = listening.accept()
            with line, line.makefile("rwb") as talk:
                talk.write(b"220 here\r\n")
                talk.flush()
                words = False
                while (heard := talk.readline()) and not heard.upper().startswith(command):
                    if heard.upper() == b"DATA\r\n":
                        words = True
                        talk.write(b"354 go on\r\n")
                    elif not words:
                        talk.write(b"250 fine\r\n")
                    talk.flush()

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(timeout=5)

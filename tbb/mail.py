"""Makes a letter ready for the post and hands it to the mail server, over one line that is kept open."""

from __future__ import annotations

import re
import smtplib
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from tbb.clock import now

SECONDS = 20
"""How long to wait for the mail server's answer to a command."""
PATIENCE_SECONDS = 60
"""How long to wait for its answer to the words themselves: to hang up too early is to make a letter unsure."""
MOST_ON_ONE_LINE = 100
STILL_THERE_SECONDS = 1.0
LONGEST_LINE = 900
READY_FOR_WORDS = 354
GOING_DOWN = 421
ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}")


class BadAddress(ValueError):
    """A letter has no recipient, several, or one that is no address."""


class Refused(Exception):
    """The mail server will never take this letter; the message is its code."""


class Later(Exception):
    """The letter did not leave and can be tried again; the message is the kind of the fault."""


class LineDown(Later):
    """There is no talking with the mail server at all just now, whatever the letter."""


class Unsure(Exception):
    """The line broke while the words were leaving: nobody can know whether they arrived."""


@dataclass(frozen=True)
class Ready:
    """A letter as SMTP wants it: from whom, to whom, and its words, byte by byte."""

    sender: str
    recipient: str
    words: bytes


@dataclass(frozen=True)
class CalendarPart:
    """What a calendar makes of a letter: a file, and whether it invites (REQUEST) or takes back (CANCEL)."""

    file: bytes
    method: str


def compose(
    *,
    sender: str,
    recipient: str,
    subject: str,
    body: str,
    message_id: str,
    html: str = "",
    calendar: CalendarPart | None = None,
    follows: str = "",
    list_headers: dict[str, str] | None = None,
) -> EmailMessage:
    """Write a letter to exactly one recipient, in plain text and, when there are such, as HTML and calendar beside it.

    With a calendar it is an iMIP message (RFC 6047), which mail programs show with buttons to answer. `follows` is the
    Message-ID of an earlier letter about the same, `list_headers` what a bulk letter has beside the others. Raises
    BadAddress, and ValueError for a header with more than one line.
    """
    letter = EmailMessage(policy=SMTP)
    letter["From"] = sender
    letter["To"] = address(recipient)
    # Python reads encoded words in what it is given, line breaks within them and all.
    letter["Subject"] = subject.replace("=?", "= ?")
    letter["Message-ID"] = message_id
    if follows:
        letter["In-Reply-To"] = letter["References"] = follows
    letter["Date"] = format_datetime(now())
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Auto-Response-Suppress"] = "All"
    for name, value in (list_headers or {}).items():
        letter[name] = value
    # Quoted-printable passes every mail server, also one that knows nothing but ASCII and short lines.
    letter.set_content(body, cte="quoted-printable")
    if html:
        letter.add_alternative(html, subtype="html", cte="quoted-printable")
    if calendar:
        # Last, for the last form is the best that a mail program understands; in base64 no server breaks its lines.
        parameters = {"method": calendar.method}
        letter.add_alternative(calendar.file.decode(), subtype="calendar", params=parameters, cte="base64")
    if list_headers:
        # An address is one long word, which Python would otherwise break in two, or write as an encoded word.
        letter.policy = letter.policy.clone(max_line_length=LONGEST_LINE)
    return letter


def address(recipient: str) -> str:
    """Give one bare address as the wire wants it, å in a domain as xn--…; raise BadAddress."""
    local, _, domain = recipient.rpartition("@")
    try:
        plain = f"{local}@{domain.encode('idna').decode()}" if not domain.isascii() else recipient
    except UnicodeError as problem:
        raise BadAddress from problem
    if len(plain) > 254 or not ADDRESS.fullmatch(plain):
        raise BadAddress
    return plain


def message_id(mark: str, base_url: str) -> str:
    """Make a letter's Message-ID of its own mark and our own host: the same each time it is sent."""
    host = urlsplit(base_url).hostname or "localhost"
    return f"<{mark}@{host if ':' not in host else 'localhost'}>"


def ready(letter: EmailMessage) -> Ready:
    """Make a letter ready for the wire: a dot that begins a line doubled, and a line with one dot at the end."""
    words = letter.as_bytes()
    ended = words if words.endswith(b"\r\n") else words + b"\r\n"
    return Ready(parseaddr(letter["From"])[1], letter["To"], re.sub(rb"(?m)^\.", b"..", ended) + b".\r\n")


class Line:
    """A line to the mail server at an address such as smtp://host:25, opened when needed and used for many letters."""

    def __init__(self, url: str, base_url: str):
        self.url = urlsplit(url)
        # Our own name is said outright: asking for the machine's may take long and tell more than it should.
        host = urlsplit(base_url).hostname or "localhost"
        self.own_name = host if not re.fullmatch(r"[\d.]+|.*:.*", host) else "localhost"
        self.server: smtplib.SMTP | None = None
        self.letters = 0
        self.clean, self.used_at = True, 0.0

    def send(self, letter: Ready, about_to: Callable[[], None]) -> None:
        """Hand over a letter; call `about_to` when the server waits for its words and nothing has left yet.

        Raises Refused, Later, LineDown or Unsure; what `about_to` raises passes through, and nothing leaves.
        """
        begun, server = False, self._begin(letter.sender)
        try:
            self._judge(server.rcpt(letter.recipient)[0])
            self._ask_for_words(server)
            about_to()
            begun = True
            self._words(server, letter.words)
        except (OSError, smtplib.SMTPException) as problem:
            self._drop()
            if begun:
                raise Unsure from problem
            raise Later(type(problem).__name__) from problem
        except (Refused, Later):
            raise
        except BaseException:
            self._drop()
            raise
        self.clean, self.used_at = True, time.monotonic()
        self.letters += 1

    def close(self) -> None:
        """Say goodbye, if there is a line."""
        if self.server is not None:
            try:
                self.server.quit()
            except (OSError, smtplib.SMTPException):
                self._drop()
        self.server, self.letters = None, 0

    def _begin(self, sender: str) -> smtplib.SMTP:
        """Open the line and say from whom; one that was shut behind our back is opened anew."""
        used = self.server is not None
        server = self._open()
        self.clean = False
        try:
            code = server.mail(sender)[0]
        except (OSError, smtplib.SMTPException) as problem:
            self._drop()
            if used:
                return self._begin(sender)
            raise Later(type(problem).__name__) from problem
        if code < 400:
            return server
        self._drop()
        if used:
            return self._begin(sender)
        # That our own sender is not accepted is no fault of this letter's.
        raise LineDown(f"sender {code}")

    def _open(self) -> smtplib.SMTP:
        if self.letters >= MOST_ON_ONE_LINE:
            self.close()
        if self.server is not None and self._still_there(self.server):
            return self.server
        self._drop()
        try:
            self.server = self._connect()
        except smtplib.SMTPResponseException as problem:
            raise LineDown(f"line {problem.smtp_code}") from problem
        except (OSError, smtplib.SMTPException) as problem:
            raise LineDown(f"line {type(problem).__name__}") from problem
        return self.server

    def _still_there(self, server: smtplib.SMTP) -> bool:
        """Whether the line is open and has nothing half-said on it; after a letter just taken that is so."""
        if self.clean and time.monotonic() - self.used_at < STILL_THERE_SECONDS:
            return True
        try:
            return server.rset()[0] < 400
        except (OSError, smtplib.SMTPException):
            # A server may hang up on those who are silent for long; that is no fault.
            return False

    def _connect(self) -> smtplib.SMTP:
        host, port, own_name = self.url.hostname or "", self.url.port, self.own_name
        trusted = ssl.create_default_context()
        if self.url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port or 465, own_name, timeout=SECONDS, context=trusted)
        else:
            server = smtplib.SMTP(host, port or 25, own_name, timeout=SECONDS)
        try:
            if self.url.scheme == "smtp+tls":
                server.starttls(context=trusted)
            if self.url.username:
                server.login(unquote(self.url.username), unquote(self.url.password or ""))
            server.ehlo_or_helo_if_needed()
        except BaseException:
            server.close()
            raise
        return server

    def _drop(self) -> None:
        if self.server is not None:
            self.server.close()
        self.server, self.letters = None, 0

    def _ask_for_words(self, server: smtplib.SMTP) -> None:
        code = server.docmd("DATA")[0]
        if code != READY_FOR_WORDS:
            self._judge(code if code >= 400 else 451)

    def _words(self, server: smtplib.SMTP, words: bytes) -> None:
        if server.sock:
            server.sock.settimeout(PATIENCE_SECONDS)
        server.send(words)
        code = server.getreply()[0]
        if server.sock:
            server.sock.settimeout(SECONDS)
        self._judge(code)

    def _judge(self, code: int) -> None:
        if code == GOING_DOWN:
            self._drop()
        if code >= 500:
            raise Refused(str(code))
        if code >= 400:
            raise Later(f"later {code}")

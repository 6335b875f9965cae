"""A bulk letter that is made once: for each of its readers only what differs is put in, byte by byte."""

from __future__ import annotations

import re
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from tbb import mail
from tbb.mail import Ready

SOFT_BREAK = b"=\r\n"
"""Where quoted-printable breaks a line that is too long: it can be in the midst of a mark."""


class Mould:
    """A letter to nobody in particular; filled in, it is to the byte what mail.compose makes for that reader.

    `mark` stands in it for the reader's own link: letters and digits, as many as each reader's has.
    """

    def __init__(self, letter: EmailMessage, mark: str):
        made = mail.ready(letter)
        self._sender, self._mark = made.sender, mark
        head, _end, body = made.words.partition(b"\r\n\r\n")
        self._head = head.decode("ascii").split("\r\n")
        anywhere = re.compile(rb"(?:=\r\n)?".join(re.escape(each).encode() for each in mark))
        self._between = anywhere.split(body)
        self._marks = [_lengths(found) for found in anywhere.findall(body)]

    def fill(self, *, recipient: str, message_id: str, at: datetime, mark: str) -> Ready:
        """Make the letter out to one reader; raise BadAddress, and ValueError for what is no mark."""
        if len(mark) != len(self._mark) or not (mark.isascii() and mark.isalnum()):
            raise ValueError("not the mark of a reader")
        to = mail.address(recipient)
        own = {"To": to, "Message-ID": message_id, "Date": format_datetime(at)}
        head = [self._header(line, own, mark) for line in self._head]
        body = [self._between[0]]
        for lengths, after in zip(self._marks, self._between[1:], strict=True):
            body += [_broken(mark, lengths), after]
        return Ready(self._sender, to, "\r\n".join(head).encode("ascii") + b"\r\n\r\n" + b"".join(body))

    def _header(self, line: str, own: dict[str, str], mark: str) -> str:
        name = line.partition(":")[0]
        return f"{name}: {own[name]}" if name in own else line.replace(self._mark, mark)


def _lengths(found: bytes) -> tuple[int, ...]:
    """How long the parts of a mark are that stand on different lines."""
    return tuple(len(part) for part in found.split(SOFT_BREAK))


def _broken(mark: str, lengths: tuple[int, ...]) -> bytes:
    parts, begins = [], 0
    for length in lengths:
        parts.append(mark[begins : begins + length].encode("ascii"))
        begins += length
    return SOFT_BREAK.join(parts)

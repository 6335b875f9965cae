"""Sends one letter over SMTP, or lays it in a folder where no mail server is set."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tbb.clock import now
from tbb.settings import Settings

SECONDS = 20


class NotAccepted(Exception):
    """The mail server will never take this letter."""


def compose(*, sender: str, recipient: str, subject: str, body: str, message_id: str, html: str = "") -> EmailMessage:
    """Write a letter in plain text and, when there is one, in HTML beside it."""
    letter = EmailMessage(policy=SMTP)
    letter["From"] = sender
    letter["To"] = recipient
    letter["Subject"] = subject
    letter["Message-ID"] = message_id
    letter["Date"] = format_datetime(now())
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(body)
    if html:
        letter.add_alternative(html, subtype="html")
    return letter


def send(settings: Settings, letter: EmailMessage, about_to: Callable[[], None]) -> None:
    """Send a letter; call `about_to` when only the words are left to send.

    Raises NotAccepted when the server refuses for ever, and OSError or smtplib.SMTPException when it may go later.
    """
    if not settings.smtp_url:
        about_to()
        _lay_in_folder(settings.instance / "letters", letter)
        return
    try:
        with _connect(settings.smtp_url) as server:
            server.ehlo_or_helo_if_needed()
            _must(server.mail(parseaddr(letter["From"])[1]))
            _must(server.rcpt(parseaddr(letter["To"])[1]))
            about_to()
            _must(server.data(letter.as_bytes()))
    except smtplib.SMTPResponseException as problem:
        if 500 <= problem.smtp_code < 600:
            raise NotAccepted(str(problem.smtp_code)) from problem
        raise


def _connect(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(parts.hostname, parts.port or 465, timeout=SECONDS)
    else:
        server = smtplib.SMTP(parts.hostname, parts.port or 25, timeout=SECONDS)
    if parts.scheme == "smtp+tls":
        server.starttls()
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _must(answer: tuple[int, bytes]) -> None:
    if answer[0] >= 400:
        raise smtplib.SMTPResponseException(*answer)


def _lay_in_folder(folder: Path, letter: EmailMessage) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    name = letter["Message-ID"].strip("<>").partition("@")[0]
    (folder / f"{name}.eml").write_bytes(letter.as_bytes())

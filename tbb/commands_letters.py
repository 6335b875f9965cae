"""The commands about letters: those that have not left, and the answers to invitations that come back by mail."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import click
from flask import current_app

from tbb.clock import local
from tbb.database import connection
from tbb.policy import COMMAND
from tbb.services import letters, meeting_replies, outbox
from tbb.settings import Settings
from tbb.web import newsletter_letters
from tbb.web.letters import CannotWrite, name_of

DEVELOPER = replace(COMMAND, in_demo=True)
"""Outside production nobody real gets letters, and whoever sits at the machine may read them as in the demo."""


@click.command("letters")
@click.argument("number", type=int, required=False)
def show_letters(number: int | None) -> None:
    """List the letters that have not left, or print letter NUMBER. Not in production, where letters are private."""
    settings: Settings = current_app.config["TBB"]
    if settings.production:
        raise click.ClickException("In production nobody reads letters. Their states are at /arbetsyta/brev.")
    with connection():
        if number is None:
            _list()
        else:
            click.echo(_words(settings, number))


@click.command("read-replies")
@click.argument("maildir", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
def read_replies(maildir: Path | None) -> None:
    """Take the answers to invitations: one letter from standard input, or all new ones of MAILDIR.

    What is no answer, or from nobody who is called, is counted and left alone. A letter of MAILDIR that has been read
    is moved from new to cur.
    """
    outcomes: Counter[str] = Counter()
    with connection():
        if maildir is None:
            outcomes[meeting_replies.receive(sys.stdin.buffer.read(meeting_replies.MOST_MAIL + 1))] += 1
        for path in sorted((maildir / "new").iterdir()) if maildir else ():
            with path.open("rb") as letter:
                outcomes[meeting_replies.receive(letter.read(meeting_replies.MOST_MAIL + 1))] += 1
            (maildir / "cur").mkdir(exist_ok=True)
            path.rename(maildir / "cur" / f"{path.name}:2,S")
    click.echo(", ".join(f"{outcome} {outcomes[outcome]}" for outcome in meeting_replies.OUTCOMES))


letter_commands = (show_letters, read_replies)


def _list() -> None:
    lines = outbox.readable(DEVELOPER)
    for line in lines:
        written = local(line.created_at)
        click.echo(f"{line.id}  {written:%Y-%m-%d %H:%M}  {line.state}  {line.recipient}  {name_of(line.template)}")
    if not lines:
        click.echo("There are no letters to read.")


def _words(settings: Settings, number: int) -> str:
    try:
        found = outbox.opened(DEVELOPER, number)
        if found is None:
            raise click.ClickException("There is no letter of that number that can be read.")
        line, facts = found
        said, _headers = newsletter_letters.write(
            line.template, facts, base_url=settings.base_url, language=line.language
        )
    except (letters.CannotRead, CannotWrite) as problem:
        raise click.ClickException("The letter cannot be written.") from problem
    return f"To: {line.recipient}\nSubject: {said.subject}\n\n{said.text}"

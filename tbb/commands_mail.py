"""The command that reads what comes back: letters that did not arrive, complaints, and wishes to end by mail."""

from __future__ import annotations

import mailbox
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from tbb.database import connection
from tbb.policy import COMMAND
from tbb.services import returned_mail
from tbb.services.returned_mail import MOST_BYTES, Kind

WORDS = {
    Kind.HARD: "came back for good",
    Kind.SOFT: "came back for a while",
    Kind.COMPLAINT: "complaints",
    Kind.ENDING: "wishes to end",
    Kind.UNKNOWN: "about nothing that we know, passed over",
}


@click.command("read-bounces")
@click.argument("path", type=click.Path(path_type=Path, allow_dash=True))
def read_bounces(path: Path) -> None:
    """Read letters that came back: a Maildir (its new ones are moved to cur), an mbox file, or one letter from "-"."""
    counts: Counter[Kind] = Counter()
    with connection():
        for raw in _letters(path):
            counts += returned_mail.read(COMMAND, [raw])
    for kind, words in WORDS.items():
        click.echo(f"{counts[kind]:6}  {words}")


mail_commands = (read_bounces,)


def _letters(path: Path) -> Iterator[bytes]:
    if str(path) == "-":
        yield sys.stdin.buffer.read(MOST_BYTES)
    elif (path / "new").is_dir():
        yield from _of_maildir(path)
    elif path.is_file():
        for key in (box := mailbox.mbox(path, create=False)).iterkeys():
            with box.get_file(key) as letter:
                yield letter.read(MOST_BYTES)
        box.close()
    else:
        raise click.ClickException(f"{path} is neither a Maildir nor a file.")


def _of_maildir(path: Path) -> Iterator[bytes]:
    """The new letters, each moved aside when it has been acted on: read twice, it changes nothing more."""
    (path / "cur").mkdir(exist_ok=True)
    for letter in sorted((path / "new").iterdir()):
        if letter.is_symlink() or not letter.is_file():
            continue
        with letter.open("rb") as opened:
            yield opened.read(MOST_BYTES)
        letter.rename(path / "cur" / f"{letter.name}:2,S")

"""The command that shows letters that have not left, where there is no mail server to send them with."""

from __future__ import annotations

from dataclasses import replace

import click
from flask import current_app

from tbb.clock import local
from tbb.database import connection
from tbb.policy import COMMAND
from tbb.services import letters, outbox
from tbb.settings import Settings
from tbb.web.letters import CannotWrite, name_of, render

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


letter_commands = (show_letters,)


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
        said = render(line.template, facts, base_url=settings.base_url, language=line.language)
    except (letters.CannotRead, CannotWrite) as problem:
        raise click.ClickException("The letter cannot be written.") from problem
    return f"To: {line.recipient}\nSubject: {said.subject}\n\n{said.text}"

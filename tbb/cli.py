"""The commands: what the one who runs the service does at the machine itself."""

from __future__ import annotations

import sys

import click
from flask import Flask, current_app

from tbb import jobs, migrations, worker
from tbb.commands_accounts import account_commands
from tbb.commands_audit import audit_commands
from tbb.commands_cases import case_commands
from tbb.commands_directory import directory_commands
from tbb.commands_letters import letter_commands
from tbb.commands_mail import mail_commands
from tbb.crypto import new_key
from tbb.database import connection
from tbb.policy import COMMAND
from tbb.services import demo, feedback, search
from tbb.services import health as wellness
from tbb.settings import Settings


def install(app: Flask) -> None:
    """Give `flask` its commands."""
    for command in (migrate, revert_migration, check, load_demo, reindex, tell, work, make_key):
        app.cli.add_command(command)
    for command in (
        *directory_commands,
        *account_commands,
        *audit_commands,
        *case_commands,
        *letter_commands,
        *mail_commands,
    ):
        app.cli.add_command(command)


def _settings() -> Settings:
    return current_app.config["TBB"]


@click.command("migrate")
def migrate() -> None:
    """Bring the database up to date; an SQLite database is copied to instance/backups first."""
    with connection():
        for name in migrations.migrate(_settings().instance / "backups"):
            click.echo(f"applied {name}")
    click.echo("The database is up to date.")


@click.command("revert-migration")
def revert_migration() -> None:
    """Undo the newest migration."""
    with connection():
        click.echo(f"reverted {', '.join(migrations.revert())}")


@click.command("check")
def check() -> None:
    """Print one line per thing that must be right; the exit code is 1 when one is wrong."""
    with connection():
        findings = list(wellness.findings(_settings()))
        if not migrations.pending():
            findings += jobs.findings(_settings())
    for finding in findings:
        click.echo(f"{'ok   ' if finding.well else 'WRONG'} {finding.what}: {finding.words}")
    if not all(finding.well for finding in findings):
        sys.exit(1)


@click.command("load-demo")
@click.option("--if-empty", is_flag=True, help="Do nothing when the database already holds units.")
def load_demo(if_empty: bool) -> None:
    """Fill an empty database with a small fictional county."""
    if _settings().production:
        raise click.ClickException("Demo data is never loaded in production.")
    with connection():
        try:
            click.echo(f"Loaded {demo.load(COMMAND)} fictional units.")
        except demo.NotEmpty as problem:
            if not if_empty:
                raise click.ClickException(str(problem)) from problem
            click.echo("The database already holds units.")


@click.command("reindex")
def reindex() -> None:
    """Build the search index anew."""
    with connection():
        search.reindex()
    click.echo("The search index is built.")


@click.command("feedback")
@click.argument("number", type=int, required=False)
def tell(number: int | None) -> None:
    """List what visitors have told us, or read message NUMBER and mark it as handled."""
    with connection():
        told = list(feedback.waiting(COMMAND)) if number is None else [feedback.handle(COMMAND, number)]
    for message in told:
        if message is None:
            raise click.ClickException("There is no message of that number.")
        click.echo(f"{message.id}  {message.created_at:%Y-%m-%d %H:%M}  {message.topic}  {message.page}")
        if number is not None:
            click.echo(f"\n{message.message or '(no text)'}\n\nReply to: {message.reply_to or '(no address)'}")
    if not told:
        click.echo("Nothing is waiting.")


@click.command("worker")
def work() -> None:
    """Send letters and do what is due, until asked to end; while another worker is at work, wait to take over."""
    worker.main(_settings())


@click.command("new-key")
def make_key() -> None:
    """Print a new sealing key, as a line of the key file wants it (change the number)."""
    click.echo(f"1:{new_key()}")

"""The commands of the audit: walk its chain, and send the chain's head outside the server."""

from __future__ import annotations

import sys

import click
from flask import current_app

from tbb.database import connection
from tbb.policy import COMMAND
from tbb.services import audit, audit_anchor


@click.command("audit-verify")
def audit_verify() -> None:
    """Walk the whole audit and hold it to its anchors; the exit code is 1 when a row is wrong, and it is named."""
    with connection():
        found = audit_anchor.verify(current_app.config["TBB"].anchor_file)
    if found.broken is not None:
        click.echo(f"BROKEN at row {found.broken}: {found.why}.")
        sys.exit(1)
    older = f", {found.plain} of them written before there were keys" if found.plain else ""
    click.echo(f"The chain is whole: {found.rows} rows{older}.")


@click.command("audit-anchor")
def audit_anchor_now() -> None:
    """Send the head of the chain outside now, and print it: it can be kept on paper too."""
    with connection():
        try:
            made = audit_anchor.anchor(current_app.config["TBB"])
        except OSError as problem:
            raise click.ClickException(f"The anchor file cannot be written: {problem.strerror}.") from problem
    click.echo(audit_anchor.line_of(made) if made else "There is no row to anchor yet.")


@click.command("audit-vouch-beginning")
@click.option("--yes", is_flag=True, help="Do not ask.")
def audit_vouch_beginning(yes: bool) -> None:
    """Vouch for the first row that is left, after old ones were removed by a decision (docs/operations.md)."""
    if not yes and not click.confirm("Vouch that the rows before the first one were removed by a decision?"):
        return
    with connection():
        number = audit.vouch_for_beginning(COMMAND)
    click.echo(f"The audit now begins at row {number}." if number else "There is no row.")


audit_commands = (audit_verify, audit_anchor_now, audit_vouch_beginning)

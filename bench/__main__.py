"""Measures the service on its production server, beside two yardsticks, and prints tables.

make bench                                         the whole of it: under ten minutes
make bench ARGS="--quick"                          298 units on SQLite, short rounds
make bench ARGS="--units 8739 --engines sqlite"    one size, one engine
make bench ARGS="--import FILE FILE"               the time of `flask import-units` on real registers as well
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import engines, pages, population, report, weight
from bench.load import Measured, drive
from bench.server import PLAIN, ROOT, THREADS, WORKERS, Server, environment, serving
from tbb import database

SIZES = (298, 8_739, 200_000)
CONNECTIONS = 8


def measure(server: Server, page: pages.Page, seconds: float) -> dict[str, Any]:
    """Measure one page: first one visitor at a time, for the waiting; then eight at once, for the work."""
    # Let both workers meet the page before it counts, as they have after a minute of service.
    drive(server.port, page.requests, connections=CONNECTIONS, seconds=seconds / 3, expected=page.expected)
    alone = drive(server.port, page.requests, connections=1, seconds=seconds, expected=page.expected)
    before = server.processor_seconds()
    busy = drive(server.port, page.requests, connections=CONNECTIONS, seconds=seconds, expected=page.expected)
    used = server.processor_seconds() - before
    return {
        "name": page.name,
        "yardstick": page.yardstick,
        "cpu_ms": used * 1_000 / len(busy.milliseconds),
        "bytes": busy.size,
        "rate": busy.rate,
        "p50": busy.share(0.5),
        "p95": busy.share(0.95),
        "p99": busy.share(0.99),
        **_alone(alone),
    }


def _alone(run: Measured) -> dict[str, float]:
    return {"one_p50": run.share(0.5), "one_p95": run.share(0.95), "one_p99": run.share(0.99)}


def best(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """Take the best of some rounds: other work on the machine only ever makes figures worse."""
    return rounds[0] | {
        key: (max if key == "rate" else min)(one[key] for one in rounds)
        for key in rounds[0]
        if key not in ("name", "yardstick")
    }


def run_one(engine: str, address: str, floor: Path, folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Measure all pages on the configured database, the yardsticks in the same rounds."""
    plain = {"TBB_BENCH_DATABASE": str(floor)}
    with (
        serving("bench.yardsticks:app", "/hello", plain, *PLAIN) as yard,
        serving("app:app", "/halsa", environment(folder, address)) as server,
    ):
        with database.connection():
            wanted = [(yard, page) for page in pages.yardsticks(yard.port)]
            wanted += [(server, page) for page in pages.pages(server.port)]
        weights = weight.first_view(server.port)
        fonts = weight.all_fonts(server.port)
        at_rest = server.megabytes()
        rounds = [[measure(on, page, given.seconds) for on, page in wanted] for _ in range(given.rounds)]
        lines = [best(list(of_page)) for of_page in zip(*rounds, strict=True)]
        return {
            "engine": engine,
            "start_seconds": server.start_seconds,
            "yardstick_start_seconds": yard.start_seconds,
            "megabytes_at_rest": at_rest,
            "megabytes_after_load": server.megabytes(),
            "first_view": weights,
            "all_fonts": fonts,
            "lines": lines,
        }


def run_size(units: int, given: argparse.Namespace) -> list[dict[str, Any]]:
    """Measure one size on every engine that is wanted; the floor always reads SQLite."""
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        floor = Path(folder) / "bench.db"
        for engine in sorted(given.engines, reverse=True):
            with engines.empty(engine, Path(folder)) as address:
                seconds = population.fill(units)
                if engine != "sqlite" and not floor.exists():
                    floor = _floor_alone(units, Path(folder), address)
                run = {"units": units, **seconds, **run_one(engine, address, floor, Path(folder), given)}
                engines.close()
            runs.append(run)
            print(_words(run), flush=True)
    return runs


def _floor_alone(units: int, folder: Path, address: str) -> Path:
    """Make the SQLite file that the floor reads when only PostgreSQL is measured."""
    with engines.empty("sqlite", folder):
        population.fill(units)
        engines.close()
    database.configure(address)
    return folder / "bench.db"


def _words(run: dict[str, Any]) -> str:
    view = run["first_view"]
    total = sum(view.values())
    return "\n".join(
        (
            f"\n── {run['units']:,} fictional units on {run['engine']} "
            f"(filled in {run['fill']:.1f} s, indexed in {run['index']:.1f} s) ──",
            report.table(run["lines"]),
            f"start-up {run['start_seconds']:.2f} s (yardsticks {run['yardstick_start_seconds']:.2f} s) · memory per"
            f" worker (PSS) {run['megabytes_at_rest']:.0f} MB at rest, {run['megabytes_after_load']:.0f} MB after",
            f"first view {total / 1000:.1f} kB: "
            + ", ".join(f"{k} {v / 1000:.1f}" for k, v in view.items())
            + f"; without fonts {(total - view.get('woff2', 0)) / 1000:.1f} kB"
            + f"; with every font that any page uses {(total - view.get('woff2', 0) + run['all_fonts']) / 1000:.1f} kB",
        )
    )


def time_import(files: list[Path], engine: str) -> dict[str, Any]:
    """Time `flask import-units` on real registers, from an empty database; then once more, when nothing is new."""
    with tempfile.TemporaryDirectory() as folder, engines.empty(engine, Path(folder)) as address:
        engines.close()
        environ = {**os.environ, **environment(Path(folder), address)}
        command = [sys.executable, "-m", "flask", "--app", "app", "import-units", "--yes", *map(str, files)]
        taken = []
        for _ in range(2):
            began = time.perf_counter()
            done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
            taken.append(time.perf_counter() - began)
            if done.returncode:
                raise SystemExit(f"import-units failed:\n{done.stdout[-1500:]}{done.stderr[-1500:]}")
        database.configure(address)
        with database.connection():
            (units,) = database.rows("SELECT COUNT(*) FROM unit")[0]
        engines.close()
    print(f"\nimport on {engine}: {units:,} units in {taken[0]:.1f} s; again: {taken[1]:.1f} s", flush=True)
    return {"engine": engine, "units": units, "seconds": taken[0], "again_seconds": taken[1]}


def arguments() -> argparse.Namespace:
    """Read what is wanted."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--units", type=int, nargs="+", default=SIZES, help="sizes of the fictional directory")
    parser.add_argument("--engines", nargs="+", choices=engines.ENGINES, default=engines.ENGINES)
    parser.add_argument("--seconds", type=float, default=1.0, help="length of each measurement")
    parser.add_argument("--rounds", type=int, default=2, help="how often each is measured; the best counts")
    parser.add_argument("--import", dest="files", type=Path, nargs="+", default=[], help="real registers to import")
    parser.add_argument("--quick", action="store_true", help="298 units on SQLite, one short round")
    given = parser.parse_args()
    if given.quick:
        given.units, given.engines, given.seconds, given.rounds = [298], ["sqlite"], 0.7, 1
    return given


def main() -> None:
    """Measure, print, keep."""
    given = arguments()
    began = datetime.now(UTC)
    where = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{where}; gunicorn gthread, {WORKERS} workers × {THREADS} threads; load from the same machine; times in ms")
    runs = [run for units in given.units for run in run_size(units, given)]
    imports = [time_import(given.files, engine) for engine in given.engines] if given.files else []
    print("\n" + "\n".join(report.growth(runs)))
    figures = {"began": began.isoformat(timespec="seconds"), "where": where, "runs": runs, "imports": imports}
    print(f"All figures: {report.keep(figures).relative_to(ROOT)}")


if __name__ == "__main__":
    main()

"""Prints the figures as tables and keeps them as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent / "results"
HEAD = ("page", "req/s", "CPU ms", "p50", "p99", "p99/p50", "p50", "p95", "p99", "of", "req/s", "CPU")
UNDER = ("", "8 conn.", "each", "1 conn.", "1 conn.", "1 conn.", "8 conn.", "8 conn.", "8 conn.", "", "ratio", "ratio")


def table(lines: list[dict[str, Any]]) -> str:
    """Write the lines of one database as a table, each beside its yardstick."""
    by_name = {line["name"]: line for line in lines}
    yards = {"hello": by_name["hello"], "floor": by_name["floor: 50 rows"]}
    cells = [HEAD, UNDER, *(_cells(line, yards[line["yardstick"]]) for line in lines)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(HEAD))]
    return "\n".join("  ".join(map(_aligned, row, widths, range(len(HEAD)))) for row in cells)


def _aligned(cell: str, width: int, at: int) -> str:
    return cell.rjust(width) if at else cell.ljust(width)


def _cells(line: dict[str, Any], yard: dict[str, Any]) -> tuple[str, ...]:
    return (
        line["name"],
        f"{line['rate']:,.0f}",
        f"{line['cpu_ms']:.2f}",
        f"{line['one_p50']:.1f}",
        f"{line['one_p99']:.1f}",
        f"{line['one_p99'] / line['one_p50']:.1f}",
        f"{line['p50']:.1f}",
        f"{line['p95']:.1f}",
        f"{line['p99']:.1f}",
        line["yardstick"],
        f"{line['rate'] / yard['rate']:.0%}",
        f"{yard['cpu_ms'] / line['cpu_ms']:.0%}" if line["cpu_ms"] else "-",
    )


def growth(runs: list[dict[str, Any]]) -> list[str]:
    """Tell how the suggestions' p95 grows with the number of units, engine by engine."""
    said = []
    for engine in dict.fromkeys(run["engine"] for run in runs):
        found = {
            run["units"]: next(line["one_p95"] for line in run["lines"] if line["name"] == "suggestions")
            for run in runs
            if run["engine"] == engine
        }
        first, *more = sorted(found.items())
        said += [
            f"suggestions p95 on {engine}: {before:.1f} ms at {fewer:,} units, {after:.1f} ms at {units:,}:"
            f" × {after / before:.1f}"
            for (fewer, before), (units, after) in zip([first, *more], more, strict=False)
        ]
    return said


def keep(figures: dict[str, Any]) -> Path:
    """Write everything to a new JSON file and give its path."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{figures['began'].replace(':', '')}.json"
    path.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path

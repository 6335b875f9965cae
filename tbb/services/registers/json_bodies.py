"""JSON as registers save it: one body, a list of them, bodies in wrappers and pages, or one a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from tbb.services.registers.records import NotUnderstood, RowError

DEEPEST = 8


def load(text: str, file: str) -> tuple[list[tuple[int, Any]], tuple[RowError, ...]] | None:
    """Give each top value with its line, and the lines that are broken; None when this is not JSON at all.

    Raises NotUnderstood for a file that begins as JSON but breaks off.
    """
    start = text.lstrip()[:1]
    if start not in ("{", "["):
        return None
    try:
        return [(1, json.loads(text))], ()
    except (json.JSONDecodeError, RecursionError) as problem:
        found = _json_lines(text, file)
        if found is None:
            line = getattr(problem, "lineno", 1)
            reason = f"Filen börjar som JSON men går inte att läsa. Felet finns på rad {line}."
            raise NotUnderstood(file, reason) from None
        return found


def _json_lines(text: str, file: str) -> tuple[list[tuple[int, Any]], tuple[RowError, ...]] | None:
    bodies, errors = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            bodies.append((number, json.loads(line)))
        except (json.JSONDecodeError, RecursionError):
            errors.append(RowError(file, number, "", "Raden är inte hel JSON. Den är inte läst."))
    # A single broken object also has a line or two that happen to parse; most lines must.
    if len(bodies) < 1 or len(bodies) < len(errors) or not all(isinstance(body, dict) for _line, body in bodies):
        return None
    return bodies, tuple(errors)


def objects(value: Any, wanted: Callable[[dict], bool], depth: int = 0) -> Iterator[dict]:
    """Find the objects that are wanted, however they are wrapped; what is inside them is left alone."""
    if depth > DEEPEST:
        return
    if isinstance(value, dict):
        if wanted(value):
            yield value
            return
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from objects(item, wanted, depth + 1)


def part(value: Any, *path: str) -> Any:
    """Walk into objects; None where the path ends early."""
    for step in path:
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value

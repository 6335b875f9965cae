"""Promises about the code itself: its layers, its names, its size, and what it never says."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = ("tbb", "tests", "bench", "tools", "frontend")
MODULES = sorted(path for folder in OURS for path in (ROOT / folder).rglob("*.py") if "node_modules" not in path.parts)
OPENED = [path for path in MODULES if path.stat().st_size]
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "stuff"}
MOST_LINES = 400
# Put together from parts, so that this file does not say them itself.
NEVER_SAID = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "no" + "qa", r"type:\s*ig" + "nore", "no " + "cover")))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_each_layer_knows_only_those_below_it():
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", OPENED, ids=name_of)
def test_every_module_opens_with_a_sentence(path):
    told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert told, f"{name_of(path)} does not say what it is for"
    first = told.splitlines()[0]
    assert first.endswith((".", ":", "!", "?")), f"{name_of(path)} opens with half a sentence: {first}"


def test_no_module_is_named_for_nothing():
    assert [name_of(path) for path in MODULES if path.stem in SAYS_NOTHING] == []


def test_no_module_grows_beyond_reading():
    lines = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    too_long = {name: count for name, count in lines.items() if count > MOST_LINES * 1.1}
    assert too_long == {}, f"more than about {MOST_LINES} lines"


def test_nothing_is_left_for_later_or_hushed_up():
    found = [
        f"{name_of(path)}:{number}: {line.strip()}"
        for path in MODULES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if NEVER_SAID.search(line)
    ]
    assert found == []


def test_the_front_door_is_the_only_other_module_at_the_top():
    assert sorted(path.name for path in ROOT.glob("*.py")) == ["app.py", "gunicorn.conf.py"]


def test_only_the_clock_asks_what_time_it_is():
    """By the name of the call; tests and benchmarks may ask as they like."""
    asks = re.compile(r"\b(?:datetime|date)\.(?:now|utcnow|today)\(")
    found = [
        name_of(path)
        for path in (ROOT / "tbb").rglob("*.py")
        if path.name != "clock.py" and asks.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []

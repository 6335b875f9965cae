"""docs/data-protection.md names every column that is stored, and names none that is not."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

from peewee import AutoField

from tbb.models import ALL_MODELS

DOCUMENT = Path(__file__).parents[2] / "docs" / "data-protection.md"
OF_CHILDREN = ("tbb.models.cases", "tbb.models.wheels", "tbb.models.consents", "tbb.models.retention")
"""Where what is said of children is stored: here each column is named by itself."""


def columns() -> dict[tuple[str, str], str]:
    """Every stored column but the numbers of rows: {(table, field): module of its model}."""
    return {
        (model._meta.table_name, field.name): model.__module__
        for model in ALL_MODELS
        for field in model._meta.sorted_fields
        if not isinstance(field, AutoField)
    }


def named() -> list[tuple[str, str]]:
    """Every (table, field or pattern) in the first cells of the document's tables."""
    found = []
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        table = ""
        for code in re.findall(r"`([^`]+)`", line.split("|")[1]) if line.startswith("| `") else ():
            head, dot, rest = code.partition(".")
            table = head if dot else table
            found.append((table, rest if dot else head))
    return found


def test_every_column_is_named_with_its_purpose():
    told = named()
    missing = [
        f"{table}.{field}"
        for (table, field), module in columns().items()
        if not any(
            table == place and (fnmatch(field, name) if module not in OF_CHILDREN else field == name)
            for place, name in told
        )
    ]
    assert not missing, f"Name these in {DOCUMENT.name}: purpose, who sees it, how long, sealed: {', '.join(missing)}"


def test_nothing_is_named_that_is_not_stored():
    known = columns()
    gone = [
        f"{table}.{name}"
        for table, name in named()
        if not any(table == place and fnmatch(field, name) for place, field in known)
    ]
    assert not gone, f"{DOCUMENT.name} names what is not stored: {', '.join(gone)}"


def test_no_column_of_a_row_is_left_empty():
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if line.startswith("| `"):
            assert all(cell.strip() for cell in line.strip("|").split("|")), line[:80]

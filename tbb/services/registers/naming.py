"""Addresses and labels: short, stable slugs of plain letters, and the school a split unit belongs to."""

from __future__ import annotations

import re
from collections.abc import Container
from functools import lru_cache

from tbb.models.folding import fold

LONGEST = 80


def slug_base(label: str, place: str) -> str:
    """Make "nackrosskolan-flen" of a name and a place; the place is left out when the name ends with it."""
    name, where = fold(label).replace(" ", "-"), _place_slug(place)
    if len(name) > LONGEST:
        name = name[:LONGEST].rsplit("-", 1)[0]
    if where and name != where and not name.endswith(f"-{where}"):
        name = f"{name}-{where}" if name else where
    return name[:110].strip("-") or "enhet"


@lru_cache(maxsize=4096)
def _place_slug(place: str) -> str:
    return fold(place).replace(" ", "-")


def free_slug(base: str, taken: Container[str]) -> str:
    """Give the base, or the base with the first number from 2 that nobody has."""
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


def school_in_name(name: str) -> str | None:
    """Give "Exempelgymnasiet" for its units "Exempelgymnasiet 2", "… EX 1N" and "… EX3N"; None for other names."""
    match = re.fullmatch(r"(.{6,}?)\s+[A-ZÅÄÖ]{0,3}\s?[0-9]{1,2}[A-ZÅÄÖ]{0,2}", name)
    return match[1].rstrip(" ,-–") if match else None

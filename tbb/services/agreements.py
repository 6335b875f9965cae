"""The agreement that independent organisations accept: every version kept as it was, word for word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "agreements"
CURRENT = max(int(path.stem) for path in FOLDER.glob("*.md"))
"""The version that is offered now. A new text is a new file; an old one is never changed."""


@dataclass(frozen=True)
class Block:
    """A part of the text: a heading, a paragraph or a list, with one line or several."""

    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Agreement:
    """One version of the agreement, with the day from which it is offered."""

    version: int
    title: str
    offered_from: date
    blocks: tuple[Block, ...]


@lru_cache(maxsize=16)
def agreement(version: int) -> Agreement:
    """Read a version; raise FileNotFoundError when there has been none of that number."""
    parts = (FOLDER / f"{version:d}.md").read_text(encoding="utf-8").strip().split("\n\n")
    return Agreement(
        version=version,
        title=parts[0].removeprefix("# "),
        offered_from=date.fromisoformat(parts[1]),
        blocks=tuple(map(_block, parts[2:])),
    )


def _block(part: str) -> Block:
    lines = tuple(part.splitlines())
    if lines[0].startswith("## "):
        return Block("heading", (lines[0].removeprefix("## "),))
    if lines[0].startswith("- "):
        return Block("list", tuple(line.removeprefix("- ") for line in lines))
    return Block("paragraph", (" ".join(lines),))

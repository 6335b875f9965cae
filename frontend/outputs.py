"""Writes the built files, compresses them, and remembers what they were built from."""

import gzip
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import brotli

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "tbb" / "static"
VENDOR = STATIC / "vendor"
STAMP = VENDOR / "stamp.json"
COMPRESSIBLE = {".css", ".js", ".svg", ".txt", ".json"}


class BuildError(Exception):
    """Something the person who builds can put right; the text says what."""


def digest(paths: Iterable[Path], *extra: str) -> str:
    """One fingerprint of the contents and names of files, and of texts."""
    total = hashlib.sha256()
    for path in sorted(set(paths)):
        if not path.is_file():
            raise BuildError(f"The file {path.relative_to(ROOT)} is missing.")
        total.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for text in extra:
        total.update(text.encode() + b"\0")
    return total.hexdigest()[:32]


def read_stamp() -> dict[str, str]:
    """What each step was last built from."""
    try:
        return json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def write_stamp(stamp: dict[str, str]) -> None:
    """Remember what each step was built from."""
    write(STAMP, json.dumps(stamp, indent=1, sort_keys=True) + "\n")


def write(path: Path, content: str | bytes) -> None:
    """Write a file in whole, so that a server reading it never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(content.encode() if isinstance(content, str) else content)
    part.replace(path)


def served_files() -> list[Path]:
    """Every file that is worth compressing: the built ones and our own scripts and pictures."""
    folders = (VENDOR, STATIC / "js", STATIC / "img")
    found = (path for folder in folders if folder.is_dir() for path in folder.rglob("*"))
    return sorted(path for path in found if path.suffix in COMPRESSIBLE and path != STAMP)


def compressed(path: Path) -> tuple[Path, Path]:
    """Where the Brotli and gzip copies of a file lie."""
    return path.with_name(path.name + ".br"), path.with_name(path.name + ".gz")


def compress(path: Path) -> None:
    """Lay the smallest possible Brotli and gzip copies beside a file."""
    content, (small, older) = path.read_bytes(), compressed(path)
    write(small, brotli.compress(content, quality=11))
    # No time stamp: the same file always gives the same copy.
    write(older, gzip.compress(content, compresslevel=9, mtime=0))


def drop_leftovers() -> None:
    """Remove compressed copies whose file is gone."""
    for folder in (VENDOR, STATIC / "js", STATIC / "img"):
        for copy in [*folder.rglob("*.br"), *folder.rglob("*.gz")]:
            if not copy.with_suffix("").exists():
                copy.unlink()

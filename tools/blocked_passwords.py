"""Makes tbb/services/data/blocked-passwords.bin from a list of common passwords, and checks that it holds them.

python -m tools.blocked_passwords make LIST     one password a line, the commonest first
python -m tools.blocked_passwords check LIST    are the 3,000 commonest that are long enough all refused?
"""

from __future__ import annotations

import sys
from pathlib import Path

from tbb.services import passwords

CHECKED = 3_000


def long_enough(path: Path) -> list[str]:
    """Read the passwords of a list that fit our length rule, in the list's order."""
    lines = path.read_text(encoding="utf-8", errors="ignore").splitlines()
    return [line for line in lines if passwords.SHORTEST <= len(line) <= passwords.LONGEST]


def make(path: Path) -> None:
    """Write the sorted marks of every password that is long enough."""
    marks = sorted({passwords.mark(word) for word in long_enough(path)})
    passwords.BLOCKED.write_bytes(b"".join(marks))
    print(f"{len(marks)} passwords, {passwords.BLOCKED.stat().st_size} bytes")


def check(path: Path) -> None:
    """Print how many of the commonest are refused, by the list and by the rules alone."""
    words = long_enough(path)[:CHECKED]
    refused = sum(passwords.weakness(word) != "" for word in words)
    by_rules = sum(passwords.is_guessable(word) for word in words)
    print(f"refused {refused}/{len(words)}; by the rules alone {by_rules}/{len(words)}")
    sys.exit(refused != len(words))


if __name__ == "__main__":
    {"make": make, "check": check}[sys.argv[1]](Path(sys.argv[2]))

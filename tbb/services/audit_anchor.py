"""The head of the audit's chain, sent outside the server every hour: only so it shows when the end is cut off."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from tbb import clock
from tbb.database import one_at_a_time, rows, transaction
from tbb.models import Anchor
from tbb.services import audit, letters
from tbb.settings import Settings

EVERY = timedelta(minutes=55)
OLDEST = timedelta(hours=2)
LINE = re.compile(r"\S+ row=(?P<row>\d+) count=(?P<count>\d+) digest=(?P<digest>\S+)")


def anchor(settings: Settings) -> Anchor | None:
    """Send the chain's head outside, to the file and the address of the settings; None when there is no row yet."""
    made = _next()
    if made is None:
        return None
    if settings.anchor_file is not None:
        append(settings.anchor_file, line_of(made))
    return _keep(made, settings.anchor_email)


def anchor_if_due(settings: Settings) -> Anchor | None:
    """Anchor once an hour, however often it is asked to; OSError when the file cannot be written."""
    latest = latest_at()
    if not is_wanted(settings) or (latest is not None and clock.now() - latest < EVERY):
        return None
    return anchor(settings)


def is_wanted(settings: Settings) -> bool:
    """Whether the settings name a place outside the server."""
    return settings.anchor_file is not None or bool(settings.anchor_email)


def latest_at() -> datetime | None:
    """Tell when the head was last sent outside."""
    latest = Anchor.select(Anchor.sent_at).order_by(Anchor.id.desc()).first()
    return latest.sent_at if latest else None


def verify(anchor_file: Path | None = None) -> audit.Verdict:
    """Walk the whole chain and hold it to every anchor: those of the database, and those of the file outside."""
    known: dict[int, tuple[int, str]] = {}
    for row, count, digest in (*_kept(), *_written(anchor_file)):
        if known.setdefault(row, (count, digest)) != (count, digest):
            return audit.Verdict(0, 0, row, "two anchors disagree about it")
    return audit.verify(known)


def append(path: Path, line: str) -> None:
    """Add a line to a file and wait until it is on its disk; OSError when that cannot be."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, f"{line}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def line_of(made: Anchor) -> str:
    """Write an anchor as one line: moment, row, number of rows and digest."""
    return f"{made.sent_at:%Y-%m-%dT%H:%M:%SZ} row={made.row} count={made.count} digest={made.digest}"


@transaction
def _next() -> Anchor | None:
    """Read the head while nobody writes, so that row and count belong together."""
    one_at_a_time("audit")
    head = rows("SELECT id, digest FROM audit_row ORDER BY id DESC LIMIT 1")
    if not head:
        return None
    count = rows("SELECT COUNT(*) FROM audit_row")[0][0]
    return Anchor(row=head[0][0], digest=head[0][1], count=count, sent_at=clock.now())


@transaction
def _keep(made: Anchor, email: str) -> Anchor:
    made.save()
    if email:
        letters.write(f"anchor:{made.id}", email, "anchor", {"line": line_of(made)}, rather_twice=True)
    return made


def _kept() -> list[tuple[int, int, str]]:
    return rows('SELECT "row", count, digest FROM anchor ORDER BY id')


def _written(path: Path | None) -> Iterator[tuple[int, int, str]]:
    """Read the anchors of the file; a line that is none is passed over, for people may write there too."""
    if path is None or not path.exists():
        return
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if found := LINE.fullmatch(line.strip()):
            yield int(found["row"]), int(found["count"]), found["digest"]

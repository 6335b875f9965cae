"""Whether everything that must be right is right, one finding for each."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from tbb import clock, database, migrations
from tbb.crypto import CannotOpen
from tbb.database import on_postgresql, rows
from tbb.models import Letter
from tbb.services import audit_alarms, audit_anchor, doomed_keys, site
from tbb.settings import Settings

LEAST_FREE_BYTES = 500 * 2**20
OVERDUE = timedelta(minutes=10)
"""For so long a letter may be due before somebody should look at the worker."""
PRAGMAS_WANTED = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": 10_000,
    "secure_delete": 1,
}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    well: bool
    words: str


def findings(settings: Settings) -> Iterator[Finding]:
    """Look at everything that must be right."""
    yield _engine()
    if not on_postgresql():
        yield from _pragmas()
    waiting = migrations.pending()
    yield Finding("migrations", not waiting, "all applied" if not waiting else f"run flask migrate ({len(waiting)})")
    if not waiting:
        yield from _content(settings)
    yield from _surroundings(settings)


def _engine() -> Finding:
    version = rows("SELECT version()" if on_postgresql() else "SELECT 'SQLite ' || sqlite_version()")[0][0]
    return Finding("database", True, " ".join(version.split()[:2]))


def _pragmas() -> Iterator[Finding]:
    for name, wanted in PRAGMAS_WANTED.items():
        found = rows(f"PRAGMA {name}")[0][0]
        yield Finding(f"pragma {name}", found == wanted, f"{found}" if found == wanted else f"{found}, wanted {wanted}")
    intact = rows("PRAGMA quick_check(1)")[0][0]
    yield Finding("database file", intact == "ok", intact)


def _content(settings: Settings) -> Iterator[Finding]:
    demo = site.holds_demo_data()
    wrong = demo and settings.production
    yield Finding("demo data", not wrong, "in production: refuse it" if wrong else "yes" if demo else "none")
    yield from _audit(settings)
    yield from _letters()
    yield from _case_keys(settings)


def _audit(settings: Settings) -> Iterator[Finding]:
    """Whether the chain is whole, its head is sent outside, and somebody is told of alarms."""
    found = audit_anchor.verify(settings.anchor_file)
    whole = f"whole, {found.rows} rows"
    yield Finding(
        "audit chain", found.broken is None, whole if found.broken is None else f"broken at row {found.broken}"
    )
    latest = audit_anchor.latest_at()
    wanted = audit_anchor.is_wanted(settings)
    fresh = latest is not None and clock.now() - latest < audit_anchor.OLDEST
    words = f"the last at {latest:%Y-%m-%d %H:%M} UTC" if latest else "none yet"
    words = words if wanted else "no place outside is named: set TBB_ANCHOR_FILE or TBB_ANCHOR_EMAIL"
    yield Finding("audit anchors", not settings.production or (wanted and (fresh or not found.rows)), words)
    told = bool(settings.alarm_email or audit_alarms.reviewers())
    words = "somebody is told" if told else "nobody is told: set TBB_ALARM_EMAIL or appoint a reviewer"
    yield Finding("audit alarms", told or not settings.production, words)


def _case_keys(settings: Settings) -> Iterator[Finding]:
    """Whether the cases' keys are there, for their owner alone, and doomed ones are destroyed in time."""
    try:
        found = doomed_keys.look()
    except CannotOpen as problem:
        yield Finding("case keys", False, str(problem))
        return
    path = settings.case_keys
    shut = not path.exists() or stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    words = f"{found.keys} keys" if shut else "others than its owner may read the file: chmod 600"
    if found.without:
        words = f"{found.without} cases and wheels lack theirs: see docs/operations.md, section 5"
    yield Finding("case keys", shut and not found.without, words)
    words = f"{found.late} wait since more than a day: is the worker running?" if found.late else "destroyed in time"
    yield Finding("doomed keys", not found.late, words)


def _letters() -> Iterator[Finding]:
    """Whether letters wait for a person to decide, and whether those that could leave do."""
    stuck = rows("SELECT COUNT(*) FROM letter WHERE state IN ('failed', 'unsure', 'held')")[0][0]
    yield Finding(
        "letters", not stuck, "none stuck" if not stuck else f"{stuck} failed, unsure or held: /arbetsyta/brev"
    )
    since = Letter.next_at.db_value(clock.now() - OVERDUE)
    overdue = rows("SELECT COUNT(*) FROM letter WHERE state = 'queued' AND next_at < ?", (since,))[0][0]
    words = (
        "none overdue"
        if not overdue
        else f"{overdue} overdue by more than 10 minutes: is the worker running, does the mail server answer?"
    )
    yield Finding("outbox", not overdue, words)


def _surroundings(settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(settings.instance).free
    yield Finding("disk", free > LEAST_FREE_BYTES, f"{free // 2**20} MiB free")
    ring = database.keyring()
    opened = ring.open(ring.seal("x", "check"), "check") == "x"
    yield Finding("sealing keys", opened, f"newest is number {ring.newest}")
    yield Finding("secret key", len(settings.secret_key) >= 32, f"{len(settings.secret_key)} characters")
    mail = settings.smtp_url or not settings.production
    yield Finding("mail", bool(mail), "a server is set" if settings.smtp_url else "letters are kept here, unsent")

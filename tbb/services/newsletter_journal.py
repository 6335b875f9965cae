"""A small journal beside the database of newsletter letters that have left: an older backup sends none again."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from tbb import clock
from tbb.database import load, rows, transaction
from tbb.models import Letter, Newsletter, NewsletterLetter, Subscriber
from tbb.services import letters, newsletter_sending, readers
from tbb.services.letters import State

FOLDER = "newsletters-sent"
BEGUN, ENDED, RETURNED = "b", "e", "r"
"""The words of a letter are about to leave; the mail server has taken them; it has said no to them."""
BOOT = Path("/proc/sys/kernel/random/boot_id")
"""Changes when the machine starts: since then every line that was written can be read, though it may not be on disk."""
SETTLED = (State.SENT, State.KEPT, State.STOPPED, State.BOUNCED)


def note(folder: Path, dedupe: str, mark: str) -> bool:
    """Write down that a letter begins to leave, or has left; letters of other kinds are passed over: False."""
    kind, _, rest = dedupe.partition(":")
    key, _, digest = rest.partition(":")
    if kind != newsletter_sending.TEMPLATE or not digest:
        return False
    path = _path(folder, key)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    kept = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(kept, f"{mark} {digest}{f' {_boot()}' if mark == BEGUN else ''}\n".encode())
    finally:
        os.close(kept)
    return True


def replay(folder: Path) -> int:
    """When the worker starts, let the database know of letters that have left; tell how many it did not know of."""
    found = 0
    for newsletter in load(Newsletter, "state NOT IN ('sent', 'added')"):
        told, boot = _read(_path(folder, newsletter.key))
        if told or boot:
            found += _let_know(newsletter, told, sure=boot != "" and boot == _boot())
    return found


@transaction
def _let_know(newsletter: Newsletter, told: dict[str, str], *, sure: bool) -> int:
    """Put the database right. `sure` says that all was written down: what is not there has not begun to leave."""
    found = 0
    known = {
        digest: (dedupe, state, attempts)
        for digest, dedupe, state, attempts in rows(
            "SELECT n.digest, n.dedupe, l.state, l.attempts FROM newsletter_letter n"
            " JOIN letter l ON l.dedupe = n.dedupe WHERE n.newsletter_id = ?",
            (newsletter.id,),
        )
    }
    for digest, mark in told.items():
        _dedupe, state, attempts = known.get(digest, ("", None, 0))
        if state is None:
            _add(newsletter, digest, mark)
        elif not _correct(newsletter, digest, mark, State(state), attempts):
            continue
        found += 1
    for digest, (dedupe, state, _attempts) in known.items():
        if sure and state == State.SENDING and digest not in told:
            Letter.update(state=State.QUEUED, leased_until=None).where(Letter.dedupe == dedupe).execute()
    return found


def _add(newsletter: Newsletter, digest: str, mark: str) -> None:
    """Write down a letter that the database has never heard of."""
    dedupe, moment = newsletter_sending.dedupe_of(newsletter.key, digest), clock.now()
    NewsletterLetter.insert(
        newsletter=newsletter, digest=digest, dedupe=dedupe, at=moment
    ).on_conflict_ignore().execute()
    reader = next(iter(load(Subscriber, "digest = ?", (digest,))), None)
    if reader is not None and newsletter.rendered:
        newsletter_sending.put_in_outbox(newsletter, reader)
        _settle(dedupe, mark)


def _correct(newsletter: Newsletter, digest: str, mark: str, state: State, attempts: int) -> bool:
    """Put right where the database believes a letter to be; False when it is right."""
    if state in SETTLED or (mark == BEGUN and (state == State.UNSURE or _was_tried_again(state, attempts))):
        return False
    _settle(newsletter_sending.dedupe_of(newsletter.key, digest), mark)
    return True


def _was_tried_again(state: State, attempts: int) -> bool:
    """Whether the mail server said no after its words had begun to leave: then it is rightly in the queue."""
    return attempts > 0 and state not in (State.CLAIMED, State.SENDING)


def _settle(dedupe: str, mark: str) -> None:
    gone = {"state": State.SENT, "sent_at": clock.now(), "facts": None}
    after = gone if mark == ENDED else {"state": State.UNSURE, "last_problem": "cut off"}
    Letter.update(leased_until=None, **after).where(Letter.dedupe == dedupe).execute()


def forget_old(folder: Path) -> None:
    """Remove journals that nothing has been written in for as long as letters are remembered."""
    oldest = (clock.now() - letters.REMEMBERED).timestamp()
    for path in (folder / FOLDER).glob("*.log"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def _path(folder: Path, key: str) -> Path:
    return folder / FOLDER / f"{key}.log"


def _read(path: Path) -> tuple[dict[str, str], str]:
    """What a journal says of each mark, and since when; a line that was cut off counts for nothing."""
    begun: dict[str, int] = {}
    ended, boot = set(), ""
    try:
        lines = path.read_text(encoding="ascii", errors="replace").split("\n")[:-1]
    except FileNotFoundError:
        return {}, ""
    for line in lines:
        mark, digest, *since = line.split(" ") if line.count(" ") else ("", "")
        if len(digest) != readers.DIGEST:
            continue
        if mark == ENDED:
            ended.add(digest)
        elif mark in (BEGUN, RETURNED):
            # Only the words that were said no to are undone: those of an earlier try may have arrived.
            begun[digest] = begun.get(digest, 0) + (1 if mark == BEGUN else -1)
            boot = since[0] if since else boot
    return {digest: BEGUN for digest, tries in begun.items() if tries > 0} | dict.fromkeys(ended, ENDED), boot


@lru_cache(maxsize=1)
def _boot() -> str:
    try:
        return BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""

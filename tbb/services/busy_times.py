"""When those who sign in are busy by their own calendar: its address and its times are sealed, and hold no words."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from tbb import clock
from tbb.database import keyring, load, one_at_a_time, rows, transaction
from tbb.models import BusySource
from tbb.policy import Actor, Permission, Place, require
from tbb.services import audit
from tbb.services.busy_fetching import Fetcher, NotFetched, is_allowed
from tbb.services.busy_reading import NotACalendar, Span, busy
from tbb.settings import Settings

AHEAD = timedelta(days=60)
OLD = timedelta(hours=26)
"""Times that were fetched longer ago than this tell nothing any more."""
MOST_SPANS = 3000
EVERY = timedelta(minutes=55)
BUDGET_SECONDS = 15.0
"""So long is fetched in one go: letters wait meanwhile. The rest is fetched a few minutes later."""
_DUE = """
    SELECT b.id FROM busy_source b JOIN account a ON a.id = b.account_id
    WHERE a.state = 'active' AND (b.tried_at IS NULL OR b.tried_at < ?)
    ORDER BY b.tried_at IS NOT NULL, b.tried_at, b.id
"""


class NotAllowed(Exception):
    """The address is not of a calendar service that the county has named."""


@dataclass(frozen=True)
class Own:
    """One's own source: at which host, when it was fetched, and what went wrong last."""

    host: str
    fetched_at: datetime | None
    problem: str


def own(actor: Actor) -> Own | None:
    """Show one's own source, without its secret address; None when there is none. Raises Refused."""
    require(actor, Permission.OWN_CALENDAR)
    found = load(BusySource, "account_id = ?", (actor.account,))
    return Own(urlsplit(_url(found[0])).hostname or "", found[0].fetched_at, found[0].problem) if found else None


@transaction
def save(actor: Actor, url: str, hosts: tuple[str, ...]) -> None:
    """Keep the address of one's own calendar, sealed; an older one and its times are gone.

    Raises Refused and NotAllowed.
    """
    require(actor, Permission.OWN_CALENDAR)
    if not is_allowed(url, hosts):
        raise NotAllowed
    one_at_a_time(f"busy source {actor.account}")
    BusySource.delete().where(BusySource.account == actor.account).execute()
    BusySource.create(account=actor.account, url=keyring().seal(url, f"busy_source.url:{actor.account}"))
    _note(actor, "calendar:save-source")


@transaction
def remove(actor: Actor) -> bool:
    """Forget one's own calendar and its times; False when there is none. Raises Refused."""
    require(actor, Permission.OWN_CALENDAR)
    done = BusySource.delete().where(BusySource.account == actor.account).execute()
    if done:
        _note(actor, "calendar:remove-source")
    return bool(done)


def of(account: int, starts: datetime, ends: datetime) -> list[Span]:
    """When somebody is busy by their own calendar between two moments; nothing when it is not known."""
    found = load(BusySource, "account_id = ? AND busy IS NOT NULL", (account,))
    if not found or found[0].fetched_at is None or clock.now() - found[0].fetched_at > OLD:
        return []
    told = json.loads(keyring().open(bytes(found[0].busy), f"busy_source.busy:{account}"))
    spans = [(datetime.fromisoformat(first), datetime.fromisoformat(last)) for first, last in told]
    return meet(spans, starts, ends)


def meet(spans: list[Span], starts: datetime, ends: datetime) -> list[Span]:
    """Those of some spans that take of the time between two moments."""
    return [(first, last) for first, last in spans if first < ends and last > starts]


def fetch_due(settings: Settings) -> int:
    """Fetch the calendars that were not tried for an hour; tell how many were read. Where no host is named, none is.

    An address at a host that is named no longer is not called, and what it told is forgotten.
    """
    if not settings.calendar_hosts:
        return 0
    fetcher, read, begun = Fetcher(settings.calendar_hosts), 0, time.monotonic()
    due = rows(_DUE, (BusySource.tried_at.db_value(clock.now() - EVERY),))
    for (number,) in due:
        if time.monotonic() - begun > BUDGET_SECONDS:
            break
        read += fetch_one(number, fetcher)
    return read


def fetch_one(number: int, fetcher: Fetcher) -> bool:
    """Fetch one calendar and keep when its owner is busy; False when that could not be done."""
    source, moment, spans, problem = BusySource.get_by_id(number), clock.now(), [], ""
    try:
        spans = busy(fetcher.fetch(_url(source)), moment, moment + AHEAD)[:MOST_SPANS]
    except NotFetched as fault:
        problem = str(fault)
    except NotACalendar:
        problem = "no calendar"
    _keep(source, spans, moment, problem)
    return not problem


@transaction
def _keep(source: BusySource, spans: list[Span], moment: datetime, problem: str) -> None:
    """Keep what was found; after a fault what is known stays, until it is too old to be believed."""
    changed: dict[str, object] = {"problem": problem[:40], "tried_at": moment}
    if not problem:
        told = json.dumps([[first.isoformat(), last.isoformat()] for first, last in spans])
        changed |= {"busy": keyring().seal(told, f"busy_source.busy:{source.account_id}"), "fetched_at": moment}
    elif problem == "elsewhere":
        changed |= {"busy": None}
    BusySource.update(**changed).where(BusySource.id == source.id).execute()


def _url(source: BusySource) -> str:
    return keyring().open(bytes(source.url), f"busy_source.url:{source.account_id}")


def _note(actor: Actor, action: str) -> None:
    audit.record(actor, action, "account", actor.account, place=Place(about=actor.account), fields=("calendar",))

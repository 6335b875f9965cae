"""Urgent messages on the start page, from one moment until another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tbb import clock
from tbb.database import load, one_at_a_time, rows, transaction
from tbb.models import Banner
from tbb.policy import Actor, Permission, Place, may, require
from tbb.services import audit, content_shelf, versions

MOST_LISTED = 50
TURN = "banners:turned"


@dataclass(frozen=True)
class Message:
    """A message as readers see it; `municipality` is its name, empty for the whole county."""

    text: str
    link: str
    municipality: str


@transaction
def put_up(
    actor: Actor,
    text: str,
    *,
    link: str = "",
    organizer: int | None,
    municipality: int | None = None,
    starts_at: datetime,
    ends_at: datetime,
) -> Banner:
    """Put up a message. Raises Refused."""
    place = Place(organizer=organizer)
    require(actor, Permission.PUBLISH_CONTENT, place)
    made = Banner.create(
        text=text, link=link, organizer=organizer, municipality=municipality, starts_at=starts_at, ends_at=ends_at,
        by=actor.account,
    )  # fmt: skip
    versions.bump(versions.DIRECTORY)
    audit.record(actor, "banner:put-up", "banner", made.id, place=place, fields=("text", "starts_at", "ends_at"))
    return made


@transaction
def take_down(actor: Actor, number: int) -> bool | None:
    """Take a message down before its time; False when it is down already, None when there is none within reach."""
    found = load(Banner, "id = ?", (number,))
    place = Place(organizer=found[0].organizer_id) if found else Place()
    if not found or not may(actor, Permission.PUBLISH_CONTENT, place):
        return None
    taken = Banner.update(ended_at=clock.now()).where(Banner.id == number, Banner.ended_at.is_null()).execute()
    if taken:
        versions.bump(versions.DIRECTORY)
        audit.record(actor, "banner:take-down", "banner", number, place=place, fields=("ended_at",))
    return bool(taken)


def mine(actor: Actor) -> list[Banner]:
    """List the messages within the actor's reach, the newest first."""
    require(actor, Permission.PUBLISH_CONTENT)
    where, params = content_shelf.within(actor, "banner")
    return load(Banner, f"{where} ORDER BY starts_at DESC, id DESC LIMIT {MOST_LISTED}", params)


def now_shown(municipality: str = "") -> list[Message]:
    """Give the messages that are shown now, the county's and those of a municipality when one is chosen."""
    moment = Banner.starts_at.db_value(clock.now())
    asked = (
        "SELECT b.text, b.link, COALESCE(m.name, '') FROM banner b LEFT JOIN municipality m ON m.id = b.municipality_id"
        " WHERE b.starts_at <= ? AND b.ends_at > ? AND b.ended_at IS NULL AND (m.id IS NULL OR m.slug = ? OR ? = '')"
        " ORDER BY b.starts_at DESC, b.id DESC LIMIT 3"
    )
    return [Message(*row) for row in rows(asked, (moment, moment, municipality, municipality))]


@transaction
def turn_by_time() -> None:
    """Let made pages be made anew when a message has begun or ended. The worker does it every minute."""
    one_at_a_time("banners")
    moment = clock.now()
    stored = Banner.starts_at.db_value(moment)
    asked = (
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN ends_at <= ? THEN 1 ELSE 0 END), 0) FROM banner WHERE starts_at <= ?"
    )
    begun, ended = rows(asked, (stored, stored))[0]
    now = begun * 1_000_000 + ended
    if versions.current(TURN) != now:
        versions.put(TURN, now)
        versions.bump(versions.DIRECTORY)

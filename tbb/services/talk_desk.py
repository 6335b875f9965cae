"""Booked talks as those see them who answer: who is coming, what became of it, and calling it off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tbb import clock
from tbb.database import load, rows, transaction
from tbb.models import TalkBooking
from tbb.models.meeting_kinds import TalkState
from tbb.policy import Actor, Permission, require
from tbb.services import audit, talk_hosts, talk_letters, talks
from tbb.services.talk_hosts import Host
from tbb.services.talk_letters import What
from tbb.services.talks import Contact

SHOWN = 200


class Late(Exception):
    """Somebody has settled the talk already, or it is not yet time to."""


@dataclass(frozen=True)
class Talk:
    """A booked talk with who booked it. `also` counts others to come by the same phone or e-mail and network."""

    key: str
    reference: str
    starts_at: datetime
    ends_at: datetime
    way: str
    topic: str
    language: str
    interpreter: bool
    state: str
    contact: Contact
    also: int

    @property
    def begun(self) -> bool:
        """Whether its time has come."""
        return self.starts_at <= clock.now()

    @property
    def open(self) -> bool:
        """Whether it is still booked."""
        return self.state == TalkState.BOOKED


def coming(actor: Actor, host: Host) -> list[Talk]:
    """Give the talks to come, and those that have been but are not settled, in order."""
    require(actor, Permission.HOST_TALKS, host.place)
    return [_opened(booking) for booking in _of(host, "state = 'booked' ORDER BY starts_at, id")]


def settled(actor: Actor, host: Host) -> list[Talk]:
    """Give the talks of the last two weeks that were held, cancelled, or to which nobody came; the latest first."""
    require(actor, Permission.HOST_TALKS, host.place)
    return [_opened(booking) for booking in _of(host, "state <> 'booked' ORDER BY starts_at DESC, id DESC")]


def show(actor: Actor, host: Host, key: str) -> Talk | None:
    """Give one talk; None when the host has none of that key."""
    require(actor, Permission.HOST_TALKS, host.place)
    booking = _booking(host, key)
    return _opened(booking) if booking else None


@transaction
def call_off(actor: Actor, host: Host, key: str) -> bool | None:
    """Cancel a talk as its host. True when a letter tells who booked; False when they must be called.

    None when the host has no such talk; raises Late when it is settled already or has begun.
    """
    require(actor, Permission.HOST_TALKS, host.place)
    booking = _booking(host, key)
    if booking is None:
        return None
    if booking.starts_at <= clock.now() or not talks.settle(booking, TalkState.CANCELLED):
        raise Late
    audit.record(actor, "talk:call-off", "talk", booking.reference, place=host.place, fields=("state",))
    return talk_letters.tell_guest(booking, host, What.CANCELLED_BY_HOST, talks.contact_of(booking).email)


@transaction
def settle(actor: Actor, host: Host, key: str, outcome: str) -> bool | None:
    """Say that a talk was held, or that nobody came; None when there is no such talk. Raises Late."""
    require(actor, Permission.HOST_TALKS, host.place)
    booking = _booking(host, key)
    if booking is None:
        return None
    if outcome not in (TalkState.HELD, TalkState.NO_SHOW):
        raise ValueError("A talk was held or nobody came.")
    if booking.starts_at > clock.now() or not talks.settle(booking, TalkState(outcome)):
        raise Late
    audit.record(actor, "talk:settle", "talk", booking.reference, place=host.place, fields=("state",))
    return True


def waiting(actor: Actor) -> int:
    """Count the talks that have been, and of which nobody has said what became of them."""
    found = 0
    for summary in talk_hosts.of_actor(actor):
        host = talk_hosts.find(actor, summary.slug)
        if host and host.row.id:
            moment = TalkBooking.ends_at.db_value(clock.now())
            asked = "SELECT COUNT(*) FROM talk_booking WHERE host_id = ? AND state = 'booked' AND ends_at <= ?"
            found += rows(asked, (host.row.id, moment))[0][0]
    return found


def _of(host: Host, where: str) -> list[TalkBooking]:
    return load(TalkBooking, f"host_id = ? AND {where} LIMIT {SHOWN}", (host.row.id,)) if host.row.id else []


def _booking(host: Host, key: str) -> TalkBooking | None:
    return next(iter(load(TalkBooking, "host_id = ? AND key = ?", (host.row.id, key))), None) if host.row.id else None


def _opened(booking: TalkBooking) -> Talk:
    others = rows(
        "SELECT COUNT(*) FROM talk_booking WHERE host_id = ? AND mark = ? AND state = 'booked' AND id <> ?",
        (booking.host_id, booking.mark, booking.id),
    )[0][0]
    return Talk(
        key=booking.key,
        reference=booking.reference,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        way=booking.way,
        topic=booking.topic,
        language=booking.language,
        interpreter=booking.interpreter,
        state=booking.state,
        contact=talks.contact_of(booking),
        also=others,
    )

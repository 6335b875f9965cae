"""Booking a first talk without an account: once, changed and cancelled by a personal link, and forgotten on time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from peewee import IntegrityError

from tbb import clock
from tbb.database import keyring, load, rows, transaction
from tbb.models import Letter, OneTimeToken, TalkBooking
from tbb.models.meeting_kinds import TalkState, TalkTopic
from tbb.policy import Actor, Permission, require
from tbb.services import audit, case_files, letters, limits, talk_hosts, talk_letters, tokens, wall_clock
from tbb.services.talk_hosts import Host
from tbb.services.talk_letters import PURPOSE, What
from tbb.services.talk_slots import Slot

KEPT = timedelta(days=14)
"""How long after a talk, or after it was cancelled, a booking is remembered."""
PER_SENDER, PER_SENDER_SECONDS = 20, 3600
ALL_SENDERS, ALL_SENDERS_SECONDS = 300, 3600
OPEN_PER_PERSON, OPEN_PER_NETWORK = 2, 6
"""So many talks to come may be booked with one host by the same phone or e-mail, and from one network.

Both are counted within the network alone. Counted over all networks, a refusal would tell whoever writes another's
number whether that person has booked a talk.
"""
OPEN_NETWORKS_AT_WORK = 60
"""For workshops and information many may book from behind one organisation's address."""


class Taken(Exception):
    """The time cannot be booked: somebody was quicker, or it is too late."""


class TooMany(Exception):
    """So many talks to come are booked from there already."""


class TooLate(Exception):
    """The talk can no longer be changed or cancelled by link."""


@dataclass(frozen=True)
class Contact:
    """Whom to call or write to. `workplace` is asked for workshops and information only."""

    name: str
    phone: str = ""
    email: str = ""
    workplace: str = ""


@dataclass(frozen=True)
class Wish:
    """What somebody wants to book. `reads` is the language of their page, `language` the one they want to speak."""

    slot: str
    way: str
    contact: Contact
    language: str
    interpreter: bool
    reads: str
    topic: str = TalkTopic.TALK


@dataclass(frozen=True)
class Booked:
    """A booking as its own link shows it: all but who booked it. `movable` until `until`."""

    id: int
    host: Host
    reference: str
    wall: str
    starts_at: datetime
    ends_at: datetime
    way: str
    topic: str
    language: str
    interpreter: bool
    state: str
    sequence: int
    until: datetime
    by_mail: bool

    @property
    def over(self) -> bool:
        """Whether the talk has begun."""
        return self.starts_at <= clock.now()

    @property
    def movable(self) -> bool:
        """Whether it can still be changed or cancelled by link."""
        return self.state == TalkState.BOOKED and clock.now() < self.until


def book(actor: Actor, host: Host, wish: Wish, *, sender: str, once: str) -> str:
    """Book a talk and give the secret of its personal link; the same form sent again gets a link to the same talk.

    `sender` is the network, `once` the form's random key. Raises Taken, TooMany and limits.TooOften.
    """
    require(actor, Permission.BOOK_TALK)
    mark = _form_mark(host, once)
    if link := _again(mark):
        return link
    # Looked at before anything is written, so that of many who want the same time only the first ones hold up others.
    _free(host, wish.slot, wish.way)
    _count_try(sender)
    try:
        return _book(actor, host, wish, sender, mark)
    except IntegrityError as problem:
        # Two of the same form at once, or two who want the same time: the database has let one of them in.
        if link := _again(mark):
            return link
        raise Taken from problem


def booked_already(host: Host, once: str) -> str:
    """Give a link to what a form, by its random key, has booked already; empty when it has not."""
    return _again(_form_mark(host, once)) if host.row.id else ""


def look(secret: str) -> Booked | None:
    """Find the booking of a personal link; None when the link is unknown, too old or was ended."""
    booking = _of(secret)
    return _shown(booking) if booking else None


def slots_instead(booked: Booked) -> Iterator[Slot]:
    """Give the other times that a booking can be moved to, in order, as they are asked for."""
    for slot in talk_hosts.free_slots(booked.host, beside=booked.id):
        if booked.way in slot.ways and slot.starts_at != booked.starts_at:
            yield slot


def move(actor: Actor, secret: str, slot_id: str) -> Booked | None:
    """Move a talk to another time; None when there is no such link. Raises Taken and TooLate."""
    require(actor, Permission.BOOK_TALK)
    try:
        return _move(actor, secret, slot_id)
    except IntegrityError as problem:
        raise Taken from problem


@transaction
def cancel(actor: Actor, secret: str) -> Booked | None:
    """Cancel a talk by its link; a second time changes nothing. None when there is no such link. Raises TooLate."""
    require(actor, Permission.BOOK_TALK)
    booking = _of(secret)
    if booking is None:
        return None
    shown = _shown(booking)
    if shown.state == TalkState.CANCELLED:
        return shown
    if not shown.movable:
        raise TooLate
    if not settle(booking, TalkState.CANCELLED):
        raise TooLate
    audit.record(actor, "talk:cancel", "talk", booking.reference, place=shown.host.place, fields=("state",))
    talk_letters.tell_guest(booking, shown.host, What.CANCELLED_BY_GUEST, contact_of(booking).email)
    talk_letters.tell_host(booking, shown.host, What.CANCELLED_BY_GUEST)
    return look(secret)


def settle(booking: TalkBooking, state: TalkState) -> bool:
    """Within a transaction, let a booked talk have come to something; False when it already had.

    A cancelled one is forgotten when it has been so for as long as a held one is kept, or before.
    """
    moment = clock.now()
    forget_on = min(booking.forget_on, clock.today() + KEPT) if state == TalkState.CANCELLED else booking.forget_on
    changed = (
        TalkBooking.update(state=state, settled_at=moment, forget_on=forget_on, sequence=TalkBooking.sequence + 1)
        .where(TalkBooking.id == booking.id, TalkBooking.state == TalkState.BOOKED)
        .execute()
    )
    booking.state, booking.settled_at, booking.sequence = state, moment, booking.sequence + 1
    return changed == 1


def contact_of(booking: TalkBooking) -> Contact:
    """Open who booked a talk."""
    return Contact(**json.loads(keyring().open(booking.contact, f"talk_booking.contact:{booking.key}")))


@transaction
def forget_old() -> int:
    """Remove the bookings whose time is out, with their links and letters; tell how many."""
    keys = [
        booking.key for booking in TalkBooking.select(TalkBooking.key).where(TalkBooking.forget_on <= clock.today())
    ]
    for key in keys:
        OneTimeToken.delete().where(OneTimeToken.purpose == PURPOSE, OneTimeToken.subject == key).execute()
        Letter.delete().where(
            Letter.dedupe.startswith(f"talk:{key}:"),
            Letter.state.not_in([letters.State.CLAIMED, letters.State.SENDING]),
        ).execute()
    return TalkBooking.delete().where(TalkBooking.key << keys).execute() if keys else 0


@transaction
def _count_try(sender: str) -> None:
    limits.spend("talk", sender, most=PER_SENDER, seconds=PER_SENDER_SECONDS)
    limits.spend("talk", "everybody", most=ALL_SENDERS, seconds=ALL_SENDERS_SECONDS)


@transaction
def _book(actor: Actor, host: Host, wish: Wish, sender: str, once: str) -> str:
    slot = _free(host, wish.slot, wish.way)
    network, mark = _marks(host, sender, wish.contact)
    _count_open(host, network, mark)
    key, moment = case_files.new_key(), clock.now()
    booking = TalkBooking.create(
        host=host.row.id,
        key=key,
        once=once,
        reference=case_files.new_reference("S"),
        **_times(slot),
        way=wish.way,
        topic=wish.topic,
        language=wish.language,
        interpreter=wish.interpreter,
        reads=wish.reads,
        contact=keyring().seal(json.dumps(asdict(wish.contact)), f"talk_booking.contact:{key}"),
        network=network,
        mark=mark,
        created_at=moment,
        timed_at=moment,
    )
    audit.record(actor, "talk:book", "talk", booking.reference, place=host.place, fields=("contact", "starts_at"))
    talk_letters.tell_guest(booking, host, What.BOOKED, wish.contact.email)
    talk_letters.tell_host(booking, host, What.BOOKED)
    return talk_letters.new_link(booking)


@transaction
def _move(actor: Actor, secret: str, slot_id: str) -> Booked | None:
    booking = _of(secret)
    if booking is None:
        return None
    shown = _shown(booking)
    if not shown.movable:
        raise TooLate
    slot = _free(shown.host, slot_id, booking.way, beside=booking.id)
    times = _times(slot) | {"sequence": booking.sequence + 1, "timed_at": clock.now()}
    unchanged = (TalkBooking.state == TalkState.BOOKED) & (TalkBooking.sequence == booking.sequence)
    if not TalkBooking.update(**times).where(TalkBooking.id == booking.id, unchanged).execute():
        raise Taken
    for name, value in times.items():
        setattr(booking, name, value)
    tokens.prolong(PURPOSE, booking.key, slot.ends_at + KEPT)
    audit.record(actor, "talk:move", "talk", booking.reference, place=shown.host.place, fields=("starts_at",))
    talk_letters.tell_guest(booking, shown.host, What.MOVED, contact_of(booking).email)
    talk_letters.tell_host(booking, shown.host, What.MOVED)
    return _shown(booking)


def _times(slot: Slot) -> dict[str, datetime | date | str]:
    return {
        "wall": wall_clock.on_the_wall(slot.starts_at),
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "free_at": slot.free_at,
        "forget_on": clock.local(slot.ends_at).date() + KEPT,
    }


def _free(host: Host, slot_id: str, way: str, *, beside: int = 0) -> Slot:
    """Find a time that is offered now, in that way; raise Taken when it is not."""
    slot = talk_hosts.free_slot(host, slot_id, beside=beside)
    if slot is None or way not in slot.ways:
        raise Taken
    return slot


def _marks(host: Host, sender: str, contact: Contact) -> tuple[str, str]:
    """Tell a network, and a phone or e-mail on it, from others at this host, without keeping which they are."""
    network = keyring().fingerprint(f"talk network {host.row.id} {sender}")
    reached = contact.email.casefold() or "".join(filter(str.isdigit, contact.phone))[-9:]
    return network, keyring().fingerprint(f"talk mark {network} {reached}")


def _count_open(host: Host, network: str, mark: str) -> None:
    """Raise TooMany when so many talks to come are booked from there already."""
    found = rows(
        "SELECT mark FROM talk_booking WHERE host_id = ? AND network = ? AND state = 'booked' AND starts_at > ?",
        (host.row.id, network, TalkBooking.starts_at.db_value(clock.now())),
    )
    most = OPEN_PER_NETWORK if host.unit else OPEN_NETWORKS_AT_WORK
    if len(found) >= most or [kept for (kept,) in found].count(mark) >= OPEN_PER_PERSON:
        raise TooMany


def _form_mark(host: Host, once: str) -> str:
    return keyring().fingerprint(f"talk form {host.row.id} {once}")


def _again(once: str) -> str:
    """Give a link to what this very form has booked already; empty when it has not."""
    booking = TalkBooking.get_or_none(TalkBooking.once == once)
    return talk_letters.new_link(booking) if booking else ""


def _of(secret: str) -> TalkBooking | None:
    token = tokens.look(PURPOSE, secret)
    return next(iter(load(TalkBooking, "key = ?", (token.subject,))), None) if token else None


def _shown(booking: TalkBooking) -> Booked:
    host = talk_hosts.by_number(booking.host_id)
    return Booked(
        id=booking.id,
        host=host,
        reference=booking.reference,
        wall=booking.wall,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        way=booking.way,
        topic=booking.topic,
        language=booking.language,
        interpreter=booking.interpreter,
        state=booking.state,
        sequence=booking.sequence,
        until=booking.starts_at - timedelta(hours=host.row.cancel_hours),
        by_mail=bool(contact_of(booking).email),
    )

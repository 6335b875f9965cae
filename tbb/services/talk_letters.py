"""Letters about booked talks: to who booked, in their language, and to who is booked, with nothing but the time."""

from __future__ import annotations

import json
from datetime import timedelta
from enum import StrEnum

from babel.dates import format_date

from tbb import clock
from tbb.database import keyring, load, transaction
from tbb.models import TalkBooking
from tbb.services import letters, limits, talk_hosts, tokens
from tbb.services.talk_hosts import Host

PURPOSE = "talk"
"""What a personal link to a booked talk is for."""
LINGERS = timedelta(days=14)
"""How long a link is good after the talk."""
BEFORE = timedelta(hours=24)
"""When before a talk who booked it is reminded: so many real hours, whatever the clocks do that night."""
LETTERS_PER_ADDRESS, A_DAY = 3, 86_400


class What(StrEnum):
    """What a letter tells of."""

    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED_BY_GUEST = "cancelled_by_guest"
    CANCELLED_BY_HOST = "cancelled_by_host"
    REMINDER = "reminder"


TEMPLATES = {
    What.BOOKED: "talk_booked",
    What.MOVED: "talk_moved",
    What.CANCELLED_BY_GUEST: "talk_cancelled",
    What.CANCELLED_BY_HOST: "talk_cancelled",
    What.REMINDER: "talk_reminder",
}

ALWAYS_TOLD = (What.CANCELLED_BY_HOST, What.REMINDER)


def new_link(booking: TalkBooking) -> str:
    """Make a further secret for a booking; those given out before stay good, for only their hashes are kept."""
    lasts = max(booking.ends_at, clock.now()) + LINGERS - clock.now()
    return tokens.issue(PURPOSE, booking.key, lasts=lasts, alone=False)


def tell_guest(booking: TalkBooking, host: Host, what: What, email: str) -> bool:
    """Within the caller's transaction, write to who booked, if they left an e-mail address; tell whether we did.

    What others write into the form must not fill anybody's mailbox: beyond a few a day nothing more is written, but
    that a talk was cancelled by the host, or is near, is always told.
    """
    if not email or (what not in ALWAYS_TOLD and not _still_welcome(email)):
        return False
    language, day = booking.reads, clock.local(booking.starts_at)
    path = path_to_book(host) if TEMPLATES[what] == "talk_cancelled" else f"/bokning/{new_link(booking)}"
    facts = {
        "reference": booking.reference,
        "day": format_date(day, "full", locale=language),
        "time": f"{day:%H:%M}",
        "unit": host.label,
        "way": booking.way,
        "meets_at": host.meets_at if booking.way == "visit" else "",
        "by_host": what is What.CANCELLED_BY_HOST,
        "path": f"/{language}{path}",
    }
    name = f"talk:{booking.key}:{what}:{booking.sequence}"
    return letters.write(name, email, TEMPLATES[what], facts, language=language)


def tell_host(booking: TalkBooking, host: Host, what: What) -> None:
    """Within the caller's transaction, write to everybody who answers today: that, and when, never who."""
    day = clock.local(booking.starts_at)
    facts = {
        "what": what.value,
        "day": format_date(day, "full", locale="sv"),
        "time": f"{day:%H.%M}",
        "path": f"/arbetsyta/samtalstider/{host.slug}",
    }
    for keeper in talk_hosts.answering(host):
        name = f"talk:{booking.key}:host:{what}:{booking.sequence}:{keeper.account}"
        letters.write(name, keeper.email, "talk_for_host", facts)


def path_to_book(host: Host) -> str:
    """The address where a host's times are, without a language."""
    return f"/enhet/{host.slug}/boka" if host.unit else "/boka/processledare"


@transaction
def remind() -> int:
    """Remind everybody whose talk is a day away, each once for each time that was set; tell how many letters.

    Who booked, or moved, the talk later than that has just had a letter. Nobody is reminded of what has begun.
    """
    moment, written = clock.now(), 0
    stored = TalkBooking.starts_at.db_value
    near = load(
        TalkBooking,
        "state = 'booked' AND starts_at > ? AND starts_at <= ? ORDER BY starts_at, id",
        (stored(moment), stored(moment + BEFORE)),
    )
    for booking in near:
        if booking.timed_at <= booking.starts_at - BEFORE and not _reminded(booking):
            host = talk_hosts.by_number(booking.host_id)
            email = json.loads(keyring().open(booking.contact, f"talk_booking.contact:{booking.key}"))["email"]
            written += tell_guest(booking, host, What.REMINDER, email)
    return written


def _reminded(booking: TalkBooking) -> bool:
    name = f"talk:{booking.key}:{What.REMINDER}:{booking.sequence}"
    return letters.Letter.select().where(letters.Letter.dedupe == name).exists()


def _still_welcome(email: str) -> bool:
    try:
        limits.spend("talk letter", email.casefold(), most=LETTERS_PER_ADDRESS, seconds=A_DAY)
    except limits.TooOften:
        return False
    return True

"""Who wants to be reminded of an event, or to come to one on place: asked for, confirmed by letter, forgotten after."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta

from tbb import clock
from tbb.database import keyring, load, one_at_a_time, rows, transaction
from tbb.models import Guest, Happening
from tbb.policy import WORKER, Actor, Permission, require
from tbb.services import audit, content_shelf, letters, limits, tokens

ASK, LEAVE = "guest", "guest-leave"
ANSWER_WITHIN = timedelta(days=2)
REMIND_BEFORE = timedelta(hours=24)
KEPT_AFTER = timedelta(days=30)
PER_SENDER, ALL_SENDERS, HOUR = 10, 500, 3600
COME, REMINDER = "come", "reminder"


class Full(Exception):
    """There is no seat left."""


@dataclass(frozen=True)
class Wish:
    """What somebody asks for: to be reminded, or to come, then with a name and what they need."""

    wants: str
    email: str
    name: str = ""
    needs: str = ""
    language: str = "sv"


@dataclass(frozen=True)
class Coming:
    """Somebody who comes, for those who look after the event."""

    name: str
    email: str
    needs: str


@transaction
def ask(sender: str, happening: Happening, wish: Wish) -> None:
    """Write to whoever is named, to have it confirmed; nothing is kept before that but the sealed link.

    One letter a day to an address for the same. Raises limits.TooOften.
    """
    limits.spend("guest", sender, most=PER_SENDER, seconds=HOUR)
    limits.spend("guest", "everybody", most=ALL_SENDERS, seconds=HOUR)
    digest = mark_of(wish.email)
    subject = f"{happening.id}:{wish.wants}:{digest}"
    payload = {"happening": happening.id} | asdict(wish)
    secret = tokens.issue(ASK, subject, lasts=ANSWER_WITHIN, payload=payload)
    facts = {"title": happening.title, "comes": wish.wants == COME, "path": f"/pamin/{secret}"}
    mark = f"guest:{happening.key[:8]}:{wish.wants}:{digest}:{clock.today()}"
    letters.write(mark, wish.email, "guest_confirm", facts, language=wish.language)


def look(secret: str) -> tuple[Happening, Wish] | None:
    """Find what a letter's link asks, changing nothing; None when the link is no longer good."""
    found = tokens.look(ASK, secret)
    return _asked(found) if found else None


@transaction
def confirm(actor: Actor, secret: str) -> Happening | None:
    """Keep what a letter's link asks, once; None when the link is no longer good. Raises Full, keeping nothing."""
    one_at_a_time("guests")
    found = tokens.redeem(ASK, secret)
    asked = _asked(found) if found else None
    if asked is None:
        return None
    happening, wish = asked
    if wish.wants == COME and (not happening.sign_up or seats_left(happening) == 0):
        raise Full
    digest, moment = mark_of(wish.email), clock.now()
    Guest.delete().where(Guest.happening == happening, Guest.wants == wish.wants, Guest.digest == digest).execute()
    key = secrets.token_hex(16)
    told = json.dumps({"name": wish.name, "email": wish.email, "needs": wish.needs})
    Guest.create(
        key=key, happening=happening, wants=wish.wants, told=keyring().seal(told, f"guest.told:{key}"), digest=digest,
        language=wish.language, asked_at=moment, confirmed_at=moment,
    )  # fmt: skip
    audit.record(actor, "guest:confirm", "happening", happening.key, fields=("told",))
    return happening


@transaction
def leave(actor: Actor, secret: str) -> bool:
    """End what somebody had asked for and forget who they are; False when the link is no longer good."""
    found = tokens.redeem(LEAVE, secret)
    gone = Guest.delete().where(Guest.key == found.subject).execute() if found else 0
    if gone:
        audit.record(actor, "guest:leave", "guest", found.subject)
    return bool(found)


def may_leave(secret: str) -> bool:
    """Whether a letter's link to end it is good still; changes nothing."""
    return tokens.look(LEAVE, secret) is not None


@transaction
def remind() -> None:
    """Write to those who asked, a day before. The worker does it every hour; twice changes nothing."""
    one_at_a_time("guests")
    moment = clock.now()
    stored, soon = (Happening.starts_at.db_value(when) for when in (moment, moment + REMIND_BEFORE))
    where = "state = 'published' AND called_off_at IS NULL AND starts_at > ? AND starts_at <= ?"
    for happening in load(Happening, where, (stored, soon)):
        for guest in load(Guest, "happening_id = ? AND reminded_at IS NULL", (happening.id,)):
            secret = tokens.issue(LEAVE, guest.key, lasts=REMIND_BEFORE + timedelta(days=2))
            facts = {
                "title": happening.title,
                "time": clock.local(happening.starts_at).strftime("%Y-%m-%d %H.%M"),
                "place": happening.place,
                "path": f"/webbinarier/{happening.slug}",
                "leave_path": f"/pamin/{secret}/avsluta",
            }
            letters.write(
                f"guest-remind:{guest.key}", _told(guest)["email"], "guest_reminder", facts, language=guest.language
            )
            Guest.update(reminded_at=moment).where(Guest.id == guest.id).execute()


@transaction
def forget_old() -> int:
    """Forget guests a month after their event; tell how many."""
    before = Happening.starts_at.db_value(clock.now() - KEPT_AFTER)
    old = [number for (number,) in rows("SELECT id FROM happening WHERE ends_at < ?", (before,))]
    gone = Guest.delete().where(Guest.happening << old).execute() if old else 0
    if gone:
        audit.record(WORKER, "guest:forget", "guest", "old", note=str(gone))
    return gone


def seats_left(happening: Happening) -> int | None:
    """How many seats are left; None when there is no end to them."""
    if happening.seats is None:
        return None
    taken = rows("SELECT COUNT(*) FROM guest WHERE happening_id = ? AND wants = 'come'", (happening.id,))[0][0]
    return max(0, happening.seats - taken)


def coming(actor: Actor, happening: Happening) -> list[Coming]:
    """List who comes, by name. Raises Refused."""
    require(actor, Permission.WRITE_CONTENT, content_shelf.place_of(happening))
    found = [_told(guest) for guest in load(Guest, "happening_id = ? AND wants = 'come'", (happening.id,))]
    return sorted((Coming(**told) for told in found), key=lambda one: one.name.casefold())


def mark_of(email: str) -> str:
    """The keyed mark of an address, however it is written."""
    return keyring().fingerprint(f"guest:{email.strip().casefold()}")


def _told(guest: Guest) -> dict[str, str]:
    return json.loads(keyring().open(guest.told, f"guest.told:{guest.key}"))


def _asked(found: tokens.Token) -> tuple[Happening, Wish] | None:
    told = dict(found.payload)
    happening = load(Happening, "id = ? AND state = 'published'", (told.pop("happening"),))
    return (happening[0], Wish(**told)) if happening else None

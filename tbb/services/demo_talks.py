"""A scene for the demonstration: hours for talks are open, two talks are booked, one has been, and so is a workshop."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import islice

from tbb import clock
from tbb.models import Account, TalkBooking
from tbb.models.meeting_kinds import TalkTopic
from tbb.policy import VISITOR, Actor
from tbb.services import actors, demo_cast, talk_hosts, talks
from tbb.services.talk_hosts import COUNTY_SLUG, Host
from tbb.services.talk_slots import Slot, Weekly
from tbb.services.talks import Contact, Wish

ALL, PHONE = ("phone", "visit", "video"), ("phone",)
LINK = "https://video.example/nackros"


def play() -> None:
    """Open hours at the cast's school and of the process leaders, and book some, in the caller's transaction."""
    school = Account.get_by_id(demo_cast.account_of("enhetschef")).grants.get().unit
    host = _open("bba", school.slug, {"video_link": LINK}, [(0, 8, 10, ALL), (1, 13, 16, ALL), (3, 8, 11, PHONE)])
    _book(host, 0, "phone", Contact("Amina", phone="070-174 06 41"), language="so", interpreter=True, reads="so")
    _book(host, 4, "visit", Contact("Erik Exempelsson", email="erik@post.example"))
    _let_it_have_been(host, _book(host, 7, "phone", Contact("En mormor", phone="070-174 06 42")))
    rules = {"minutes": 60, "video_link": LINK, "place": "Hos er, eller i Näckrossalen i Eskilstuna"}
    leaders = _open("processledare", COUNTY_SLUG, rules, [(2, 9, 12, ALL), (4, 13, 16, ALL)])
    frida = Contact("Frida Skissberg", email="frida@friskolan.example", workplace="Föräldrakooperativet i Eskilstuna")
    _book(leaders, 3, "visit", frida, topic=TalkTopic.WORKSHOP)


def _open(persona: str, slug: str, rules: dict[str, object], stretches: Iterable[tuple]) -> Host:
    who: Actor = actors.of_account(demo_cast.account_of(persona), strong=True, demo=True)
    talk_hosts.keep_rules(who, talk_hosts.find(who, slug), {"open": True} | rules)
    for weekday, starts, ends, ways in stretches:
        talk_hosts.add_hours(who, talk_hosts.find(who, slug), Weekly(starts * 60, ends * 60, ways, weekday))
    return talk_hosts.find(who, slug)


def _book(host: Host, number: int, way: str, contact: Contact, **said: object) -> Slot:
    """Book one of the free times, so many from now."""
    slot = next(islice((slot for slot in talk_hosts.free_slots(host) if way in slot.ways), number, None))
    plain = {"language": "sv", "reads": "sv", "interpreter": False}
    wish = Wish(slot=slot.id, way=way, contact=contact, **(plain | said))
    talks.book(VISITOR, host, wish, sender=f"demo {number}", once=f"demo {host.slug} {number}")
    return slot


def _let_it_have_been(host: Host, slot: Slot) -> None:
    """Let a booked talk have been some working days ago; nobody has said yet how it went."""
    weeks = -(-(slot.ends_at - clock.now()) // timedelta(weeks=1)) * timedelta(weeks=1)
    booking = TalkBooking.get(TalkBooking.host == host.row.id, TalkBooking.starts_at == slot.starts_at)
    for name in ("starts_at", "ends_at", "free_at", "timed_at"):
        setattr(booking, name, getattr(booking, name) - weeks)
    booking.forget_on = clock.local(booking.ends_at).date() + talks.KEPT
    booking.save()

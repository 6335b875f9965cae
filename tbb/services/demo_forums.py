"""A scene for the demonstration: a samverkansforum in Eskilstuna with two dates, and one anonymous question on one."""

from __future__ import annotations

from tbb import clock
from tbb.models import Account, Case, Forum, Unit
from tbb.models.kinds import About, Kind
from tbb.policy import Actor
from tbb.services import actors, case_desk, demo_cast, drafts, forum_agenda, forums, informing, working_days

FACTS = {
    "name": "Samverkansforum Eskilstuna öst",
    "about": "Skola, socialtjänst, elevhälsa och barnhälsovård möts en gång i månaden och hjälps åt med det som är"
    " svårt. Vi rådgör ofta anonymt.",
    "how": "Lägg till ärendet här senast dagen före. Skriv inget om barnet i mejl. Är du osäker, ring den som är"
    " Barnets bästa-ansvarig på Näckrosskolan.",
}
MEMBERS = (Kind.SOCIAL_SERVICES, Kind.BVC, Kind.YOUTH_CLINIC, Kind.PUPIL_HEALTH)
SPEAKS = {
    "area.trygghet.level": "uppm",
    "area.trygghet.see": "Hur kan vi göra vägen till skolan tryggare för ett barn som blir retat där?",
    "area.relationer.level": "uppm",
}


def play() -> None:
    """Let the municipality of the first school have a forum, within the caller's transaction."""
    first, second = Unit.select().where(Unit.kind == Kind.COMPULSORY).order_by(Unit.id).limit(2)
    admin, bba, mentor = (_actor(key) for key in ("huvudman", "bba", "personal"))
    forum = forums.make(admin, first.municipality.slug, FACTS)
    forums.add_member(admin, forum, first.slug, _key("bba"))
    forums.add_member(admin, forum, second.slug, _key("ersattare"))
    for kind in MEMBERS:
        near = Unit.get_or_none(Unit.kind == kind, Unit.municipality == first.municipality_id)
        if near is not None:
            forums.add_member(admin, forum, near.slug)
    date = _sits(admin, forum, 7)
    _sits(admin, forum, 27)
    forum_agenda.bring(bba, _asked(mentor, bba, first), date)


def _actor(key: str) -> Actor:
    return actors.of_account(demo_cast.account_of(key), strong=True, demo=True)


def _key(persona: str) -> str:
    return Account.get_by_id(demo_cast.account_of(persona)).key


def _sits(admin: Actor, forum: Forum, days: int) -> str:
    """Let the forum sit so many working days from now; give the date's key."""
    day = working_days.after(clock.today(), days)
    return forums.add_date(admin, forum, f"{day}T13:00", 90, "Familjecentralen, Exempelgatan 4").key


def _asked(mentor: Actor, bba: Actor, unit: Unit) -> Case:
    """A question about nobody in particular, that the BBA has received."""
    wheel = drafts.begin(mentor, from_unit=unit, about=About.ANONYMOUS, answers=SPEAKS)
    drafts.set_recipient(mentor, wheel.key, unit)
    case = Case.get_by_id(informing.send(mentor, wheel.key).case_id)
    case_desk.receive(bba, case.key)
    return Case.get_by_id(case.id)

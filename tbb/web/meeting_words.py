"""Meetings in words: their states, who takes part, what is missing, days and times, and why a time cannot be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for

from tbb import clock
from tbb.models.meeting_kinds import MeetingKind, MeetingState, ParticipantState, SlotAnswerKind
from tbb.services.meeting_people import Party, Shown
from tbb.services.meeting_times import DOUBLED, MANY, MOST, MOST_SUGGESTED, PAST, SKIPPED, TWICE, WRONG
from tbb.services.quorum import CHILD, GUARDIANS, Need
from tbb.web.case_desk_words import MONTHS, WEEKDAYS

KINDS = {
    MeetingKind.COLLABORATION: "Samverkansmöte",
    MeetingKind.CONSULTATION: "Anonym konsultation",
    MeetingKind.FOLLOWUP: "Uppföljning",
}
STATES = {
    MeetingState.DRAFT: ("Förbereds", "neutral"),
    MeetingState.PROPOSED: ("Väntar på svar", "accent"),
    MeetingState.SET: ("Bokat", "success"),
    MeetingState.HELD: ("Har hållits", "info"),
    MeetingState.CLOSED: ("Avslutat", "neutral"),
    MeetingState.CANCELLED: ("Inställt", "danger"),
}
PEOPLE = {
    ParticipantState.DRAFT: ("Inte tillfrågad än", "neutral"),
    ParticipantState.ASKED: ("Tillfrågad", "info"),
    ParticipantState.INVITED: ("Kallad", "info"),
    ParticipantState.ACCEPTED: ("Kommer", "success"),
    ParticipantState.TENTATIVE: ("Kommer kanske", "accent"),
    ParticipantState.DECLINED: ("Kommer inte", "warning"),
    ParticipantState.ENDED: ("Borttagen", "neutral"),
}
ROLES = {
    "professional": "Deltagare",
    "guardian": "Vårdnadshavare",
    "child": "Barnet",
    "interpreter": "Tolk",
    "support": "Stödperson",
}
GUARDIANS_OF = {"guardian_1": "Vårdnadshavare 1", "guardian_2": "Vårdnadshavare 2"}
ANSWERS = {
    SlotAnswerKind.YES: ("Kan", "check", "ja"),
    SlotAnswerKind.IF_NEEDED: ("Kan vid behov", "circle-half-2", "kanske"),
    SlotAnswerKind.NO: ("Kan inte", "x", "nej"),
    "waiting": ("Inget svar", "hourglass", "vantar"),
}
"""What is answered: in words, its picture, and its look."""
CHILD_PARTS = {
    "all": "Är med hela mötet",
    "part": "Är med en del av mötet",
    "through": "Är med genom någon annan",
    "no": "Är inte med",
}
CHILD_NOTES = {
    "all": "Barnet är kvar tills mötet är slut.",
    "part": "Till exempel de första 20 minuterna.",
    "through": "Någon berättar vad barnet har sagt och vill.",
    "no": "Barnets röst tas med på annat sätt.",
}
LANGUAGES = {"sv": "svenska", "en": "engelska", "fi": "finska", "ar": "arabiska", "so": "somaliska"}
NUMBERS = ("ingen", "en", "två", "tre", "fyra", "fem")
WHY_NO_TIME = {
    PAST: "Tiden har redan varit. Välj en senare.",
    SKIPPED: "Den tiden finns inte. Klockan ställs fram till sommartid den natten.",
    DOUBLED: "Den tiden kommer två gånger. Klockan ställs tillbaka den natten. Välj en annan.",
    TWICE: "Den tiden är redan föreslagen.",
    WRONG: "Skriv dag och klockslag så här: 2026-12-01 och 13:00.",
    MANY: f"Det blir för många tider. Föreslå högst {MOST}.",
}
"""Why a time cannot be proposed, in a sentence."""
SUGGESTED_ENOUGH = f"Du kan föreslå högst {MOST_SUGGESTED} andra tider."


@dataclass(frozen=True)
class Step:
    """A part of booking: its name, where it is, a note, whether it is done, and its tag."""

    code: str
    name: str
    href: str
    note: str
    done: bool
    tag: tuple[str, str]


def kind_of(kind: str) -> str:
    """Name the kind of a meeting."""
    return KINDS[MeetingKind(kind)]


def day_and_time(starts_at: datetime, ends_at: datetime | None = None) -> str:
    """Write when something is: Tisdag 1 december 13.00–14.00; the year only when it is another one."""
    begins = clock.local(starts_at)
    return f"{long_day(begins.date())} {hours(starts_at, ends_at)}"


def long_day(day: date) -> str:
    """Write a day with its weekday: Tisdag 1 december."""
    year = f" {day.year}" if day.year != clock.today().year else ""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}{year}"


def hours(starts_at: datetime, ends_at: datetime | None = None) -> str:
    """Write from when until when: 13.00–14.00."""
    begins, ends = clock.local(starts_at), clock.local(ends_at) if ends_at else None
    return f"{begins:%H.%M}" + (f"–{ends:%H.%M}" if ends else "")


def week_of(day: date) -> str:
    """Name the week of a day: v. 49."""
    return f"v. {day.isocalendar().week}"


def month(day: date) -> str:
    """Name a month as a heading does: December 2026."""
    return f"{MONTHS[day.month - 1].capitalize()} {day.year}"


def short_month(moment: datetime) -> str:
    """Name the month of a moment in three letters."""
    return MONTHS[clock.local(moment).month - 1][:3]


def day_number(moment: datetime) -> int:
    """The day of the month of a moment, in Sweden."""
    return clock.local(moment).day


def short_day(day: date) -> str:
    """Write a day in few letters: Tis 1 dec."""
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}"


def weekday_and_number(day: date) -> str:
    """Write a day in the fewest letters: Tis 1."""
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day}"


def state_of(person: Shown) -> tuple[str, str]:
    """How far it has come with somebody: in words, and in which colour."""
    if person.state == ParticipantState.ASKED and person.answered_at is not None:
        return "Har svarat", "success"
    return PEOPLE[ParticipantState(person.state)]


def minutes(number: int) -> str:
    """Say a length: 45 minuter, 1 timme, 1 timme 30 minuter."""
    whole, rest = divmod(number, 60)
    parts = [f"{whole} timm{'e' if whole == 1 else 'ar'}"] if whole else []
    parts += [f"{rest} minuter"] if rest else []
    return " ".join(parts)


def name_of(person: Shown) -> str:
    """What somebody is called: by name to those who may see it, else by what they are."""
    return person.name or GUARDIANS_OF.get(person.who) or ROLES[person.role]


def role_of(person: Shown) -> str:
    """What somebody is in the meeting, in few words."""
    if person.role == "guardian":
        return GUARDIANS_OF[person.who].lower() if person.name else ""
    if person.role == "child":
        return "barnet" if person.name else ""
    return person.title.lower() if person.title and person.role == "professional" else person.unit or ROLES[person.role]


def least(party: Party) -> str:
    """Say how many of a service must come: Minst en från socialtjänsten."""
    if party.least == 0:
        return f"Ingen från {party.label} måste komma"
    return f"Minst {number(party.least)} från {party.label}"


def number(count: int) -> str:
    """Write a small number in letters."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def need(each: Need) -> str:
    """Say who is needed, within a sentence: minst en från Näckrosskolan."""
    if each.what == CHILD:
        return "barnet"
    return "minst en vårdnadshavare" if each.what == GUARDIANS else f"minst {number(each.least)} från {each.label}"


def lacking(needed: Iterable[Need]) -> str:
    """Say who of those needed cannot: barnet och minst en från Näckrosskolan."""
    return in_a_row(need(each) for each in needed)


def in_a_row(words: Iterable[str]) -> str:
    """Put words after one another: a, b och c."""
    found = list(words)
    return f"{', '.join(found[:-1])} och {found[-1]}" if len(found) > 1 else "".join(found)


def where(room: str, words: str, video: bool) -> str:
    """Say where a meeting is: Rum Vassen och video."""
    place = room or words
    if video:
        return f"{place} och video" if place else "På video"
    return place or "Platsen är inte bestämd"


def steps(meeting, parties: list[Party], people: list[Shown], slots: int, needs: dict[str, str]) -> list[Step]:
    """The parts of booking a meeting, in their order."""
    key = meeting.key
    empty = [party.label for party in parties if not party.people]
    covered = all(party.covered for party in parties)
    waiting = sum(not person.is_asked for person in people)
    family = [person for person in people if person.family]
    named = len([person for person in people if not person.family])
    who = f"{len(parties)} verksamheter, {named} personer" if len(parties) > 1 else "Bara den egna verksamheten än"
    if meeting.kind != MeetingKind.CONSULTATION:
        who += f", {len(family)} från familjen" if family else ", ingen från familjen än"
    who_done = len(people) > 1 and not empty
    when = f"{slots} tider föreslagna" if slots else "Inga tider än"
    if meeting.answers_by:
        when += f", svar senast {meeting.answers_by.isoformat()}"
    send_tag = (
        ("Klart", "success") if not waiting else ("Samtycke saknas", "warning") if not covered else ("Att göra", "info")
    )
    return [
        Step("vilka", "Vilka är med?", url_for("meeting_people.show", key=key), who, who_done, _tag(who_done)),
        Step(
            "behov",
            "Hur är barnet med, och vad behövs?" if meeting.kind != MeetingKind.CONSULTATION else "Vad behövs?",
            url_for("meetings.needs", key=key),
            "Tolk, hörslinga, bildstöd och annat",
            bool(needs),
            _tag(bool(needs), "Frivilligt"),
        ),
        Step("tider", "När?", url_for("meeting_times.propose", key=key), when, slots > 0, _tag(slots > 0)),
        Step(
            "plats",
            "Var?",
            url_for("meeting_times.place", key=key),
            where(meeting.room.name if meeting.room_id else "", meeting.place_words, bool(meeting.video)),
            bool(meeting.room_id or meeting.place_words or meeting.video),
            _tag(bool(meeting.room_id or meeting.place_words or meeting.video), "Kan vänta"),
        ),
        Step(
            "skicka",
            "Läs igenom och fråga",
            url_for("meeting_times.sending", key=key),
            f"{waiting} är inte tillfrågade än" if waiting else "Alla är tillfrågade",
            not waiting,
            send_tag,
        ),
    ]


def _tag(done: bool, otherwise: str = "Att göra") -> tuple[str, str]:
    return ("Klart", "success") if done else (otherwise, "neutral" if otherwise != "Att göra" else "info")

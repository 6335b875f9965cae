"""The letters of a meeting in words: to whom, which, where each is, and what an answer has led to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tbb import clock
from tbb.models.meeting_kinds import ParticipantState
from tbb.services import meeting_mail, meeting_replies
from tbb.services.letters import State
from tbb.services.meeting_mail import Reader
from tbb.services.meeting_sending import Draft, Standing
from tbb.web.letter_calendars import Shown, shown
from tbb.web.letter_frames import when
from tbb.web.letter_words import COLORS, STATES
from tbb.web.letters import CannotWrite, Rendered, render
from tbb.web.shell import settings

FAMILY = {"guardian_1": "Vårdnadshavare 1", "guardian_2": "Vårdnadshavare 2", "child": "Barnet"}
ROLES = {"interpreter": "Tolk", "support": "Stödperson"}
WHICH = {
    meeting_mail.ASK: "Fråga om tider",
    meeting_mail.REMIND: "Påminnelse",
    meeting_mail.REQUEST: "Kallelse",
    meeting_mail.CHANGE: "Ändrad kallelse",
    meeting_mail.CANCEL: "Avbokning",
}
ANSWERS = {
    ParticipantState.ACCEPTED: ("Kommer", "success"),
    ParticipantState.TENTATIVE: ("Kommer kanske", "accent"),
    ParticipantState.DECLINED: ("Kommer inte", "warning"),
}
SAID = {"accepted": "Kommer", "tentative": "Kanske", "declined": "Kommer inte"}
OUTCOMES = {
    meeting_replies.TAKEN: "Svaret är antecknat.",
    meeting_replies.OLD: "Svaret gäller en tid som inte längre stämmer. Därför är det inte antecknat.",
    meeting_replies.UNKNOWN: "Svaret gäller ett annat möte, eller kommer från någon som inte är kallad.",
    meeting_replies.UNREADABLE: "Filen går inte att läsa som ett svar på en kallelse.",
}
LANGUAGES = {"en": "engelska", "fi": "finska", "ar": "arabiska", "so": "somaliska"}
SENT_BY_HAND = ("Berätta själv", "warning")


@dataclass(frozen=True)
class Letter:
    """A letter as its reader will see it. `said` is None when it cannot be written."""

    to: str
    unit: str
    email: str
    phone: str
    which: str
    language: str
    said: Rendered | None
    calendar: Shown | None


def name_of(reader: Reader) -> str:
    """Call somebody by name at work; of a family, by what they are to the child."""
    person = reader.participant
    return FAMILY.get(person.who) or reader.name or ROLES.get(person.role, "Deltagare")


def lacks_code(reader: Reader) -> bool:
    """Whether somebody gets a personal link that they cannot open, for nobody has made them a code yet."""
    person = reader.participant
    return bool(reader.email) and not reader.signs_in and not person.code and person.state != ParticipantState.DRAFT


def letter_of(draft: Draft) -> Letter:
    """Write a letter as it would be sent, with the personal link masked."""
    reader, said = draft.reader, None
    if reader.email:
        try:
            template = meeting_mail.TEMPLATES[draft.what]
            said = render(template, draft.facts, base_url=settings().base_url, language=reader.language)
        except CannotWrite:
            said = None
    return Letter(
        to=name_of(reader),
        unit=reader.unit,
        email=reader.email,
        phone=reader.phone,
        which=WHICH[draft.what],
        language=reader.language,
        said=said,
        calendar=shown(draft.facts.get("calendar"), sender=settings().mail_from, language=reader.language),
    )


def letters_of(drafts: list[Draft]) -> list[Letter]:
    """Write all letters that wait."""
    return [letter_of(draft) for draft in drafts]


def calendar_rows(calendar: Shown) -> list[tuple[str, object]]:
    """Say what a calendar will show, line by line."""
    return [
        ("Rubrik", calendar.title),
        ("Tid", when(calendar.wall, calendar.minutes)),
        ("Plats", calendar.place or "Inte bestämd"),
        ("Text", calendar.description),
        ("Från", calendar.organizer),
        ("Till", calendar.attendee),
        ("Synlighet", "Konfidentiell. Andra ser bara att tiden är upptagen."),
    ]


def clock_time(moment: datetime) -> str:
    """Say what the clock is: 14.05."""
    return f"{clock.local(moment):%H.%M}"


def status_of(standing: Standing) -> tuple[str, str]:
    """Say in a word or two, and a colour, how far it has come with somebody."""
    if standing.state in ANSWERS:
        return ANSWERS[standing.state]
    if standing.waits:
        return ("Inte skickat än", "neutral") if standing.reader.email else SENT_BY_HAND
    if standing.letter is None:
        return SENT_BY_HAND if not standing.reader.email else ("Inget brev", "neutral")
    return STATES[standing.letter], COLORS.get(State(standing.letter), "neutral")

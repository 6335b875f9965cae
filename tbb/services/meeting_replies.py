"""Answers to an invitation: by a link or signed in, or by a calendar program (iMIP, METHOD:REPLY) as a file or letter.

Whatever a file is, it can do one thing only: let somebody who is called come, perhaps come, or not come.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from email.utils import parseaddr

from icalendar import Calendar

from tbb import clock
from tbb.database import load, transaction
from tbb.models import Meeting, Participant
from tbb.models.meeting_kinds import MeetingState, ParticipantState
from tbb.policy import COMMAND, VISITOR, Actor, Permission, require
from tbb.services import audit, meeting_mail, meeting_shelf, meetings
from tbb.services.meeting_shelf import ANSWERED_FOR

MOST_BYTES = 64 * 1024
"""So long may the file of a calendar be."""
MOST_MAIL = 512 * 1024
MOST_PARTS = 40
"""So many parts may a letter have, and so many components a file."""
ANSWERS = {
    "ACCEPTED": ParticipantState.ACCEPTED,
    "TENTATIVE": ParticipantState.TENTATIVE,
    "DECLINED": ParticipantState.DECLINED,
}
TAKEN, UNKNOWN, OLD, UNREADABLE = "taken", "unknown", "old", "unreadable"
OUTCOMES = (TAKEN, UNKNOWN, OLD, UNREADABLE)
"""What became of an answer: taken, from nobody we called, to a time that holds no longer, or no answer at all."""
MAILTO = re.compile(r"(?i)^mailto:")


@dataclass(frozen=True)
class Reply:
    """What a file says: to which event, in which of its versions, who answers, and what."""

    uid: str
    sequence: int
    attendee: str
    answer: ParticipantState


def read(file: bytes) -> list[Reply]:
    """Read the answers in a calendar's file; none when it is no answer or cannot be read."""
    if len(file) > MOST_BYTES or file.upper().count(b"BEGIN:") > MOST_PARTS:
        return []
    try:
        calendar = Calendar.from_ical(file)
        if str(calendar.get("METHOD", "")).upper() != "REPLY":
            return []
        return [reply for event in calendar.walk("VEVENT") for reply in _replies(event)]
    except Exception:
        # A stranger wrote the file: whatever a parser stumbles on, it is no answer.
        return []


def read_mail(message: bytes) -> tuple[list[Reply], str]:
    """Read the answers in a letter, and the address it says to be from."""
    if len(message) > MOST_MAIL:
        return [], ""
    try:
        letter = message_from_bytes(message, policy=default)
        sender = parseaddr(str(letter.get("From", "")))[1].lower()
        found: list[Reply] = []
        for number, part in enumerate(letter.walk()):
            if number >= MOST_PARTS:
                break
            if part.get_content_type() in ("text/calendar", "application/ics"):
                found = found or read(part.get_payload(decode=True) or b"")
        return found, sender
    except Exception:
        # As above: a letter of a stranger's making.
        return [], ""


@transaction
def upload(actor: Actor, meeting: Meeting, file: bytes) -> str:
    """Take the answer of a file that somebody who books the meeting has got; tell what became of it.

    Raises Refused and meetings.NotNow.
    """
    stands = meetings.opened(actor, meeting)
    replies = read(file)
    if not replies:
        return UNREADABLE
    return _best(_take(actor, stands, reply) if reply.uid == stands.uid else UNKNOWN for reply in replies)


@transaction
def receive(message: bytes, actor: Actor = COMMAND) -> str:
    """Take the answer of a letter that came by mail; tell what became of it.

    The letter must say to be from the one who answers. Raises Refused.
    """
    require(actor, Permission.DECIDE_LETTER)
    replies, sender = read_mail(message)
    if not replies:
        return UNREADABLE
    return _best(_by_mail(actor, reply) if reply.attendee == sender else UNKNOWN for reply in replies)


@transaction
def say(actor: Actor, participant: Participant, said: str) -> bool:
    """Note whether somebody comes to a meeting whose time is set; False when there is nothing to answer.

    Who has an account answers for themselves; who books the meeting may write down what others have said by phone; by
    a personal link the actor is a visitor, and the link has been looked at. Raises Refused.
    """
    answer = ANSWERS.get(said.upper())
    stands = meetings.latest(load(Meeting, "id = ?", (participant.meeting_id,))[0])
    if actor is not VISITOR and (actor.account is None or participant.account_id != actor.account):
        require(actor, meetings.right_to_book(stands), meeting_shelf.place_of_meeting(stands))
    person = Participant.get_by_id(participant.id)
    is_asked = person.ended_at is None and person.state in ANSWERED_FOR
    if answer is None or stands.state != MeetingState.SET or not is_asked:
        return False
    _note(actor, stands, [person], answer)
    return True


def _by_mail(actor: Actor, reply: Reply) -> str:
    found = load(Meeting, "uid = ?", (reply.uid,))
    if not found:
        return UNKNOWN
    stands = meetings.latest(found[0])
    return _take(actor, stands, reply) if stands.state in (MeetingState.PROPOSED, MeetingState.SET) else OLD


def _take(actor: Actor, meeting: Meeting, reply: Reply) -> str:
    """Note what somebody answers, if they are called, and to the time that holds."""
    called = _called(meeting)
    people = [each for each in called if meeting_mail.reader_of(meeting, each).email.lower() == reply.attendee]
    if not people:
        return UNKNOWN
    if reply.sequence < people[0].invited_sequence:
        return OLD
    _note(actor, meeting, people, reply.answer)
    return TAKEN


def _note(actor: Actor, meeting: Meeting, people: list[Participant], answer: ParticipantState) -> None:
    Participant.update(state=answer, answered_at=clock.now()).where(
        Participant.id << [each.id for each in people], Participant.ended_at.is_null()
    ).execute()
    place = meeting_shelf.place_of_meeting(meeting)
    audit.record(actor, "meeting:reply", "meeting", meeting.reference, place=place, fields=("state",))


def _called(meeting: Meeting) -> list[Participant]:
    states = ", ".join(f"'{state.value}'" for state in ANSWERED_FOR)
    where = f"meeting_id = ? AND ended_at IS NULL AND invited_sequence >= 0 AND state IN ({states}) ORDER BY id"
    return load(Participant, where, (meeting.id,))


def _replies(event: Calendar) -> list[Reply]:
    attendees = event.get("ATTENDEE", [])
    found = []
    for attendee in attendees if isinstance(attendees, list) else [attendees]:
        answer = ANSWERS.get(str(attendee.params.get("PARTSTAT", "")).upper())
        if answer is not None:
            address = MAILTO.sub("", str(attendee)).strip().lower()
            found.append(Reply(str(event.get("UID", "")), int(event.get("SEQUENCE", 0)), address, answer))
    # An answer is one person's (RFC 5546, 3.2.3); a file that answers for many answers for nobody.
    return found if len(found) == 1 else []


def _best(outcomes: Iterable[str]) -> str:
    found = set(outcomes)
    return next(outcome for outcome in (TAKEN, OLD, UNKNOWN, UNREADABLE) if outcome in found)

"""Undoing, until the letters leave, that somebody was taken out of a meeting by hand or that it was called off.

What ended because a consent did is never undone: that is told at once (services/meeting_access.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tbb import clock
from tbb.database import load, one_at_a_time, rows, transaction
from tbb.models import Meeting, MeetingParty, Participant
from tbb.models.kinds import CaseEventKind, CaseState
from tbb.models.meeting_kinds import MeetingState
from tbb.policy import Actor, require
from tbb.services import (
    case_files,
    consents,
    employment,
    letters,
    meeting_invitations,
    meeting_mail,
    meeting_shelf,
    meeting_times,
    meetings,
    rooms,
)
from tbb.services.meeting_invitations import UNDO
from tbb.services.meeting_mail import CANCEL, Reader

_TAKEN_OUT = "meeting_id = ? AND was <> '' AND ended_at > ? ORDER BY id"
_BY_HAND = """
    SELECT p.id, y.unit_id FROM participant p JOIN meeting m ON m.id = p.meeting_id
    JOIN meeting_party y ON y.id = p.party_id WHERE m.case_id = ? AND p.was <> '' AND p.ended_at > ? ORDER BY p.id
"""


class TooLate(Exception):
    """The letters have left, or who was taken out cannot be asked any longer."""


@dataclass(frozen=True)
class Gone:
    """Somebody who was taken out and can be taken back until then; `party` is their service's number if it went too."""

    reader: Reader
    until: datetime
    party: int | None = None


def until(meeting: Meeting) -> datetime | None:
    """Until when it can be undone that a meeting was called off; None when it cannot."""
    if meeting.state != MeetingState.CANCELLED or not meeting.was or meeting.cancelled_at is None:
        return None
    ends = meeting.cancelled_at + UNDO
    return ends if clock.now() < ends and meeting.case.state != CaseState.CLOSED else None


def gone(meeting: Meeting) -> list[Gone]:
    """Those who were taken out of a meeting by hand and can be taken back still."""
    if meeting.state not in meetings.OPEN:
        return []
    return [
        Gone(
            meeting_mail.reader_of(meeting, each),
            each.ended_at + UNDO,
            each.party_id if each.party_id is not None and each.party.ended_at is not None else None,
        )
        for each in _taken_out(meeting)
        if each.party_id is None or each.party.ended_why != "consent"
    ]


def taken_out(meeting: Meeting, key: str) -> Participant | None:
    """Find somebody who was taken out of a meeting, by their key; None when nobody was."""
    return next((each for each in _taken_out(meeting) if each.key == key), None)


@transaction
def take_back(actor: Actor, participant: Participant) -> None:
    """Ask somebody again who was taken out, as if nothing had been. Their service comes back with them.

    Raises Refused, meetings.NotNow, meetings.AlreadyThere, consents.NotCovered and TooLate.
    """
    one_at_a_time("consents")
    stands = meetings.opened(actor, participant.meeting)
    _take_back(actor, stands, Participant.get_by_id(participant.id))


@transaction
def take_back_party(actor: Actor, meeting: Meeting, number: int) -> int:
    """Ask all again who were taken out with their service, by its number; count them. Raises as `take_back` does."""
    one_at_a_time("consents")
    stands = meetings.opened(actor, meeting)
    people = [each for each in _taken_out(stands) if each.party_id == number]
    if not people:
        raise TooLate
    for participant in people:
        _take_back(actor, stands, participant)
    return len(people)


@transaction
def call_back(actor: Actor, meeting: Meeting) -> bool:
    """Let a meeting stand again that was called off. False when its room was taken meanwhile: it has none then.

    Raises Refused, consents.NotCovered and TooLate.
    """
    one_at_a_time("consents")
    stands = meetings.latest(meeting)
    require(actor, meetings.right_to_book(stands), meeting_shelf.place_of_meeting(stands))
    if until(stands) is None:
        raise TooLate
    people = load(Participant, "meeting_id = ? AND ended_at IS NULL AND state <> 'draft' ORDER BY id", (stands.id,))
    meeting_invitations.check(stands, people)
    for participant in people:
        _stop(participant, stands.cancelled_at)
    Meeting.update(state=stands.was, was="", cancelled_at=None, version=Meeting.version + 1).where(
        Meeting.id == stands.id
    ).execute()
    stands = Meeting.get_by_id(stands.id)
    kept = _room_again(actor, stands)
    if stands.state == MeetingState.SET:
        case_files.note_event(actor, stands.case, CaseEventKind.MEETING_SET)
    meetings.note(actor, "meeting:undo-call-off", stands, ("state",))
    return kept


def hurry(case: int, open_to: Callable[[int], bool]) -> None:
    """Within the caller's transaction, let what was taken back by hand be told at once where no consent covers it."""
    since = Participant.ended_at.db_value(clock.now() - UNDO)
    for number, unit in rows(_BY_HAND, (case, since)):
        if not open_to(unit):
            Participant.update(was="").where(Participant.id == number).execute()
            for letter in meeting_mail.written_to(Participant.get_by_id(number)):
                letters.hasten(letter.dedupe)


def _taken_out(meeting: Meeting) -> list[Participant]:
    since = Participant.ended_at.db_value(clock.now() - UNDO)
    return load(Participant, _TAKEN_OUT, (meeting.id, since))


def _take_back(actor: Actor, meeting: Meeting, participant: Participant) -> None:
    party = participant.party if participant.party_id is not None else None
    if not participant.was or participant.ended_at is None or clock.now() >= participant.ended_at + UNDO:
        raise TooLate
    if participant.account_id is not None and not employment.works(participant.account_id, party and party.unit_id):
        raise TooLate
    if participant.who and load(
        Participant, "meeting_id = ? AND who = ? AND ended_at IS NULL", (meeting.id, participant.who)
    ):
        raise meetings.AlreadyThere
    if party is not None:
        consents.require_shared(meeting.case, [party.unit_id])
        MeetingParty.update(ended_at=None, ended_why="").where(MeetingParty.id == party.id).execute()
    Participant.update(state=participant.was, was="", ended_at=None).where(Participant.id == participant.id).execute()
    _stop(Participant.get_by_id(participant.id), participant.ended_at)
    meeting_times.extend_links(meeting)
    Meeting.update(version=Meeting.version + 1).where(Meeting.id == meeting.id).execute()
    meetings.note(actor, "meeting:undo-take-out", meeting, ("participants",))


def _stop(participant: Participant, since: datetime) -> None:
    """Stop the letter that takes something back, and let who was to get it stand as before. Raises TooLate."""
    meeting_mail.stop(participant, (CANCEL,))
    if any(letter.at >= since for letter in meeting_mail.left(participant, (CANCEL,))):
        raise TooLate
    meeting_invitations.restand(participant)


def _room_again(actor: Actor, meeting: Meeting) -> bool:
    """Take the meeting's room anew; when another meeting has it by now, the change of place is to be told."""
    if meeting.state != MeetingState.SET or meeting.room_id is None:
        return True
    try:
        rooms.book(meeting, meeting.room_id, meeting.starts_at, meeting.ends_at)
    except rooms.Taken:
        Meeting.update(room=None).where(Meeting.id == meeting.id).execute()
        meeting_invitations.changed(actor, Meeting.get_by_id(meeting.id))
        return False
    return True

"""Calling people to a meeting: every letter is looked at before it is sent, and for ten minutes it can be stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tbb import clock
from tbb.database import load, one_at_a_time, transaction
from tbb.models import Meeting, Participant
from tbb.models.meeting_kinds import MeetingState, ParticipantState
from tbb.policy import Actor, require
from tbb.services import letters, meeting_invitations, meeting_mail, meeting_shelf, meetings
from tbb.services.letters import State
from tbb.services.meeting_mail import ASK, CALLS, CHANGE, REMIND, REQUEST, Draft, Reader


class NothingToSend(Exception):
    """Nobody waits to be called."""


class Overtaken(Exception):
    """What would be sent is no longer what was looked at; nothing was sent."""


class TooLate(Exception):
    """Every letter has left."""


@dataclass(frozen=True)
class Standing:
    """How far it has come with somebody: the newest letter, where it is, and what they have answered."""

    reader: Reader
    state: ParticipantState
    waits: bool = False
    what: str = ""
    letter: State | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Desk:
    """All about the letters of a meeting: those that wait, how far it has come with each, and until when to think."""

    meeting: Meeting
    drafts: list[Draft]
    people: list[Standing]
    leaves_at: datetime | None
    town: str

    @property
    def has_place(self) -> bool:
        """Whether it is said where the meeting is."""
        return bool(self.meeting.room_id or self.meeting.place_words or self.meeting.video)

    @property
    def calls(self) -> bool:
        """Whether people are called now; before a time is set they are asked, elsewhere."""
        return self.meeting.state == MeetingState.SET


def desk(actor: Actor, key: str) -> Desk | None:
    """Show the letters of a meeting to who books it; None when there is no such meeting to see. Raises Refused."""
    meeting = meeting_shelf.meeting(actor, key)
    if meeting is None:
        return None
    town = meeting.case.unit.municipality.slug
    waits = meeting.leaves_at if can_undo(meeting) else None
    return Desk(meeting, drafts(actor, meeting), standing(actor, meeting), waits, town)


def drafts(actor: Actor, meeting: Meeting) -> list[Draft]:
    """Show every letter that waits to be sent, as it would be: who is to be asked for times, or called.

    Raises Refused.
    """
    require(actor, meetings.right_to_book(meeting), meeting_shelf.place_of_meeting(meeting))
    return [_draft(meeting, participant) for participant in _next(meeting)]


@transaction
def send(actor: Actor, meeting: Meeting, *, seen: int, sequence: int) -> int:
    """Call all who wait to be called, in ten minutes; tell how many letters there are.

    `seen` is how many were looked at, `sequence` the meeting's number then. Raises Refused, meetings.NotNow,
    consents.NotCovered, NothingToSend and Overtaken.
    """
    one_at_a_time("consents")
    stands = meetings.opened(actor, meeting)
    waiting = meeting_invitations.waiting(stands)
    if not waiting:
        raise NothingToSend
    if len(waiting) != seen or stands.sequence != sequence:
        raise Overtaken
    meeting_invitations.check(stands, waiting, day=True)
    leaves_at, written = meeting_invitations.hold(stands), 0
    for participant in waiting:
        draft = _draft(stands, participant)
        told = {"sequence": draft.sequence, "not_before": leaves_at}
        written += bool(meeting_mail.write(stands, draft.reader, draft.what, **told))
        Participant.update(
            state=ParticipantState.INVITED, invited_at=clock.now(), invited_sequence=draft.sequence
        ).where(Participant.id == participant.id).execute()
    meetings.note(actor, "meeting:invite", stands, ("participants",), f"{written} letters")
    return written


@transaction
def undo(actor: Actor, meeting: Meeting) -> int:
    """Stop the letters that have not left; who got none stands as before. Tell how many.

    Raises Refused, meetings.NotNow, and TooLate when all have left.
    """
    stands, stopped = meetings.opened(actor, meeting), 0
    for participant in load(Participant, "meeting_id = ? AND ended_at IS NULL ORDER BY id", (stands.id,)):
        gone = meeting_mail.stop(participant, (ASK, REMIND, *CALLS))
        stopped += len(gone)
        if gone:
            meeting_invitations.recount(participant)
        if any(letter.what == REMIND for letter in gone):
            Participant.update(reminded_at=None).where(Participant.id == participant.id).execute()
        if any(letter.what in (ASK, REMIND) for letter in gone) and not meeting_mail.left(participant):
            Participant.update(state=ParticipantState.DRAFT, asked_at=None).where(
                Participant.id == participant.id
            ).execute()
    if not stopped:
        raise TooLate
    Meeting.update(leaves_at=None).where(Meeting.id == stands.id).execute()
    meetings.note(actor, "meeting:undo-invite", stands, ("participants",), f"{stopped} letters")
    return stopped


def standing(actor: Actor, meeting: Meeting) -> list[Standing]:
    """Show how far it has come with each who is to take part. Raises Refused."""
    require(actor, meetings.right_to_book(meeting), meeting_shelf.place_of_meeting(meeting))
    waiting = {participant.id for participant in _next(meeting)}
    people = load(Participant, "meeting_id = ? AND ended_at IS NULL ORDER BY id", (meeting.id,))
    return [_stands(meeting, participant, participant.id in waiting) for participant in people]


def can_undo(meeting: Meeting) -> bool:
    """Whether letters may still wait to leave."""
    return meeting.leaves_at is not None and meeting.leaves_at > clock.now()


def _next(meeting: Meeting) -> list[Participant]:
    """Those who are to be called; before a time is set, those who are to be asked."""
    if meeting.state == MeetingState.SET:
        return meeting_invitations.waiting(meeting)
    if meeting.state not in (MeetingState.DRAFT, MeetingState.PROPOSED):
        return []
    return load(Participant, "meeting_id = ? AND state = 'draft' AND ended_at IS NULL ORDER BY id", (meeting.id,))


def _draft(meeting: Meeting, participant: Participant) -> Draft:
    reader = meeting_mail.reader_of(meeting, participant)
    if meeting.state != MeetingState.SET:
        return draft_of(meeting, participant, ASK)
    what = CHANGE if participant.invited_sequence >= 0 else REQUEST
    sequence = max(meeting.sequence, meeting_mail.highest(meeting, reader) + 1)
    facts = meeting_mail.facts_of(meeting, reader, what, sequence=sequence, path=_masked(meeting, reader))
    return Draft(reader, what, sequence, facts)


def draft_of(meeting: Meeting, participant: Participant, what: str) -> Draft:
    """The letter that asks somebody for times, or reminds them, as it would be."""
    reader = meeting_mail.reader_of(meeting, participant)
    return Draft(reader, what, 0, meeting_mail.facts_of(meeting, reader, what, path=_masked(meeting, reader)))


def _masked(meeting: Meeting, reader: Reader) -> str:
    return f"/moten/{meeting.key}" if reader.signs_in else f"/{reader.language}{meeting_mail.MASKED}"


def _stands(meeting: Meeting, participant: Participant, waits: bool) -> Standing:
    reader, written = meeting_mail.reader_of(meeting, participant), meeting_mail.written_to(participant)
    state = ParticipantState(participant.state)
    if not written:
        return Standing(reader, state, waits)
    newest = written[-1]
    found = letters.states_of([newest.dedupe]).get(newest.dedupe, State.SENT)
    return Standing(reader, state, waits, newest.what, found, newest.at)

"""A scene for the demonstration: the meeting that is set has been called to, and one has said that they come."""

from __future__ import annotations

from tbb import clock
from tbb.database import load
from tbb.models import Meeting, Participant
from tbb.models.meeting_kinds import ParticipantRole, ParticipantState
from tbb.services import actors, demo_cast, meeting_invitations, meeting_sending


def play() -> None:
    """Call to every meeting of the first school that is set, within the caller's transaction."""
    bba = actors.of_account(demo_cast.account_of("bba"), strong=True, demo=True)
    for meeting in load(Meeting, "state = 'set' ORDER BY id"):
        waiting = meeting_invitations.waiting(meeting)
        if waiting and meeting.created_by_id == bba.account:
            meeting_sending.send(bba, meeting, seen=len(waiting), sequence=meeting.sequence)
            Participant.update(state=ParticipantState.ACCEPTED, answered_at=clock.now()).where(
                Participant.meeting == meeting,
                Participant.role == ParticipantRole.PROFESSIONAL,
                Participant.account.is_null(),
            ).execute()

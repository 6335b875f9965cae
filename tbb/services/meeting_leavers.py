"""Noticing who has left the service for which they were asked to a meeting, so that another can be asked (C09)."""

from __future__ import annotations

from tbb import clock
from tbb.database import one_at_a_time, rows, transaction
from tbb.models import Meeting, Participant
from tbb.models.meeting_kinds import ParticipantState
from tbb.policy import WORKER
from tbb.services import employment, meeting_mail, meetings

_GONE = f"""
    SELECT p.id FROM participant p JOIN account a ON a.id = p.account_id JOIN meeting m ON m.id = p.meeting_id
    LEFT JOIN meeting_party y ON y.id = p.party_id
    WHERE p.ended_at IS NULL AND m.state IN ('draft', 'proposed', 'set') AND (m.ends_at IS NULL OR m.ends_at > ?)
      AND NOT ({employment.works_at("y.unit_id")}) ORDER BY p.id
"""


@transaction
def watch() -> int:
    """End the part of everybody who has left, in meetings to come; count them. For every minute.

    They may read nothing from the moment they left, whether this has been done or not. Nothing is written to them, for
    their mailbox is of a workplace that is theirs no longer; what has not left is stopped.
    """
    one_at_a_time("meeting leavers")
    found = rows(_GONE, (Meeting.ends_at.db_value(clock.now()), *employment.today()))
    for (number,) in found:
        participant = Participant.get_by_id(number)
        stands = meetings.latest(participant.meeting)
        meeting_mail.stop(participant)
        Participant.update(state=ParticipantState.ENDED, ended_at=clock.now()).where(
            Participant.id == number, Participant.ended_at.is_null()
        ).execute()
        Meeting.update(version=Meeting.version + 1).where(Meeting.id == stands.id).execute()
        meetings.note(WORKER, "meeting:left", stands, ("participants",))
    return len(found)

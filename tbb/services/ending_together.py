"""What ends with a case: the plan that is followed, its samordningsperson, and the meetings that have not been held."""

from __future__ import annotations

from contextlib import suppress

from tbb import clock
from tbb.database import load, transaction
from tbb.models import Case, Coordinator, Meeting, RoomBooking
from tbb.models.kinds import CaseEventKind
from tbb.models.meeting_kinds import MeetingState
from tbb.policy import Actor
from tbb.services import case_files, meeting_invitations, meetings, plan_shelf, plans

HANDED_OVER = "Ärendet lämnades över till en annan verksamhet."


@transaction
def end(actor: Actor, case: Case, reason: str) -> None:
    """Within the closing of a case, end what goes on around it; the caller has required the right.

    Those who were asked to a meeting that has not been held are told that it is called off, and nothing more.
    """
    plan = plan_shelf.of_case(case)
    if plan is not None:
        with suppress(plan_shelf.Ended):
            plans.finish(actor, plan_shelf.latest(plan), reason)
    Coordinator.update(ended_at=clock.now(), ended_why="plan_ended").where(
        Coordinator.case == case, Coordinator.ended_at.is_null()
    ).execute()
    for meeting in load(Meeting, "case_id = ? AND state IN ('draft', 'proposed', 'set') ORDER BY id", (case.id,)):
        stands = meetings.latest(meeting)
        if stands.starts_at is None or stands.starts_at > clock.now():
            _call_off(actor, stands)


def _call_off(actor: Actor, meeting: Meeting) -> None:
    meeting_invitations.called_off(actor, meeting)
    RoomBooking.delete().where(RoomBooking.meeting == meeting.id).execute()
    Meeting.update(state=MeetingState.CANCELLED, cancelled_at=clock.now(), version=Meeting.version + 1).where(
        Meeting.id == meeting.id
    ).execute()
    case_files.note_event(actor, meeting.case, CaseEventKind.MEETING_CANCELLED)
    meetings.note(actor, "meeting:call-off", meeting, ("state",))

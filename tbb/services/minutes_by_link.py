"""Closed minutes behind a personal link: who has no account reads what is theirs, and confirms or objects."""

from __future__ import annotations

from datetime import timedelta

from tbb import clock
from tbb.database import transaction
from tbb.models import Meeting, Participant
from tbb.models.meeting_kinds import MeetingState
from tbb.policy import VISITOR, Permission
from tbb.services import (
    audit,
    meeting_links,
    meeting_mail,
    meeting_minutes,
    meeting_roll,
    meeting_sheet,
    meeting_shelf,
    meetings,
)
from tbb.services.meeting_minutes import Minutes
from tbb.services.meeting_roll import Somebody
from tbb.services.meeting_sheet import Sheet

STANDS_OPEN = timedelta(days=30)
"""So long after the minutes were closed a personal link leads to them; then whoever holds them reads them out."""


@transaction
def opened(participant: Participant) -> Minutes | None:
    """Open the minutes for the one whose link it is, once the reading is written down; None when there are none.

    Of the areas only what they may read: a service what a consent covers today, the family all but what is hidden from
    guardians. Of remarks only their own. Nobody's address or number.
    """
    if not meeting_links.reads_minutes(participant):
        return None
    meeting = participant.meeting
    place = meeting_shelf.place_of_meeting(meeting)
    note = f"deltagare {participant.id}, personlig länk"
    audit.record(VISITOR, Permission.READ_MEETING, "meeting", meeting.reference, place=place, outcome="read", note=note)
    unit = participant.party.unit_id if participant.party_id is not None else None
    return meeting_minutes.of_sheet(meeting, meeting_sheet.opened_for(meeting, unit), _own(participant))


@transaction
def confirm(participant: Participant, remark: str = "") -> bool:
    """Let the one whose link it is say that the minutes are right, or what is not; False when there are none.

    Raises meeting_minutes.Confirmed and TooMany.
    """
    stands = meetings.latest(participant.meeting)
    person = Participant.get_by_id(participant.id)
    if person.ended_at is not None or person.role not in meeting_links.READERS or stands.state != MeetingState.CLOSED:
        return False
    meeting_minutes.say(VISITOR, stands, _own(person), remark, more=f"deltagare {person.id}, personlig länk")
    return True


def open_links(meeting: Meeting, sheet: Sheet) -> None:
    """Within the closing of the minutes, let personal links last a while longer, and write to those who have one."""
    for each in sheet.people:
        if each.ended or each.account is not None or each.role not in meeting_links.READERS:
            continue
        if each.unit is not None and each.unit not in sheet.shared:
            continue
        Participant.update(link_ends_at=clock.now() + STANDS_OPEN).where(Participant.id == each.id).execute()
        reader = meeting_mail.reader_of(meeting, Participant.get_by_id(each.id))
        meeting_mail.write(meeting, reader, meeting_mail.CONFIRM)


def _own(participant: Participant) -> Somebody:
    return next(each for each in meeting_roll.of(participant.meeting) if each.id == participant.id)

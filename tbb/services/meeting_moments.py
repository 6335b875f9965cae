"""Whether a meeting has begun and can be written in, and whether it is about nobody in particular."""

from __future__ import annotations

from datetime import timedelta

from tbb import clock
from tbb.models import Meeting
from tbb.models.meeting_kinds import MeetingKind, MeetingState

EARLY = timedelta(minutes=15)
"""So long before it begins the notes may be begun: people come, and the page is opened."""


class NotHeld(Exception):
    """The meeting has not begun, or was called off."""


class Closed(Exception):
    """The minutes are closed, or the case is. Nothing is written in them any more."""


def is_anonymous(meeting: Meeting) -> bool:
    """Whether it is a consultation about nobody in particular (R22)."""
    return meeting.kind == MeetingKind.CONSULTATION


def has_begun(meeting: Meeting) -> bool:
    """Whether it is held: that has been noted, or its time is set and has come."""
    if meeting.state == MeetingState.HELD:
        return True
    return meeting.state == MeetingState.SET and meeting.starts_at <= clock.now()


def is_open(meeting: Meeting) -> bool:
    """Whether its record can be written in: from a while before it begins until the minutes are closed."""
    return has_begun(meeting) or (meeting.state == MeetingState.SET and meeting.starts_at <= clock.now() + EARLY)

"""What those who are asked to a meeting are sent: which times, reminders, invitations, changes, and its end."""

from __future__ import annotations

from tbb.models import Meeting, Participant
from tbb.policy import Actor


def ask(actor: Actor, participant: Participant) -> None:
    """Within the caller's transaction, ask somebody which of the proposed times they can."""


def remind(participant: Participant) -> None:
    """Within the caller's transaction, remind somebody who has not answered."""


def time_set(actor: Actor, meeting: Meeting) -> None:
    """Within the caller's transaction, invite all who are asked, now that the time is set."""


def changed(actor: Actor, meeting: Meeting) -> None:
    """Within the caller's transaction, tell all who are invited that time or place is another."""


def called_off(actor: Actor, meeting: Meeting) -> None:
    """Within the caller's transaction, tell all who were asked or invited that the meeting is called off."""


def cancel_for(actor: Actor, participant: Participant) -> None:
    """Within the caller's transaction, tell one person alone that they are no longer asked."""

"""What those who are asked to a meeting are told: which times, reminders, a set or changed time, and its end.

Times are asked for in ten minutes, as somebody is reminded by hand; the day reminds at once. Those who are to be called
to a set or changed time wait until somebody has looked at every letter and sends them (services/meeting_sending.py).
What is taken back is told to exactly those who may know of it: at once when a consent is, and in ten minutes when it is
done by hand (services/meeting_undoing.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from tbb import clock
from tbb.database import load
from tbb.models import Meeting, Participant
from tbb.models.meeting_kinds import MeetingState, ParticipantState
from tbb.policy import Actor
from tbb.services import consents, meeting_mail
from tbb.services.meeting_mail import ASK, CALLS, CANCEL, REMIND, Draft
from tbb.services.meeting_shelf import ANSWERED_FOR

UNDO = timedelta(minutes=10)
"""How long letters wait before they leave, so that who sent them can think again."""


def ask(actor: Actor, participant: Participant) -> None:
    """Within the caller's transaction, ask somebody which of the proposed times they can; it leaves in ten minutes.

    Raises consents.NotCovered.
    """
    meeting = _meeting_of(participant)
    check(meeting, [participant])
    meeting_mail.write(meeting, meeting_mail.reader_of(meeting, participant), ASK, not_before=hold(meeting))


def remind(participant: Participant, *, not_before: datetime | None = None) -> None:
    """Within the caller's transaction, remind somebody who has not answered. Raises consents.NotCovered."""
    meeting = _meeting_of(participant)
    check(meeting, [participant])
    meeting_mail.stop(participant, (ASK, REMIND))
    meeting_mail.write(meeting, meeting_mail.reader_of(meeting, participant), REMIND, not_before=not_before)


def time_set(actor: Actor, meeting: Meeting) -> None:
    """Within the caller's transaction, let all who are asked wait to be called, now that the time is set.

    What asks for times and has not left is stopped. Raises consents.NotCovered.
    """
    asked = _asked(meeting)
    check(meeting, asked)
    for participant in asked:
        meeting_mail.stop(participant, (ASK, REMIND))


def changed(actor: Actor, meeting: Meeting) -> None:
    """Within the caller's transaction, let all who are called wait to be told that time or place is another.

    What told of the old one and has not left is stopped. Raises consents.NotCovered.
    """
    asked = _asked(meeting)
    check(meeting, asked)
    for participant in asked:
        if meeting_mail.stop(participant, (ASK, REMIND, *CALLS)):
            recount(participant)
    newest = max((each.invited_sequence for each in asked), default=0)
    sequence = max(meeting.sequence, newest) + 1
    Meeting.update(sequence=sequence, leaves_at=None).where(Meeting.id == meeting.id).execute()
    meeting.sequence, meeting.leaves_at = sequence, None


def called_off(actor: Actor, meeting: Meeting, *, not_before: datetime | None = None) -> None:
    """Within the caller's transaction, tell all who were asked or called that the meeting is off."""
    for participant in _asked(meeting):
        _take_back(meeting, participant, called_off=True, not_before=not_before)


def cancel_for(actor: Actor, participant: Participant, *, not_before: datetime | None = None) -> None:
    """Within the caller's transaction, tell one person alone that they are no longer asked.

    Somebody whose letters have not left is told nothing: the letters are stopped.
    """
    _take_back(_meeting_of(participant), participant, called_off=False, not_before=not_before)


def told_off(meeting: Meeting, people: Iterable[Participant] | None = None) -> list[Draft]:
    """Show what is written when some are taken out of a meeting, or, if none are named, when it is called off.

    Who has been told of it by letter gets one, who has no address is to be rung; who knows nothing yet is left out.
    """
    found, off = (_asked(meeting), True) if people is None else (list(people), False)
    told = (_take_back_draft(meeting, participant, called_off=off) for participant in found)
    return [draft for draft in told if draft is not None]


def restand(participant: Participant) -> None:
    """Within the caller's transaction, let somebody who is asked again stand as the letters that have left say.

    What was stopped when they were taken out is to be looked at and sent anew.
    """
    written, away = meeting_mail.written_to(participant), {letter.id for letter in meeting_mail.left(participant)}
    calls = [letter for letter in written if letter.what in CALLS]
    if calls and calls[-1].id not in away and participant.invited_sequence == calls[-1].sequence:
        recount(participant)
    if written and not away and all(letter.what in (ASK, REMIND) for letter in written):
        Participant.update(state=ParticipantState.DRAFT, asked_at=None).where(
            Participant.id == participant.id
        ).execute()


def waiting(meeting: Meeting) -> list[Participant]:
    """Those who are asked and have not been called to the time and place that are set now."""
    if meeting.state != MeetingState.SET:
        return []
    return [each for each in _asked(meeting) if each.invited_sequence < meeting.sequence]


def check(meeting: Meeting, participants: Iterable[Participant], *, day: bool = False) -> None:
    """Raise consents.NotCovered when somebody is of a service that no consent covers today (R13).

    Guardians, the child and who comes to help take no consent. With `day` also on the day of the meeting, and after a
    withdrawal that is on its way.
    """
    case = meeting.case
    units = {each.party.unit_id for each in participants if each.party_id is not None}
    if day:
        consents.require_shared(case, units, clock.local(meeting.starts_at).date() if meeting.starts_at else None)
    missing = sorted(unit for unit in units if not consents.may_be_shared_with(case, unit))
    if missing:
        raise consents.NotCovered(meeting_mail.label_of(unit) for unit in missing)


def hold(meeting: Meeting) -> datetime:
    """Within the caller's transaction, say when letters that are written now may leave."""
    leaves_at = clock.now() + UNDO
    Meeting.update(leaves_at=leaves_at).where(Meeting.id == meeting.id).execute()
    return leaves_at


def recount(participant: Participant) -> None:
    """Within the caller's transaction, let somebody stand as the letters that have left say."""
    called = [letter.sequence for letter in meeting_mail.left(participant, CALLS)]
    participant.invited_sequence = max(called, default=-1)
    participant.state = ParticipantState.INVITED if called else ParticipantState.ASKED
    Participant.update(invited_sequence=participant.invited_sequence, state=participant.state).where(
        Participant.id == participant.id, Participant.ended_at.is_null()
    ).execute()


def _take_back(meeting: Meeting, participant: Participant, *, called_off: bool, not_before: datetime | None) -> None:
    """Stop what has not left; tell somebody who may have been told something that it holds no longer."""
    meeting_mail.stop(participant)
    draft = _take_back_draft(meeting, participant, called_off=called_off)
    if draft is not None:
        told = {"sequence": draft.sequence, "called_off": called_off, "not_before": not_before}
        meeting_mail.write(meeting, draft.reader, CANCEL, **told)


def _take_back_draft(meeting: Meeting, participant: Participant, *, called_off: bool) -> Draft | None:
    """The letter that takes back what somebody may have been told; None when they know nothing, or know it already."""
    reader, away = meeting_mail.reader_of(meeting, participant), meeting_mail.left(participant)
    told = [letter.sequence for letter in away if letter.what != CANCEL]
    by_phone = not reader.email and participant.state != ParticipantState.DRAFT
    if not by_phone and (not told or away[-1].what == CANCEL):
        return None
    sequence = max(meeting.sequence, *told, 0) + 1
    facts = meeting_mail.facts_of(meeting, reader, CANCEL, sequence=sequence, path="", called_off=called_off)
    return Draft(reader, CANCEL, sequence, facts)


def _asked(meeting: Meeting) -> list[Participant]:
    states = ", ".join(f"'{state.value}'" for state in ANSWERED_FOR)
    return load(Participant, f"meeting_id = ? AND ended_at IS NULL AND state IN ({states}) ORDER BY id", (meeting.id,))


def _meeting_of(participant: Participant) -> Meeting:
    return load(Meeting, "id = ?", (participant.meeting_id,))[0]

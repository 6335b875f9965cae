"""Asking those who are to take part which time they can, not before a consent covers them (R13), and reminding."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from tbb import clock
from tbb.database import load, one_at_a_time, rows, transaction
from tbb.models import Consent, Meeting, MeetingAgreement, MeetingParty, Participant
from tbb.models.kinds import About
from tbb.models.meeting_kinds import MeetingState, ParticipantState
from tbb.policy import WORKER, Actor, require
from tbb.services import (
    consents,
    meeting_invitations,
    meeting_links,
    meeting_mail,
    meeting_sending,
    meeting_shelf,
    meetings,
)
from tbb.services.meeting_mail import REMIND
from tbb.services.meeting_times import slots_of

REMIND_BEFORE = timedelta(days=2)
"""How long before the last day to answer those are reminded who have not."""
_SILENT = """
    SELECT p.id FROM participant p JOIN meeting m ON m.id = p.meeting_id
    WHERE m.state = 'proposed' AND m.answers_by IS NOT NULL AND m.answers_by >= ? AND m.answers_by <= ?
      AND p.state = 'asked' AND p.ended_at IS NULL AND p.answered_at IS NULL AND p.reminded_at IS NULL
      AND p.asked_at < ? ORDER BY p.id
"""


class NothingToAsk(Exception):
    """No time is proposed yet, no day is set until which to answer, or nobody is left to ask."""


@transaction
def ask(actor: Actor, meeting: Meeting, *, seen: str | None = None, with_codes: bool = True) -> dict[str, str]:
    """Ask all who have not been asked yet; give the codes of those who get a link, {their key: code}, this once.

    `seen` is the mark of the letters that were looked at. Without codes none are made, for somebody who could not be
    shown them: they are made later, one by one. Raises Refused, meetings.NotNow, meetings.Overtaken, NothingToAsk, and
    consents.NotCovered with the services that no consent covers today: then nobody is asked and nothing is changed.
    """
    one_at_a_time("consents")
    stands = meetings.opened(actor, meeting)
    waiting = to_ask(stands)
    if not waiting or (stands.state != MeetingState.SET and (not slots_of(stands) or stands.answers_by is None)):
        raise NothingToAsk
    consents.require_shared(stands.case, _services(waiting))
    if seen is not None and seen != meeting_mail.mark_of(questions(actor, stands)):
        raise meetings.Overtaken
    moment, codes = clock.now(), {}
    for participant in waiting:
        if participant.party_id is not None:
            _note_agreement(stands, participant.party)
        Participant.update(state=ParticipantState.ASKED, asked_at=moment).where(
            Participant.id == participant.id
        ).execute()
        reachable = bool(address_of(participant, stands))
        if with_codes and reachable and participant.account_id is None:
            codes[participant.key] = meeting_links.new_code(actor, participant)
        if reachable and stands.state != MeetingState.SET:
            meeting_invitations.ask(actor, Participant.get_by_id(participant.id))
    if stands.state == MeetingState.SET:
        meeting_invitations.time_set(actor, stands)
    if stands.state == MeetingState.DRAFT:
        Meeting.update(state=MeetingState.PROPOSED, version=Meeting.version + 1).where(
            Meeting.id == stands.id
        ).execute()
    meetings.note(actor, "meeting:ask", stands, ("participants", "state"))
    return codes


def questions(actor: Actor, meeting: Meeting) -> list[meeting_mail.Draft]:
    """Show the letters that ask for times, as they would be; once the time is set people are called instead.

    Raises Refused.
    """
    return [] if meeting.state == MeetingState.SET else meeting_sending.drafts(actor, meeting)


def to_ask(meeting: Meeting) -> list[Participant]:
    """Those who are to take part and have not been asked yet."""
    return load(
        Participant,
        "meeting_id = ? AND state = ? AND ended_at IS NULL ORDER BY id",
        (meeting.id, ParticipantState.DRAFT),
    )


def uncovered(meeting: Meeting) -> list[tuple[MeetingParty, str]]:
    """The services of a meeting that no consent covers today, with their labels: nobody of them can be asked."""
    case = meeting.case
    return [
        (party, party.unit.label)
        for party in load(MeetingParty, "meeting_id = ? AND ended_at IS NULL ORDER BY id", (meeting.id,))
        if not meeting_shelf.may_be_shared_with(case, party.unit_id)
    ]


def address_of(participant: Participant, meeting: Meeting | None = None) -> str:
    """Where to write to somebody; empty for who is asked by phone or in the room."""
    return meeting_mail.reader_of(meeting or participant.meeting, participant).email


def reminder(actor: Actor, participant: Participant) -> meeting_mail.Draft | None:
    """Show the letter that reminds somebody, as it would be; None when they are not to be reminded. Raises Refused."""
    meeting = load(Meeting, "id = ?", (participant.meeting_id,))[0]
    person = Participant.get_by_id(participant.id)
    require(actor, meetings.right_to_book(meeting), meeting_shelf.place_of_meeting(meeting))
    today = person.reminded_at is not None and clock.local(person.reminded_at).date() == clock.today()
    if today or not _waits(meeting, person) or not _may_be_written_to(meeting, person):
        return None
    return meeting_sending.draft_of(meeting, person, REMIND)


@transaction
def remind(actor: Actor, participant: Participant, *, seen: str | None = None) -> bool:
    """Remind somebody who has not answered, in ten minutes. False when they have, or were reminded today.

    `seen` is the mark of the letter that was looked at. Raises Refused and meetings.Overtaken.
    """
    one_at_a_time("consents")
    stands = meetings.latest(participant.meeting)
    looked_at = reminder(actor, participant)
    if looked_at is None:
        return False
    if seen is not None and seen != meeting_mail.mark_of([looked_at]):
        raise meetings.Overtaken
    _remind(stands, Participant.get_by_id(participant.id), not_before=meeting_invitations.hold(stands))
    meetings.note(actor, "meeting:remind", stands, ("reminded_at",))
    return True


@transaction
def remind_the_silent() -> int:
    """Remind, once, each who has not answered when the last day is near; tell how many. For every day."""
    one_at_a_time("meeting reminders")
    today, done = clock.today(), 0
    # Who was asked in the last day has had no time to answer yet.
    since = Participant.asked_at.db_value(clock.now() - timedelta(hours=20))
    for (number,) in rows(_SILENT, (today, today + REMIND_BEFORE, since)):
        participant = Participant.get_by_id(number)
        meeting = Meeting.get_by_id(participant.meeting_id)
        if _may_be_written_to(meeting, participant):
            _remind(meeting, participant)
            meetings.note(WORKER, "meeting:remind", meeting, ("reminded_at",))
            done += 1
    return done


def _remind(meeting: Meeting, participant: Participant, *, not_before: datetime | None = None) -> None:
    Participant.update(reminded_at=clock.now()).where(Participant.id == participant.id).execute()
    meeting_invitations.remind(Participant.get_by_id(participant.id), not_before=not_before)


def _may_be_written_to(meeting: Meeting, participant: Participant) -> bool:
    """Whether there is an address and, of another service, still a consent."""
    covered = participant.party_id is None or meeting_shelf.may_be_shared_with(meeting.case, participant.party.unit_id)
    return covered and bool(address_of(participant, meeting))


def _waits(meeting: Meeting, participant: Participant) -> bool:
    asked = participant.state == ParticipantState.ASKED and participant.ended_at is None
    return meeting.state == MeetingState.PROPOSED and asked and participant.answered_at is None


def _services(waiting: Iterable[Participant]) -> list[int]:
    """The services of those who are to be asked."""
    return sorted({participant.party.unit_id for participant in waiting if participant.party_id is not None})


def _note_agreement(meeting: Meeting, party: MeetingParty) -> None:
    """Keep which version of the consent was counted on when a service was asked (AC10)."""
    newest = load(Consent, "case_id = ? ORDER BY version DESC LIMIT 1", (meeting.case_id,))
    needed = party.unit_id != meeting.case.unit_id and meeting.case.about != About.ANONYMOUS
    version = newest[0].version if newest else 0
    known = load(MeetingAgreement, "party_id = ? AND consent_version = ?", (party.id, version))
    if not known:
        MeetingAgreement.create(party=party, consent_version=version, needed=needed, at=clock.now())

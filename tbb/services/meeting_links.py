"""Personal links to a meeting, for who has no account: many times until it ends, and a code as the second step."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from tbb import clock
from tbb.database import keyring, load, transaction
from tbb.models import Meeting, MeetingSlot, Participant
from tbb.models.meeting_kinds import MeetingState, ParticipantRole
from tbb.policy import Actor, require
from tbb.services import case_page, limits, meeting_mail, meeting_shelf, meeting_times, meetings, tokens
from tbb.services.cards import dial

TRIES, TRIES_SECONDS = 5, 900
TRIES_A_DAY = 15
"""So many codes may be tried: six digits cannot be guessed, and whoever mistypes gets another try soon."""

READERS = (ParticipantRole.PROFESSIONAL, ParticipantRole.GUARDIAN, ParticipantRole.CHILD)
"""Who may read closed minutes by a link: interpreters and support persons took part for somebody else."""


def look(secret: str) -> Participant | None:
    """Find whose link it is; None when it is unknown, ended, or no consent covers their service today (AC09)."""
    token = tokens.look(meeting_mail.LINK, secret)
    found = load(Participant, "key = ? AND ended_at IS NULL", (token.subject,)) if token else []
    if not found or found[0].account_id is not None:
        return None
    participant = found[0]
    meeting = load(Meeting, "id = ?", (participant.meeting_id,))[0]
    if meeting.state == MeetingState.CANCELLED or (participant.link_ends_at or clock.now()) <= clock.now():
        return None
    if participant.party_id is None:
        return participant
    covered = meeting_shelf.may_be_shared_with(meeting.case, participant.party.unit_id)
    return participant if covered else None


def reads_minutes(participant: Participant) -> bool:
    """Whether there are minutes for the one whose link it is, which has been looked up: closed, and theirs to read."""
    return participant.role in READERS and participant.meeting.state == MeetingState.CLOSED


@dataclass(frozen=True)
class Shown:
    """What a personal link shows: no word about the child, and nobody else who takes part."""

    reference: str
    unit: str
    state: str
    answers_by: date | None
    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    access: str
    video: str
    slots: tuple[MeetingSlot, ...]
    answers: dict[int, str]
    coming: str = ""
    minutes: bool = False


def shown(participant: Participant) -> Shown:
    """Give what the one whose link it is may see: the same as their letters may say."""
    meeting = participant.meeting
    return Shown(
        reference=meeting.reference,
        unit=meeting.case.unit.label,
        state=meeting.state,
        answers_by=meeting.answers_by,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        place=meeting_mail.place_of(meeting),
        access=meeting.room.access if meeting.room_id else "",
        video=meeting.video,
        slots=tuple(meeting_times.slots_of(meeting)),
        answers=meeting_times.answers_by(participant.id),
        coming=participant.state,
        minutes=reads_minutes(participant),
    )


@dataclass(frozen=True)
class Caller:
    """Whom to call about a meeting: the service that asks, and the number that stands in the directory."""

    unit: str
    phone: str

    @property
    def phone_href(self) -> str:
        """The number as it is dialled."""
        return dial(self.phone)


def caller(participant: Participant) -> Caller:
    """Tell whom somebody calls about the meeting; nothing but what their letters and the directory say."""
    unit = participant.meeting.case.unit
    phones = [each.phone for each in case_page.answering_of(unit.id) if each.phone]
    return Caller(unit.label, phones[0] if phones else unit.phone)


@transaction
def new_code(actor: Actor, participant: Participant) -> str:
    """Make the six digits that whoever books tells them by phone or in the room; shown once, the older one ends.

    Raises Refused and meetings.NotNow.
    """
    stands = meetings.latest(participant.meeting)
    require(actor, meetings.right_to_book(stands), meeting_shelf.place_of_meeting(stands))
    if stands.state == MeetingState.CANCELLED:
        raise meetings.NotNow
    code = f"{secrets.randbelow(1_000_000):06d}"
    Participant.update(code=_digest(participant, code)).where(Participant.id == participant.id).execute()
    meetings.note(actor, "meeting:new-code", stands, ("code",))
    return code


def is_right(participant: Participant, code: str) -> bool:
    """Whether it is the code that was told to them. Raises limits.TooOften after a few wrong ones."""
    limits.spend("meeting code", participant.key, most=TRIES, seconds=TRIES_SECONDS)
    limits.spend("meeting code of day", participant.key, most=TRIES_A_DAY, seconds=86_400)
    digits = "".join(sign for sign in code if sign.isdecimal())
    return bool(participant.code) and secrets.compare_digest(participant.code, _digest(participant, digits))


def step_mark(participant: Participant) -> str:
    """What a browser that has given the code is remembered by; another code makes it worthless."""
    return keyring().fingerprint(f"meeting step {participant.key} {participant.code}")


def _digest(participant: Participant, code: str) -> str:
    """Six digits could be tried out in no time by whoever has the table, but not without the key."""
    return keyring().fingerprint(f"meeting code {participant.key} {code}")

"""Personal links to a meeting, for who has no account: many times until it ends, and a code as the second step."""

from __future__ import annotations

import secrets
from datetime import timedelta

from tbb import clock
from tbb.database import keyring, load, transaction
from tbb.models import Meeting, Participant
from tbb.models.kinds import MeetingState
from tbb.policy import Actor
from tbb.services import limits, meeting_shelf, meetings, tokens

PURPOSE = "meeting"
LASTS = timedelta(days=400)
"""Longer than any meeting is planned ahead; what ends a link is the participant's own `link_ends_at`."""
TRIES, TRIES_SECONDS = 5, 900
TRIES_A_DAY = 15
"""So many codes may be tried: six digits cannot be guessed, and whoever mistypes gets another try soon."""


def issue(participant: Participant) -> str:
    """Within the caller's transaction, make a link's secret for somebody without an account; the older one ends."""
    return tokens.issue(PURPOSE, participant.key, lasts=LASTS)


def revoke(participant: Participant) -> None:
    """Within the caller's transaction, end somebody's link."""
    tokens.revoke(PURPOSE, participant.key)


def look(secret: str) -> Participant | None:
    """Find whose link it is; None when it is unknown, ended, or no consent covers their service today (AC09)."""
    token = tokens.look(PURPOSE, secret)
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


@transaction
def new_code(actor: Actor, participant: Participant) -> str:
    """Make the six digits that whoever books tells them by phone or in the room; shown once, the older one ends.

    Raises Refused and meetings.NotNow.
    """
    stands = meetings.opened(actor, participant.meeting)
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

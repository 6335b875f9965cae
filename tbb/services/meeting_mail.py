"""The letters about a meeting: whom they go to, what they may say, how one is written, stopped and looked after.

A letter and its calendar tell the reference, the time, the place and who calls: no name of a child, no reason, no kind
of care, and nobody else's name or address.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from tbb import clock
from tbb.database import case_keys, load, rows
from tbb.models import Case, Meeting, MeetingLetter, Participant, Room
from tbb.models.meeting_kinds import MeetingState
from tbb.services import consents, employment, letters, tokens
from tbb.services.letters import State

LINK = "meeting"
"""The purpose of a personal link's token; it is looked up by services/meeting_links.py."""
LINK_LASTS = timedelta(days=400)
MASKED = "/svar/********"
"""What stands for a personal link where somebody else may look."""
MARK, MINUTES = "meeting:", "minutes:"
ASK, REMIND, REQUEST, CHANGE, CANCEL, CONFIRM = "ask", "remind", "request", "change", "cancel", "confirm"
TEMPLATES = {
    ASK: "meeting_ask",
    REMIND: "meeting_ask",
    REQUEST: "meeting_request",
    CHANGE: "meeting_request",
    CANCEL: "meeting_cancel",
    CONFIRM: "meeting_confirm",
}
CALLS = (REQUEST, CHANGE)
AWAY = (State.SENDING, State.SENT, State.UNSURE, State.BOUNCED, State.KEPT)
"""Where a letter is that has left, may have, or lies to be read in the demonstration."""
_NAMES = f"""
    SELECT CASE WHEN w.protected THEN w.function_name ELSE a.name END,
      CASE WHEN {employment.works_at("y.unit_id")} THEN a.email ELSE '' END
    FROM participant p JOIN account a ON a.id = p.account_id LEFT JOIN person w ON w.id = a.person_id
    LEFT JOIN meeting_party y ON y.id = p.party_id WHERE p.id = ?
"""
"""Somebody with an account; without address once they work there no longer, for nothing follows them (C07)."""
_UNIT = "SELECT COALESCE(NULLIF(display_name, ''), name), street, place FROM unit WHERE id = ?"
_GUARD = """
    SELECT l.what, p.ended_at, y.ended_at, y.unit_id, m.state, m.case_id, p.account_id FROM meeting_letter l
    JOIN participant p ON p.id = l.participant_id JOIN meeting m ON m.id = p.meeting_id
    LEFT JOIN meeting_party y ON y.id = p.party_id WHERE l.dedupe = ?
"""


@dataclass(frozen=True)
class Reader:
    """Who gets a letter. Without `email` they are told by phone; who `signs_in` needs no personal link."""

    participant: Participant
    name: str = ""
    email: str = ""
    phone: str = ""
    unit: str = ""
    signs_in: bool = False

    @property
    def language(self) -> str:
        """The language in which they are written to: of those who work here, Swedish."""
        return "sv" if self.signs_in else self.participant.language


@dataclass(frozen=True)
class CalendarFacts:
    """What the calendar of a letter is made of when it leaves; see web/letter_calendars.py."""

    uid: str
    sequence: int
    method: str
    wall: str
    minutes: int
    reference: str
    place: str
    video: str
    unit: str
    attendee: str
    stamp: str


@dataclass(frozen=True)
class Draft:
    """A letter as it would be sent: to whom, which, and what it is made of. Without address nothing is sent."""

    reader: Reader
    what: str
    sequence: int
    facts: dict[str, Any]


def mark_of(drafts: Iterable[Draft]) -> str:
    """Tell letters that were looked at from all others: another mark when one says, or reaches, anything else."""
    seen = []
    for draft in drafts:
        calendar = {name: value for name, value in draft.facts.get("calendar", {}).items() if name != "stamp"}
        seen.append(
            [draft.reader.participant.key, draft.reader.email, draft.what, draft.facts | {"calendar": calendar}]
        )
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:32]


def reader_of(meeting: Meeting, participant: Participant) -> Reader:
    """Find out who somebody is and where they are written to."""
    unit = label_of(participant.party.unit_id) if participant.party_id is not None else ""
    if participant.account_id is not None:
        name, email = next(iter(rows(_NAMES, (*employment.today(), participant.id))), ("", ""))
        return Reader(participant, name, email, unit=unit, signs_in=True)
    if participant.person is None:
        return Reader(participant, unit=unit)
    said = json.loads(case_keys().open(meeting.seal, participant.person, f"participant.person:{participant.key}"))
    return Reader(participant, said.get("name", ""), said.get("email", ""), said.get("phone", ""), unit)


def label_of(unit: int) -> str:
    """What a unit is called."""
    return rows(_UNIT, (unit,))[0][0]


def place_of(meeting: Meeting) -> str:
    """Where a meeting is, in words for letters and calendars.

    Of a room in another house than the sender's only its name and street are told, for the house's name may say what
    kind of help it gives.
    """
    if meeting.room_id is None:
        return meeting.place_words
    room = load(Room, "id = ?", (meeting.room_id,))[0]
    label, street, town = rows(_UNIT, (room.unit_id,))[0]
    house = label if room.unit_id == meeting.case.unit_id else ""
    return ", ".join(part for part in (room.name, house, street, town) if part)


def facts_of(
    meeting: Meeting, reader: Reader, what: str, *, sequence: int = 0, path: str = MASKED, called_off: bool = False
) -> dict[str, Any]:
    """Say what a letter is made of; `path` is where its link leads."""
    unit = label_of(meeting.case.unit_id)
    told: dict[str, Any] = {"reference": meeting.reference, "unit": unit}
    if what == CONFIRM:
        return told | {"path": path}
    if what in (ASK, REMIND):
        slots = rows(
            "SELECT wall FROM meeting_slot WHERE meeting_id = ? AND withdrawn_at IS NULL ORDER BY starts_at",
            (meeting.id,),
        )
        told["slots"] = [{"wall": wall, "minutes": meeting.minutes} for (wall,) in slots]
        told["answers_by"] = meeting.answers_by.isoformat() if meeting.answers_by else ""
        return told | {"again": what == REMIND, "path": path, "signs_in": reader.signs_in}
    invited = what in CALLS or has_been_called(reader.participant)
    told["time"] = {"wall": meeting.wall, "minutes": length_of(meeting)} if invited and meeting.wall else None
    if told["time"] is not None and reader.email:
        told["calendar"] = asdict(_calendar(meeting, reader, what, sequence, unit))
    if what == CANCEL:
        return told | {"called_off": called_off}
    told |= {"place": place_of(meeting), "video": bool(meeting.video), "changed": what == CHANGE}
    return told | {"path": path, "signs_in": reader.signs_in}


def write(
    meeting: Meeting,
    reader: Reader,
    what: str,
    *,
    sequence: int = 0,
    not_before: datetime | None = None,
    called_off: bool = False,
) -> str:
    """Within the caller's transaction, write a letter to one reader and remember it; give its dedupe.

    Who needs one gets a personal link; what is taken back has none. "" when there is no address to write to.
    """
    person = reader.participant
    if not reader.email:
        return ""
    earlier = written_to(person)
    dedupe = f"{MARK}{person.key}:{what}:{sequence}:{len(earlier)}"
    path = _path(meeting, reader) if what != CANCEL else ""
    facts = facts_of(meeting, reader, what, sequence=sequence, path=path, called_off=called_off)
    if earlier:
        facts["follows"] = letters.fingerprint(earlier[0].dedupe)
    letters.write(dedupe, reader.email, TEMPLATES[what], facts, language=reader.language, not_before=not_before)
    MeetingLetter.create(participant=person, what=what, sequence=sequence, dedupe=dedupe, at=clock.now())
    return dedupe


def written_to(participant: Participant) -> list[MeetingLetter]:
    """The letters written to somebody about a meeting, the oldest first."""
    return load(MeetingLetter, "participant_id = ? ORDER BY id", (participant.id,))


def stop(participant: Participant, whats: Iterable[str] = ()) -> list[MeetingLetter]:
    """Within the caller's transaction, stop the letters that have not left; give those that were stopped."""
    wanted = tuple(whats)
    return [
        letter
        for letter in written_to(participant)
        if (not wanted or letter.what in wanted) and letters.stop(letter.dedupe)
    ]


def left(participant: Participant, whats: Iterable[str] = ()) -> list[MeetingLetter]:
    """The letters to somebody that have left or may have; one that the outbox has forgotten left long ago."""
    wanted, written = tuple(whats), written_to(participant)
    states = letters.states_of(letter.dedupe for letter in written)
    return [
        letter
        for letter in written
        if (not wanted or letter.what in wanted) and states.get(letter.dedupe, State.SENT) in AWAY
    ]


def highest(meeting: Meeting, reader: Reader) -> int:
    """The highest number of the calendar that is on its way to, or has reached, a reader's mailbox; -1 for none.

    Also what was written to them before they were taken out, for their calendar remembers that.
    """
    same = [reader.participant]
    for other in load(Participant, "meeting_id = ? AND ended_at IS NOT NULL ORDER BY id", (meeting.id,)):
        if reader.email and reader_of(meeting, other).email.casefold() == reader.email.casefold():
            same.append(other)
    written = [letter for each in same for letter in written_to(each) if letter.what in (*CALLS, CANCEL)]
    states = letters.states_of(letter.dedupe for letter in written)
    sent = [letter.sequence for letter in written if states.get(letter.dedupe, State.SENT) != State.STOPPED]
    return max(sent, default=-1)


def has_been_called(participant: Participant) -> bool:
    """Whether somebody may have the meeting in their calendar: a letter that called them has left."""
    return bool(left(participant, CALLS))


def may_leave(dedupe: str) -> bool:
    """Whether a letter may leave now: one about a meeting only while its reader is asked and a consent covers them.

    What takes something back may whatever has ended, and nothing goes to who works there no longer (C07). Asked by the
    worker just before each letter leaves (AC09).
    """
    found = rows(_GUARD, (dedupe,)) if dedupe.startswith((MARK, MINUTES)) else []
    if not found:
        return True
    what, person_ended, party_ended, unit, state, case, account = found[0]
    if account is not None and not employment.works(account, unit):
        return False
    if what == CANCEL:
        return True
    if person_ended is not None or party_ended is not None or state == MeetingState.CANCELLED:
        return False
    if what in (ASK, REMIND) and state not in (MeetingState.DRAFT, MeetingState.PROPOSED):
        return False
    return unit is None or consents.may_be_shared_with(load(Case, "id = ?", (case,))[0], unit)


def length_of(meeting: Meeting) -> int:
    """How many minutes a meeting lasts whose time is set."""
    if meeting.starts_at is None or meeting.ends_at is None:
        return meeting.minutes
    return round((meeting.ends_at - meeting.starts_at).total_seconds() / 60)


def _path(meeting: Meeting, reader: Reader) -> str:
    if reader.signs_in:
        return f"/moten/{meeting.key}"
    # Earlier links stay good, so that whichever letter is found leads there; all end with `link_ends_at`.
    # The page is in the letter's language, whatever the browser asks for.
    secret = tokens.issue(LINK, reader.participant.key, lasts=LINK_LASTS, alone=False)
    return f"/{reader.language}/svar/{secret}"


def _calendar(meeting: Meeting, reader: Reader, what: str, sequence: int, unit: str) -> CalendarFacts:
    return CalendarFacts(
        uid=meeting.uid,
        sequence=sequence,
        method="CANCEL" if what == CANCEL else "REQUEST",
        wall=meeting.wall,
        minutes=length_of(meeting),
        reference=meeting.reference,
        place=place_of(meeting),
        video=meeting.video,
        unit=unit,
        attendee=reader.email,
        stamp=clock.now().replace(microsecond=0).isoformat(),
    )

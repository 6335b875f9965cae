"""Minutes that are closed: read by those who took part, confirmed or remarked upon, corrected by addition alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from tbb import clock
from tbb.database import one_at_a_time, rows, transaction
from tbb.models import Meeting, MeetingField, Participant
from tbb.models.meeting_kinds import MeetingState, ParticipantRole
from tbb.policy import Actor, Permission, require
from tbb.services import meeting_roll, meeting_sheet, meeting_shelf, meetings, sealed_fields
from tbb.services.meeting_roll import Somebody
from tbb.services.wheel_texts import AREAS

WHOLE = "all"
"""What a correction is about when it is about no one area."""
REMARK = re.compile(r"say\.([0-9a-f]{32})\.(\d{1,2})")
CORRECTION = re.compile(r"fix\.(\d{1,3})\.(\w+)")
MOST_REMARKS = 9
_WHO = """
    SELECT f.name, f.saved_at, COALESCE(a.name, '') FROM meeting_field f LEFT JOIN account a ON a.id = f.saved_by_id
    WHERE f.meeting_id = ?
"""


class NotClosed(Exception):
    """The minutes are not closed yet, so there is nothing to confirm or correct."""


class Confirmed(Exception):
    """That has been confirmed already."""


class TooMany(Exception):
    """More remarks than anybody needs. The rest is better said."""


class NotThere(Exception):
    """Nobody of that name takes part, or they sign in and confirm themselves."""


@dataclass(frozen=True)
class Added:
    """A remark or a correction: who wrote it, when, and of a correction the area it is about, "" for none."""

    text: str
    by: str
    at: datetime
    area: str = ""


@dataclass(frozen=True)
class Minutes:
    """Minutes as one person may read them. `mine` is the reader's own part, None for who took none."""

    sheet: meeting_sheet.Sheet
    mine: Somebody | None
    remarks: tuple[Added, ...]
    corrections: tuple[Added, ...]

    @property
    def to_hear(self) -> list[Somebody]:
        """Those who came, sign in nowhere, and have not said that the minutes are right."""
        return [each for each in self.sheet.people if may_be_confirmed_for(each)]


def opened(actor: Actor, meeting: Meeting) -> Minutes:
    """Open the minutes for somebody who has been let in: of other services just what a consent covers."""
    sheet = meeting_sheet.opened(actor, meeting)
    return of_sheet(meeting, sheet, _part_of(actor, sheet.people))


def of_sheet(meeting: Meeting, sheet: meeting_sheet.Sheet, mine: Somebody | None) -> Minutes:
    """Gather what stands beside a sheet that has been opened for its reader: remarks, their own, and corrections."""
    written = {name: (MeetingField.saved_at.python_value(at), by) for name, at, by in rows(_WHO, (meeting.id,))}
    names = {each.key: each.name for each in sheet.people}
    own = {name for name in written if mine is not None and name.startswith(f"say.{mine.key}.")}
    texts = sheet.texts
    if own - set(texts):
        every = sealed_fields.texts(meeting)
        texts |= {name: every[name] for name in own}
    remarks = [
        Added(texts[name], names.get(match[1], by), at)
        for name, (at, by) in written.items()
        if name in texts and (match := REMARK.fullmatch(name))
    ]
    corrections = [
        Added(texts[name], by, at, match[2] if match[2] in AREAS else "")
        for name, (at, by) in written.items()
        if name in texts and (match := CORRECTION.fullmatch(name))
    ]
    return Minutes(sheet, mine, _in_time(remarks), _in_time(corrections))


@transaction
def confirm(actor: Actor, meeting: Meeting, remark: str = "") -> None:
    """Let one who takes part say that the minutes are right, or what is not; a remark is sealed and confirms nothing.

    Raises Refused, NotClosed, Confirmed and TooMany.
    """
    require(actor, Permission.CONFIRM_MINUTES, meeting_shelf.place_of_meeting(meeting))
    stands = _closed(meeting)
    mine = _part_of(actor, meeting_roll.of(stands))
    if mine is None:
        raise NotThere
    say(actor, stands, mine, remark)


def say(actor: Actor, meeting: Meeting, mine: Somebody, remark: str, *, more: str = "") -> None:
    """Within the caller's transaction, keep that minutes are right, or a remark; the caller has let the person in.

    Raises Confirmed and TooMany.
    """
    if not remark.strip():
        _confirm(mine)
        meetings.note(actor, "meeting:confirm", meeting, ("confirmed_at",), more)
        return
    before = [text for name, text in sealed_fields.texts(meeting).items() if name.startswith(f"say.{mine.key}.")]
    if remark.strip() in before:
        return  # sent once more, for instance because the line was cut before the answer came
    if len(before) >= MOST_REMARKS:
        raise TooMany
    sealed_fields.save(meeting, {f"say.{mine.key}.{len(before) + 1}": remark.strip()}, by=actor.account)
    meetings.note(actor, "meeting:remark", meeting, ("remark",), more)


@transaction
def confirm_for(actor: Actor, meeting: Meeting, key: str) -> None:
    """Note that somebody who signs in nowhere has had the minutes read to them and says that they are right.

    Raises Refused, NotClosed, NotThere and Confirmed.
    """
    require(actor, Permission.RECORD_MEETING, meeting_shelf.place_of_meeting(meeting))
    stands = _closed(meeting)
    found = [each for each in meeting_roll.of(stands) if each.key == key and may_be_confirmed_for(each)]
    if not found:
        raise NotThere
    _confirm(found[0])
    meetings.note(actor, "meeting:confirm", stands, ("confirmed_at",), f"deltagare {found[0].id}, muntligt")


@transaction
def correct(actor: Actor, meeting: Meeting, text: str, area: str = "") -> None:
    """Add a correction to closed minutes; what they say is left as it is. Raises Refused, NotClosed and ValueError."""
    require(actor, Permission.RECORD_MEETING, meeting_shelf.place_of_meeting(meeting))
    if not text.strip() or (area and area not in meeting_sheet.open_areas(actor, meeting)):
        raise ValueError("A correction says something, of the whole or of an area that may be read.")
    stands = _closed(meeting)
    number = 1 + sum(name.startswith("fix.") for name in sealed_fields.read(stands))
    sealed_fields.save(stands, {f"fix.{number}.{area or WHOLE}": text.strip()}, by=actor.account)
    meetings.note(actor, "meeting:correct", stands, ("correction",))


def may_be_confirmed_for(each: Somebody) -> bool:
    """Whether somebody's yes is noted by who holds the minutes: they came, sign in nowhere and have not said it yet."""
    heard = each.role not in (ParticipantRole.INTERPRETER, ParticipantRole.SUPPORT)
    return heard and each.came and each.account is None and each.confirmed_at is None


def _closed(meeting: Meeting) -> Meeting:
    stands = meetings.latest(meeting)
    if stands.state != MeetingState.CLOSED:
        raise NotClosed
    return stands


def _part_of(actor: Actor, people: tuple[Somebody, ...]) -> Somebody | None:
    own = [each for each in people if each.account is not None and each.account == actor.account and not each.ended]
    return own[0] if own else None


def _confirm(each: Somebody) -> None:
    one_at_a_time(f"participant:{each.id}")
    done = (
        Participant.update(confirmed_at=clock.now())
        .where(Participant.id == each.id, Participant.confirmed_at.is_null())
        .execute()
    )
    if not done:
        raise Confirmed


def _in_time(added: list[Added]) -> tuple[Added, ...]:
    return tuple(sorted(added, key=lambda each: each.at))

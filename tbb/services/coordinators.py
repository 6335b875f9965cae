"""The samordningsperson: appointed in the meeting and not before (R15), the child first asked (R16), one at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from peewee import IntegrityError

from tbb import clock
from tbb.database import load, one_at_a_time, rows, transaction
from tbb.models import Case, Coordinator, Meeting, Participant, Unit
from tbb.models.kinds import CaseEventKind, CaseState, Information
from tbb.models.meeting_kinds import MeetingState, ParticipantRole
from tbb.policy import Actor, Permission, require
from tbb.services import (
    audit,
    case_files,
    consents,
    letters,
    meeting_moments,
    meeting_roll,
    meeting_shelf,
    meetings,
    sealed_fields,
)
from tbb.services.consents import NotCovered
from tbb.services.meeting_roll import Somebody

SOMEBODY_ELSE, UNKNOWN = "other", "unknown"
"""What a child may wish besides one of those who take part: somebody else, or it does not know."""
IN_WORDS = {SOMEBODY_ELSE: "Någon annan", UNKNOWN: "Vet inte"}
WHY_ENDED = ("passed_on", "left", "plan_ended", "consent")
_WORDS = ("why_not_asked", "wish", "reason")


class AlreadyAppointed(Exception):
    """The case has a samordningsperson. Somebody else was first."""


class NotHere(Exception):
    """The one who is to be appointed takes part for no service, or neither came nor has agreed."""


class Unsaid(Exception):
    """Something is missing: `what` is why_not_asked, wish or reason."""

    def __init__(self, what: str):
        super().__init__(f"{what} is missing.")
        self.what = what


@dataclass(frozen=True)
class Asked:
    """What the child answered: `wish` is the key of one who takes part, `other`, `unknown`, or "" when not asked."""

    child_asked: bool
    why_not_asked: str = ""
    wish: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Appointed:
    """A samordningsperson, opened: who, of which service, and how it came about."""

    name: str
    title: str
    unit: str
    account: int | None
    participant: int | None
    child_asked: bool
    as_wished: bool
    wish: str
    why_not_asked: str
    reason: str
    starts_at: datetime


@transaction
def appoint(
    actor: Actor,
    meeting: Meeting,
    *,
    participant: Participant | Somebody | int,
    child_asked: bool,
    why_not_asked: str = "",
    wish: str = "",
    reason: str = "",
    agreed: bool = False,
) -> Coordinator:
    """Appoint the samordningsperson in a meeting that is held, among those who came or (`agreed`) have said yes.

    Raises Refused, meeting_moments.NotHeld and Closed, AlreadyAppointed, NotHere, NotCovered and Unsaid.
    """
    one_at_a_time("consents")
    require(actor, Permission.APPOINT_COORDINATOR, meeting_shelf.place_of_meeting(meeting))
    stands = meetings.latest(meeting)
    _let_through(stands)
    number = participant if isinstance(participant, int) else participant.id
    chosen = _chosen(meeting_roll.of(stands), number, agreed=agreed)
    asked = Asked(child_asked, why_not_asked.strip(), wish, reason.strip())
    made = _make(actor, stands.case, stands, chosen, asked)
    if stands.state == MeetingState.SET:
        Meeting.update(state=MeetingState.HELD, held_at=clock.now()).where(Meeting.id == stands.id).execute()
    return made


@transaction
def take_back(actor: Actor, meeting: Meeting) -> bool:
    """Take back, before the minutes are closed, whom this meeting has appointed; whether there was anybody.

    Raises Refused, meeting_moments.NotHeld and Closed.
    """
    require(actor, Permission.APPOINT_COORDINATOR, meeting_shelf.place_of_meeting(meeting))
    stands = meetings.latest(meeting)
    _let_through(stands)
    present = meeting_shelf.coordinator_of(stands.case)
    if present is None or present.meeting_id != stands.id:
        return False
    return end(actor, stands.case, "passed_on") is not None


@transaction
def end(actor: Actor, case: Case, why: str) -> Coordinator | None:
    """Let the samordningsperson of a case be so no longer; give who it was. The caller has required the right."""
    if why not in WHY_ENDED:
        raise ValueError(f"A samordningsperson does not end for {why}.")
    one_at_a_time(f"coordinator of case {case.id}")
    found = meeting_shelf.coordinator_of(case)
    if found is None:
        return None
    Coordinator.update(ended_at=clock.now(), ended_why=why).where(Coordinator.id == found.id).execute()
    place = meeting_shelf.place_around(case)
    audit.record(actor, "coordinator:end", "case", case.reference, place=place, fields=("ended_at",), note=why)
    return found


def of_case(case: Case) -> Appointed | None:
    """Open who is the samordningsperson of a case now; None before one is appointed. The caller has the right."""
    found = meeting_shelf.coordinator_of(case)
    return opened(found) if found is not None else None


def opened(found: Coordinator) -> Appointed:
    """Open a samordningsperson and what was said of it. The caller has checked the right."""
    said = json.loads(sealed_fields.unseal(found.case, found.words, words_place(found.id)))
    name, title = _name_of(found)
    label = rows("SELECT COALESCE(NULLIF(display_name, ''), name) FROM unit WHERE id = ?", (found.unit_id,))
    return Appointed(
        name=name,
        title=title,
        unit=label[0][0] if label else "",
        account=found.account_id,
        participant=found.participant_id,
        child_asked=found.child_asked,
        as_wished=found.as_wished,
        starts_at=found.starts_at,
        **{part: said.get(part, "") for part in _WORDS},
    )


def words_place(number: int) -> str:
    """What the words about a samordningsperson are bound to."""
    return f"coordinator.words:{number}"


def candidates(people: tuple[Somebody, ...]) -> tuple[Somebody, ...]:
    """Those who may be appointed: they take part for a service, and are asked still."""
    return tuple(each for each in people if each.professional and not each.ended)


def _let_through(meeting: Meeting) -> None:
    """Let only a meeting that is held through, of a case that is open; a consultation is about nobody (R22)."""
    if meeting.state == MeetingState.CLOSED or meeting.case.state == CaseState.CLOSED:
        raise meeting_moments.Closed
    if meeting_moments.is_anonymous(meeting) or not meeting_moments.has_begun(meeting):
        raise meeting_moments.NotHeld


def _chosen(people: tuple[Somebody, ...], number: int, *, agreed: bool) -> Somebody:
    """Find who is to be appointed among those who may be: who came, or has said yes."""
    for each in candidates(people):
        if each.id == number and (each.came or agreed):
            return each
    raise NotHere


def _make(actor: Actor, case: Case, meeting: Meeting, chosen: Somebody, asked: Asked) -> Coordinator:
    """Write down who is appointed, tell them, and note it."""
    one_at_a_time(f"coordinator of case {case.id}")
    if meeting_shelf.coordinator_of(case) is not None:
        raise AlreadyAppointed
    if not meeting_shelf.may_be_shared_with(case, chosen.unit, Information.PLAN):
        raise NotCovered(consents.labels([chosen.unit]))
    wish = _wish(meeting_roll.of(meeting), chosen, asked)
    try:
        made = Coordinator.create(
            case=case, meeting=meeting, account=chosen.account, participant=chosen.id, unit=chosen.unit,
            child_asked=asked.child_asked, as_wished=asked.child_asked and asked.wish == chosen.key, words=b"",
            appointed_by=actor.account, starts_at=clock.now(),
        )  # fmt: skip
    except IntegrityError as problem:
        raise AlreadyAppointed from problem
    said = {"why_not_asked": asked.why_not_asked, "wish": wish, "reason": asked.reason}
    made.words = sealed_fields.seal(case, json.dumps(said), words_place(made.id))
    made.save(only=[Coordinator.words])
    _tell(meeting, chosen, made)
    case_files.note_event(actor, case, CaseEventKind.COORDINATOR, unit=chosen.unit)
    fields = {"child_asked", "wish", *(["reason"] if asked.reason else [])}
    place = meeting_shelf.place_around(case)
    audit.record(actor, "coordinator:appoint", "case", case.reference, place=place, fields=fields)
    return made


def _wish(people: tuple[Somebody, ...], chosen: Somebody, asked: Asked) -> str:
    """Check what the child was asked and wished, and say the wish in words; raise Unsaid for what is missing."""
    if not asked.child_asked:
        if not asked.why_not_asked:
            raise Unsaid("why_not_asked")
        return ""
    names = {each.key: each.label for each in people} | IN_WORDS
    if asked.wish not in names:
        raise Unsaid("wish")
    if asked.wish not in (chosen.key, UNKNOWN) and not asked.reason:
        raise Unsaid("reason")
    return names[asked.wish]


def _tell(meeting: Meeting, chosen: Somebody, made: Coordinator) -> None:
    """Write to who is appointed, without a word about whom it is for."""
    if not chosen.email:
        return
    unit = load(Unit, "id = ?", (meeting.case.unit_id,))[0]
    path = f"/moten/{meeting.key}/anteckningar/las"
    facts = {"reference": meeting.reference, "unit": unit.label, "signs_in": bool(chosen.account), "path": path}
    letters.write(f"coordinator:{made.id}", chosen.email, "coordinator_appointed", facts)


def _name_of(found: Coordinator) -> tuple[str, str]:
    """Name and title of a samordningsperson, by the meeting where they took part, else by their account."""
    if found.participant_id is not None:
        for each in meeting_roll.of(found.participant.meeting):
            if each.id == found.participant_id:
                return each.name, each.title
    named: Mapping[int, str] = dict(rows("SELECT id, name FROM account WHERE id = ?", (found.account_id,)))
    return named.get(found.account_id, meeting_roll.NAMELESS[ParticipantRole.PROFESSIONAL]), ""

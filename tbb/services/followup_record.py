"""What a follow-up shows: the wheel again, before and after in words for each area, and what becomes of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tbb import clock
from tbb.database import load, one_at_a_time, transaction
from tbb.models import Case, Meeting, Plan, Wheel
from tbb.models.kinds import CaseEventKind
from tbb.models.meeting_kinds import MeetingState, PlanState
from tbb.policy import Actor, Permission, Refused, require
from tbb.services import followups, mapping, meeting_shelf, plan_shelf, plans, sealed_fields
from tbb.services.wheel_texts import AREAS, LEVELS

BETTER, SAME, WORSE, UNKNOWN = "better", "same", "worse", "unknown"
DIRECTIONS = (BETTER, SAME, WORSE, UNKNOWN)
"""How an area has gone since the plan was made: a direction, never a figure and never a sum."""
YES, PARTLY, NO = "yes", "partly", "no"
ANSWERS = (YES, PARTLY, NO, UNKNOWN)
ASKED = ("better", "listened")
"""The two questions: has it become better for you, and has somebody listened to you?"""
VOICES = ("child", "guardians")
CONTINUED, CHANGED, ENDED = "continued", "changed", "ended"
OUTCOMES = (CONTINUED, CHANGED, ENDED)
REASON = "followup.reason"
WHEEL = tuple(f"now.{area}.{part}" for area in AREAS for part in ("level", "see", "child", "hidden"))
DIRECTION = tuple(f"direction.{area}" for area in AREAS)
QUESTIONS = tuple(f"{asked}.{voice}{more}" for asked in ASKED for voice in VOICES for more in ("", ".words"))
FIELDS = (*WHEEL, *DIRECTION, *QUESTIONS)
"""Everything that is written at a follow-up besides what becomes of the plan."""
_CHOICES = (
    {f"now.{area}.level": LEVELS for area in AREAS}
    | dict.fromkeys(DIRECTION, DIRECTIONS)
    | {f"{asked}.{voice}": ANSWERS for asked in ASKED for voice in VOICES}
)


class NotBooked(Exception):
    """There is no follow-up to record: none is booked, or it is recorded already."""


class NotYet(Exception):
    """The follow-up has not begun."""


class ChildNotAsked(Exception):
    """The child's answer, or that it does not know or was not there, must stand before the plan goes on or ends."""


@dataclass(frozen=True)
class Followed:
    """A follow-up that has been recorded, opened."""

    key: str
    reference: str
    at: datetime
    texts: dict[str, str]
    before: dict[str, str]

    @property
    def levels(self) -> dict[str, str]:
        """How each area was at the follow-up."""
        return mapping.levels_now(self.texts)

    @property
    def outcome(self) -> str:
        """What became of the plan."""
        return self.texts.get(followups.OUTCOME, "")


@transaction
def record(
    actor: Actor,
    plan: Plan,
    answers: Mapping[str, str],
    *,
    outcome: str,
    reason: str = "",
    next_wall: str = "",
    next_minutes: int = 60,
    by_words: str = "",
) -> Plan:
    """Write down a follow-up and what becomes of the plan: it goes on, or it ends with a reason.

    A plan that goes on has its next follow-up booked in the same breath, so that it is never without one (R18).
    `by_words` says whose time the next one is when somebody else than the samordningsperson writes.
    Raises Refused, NotBooked, NotYet, ChildNotAsked, plans.ReasonMissing, followups.BadTime, plan_shelf.Ended, and
    ValueError for an answer that is none.
    """
    one_at_a_time("consents")
    require(actor, Permission.BOOK_FOLLOWUP, meeting_shelf.place_of_plan(plan))
    _check(answers, outcome)
    if in_the_stead(actor, plan) and not by_words.strip():
        raise Refused("In the stead of the samordningsperson one says whose words these are (docs/decisions/0013).")
    stands = plan_shelf.latest(plan)
    meeting = followups.following(stands)
    if meeting is None:
        raise NotBooked
    if meeting.starts_at is None or meeting.starts_at > clock.now():
        raise NotYet
    if not answers.get("better.child") or not answers.get("listened.child"):
        raise ChildNotAsked
    if outcome != CONTINUED and not reason.strip():
        raise plans.ReasonMissing
    said = {name: text.strip() for name, text in answers.items()}
    before = {f"before.{area}": level for area, level in before_of(stands).items()}
    kept = {followups.OUTCOME: outcome, REASON: reason.strip()} | before
    sealed_fields.save(meeting, said | kept, by=actor.account)
    _close(meeting)
    if outcome == ENDED:
        plans.finish(actor, stands, reason.strip())
    else:
        followups.book(actor, stands, wall=next_wall, minutes=next_minutes, by_words=by_words)
        if outcome == CHANGED:
            Plan.update(state=PlanState.CHANGED).where(Plan.id == stands.id).execute()
    event = CaseEventKind.MEETING_CLOSED
    plan_shelf.note_change(
        actor, stands, "followup:record", ("wheel", "direction", "questions", "outcome"), event=event
    )
    return Plan.get_by_id(stands.id)


def before_of(plan: Plan) -> dict[str, str]:
    """How each area was before: at the last follow-up, else in the mapping, else in the newest wheel that informed."""
    if earlier := of_plan(plan):
        return earlier[0].levels or earlier[0].before
    case = Case.get_by_id(plan.case_id)
    if levels := mapping.levels_now(sealed_fields.texts(case)):
        return levels
    wheels = load(Wheel, "case_id = ? AND state = 'sent' ORDER BY sent_at DESC, id DESC LIMIT 1", (case.id,))
    texts = sealed_fields.texts(wheels[0]) if wheels else {}
    return {area: texts[f"area.{area}.level"] for area in AREAS if texts.get(f"area.{area}.level")}


def of_plan(plan: Plan) -> list[Followed]:
    """Open the follow-ups of a plan that are recorded, the newest first. The caller has checked the right."""
    found = load(
        Meeting,
        f"case_id = ? AND kind = 'followup' AND {followups.RECORDED} ORDER BY starts_at DESC, id DESC",
        (plan.case_id,),
    )
    return [_opened(each) for each in found if each.created_at >= plan.made_at]


def in_the_stead(actor: Actor, plan: Plan) -> bool:
    """Whether somebody else than the samordningsperson acts, though there is one."""
    return meeting_shelf.place_of_plan(plan).coordinator not in (None, actor.account)


def _opened(meeting: Meeting) -> Followed:
    texts = sealed_fields.texts(meeting)
    before = {area: texts[f"before.{area}"] for area in AREAS if texts.get(f"before.{area}")}
    return Followed(meeting.key, meeting.reference, meeting.starts_at, texts, before)


def _close(meeting: Meeting) -> None:
    moment = clock.now()
    Meeting.update(
        state=MeetingState.CLOSED, held_at=meeting.held_at or moment, closed_at=meeting.closed_at or moment
    ).where(Meeting.id == meeting.id).execute()


def _check(answers: Mapping[str, str], outcome: str) -> None:
    if unknown := set(answers) - set(FIELDS):
        raise ValueError(f"Nothing is asked about {sorted(unknown)} at a follow-up.")
    if any(answers[name] and answers[name] not in _CHOICES[name] for name in answers if name in _CHOICES):
        raise ValueError("An answer is one of those that are given.")
    if outcome not in OUTCOMES:
        raise ValueError("A plan goes on, is changed or ends.")

"""The follow-up of a plan: booked by its samordningsperson (R18), so that no plan is forgotten."""

from __future__ import annotations

from contextlib import suppress

from tbb.database import case_keys, load, one_at_a_time, rows, transaction
from tbb.models import Meeting, MeetingParty, Participant, Plan
from tbb.models.meeting_kinds import MeetingKind
from tbb.policy import Actor, Permission, Refused, require
from tbb.services import (
    case_files,
    employment,
    meeting_asking,
    meeting_shelf,
    meeting_times,
    meetings,
    plan_shelf,
    sealed_fields,
)
from tbb.services.meeting_times import Place

BY = "booked.by"
"""Who wanted the time, in words, when somebody else than the samordningsperson books it for them."""
OUTCOME = "followup.outcome"
"""What a follow-up led to: when it says something, the follow-up is recorded."""
RECORDED = f"EXISTS (SELECT 1 FROM meeting_field f WHERE f.meeting_id = meeting.id AND f.name = '{OUTCOME}')"
_ACCOUNTS = "SELECT account_id FROM participant WHERE meeting_id = ? AND account_id IS NOT NULL"
REASON = "Uppföljning. Samordningspersonen har bestämt tiden."
"""Why the time is chosen though nobody has answered: it was agreed on when the plan was made."""


class BadTime(Exception):
    """The time does not exist on the clock, or has passed."""


class AlreadyBooked(Exception):
    """A follow-up that has not been yet is booked; it is moved or called off as every meeting."""


@transaction
def book(
    actor: Actor, plan: Plan, *, wall: str, minutes: int = 60, by_words: str = "", place_words: str = ""
) -> Meeting:
    """Book the follow-up at a time on the wall (``2027-01-18T13:00``), with those who took part in the last meeting.

    Of other services only those whom a consent covers today are asked (R13). `by_words` says whose wish the time is
    when somebody books it in the stead of the samordningsperson; `place_words` where it is, nothing of the child.
    Raises Refused, BadTime, AlreadyBooked and plan_shelf.Ended.
    """
    one_at_a_time("consents")
    place = meeting_shelf.place_of_plan(plan)
    require(actor, Permission.BOOK_FOLLOWUP, place)
    if place.coordinator not in (None, actor.account) and not by_words.strip():
        raise Refused("In the stead of the samordningsperson one says whose time it is (docs/decisions/0013).")
    stands = plan_shelf.latest(plan)
    if is_booked(stands):
        raise AlreadyBooked
    before = last_meeting(stands)
    made = meetings.make(actor, stands.case, kind=MeetingKind.FOLLOWUP, minutes=minutes, follows=before)
    if before is not None:
        _ask_the_same(before, made)
    if by_words.strip():
        sealed_fields.save(made, {BY: by_words.strip()}, by=actor.account)
    try:
        place = Place(words=place_words.strip())
        made = meeting_times.move(actor, made, wall, place, version=made.version, reason=REASON)
    except meeting_times.BadTimes as problem:
        raise BadTime from problem
    with suppress(meeting_asking.NothingToAsk):
        meeting_asking.ask(actor, made, with_codes=False)
    Plan.update(followup=made).where(Plan.id == stands.id).execute()
    plan_shelf.note_change(actor, stands, "followup:book", ("followup",), event=None)
    return Meeting.get_by_id(made.id)


def is_booked(plan: Plan) -> bool:
    """Whether a follow-up is booked that has not been recorded yet."""
    return following(plan) is not None


def following(plan: Plan) -> Meeting | None:
    """Find the follow-up that is booked and not recorded yet; None when there is none: then the plan shows red."""
    if plan.followup_id is None:
        return None
    found = load(Meeting, f"id = ? AND state <> 'cancelled' AND NOT ({RECORDED})", (plan.followup_id,))
    return found[0] if found else None


def last_meeting(plan: Plan) -> Meeting | None:
    """Find the newest meeting of the plan's case that was not called off."""
    found = load(
        Meeting, "case_id = ? AND state <> 'cancelled' AND kind <> 'consultation' ORDER BY id DESC LIMIT 1",
        (plan.case_id,),
    )  # fmt: skip
    return found[0] if found else None


def _ask_the_same(before: Meeting, made: Meeting) -> None:
    """Ask those who took part before, are covered today and work there still; their words are sealed anew."""
    parties: dict[int, MeetingParty] = {}
    for number, unit, least in rows(
        "SELECT id, unit_id, least FROM meeting_party WHERE meeting_id = ? AND ended_at IS NULL ORDER BY id",
        (before.id,),
    ):
        if meeting_shelf.may_be_shared_with(made.case, unit):
            parties[number] = MeetingParty.get_or_create(meeting=made, unit=unit, defaults={"least": least})[0]
    there = {account for (account,) in rows(_ACCOUNTS, (made.id,))}
    for each in load(Participant, "meeting_id = ? AND ended_at IS NULL ORDER BY id", (before.id,)):
        if (each.party_id is not None and each.party_id not in parties) or each.account_id in there:
            continue
        if each.account_id is not None and not employment.works(each.account_id, each.party and each.party.unit_id):
            continue
        key, person = case_files.new_key(), None
        if each.person is not None:
            said = case_keys().open(before.seal, each.person, meetings.person_place(each.key))
            person = case_keys().seal(made.seal, said, meetings.person_place(key))
        Participant.create(
            key=key, meeting=made, party=parties.get(each.party_id), role=each.role, who=each.who,
            account=each.account_id, person=person, language=each.language,
        )  # fmt: skip

"""When a meeting is: proposing times, what each answers, and choosing one, once, however many choose at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tbb import clock
from tbb.database import load, one_at_a_time, rows, transaction
from tbb.models import Case, Meeting, MeetingSlot, Participant, SlotAnswer
from tbb.models.kinds import CaseEventKind
from tbb.models.meeting_kinds import MeetingState, ParticipantState, SlotAnswerKind
from tbb.policy import VISITOR, Actor, require
from tbb.services import (
    audit,
    case_files,
    consents,
    meeting_invitations,
    meeting_shelf,
    meetings,
    quorum,
    rooms,
    sealed_fields,
    wall_clock,
    working_days,
)

MOST = 12
"""So many times may be proposed for one meeting; more than that nobody answers."""
MOST_SUGGESTED = 2
"""So many other times one participant may suggest."""
REASON = "quorum.reason"
PAST, SKIPPED, DOUBLED, TWICE, WRONG, MANY = "past", "skipped", "doubled", "twice", "wrong", "many"


class BadTimes(Exception):
    """Some times cannot be proposed; nothing was saved. `why` tells by their place in the list which and why."""

    def __init__(self, why: dict[int, str]):
        super().__init__(f"{len(why)} times cannot be proposed.")
        self.why = why


class BadDay(Exception):
    """The last day to answer has been, or comes after every proposed time."""


class Overtaken(Exception):
    """Somebody has changed the meeting since it was shown; nothing was done."""


class NeedsReason(Exception):
    """Somebody who is needed cannot at that time, and it is not said why it is chosen all the same."""

    def __init__(self, lacking: list[quorum.Need]):
        super().__init__("Somebody who is needed cannot.")
        self.lacking = lacking


@dataclass(frozen=True)
class Place:
    """Where a meeting is: a room by its number or words, a link for video, and minutes to get there from elsewhere."""

    room: int | None = None
    words: str = ""
    video: str = ""
    travel_minutes: int = 0


@transaction
def propose(
    actor: Actor, meeting: Meeting, walls: Sequence[str], *, answers_by: date | None = None
) -> list[MeetingSlot]:
    """Propose times, written as on the wall; all or none. The one who proposes can at them all.

    Raises Refused, meetings.NotNow, BadTimes and BadDay.
    """
    stands = meetings.opened(actor, meeting)
    moments = _moments(stands, walls)
    _check_day(stands, moments, answers_by)
    made = [_slot(stands, wall, moment) for wall, moment in moments]
    own = load(Participant, "meeting_id = ? AND account_id = ? AND ended_at IS NULL", (stands.id, actor.account))
    for slot in made if own else ():
        _keep_answer(slot.id, own[0], SlotAnswerKind.YES)
        Participant.update(answered_at=clock.now()).where(Participant.id == own[0].id).execute()
    Meeting.update(answers_by=answers_by or stands.answers_by, version=Meeting.version + 1).where(
        Meeting.id == stands.id
    ).execute()
    extend_links(stands)
    meetings.note(actor, "meeting:propose", stands, ("slots", "answers_by"))
    return made


@transaction
def plan(actor: Actor, meeting: Meeting, walls: Sequence[str], *, answers_by: date, minutes: int) -> list[MeetingSlot]:
    """Propose times of a certain length, with the last day to answer, in one go; none at all changes only those two.

    Raises as `propose` does, and ValueError for a length that no meeting has.
    """
    stands = meetings.opened(actor, meeting)
    if minutes != stands.minutes:
        meetings.set_minutes(actor, stands, minutes)
        stands = meetings.latest(stands)
    if not walls:
        set_answers_by(actor, stands, answers_by)
        return []
    return propose(actor, stands, walls, answers_by=answers_by)


def usual_last_day() -> date:
    """The last day to answer if nothing else is said: five working days from now."""
    return working_days.after(clock.today(), 5)


@transaction
def withdraw(actor: Actor, slot: MeetingSlot) -> bool:
    """Propose a time no longer. False when that has been done already. Raises Refused and meetings.NotNow."""
    stands = meetings.opened(actor, slot.meeting)
    done = (
        MeetingSlot.update(withdrawn_at=clock.now())
        .where(MeetingSlot.id == slot.id, MeetingSlot.withdrawn_at.is_null())
        .execute()
    )
    if done:
        Meeting.update(version=Meeting.version + 1).where(Meeting.id == stands.id).execute()
        meetings.note(actor, "meeting:withdraw-time", stands, ("slots",))
    return bool(done)


@transaction
def set_answers_by(actor: Actor, meeting: Meeting, day: date) -> None:
    """Say until when answers are awaited. Raises Refused, meetings.NotNow and BadDay."""
    stands = meetings.opened(actor, meeting)
    _check_day(stands, [], day)
    Meeting.update(answers_by=day).where(Meeting.id == stands.id).execute()
    meetings.note(actor, "meeting:change", stands, ("answers_by",))


def slots_of(meeting: Meeting) -> list[MeetingSlot]:
    """The times that are proposed for a meeting, in their order."""
    return load(MeetingSlot, "meeting_id = ? AND withdrawn_at IS NULL ORDER BY starts_at", (meeting.id,))


def answers_by(participant: int) -> dict[int, str]:
    """What one has answered: {slot: answer}."""
    return dict(rows("SELECT slot_id, answer FROM slot_answer WHERE participant_id = ?", (participant,)))


@transaction
def answer(actor: Actor, participant: Participant, answers: Mapping[int, str]) -> bool:
    """Keep what somebody answers to the times: {slot: yes, if_needed or no}; False when nothing can be answered now.

    Who has an account answers for themselves; who books the meeting may write down what others have said by phone;
    by a personal link the actor is a visitor, and the link has been looked at. Raises Refused.
    """
    one_at_a_time(f"meeting:{participant.meeting_id}")
    meeting = load(Meeting, "id = ?", (participant.meeting_id,))[0]
    person = Participant.get_by_id(participant.id)
    if actor is not VISITOR and (actor.account is None or person.account_id != actor.account):
        require(actor, meetings.right_to_book(meeting), meeting_shelf.place_of_meeting(meeting))
    open_slots = {slot.id for slot in slots_of(meeting)}
    known = {slot: said for slot, said in answers.items() if slot in open_slots and said in list(SlotAnswerKind)}
    if person.ended_at is not None or meeting.state not in (MeetingState.DRAFT, MeetingState.PROPOSED) or not known:
        return False
    for slot, said in known.items():
        _keep_answer(slot, person, said)
    moment = clock.now()
    Participant.update(answered_at=moment).where(Participant.id == person.id).execute()
    place = meeting_shelf.place_of_meeting(meeting)
    audit.record(actor, "meeting:answer", "meeting", meeting.reference, place=place, fields=("answers",))
    return True


@transaction
def suggest(actor: Actor, participant: Participant, wall: str) -> MeetingSlot | None:
    """Let a participant suggest another time, at which they can; None when nothing can be suggested now.

    Raises Refused, and BadTimes when the time cannot be one, or they have suggested enough.
    """
    one_at_a_time(f"meeting:{participant.meeting_id}")
    meeting = load(Meeting, "id = ?", (participant.meeting_id,))[0]
    if actor is not VISITOR and (actor.account is None or participant.account_id != actor.account):
        require(actor, meetings.right_to_book(meeting), meeting_shelf.place_of_meeting(meeting))
    if participant.ended_at is not None or meeting.state != MeetingState.PROPOSED:
        return None
    if len(load(MeetingSlot, "proposed_by_id = ?", (participant.id,))) >= MOST_SUGGESTED:
        raise BadTimes({0: MANY})
    ((wall, moment),) = _moments(meeting, [wall])
    made = _slot(meeting, wall, moment, participant)
    _keep_answer(made.id, participant, SlotAnswerKind.YES)
    Participant.update(answered_at=clock.now()).where(Participant.id == participant.id).execute()
    extend_links(meeting)
    place = meeting_shelf.place_of_meeting(meeting)
    audit.record(actor, "meeting:suggest", "meeting", meeting.reference, place=place, fields=("slots",))
    return made


@transaction
def choose(
    actor: Actor, meeting: Meeting, slot: MeetingSlot, place: Place, *, version: int, reason: str = ""
) -> Meeting:
    """Set a meeting's time and place, take its room, and invite; or change them, which is told to who is invited.

    `version` is the meeting's as it was shown: of two who choose at once one gets Overtaken. Raises also Refused,
    meetings.NotNow, NeedsReason, rooms.Taken, BadTimes when the time has passed or is proposed no longer, and
    consents.NotCovered when a service that is asked is covered no longer, today or on the day of the meeting.
    """
    one_at_a_time("consents")
    stands = meetings.opened(actor, meeting)
    if stands.version != version:
        raise Overtaken
    found = load(MeetingSlot, "id = ? AND meeting_id = ? AND withdrawn_at IS NULL", (slot.id, stands.id))
    if not found or found[0].starts_at <= clock.now():
        raise BadTimes({0: PAST})
    consents.require_shared(stands.case, _asked_services(stands), clock.local(found[0].starts_at).date())
    lacking = quorum.lacking(quorum.needs(stands), quorum.answers_of(stands).get(slot.id, {}))
    if lacking and not reason.strip():
        raise NeedsReason(lacking)
    if place.room is not None:
        rooms.book(stands, place.room, found[0].starts_at, found[0].ends_at)
    else:
        rooms.let_go(stands)
    return _set(actor, stands, found[0], place, reason.strip() if lacking else "")


@transaction
def set_place(actor: Actor, meeting: Meeting, place: Place) -> bool:
    """Say where a meeting is; if its time is set its room is taken and who is invited is told.

    False when it is there already. Raises Refused, meetings.NotNow and rooms.Taken.
    """
    stands = meetings.opened(actor, meeting)
    if place == place_of(stands):
        return False
    is_set = stands.state == MeetingState.SET
    if is_set and place.room is not None:
        rooms.book(stands, place.room, stands.starts_at, stands.ends_at)
    elif is_set:
        rooms.let_go(stands)
    Meeting.update(
        room=place.room, place_words=place.words, video=place.video, travel_minutes=place.travel_minutes,
        version=Meeting.version + 1,
    ).where(Meeting.id == stands.id).execute()  # fmt: skip
    meetings.note(actor, "meeting:place", stands, ("room", "place_words", "video", "travel_minutes"))
    if is_set:
        meeting_invitations.changed(actor, Meeting.get_by_id(stands.id))
    return True


def place_of(meeting: Meeting) -> Place:
    """Where a meeting is by what is said of it now."""
    return Place(meeting.room_id, meeting.place_words, meeting.video, meeting.travel_minutes)


@transaction
def move(actor: Actor, meeting: Meeting, wall: str, place: Place, *, version: int, reason: str) -> Meeting:
    """Set a time that has not been proposed, for a meeting that is agreed on otherwise; it is proposed by that.

    Raises as `propose` and `choose` do. Nobody has answered to it, so it takes a reason.
    """
    one_at_a_time("consents")
    stands = meetings.opened(actor, meeting)
    if stands.version != version:
        raise Overtaken
    (slot,) = propose(actor, stands, [wall])
    return choose(actor, stands, slot, place, version=Meeting.get_by_id(stands.id).version, reason=reason)


def _asked_services(meeting: Meeting) -> list[int]:
    """The services of whom somebody has been asked."""
    asked = (
        "SELECT DISTINCT y.unit_id FROM participant p JOIN meeting_party y ON y.id = p.party_id"
        " WHERE p.meeting_id = ? AND p.ended_at IS NULL AND p.state <> 'draft'"
    )
    return [unit for (unit,) in rows(asked, (meeting.id,))]


def _set(actor: Actor, meeting: Meeting, slot: MeetingSlot, place: Place, reason: str) -> Meeting:
    """Let the meeting be at a time and a place, and let those who are asked know."""
    before, moment = meeting.state, clock.now()
    if reason:
        sealed_fields.save(meeting, {REASON: reason}, by=actor.account)
    else:
        sealed_fields.forget(meeting, [REASON])
    Meeting.update(
        state=MeetingState.SET, wall=slot.wall, starts_at=slot.starts_at, ends_at=slot.ends_at, room=place.room,
        place_words=place.words, video=place.video, travel_minutes=place.travel_minutes, set_at=moment,
        version=Meeting.version + 1,
    ).where(Meeting.id == meeting.id).execute()  # fmt: skip
    stands = Meeting.get_by_id(meeting.id)
    extend_links(stands)
    fields = ("starts_at", "ends_at", "room", "place_words", "video")
    meetings.note(actor, "meeting:set" if before != MeetingState.SET else "meeting:move", stands, fields)
    if before == MeetingState.SET:
        meeting_invitations.changed(actor, stands)
    else:
        case_files.note_event(actor, Case.get_by_id(stands.case_id), CaseEventKind.MEETING_SET)
        meeting_invitations.time_set(actor, stands)
    return stands


def _moments(meeting: Meeting, walls: Sequence[str]) -> list[tuple[str, datetime]]:
    """Give the moment of each written time, or raise BadTimes with all that is wrong."""
    stand = slots_of(meeting)
    taken, why, found = {slot.starts_at for slot in stand}, {}, []
    for number, wall in enumerate(walls):
        try:
            moment = wall_clock.moment_of(wall)
        except wall_clock.Skipped:
            why[number] = SKIPPED
        except wall_clock.Doubled:
            why[number] = DOUBLED
        except wall_clock.NotATime:
            why[number] = WRONG
        else:
            why |= {number: PAST} if moment <= clock.now() else {number: TWICE} if moment in taken else {}
            taken.add(moment)
            found.append((wall, moment))
    if len(stand) + len(walls) > MOST:
        why |= {number: MANY for number in range(len(walls)) if number not in why}
    if why:
        raise BadTimes(why)
    return found


def _check_day(meeting: Meeting, moments: Sequence[tuple[str, datetime]], day: date | None) -> None:
    """Let through a last day to answer that is neither past nor after the last of the times."""
    days = [clock.local(slot.starts_at).date() for slot in slots_of(meeting)]
    days += [clock.local(moment).date() for _wall, moment in moments]
    if day is not None and (day < clock.today() or (days and day > max(days))):
        raise BadDay


def _slot(meeting: Meeting, wall: str, moment: datetime, by: Participant | None = None) -> MeetingSlot:
    """Propose one time; one that was withdrawn comes back."""
    ends_at = moment + timedelta(minutes=meeting.minutes)
    known = load(MeetingSlot, "meeting_id = ? AND starts_at = ?", (meeting.id, MeetingSlot.starts_at.db_value(moment)))
    if not known:
        return MeetingSlot.create(meeting=meeting, wall=wall, starts_at=moment, ends_at=ends_at, proposed_by=by)
    SlotAnswer.delete().where(SlotAnswer.slot == known[0].id).execute()
    MeetingSlot.update(withdrawn_at=None, ends_at=ends_at, proposed_by=by).where(
        MeetingSlot.id == known[0].id
    ).execute()
    return MeetingSlot.get_by_id(known[0].id)


def _keep_answer(slot: int, participant: Participant, said: str) -> None:
    known = rows("SELECT id FROM slot_answer WHERE slot_id = ? AND participant_id = ?", (slot, participant.id))
    if known:
        SlotAnswer.update(answer=said, at=clock.now()).where(SlotAnswer.id == known[0][0]).execute()
    else:
        SlotAnswer.create(slot=slot, participant=participant, answer=said, at=clock.now())


def extend_links(meeting: Meeting) -> None:
    """Within the caller's transaction, let personal links last while there is something to answer or come to."""
    ends = meeting.ends_at or max((slot.ends_at for slot in slots_of(meeting)), default=None)
    Participant.update(link_ends_at=ends).where(
        Participant.meeting == meeting.id,
        Participant.account.is_null(),
        Participant.ended_at.is_null(),
        Participant.state != ParticipantState.ENDED,
    ).execute()

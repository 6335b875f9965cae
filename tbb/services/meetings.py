"""The samverkansmöte: making one, who is to take part, where it is, what is needed, and calling it off."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from secrets import token_hex

from tbb import clock
from tbb.database import case_keys, load, one_at_a_time, transaction
from tbb.models import Case, Meeting, MeetingParty, Participant, RoomBooking, Unit
from tbb.models.kinds import About, CaseEventKind, Duty
from tbb.models.meeting_kinds import MeetingKind, MeetingState, ParticipantRole, ParticipantState
from tbb.policy import Actor, Permission, require
from tbb.services import (
    audit,
    case_files,
    employment,
    mapping,
    meeting_invitations,
    meeting_mail,
    meeting_shelf,
    sealed_fields,
)

SHORTEST, LONGEST = 10, 480
"""Minutes that a meeting may last."""
OPEN = (MeetingState.DRAFT, MeetingState.PROPOSED, MeetingState.SET)
"""The states in which it can still be changed who comes, when and where."""
NEEDS = ("child.part", "child.how", "child.symbols", "child.wish", "interpreter", "needs")
"""What is written before a meeting: how the child takes part and with what support, whom it wishes, what is needed."""
CHILD_PARTS = ("all", "part", "through", "no")
"""How the child wants to take part: in all of it, in a part, through somebody, not at all."""


class NotNow(Exception):
    """The meeting has been held or called off: who comes, when and where cannot be changed."""


class Overtaken(Exception):
    """The letters would be others than those that were looked at; nothing was done."""


class NotInConsultation(Exception):
    """An anonymous consultation is about nobody, so no child and no guardian takes part in it (R22)."""


class AlreadyThere(Exception):
    """That service or that person is asked to the meeting already."""


class NotOfThere(Exception):
    """The party or the account does not belong to this meeting, or the unit is not at work."""


@dataclass(frozen=True)
class Contact:
    """Somebody who has no account here, as they are kept sealed. `note` says for instance which work they have."""

    name: str = ""
    email: str = ""
    phone: str = ""
    note: str = ""


def right_to_book(meeting: Meeting) -> Permission:
    """Which permission it takes to change a meeting: a follow-up is booked by the samordningsperson (R18)."""
    return Permission.BOOK_FOLLOWUP if meeting.kind == MeetingKind.FOLLOWUP else Permission.BOOK_MEETING


@transaction
def make(
    actor: Actor,
    case: Case,
    *,
    kind: MeetingKind = MeetingKind.COLLABORATION,
    minutes: int = 60,
    follows: Meeting | None = None,
) -> Meeting:
    """Begin to book a meeting around a case; nobody is asked yet, so it takes no consent.

    One about an anonymous case is an anonymous consultation. Raises Refused, mapping.NotReceived, mapping.Closed, and
    ValueError for a length that no meeting has.
    """
    permission = Permission.BOOK_FOLLOWUP if kind == MeetingKind.FOLLOWUP else Permission.BOOK_MEETING
    require(actor, permission, meeting_shelf.place_around(case))
    if not SHORTEST <= minutes <= LONGEST:
        raise ValueError(f"A meeting lasts {SHORTEST} to {LONGEST} minutes.")
    stands = mapping.latest(case)
    mapping.open_for_work(stands)
    made = Meeting.create(
        key=case_files.new_key(),
        reference=case_files.new_reference("M"),
        case=stands,
        kind=MeetingKind.CONSULTATION if stands.about == About.ANONYMOUS else kind,
        minutes=minutes,
        follows=follows,
        uid=f"{token_hex(16)}@mote",
        created_by=actor.account,
        created_at=clock.now(),
    )
    _begin_with_own(actor, made)
    note(actor, "meeting:make", made, ("case", "minutes"))
    return made


@transaction
def add_party(actor: Actor, meeting: Meeting, unit: Unit | int, least: int = 1) -> MeetingParty:
    """Let a service be one of those that are to be asked; `least` is how many of it must come (quorum).

    It is asked later, and only if a consent covers it then. Raises Refused, NotNow, NotOfThere and AlreadyThere.
    """
    stands = opened(actor, meeting)
    found = load(Unit, "id = ? AND status <> 'closed'", (unit if isinstance(unit, int) else unit.id,))
    if not found:
        raise NotOfThere
    known = load(MeetingParty, "meeting_id = ? AND unit_id = ?", (stands.id, found[0].id))
    if known and known[0].ended_at is None:
        raise AlreadyThere
    if known:
        MeetingParty.update(ended_at=None, ended_why="", least=least).where(MeetingParty.id == known[0].id).execute()
        party = MeetingParty.get_by_id(known[0].id)
    else:
        party = MeetingParty.create(meeting=stands, unit=found[0], least=least)
    note(actor, "meeting:add-party", stands, ("unit",), f"verksamhet {found[0].id}")
    return party


@transaction
def set_least(actor: Actor, party: MeetingParty, least: int) -> None:
    """Say how many of a service must come. Raises Refused and NotNow."""
    stands = opened(actor, party.meeting)
    MeetingParty.update(least=least).where(MeetingParty.id == party.id).execute()
    _touch(stands)
    note(actor, "meeting:change-party", stands, ("least",), f"verksamhet {party.unit_id}")


@transaction
def add_participant(
    actor: Actor,
    meeting: Meeting,
    *,
    role: str = ParticipantRole.PROFESSIONAL,
    party: MeetingParty | None = None,
    account: int | None = None,
    who: str = "",
    person: Contact | None = None,
    language: str = "sv",
) -> Participant:
    """Let somebody be one of those who are to be asked: with an account, or with a sealed name and address.

    Raises Refused, NotNow, NotInConsultation, NotOfThere and AlreadyThere.
    """
    stands = opened(actor, meeting)
    _check(stands, role, party, account, who)
    known = load(Participant, "meeting_id = ? AND account_id = ?", (stands.id, account)) if account else []
    if known and known[0].ended_at is None:
        raise AlreadyThere
    if known:
        again = {"state": ParticipantState.DRAFT, "ended_at": None, "asked_at": None, "answered_at": None}
        Participant.update(party=party, role=role, invited_sequence=-1, invited_at=None, was="", **again).where(
            Participant.id == known[0].id
        ).execute()
        added = Participant.get_by_id(known[0].id)
    else:
        key = case_files.new_key()
        added = Participant.create(
            key=key, meeting=stands, party=party, role=role, who=who, account=account, language=language,
            person=None if account else _sealed(stands, key, person or Contact()),
        )  # fmt: skip
    _touch(stands)
    note(actor, "meeting:add", stands, ("participants",), f"konto {account}" if account else "")
    return added


@transaction
def change_participant(actor: Actor, participant: Participant, person: Contact, language: str = "sv") -> Participant:
    """Change how somebody without an account is reached. Raises Refused and NotNow."""
    stands = opened(actor, participant.meeting)
    sealed = None if participant.account_id else _sealed(stands, participant.key, person)
    Participant.update(person=sealed, language=language).where(Participant.id == participant.id).execute()
    note(actor, "meeting:change-person", stands, ("person", "language"))
    return Participant.get_by_id(participant.id)


@transaction
def take_out(actor: Actor, participant: Participant, *, seen: str | None = None) -> bool:
    """Ask somebody no longer; who has been invited is told in ten minutes, nobody else is. False when it is done.

    `seen` is the mark of the letter that was looked at. Raises Refused, NotNow and Overtaken.
    """
    one_at_a_time("consents")
    stands = opened(actor, participant.meeting)
    _look_again(stands, [Participant.get_by_id(participant.id)], seen)
    return _end(actor, stands, participant.id)


@transaction
def take_out_party(actor: Actor, party: MeetingParty, *, seen: str | None = None) -> bool:
    """Ask a service and all of its people no longer, as `take_out` does. False when that has been done already."""
    one_at_a_time("consents")
    stands = opened(actor, party.meeting)
    people = people_of(party)
    _look_again(stands, people, seen)
    for participant in people:
        _end(actor, stands, participant.id)
    ended = (
        MeetingParty.update(ended_at=clock.now(), ended_why="taken_out")
        .where(MeetingParty.id == party.id, MeetingParty.ended_at.is_null())
        .execute()
    )
    if ended:
        note(actor, "meeting:take-out-party", stands, ("unit",), f"verksamhet {party.unit_id}")
    return bool(ended)


def people_of(party: MeetingParty) -> list[Participant]:
    """Those who are asked for a service."""
    return load(Participant, "party_id = ? AND ended_at IS NULL ORDER BY id", (party.id,))


@transaction
def save_needs(
    actor: Actor, meeting: Meeting, needs: Mapping[str, str], seen: Mapping[str, int] | None = None
) -> tuple[str, ...]:
    """Save how the child takes part and what is needed, sealed; name what changed.

    Raises Refused, NotNow, NotInConsultation, sealed_fields.Overtaken, and ValueError for an unknown field.
    """
    if unknown := set(needs) - set(NEEDS):
        raise ValueError(f"Nothing is asked about {sorted(unknown)} before a meeting.")
    stands = opened(actor, meeting)
    if stands.kind == MeetingKind.CONSULTATION and any(needs.get(name) for name in NEEDS if name.startswith("child.")):
        raise NotInConsultation
    changed = sealed_fields.save(stands, needs, by=actor.account, seen=seen)
    if changed:
        note(actor, "meeting:needs", stands, {name.partition(".")[0] for name in changed})
    return changed


def needs_of(meeting: Meeting) -> dict[str, str]:
    """What is needed at a meeting, opened, by the names of NEEDS; what was never said is left out."""
    return {name: text for name, text in sealed_fields.texts(meeting).items() if name in NEEDS}


@transaction
def let_child_take_part(actor: Actor, meeting: Meeting, part: str) -> None:
    """Let the child be one of those who take part when it is there itself or through somebody, else not.

    Raises Refused and NotNow.
    """
    stands = opened(actor, meeting)
    known = load(Participant, "meeting_id = ? AND role = 'child' AND ended_at IS NULL", (stands.id,))
    wanted = part in CHILD_PARTS and part != "no" and stands.kind != MeetingKind.CONSULTATION
    if wanted and not known:
        add_participant(actor, stands, role=ParticipantRole.CHILD, who="child")
    elif known and not wanted:
        _end(actor, stands, known[0].id)


@transaction
def set_minutes(actor: Actor, meeting: Meeting, minutes: int) -> None:
    """Say how long it lasts, before a time is proposed. Raises Refused, NotNow and ValueError."""
    if not SHORTEST <= minutes <= LONGEST:
        raise ValueError(f"A meeting lasts {SHORTEST} to {LONGEST} minutes.")
    stands = opened(actor, meeting)
    Meeting.update(minutes=minutes).where(Meeting.id == stands.id).execute()
    note(actor, "meeting:change", stands, ("minutes",))


@transaction
def call_off(actor: Actor, meeting: Meeting, *, seen: str | None = None) -> bool:
    """Call a meeting off: its room is free again, and all who were asked are told in ten minutes. False when it is.

    `seen` is the mark of the letters that were looked at. Raises Refused, Overtaken, and NotNow when it has been held.
    """
    one_at_a_time("consents")
    stands = latest(meeting)
    require(actor, right_to_book(stands), meeting_shelf.place_of_meeting(stands))
    if stands.state == MeetingState.CANCELLED:
        return False
    if stands.state not in OPEN:
        raise NotNow
    _look_again(stands, None, seen)
    moment = clock.now()
    meeting_invitations.called_off(actor, stands, not_before=moment + meeting_invitations.UNDO)
    RoomBooking.delete().where(RoomBooking.meeting == stands.id).execute()
    Meeting.update(
        state=MeetingState.CANCELLED, was=stands.state, cancelled_at=moment, version=Meeting.version + 1
    ).where(Meeting.id == stands.id).execute()
    case_files.note_event(actor, stands.case, CaseEventKind.MEETING_CANCELLED)
    note(actor, "meeting:call-off", stands, ("state",))
    return True


def latest(meeting: Meeting) -> Meeting:
    """Within a transaction, read a meeting as it stands, once nobody else is changing it."""
    one_at_a_time(f"meeting:{meeting.id}")
    return load(Meeting, "id = ?", (meeting.id,))[0]


def opened(actor: Actor, meeting: Meeting) -> Meeting:
    """Within a transaction, read a meeting that the actor may change now. Raises Refused and NotNow."""
    stands = latest(meeting)
    require(actor, right_to_book(stands), meeting_shelf.place_of_meeting(stands))
    if stands.state not in OPEN:
        raise NotNow
    return stands


def note(actor: Actor, action: str, meeting: Meeting, fields=(), more: str = "") -> None:
    """Within the caller's transaction, write what was done with a meeting in the audit: names of fields alone."""
    place = meeting_shelf.place_of_meeting(meeting)
    audit.record(actor, action, "meeting", meeting.reference, place=place, fields=fields, note=more)


def contact_of(participant: Participant, meeting: Meeting | None = None) -> Contact:
    """Open how somebody without an account is reached; for who has one, empty."""
    if participant.person is None:
        return Contact()
    around = meeting or participant.meeting
    return Contact(**json.loads(case_keys().open(around.seal, participant.person, person_place(participant.key))))


def person_place(key: str) -> str:
    """What the name and address of a participant are bound to."""
    return f"participant.person:{key}"


def _begin_with_own(actor: Actor, meeting: Meeting) -> None:
    """Let the case's own unit be the first party, and whoever books for it take part from the start."""
    party = MeetingParty.create(meeting=meeting, unit=meeting.case.unit_id)
    if actor.account is not None and meeting.case.unit_id in actor.units(*Duty):
        Participant.create(
            key=case_files.new_key(), meeting=meeting, party=party, account=actor.account,
            state=ParticipantState.ASKED, asked_at=clock.now(),
        )  # fmt: skip


def _sealed(meeting: Meeting, key: str, person: Contact) -> bytes:
    return case_keys().seal(meeting.seal, json.dumps(asdict(person)), person_place(key))


def _check(meeting: Meeting, role: str, party: MeetingParty | None, account: int | None, who: str) -> None:
    """Refuse those who cannot take part in this meeting."""
    family = role in (ParticipantRole.GUARDIAN, ParticipantRole.CHILD)
    if family and meeting.kind == MeetingKind.CONSULTATION:
        raise NotInConsultation
    if (role == ParticipantRole.PROFESSIONAL) != (party is not None) or family != bool(who):
        raise NotOfThere
    if party is not None and (party.meeting_id != meeting.id or party.ended_at is not None):
        raise NotOfThere
    if account is not None and not employment.works(account, party and party.unit_id):
        raise NotOfThere
    if who and load(Participant, "meeting_id = ? AND who = ? AND ended_at IS NULL", (meeting.id, who)):
        raise AlreadyThere


def _end(actor: Actor, meeting: Meeting, number: int) -> bool:
    """End one's part in a meeting, and let who has been asked or invited know."""
    participant = Participant.get_by_id(number)
    if participant.ended_at is not None:
        return False
    was, moment = participant.state, clock.now()
    if was != ParticipantState.DRAFT:
        meeting_invitations.cancel_for(actor, participant, not_before=moment + meeting_invitations.UNDO)
    Participant.update(
        state=ParticipantState.ENDED, ended_at=moment, was="" if was == ParticipantState.DRAFT else was
    ).where(Participant.id == number).execute()
    _touch(meeting)
    note(actor, "meeting:take-out", meeting, ("participants",))
    return True


def _look_again(meeting: Meeting, people: list[Participant] | None, seen: str | None) -> None:
    """Raise Overtaken when the letters that would be written are others than those that were looked at."""
    if seen is not None and seen != meeting_mail.mark_of(meeting_invitations.told_off(meeting, people)):
        raise Overtaken


def _touch(meeting: Meeting) -> None:
    """Let whoever chooses a time meanwhile see that something has changed."""
    Meeting.update(version=Meeting.version + 1).where(Meeting.id == meeting.id).execute()

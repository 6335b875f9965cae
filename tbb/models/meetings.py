"""The samverkansmöte: who is asked, which times are proposed, what each answered, and what is written down in it."""

from __future__ import annotations

from peewee import SQL, BlobField, BooleanField, CharField, Check, DateField, ForeignKeyField, IntegerField

from tbb.database import BaseModel, UtcDateTimeField
from tbb.models.accounts import Account
from tbb.models.cases import Case
from tbb.models.directory import Unit, one_of
from tbb.models.meeting_kinds import (
    Attendance,
    MeetingKind,
    MeetingState,
    ParticipantRole,
    ParticipantState,
    SlotAnswerKind,
)
from tbb.models.rooms import Room


class Meeting(BaseModel):
    """A meeting around a case. Its words are sealed with the case's key, so it has none of its own.

    `wall` is the chosen time as the clock on the wall says it (``2027-03-28T13:00``, Europe/Stockholm), kept beside the
    moment, so that a changed rule of summer time moves the moment and not the agreement. `uid` and `sequence` are the
    calendar's. `place_words` and `video` stand in calendars, so nothing about the child may be in them. Letters leave
    after `leaves_at`, until then they can be called back. `was` is the state that a meeting was called off in, and
    `follows` the meeting that this one follows up.
    """

    key = CharField(max_length=32, unique=True)
    reference = CharField(max_length=12, unique=True)
    case = ForeignKeyField(Case, backref="meetings", on_delete="CASCADE")
    kind = CharField(max_length=15, default=MeetingKind.COLLABORATION)
    state = CharField(max_length=10, default=MeetingState.DRAFT)
    follows = ForeignKeyField("self", null=True, backref="followed_by", on_delete="SET NULL")
    minutes = IntegerField(default=60)
    answers_by = DateField(null=True)
    wall = CharField(max_length=16, default="")
    starts_at = UtcDateTimeField(null=True)
    ends_at = UtcDateTimeField(null=True)
    room = ForeignKeyField(Room, null=True, backref="meetings", on_delete="SET NULL")
    place_words = CharField(max_length=120, default="")
    video = CharField(max_length=300, default="")
    travel_minutes = IntegerField(default=0)
    uid = CharField(max_length=80, unique=True)
    sequence = IntegerField(default=0)
    version = IntegerField(default=1)
    leaves_at = UtcDateTimeField(null=True)
    created_by = ForeignKeyField(Account, null=True, backref="meetings", on_delete="SET NULL")
    created_at = UtcDateTimeField()
    set_at = UtcDateTimeField(null=True)
    held_at = UtcDateTimeField(null=True)
    closed_at = UtcDateTimeField(null=True)
    cancelled_at = UtcDateTimeField(null=True)
    was = CharField(max_length=10, default="", constraints=[SQL("DEFAULT ''")])

    class Meta:
        constraints = [
            one_of("kind", MeetingKind),
            one_of("state", MeetingState),
            Check("minutes BETWEEN 10 AND 480"),
            Check("state NOT IN ('set', 'held', 'closed') OR (starts_at IS NOT NULL AND ends_at IS NOT NULL)"),
            Check("ends_at IS NULL OR ends_at > starts_at"),
        ]

    @property
    def seal(self) -> str:
        """The name of the key that seals its words: the case's."""
        return self.case.seal


Meeting.add_index(Meeting.index(Meeting.case, Meeting.state, name="meeting_of_case"))
Meeting.add_index(Meeting.index(Meeting.state, Meeting.starts_at, name="meeting_by_start"))


class MeetingParty(BaseModel):
    """A service that is asked to a meeting, and how many of it must come for the meeting to be held (quorum).

    `ended_at` says that it is asked no longer, for instance because a consent was withdrawn.
    """

    meeting = ForeignKeyField(Meeting, backref="parties", on_delete="CASCADE")
    unit = ForeignKeyField(Unit, backref="meeting_parties", on_delete="RESTRICT")
    least = IntegerField(default=1)
    ended_at = UtcDateTimeField(null=True)
    ended_why = CharField(max_length=10, default="")

    class Meta:
        constraints = [Check("least BETWEEN 0 AND 20"), Check("ended_why IN ('', 'consent', 'taken_out')")]
        indexes = ((("meeting", "unit"), True),)


class Participant(BaseModel):
    """Somebody who is asked to a meeting: of a party, a guardian, the child, an interpreter or a support person.

    `person` is sealed JSON with the case's key: {"name", "email", "phone", "note"}; for those with an account it is
    empty. `who` tells guardians and child apart, as the consent does. `code` is the hash of the second step's code for
    those who answer by a link, and `link_ends_at` when that link ends. `invited_sequence` is the newest the calendar of
    this one has been sent, -1 for none. `was` is the state in which they were taken out by hand.
    """

    key = CharField(max_length=32, unique=True)
    meeting = ForeignKeyField(Meeting, backref="participants", on_delete="CASCADE")
    party = ForeignKeyField(MeetingParty, null=True, backref="participants", on_delete="CASCADE")
    role = CharField(max_length=12, default=ParticipantRole.PROFESSIONAL)
    who = CharField(max_length=12, default="")
    account = ForeignKeyField(Account, null=True, backref="participations", on_delete="SET NULL")
    person = BlobField(null=True)
    language = CharField(max_length=5, default="sv")
    state = CharField(max_length=10, default=ParticipantState.DRAFT)
    code = CharField(max_length=64, default="")
    link_ends_at = UtcDateTimeField(null=True)
    asked_at = UtcDateTimeField(null=True)
    reminded_at = UtcDateTimeField(null=True)
    invited_at = UtcDateTimeField(null=True)
    invited_sequence = IntegerField(default=-1)
    answered_at = UtcDateTimeField(null=True)
    ended_at = UtcDateTimeField(null=True)
    attended = CharField(max_length=10, default=Attendance.UNKNOWN)
    confirmed_at = UtcDateTimeField(null=True)
    was = CharField(max_length=10, default="", constraints=[SQL("DEFAULT ''")])

    class Meta:
        constraints = [
            one_of("role", ParticipantRole),
            one_of("state", ParticipantState),
            one_of("attended", Attendance),
            Check("who IN ('', 'guardian_1', 'guardian_2', 'child')"),
            Check("(role = 'professional') = (party_id IS NOT NULL)"),
        ]


Participant.add_index(Participant.index(Participant.account, Participant.state, name="participant_of_account"))
Participant.add_index(
    Participant.index(
        Participant.meeting,
        Participant.account,
        unique=True,
        where=Participant.account.is_null(False),
        name="participant_once",
    )
)


class MeetingSlot(BaseModel):
    """A time that is proposed for a meeting. `proposed_by` is a participant who suggested another time."""

    meeting = ForeignKeyField(Meeting, backref="slots", on_delete="CASCADE")
    wall = CharField(max_length=16)
    starts_at = UtcDateTimeField()
    ends_at = UtcDateTimeField()
    room = ForeignKeyField(Room, null=True, backref="slots", on_delete="SET NULL")
    proposed_by = ForeignKeyField(Participant, null=True, backref="proposals", on_delete="SET NULL")
    withdrawn_at = UtcDateTimeField(null=True)

    class Meta:
        constraints = [Check("ends_at > starts_at")]
        indexes = ((("meeting", "starts_at"), True),)


class SlotAnswer(BaseModel):
    """What one participant answered to one time."""

    slot = ForeignKeyField(MeetingSlot, backref="answers", on_delete="CASCADE")
    participant = ForeignKeyField(Participant, backref="answers", on_delete="CASCADE")
    answer = CharField(max_length=10)
    at = UtcDateTimeField()

    class Meta:
        constraints = [one_of("answer", SlotAnswerKind)]
        indexes = ((("slot", "participant"), True),)


class MeetingField(BaseModel):
    """One thing written about or in a meeting, sealed with the case's key, as `CaseField` is.

    Before the meeting: how the child takes part, interpreter, needs, why a time breaks the quorum. In it: what the
    child says, decisions by area, what was asked of the child about a samordningsperson. After a follow-up: the wheel.
    """

    meeting = ForeignKeyField(Meeting, backref="fields", on_delete="CASCADE")
    name = CharField(max_length=40)
    body = BlobField()
    version = IntegerField(default=1)
    saved_at = UtcDateTimeField()
    saved_by = ForeignKeyField(Account, null=True, backref="meeting_fields", on_delete="SET NULL")

    class Meta:
        indexes = ((("meeting", "name"), True),)


class MeetingLetter(BaseModel):
    """That a letter about a meeting was written to a participant: which one, so that it can be called back.

    `dedupe` is the outbox letter's.
    """

    participant = ForeignKeyField(Participant, backref="letters", on_delete="CASCADE")
    what = CharField(max_length=12)
    sequence = IntegerField(default=0)
    dedupe = CharField(max_length=120, unique=True)
    at = UtcDateTimeField()

    class Meta:
        constraints = [Check("what IN ('ask', 'remind', 'request', 'change', 'cancel', 'code', 'confirm')")]


class MeetingAgreement(BaseModel):
    """That a meeting counts on a consent: which version it was when a party was asked (AC10)."""

    party = ForeignKeyField(MeetingParty, backref="agreements", on_delete="CASCADE")
    consent_version = IntegerField(default=0)
    needed = BooleanField(default=True)
    at = UtcDateTimeField()

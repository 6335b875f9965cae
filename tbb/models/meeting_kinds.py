"""The closed lists of meetings, plans and talks: kinds, states, what somebody is there and what is answered."""

from __future__ import annotations

from enum import StrEnum


class MeetingKind(StrEnum):
    """Which meeting it is: a samverkansmöte, a consultation about nobody in particular (R22), or a follow-up."""

    COLLABORATION = "collaboration"
    CONSULTATION = "consultation"
    FOLLOWUP = "followup"


class MeetingState(StrEnum):
    """Where a meeting is: being prepared, times proposed, a time set, held, its minutes closed, or called off."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    SET = "set"
    HELD = "held"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class ParticipantRole(StrEnum):
    """What somebody is in a meeting."""

    PROFESSIONAL = "professional"
    GUARDIAN = "guardian"
    CHILD = "child"
    INTERPRETER = "interpreter"
    SUPPORT = "support"


class ParticipantState(StrEnum):
    """How far it has come with somebody who is to take part."""

    DRAFT = "draft"
    ASKED = "asked"
    INVITED = "invited"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    ENDED = "ended"


class Attendance(StrEnum):
    """Whether somebody came; unknown until the meeting."""

    UNKNOWN = ""
    YES = "yes"
    PART = "part"
    NO = "no"


class SlotAnswerKind(StrEnum):
    """What somebody answers to a proposed time: kan, kan vid behov, kan inte."""

    YES = "yes"
    IF_NEEDED = "if_needed"
    NO = "no"


class PlanState(StrEnum):
    """Where a plan is: followed, changed after a follow-up and still followed, or ended."""

    ACTIVE = "active"
    CHANGED = "changed"
    ENDED = "ended"


class ActionState(StrEnum):
    """How far an action of a plan has come."""

    PLANNED = "planned"
    DOING = "doing"
    DONE = "done"
    DROPPED = "dropped"


class TalkWay(StrEnum):
    """How a booked talk is held."""

    PHONE = "phone"
    VISIT = "visit"
    VIDEO = "video"


class TalkTopic(StrEnum):
    """What is booked: a talk with a BBA, or a workshop or information by those who lead the process."""

    TALK = "talk"
    WORKSHOP = "workshop"
    INFORMATION = "information"


class TalkState(StrEnum):
    """What became of a booked talk."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    HELD = "held"
    NO_SHOW = "no_show"


class ExceptionKind(StrEnum):
    """How a day differs from the weekly hours."""

    CLOSED = "closed"
    EXTRA = "extra"

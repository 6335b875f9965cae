"""The closed lists of the directory: kinds of units, kinds of organizers, roles, mandates and statuses."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a unit is. Order is the order of a child's life, and the order in which lists show them."""

    BVC = "bvc"
    FAMILY_CENTRE = "family_centre"
    PRESCHOOL = "preschool"
    FAMILY_DAYCARE = "family_daycare"
    COMPULSORY = "compulsory"
    COMPULSORY_ADAPTED = "compulsory_adapted"
    SPECIAL_SCHOOL = "special_school"
    UPPER_SECONDARY = "upper_secondary"
    UPPER_SECONDARY_ADAPTED = "upper_secondary_adapted"
    HOME_FOLLOWUP = "home_followup"
    KAA = "kaa"
    YOUTH_CLINIC = "youth_clinic"
    PUPIL_HEALTH = "pupil_health"
    SOCIAL_SERVICES = "social_services"
    OTHER = "other"


class OrganizerKind(StrEnum):
    """Who runs a unit."""

    MUNICIPAL = "municipal"
    REGION = "region"
    INDEPENDENT = "independent"


class Status(StrEnum):
    """Whether a unit is at work. Closed ones are kept but not found."""

    ACTIVE = "active"
    DORMANT = "dormant"
    PLANNED = "planned"
    CLOSED = "closed"


class Role(StrEnum):
    """What somebody is to a unit."""

    BBA = "bba"
    DEPUTY = "deputy"
    HOLIDAY = "holiday"


class Duty(StrEnum):
    """What an account is entrusted with. BBA and DEPUTY follow from a responsibility and are never given by hand."""

    STAFF = "staff"
    BBA = "bba"
    DEPUTY = "deputy"
    DELEGATE = "delegate"
    UNIT_HEAD = "unit_head"
    ORGANIZER_ADMIN = "organizer_admin"
    COMMUNICATOR = "communicator"
    PROCESS_LEADER = "process_leader"
    STEERING = "steering"
    LOG_REVIEWER = "log_reviewer"
    OPERATIONS = "operations"


class Scope(StrEnum):
    """How far a duty reaches."""

    UNIT = "unit"
    ORGANIZER = "organizer"
    COUNTY = "county"


SCOPES = {
    Duty.STAFF: (Scope.UNIT,),
    Duty.BBA: (Scope.UNIT,),
    Duty.DEPUTY: (Scope.UNIT,),
    Duty.DELEGATE: (Scope.UNIT,),
    Duty.UNIT_HEAD: (Scope.UNIT,),
    Duty.ORGANIZER_ADMIN: (Scope.ORGANIZER,),
    Duty.COMMUNICATOR: (Scope.ORGANIZER, Scope.COUNTY),
    Duty.PROCESS_LEADER: (Scope.COUNTY,),
    Duty.STEERING: (Scope.ORGANIZER, Scope.COUNTY),
    Duty.LOG_REVIEWER: (Scope.ORGANIZER, Scope.COUNTY),
    Duty.OPERATIONS: (Scope.COUNTY,),
}
"""The scopes in which each duty may be held."""

FOLLOWED = frozenset({Duty.BBA, Duty.DEPUTY})
"""The duties that follow from a responsibility; nobody gives them by hand."""


class ApplicationState(StrEnum):
    """Where an application to join is on its way."""

    DRAFT = "draft"
    SENT = "sent"
    ASKED = "asked"
    RECOMMENDED = "recommended"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class JoiningState(StrEnum):
    """Where an independent organisation stands towards the model (R26)."""

    NOT_OFFERED = "not_offered"
    OFFERED = "offered"
    INTERESTED = "interested"
    MEETING_BOOKED = "meeting_booked"
    WORKSHOP_HELD = "workshop_held"
    JOINED = "joined"
    DECLINED = "declined"


class Mandate(StrEnum):
    """Why a BBA may decide (R4): by position, or by a mandate somebody gave."""

    DECISION_MAKER = "decision_maker"
    DELEGATED = "delegated"


class About(StrEnum):
    """Whom a wheel is about. In an anonymous consultation there is no field for who it is (R22)."""

    CHILD = "child"
    GROUP = "group"
    ANONYMOUS = "anonymous"


class WheelTemplate(StrEnum):
    """Which template of the wheel is used: the plain one, or the one that follows extensive absence."""

    WHEEL = "wheel"
    ABSENCE = "absence"


class CaseState(StrEnum):
    """Where a case is: sent but not yet received, received, being mapped, going on to samarbete, or closed."""

    SENT = "sent"
    RECEIVED = "received"
    MAPPING = "mapping"
    COLLABORATING = "collaborating"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What the mapping led to (R12)."""

    OWN = "own"
    OTHER = "other"
    MEETING = "meeting"
    NONE = "none"


class NoteKind(StrEnum):
    """What a note on a case is: a working note, a question to who informed, their addition, or a correction."""

    NOTE = "note"
    QUESTION = "question"
    ADDITION = "addition"
    CORRECTION = "correction"


class CaseEventKind(StrEnum):
    """What can happen with a case."""

    SENT = "sent"
    RECEIVED = "received"
    MAPPING = "mapping"
    DECIDED = "decided"
    CLOSED = "closed"
    REOPENED = "reopened"
    JOINED = "joined"
    PARTED = "parted"
    DELEGATED = "delegated"
    DELEGATION_ENDED = "delegation_ended"
    OFFERED = "offered"
    HANDED_OVER = "handed_over"
    OFFER_ENDED = "offer_ended"
    EXPORTED = "exported"
    RELEASED = "released"
    HELD = "held"
    UNHELD = "unheld"
    MEETING_SET = "meeting_set"
    MEETING_CANCELLED = "meeting_cancelled"
    MEETING_CLOSED = "meeting_closed"
    COORDINATOR = "coordinator"
    PLAN_MADE = "plan_made"
    PLAN_CHANGED = "plan_changed"
    PLAN_ENDED = "plan_ended"
    FORUM = "forum"


class Answer(StrEnum):
    """What somebody answered to whether information may be shared."""

    YES = "yes"
    NO = "no"
    NOT_ASKED = "not_asked"


class Information(StrEnum):
    """The kinds of information a consent can cover."""

    WHEEL = "wheel"
    MAPPING = "mapping"
    ABSENCE = "absence"
    MEETING = "meeting"
    PLAN = "plan"


BBA_KINDS = frozenset(
    {
        Kind.BVC,
        Kind.PRESCHOOL,
        Kind.FAMILY_DAYCARE,
        Kind.COMPULSORY,
        Kind.COMPULSORY_ADAPTED,
        Kind.SPECIAL_SCHOOL,
        Kind.UPPER_SECONDARY,
        Kind.UPPER_SECONDARY_ADAPTED,
        Kind.HOME_FOLLOWUP,
        Kind.KAA,
    }
)
"""The kinds of units that shall have a Barnets bästa-ansvarig (domain A1); the others are neighbours."""

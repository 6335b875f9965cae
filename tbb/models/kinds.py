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


class Mandate(StrEnum):
    """Why a BBA may decide (R4): by position, or by a mandate somebody gave."""

    DECISION_MAKER = "decision_maker"
    DELEGATED = "delegated"


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

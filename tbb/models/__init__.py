"""What is stored, and queries that name a scope; nothing here knows of the web."""

from tbb.models.directory import Municipality, Organizer, School, Unit, UnitAlias, UnitId, UnitSlug
from tbb.models.people import Person, Responsibility
from tbb.models.searching import Posting, Term
from tbb.models.site import AuditRow, Feedback, Letter, Meta, RateCount, Version

ALL_MODELS = (
    Municipality,
    Organizer,
    School,
    Unit,
    UnitId,
    UnitAlias,
    UnitSlug,
    Person,
    Responsibility,
    Term,
    Posting,
    Version,
    Meta,
    AuditRow,
    Letter,
    Feedback,
    RateCount,
)

__all__ = [model.__name__ for model in ALL_MODELS] + ["ALL_MODELS"]

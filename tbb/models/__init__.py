"""What is stored, and queries that name a scope; nothing here knows of the web."""

from tbb.models.accounts import (
    Account,
    Authenticator,
    Grant,
    Identity,
    OneTimeToken,
    Passkey,
    Receipt,
    RecoveryCode,
    Sitting,
)
from tbb.models.auditing import Alarm, Anchor, AuditSample
from tbb.models.cases import AreaActor, Case, CaseEvent, CaseField, Delegation
from tbb.models.consents import Consent, ConsentParty, ConsentVoice
from tbb.models.directory import Municipality, Organizer, School, Unit, UnitAlias, UnitId, UnitSlug
from tbb.models.joining import Application, ApplicationEvent, ApplicationUnit, Joining, JoiningNote
from tbb.models.keeping import (
    ContactChange,
    CoverageRecord,
    EntryChange,
    Flag,
    Gap,
    Handover,
    TermConfirmation,
    Upload,
)
from tbb.models.people import Person, Responsibility
from tbb.models.retention import CaseExport, DoomedKey, Forgetting, Hold, OwnerRules, RetentionRule
from tbb.models.searching import Posting, Term
from tbb.models.site import AuditRow, Feedback, Letter, Meta, RateCount, Version
from tbb.models.wheels import Assessment, CaseNote, Wheel, WheelField

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
    Account,
    Grant,
    Passkey,
    Authenticator,
    RecoveryCode,
    Identity,
    Sitting,
    OneTimeToken,
    Receipt,
    EntryChange,
    ContactChange,
    Handover,
    TermConfirmation,
    Gap,
    Flag,
    CoverageRecord,
    Upload,
    Application,
    ApplicationEvent,
    ApplicationUnit,
    Joining,
    JoiningNote,
    AuditSample,
    Alarm,
    Anchor,
    Case,
    CaseField,
    CaseEvent,
    Delegation,
    AreaActor,
    Wheel,
    WheelField,
    CaseNote,
    Assessment,
    Consent,
    ConsentVoice,
    ConsentParty,
    OwnerRules,
    RetentionRule,
    Hold,
    Forgetting,
    DoomedKey,
    CaseExport,
)

__all__ = [model.__name__ for model in ALL_MODELS] + ["ALL_MODELS"]

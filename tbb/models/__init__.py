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
from tbb.models.calendars import BusySource, CalendarFeed
from tbb.models.cases import AreaActor, Case, CaseEvent, CaseField, Delegation
from tbb.models.consents import Consent, ConsentException, ConsentParty, ConsentVoice
from tbb.models.directory import Municipality, Organizer, School, Unit, UnitAlias, UnitId, UnitSlug
from tbb.models.forums import Forum, ForumDate, ForumItem, ForumMember
from tbb.models.happenings import Guest, Happening
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
from tbb.models.materials import ContentWord, Material, MaterialVersion
from tbb.models.media import MediaFile, Picture
from tbb.models.meetings import (
    Meeting,
    MeetingAgreement,
    MeetingField,
    MeetingLetter,
    MeetingParty,
    MeetingSlot,
    Participant,
    SlotAnswer,
)
from tbb.models.news import Article, ArticleVersion, Banner, ContentRules, LastSeen, Writing
from tbb.models.newsletters import Newsletter, NewsletterLetter, NewsletterSection, Subscriber, Suppression
from tbb.models.people import Person, Responsibility
from tbb.models.plans import Coordinator, Plan, PlanAction, PlanField, PlanNote
from tbb.models.retention import CaseExport, DoomedKey, Forgetting, Hold, OwnerRules, RetentionRule
from tbb.models.rooms import Room, RoomBooking, SchoolBreak
from tbb.models.searching import Posting, Term
from tbb.models.site import AuditRow, Feedback, Letter, Meta, RateCount, Version
from tbb.models.talks import TalkBooking, TalkException, TalkHost, TalkHours
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
    ConsentException,
    OwnerRules,
    RetentionRule,
    Hold,
    Forgetting,
    DoomedKey,
    CaseExport,
    Room,
    RoomBooking,
    SchoolBreak,
    Meeting,
    MeetingParty,
    Participant,
    MeetingSlot,
    SlotAnswer,
    MeetingField,
    MeetingLetter,
    MeetingAgreement,
    Plan,
    Coordinator,
    PlanField,
    PlanAction,
    PlanNote,
    Forum,
    ForumMember,
    ForumDate,
    ForumItem,
    CalendarFeed,
    BusySource,
    Picture,
    MediaFile,
    Article,
    ArticleVersion,
    Writing,
    ContentRules,
    Banner,
    LastSeen,
    Happening,
    Guest,
    Material,
    MaterialVersion,
    ContentWord,
    Newsletter,
    NewsletterSection,
    Subscriber,
    Suppression,
    NewsletterLetter,
    TalkHost,
    TalkHours,
    TalkException,
    TalkBooking,
)

__all__ = [model.__name__ for model in ALL_MODELS] + ["ALL_MODELS"]

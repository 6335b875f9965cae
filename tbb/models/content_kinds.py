"""The closed lists of what communicators publish: categories, kinds, states, parts of a newsletter and topics."""

from __future__ import annotations

from enum import StrEnum


class Category(StrEnum):
    """What an article is about."""

    NEWS = "news"
    INSPIRATION = "inspiration"
    INDEPENDENT = "independent"
    SIP = "sip"
    METHODS = "methods"


class ContentState(StrEnum):
    """Where something for readers is: being written, waiting for a second person or its time, out, taken in."""

    DRAFT = "draft"
    REVIEW = "review"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class HappeningKind(StrEnum):
    """What kind of event it is. Nobody signs up for a webinar (R24)."""

    WEBINAR = "webinar"
    CONFERENCE = "conference"
    WORKSHOP = "workshop"
    COURSE = "course"


class MaterialKind(StrEnum):
    """What kind of metodstöd a material is."""

    FILM = "film"
    WORK = "work"
    SYMBOLS = "symbols"
    FORM = "form"
    REPORT = "report"


class NewsletterState(StrEnum):
    """Where a newsletter is. One that is queued can be called back until its letters leave."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    ADDED = "added"


class SectionKind(StrEnum):
    """The fixed parts of the county's newsletter, and one of one's own."""

    CURRENT = "current"
    AHEAD = "ahead"
    INDEPENDENT = "independent"
    INSPIRATION = "inspiration"
    SIP = "sip"
    METHODS = "methods"
    WEBINAR = "webinar"
    CONTACT = "contact"
    OWN = "own"


class ReaderTopic(StrEnum):
    """What a reader may ask to get letters about."""

    NEWS = "news"
    WEBINARS = "webinars"
    METHODS = "methods"
    SIP = "sip"
    INDEPENDENT = "independent"

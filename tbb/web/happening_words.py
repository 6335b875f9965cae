"""The words for webinars and events, in the language of the page or in Swedish at work."""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_date

from tbb.models.content_kinds import HappeningKind
from tbb.services.happenings import Phase
from tbb.web.language import current
from tbb.web.texts import N_
from tbb.web.texts import say as _

KINDS = {
    HappeningKind.WEBINAR: N_("Webbinarium"),
    HappeningKind.CONFERENCE: N_("Konferens"),
    HappeningKind.WORKSHOP: N_("Workshop"),
    HappeningKind.COURSE: N_("Utbildning"),
}
PHASES = {
    Phase.COMING: N_("Kommer"),
    Phase.NOW: N_("Pågår nu"),
    Phase.OVER: N_("Har varit"),
    Phase.RECORDED: N_("Se i efterhand"),
    Phase.CALLED_OFF: N_("Inställt"),
}


def kind(code: str) -> str:
    """Name a kind of event."""
    return _(KINDS[HappeningKind(code)])


def swedish_kind(code: str) -> str:
    """Name a kind in Swedish, for those who write."""
    return str(KINDS[HappeningKind(code)])


def phase(code: str) -> str:
    """Say where it is by the clock."""
    return _(PHASES[Phase(code)])


def day_number(day: date) -> str:
    """The day of a date block."""
    return str(day.day)


def month(day: date) -> str:
    """The month of a date block, short."""
    return format_date(day, "MMM", locale=current().code).rstrip(".")


def hours(starts: datetime, ends: datetime) -> str:
    """Write from when until when: 12.00–12.45."""
    return f"{starts:%H.%M}–{ends:%H.%M}"

"""Times to book as a visitor reads them: by week and day, in the language of the page, and the names of languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby, islice

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from tbb import clock
from tbb.forms.talks import LANGUAGES, OTHER, SIGNED
from tbb.models.meeting_kinds import TalkState, TalkTopic
from tbb.services.talk_slots import Slot
from tbb.web.texts import N_
from tbb.web.texts import say as _

WEEKS_SHOWN, MOST_PAGES = 2, 13
DOTTED = ("sv", "fi")
"""The languages that write 09.00; the others write 09:00."""
OWN_NAMES = {SIGNED: N_("Svenskt teckenspråk"), OTHER: N_("Ett annat språk")}
IN_SWEDISH = {"talk": "Samtal", TalkTopic.WORKSHOP: "Workshop", TalkTopic.INFORMATION: "Information"}
WAYS_IN_SWEDISH = {"phone": "telefon", "visit": "på plats", "video": "video"}
STATES = {
    TalkState.BOOKED: ("Bokat", "info"),
    TalkState.CANCELLED: ("Avbokat", "neutral"),
    TalkState.HELD: ("Blev av", "success"),
    TalkState.NO_SHOW: ("Kom inte", "warning"),
}


@dataclass(frozen=True)
class Day:
    """A day with free times."""

    day: date
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class Week:
    """A week by its ISO number, Monday first."""

    number: int
    days: tuple[Day, ...]


@dataclass(frozen=True)
class Sheet:
    """Some weeks with free times, and whether there are later ones."""

    weeks: tuple[Week, ...]
    page: int
    more: bool


def sheet(slots: Iterable[Slot], page: int = 1) -> Sheet:
    """Lay out free times by week and day, a few weeks at a time; later ones than are shown are not asked for."""
    page = min(max(page, 1), MOST_PAGES)
    days = (Day(day, tuple(found)) for day, found in groupby(slots, key=lambda slot: slot.day))
    weeks = (
        Week(number, tuple(found))
        for (_year, number), found in groupby(days, key=lambda each: tuple(each.day.isocalendar())[:2])
    )
    shown = tuple(islice(weeks, (page - 1) * WEEKS_SHOWN, page * WEEKS_SHOWN))
    return Sheet(shown, page, next(weeks, None) is not None)


def week_name(number: int) -> str:
    """Name a week: v. 48."""
    return _("v. %(number)s", number=number)


def day_name(moment: date | datetime, locale: str) -> str:
    """Write a day with its weekday, beginning with a capital: Tisdag 24 november."""
    said = day_in_text(moment, locale)
    return said[:1].upper() + said[1:]


def day_in_text(moment: date | datetime, locale: str) -> str:
    """Write a day with its weekday as it stands in a sentence: tisdag 24 november, Tuesday 24 November."""
    day = clock.local(moment).date() if isinstance(moment, datetime) else moment
    return format_date(day, "EEEE d MMMM", locale=locale)


def hour(moment: datetime, locale: str) -> str:
    """Write a Swedish time of day: 09.00, or 09:00 in languages that write so."""
    return f"{clock.local(moment):%H.%M}" if locale in DOTTED else f"{clock.local(moment):%H:%M}"


def hours(starts_at: datetime, ends_at: datetime, locale: str) -> str:
    """Write from when to when: 09.00–09.30."""
    return f"{hour(starts_at, locale)}–{hour(ends_at, locale)}"


def minutes_of_day(minutes: int) -> str:
    """Write minutes since midnight as a time, in Swedish: 08.30."""
    return f"{minutes // 60:02}.{minutes % 60:02}"


def language_names() -> dict[str, str]:
    """Name the languages one can ask for, each by its own name."""
    return {code: _(OWN_NAMES[code]) if code in OWN_NAMES else _own_name(code) for code in LANGUAGES}


def language_in_swedish(code: str) -> str:
    """Name a language to those who work here."""
    known = {SIGNED: "svenskt teckenspråk", OTHER: "ett annat språk", "prs": "dari"}
    return known.get(code) or Locale("sv").languages.get(code, code)


def ways_in_swedish(ways: Sequence[str]) -> str:
    """Say in which ways one can talk, to those who work here: telefon, på plats."""
    return ", ".join(WAYS_IN_SWEDISH[way] for way in ways)


@lru_cache(maxsize=50)
def _own_name(code: str) -> str:
    if code == "prs":
        return "دری"
    try:
        name = Locale(code).get_language_name() or code
    except UnknownLocaleError:
        return code
    return name[:1].upper() + name[1:]

"""One's own calendar in words: the meetings by month, and what was wrong with a calendar that was to be fetched."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from tbb import clock
from tbb.services.meeting_lists import Line
from tbb.web.case_desk_words import MONTHS, WEEKDAYS

PROBLEMS = {
    "silent": "Kalendern svarade inte.",
    "elsewhere": "Adressen leder till en tjänst som inte är tillåten längre.",
    "leads on": "Adressen leder vidare för många gånger.",
    "inside": "Adressen går inte att nå härifrån.",
    "too long": "Kalendern är för stor.",
    "too slow": "Kalendern var för långsam.",
    "no calendar": "Det som finns på adressen är ingen kalender.",
}


def months_of(lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    """Part meetings to come by month: [(December 2026, meetings), …]."""
    moment = clock.now()
    coming = [line for line in lines if line.starts_at is not None and (line.ends_at or line.starts_at) > moment]
    coming.sort(key=lambda line: line.starts_at)
    return [(name, list(found)) for name, found in groupby(coming, key=_month)]


def day(line: Line) -> tuple[int, str]:
    """The day and the short month of a meeting: 14, dec."""
    begins = clock.local(line.starts_at)
    return begins.day, MONTHS[begins.month - 1][:3]


def time(line: Line) -> str:
    """Say when a meeting is: tisdag 1 december kl. 13.00–14.00, v. 49."""
    begins, ends = clock.local(line.starts_at), clock.local(line.ends_at)
    weekday = WEEKDAYS[begins.weekday()].lower()
    day = f"{weekday} {begins.day} {MONTHS[begins.month - 1]}"
    return f"{day} kl. {begins:%H.%M}–{ends:%H.%M}, v. {begins.isocalendar().week}"


def where(line: Line) -> str:
    """Say where a meeting is: a room, in words, by video, or both."""
    place = line.room or line.place_words
    return " och ".join(part for part in (place, "video" if line.video else "") if part) or "Plats inte bestämd"


def problem_words(problem: str) -> str:
    """Say why a calendar was not fetched last time."""
    return PROBLEMS.get(problem, "Kalendern gick inte att hämta.") if problem else ""


def not_allowed(hosts: Iterable[str]) -> str:
    """Say which addresses can be used."""
    return f"Adressen måste börja med https:// och gå till {' eller '.join(hosts)}."


def _month(line: Line) -> str:
    begins = clock.local(line.starts_at)
    return f"{MONTHS[begins.month - 1].capitalize()} {begins.year}"

"""The only module that asks what time it is, so that everything else can be told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def now() -> datetime:
    """Tell the present moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Tell which day it is in Sweden, which is the day a directory entry is valid or not."""
    return now().astimezone(STOCKHOLM).date()


def local(moment: datetime) -> datetime:
    """Turn an aware moment into Swedish time; refuse a naive one with ValueError."""
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone cannot be shown.")
    return moment.astimezone(STOCKHOLM)

"""How typed text is tidied before it is looked at: one place for every form's filters."""

from __future__ import annotations

from tbb.services.plain_text import STEERING, plain


def stripped(value: str | None) -> str | None:
    """Give a text without blanks around it; all else stays as it was written."""
    return value.strip() if value else value


def kept_text(value: str | None) -> str:
    """Give a text as it is kept of a child, see `plain`; an empty one where nothing was sent."""
    return plain(value)


def one_line(value: str | None) -> str | None:
    """Give a text on one line: without line breaks, needless blanks and characters that steer a screen."""
    return " ".join(STEERING.sub("", " ".join(value.split())).split()) if value else value


def one_line_always(value: str | None) -> str:
    """Give a text on one line, and an empty one where nothing was sent."""
    return one_line(value) or ""

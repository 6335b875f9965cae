"""How typed text is tidied before it is looked at: one place for every form's filters."""

from __future__ import annotations

from tbb.services.plain_text import plain


def stripped(value: str | None) -> str | None:
    """Give a text as it is kept, see `plain`; its lines stay as they are."""
    return plain(value) if value else value


def stripped_always(value: str | None) -> str:
    """Give a text as it is kept, and an empty one where nothing was sent."""
    return plain(value)


def one_line(value: str | None) -> str | None:
    """Give a text on one line: without line breaks, needless blanks and what no text holds."""
    return " ".join(plain(value).split()) if value else value


def one_line_always(value: str | None) -> str:
    """Give a text on one line, and an empty one where nothing was sent."""
    return one_line(value) or ""

"""Text as it is kept: one kind of line break, and no characters that steer a screen instead of saying something."""

from __future__ import annotations

import re

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
"""Control characters but tab and line break, marks that turn the direction of text, and what is no character."""


def plain(text: str | None) -> str:
    """Give a text as it is kept, without blanks around it; "" for none."""
    if not text:
        return ""
    return STEERING.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()

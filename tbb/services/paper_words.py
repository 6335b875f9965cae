"""What people write, made ready for paper: where long words may end, and what no typeface can show."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

UNBROKEN = 30
"""Characters of a word on one line; longer ones may be broken anywhere."""
NO_LETTER = "¤"
"""What stands for a letter that the typeface does not have."""
ROUNDS = 12
"""Tries at replacing single characters before only the letters that are surely there are kept."""
LATIN = re.compile(r"[^\n -~\u00a0-\u024f\u200b\u2013\u2014\u2018-\u201d\u2026]")
LATIN_AND_ARABIC = re.compile(r"[^\n -~\u00a0-\u024f\u0600-\u06ff\u200b\u2013\u2014\u2018-\u201d\u2026]")
"""What is not surely there in Inter, and in Inter with Noto Sans Arabic."""


class NoGlyph(Exception):
    """The typeface lacks some characters."""

    def __init__(self, signs: str):
        super().__init__()
        self.signs = signs


def set_with(
    make: Callable[[Any], bytes], content: Any, told: Callable[[Any], Any], unsure: re.Pattern[str] = LATIN
) -> bytes:
    """Set content with `make`; what no font can show is replaced by ¤, and `told` says so in the content."""
    content = each(content, breakable)
    for _ in range(ROUNDS):
        try:
            return make(content)
        except NoGlyph as problem:
            signs = dict.fromkeys(map(ord, set(problem.signs)), NO_LETTER)
            content = told(each(content, lambda text, signs=signs: text.translate(signs)))
    return make(each(content, lambda text: unsure.sub(NO_LETTER, text)))


def missing_in(message: str) -> NoGlyph | None:
    """Read from typst's message which characters the typeface lacks; None when it says something else."""
    found = re.search(r'the text `"(.+)"` could not be displayed', message, re.DOTALL)
    return NoGlyph(re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), found[1])) if found else None


def each(value: Any, change: Callable[[str], str]) -> Any:
    """The same content with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: each(part, change) for name, part in value.items()}
    return [each(part, change) for part in value] if isinstance(value, list | tuple) else value


def breakable(text: str) -> str:
    """Let words that are too long for a line end anywhere, and leave out what is no character on paper."""
    plain = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(
        rf"\S{{{UNBROKEN + 1},}}", lambda word: re.sub(rf"(.{{{UNBROKEN}}})(?=.)", "\\1\u200b", word[0]), plain
    )

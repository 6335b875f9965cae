"""Sets a case's document as an A4 PDF that archives keep and screen readers read: PDF/A-2a and PDF/UA-1 at once."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tbb.services import poster_art
from tbb.services.case_sheet import Sheet
from tbb.services.wheel_texts import AREAS

TEMPLATE = Path(__file__).with_name("case_export.typ")
FONTS = Path(__file__).parent.parent / "static" / "vendor" / "print"
STANDARDS = ["a-2a", "ua-1"]
SENDER = "Tillsammans för barnens bästa i Sörmland"
UNBROKEN = 30
"""Characters of a word on one line; longer ones may be broken anywhere."""
NO_LETTER = "¤"
"""What stands for a letter that the typeface does not have."""
NOT_PRINTED = "Några tecken finns inte i typsnittet och är ersatta med ¤ här. I filen för datorer står de rätt."
ROUNDS = 12
"""Tries at replacing single characters before only Latin text is kept."""
_LATIN = re.compile(r"[^\n -~\u00a0-\u024f\u200b\u2013\u2014\u2018-\u201d\u2026]")
_lock = threading.Lock()


class CannotSet(Exception):
    """The document could not be set. The message names the kind of fault, never any words of the document."""


class _NoGlyph(Exception):
    """The typeface lacks some characters."""

    def __init__(self, signs: str):
        super().__init__()
        self.signs = signs


def pdf(sheet: Sheet) -> bytes:
    """Set a document. What no font can show is replaced by ¤, and the document says so. Raises CannotSet."""
    content = _each(_content(sheet), _breakable)
    for _ in range(ROUNDS):
        try:
            return _compile(content)
        except _NoGlyph as problem:
            content = _without(content, dict.fromkeys(map(ord, set(problem.signs)), NO_LETTER))
    return _compile(_each(content, lambda text: _LATIN.sub(NO_LETTER, text)))


def _content(sheet: Sheet) -> dict[str, Any]:
    return {"title": sheet.title, "sender": SENDER, **asdict(sheet)}


def _without(content: dict[str, Any], signs: dict[int, str]) -> dict[str, Any]:
    changed = _each(content, lambda text: text.translate(signs))
    return changed | {"words": list(dict.fromkeys([*changed["words"], NOT_PRINTED]))}


def _each(value: Any, change: Callable[[str], str]) -> Any:
    """The same content with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _each(each, change) for name, each in value.items()}
    return [_each(each, change) for each in value] if isinstance(value, list | tuple) else value


def _breakable(text: str) -> str:
    """Let words that are too long for a line end anywhere, and leave out what is no character on paper."""
    plain = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(
        rf"\S{{{UNBROKEN + 1},}}", lambda word: re.sub(rf"(.{{{UNBROKEN}}})(?=.)", "\\1\u200b", word[0]), plain
    )


def _compile(content: dict[str, Any]) -> bytes:
    from typst import Compiler, TypstError

    inputs = {"sheet": json.dumps(content), "art": json.dumps(_art())}
    try:
        with _lock:  # One at a time, and a compiler of its own: none is kept that remembers what it has set.
            maker = Compiler(TEMPLATE, font_paths=[FONTS], ignore_system_fonts=True)
            made, warnings = maker.compile_with_warnings(format="pdf", sys_inputs=inputs, pdf_standards=STANDARDS)
    except TypstError as problem:
        if found := re.search(r'the text `"(.+)"` could not be displayed', problem.message, re.DOTALL):
            raise _NoGlyph(_unescaped(found[1])) from None
        raise CannotSet(type(problem).__name__) from None
    if warnings:
        raise CannotSet(f"{len(warnings)} warnings")
    return made


def _unescaped(reported: str) -> str:
    """The characters in typst's message, where invisible ones are written as \\u{200f}."""
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), reported)


def _art() -> dict[str, Any]:
    icons = {code: poster_art.area_icon(area) for code, area in zip(AREAS, poster_art.AREAS, strict=True)}
    return {"logo": poster_art.logo(), "areas": icons}

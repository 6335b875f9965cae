"""Sets a case's document as an A4 PDF that archives keep and screen readers read: PDF/A-2a and PDF/UA-1 at once."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tbb.services import paper_words, poster_art
from tbb.services.case_sheet import Sheet
from tbb.services.wheel_texts import AREAS

TEMPLATE = Path(__file__).with_name("case_export.typ")
FONTS = Path(__file__).parent.parent / "static" / "vendor" / "print"
STANDARDS = ["a-2a", "ua-1"]
SENDER = "Tillsammans för barnens bästa i Sörmland"
NOT_PRINTED = "Några tecken finns inte i typsnittet och är ersatta med ¤ här. I filen för datorer står de rätt."
_lock = threading.Lock()


class CannotSet(Exception):
    """The document could not be set. The message names the kind of fault, never any words of the document."""


def pdf(sheet: Sheet) -> bytes:
    """Set a document. What no font can show is replaced by ¤, and the document says so. Raises CannotSet."""
    return paper_words.set_with(_compile, _content(sheet), _says_so)


def _content(sheet: Sheet) -> dict[str, Any]:
    return {"title": sheet.title, "sender": SENDER, **asdict(sheet)}


def _says_so(content: dict[str, Any]) -> dict[str, Any]:
    return content | {"words": list(dict.fromkeys([*content["words"], NOT_PRINTED]))}


def _compile(content: dict[str, Any]) -> bytes:
    from typst import Compiler, TypstError

    inputs = {"sheet": json.dumps(content), "art": json.dumps(_art())}
    try:
        with _lock:  # One at a time, and a compiler of its own: none is kept that remembers what it has set.
            maker = Compiler(TEMPLATE, font_paths=[FONTS], ignore_system_fonts=True)
            made, warnings = maker.compile_with_warnings(format="pdf", sys_inputs=inputs, pdf_standards=STANDARDS)
    except TypstError as problem:
        if lacking := paper_words.missing_in(problem.message):
            raise lacking from None
        raise CannotSet(type(problem).__name__) from None
    if warnings:
        raise CannotSet(f"{len(warnings)} warnings")
    return made


def _art() -> dict[str, Any]:
    icons = {code: poster_art.area_icon(area) for code, area in zip(AREAS, poster_art.AREAS, strict=True)}
    return {"logo": poster_art.logo(), "areas": icons}

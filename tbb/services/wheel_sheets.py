"""The wheel on paper: a blank on two sides of A4 for each dress and language, as PDF/UA-1."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tbb.services import poster_art

if TYPE_CHECKING:
    from typst import Compiler

TEMPLATE = Path(__file__).with_name("wheel_sheets.typ")
LATIN = Path(__file__).parent.parent / "static" / "vendor" / "print"
ARABIC = Path(__file__).parent / "data" / "fonts"


class SheetError(Exception):
    """The blank could not be made; the message says why, for the log."""


@dataclass(frozen=True)
class SheetArea:
    """One area on the blank: what is asked, what helps the talk, its colour and its picture as SVG."""

    name: str
    question: str
    about: str
    strength: str
    colour: str
    picture: str
    x: float  # where its name stands on the drawn wheel, as shares of the wheel's width
    y: float


@dataclass(frozen=True)
class Sheet:
    """All that a blank says, in the language of the one who prints it."""

    dress: str  # staff, child or preschool
    language: str
    direction: str  # ltr or rtl
    title: str
    lead: str
    sender: str
    centre: str
    hints: tuple[str, ...]
    areas: tuple[SheetArea, ...]
    answers: tuple[tuple[str, str], ...]  # the words of an answer and its face as SVG, or an empty text
    room: tuple[str, ...]  # what the empty lines or boxes are for
    strength: str  # the heading before an area's strengths
    about: str  # the heading before what an area may be about
    notice: tuple[str, str]  # heading and text; the same on every page that handles a wheel
    help: tuple[str, ...]  # numbers to call
    wheel: str  # SVG
    wheel_told: str  # the wheel in words


@lru_cache(maxsize=32)
def make_sheet(sheet: Sheet) -> bytes:
    """Set a blank as PDF/UA-1. The same text always gives the same bytes."""
    from typst import TypstError

    inputs = {"sheet": json.dumps(asdict(sheet)), "scene": poster_art.scene(), "logo": poster_art.logo()}
    try:
        with _lock:  # a Compiler holds its inputs, so it sets one blank at a time
            pdf, warnings = _compiler().compile_with_warnings(format="pdf", sys_inputs=inputs, pdf_standards="ua-1")
    except TypstError as error:
        raise SheetError(error.message) from error
    if warnings:
        raise SheetError("; ".join(warning.message for warning in warnings))
    return pdf


_lock = threading.Lock()


@lru_cache(maxsize=1)
def _compiler() -> Compiler:
    """Made at the first blank and kept. Not at import: its threads would not survive a server's fork."""
    from typst import Compiler

    return Compiler(TEMPLATE, font_paths=[LATIN, ARABIC], ignore_system_fonts=True)

"""How our own pictures look: whether light and dark are far enough apart, and whether words stand within them."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from PIL import Image

from tbb.services import pictures
from tbb.services.writing_hints import Hint

FAINTEST = 3.0
"""WCAG's least contrast for what is not text."""
HOLDS_WORDS = re.compile(
    r"\b(?:text|texten|affisch\w*|skärmbild\w*|skylt\w*|logotyp\w*|rubrik\w*|inbjudan|flygblad\w*)\b|[\"”:]",
    re.IGNORECASE,
)
"""What in the words for a picture tells of words within it."""


def hints(folder: Path, keys: list[str]) -> tuple[Hint, ...]:
    """Say of pictures, in their order, what may be hard to see: little between light and dark, and words in them."""
    found, known = [], pictures.shown(keys)
    for key, one in ((key, known[key]) for key in keys if key in known):
        where = one.alt[:60] or "utan ord"
        contrast = contrast_of(pictures.path_of(folder, key, one.widths[0], "jpg"))
        if contrast < FAINTEST:
            found.append(Hint("picture_faint", where, int(contrast)))
        if HOLDS_WORDS.search(one.alt):
            found.append(Hint("picture_words", where))
    return tuple(found)


@lru_cache(maxsize=500)
def contrast_of(path: Path) -> float:
    """WCAG's contrast between the darkest and the lightest twentieth of a picture; 21 when it cannot be opened."""
    try:
        with Image.open(path) as file:
            counts = file.convert("L").histogram()
    except OSError:
        return 21.0
    dark, light = (_luminance(_level(counts, share)) for share in (0.05, 0.95))
    return (light + 0.05) / (dark + 0.05)


def _level(counts: list[int], share: float) -> int:
    """The grey, 0 to 255, that so large a share of a picture is darker than."""
    wanted, seen = share * sum(counts), 0
    for level, count in enumerate(counts):
        seen += count
        if seen >= wanted:
            return level
    return 255


def _luminance(level: int) -> float:
    part = level / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

"""The words by which what is published is found: articles, happenings, materials and newsletters."""

from __future__ import annotations

from tbb.database import rows, run
from tbb.models.folding import words_in_any_script
from tbb.services import versions

WEIGHTS = (10, 4, 1)
"""What a word weighs in the title, in the lead and in the text."""
MOST_WORDS = 3_000
LONGEST_WORD = 60


def keep(thing: str, texts: tuple[str, ...] | None) -> None:
    """Within the caller's transaction, let a thing (``article:<key>``) be found by its title, lead and text.

    None lets it be found no longer.
    """
    run("DELETE FROM content_word WHERE thing = ?", (thing,))
    weights: dict[str, int] = {}
    for text, weight in zip(texts or (), WEIGHTS, strict=False):
        for word in (folded for written in text.split()[:MOST_WORDS] for folded in words_in_any_script(written)):
            weights[word[:LONGEST_WORD]] = weights.get(word[:LONGEST_WORD], 0) + weight
    for word, weight in weights.items():
        run("INSERT INTO content_word (thing, word, weight) VALUES (?, ?, ?)", (thing, word, min(weight, 100)))
    versions.bump(versions.CONTENT)


def vocabulary() -> list[str]:
    """Every word that something is found by."""
    return [word for (word,) in rows("SELECT DISTINCT word FROM content_word")]

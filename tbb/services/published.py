"""All that is published, of every sort: what is like something, what is new, and every address."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from tbb import clock
from tbb.database import rows
from tbb.models import Article

MOST_RELATED, MOST_OF_A_SORT = 6, 3
SHORTEST = 4
"""Words with fewer signs, such as *och* and *för*, say nothing of what a text is about."""
HEAVY = 4
"""The least that a word of the title or the lead weighs."""
COLUMNS = {
    "article": ("live", "published_at IS NOT NULL AND state = 'published'"),
    "happening": ("''", "state = 'published'"),
    "material": ("language", "state = 'published'"),
    "newsletter": ("language", "published_at IS NOT NULL"),
}
"""Of every sort: where its language stands (an article's with all that readers see), and what readers see of it."""


@dataclass(frozen=True)
class Piece:
    """Something that is published: its sort (article, happening, material, newsletter), and its address within it."""

    sort: str
    key: str
    slug: str
    title: str
    language: str
    published_at: datetime

    @property
    def day(self) -> date:
        """The day it was published, in Sweden."""
        return clock.local(self.published_at).date()


def related(sort: str, key: str) -> list[Piece]:
    """Give what is most like something, of every sort: what shares its title's and lead's words, the rarer the better.

    At most MOST_OF_A_SORT of each sort.
    """
    asked = (
        "SELECT other.thing, other.word, other.weight * mine.weight FROM content_word mine"
        " JOIN content_word other ON other.word = mine.word AND other.thing <> mine.thing"
        " WHERE mine.thing = ? AND mine.weight >= ? AND LENGTH(mine.word) >= ?"
    )
    shared = rows(asked, (f"{sort}:{key}", HEAVY, SHORTEST))
    having = Counter(word for _thing, word, _weight in shared)
    (number,) = rows("SELECT COUNT(DISTINCT thing) FROM content_word")[0]
    scores: dict[str, float] = defaultdict(float)
    for thing, word, weight in shared:
        scores[thing] += weight * math.log((number + 1) / having[word])
    ranked = sorted(scores, key=lambda thing: (-round(scores[thing], 6), thing))
    return _first_of_each([tuple(thing.split(":", 1)) for thing in ranked])


def since(moment: datetime, most: int = 8) -> list[Piece]:
    """Give what has been published since a moment, the newest first."""
    stored = Article.published_at.db_value(moment)
    found = [piece for sort in COLUMNS for piece in _pieces(sort, "published_at > ?", (stored,), most)]
    return sorted(found, key=lambda piece: (piece.published_at, piece.key), reverse=True)[:most]


def newest(sort: str, most: int) -> list[Piece]:
    """Give the newest of a sort."""
    return _pieces(sort, "1 = 1", (), most)


def addresses() -> list[tuple[str, str]]:
    """Give the address of each: (sort, slug)."""
    return [
        (sort, slug)
        for sort, (_column, seen) in COLUMNS.items()
        for (slug,) in rows(f"SELECT slug FROM {sort} WHERE {seen} ORDER BY published_at DESC, id DESC")
    ]


def _first_of_each(ranked: list[tuple[str, ...]]) -> list[Piece]:
    """Give the first of ranked (sort, key), at most so many of a sort and in all."""
    chosen: list[tuple[str, ...]] = []
    for one in ranked:
        if len(chosen) < MOST_RELATED and sum(sort == one[0] for sort, _key in chosen) < MOST_OF_A_SORT:
            chosen.append(one)
    known: dict[tuple[str, ...], Piece] = {}
    for sort in {sort for sort, _key in chosen}:
        keys = [key for of, key in chosen if of == sort]
        marks = ", ".join("?" * len(keys))
        known |= {(sort, piece.key): piece for piece in _pieces(sort, f"key IN ({marks})", keys, len(keys))}
    return [known[one] for one in chosen if one in known]


def _pieces(sort: str, where: str, params: Collection[object], most: int) -> list[Piece]:
    column, seen = COLUMNS[sort]
    asked = (
        f"SELECT key, slug, title, {column}, published_at FROM {sort} WHERE {seen} AND {where}"
        " ORDER BY published_at DESC, id DESC LIMIT ?"
    )
    return [_piece(sort, *row) for row in rows(asked, (*params, most))]


def _piece(sort: str, key: str, slug: str, title: str, told: str, moment: object) -> Piece:
    said = json.loads(told) if sort == "article" else {"title": title, "language": told or "sv"}
    return Piece(sort, key, slug, said["title"], said["language"], Article.published_at.python_value(moment))

"""Searching news, webinars, materials and newsletters together, forgiving misspelling; the same on both databases."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from dataclasses import dataclass

from rapidfuzz.distance import DamerauLevenshtein

from tbb.database import db, rows
from tbb.models.folding import words_in_any_script
from tbb.services import content_words, versions

MOST_WORDS = 8
MOST_FOUND = 40
SAME, BEGINS, LIKE = 1.0, 0.7, 0.5
"""How much a word counts that is the one written, begins with it, or is spelt almost like it."""
_kept = threading.local()


@dataclass(frozen=True)
class Found:
    """Something that was found: its sort (article, happening, material, newsletter) and key, and how well it fits."""

    sort: str
    key: str
    score: float


@dataclass(frozen=True)
class Hit:
    """What a page shows of it; `slug` is its address within its sort."""

    sort: str
    slug: str
    title: str
    lead: str


def find(asked: str) -> list[Found]:
    """Find what has every word that was written, or one like it; else what has most of them. The best first."""
    written = list(dict.fromkeys(words_in_any_script(asked)))[:MOST_WORDS]
    if not written:
        return []
    scores: dict[str, float] = defaultdict(float)
    matched: dict[str, int] = defaultdict(int)
    for word in written:
        for thing, score in _things_with(word).items():
            scores[thing] += score
            matched[thing] += 1
    enough = max(matched.values(), default=0)
    fitting = [thing for thing in scores if matched[thing] == enough]
    fitting.sort(key=lambda thing: (-scores[thing], thing))
    return [Found(*thing.split(":", 1), scores[thing]) for thing in fitting[:MOST_FOUND]]


def hits(found: list[Found]) -> list[Hit]:
    """Tell of each what a page shows, in the same order; what is gone meanwhile is left out."""
    known: dict[tuple[str, str], Hit] = {}
    for sort in {one.sort for one in found}:
        keys = [one.key for one in found if one.sort == sort]
        live = "live" if sort == "article" else "''"
        asked = f"SELECT key, slug, title, lead, {live} FROM {sort} WHERE key IN ({', '.join('?' * len(keys))})"
        for key, slug, title, lead, seen in rows(asked, keys):
            said = json.loads(seen) if seen else {"title": title, "lead": lead}  # of an article what readers see
            known[sort, key] = Hit(sort, slug, said["title"], said["lead"])
    return [known[one.sort, one.key] for one in found if (one.sort, one.key) in known]


def _things_with(word: str) -> dict[str, float]:
    """Give {thing: score} for a word that was written."""
    likely = _like(word)
    if not likely:
        return {}
    marks = ", ".join("?" * len(likely))
    best: dict[str, float] = {}
    for thing, found, weight in rows(
        f"SELECT thing, word, weight FROM content_word WHERE word IN ({marks})", [*likely]
    ):
        best[thing] = max(best.get(thing, 0.0), weight * likely[found])
    return best


def _like(word: str) -> dict[str, float]:
    """Give the words that something is found by and that this one may mean, with how likely each is."""
    known = _vocabulary()
    found = {word: SAME} if word in known else {}
    if len(word) >= 3:
        found |= {other: BEGINS for other in known if other.startswith(word) and other != word}
    most = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
    if most and not found:
        for other in known:
            if abs(len(other) - len(word)) <= most:
                away = DamerauLevenshtein.distance(word, other, score_cutoff=most)
                if away <= most:
                    found[other] = LIKE / away
    return found


def _vocabulary() -> frozenset[str]:
    """Every word there is, kept until something new is published."""
    version = versions.current(versions.CONTENT)
    if getattr(_kept, "version", None) != version or _kept.of is not db.obj:
        _kept.words, _kept.version, _kept.of = frozenset(content_words.vocabulary()), version, db.obj
    return _kept.words

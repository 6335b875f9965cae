"""The words of the search index, kept in memory by every process, and what a typed word may have meant."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from threading import Lock
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from tbb.database import db, rows
from tbb.models.folding import fold
from tbb.services import versions
from tbb.services.search_text import EMPTY_WORDS, SYNONYMS, stem

EXACT, SAME_STEM, JOINED, INSIDE = 1.0, 0.97, 0.9, 0.7
SHORT_PREFIX_TERMS = 100
"""One or two letters begin thousands of words; the most common of them are enough until more is typed."""

_CACHED_COUNTS = 256
_AFTER_ALL = "{"  # the sign after z

Matches = dict[int, float]
"""Term numbers, each with how well it fits what was typed: 1 is exactly."""


class _MunicipalityName(NamedTuple):
    """A municipality as it is named: few enough to be asked one by one."""

    number: int
    slug: str
    name: str
    folded: str
    stems: frozenset[str]

    @classmethod
    def of(cls, number: int, slug: str, name: str) -> _MunicipalityName:
        """Fold the name once, for it is compared with every query."""
        folded = fold(name)
        return cls(number, slug, name, folded, frozenset(map(stem, folded.split())))


class Vocabulary:
    """All terms in order, as they were at one version of the index. Only its memories change."""

    def __init__(
        self,
        version: int,
        terms: Iterable[tuple[int, str, int]],
        municipalities: Iterable[tuple[int, str, str]],
    ) -> None:
        known = [(text, number, df) for number, text, df in terms if df]
        self.version = version
        self.numbers = {text: number for text, number, _ in known}
        self.df = {number: df for _, number, df in known}
        self.synonyms = _synonyms(self.numbers)
        self.texts = sorted({text for text in self.numbers if ":" not in text}.union(self.synonyms))
        self.municipalities = tuple(_MunicipalityName.of(*row) for row in municipalities)
        self._by_length: defaultdict[int, list[str]] = defaultdict(list)
        for text in self.texts:
            if not text.isdigit():
                self._by_length[len(text)].append(text)
        self._all_in_one = "\n" + "\n".join(self.texts) + "\n"
        self._beginnings: dict[int, list[str]] = {}
        self._counts: OrderedDict[object, dict] = OrderedDict()
        self._lock = Lock()

    def municipality(self, slug: str | None) -> int | None:
        """Give the number of the municipality of that slug; None when there is none."""
        return next((one.number for one in self.municipalities if one.slug == slug), None)

    def terms(self, text: str) -> Iterator[int]:
        """Give the terms that a text of the vocabulary leads to: its own, and what it is a synonym of."""
        for known in (text, self.synonyms.get(text)):
            if known in self.numbers:
                yield self.numbers[known]

    def size(self, matches: Mapping[int, float]) -> int:
        """Tell how many units these terms lead to, at most."""
        return sum(self.df.get(number, 0) for number in matches)

    def strict(self, word: str, *, last: bool) -> Matches:
        """Give the terms that are the word: exactly, in another form, or as a beginning."""
        found: Matches = {}
        if _may_go_on(word, last):
            for text in self._common(self._starting_with(word), len(word)):
                self._add(found, text, 0.75 + 0.2 * len(word) / len(text))
        return found | self.same(word)

    def fuzzy(self, word: str, *, last: bool) -> Matches:
        """Give the terms that are the word but for a slip or two of the finger, or that it is a part of."""
        slips = _slips(word)
        found: Matches = {}
        if not slips:
            return found
        if len(word) >= 4:
            for text in self._containing(word):
                self._add(found, text, INSIDE)
        for length in range(len(word) - slips, len(word) + slips + 1):
            for text, distance, _ in process.extract(
                word, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=slips, limit=None
            ):
                self._add(found, text, _likeness(word, text) - 0.03 * distance)
        if last and len(word) >= 4 and max(found.values(), default=0.0) <= INSIDE:
            for text in self._beginning_almost_with(word, slips):
                self._add(found, text, 0.9 * _likeness(word, text[: len(word)]))
        return found

    def likest(self, word: str) -> Matches:
        """Give the few terms most like the word, however unlike they are; none when nothing resembles it."""
        found: Matches = {}
        for text, likeness, _ in process.extract(
            word, self.texts, scorer=JaroWinkler.similarity, score_cutoff=0.85, limit=5
        ):
            self._add(found, text, 0.6 * likeness)
        return found

    def same(self, word: str) -> Matches:
        """Give the terms that are the word exactly or in another form."""
        found: Matches = {}
        bare = stem(word)
        for text in self._starting_with(bare) if len(bare) >= 3 else ():  # no other word has a shorter stem
            if stem(text) == bare:
                self._add(found, text, SAME_STEM)
        self._add(found, word, EXACT)
        return found

    def split(self, word: str) -> list[str]:
        """Take a word apart into known ones, when a space was forgotten or another key struck; else none."""
        cuts = sorted(range(2, len(word) - 1), key=lambda at: abs(len(word) - 2 * at))
        halves = [(word[:at], word[at:]) for at in cuts] + [(word[:at], word[at + 1 :]) for at in cuts]
        for both in halves:
            if all(half in EMPTY_WORDS or self.same(half) for half in both):
                return [half for half in both if half not in EMPTY_WORDS]
        return []

    def counted(self, key: object) -> dict | None:
        """Give counts that were remembered, for counting all units of a common word takes time."""
        with self._lock:
            if key in self._counts:
                self._counts.move_to_end(key)
            return self._counts.get(key)

    def remember(self, key: object, counts: dict) -> None:
        """Keep counts for as long as the index is at this version."""
        with self._lock:
            self._counts[key] = counts
            if len(self._counts) > _CACHED_COUNTS:
                self._counts.popitem(last=False)

    def _add(self, found: Matches, text: str, fit: float) -> None:
        for number in self.terms(text):
            found[number] = max(fit, found.get(number, 0.0))

    def _starting_with(self, beginning: str) -> list[str]:
        first = bisect_left(self.texts, beginning)
        return self.texts[first : bisect_left(self.texts, beginning + _AFTER_ALL, first)]

    def _common(self, texts: list[str], typed: int) -> list[str]:
        if typed > 2 or len(texts) <= SHORT_PREFIX_TERMS:
            return texts
        texts.sort(key=lambda text: (-self.df.get(self.numbers.get(text, 0), 0), text))
        return texts[:SHORT_PREFIX_TERMS]

    def _containing(self, part: str) -> Iterator[str]:
        """Search one long string: far quicker than asking every term."""
        at = self._all_in_one.find(part)
        while at >= 0:
            first = self._all_in_one.rindex("\n", 0, at) + 1
            last = self._all_in_one.index("\n", at)
            yield self._all_in_one[first:last]
            at = self._all_in_one.find(part, last)

    def _beginning_almost_with(self, word: str, slips: int) -> Iterator[str]:
        length = len(word)
        if length not in self._beginnings:
            self._beginnings[length] = sorted({text[:length] for text in self.texts if len(text) > length})
        for beginning, _, _ in process.extract(
            word, self._beginnings[length], scorer=OSA.distance, score_cutoff=slips, limit=20
        ):
            yield from self._starting_with(beginning)


_current: dict[str, Vocabulary] = {}
_loading = Lock()


def current() -> Vocabulary:
    """Give the vocabulary of the configured database, read anew when the index has changed.

    What a transaction sees is not remembered: it may yet be undone, and its version given to another.
    """
    place, version = str(db.obj.database), versions.current(versions.SEARCH)
    known = _current.get(place)
    if db.in_transaction():
        return known if known and known.version == version else _load(version)
    if known is None or known.version != version:
        with _loading:
            known = _current.get(place)
            if known is None or known.version != version:
                known = _load(version)
                _current.clear()
                _current[place] = known
    return known


def _load(version: int) -> Vocabulary:
    municipalities = rows("SELECT id, slug, name FROM municipality ORDER BY sort_key, id")
    return Vocabulary(version, rows("SELECT id, text, df FROM term"), municipalities)


def _synonyms(numbers: Mapping[str, int]) -> dict[str, str]:
    return {said: indexed for said, indexed in SYNONYMS.items() if indexed in numbers}


def _may_go_on(word: str, last: bool) -> bool:
    """Tell whether the word may be the beginning of a longer one: a number only when it is a postal code."""
    if word.isdigit():
        return last and len(word) >= 3
    return last or len(word) >= 4


def _slips(word: str) -> int:
    if word.isdigit() or len(word) < 3:
        return 0
    return 1 if len(word) < 8 else 2


def _likeness(word: str, text: str) -> float:
    """Rank friskola before förskola for "frskola": both are one slip away, but one begins more alike."""
    return 0.9 * JaroWinkler.similarity(word, text)

"""What a query may mean, from the strictest reading to the loosest, and how well a unit answers it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rapidfuzz.fuzz import ratio

from tbb.database import rows
from tbb.models.folding import fold
from tbb.services.search_candidates import MOST, Group, best, group, postings_of
from tbb.services.search_index import NAME, municipality_word
from tbb.services.search_text import EMPTY_WORDS, KIND_WORDS, LONGEST_QUERY, query_words
from tbb.services.search_vocabulary import JOINED, Matches, Vocabulary

EXACT, SLIPS, RELAXED = 0, 1, 2
"""Every word is there; every word but for slips of the finger; most of the words."""

OWN_MUNICIPALITY, SAME_NAME, ALIKE, COVERED, NOT_ACTIVE = 0.15, 0.25, 0.1, 0.1, -0.05

_FACTS = """
    SELECT unit.id, unit.folded, unit.sort_key, unit.status, unit.municipality_id, unit.kind,
           COALESCE(organizer.kind, ''), unit.school_id
    FROM unit LEFT JOIN organizer ON organizer.id = unit.organizer_id
    WHERE unit.status <> 'closed' AND unit.id IN ({units})
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """One reading of a query: a unit must answer every group; all words together decide its rank."""

    level: int
    groups: tuple[Group, ...]
    judged_by: tuple[Group, ...]


class Hit(NamedTuple):
    """A unit that answers, with what filters, paging and grouping need to know."""

    unit: int
    municipality: int
    kind: str
    organizer_kind: str
    school: int | None
    score: float


def plans(words: Sequence[str], vocabulary: Vocabulary) -> Iterator[Plan]:
    """Give the readings one after another; each costs more and means less than the one before."""
    if not words:
        return
    strict = _strict(words, vocabulary)
    if all(strict):
        yield _plan(EXACT, strict, vocabulary)
    unknown = [at for at, sure in enumerate(strict) if not sure]
    fuzzy = {at: vocabulary.fuzzy(words[at], last=at == len(words) - 1) for at in unknown}
    careful = [fuzzy.get(at, sure) for at, sure in enumerate(strict)]
    if unknown and all(careful):
        yield _plan(SLIPS, careful, vocabulary)
    wide = _wide(words, careful, unknown, vocabulary)
    if all(wide) and wide != careful:
        yield _plan(SLIPS, wide, vocabulary)
    spaced = _with_spaces(words, strict, vocabulary)
    if spaced != words and all(apart := _strict(spaced, vocabulary)):
        yield _plan(SLIPS, apart, vocabulary)
    yield from _relaxed(words, wide, vocabulary)


def rank(units: Iterable[int], plan: Plan, asked: str, own: int | None) -> list[Hit]:
    """Order units by how well they answer what was asked, folded; the same on every engine."""
    numbers = ", ".join(str(int(unit)) for unit in units)
    if not numbers:
        return []
    facts = rows(_FACTS.replace("{units}", numbers))
    answers = _answers([fact[0] for fact in facts], plan.judged_by)
    hits = []
    for unit, folded, key, status, municipality, kind, organizer_kind, school in facts:
        score = _score(answers[unit], folded, asked)
        score += OWN_MUNICIPALITY * (municipality == own) + NOT_ACTIVE * (status != "active")
        hits.append((-round(score, 6), key, Hit(unit, municipality, kind, organizer_kind, school, score)))
    return [hit for _, _, hit in sorted(hits)]


def _score(answers: Sequence[tuple[float, int]], folded: str, asked: str) -> float:
    """Judge the words' fit, how much of the name they cover, and how like the whole name is."""
    in_name = sum(weight == NAME for _, weight in answers)
    covered = min(1.0, in_name / max(1, len(set(folded.split()) - EMPTY_WORDS)))
    score = sum(fit for fit, _ in answers) / len(answers) + COVERED * covered
    score += ALIKE * ratio(folded, asked) / 100
    return score + SAME_NAME * (covered == 1.0 and in_name == len(answers))


def _answers(units: Sequence[int], groups: Sequence[Group]) -> dict[int, list[tuple[float, int]]]:
    """Give each unit's best answer to each group: its fit, less in a street than in a name, and weight."""
    answers = {unit: [(0.0, 0)] * len(groups) for unit in units}
    wanted: dict[int, list[tuple[int, float]]] = {}
    for place, one in enumerate(groups):
        for term, fit in one.matches.items():
            wanted.setdefault(term, []).append((place, fit))
    for unit, term, weight in postings_of(units, wanted):
        for place, fit in wanted[term]:
            worth = fit * (0.5 + weight / (2 * NAME))
            answers[unit][place] = max(answers[unit][place], (worth, weight))
    return answers


def _plan(level: int, meanings: Sequence[Matches], vocabulary: Vocabulary) -> Plan:
    groups = tuple(group(vocabulary, matches) for matches in meanings)
    return Plan(level, groups, groups)


def _strict(words: Sequence[str], vocabulary: Vocabulary) -> list[Matches]:
    return [vocabulary.strict(word, last=at == len(words) - 1) for at, word in enumerate(words)]


def _wide(
    words: Sequence[str], careful: Sequence[Matches], unknown: Sequence[int], vocabulary: Vocabulary
) -> list[Matches]:
    """Let the known words be slips too, and two words be one."""
    joined = _joined(words, vocabulary)
    known = [{} if at in unknown else vocabulary.fuzzy(word, last=False) for at, word in enumerate(words)]
    return [one | two | three for one, two, three in zip(joined, known, careful, strict=True)]


def _with_spaces(words: Sequence[str], strict: Sequence[Matches], vocabulary: Vocabulary) -> list[str]:
    """Put back the space that was forgotten inside an unknown word."""
    spaced: list[str] = []
    for word, known in zip(words, strict, strict=True):
        spaced += [word] if known else vocabulary.split(word) or [word]
    return spaced


def _joined(words: Sequence[str], vocabulary: Vocabulary) -> list[Matches]:
    """Take away a space too many: both of two words may mean what they mean as one."""
    joined: list[Matches] = [{} for _ in words]
    for at in range(len(words) - 1):
        for term in vocabulary.same(words[at] + words[at + 1]):
            joined[at][term] = joined[at + 1][term] = JOINED
    return joined


def _relaxed(words: Sequence[str], wide: Sequence[Matches], vocabulary: Vocabulary) -> Iterator[Plan]:
    """Do without the unknown words; then without one more; then trust the rarest; then guess.

    Without anything but what kind of unit it is, the rest would be no likeness at all.
    """
    telling = {word: group(vocabulary, matches) for word, matches in zip(words, wide, strict=True) if matches}
    # What is left out first: numbers and short words, then the common ones.
    order = sorted(telling, key=lambda word: (len(word) > 2 and not word.isdigit(), -telling[word].size))
    known = tuple(telling.values())
    kinds = {vocabulary.numbers.get(word) for some in KIND_WORDS.values() for word in some}
    fewer = [tuple(telling[word] for word in telling if word != out) for out in order if len(known) > 1]
    for groups in (known, *fewer, tuple(telling[word] for word in order[-1:])):
        if any(kinds.isdisjoint(one.matches) for one in groups):
            yield Plan(RELAXED, groups, known)
    unknown = [word for word, matches in zip(words, wide, strict=True) if not matches]
    guess = vocabulary.likest(max(unknown, key=len)) if unknown else {}
    if guess:
        yield _plan(RELAXED, [guess], vocabulary)


@dataclass(frozen=True, slots=True)
class Found:
    """What a query's readings gave: the first that fits, its units in order, and what resembles them."""

    plan: Plan | None
    hits: list[Hit]
    near: list[Hit]

    @property
    def exact(self) -> bool:
        """Whether the units have just the words that were asked for."""
        return self.plan is not None and self.plan.level == EXACT

    @property
    def whole(self) -> bool:
        """Whether the hits are all there are."""
        return len(self.hits) < MOST


def understand(query: str, vocabulary: Vocabulary, own: int | None, *, enough: int) -> Found:
    """Try the readings until one fits, and on while fewer than `enough` are found: slips are then near."""
    words, asked = query_words(query), fold(query[:LONGEST_QUERY])
    chosen, hits, near = None, [], []
    seen: set[int] = set()
    term = own_term(own, vocabulary)
    for plan in plans(words, vocabulary):
        if seen and plan.level == RELAXED:
            break
        units = [unit for unit in best(plan.groups, vocabulary, term) if unit not in seen]
        fresh = rank(units, plan, asked, own)
        seen.update(hit.unit for hit in fresh)
        if fresh and not chosen and plan.level < RELAXED:
            chosen, hits = plan, fresh
        else:
            near += fresh
        if seen and len(seen) >= enough:
            break
    return Found(chosen, hits, near)


def own_term(own: int | None, vocabulary: Vocabulary) -> int | None:
    """Give the term that the own municipality's units have; None when it has none."""
    return None if own is None else vocabulary.numbers.get(municipality_word(own))

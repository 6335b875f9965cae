"""What a query may mean, from the strictest reading to the loosest, and how well a unit answers it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tbb.database import rows
from tbb.services.search_candidates import MOST, Group, best, group, postings_of
from tbb.services.search_index import NAME, municipality_word
from tbb.services.search_vocabulary import JOINED, Matches, Vocabulary

EXACT, SLIPS, RELAXED = 0, 1, 2
"""Every word is there; every word but for slips of the finger; most of the words."""

FEW = 3
"""With so many found, units that have but most of the words are no longer looked for."""

OWN_MUNICIPALITY, SAME_NAME, STARTS_SO, COVERED, NOT_ACTIVE = 0.15, 0.25, 0.05, 0.1, -0.05

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
    strict = _strict(words, vocabulary)
    if all(strict):
        yield _plan(EXACT, strict, vocabulary)
    words = _with_spaces(words, strict, vocabulary)
    strict = _strict(words, vocabulary)
    fuzzy = [vocabulary.fuzzy(word, last=word is words[-1]) for word in words]
    careful = [sure or perhaps for sure, perhaps in zip(strict, fuzzy, strict=True)]
    if not all(strict) and any(careful):
        yield _plan(SLIPS, careful, vocabulary)
    joined = _joined(words, vocabulary)
    wide = [one | two | three for one, two, three in zip(joined, fuzzy, strict, strict=True)]
    if any(wide) and wide != careful:
        yield _plan(SLIPS, wide, vocabulary)
    yield from _relaxed(words, wide, vocabulary)


def rank(units: Iterable[int], plan: Plan, words: Sequence[str], own: int | None) -> list[Hit]:
    """Order units by how well they answer, the best first; the same on every engine."""
    numbers = ", ".join(str(int(unit)) for unit in units)
    if not numbers:
        return []
    facts = rows(_FACTS.replace("{units}", numbers))
    answers = _answers([fact[0] for fact in facts], plan.judged_by)
    asked = " ".join(words)
    hits = []
    for unit, folded, key, status, municipality, kind, organizer_kind, school in facts:
        score = _score(answers[unit], folded, asked)
        score += OWN_MUNICIPALITY * (municipality == own) + NOT_ACTIVE * (status != "active")
        hits.append((-round(score, 6), key, Hit(unit, municipality, kind, organizer_kind, school, score)))
    return [hit for _, _, hit in sorted(hits)]


def _score(answers: Sequence[tuple[float, int]], folded: str, asked: str) -> float:
    """Judge the words' fit, how much of the name they cover, and whether they are all of the name."""
    in_name = sum(weight == NAME for _, weight in answers)
    covered = min(1.0, in_name / max(1, folded.count(" ") + 1))
    score = sum(fit for fit, _ in answers) / len(answers) + COVERED * covered
    score += STARTS_SO * (folded.startswith(asked) + (folded == asked))
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
    """Leave out words that mean nothing: the others may be enough."""
    groups = tuple(group(vocabulary, matches) for matches in meanings if matches)
    return Plan(level, groups, groups)


def _strict(words: Sequence[str], vocabulary: Vocabulary) -> list[Matches]:
    return [vocabulary.strict(word, last=at == len(words) - 1) for at, word in enumerate(words)]


def _with_spaces(words: Sequence[str], strict: Sequence[Matches], vocabulary: Vocabulary) -> list[str]:
    """Put back the space that was forgotten inside an unknown word."""
    spaced: list[str] = []
    for word, known in zip(words, strict, strict=True):
        spaced.extend([word] if known else vocabulary.split(word) or [word])
    return spaced


def _joined(words: Sequence[str], vocabulary: Vocabulary) -> list[Matches]:
    """Take away a space too many: both of two words may mean what they mean as one."""
    joined: list[Matches] = [{} for _ in words]
    for at in range(len(words) - 1):
        for term in vocabulary.same(words[at] + words[at + 1]):
            joined[at][term] = joined[at + 1][term] = JOINED
    return joined


def _relaxed(words: Sequence[str], wide: Sequence[Matches], vocabulary: Vocabulary) -> Iterator[Plan]:
    """Do without one word at a time, the commonest first; then trust the rarest alone; then guess."""
    whole = tuple(group(vocabulary, matches) for matches in wide if matches)
    by_size = sorted(whole, key=lambda one: -one.size)
    if len(whole) > 1:
        for left_out in by_size:
            yield Plan(RELAXED, tuple(one for one in whole if one is not left_out), whole)
    if len(whole) > 2:
        yield Plan(RELAXED, (by_size[-1],), whole)
    if not whole and words:
        guess = vocabulary.likest(max(words, key=len))
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


def understand(words: Sequence[str], vocabulary: Vocabulary, own: int | None, *, enough: int) -> Found:
    """Try the readings until one fits, and on until `enough` units, near ones counted, are found."""
    chosen, hits, near = None, [], []
    seen: set[int] = set()
    term = own_term(own, vocabulary)
    for plan in plans(words, vocabulary):
        if chosen and plan.level == RELAXED and len(seen) >= FEW:
            break
        units = [unit for unit in best(plan.groups, vocabulary, term) if unit not in seen]
        fresh = rank(units, plan, words, own)
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

"""Asks the index, in SQL that both engines speak, which units have all these words, and how many do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tbb.database import rows
from tbb.services.search_vocabulary import SAME_STEM, Matches, Vocabulary

MOST = 200
"""So many are ranked with care; the ones after them come in the index's own order."""

EXACT_BONUS = 4
"""Puts an exact place before a name that only begins alike, and an exact name before both."""

_COMMON = 1_000
_MOST_COMMON_TERMS = 40
_FEW_TERMS = 8

Counts = dict[tuple[int, str, str], int]
"""Units by municipality, kind and kind of organizer."""


@dataclass(frozen=True, slots=True)
class Group:
    """Terms of which a unit must have at least one: what one typed word may mean, or one filter's choices."""

    matches: Matches
    size: int

    @property
    def key(self) -> frozenset[int]:
        """What counts of this group may be remembered by."""
        return frozenset(self.matches)


def group(vocabulary: Vocabulary, matches: Matches) -> Group:
    """Make a group, knowing how common its terms are."""
    return Group(matches, vocabulary.size(matches))


def best(groups: Sequence[Group], vocabulary: Vocabulary, own: int | None = None) -> list[int]:
    """Give at most MOST units that have a term of every group, those of the own municipality's term first."""
    if not all(one.matches for one in groups):
        return []  # a filter's choice that no unit has
    mine = []
    if own is not None:
        mine = _best(groups, vocabulary, _also([own]))
        if len(mine) == MOST:
            return mine
    known = set(mine)
    return mine + [unit for unit in _best(groups, vocabulary) if unit not in known][: MOST - len(mine)]


def after_the_best(groups: Sequence[Group], own: int | None, start: int, length: int) -> list[int]:
    """Give the units from place `start` on, in the order that `best` chooses by."""
    driver, others = _driver(groups)
    mine = f"CASE WHEN {_also([own])} THEN 0 ELSE 1 END" if own is not None else "0"
    found = rows(
        f"SELECT posting.unit_id, {mine}, MAX({_weight(driver)}) FROM posting"
        f" WHERE {_any_of('posting.term_id', driver.matches)} {others}"
        f" GROUP BY posting.unit_id ORDER BY 2, 3 DESC, 1 LIMIT {int(length)} OFFSET {int(start)}"
    )
    return [unit for unit, _, _ in found]


def count(groups: Sequence[Group], vocabulary: Vocabulary) -> Counts:
    """Count all units that have a term of every group; with no group, every unit that is not closed."""
    key = frozenset(one.key for one in groups)
    if (known := vocabulary.counted(key)) is not None:
        return known
    condition = "unit.status <> 'closed'"
    if groups:
        driver, others = _driver(groups)
        terms = _any_of("posting.term_id", driver.matches)
        condition = f"unit.id IN (SELECT posting.unit_id FROM posting WHERE {terms} {others})"
    found = rows(
        "SELECT unit.municipality_id, unit.kind, COALESCE(organizer.kind, ''), COUNT(*)"
        " FROM unit LEFT JOIN organizer ON organizer.id = unit.organizer_id"
        f" WHERE {condition} GROUP BY 1, 2, 3"
    )
    counts = {(municipality, kind, organizer): number for municipality, kind, organizer, number in found}
    vocabulary.remember(key, counts)
    return counts


def postings_of(units: Iterable[int], terms: Mapping[int, object]) -> list[tuple[int, int, int]]:
    """Give (unit, term, weight) for those of the terms that these units have."""
    sql = f"SELECT unit_id, term_id, weight FROM posting WHERE {_any_of('unit_id', units)}"
    if len(terms) <= MOST:
        sql += f" AND {_any_of('+term_id', terms)}"
    return [posting for posting in rows(sql) if posting[1] in terms]


def _best(groups: Sequence[Group], vocabulary: Vocabulary, also: str = "") -> list[int]:
    """Ask for the common terms one by one, for the index gives each in order of weight and may stop early."""
    driver, others = _driver(groups)
    others = " ".join(filter(None, (others, also and f"AND {also}")))
    by_size = sorted(driver.matches, key=lambda term: (-vocabulary.df.get(term, 0), term))
    common = [term for term in by_size[:_MOST_COMMON_TERMS] if vocabulary.df.get(term, 0) > _COMMON]
    rare = by_size[len(common) :]
    parts = [
        f"SELECT unit_id, weight + {_bonus(driver.matches[term])} AS points FROM posting"
        f" WHERE term_id = {int(term)} {others} ORDER BY weight DESC, unit_id LIMIT {MOST}"
        for term in common
    ]
    if rare:
        parts.append(
            f"SELECT unit_id, MAX({_weight(driver)}) AS points FROM posting"
            f" WHERE {_any_of('term_id', rare)} {others} GROUP BY unit_id ORDER BY 2 DESC, 1 LIMIT {MOST}"
        )
    points: dict[int, int] = {}
    whole = (f"SELECT * FROM ({part}) AS part{number}" for number, part in enumerate(parts))
    for unit, weight in rows(" UNION ALL ".join(whole)):
        points[unit] = max(weight, points.get(unit, 0))
    return sorted(points, key=lambda unit: (-points[unit], unit))[:MOST]


def _driver(groups: Sequence[Group]) -> tuple[Group, str]:
    """Choose the rarest group to begin with, and say the others as conditions, the rarest first."""
    driver, *others = sorted(groups, key=lambda one: (one.size, sorted(one.matches)))
    return driver, " ".join(f"AND {_also(one.matches)}" for one in others)


def _also(terms: Iterable[int]) -> str:
    """Say that the unit has one of the terms too.

    A plus keeps the planner from looking up every one of many terms: a unit's few are sooner gone through.
    """
    terms = sorted(terms)
    column = "other.term_id" if len(terms) <= _FEW_TERMS else "+other.term_id"
    return f"EXISTS (SELECT 1 FROM posting AS other WHERE other.unit_id = posting.unit_id AND {_any_of(column, terms)})"


def _weight(driver: Group) -> str:
    exact = [term for term, fit in driver.matches.items() if _bonus(fit)]
    if not exact:
        return "posting.weight"
    return f"posting.weight + CASE WHEN {_any_of('posting.term_id', exact)} THEN {EXACT_BONUS} ELSE 0 END"


def _bonus(fit: float) -> int:
    return EXACT_BONUS if fit >= SAME_STEM else 0


def _any_of(column: str, numbers: Iterable[int]) -> str:
    """Write out whole numbers of our own: planners know more, and parameters are limited."""
    return f"{column} IN ({', '.join(str(int(number)) for number in sorted(numbers))})"

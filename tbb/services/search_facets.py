"""The filters of the search: what may be chosen, what is, and how many units every choice would show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tbb.database import rows
from tbb.models.kinds import Kind, OrganizerKind
from tbb.services.search_candidates import Counts, Group, group
from tbb.services.search_index import kind_word, municipality_word, organizer_word
from tbb.services.search_vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Filters:
    """What the results are narrowed to: several choices of one filter widen, different filters narrow."""

    municipalities: tuple[str, ...] = ()  # slugs
    kinds: tuple[str, ...] = ()
    organizer_kinds: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.municipalities or self.kinds or self.organizer_kinds)


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A choice of a filter, with how many units it would show together with the other filters."""

    value: str
    label: str  # a municipality's name; for the other two the code, which the page translates
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facets:
    """The three filters' choices: those that lead to something, and those chosen."""

    municipality: tuple[FacetValue, ...] = ()
    kind: tuple[FacetValue, ...] = ()
    organizer_kind: tuple[FacetValue, ...] = ()


class Narrowing:
    """Filters that exist: what they let through, for counts, for the index and for the directory."""

    def __init__(self, filters: Filters, vocabulary: Vocabulary) -> None:
        slugs = {one.slug: one.number for one in vocabulary.municipalities}
        self._vocabulary = vocabulary
        self.filters = Filters(
            tuple(slug for slug in dict.fromkeys(filters.municipalities) if slug in slugs),
            tuple(kind for kind in Kind if kind in filters.kinds),
            tuple(kind for kind in OrganizerKind if kind in filters.organizer_kinds),
        )
        self.municipalities = frozenset(slugs[slug] for slug in self.filters.municipalities)
        self._chosen = (
            self.municipalities,
            frozenset(self.filters.kinds),
            frozenset(self.filters.organizer_kinds),
        )
        self._limits = tuple((at, chosen) for at, chosen in enumerate(self._chosen) if chosen)

    def __bool__(self) -> bool:
        return bool(self.filters)

    def lets_through(self, cell: Sequence[object], but: int | None = None) -> bool:
        """Tell whether (municipality, kind, kind of organizer) is chosen, one filter perhaps not counted."""
        return all(cell[at] in chosen for at, chosen in self._limits if at != but)

    def total(self, counts: Counts) -> int:
        """Count the units that are let through."""
        if not self._limits:
            return sum(counts.values())
        return sum(number for cell, number in counts.items() if self.lets_through(cell))

    def facets(self, counts: Counts) -> Facets:
        """Count every choice of each filter with the other two applied."""
        names = {one.number: (one.slug, one.name) for one in self._vocabulary.municipalities}
        return Facets(
            self._facet(0, names, counts, names.get),
            self._facet(1, Kind, counts, lambda kind: (str(kind), str(kind))),
            self._facet(2, OrganizerKind, counts, lambda kind: (str(kind), str(kind))),
        )

    def groups(self) -> tuple[Group, ...]:
        """Say the filters as groups of the index's own words; an empty group lets nothing through."""
        wanted = (
            [municipality_word(number) for number in self.municipalities],
            [kind_word(kind) for kind in self.filters.kinds],
            [organizer_word(kind) for kind in self.filters.organizer_kinds],
        )
        numbers = self._vocabulary.numbers
        return tuple(
            group(self._vocabulary, {numbers[word]: 1.0 for word in some if word in numbers}) for some in wanted if some
        )

    def _facet(
        self, at: int, choices: Iterable, counts: Counts, said: Callable[[object], tuple[str, str]]
    ) -> tuple[FacetValue, ...]:
        sums: defaultdict[object, int] = defaultdict(int)
        free = all(limited == at for limited, _ in self._limits)
        for cell, number in counts.items():
            if free or self.lets_through(cell, but=at):
                sums[cell[at]] += number
        chosen = self._chosen[at]
        return tuple(
            FacetValue(*said(choice), count=sums[choice], chosen=choice in chosen)
            for choice in choices
            if sums[choice] or choice in chosen
        )


def directory_page(narrowing: Narrowing, own: int | None, start: int, length: int, counts: Counts) -> list:
    """Give (unit, school) of the whole directory in Swedish order, the own municipality's units first."""
    if own is None:
        return _listed(narrowing, "", (), start, length)
    mine = sum(n for cell, n in counts.items() if cell[0] == own and narrowing.lets_through(cell))
    first = _listed(narrowing, " AND unit.municipality_id = ?", (own,), start, length) if start < mine else []
    rest = length - len(first)
    if not rest:
        return first
    return first + _listed(narrowing, " AND unit.municipality_id <> ?", (own,), max(0, start - mine), rest)


def _listed(narrowing: Narrowing, also: str, values: tuple, start: int, length: int) -> list:
    conditions, parameters = _conditions(narrowing)
    return rows(
        f"SELECT unit.id, unit.school_id FROM unit WHERE unit.status <> 'closed'{conditions}{also}"
        f" ORDER BY unit.sort_key, unit.id LIMIT {int(length)} OFFSET {int(start)}",
        (*parameters, *values),
    )


def _conditions(narrowing: Narrowing) -> tuple[str, list]:
    sql, parameters = "", []
    for column, chosen in (
        ("unit.municipality_id IN ({})", sorted(narrowing.municipalities)),
        ("unit.kind IN ({})", narrowing.filters.kinds),
        (
            "unit.organizer_id IN (SELECT organizer.id FROM organizer WHERE organizer.kind IN ({}))",
            narrowing.filters.organizer_kinds,
        ),
    ):
        if chosen:
            sql += " AND " + column.replace("{}", ", ".join("?" * len(chosen)))
            parameters += [choice if isinstance(choice, int) else str(choice) for choice in chosen]
    return sql, parameters

"""Finds units: the search page's rows, filters and pages, and near matches where nothing is quite right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from tbb.models.folding import fold
from tbb.services import search_vocabulary
from tbb.services.search_candidates import MOST, Counts, after_the_best, best, count
from tbb.services.search_facets import Facets, FacetValue, Filters, Narrowing, directory_page
from tbb.services.search_index import reindex, reindex_changed_by_date
from tbb.services.search_plans import Found, Hit, own_term, rank, understand
from tbb.services.search_rows import Contact, Row, rows_of, together
from tbb.services.search_suggestions import Suggestion, suggest
from tbb.services.search_text import LONGEST_QUERY, printable, query_words, stem
from tbb.services.search_vocabulary import Vocabulary

__all__ = [
    "Contact",
    "FacetValue",
    "Facets",
    "Filters",
    "NamedMunicipality",
    "Row",
    "SearchResult",
    "Suggestion",
    "find",
    "near",
    "reindex",
    "reindex_changed_by_date",
    "suggest",
]

PAGE_SIZE, LARGEST_PAGE = 20, 100
ENOUGH = 10
"""With fewer rows than this, what resembles the query is shown too."""


@dataclass(frozen=True, slots=True)
class NamedMunicipality:
    """A municipality that the query names, so that the page can lead to it."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of results, and everything the page around it says."""

    query: str
    rows: tuple[Row, ...] = ()
    total: int = 0
    total_without_filters: int = 0
    page: int = 1
    pages: int = 1
    page_size: int = PAGE_SIZE
    exact: bool = True  # False: the rows are what was probably meant, for nothing has just these words
    near: tuple[Row, ...] = ()  # like what was asked for, where the rows are few or none; not counted
    facets: Facets = field(default_factory=Facets)
    filters: Filters = field(default_factory=Filters)  # those of the wanted ones that exist
    municipalities: tuple[NamedMunicipality, ...] = ()


@dataclass(frozen=True, slots=True)
class _Search:
    """What is asked, and where the answer is looked for."""

    query: str
    words: list[str]
    vocabulary: Vocabulary
    narrowing: Narrowing
    own: int | None
    page: int
    size: int

    def on_page(self, counts: Counts) -> tuple[int, dict]:
        """Give the first place of the page, and what the result says of counts and pages."""
        total = self.narrowing.total(counts)
        pages = max(1, -(-total // self.size))
        page = min(max(1, self.page), pages)
        said = {
            "total": total,
            "total_without_filters": sum(counts.values()),
            "page": page,
            "pages": pages,
            "page_size": self.size,
            "facets": self.narrowing.facets(counts),
            "filters": self.narrowing.filters,
        }
        return (page - 1) * self.size, said


def find(
    query: str,
    *,
    filters: Filters | None = None,
    page: int = 1,
    page_size: int = PAGE_SIZE,
    own_municipality: str | None = None,
    today: date,
) -> SearchResult:
    """Find units by name, school, place, address, municipality, kind or BBA; an empty query lists them all.

    `own_municipality` is a slug; its units come first where they fit as well. Never raises for what is typed.
    """
    vocabulary = search_vocabulary.current()
    search = _Search(
        query=query[:LONGEST_QUERY],
        words=query_words(query),
        vocabulary=vocabulary,
        narrowing=Narrowing(filters or Filters(), vocabulary),
        own=vocabulary.municipality(own_municipality),
        page=page,
        size=min(max(1, page_size), LARGEST_PAGE),
    )
    if search.words:
        result = _answer(search, today)
    elif query.strip():
        result = SearchResult("", filters=search.narrowing.filters, page_size=search.size)
    else:
        result = _directory(search, today)
    return replace(result, query=printable(query))


def near(query: str, *, own_municipality: str | None = None, limit: int = ENOUGH, today: date) -> tuple[Row, ...]:
    """Give units that resemble what was asked for, the likest first; none only when nothing resembles it."""
    vocabulary = search_vocabulary.current()
    own = vocabulary.municipality(own_municipality)
    found = understand(query, vocabulary, own, enough=limit)
    return rows_of(_in_groups(found.hits + found.near)[:limit], today)


def _answer(search: _Search, today: date) -> SearchResult:
    enough = ENOUGH if search.page <= 1 else 1
    found = understand(search.query, search.vocabulary, search.own, enough=enough)
    start, said = search.on_page(_counts(found, search.vocabulary))
    units = _units_on_page(found, search, start) if said["total"] else []
    others = found.near if said["total"] else found.hits + found.near
    return SearchResult(
        query="",
        rows=rows_of(units, today),
        exact=found.exact,
        near=rows_of(_in_groups(others)[:ENOUGH], today) if start == 0 else (),
        municipalities=_named(search),
        **said,
    )


def _directory(search: _Search, today: date) -> SearchResult:
    counts = count((), search.vocabulary)
    start, said = search.on_page(counts)
    listed = directory_page(search.narrowing, search.own, start, search.size, counts)
    return SearchResult(query="", rows=rows_of(together(listed), today), **said)


def _counts(found: Found, vocabulary: Vocabulary) -> Counts:
    if found.plan is None:
        return {}
    if found.whole:
        return Counter((hit.municipality, hit.kind, hit.organizer_kind) for hit in found.hits)
    return count(found.plan.groups, vocabulary)


def _units_on_page(found: Found, search: _Search, start: int) -> list[int]:
    """Cut the page from the ranked units, and after them from the index's own order."""
    groups = (*found.plan.groups, *search.narrowing.groups())
    term = own_term(search.own, search.vocabulary)
    hits = found.hits
    if search.narrowing and found.whole:
        hits = [hit for hit in hits if search.narrowing.lets_through(hit[1:4])]
    elif search.narrowing:
        hits = rank(best(groups, search.vocabulary, term), found.plan, fold(search.query), search.own)
    units = _in_groups(hits)[start : start + search.size]
    missing = search.size - len(units)
    if missing and len(hits) == MOST:
        units += after_the_best(groups, term, max(start, MOST), missing)
    return units


def _in_groups(hits: Iterable[Hit]) -> list[int]:
    return together((hit.unit, hit.school) for hit in hits)


def _named(search: _Search) -> tuple[NamedMunicipality, ...]:
    """Tell which municipalities all the words of whose names are among the words asked for."""
    stems = set(map(stem, search.words))
    return tuple(
        NamedMunicipality(one.slug, one.name) for one in search.vocabulary.municipalities if stems.issuperset(one.stems)
    )

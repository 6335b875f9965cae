"""Keeps the search index true: which words lead to each unit, and how strongly."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from tbb import clock
from tbb.database import db, on_postgresql, one_at_a_time, rows, run, transaction
from tbb.models.folding import words
from tbb.services import versions
from tbb.services.search_text import COUNTY_WORDS, EMPTY_WORDS, LONGEST_WORD, kind_words

NAME, ALIAS, SCHOOL, PERSON, PLACE, KIND, ADDRESS, FACET = 8, 7, 6, 4, 3, 2, 1, 0
"""Weights by where a word stands. FACET words hold a colon, so nobody can type them: they are the filters."""

CHUNK, LARGE_CHUNK = 500, 10_000

_SOURCES = """
    SELECT unit.id, unit.kind, unit.name, unit.display_name, unit.street, unit.postal_code, unit.place,
           municipality.id, municipality.name, COALESCE(organizer.name, ''), COALESCE(organizer.kind, ''),
           COALESCE(school.name, ''), municipality.participates
    FROM unit
    JOIN municipality ON municipality.id = unit.municipality_id
    LEFT JOIN organizer ON organizer.id = unit.organizer_id
    LEFT JOIN school ON school.id = unit.school_id
    WHERE unit.status <> 'closed' AND unit.id IN ({numbers})
"""
_ALIASES = "SELECT unit_id, name FROM unit_alias WHERE unit_id IN ({numbers}) ORDER BY id"
_PERSONS = """
    SELECT responsibility.unit_id, person.name
    FROM responsibility JOIN person ON person.id = responsibility.person_id
    WHERE responsibility.unit_id IN ({numbers}) AND responsibility.role = 'bba' AND NOT person.protected
      AND responsibility.starts_on <= ? AND (responsibility.ends_on IS NULL OR responsibility.ends_on >= ?)
"""
_COUNT = "UPDATE term SET df = (SELECT COUNT(*) FROM posting WHERE posting.term_id = term.id)"


class _Source(NamedTuple):
    """All of a unit that its words come from."""

    unit: int
    kind: str
    name: str
    display_name: str
    street: str
    postal_code: str
    place: str
    municipality_id: int
    municipality: str
    organizer: str
    organizer_kind: str
    school: str
    in_county: bool


def municipality_word(municipality_id: int) -> str:
    """Name the word that every unit of a municipality has."""
    return f"m:{municipality_id}"


def kind_word(kind: str) -> str:
    """Name the word that every unit of a kind has."""
    return f"k:{kind}"


def organizer_word(organizer_kind: str) -> str:
    """Name the word that every unit of a kind of organizer has."""
    return f"o:{organizer_kind}"


@transaction
def reindex(unit_ids: Iterable[int] | None = None, *, today: date | None = None) -> int:
    """Make the index of these units, or of all, as they now are; return how many it looked at.

    Call it in the transaction that changes a unit, its names, its school, its BBA, or a name that it shows.
    """
    one_at_a_time("search")
    day = today or clock.today()
    if unit_ids is None:
        looked_at = _index_all(day)
    else:
        looked_at = sum(_index_some(chunk, day) for chunk in _chunks(sorted(set(unit_ids)), CHUNK))
    versions.bump(versions.SEARCH)
    return looked_at


def reindex_changed_by_date(today: date, *, days: int = 7) -> int:
    """Reindex the units where a responsibility began or ended by itself these last days; return how many.

    The worker calls it every night; several days, so that a night it did not run is made good.
    """
    since, until = (today - timedelta(days=days)).isoformat(), today.isoformat()
    found = rows(
        "SELECT DISTINCT unit_id FROM responsibility"
        " WHERE role = 'bba' AND (starts_on BETWEEN ? AND ? OR ends_on BETWEEN ? AND ?)",
        (since, until, since, until),
    )
    return reindex((unit for (unit,) in found), today=today) if found else 0


def _index_all(day: date) -> int:
    run("DELETE FROM posting")
    numbers = dict(rows("SELECT text, id FROM term"))
    units = [unit for (unit,) in rows("SELECT id FROM unit ORDER BY id")]
    for chunk in _chunks(units, LARGE_CHUNK):
        _insert_postings(_words_of_units(chunk, day), numbers)
    run(_COUNT)
    run("DELETE FROM term WHERE df = 0")
    _tell_the_planner()
    return len(units)


def _index_some(units: Sequence[int], day: date) -> int:
    before = rows(_of("SELECT DISTINCT term_id FROM posting WHERE unit_id IN ({numbers})", units))
    run(_of("DELETE FROM posting WHERE unit_id IN ({numbers})", units))
    touched = {term for (term,) in before} | _insert_postings(_words_of_units(units, day), {})
    for chunk in _chunks(sorted(touched), CHUNK):
        run(_of(_COUNT + " WHERE id IN ({numbers})", chunk))
        run(_of("DELETE FROM term WHERE id IN ({numbers}) AND df = 0", chunk))
    return len(units)


def _of(sql: str, numbers: Iterable[int]) -> str:
    """Write whole numbers of our own into a statement: no engine takes thousands of parameters gladly."""
    return sql.replace("{numbers}", ", ".join(str(int(number)) for number in numbers))


def _words_of_units(units: Sequence[int], day: date) -> dict[int, dict[str, int]]:
    """Give every word of these units, with the greatest of its weights; closed units have none."""
    aliases, persons = defaultdict(list), defaultdict(list)
    for unit, name in rows(_of(_ALIASES, units)):
        aliases[unit].append(name)
    for unit, name in rows(_of(_PERSONS, units), (day.isoformat(), day.isoformat())):
        persons[unit].append(name)
    sources = map(_Source._make, rows(_of(_SOURCES, units)))
    return {source.unit: _words_of(source, aliases[source.unit], persons[source.unit]) for source in sources}


def _words_of(source: _Source, aliases: Iterable[str], persons: Iterable[str]) -> dict[str, int]:
    weights = {
        municipality_word(source.municipality_id): FACET,
        kind_word(source.kind): FACET,
        organizer_word(source.organizer_kind): FACET,
    }
    # From the lightest to the heaviest, so that a word keeps the heaviest place it stands in.
    for text, weight in (
        (source.street, ADDRESS),
        (source.postal_code, ADDRESS),
        (source.organizer, KIND),
        (source.place, PLACE),
        (source.municipality, PLACE),
        *((person, PERSON) for person in persons),
        (source.school, SCHOOL),
        *((alias, ALIAS) for alias in aliases),
        (source.name, ALIAS if source.display_name else NAME),
        (source.display_name, NAME),
    ):
        for word in _indexed_words(text):
            weights[word] = weight
    county = COUNTY_WORDS if source.in_county else ()
    for word in (*kind_words(source.kind, source.organizer_kind), *county):
        weights.setdefault(word, KIND)
    return weights


@lru_cache(maxsize=4_096)
def _indexed_words(text: str) -> tuple[str, ...]:
    return tuple(word[:LONGEST_WORD] for word in words(text) if word not in EMPTY_WORDS)


def _insert_postings(found: dict[int, dict[str, int]], numbers: dict[str, int]) -> set[int]:
    """Store the words of units; learn the numbers of new terms into `numbers`, and return the terms used."""
    new = sorted({word for weights in found.values() for word in weights if word not in numbers})
    for chunk in _chunks(new, CHUNK):
        places = ", ".join(["(?, 0)"] * len(chunk))
        # An update that changes nothing makes RETURNING give the number of a term that was there already.
        numbers.update(
            rows(
                f"INSERT INTO term (text, df) VALUES {places}"
                " ON CONFLICT (text) DO UPDATE SET text = excluded.text RETURNING text, id",
                chunk,
            )
        )
    postings = [(numbers[word], unit, weight) for unit, weights in found.items() for word, weight in weights.items()]
    # In the order of the index by weight, whose pages are then each visited once: the build is a third quicker.
    _store(sorted(postings, key=lambda posting: (posting[0], -posting[2], posting[1])))
    return {numbers[word] for weights in found.values() for word in weights}


def _chunks(things: Iterable, size: int) -> Iterator[list]:
    waiting = iter(things)
    while chunk := list(islice(waiting, size)):
        yield chunk


def _store(postings: Iterable[tuple[int, int, int]]) -> None:
    """Insert in each engine's quickest way: row by row in the process, as a stream to a server."""
    if not on_postgresql():
        db.connection().executemany("INSERT INTO posting (term_id, unit_id, weight) VALUES (?, ?, ?)", postings)
        return
    with db.cursor().copy("COPY posting (term_id, unit_id, weight) FROM STDIN") as stream:
        for posting in postings:
            stream.write_row(posting)


def _tell_the_planner() -> None:
    """PostgreSQL plans by statistics, old after a full rebuild; SQLite needs only its indexes."""
    if on_postgresql():
        run("ANALYZE posting")
        run("ANALYZE term")

"""The lines under the search box while somebody types: municipalities, units, and units like it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from tbb.database import rows
from tbb.services import search_vocabulary
from tbb.services.search_plans import understand
from tbb.services.search_rows import together
from tbb.services.search_text import query_words
from tbb.services.search_vocabulary import Vocabulary

MOST_MUNICIPALITIES = 2
FEW = 3
"""With so many units just as typed, those that are only like it are not looked for."""
_SORTED_AS = {"a": ("a", "zb", "zc"), "o": ("o", "zd"), "w": ("v",), "z": ("za",), "u": ("u", "y")}
"""What a typed letter may be in a sort key: a is also å and ä."""

_UNITS = """
    SELECT unit.id, unit.slug, COALESCE(NULLIF(unit.display_name, ''), unit.name), unit.kind,
           municipality.name, unit.street, unit.place, COALESCE(school.name, ''), unit.status
    FROM unit
    JOIN municipality ON municipality.id = unit.municipality_id
    LEFT JOIN school ON school.id = unit.school_id
    WHERE unit.id IN ({units})
"""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A line under the search box: a unit's page, or a municipality's."""

    type: str  # "unit" or "municipality"
    slug: str
    label: str
    kind: str = ""
    municipality: str = ""
    street: str = ""
    place: str = ""
    school: str = ""
    status: str = ""
    near: bool = False  # not just what was typed, but like it


def suggest(query: str, *, own_municipality: str | None = None, limit: int = 8) -> list[Suggestion]:
    """Suggest what is being typed; `own_municipality` is a slug, and its units come first. Never raises."""
    words = query_words(query)
    if not words:
        return []
    vocabulary = search_vocabulary.current()
    own = vocabulary.municipality(own_municipality)
    places = _municipalities(" ".join(words), vocabulary)[: min(MOST_MUNICIPALITIES, limit)]
    room = limit - len(places)
    units = _beginning_with(words[0], own, room) if len(words) == 1 and len(words[0]) <= 2 else []
    like: list[int] = []
    if len(units) < room:
        found = understand(query, vocabulary, own, enough=FEW)
        listed = together((hit.unit, hit.school) for hit in found.hits)
        (units if found.exact else like).extend(listed)
        like += [hit.unit for hit in found.near]
    shown = list(dict.fromkeys(units + like))[:room]
    return places + _suggestions(shown, set(like).difference(units))


def _municipalities(typed: str, vocabulary: Vocabulary) -> list[Suggestion]:
    return [
        Suggestion("municipality", one.slug, one.name, municipality=one.name)
        for one in vocabulary.municipalities
        if one.folded.startswith(typed)
    ]


def _beginning_with(letters: str, own: int | None, limit: int) -> list[int]:
    """Give units whose name begins with one or two letters: words that do would be thousands."""
    units: list[int] = []
    if own is not None:
        units = _in_ranges(letters, " AND unit.municipality_id = ?", (own,), limit)
    if len(units) < limit:
        units += [unit for unit in _in_ranges(letters, "", (), limit) if unit not in units]
    return units[:limit]


def _in_ranges(letters: str, also: str, values: tuple, limit: int) -> list[int]:
    """Read the index of sort keys, a range for each way the letters may be sorted; keys are plain ASCII."""
    found: list[tuple[str, int]] = []
    for first, after in _ranges(letters):
        found += rows(
            "SELECT unit.sort_key, unit.id FROM unit WHERE unit.sort_key >= ? AND unit.sort_key < ?"
            f" AND unit.status <> 'closed'{also} ORDER BY unit.sort_key, unit.id LIMIT {int(limit)}",
            (first, after, *values),
        )
    return [unit for _, unit in sorted(found)[:limit]]


def _ranges(letters: str) -> Iterator[tuple[str, str]]:
    if not any(letter.isdigit() for letter in letters):
        for codes in product(*(_SORTED_AS.get(letter, (letter,)) for letter in letters)):
            key = "".join(codes)
            yield key, key[:-1] + chr(ord(key[-1]) + 1)


def _suggestions(units: Sequence[int], like: set[int]) -> list[Suggestion]:
    if not units:
        return []
    numbers = ", ".join(str(int(unit)) for unit in units)
    found = {row[0]: row[1:] for row in rows(_UNITS.replace("{units}", numbers))}
    return [Suggestion("unit", *found[unit], near=unit in like) for unit in units if unit in found]

"""What a search address says: words, filters and page, read forgivingly and written back in one order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from tbb.models.kinds import Kind, OrganizerKind

MOST_CHARACTERS = 100
MOST_VALUES = 30
SIZES = (20, 50)
FACETS = {"kommun": "municipalities", "verksamhet": "kinds", "vem": "organizer_kinds"}
"""The address's word for each facet, and the search's."""


@dataclass(frozen=True)
class Query:
    """A search as its address says it."""

    text: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    page: int = 1
    size: int = SIZES[0]

    @classmethod
    def of(cls, args: MultiDict[str, str]) -> Query:
        """Read an address; what is not understood is left out."""
        allowed = {"verksamhet": set(Kind), "vem": set(OrganizerKind)}
        chosen = {}
        for name in FACETS:
            values = dict.fromkeys(value[:MOST_CHARACTERS] for value in args.getlist(name)[:MOST_VALUES] if value)
            kept = tuple(value for value in values if name not in allowed or value in allowed[name])
            if kept:
                chosen[name] = kept
        number = args.get("sida", "1")
        size = args.get("antal", "")
        return cls(
            text=" ".join(args.get("q", "")[:MOST_CHARACTERS].split()),
            chosen=chosen,
            page=max(int(number[:6]), 1) if number.isascii() and number.isdecimal() else 1,
            size=int(size) if size in map(str, SIZES) else SIZES[0],
        )

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """The filters as the search wants them."""
        return {FACETS[name]: values for name, values in self.chosen.items()}

    @property
    def own_municipality(self) -> str | None:
        """The municipality that goes first, when exactly one is chosen."""
        own = self.chosen.get("kommun", ())
        return own[0] if len(own) == 1 else None

    def chosen_pairs(self) -> list[tuple[str, str]]:
        """The filters alone as name and value."""
        return [(name, value) for name in FACETS for value in self.chosen.get(name, ())]

    def pairs(self) -> list[tuple[str, str]]:
        """All of it as name and value, in one order."""
        named = [("q", self.text)] if self.text else []
        named += self.chosen_pairs()
        if self.size != SIZES[0]:
            named.append(("antal", str(self.size)))
        if self.page > 1:
            named.append(("sida", str(self.page)))
        return named

    def address(self) -> str:
        """The query string, with its question mark; empty when there is nothing to say."""
        pairs = self.pairs()
        return f"?{urlencode(pairs)}" if pairs else ""

    def on_page(self, number: int) -> Query:
        """The same search on another page."""
        return replace(self, page=number)

    def without(self, name: str, value: str) -> Query:
        """The same search with one filter taken away."""
        left = tuple(kept for kept in self.chosen.get(name, ()) if kept != value)
        chosen = {key: values for key, values in self.chosen.items() if key != name} | ({name: left} if left else {})
        return replace(self, chosen=chosen, page=1)

    def has(self, name: str, value: str) -> bool:
        """Whether a filter is chosen."""
        return value in self.chosen.get(name, ())

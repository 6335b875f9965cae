"""Reading news: what is published, by municipality, category, year and term; one article, and what is like it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from tbb import clock
from tbb.database import load, rows
from tbb.models import Article
from tbb.models.content_kinds import Category
from tbb.services import pictures, published, rich_text, terms, writing_hints
from tbb.services.pictures import Shown
from tbb.services.published import Piece
from tbb.services.rich_text import CleanHtml
from tbb.services.terms import Starts

PER_PAGE = 10
MOST_IN_FEED = 30


@dataclass(frozen=True)
class Item:
    """An article in a list. `municipality` is its name, empty for the whole county; `seed` draws its cover."""

    key: str
    slug: str
    title: str
    lead: str
    category: str
    language: str
    municipality: str
    published_at: datetime
    changed_at: datetime | None
    pinned: bool
    cover: Shown | None

    @property
    def day(self) -> date:
        """The day it was published, in Sweden."""
        return clock.local(self.published_at).date()

    @property
    def seed(self) -> int:
        """A number that is the same each time its cover is drawn."""
        return int(self.key[:6], 16)


@dataclass(frozen=True)
class Page:
    """One article as readers see it."""

    item: Item
    body: CleanHtml
    minutes: int
    related: tuple[Piece, ...]


@dataclass(frozen=True)
class Wanted:
    """Which articles: of a municipality (by its address; the county's own are always with them), category, term."""

    municipality: str = ""
    category: str = ""
    term: str = ""


_SELECT = """
    SELECT a.key, a.slug, a.live, a.published_at, a.changed_at, a.pinned, COALESCE(m.name, '')
    FROM article a LEFT JOIN municipality m ON m.id = a.municipality_id
    WHERE a.state = 'published' AND {where} ORDER BY a.published_at DESC, a.id DESC
"""


def listed(wanted: Wanted, starts: Starts, page: int = 1) -> tuple[list[Item], int]:
    """Give a page of articles, the newest first with what is pinned before all, and how many there are in all."""
    found = _items(wanted, starts)
    found.sort(key=lambda item: not item.pinned)
    return with_covers(found[(page - 1) * PER_PAGE : page * PER_PAGE]), len(found)


def newest(municipality: str = "", most: int = 3) -> list[Item]:
    """Give the newest articles for a start page: what is pinned first, then the newest."""
    found = _items(Wanted(municipality), ((1, 10), (8, 20)), most=most * 4)
    return with_covers(sorted(found, key=lambda item: not item.pinned)[:most])


def feed(municipality: str, base: str, draw: Callable[[Shown], str]) -> list[tuple[Item, CleanHtml]]:
    """Give the newest articles and their texts for a feed: pictures by `draw`, our own links from `base`."""
    chosen = _items(Wanted(municipality), ((1, 10), (8, 20)), most=MOST_IN_FEED)
    bodies = {key: json.loads(live)["body"] for key, live in _lives([item.key for item in chosen]).items()}
    known = pictures.shown([key for body in bodies.values() for key in rich_text.pictures_in(body)])

    def show(key: str) -> str:
        return draw(known[key]) if key in known else ""

    return [(item, rich_text.to_html(bodies[item.key], picture=show, base=base)) for item in chosen]


def read(slug: str) -> Article | None:
    """Find a published article by its address; None when readers see none there."""
    return next(iter(load(Article, "slug = ? AND state = 'published'", (slug,))), None)


def shown(article: Article, draw: Callable[[Shown], str]) -> Page:
    """Show an article as readers see it; `draw` makes the trusted HTML of a picture."""
    live = json.loads(article.live)
    item = with_covers([_item_of(article)])[0]
    known = pictures.shown(rich_text.pictures_in(live["body"]))
    body = rich_text.to_html(live["body"], picture=lambda key: draw(known[key]) if key in known else "")
    read_through = writing_hints.look(live["title"], live["lead"], live["body"], language=live["language"])
    return Page(item, body, read_through.minutes, tuple(published.related("article", item.key)))


def by_keys(keys: list[str]) -> list[Item]:
    """Give published articles by their keys."""
    if not keys:
        return []
    marks = ", ".join("?" * len(keys))
    return [_item(row) for row in rows(_SELECT.format(where=f"a.key IN ({marks})"), keys)]


def archive(starts: Starts) -> dict[int, dict[str, int]]:
    """Count what is published by year and term: {2026: {"HT2026": 4, …}, …}, the newest first."""
    found: dict[int, dict[str, int]] = {}
    for (moment,) in rows("SELECT published_at FROM article WHERE state = 'published' ORDER BY published_at DESC"):
        day = clock.local(Article.published_at.python_value(moment)).date()
        term = terms.term_of(day, starts)
        year = found.setdefault(int(term.code[2:]), {})
        year[term.code] = year.get(term.code, 0) + 1
    return found


def categories() -> list[str]:
    """The categories that something is published in."""
    kept = {category for (category,) in rows("SELECT DISTINCT category FROM article WHERE state = 'published'")}
    return [category.value for category in Category if category in kept]


def with_covers(items: list[Item]) -> list[Item]:
    """Let items have their covers, all asked for at once."""
    lives = _lives([item.key for item in items])
    numbers = {key: json.loads(live).get("cover") for key, live in lives.items()}
    wanted = sorted({number for number in numbers.values() if number})
    if not wanted:
        return items
    keys = dict(rows(f"SELECT id, key FROM picture WHERE id IN ({', '.join('?' * len(wanted))})", wanted))
    known = pictures.shown(list(keys.values()))
    return [
        Item(**{**vars(item), "cover": known.get(keys.get(numbers.get(item.key), ""))}) if item.key in numbers else item
        for item in items
    ]


def _items(wanted: Wanted, starts: Starts, most: int = 2_000) -> list[Item]:
    where, params = ["1 = 1"], []
    if wanted.municipality:
        where.append("(a.municipality_id IS NULL OR m.slug = ?)")
        params.append(wanted.municipality)
    if wanted.category:
        where.append("a.category = ?")
        params.append(wanted.category)
    asked = f"{_SELECT.format(where=' AND '.join(where))} LIMIT {most}"
    found = [_item(row) for row in rows(asked, params)]
    return [item for item in found if not wanted.term or terms.term_of(item.day, starts).code == wanted.term]


def _item(row: tuple) -> Item:
    key, slug, live, published, changed, pinned, municipality = row
    said = json.loads(live)
    return Item(
        key=key,
        slug=slug,
        title=said["title"],
        lead=said["lead"],
        category=said["category"],
        language=said["language"],
        municipality=municipality,
        published_at=Article.published_at.python_value(published),
        changed_at=Article.changed_at.python_value(changed),
        pinned=bool(pinned),
        cover=None,
    )


def _item_of(article: Article) -> Item:
    return by_keys([article.key])[0]


def _lives(keys: list[str]) -> dict[str, str]:
    if not keys:
        return {}
    return dict(rows(f"SELECT key, live FROM article WHERE key IN ({', '.join('?' * len(keys))})", keys))

"""What is measured: each page of the service as an endless row of requests."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, cycle
from urllib.parse import quote

from bench.load import answer, get
from bench.search_recall import slip
from tbb.database import rows

IDENTITY: dict[str, str] = {}
BROTLI = {"Accept-Encoding": "br"}
_fresh = count()


@dataclass(frozen=True)
class Page:
    """One line of the table: a name, the yardstick it is held against, its requests and the status they get."""

    name: str
    yardstick: str
    requests: Iterator[bytes]
    expected: int = 200


def kept(port: int, path: str, headers: dict[str, str]) -> Iterator[bytes]:
    """Ask the same again and again, so that the service answers from memory."""
    return cycle([get(port, path, headers)])


def made(port: int, paths: list[str], headers: dict[str, str]) -> Iterator[bytes]:
    """Ask so that every page must be made anew: a parameter that nobody knows makes each address a new one."""
    for path in cycle(paths):
        yield get(port, f"{path}{'&' if '?' in path else '?'}x={next(_fresh)}", headers)


def yardsticks(port: int) -> list[Page]:
    """The two yardsticks."""
    return [
        Page("hello", "hello", kept(port, "/hello", IDENTITY)),
        Page("floor: 50 rows", "floor", kept(port, "/floor", IDENTITY)),
    ]


def pages(port: int) -> list[Page]:
    """The service's pages, on the configured database."""
    slugs = [slug for (slug,) in rows("SELECT slug FROM unit ORDER BY id LIMIT 200")]
    words, typed = _words(), _typed()
    etag = {"If-None-Match": answer(port, "/", BROTLI)[1]["etag"]} | BROTLI
    return [
        Page("start page, from memory", "hello", kept(port, "/", BROTLI)),
        Page("start page, 304", "hello", kept(port, "/", etag), 304),
        Page("unit page, from memory", "hello", kept(port, f"/enhet/{slugs[0]}", BROTLI)),
        Page("start page", "floor", made(port, ["/"], IDENTITY)),
        Page("guide", "floor", made(port, ["/guide"], IDENTITY)),
        Page("unit page", "floor", made(port, [f"/enhet/{slug}" for slug in slugs], IDENTITY)),
        Page("list of 50 rows", "floor", made(port, ["/hitta?antal=50"], IDENTITY)),
        Page("search, 50 rows", "floor", made(port, words, IDENTITY)),
        Page("search, 50 rows, brotli", "floor", made(port, words, BROTLI)),
        Page("suggestions", "floor", made(port, typed, IDENTITY | {"HX-Request": "true"})),
    ]


def _words() -> list[str]:
    """Searches that have at least 50 answers, at any size: a kind of unit, and a kind in a place."""
    return [f"/hitta?antal=50&q={quote(word)}" for word in ("förskola", "skola", "skolan", "förskola holm")]


def _typed() -> list[str]:
    """What people have typed so far, key by key, some with a slip of the finger."""
    chance = random.Random(5)
    names = [name for (name,) in rows("SELECT name FROM unit ORDER BY id LIMIT 2000")]
    texts = []
    for name in chance.sample(names, 40):
        name = slip(name, chance) if chance.random() < 0.3 else name
        texts += [name[:end] for end in range(2, min(len(name), 16) + 1)]
    chance.shuffle(texts)
    return [f"/hitta/forslag?q={quote(text)}" for text in texts]

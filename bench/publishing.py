"""Measures what is published beside bare Flask: list, article, feeds, library, newsletters, search; made anew and kept.

python -m bench.publishing                                  on SQLite
python -m bench.publishing --engines sqlite postgresql --articles 200
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from bench import cases, engines, pages, population
from bench.load import answer, drive
from bench.server import PLAIN, Server, environment, serving
from tbb import clock, database
from tbb.models import Article, Happening, Material, MaterialVersion, Newsletter
from tbb.services import content_words, rich_text, versions

ROUNDS = 2
BODY = """Varje område i hjulet har fått fyra bilder. Du kan skriva ut dem, eller visa dem på en skärm.

## Så kan du börja {number}

1. Välj ett område i taget. Börja gärna med något som **fungerar bra**.
2. Lägg fram bilderna. Vänta på barnet.

> Tidigare svarade jag ofta åt barnen. Med korten blir jag tyst och lyssnar.

### Fler sätt

Bilderna passar också i skolan. [Se hjulet för förskolan](/hjulet/forskola)."""
WORDS = "bilder möten elevhälsan närvaro förskolan övergångar samtycke syskon skolvägen lovet fritiden läsning".split()


def fill(count: int) -> None:
    """Publish so many articles, a quarter as many events and materials, and eight newsletters."""
    moment = clock.now()
    with database.connection(), database.db.atomic():
        for number in range(count):
            at, title = moment - timedelta(days=number), _title(number)
            _article(number, title, at)
            if number % 4 == 0:
                _happening(number, title, at)
                _material(number, title, at)
        for number in range(8):
            said = {"title": _title(number), "lead": "Kort.", "term": "HT2026", "language": "sv", "parts": []}
            Newsletter.create(
                key=_key("d", number), slug=f"brev-{number}", title=said["title"], term="HT2026", state="added",
                rendered=json.dumps(said), **_times(moment),
            )  # fmt: skip
        versions.bump(versions.DIRECTORY)


def _title(number: int) -> str:
    first, second = WORDS[number % len(WORDS)], WORDS[(number // len(WORDS) + 5) % len(WORDS)]
    return f"Så arbetar vi med {first} och {second} nummer {number}"


def _key(letter: str, number: int) -> str:
    return f"{letter}{number:031x}"


def _times(at) -> dict[str, object]:
    return {"created_at": at, "saved_at": at, "published_at": at}


def _article(number: int, title: str, at) -> None:
    body = BODY.format(number=number)
    words = {"title": title, "lead": "Det här är nytt i länet i höst.", "body": body}
    live = words | {"category": "news", "language": "sv", "cover": None, "municipality": None}
    key = _key("a", number)
    Article.create(key=key, slug=f"nyhet-{number}", state="published", live=json.dumps(live), **words, **_times(at))
    content_words.keep(f"article:{key}", (title, words["lead"], rich_text.to_plain(body)))


def _happening(number: int, title: str, at) -> None:
    starts, key = at + timedelta(days=90), _key("b", number)
    wall = clock.local(starts).strftime("%Y-%m-%dT%H:%M")
    told = {"title": title, "lead": "En lunch om det nya.", "body": BODY.format(number=number)}
    Happening.create(
        key=key, slug=f"traff-{number}", state="published", wall=wall, starts_at=starts,
        ends_at=starts + timedelta(minutes=45), uid=f"{key}@tbb", **told, **_times(at),
    )  # fmt: skip
    content_words.keep(f"happening:{key}", (title, told["lead"], rich_text.to_plain(told["body"])))


def _material(number: int, title: str, at) -> None:
    key = _key("c", number)
    one = Material.create(
        key=key, slug=f"material-{number}", short=f"m{number}", kind="work", state="published", title=title,
        lead="Att skriva ut.", areas="halsa,trygghet", audience="school", **_times(at),
    )  # fmt: skip
    MaterialVersion.create(
        material=one, number=1, dated=at.date(), url="https://a.example", at=at, published_at=at
    )  # fmt: skip
    content_words.keep(f"material:{key}", (title, one.lead, ""))


def measured(server: Server, asked: Iterator[bytes], seconds: float, expected: int) -> tuple[float, float]:
    """Ask again and again; give milliseconds of the median and of processor each."""
    drive(server.port, asked, connections=2, seconds=seconds / 3, expected=expected)
    before = server.processor_seconds()
    found = drive(server.port, asked, connections=1, seconds=seconds, expected=expected)
    return found.share(0.5), (server.processor_seconds() - before) * 1_000 / len(found.milliseconds)


def wanted(port: int) -> list[tuple[str, Iterator[bytes], int]]:
    """What is asked of the service: (name, requests, status). Made anew each time unless it says otherwise."""
    made = [
        ("start page", "/"), ("news, first page", "/nyheter"), ("article", "/nyheter/nyhet-3"),
        ("Atom feed of 30", "/nyheter/flode.atom"), ("webinar", "/webbinarier/traff-4"),
        ("webinars", "/webbinarier"), ("calendar feed", "/webbinarier/kalender.ics"),
        ("one .ics", "/webbinarier/traff-4.ics"),
        ("library", "/material"), ("material", "/material/material-4"), ("newsletters (never kept)", "/nyhetsbrev"),
        ("newsletter", "/nyhetsbrev/brev-3"), ("search", "/sok?q=bilder"), ("search, misspelt", "/sok?q=forskolna"),
    ]  # fmt: skip
    found = [(name, pages.made(port, [path], pages.IDENTITY), 200) for name, path in made]
    for name, path in made:
        if name in ("news, first page", "article", "Atom feed of 30", "calendar feed", "library"):
            etag = {"If-None-Match": answer(port, path)[1]["etag"]}
            found.append((f"{name}, from memory", pages.kept(port, path, pages.IDENTITY), 200))
            found.append((f"{name}, unchanged", pages.kept(port, path, etag), 304))
    return found


def run(engine: str, count: int, seconds: float) -> None:
    """Measure one engine and print what was found."""
    with tempfile.TemporaryDirectory() as name, engines.empty(engine, Path(name)) as address:
        folder = Path(name)
        population.fill(298)
        fill(count)
        plain = {"TBB_BENCH_DATABASE": str(folder / "none")}
        with (
            serving("bench.yardsticks:app", "/hello", plain, *PLAIN) as yard,
            serving("app:app", "/halsa", environment(folder, address)) as server,
        ):
            rows = [("hello (bare Flask)", yard, pages.kept(yard.port, "/hello", pages.IDENTITY), 200)]
            rows += [(what, server, asked, expected) for what, asked, expected in wanted(server.port)]
            best: dict[str, tuple[float, float]] = {}
            for _ in range(ROUNDS):
                for what, on, asked, expected in rows:
                    found = measured(on, asked, seconds, expected)
                    best[what] = min(best.get(what, found), found)
        print(f"\n── {engine}, {count} articles ──")
        cases.show(best)
        engines.close()


def main() -> None:
    """Read what is wanted and measure it."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.publishing", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engines", nargs="+", choices=engines.ENGINES, default=["sqlite"])
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=1.5)
    given = parser.parse_args()
    for engine in given.engines:
        run(engine, given.articles, given.seconds)


if __name__ == "__main__":
    main()

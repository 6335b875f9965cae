"""Fills a database with fictional units that are like the real ones: names, addresses, and people who answer."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator

from peewee import chunked

from bench.search_recall import Made, fictional, store
from tbb import database
from tbb.database import rows, run
from tbb.models import Person, Responsibility
from tbb.services import search, versions

FIRST_NAMES = "Anna Bo Cecilia David Elsa Farid Greta Hassan Ingrid Johan Karin Leyla Maria Nils Olga Per".split()
SHARE_WITH_BBA = 0.7
UNITS_PER_PERSON = 3
ONE_COUNTY = 1_000
"""Up to so many units lie in the nine municipalities of one county, more of them in 290."""


def fill(units: int) -> dict[str, float]:
    """Fill the configured, empty database; give the seconds that filling and indexing took."""
    chance = random.Random(10)
    with database.connection():
        began = time.perf_counter()
        made = fictional(units, chance)
        store(made if units > ONE_COUNTY else in_nine(made))
        _appoint(chance)
        _describe()
        filled = time.perf_counter()
        search.reindex()
        indexed = time.perf_counter()
        _announce()
    return {"fill": filled - began, "index": indexed - filled}


def in_nine(units: Iterable[Made]) -> Iterator[Made]:
    """Move units to the nine municipalities that were met first, as few as one county has."""
    towns: dict[str, str] = {}
    for one in units:
        town = towns.setdefault(one.municipality, list(towns)[len(towns) % 9] if len(towns) >= 9 else one.municipality)
        yield one._replace(municipality=town)


def _appoint(chance: random.Random) -> None:
    """Give most units a BBA; one person answers for a few."""
    numbers = [number for (number,) in rows("SELECT id FROM unit ORDER BY id") if chance.random() < SHARE_WITH_BBA]
    with database.db.atomic():
        for some in chunked(_people(len(numbers) // UNITS_PER_PERSON + 1, chance), 1_000):
            Person.insert_many(some).execute()
        people = [number for (number,) in rows("SELECT id FROM person ORDER BY id")]
        appointments = (
            {
                "unit": number,
                "person": people[at // UNITS_PER_PERSON],
                "role": "bba",
                "starts_on": "2025-01-01",
                "mandate": "decision_maker",
            }
            for at, number in enumerate(numbers)
        )
        for some in chunked(appointments, 1_000):
            Responsibility.insert_many(some).execute()


def _people(number: int, chance: random.Random) -> Iterator[dict[str, str]]:
    for _ in range(number):
        first, last = chance.choice(FIRST_NAMES), chance.choice(FIRST_NAMES)
        yield {"name": f"{first} {last}sson", "title": "Rektor", "phone": f"070-174 06 {chance.randint(5, 99):02}"}


def _describe() -> None:
    """Let units have phones and pages, and nine municipalities take part."""
    with database.db.atomic():
        run("UPDATE unit SET phone = '08-465 004 07', website = 'https://skola.example', email = 'info@skola.example'")
        run(
            "UPDATE municipality SET participates = ? WHERE id IN (SELECT municipality_id FROM unit"
            " GROUP BY municipality_id ORDER BY COUNT(*) DESC LIMIT 9)",
            (True,),
        )


def _announce() -> None:
    with database.db.atomic():
        versions.bump(versions.DIRECTORY)
    if database.on_postgresql():
        # A server that has been up for a while has done this by itself; SQLite is left as the service leaves it.
        run("ANALYZE")

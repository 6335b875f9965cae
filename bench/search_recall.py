"""Measures the search: latency, typing, recall with a slip of the finger, and the building of the index.

    python -m bench.search_recall --units 20000
    python -m bench.search_recall --import units.csv         (columns: namn, kommun, adress, postnummer)
    python -m bench.search_recall --database-url sqlite:///instance/tbb.db

The last one measures a database as it is and writes nothing; with the others it must be empty of units.
"""

from __future__ import annotations

import argparse
import csv
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import NamedTuple

from peewee import chunked

from tbb import database, migrations
from tbb.clock import now, today
from tbb.database import rows
from tbb.models import Municipality, Organizer, Unit
from tbb.models.folding import fold, sort_key
from tbb.services import search, search_vocabulary

REPEATS = 5
SAMPLE = 200
LETTERS = "abcdefghijklmnoprstuvyåäö"
SLIPS = ("leave out", "add", "replace", "swap")

FIRST = (
    "Al Ask Asp Berg Björk Blå Bo Brunn Bäck Dal Duv Ek Eld En Fager Fjäll Fur Fågel Gran Grön Gull Gås "
    "Hag Hall Hassel Hav Hed Himmel Holm Häst Järn Kalk Klöver Kråk Kung Kvarn Käll Lek Lill Lind Ljung "
    "Lärk Lön Malm Mar Moss Mån Norr Näck Nöt Ol Orm Ost Rönn Rosen Råd Räv Sand Silver Sjö Skog Slott "
    "Sol Sten Stor Strand Svan Syd Sälg Söder Tall Tistel Torn Träd Ug Vall Varg Vass Vik Vinter Våg "
    "Väster Åker Åmans Ång Älv Äng Ängs Äppel Öd Öst"
).split()
LAST = (
    "backa berga bo borg brink bro by byn dal dalen damm eken fors gren gård gården hage hagen hem holm "
    "holmen hult hus husa kulla kullen lid lund lunda mark mossen mo mosse rot ryd skog skogen slätt sta "
    "stad stig strand ström sund torp torpet udden vad vall vik viken väg å åker åsen äng ängen ö"
).split()
STREETS = ("vägen", "gatan", "gränd", "stigen", "torget", "backen")
KINDS = (
    ("preschool", 62, ("{}s förskola", "Förskolan {}", "{} förskola", "{}s Montessori", "I Ur och Skur {}")),
    ("compulsory", 24, ("{}skolan", "{}s skola", "{} friskola", "{}s resursskola", "Sankt {}s skola")),
    ("upper_secondary", 7, ("{}gymnasiet", "{}gymnasiet {number}", "{}s gymnasium", "{} college {number}")),
    ("bvc", 4, ("BVC {}", "Barnavårdscentralen {}")),
    ("social_services", 3, ("Socialtjänsten {}", "Familjeenheten {}")),
)


class Made(NamedTuple):
    """What a unit is made of, fictional or from a file."""

    name: str
    kind: str
    municipality: str
    street: str
    postal_code: str
    independent: bool


def fictional(number: int, chance: random.Random) -> Iterator[Made]:
    """Make up units with names that sound Swedish: few words that are common, many that are rare."""
    places = [word + ending for word in FIRST for ending in LAST]
    chance.shuffle(places)
    municipalities = places[:290]
    kinds = [kind for kind, share, _ in KINDS for _ in range(share)]
    patterns = {kind: some for kind, _, some in KINDS}
    for _ in range(number):
        kind = chance.choice(kinds)
        place = places[min(int(chance.expovariate(4) * len(places)), len(places) - 1)]
        street = f"{chance.choice(places)}{chance.choice(STREETS)} {chance.randint(1, 60)}"
        yield Made(
            chance.choice(patterns[kind]).format(place, number=chance.randint(1, 4)),
            kind,
            municipalities[min(int(chance.expovariate(6) * 290), 289)],
            street,
            f"{chance.randint(100, 984)}{chance.randint(1, 9)}0",
            chance.random() < 0.3,
        )


def from_files(paths: Iterable[Path]) -> Iterator[Made]:
    """Read units from CSV files with the columns of the municipalities' open data."""
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                independent = row.get("huvudmannatyp", "").casefold().startswith("ensk")
                where = row.get("kommun") or row.get("kommunkod") or "Exempelby"
                code, street = (row.get("postnummer") or "")[:5], row.get("adress") or ""
                yield Made(row["namn"], "preschool", where, street, code, independent)


def store(units: Iterable[Made]) -> None:
    """Put units into an empty database."""
    made = list(units)
    moment = now()
    with database.db.atomic():
        names = sorted({one.municipality for one in made})
        towns = {name: _municipality(at, name) for at, name in enumerate(names)}
        runs = {
            (name, independent): Organizer.create(
                name=f"{name} utbildning AB" if independent else f"{name} kommun",
                kind="independent" if independent else "municipal",
            ).id
            for name, independent in sorted({(one.municipality, one.independent) for one in made})
        }
        columns = (
            {
                "kind": one.kind,
                "name": one.name,
                "slug": f"enhet-{number}",
                "municipality": towns[one.municipality],
                "organizer": runs[one.municipality, one.independent],
                "street": one.street,
                "postal_code": one.postal_code,
                "place": one.municipality,
                "sort_key": sort_key(one.name),
                "folded": fold(one.name),
                "updated_at": moment,
            }
            for number, one in enumerate(made)
        )
        for some in chunked(columns, 1_000):
            Unit.insert_many(some).execute()


def _municipality(at: int, name: str) -> int:
    key = sort_key(name)
    return Municipality.create(code=f"{at:04}", name=name, slug=f"kommun-{at}", sort_key=key).id


def slip(name: str, chance: random.Random) -> str:
    """Let a finger slip once."""
    at, how = chance.randrange(len(name)), chance.choice(SLIPS)
    if how == "leave out":
        return name[:at] + name[at + 1 :]
    if how == "add":
        return name[:at] + chance.choice(LETTERS) + name[at:]
    if how == "replace":
        return name[:at] + chance.choice(LETTERS) + name[at + 1 :]
    return name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :]


def twenty_queries(chance: random.Random) -> list[str]:
    """Write what people write, from the units there are: names, parts of names, places, streets and kinds."""
    found = rows(
        "SELECT unit.name, municipality.name, unit.street, unit.postal_code FROM unit"
        " JOIN municipality ON municipality.id = unit.municipality_id"
        " WHERE unit.street <> '' ORDER BY unit.id"
    )
    recipes: tuple[Callable[[str, str, str, str], str], ...] = (
        *[lambda name, town, street, code: name] * 4,
        *[lambda name, town, street, code: slip(name, chance)] * 3,
        *[lambda name, town, street, code: " ".join(reversed(fold(name).split()))] * 2,
        *[lambda name, town, street, code: f"{max(name.split(), key=len)} {town}"] * 2,
        *[lambda name, town, street, code: max(name.split(), key=len)[:5]] * 2,
        lambda name, town, street, code: street,
        lambda name, town, street, code: code,
        lambda name, town, street, code: f"bvc {town}",
        lambda name, town, street, code: f"förskola {town}",
        lambda name, town, street, code: town,
        lambda name, town, street, code: "förskola",
        lambda name, town, street, code: "",
    )
    return [recipe(*chance.choice(found)) for recipe in recipes]


def timed(work: Callable[[], object]) -> float:
    """Tell how many milliseconds something took."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1_000


def best_of(work: Callable[[], object]) -> float:
    """Tell the shortest of several times: what else the machine does is not ours to measure."""
    return min(timed(work) for _ in range(REPEATS))


def at_share(times: Iterable[float], share: float) -> float:
    """Give the time that this share of all stays within."""
    ordered = sorted(times)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def recall(day: date, chance: random.Random) -> tuple[float, float]:
    """Give the shares of names found among ten, and first, when written with one slip."""
    names = [name for (name,) in rows("SELECT name FROM unit WHERE status <> 'closed' ORDER BY id")]
    among_ten = first = 0
    sample = chance.sample(names, min(SAMPLE, len(names)))
    for name in sample:
        result = search.find(slip(name, chance), page_size=10, today=day)
        labels = [fold(row.label) for row in (result.rows + result.near)[:10]]
        among_ten += fold(name) in labels
        first += labels[:1] == [fold(name)]
    return among_ten / len(sample), first / len(sample)


def measure() -> Iterator[tuple[str, str]]:
    """Measure the configured database; give lines of what and how much."""
    day, chance = today(), random.Random(20)
    (units,) = rows("SELECT COUNT(*) FROM unit")[0]
    (postings,) = rows("SELECT COUNT(*) FROM posting")[0]
    yield "units", f"{units:,}"
    load = timed(search_vocabulary.current)
    vocabulary = search_vocabulary.current()
    yield "vocabulary", f"{len(vocabulary.texts):,} words, {postings:,} postings, read in {load:.0f} ms"
    queries = twenty_queries(chance)
    first = [timed(partial(search.find, query, today=day)) for query in queries]
    again = [best_of(partial(search.find, query, today=day)) for query in queries]
    yield "20 queries, first time", f"p50 {at_share(first, 0.5):.1f} · max {max(first):.1f} ms"
    p50, p95, p99 = (at_share(again, share) for share in (0.5, 0.95, 0.99))
    yield f"20 queries, best of {REPEATS}", f"p50 {p50:.1f} · p95 {p95:.1f} · p99 {p99:.1f} ms"
    typed = [name[:end] for name in queries[:7] for end in range(1, len(name) + 1)]
    keys = [best_of(partial(search.suggest, text)) for text in typed]
    shares = f"p50 {at_share(keys, 0.5):.1f} · p95 {at_share(keys, 0.95):.1f} · max {max(keys):.1f}"
    yield "suggestion per key", f"{shares} ms ({len(keys)} keys)"
    among_ten, top = recall(day, chance)
    yield f"one slip, {SAMPLE} names", f"among ten {among_ten:.1%} · first {top:.1%}"


@contextmanager
def prepared(address: str | None, units: Iterable[Made] | None) -> Iterator[float | None]:
    """Connect to the database, fill it if there is something to fill it with; tell the index's build time."""
    with tempfile.TemporaryDirectory() as folder:
        database.configure(address or f"sqlite:///{Path(folder) / 'bench.db'}")
        with database.connection():
            built = None
            if units is not None:
                migrations.migrate()
                store(units)
                built = timed(search.reindex) / 1_000
            yield built
        database.db.obj.close_all()


def main() -> None:
    """Read what to measure, and print a table."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--units", type=int, help="make up so many units")
    parser.add_argument("--import", dest="files", type=Path, nargs="+", help="read units from CSV files")
    parser.add_argument("--database-url", help="the database to use; a new SQLite one when not given")
    given = parser.parse_args()
    if not (given.units or given.files or given.database_url):
        parser.error("say --units, --import or --database-url")
    units = None
    if given.files:
        units = from_files(given.files)
    elif given.units:
        units = fictional(given.units, random.Random(10))
    with prepared(given.database_url, units) as built:
        if built is not None:
            print(f"{'index built in':<24}{built:.2f} s")
        for what, how_much in measure():
            print(f"{what:<24}{how_much}", flush=True)


if __name__ == "__main__":
    main()

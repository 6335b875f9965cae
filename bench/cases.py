"""Measures cases: opening one, one with ten wheels, and the desk with a hundred and ten thousand, beside bare Flask.

python -m bench.cases                                    on SQLite
python -m bench.cases --engines sqlite postgresql --many 10000
python -m bench.cases --reseal                           also how fast keys are wrapped and texts sealed anew
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import repeat
from pathlib import Path

from bench import engines, population
from bench.load import drive, get
from bench.server import PLAIN, Server, environment, serving
from tbb import clock, database
from tbb.case_keys import CaseKeys
from tbb.crypto import Keyring, read_keys
from tbb.models import Account, Case, Responsibility, Unit, Wheel
from tbb.policy import Actor
from tbb.services import case_files, resealing, sealed_fields, sittings
from tbb.services.wheel_texts import AREAS, NEWEST
from tbb.web.sitting import COOKIES

TEXT = "Går inte gärna ut på rasten och säger att det är stimmigt. Läser gärna högt för de yngre. " * 2
ANSWERS = {"child.label": "Alva E", "child.stage": "Årskurs 6", "strengths": TEXT} | {
    f"area.{area}.{part}": "stod" if part == "level" else TEXT for area in AREAS for part in ("level", "see", "child")
}
ROUNDS = 2
FULL_PAGE = 30
"""So many cases are open on every desk, and a hundredth of the others: the first page is full on each."""


def wheel(author: int, unit: Unit, case: Case | None = None) -> Wheel:
    """Make a wheel with every area filled in; one that belongs to a case already is sent."""
    moment = clock.now()
    made = Wheel.create(
        key=case_files.new_key(),
        reference=case_files.new_reference("H"),
        seal=database.case_keys().make(moment),
        edition=NEWEST,
        author=author,
        from_unit=unit,
        unit=unit,
        created_at=moment,
        saved_at=moment,
    )
    sealed_fields.save(made, ANSWERS)
    if case is None:
        case = case_files.open_case(Actor(f"account:{author}", account=author), made)
    Wheel.update(case=case, state="sent", sent_at=moment).where(Wheel.id == made.id).execute()
    return made


def case(author: int, unit: Unit, wheels: int = 1) -> Case:
    """Make a case that is being mapped, with so many wheels and a mapping."""
    with database.db.atomic():
        first = wheel(author, unit)
        made = Case.get(Case.id == Wheel.get_by_id(first.id).case_id)
        for _ in range(wheels - 1):
            wheel(author, unit, made)
        sealed_fields.save(made, {f"question.{number}": TEXT for number in range(1, 6)} | {"voice.child": TEXT})
        moment = clock.now()
        Case.update(state="mapping", received_at=moment, mapping_at=moment).where(Case.id == made.id).execute()
    return made


def many(unit: Unit, count: int) -> None:
    """Fill a unit's desk: cards with keys of their own, opened on different days, most of them closed as in life."""
    keys, moment = database.case_keys(), clock.now()
    with database.db.atomic():
        for number in range(count):
            key, seal, opened = case_files.new_key(), keys.make(moment), moment - timedelta(hours=number)
            closed = number >= FULL_PAGE and number % 100
            card = case_files.Card("Alva E", "Årskurs 6", "", dict.fromkeys(AREAS, "stod"))
            made = Case.create(
                key=key, reference=case_files.new_reference("B"), seal=seal, unit=unit, about="child", edition=NEWEST,
                state="closed" if closed else "mapping", card=b"", opened_at=opened, touched_at=opened,
                closed_at=opened if closed else None, received_at=opened,
            )  # fmt: skip
            case_files.keep_card(made, card)


def office(at: int) -> tuple[int, Unit]:
    """Give a unit, and the account of its Barnets bästa-ansvarig."""
    part = list(Responsibility.select().where(Responsibility.role == "bba").order_by(Responsibility.id).limit(9))[
        at * 5
    ]
    account = Account.create(
        key=case_files.new_key(), email=f"bba{at}@tbb.example", name="Helena Exempelsson", state="active",
        person=part.person, created_at=clock.now(),
    )  # fmt: skip
    return account.id, part.unit


def measured(server: Server, path: str, cookie: str, seconds: float) -> tuple[float, float]:
    """Ask for a page as somebody signed in, again and again; give milliseconds of the median and of processor each."""
    asked: Iterator[bytes] = repeat(get(server.port, path, {"Cookie": cookie} if cookie else {}))
    drive(server.port, asked, connections=2, seconds=seconds / 3)
    before = server.processor_seconds()
    found = drive(server.port, asked, connections=1, seconds=seconds)
    used = server.processor_seconds() - before
    return found.share(0.5), used * 1_000 / len(found.milliseconds)


def run(engine: str, count: int, seconds: float, reseal: bool) -> None:
    """Measure one engine and print what was found."""
    with tempfile.TemporaryDirectory() as name, engines.empty(engine, Path(name)) as address:
        folder = Path(name)
        environ = environment(folder, address)
        ring = Keyring(read_keys((folder / "sealing-keys").read_text().splitlines()))
        keys = CaseKeys(folder / "case-keys.db", ring)
        database.configure(address, keyring=ring, case_keys=keys)
        population.fill(298)
        with database.connection():
            (few, small), (lots, large) = office(0), office(1)
            one, ten = case(few, small), case(few, small, wheels=10)
            many(small, 100)
            began = time.perf_counter()
            many(large, count)
            filled = time.perf_counter() - began
            cookies = [f"{COOKIES[0]}={sittings.begin(who, method='bench', strong=True)}" for who in (few, lots)]
        print(f"\n── {engine}: {count:,} cases at one unit (filled in {filled:.0f} s) ──", flush=True)
        pages = (
            ("a sealed case, one wheel", f"/arenden/{one.key}", cookies[0]),
            ("a sealed case, ten wheels", f"/arenden/{ten.key}", cookies[0]),
            ("desk, 100 cases", "/arenden", cookies[0]),
            (f"desk, {count:,} cases", "/arenden", cookies[1]),
        )
        plain = {"TBB_BENCH_DATABASE": str(folder / "none")}
        with (
            serving("bench.yardsticks:app", "/hello", plain, *PLAIN) as yard,
            serving("app:app", "/halsa", environ) as server,
        ):
            best: dict[str, tuple[float, float]] = {}
            for _ in range(ROUNDS):
                for what, path, cookie in (("hello (bare Flask)", "/hello", ""), *pages):
                    found = measured(server if cookie else yard, path, cookie, seconds)
                    best[what] = min(best.get(what, found), found)
        show(best)
        if reseal:
            _reseal(folder, address)
        keys.close()
        engines.close()


def show(best: dict[str, tuple[float, float]]) -> None:
    """Print milliseconds of the median and of processor, and both beside the first line, which is bare Flask."""
    (_, (hello, cpu)), *_rest = best.items()
    print(f"{'page':28}{'p50 ms':>9}{'CPU ms':>9}{'× bare':>9}{'× CPU':>9}")
    for what, (median, used) in best.items():
        print(f"{what:28}{median:9.2f}{used:9.2f}{median / hello:9.1f}{used / cpu if cpu else 0:9.1f}", flush=True)


def _reseal(folder: Path, address: str) -> None:
    """Wrap every key with a second sealing key, then seal some cases anew; print both rates."""
    old = read_keys((folder / "sealing-keys").read_text().splitlines())
    ring = Keyring(old | {2: os.urandom(32)})
    keys = CaseKeys(folder / "case-keys.db", ring)
    database.configure(address, keyring=ring, case_keys=keys)
    with database.connection():
        began = time.perf_counter()
        wrapped = keys.rewrap()
        taken = time.perf_counter() - began
        print(f"{wrapped:,} keys wrapped anew in {taken:.2f} s: {wrapped / taken:,.0f} a second", flush=True)
        began = time.perf_counter()
        things = [*Wheel.select(), *Case.select().limit(500)]
        texts = resealing.reseal_all(things)
        taken = time.perf_counter() - began
        print(f"{texts:,} texts sealed anew in {taken:.2f} s: {texts / taken:,.0f} a second", flush=True)
    keys.close()


def main() -> None:
    """Read what is wanted and measure it."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.cases", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engines", nargs="+", choices=engines.ENGINES, default=["sqlite"])
    parser.add_argument("--many", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--reseal", action="store_true")
    given = parser.parse_args()
    for engine in given.engines:
        run(engine, given.many, given.seconds, given.reseal)


if __name__ == "__main__":
    main()

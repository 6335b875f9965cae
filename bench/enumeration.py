"""Whether the time of an answer tells who is known here: sign-in, reset and /anslut, each kind against a known address.

    python -m bench.enumeration [TRIES]

At /anslut the one has asked for a link to begin an application within the day, and the other never.
Prints the area under the ROC curve for each pair: 0.5 is pure chance, and 0.45–0.55 is what we promise.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from flask import Flask

from tbb import clock, create_app, migrations
from tbb.database import connection
from tbb.models import Account
from tbb.policy import VISITOR
from tbb.services import application_links, limits
from tbb.services.passwords import hasher
from tbb.settings import read_settings

MEMORY_KIB = 64
KINDS = ("active", "unknown", "disabled", "invited")
HEADERS = {"Sec-Fetch-Site": "same-origin"}


def auc(ones: Iterable[float], others: Iterable[float]) -> float:
    """Tell how likely a random one of `ones` is larger than one of `others`; ties count half."""
    ranked = sorted([(value, 0) for value in ones] + [(value, 1) for value in others])
    ranks: dict[int, float] = {}
    place = 0
    while place < len(ranked):
        end = place
        while end < len(ranked) and ranked[end][0] == ranked[place][0]:
            end += 1
        ranks.update((each, (place + end + 1) / 2) for each in range(place, end))
        place = end
    first = [ranks[number] for number, (_, group) in enumerate(ranked) if group == 0]
    return (sum(first) - len(first) * (len(first) + 1) / 2) / (len(first) * (len(ranked) - len(first)))


def fill(tries: int) -> None:
    """Give the database `tries` accounts of each kind that has one."""
    kept = hasher(MEMORY_KIB).make("korrekt häst spade moln")
    for kind in KINDS:
        for number in range(tries if kind != "unknown" else 0):
            Account.create(
                key=f"{kind}{number}",
                email=f"{kind}{number}@skolan.example",
                name="Sara Skissberg",
                state=kind,
                password="" if kind == "invited" else kept,
                created_at=clock.now(),
            )


def let_apply(tries: int) -> None:
    """Let each of the active addresses have asked for a link to begin an application, and have its letter."""
    for number in range(tries):
        application_links.ask(VISITOR, f"192.0.2.{number % 250}", f"active{number}@skolan.example")
        while application_links.answer_next():
            pass
        limits.run("DELETE FROM rate_count")


def measure(app: Flask, path: str, tries: int, kinds: tuple[str, ...] = KINDS) -> dict[str, list[float]]:
    """Send a form once to each of `tries` addresses of each kind, taking turns; give the seconds each answer took.

    The application must trust one proxy: every try comes from a household of its own.
    """
    client = app.test_client()
    stamp = client.get(path).get_data(as_text=True).partition('name="stamp" value="')[2].partition('"')[0]
    took: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number in range(-5, tries):
        for place in range(len(kinds)):
            kind = kinds[(place + number) % len(kinds)]
            data = {"stamp": stamp, "email": f"{kind}{number}@skolan.example", "password": "fel lösenord här"}
            headers = HEADERS | {"X-Forwarded-For": f"2001:db8:{place:x}:{number % 65536:x}::1"}
            began = time.perf_counter()
            answer = client.post(path, data=data, headers=headers)
            seconds = time.perf_counter() - began
            assert answer.status_code in (303, 422), answer.status
            if number >= 0:
                took[kind].append(seconds)
        if number % 100 == 0:
            with connection():
                limits.run("DELETE FROM rate_count")
    return took


def main(tries: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "TBB_ENV": "test",
            "TBB_INSTANCE": folder,
            "TBB_DATABASE_URL": f"sqlite:///{Path(folder) / 'tbb.db'}",
            "TBB_PASSWORD_MEMORY_KIB": str(MEMORY_KIB),
            "TBB_PROXIES": "1",
        }
        app = create_app(read_settings(settings))
        logging.disable(logging.INFO)
        with connection():
            migrations.migrate()
            fill(tries)
            let_apply(tries)
        for path, kinds in (("/logga-in", KINDS), ("/konto/glomt", KINDS), ("/anslut", ("active", "unknown"))):
            took = measure(app, path, tries, kinds)
            for kind in kinds[1:]:
                figure = auc(took["active"], took[kind])
                print(f"{path}: active against {kind}, n = {tries} each: AUC {figure:.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)

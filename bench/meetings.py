"""Measures meetings beside bare Flask: the grid of twelve times and twelve people, letters to look at, feed and file.

python -m bench.meetings                                  on SQLite
python -m bench.meetings --engines sqlite postgresql --meetings 50
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from datetime import timedelta
from itertools import repeat
from pathlib import Path

from bench import cases, engines, population
from bench.load import answer, drive, get
from bench.server import PLAIN, Server, environment, serving
from tbb import clock, database, mail
from tbb.case_keys import CaseKeys
from tbb.crypto import Keyring, read_keys
from tbb.models import Case, Meeting, MeetingParty, MeetingSlot, Participant, SlotAnswer, Unit
from tbb.services import actors, calendar_feeds, calendar_files, case_files, sittings
from tbb.services.calendar_files import Event
from tbb.web.letters import render
from tbb.web.sitting import COOKIES

ROUNDS, GRID = 2, 12
FACTS = {
    "reference": "M-7K3M2Q", "unit": "Näckrosskolan", "path": "/svar/abc", "place": "Rum Näckrosen", "video": False,
    "time": {"wall": "2027-03-28T13:00", "minutes": 60}, "changed": False, "signs_in": False,
}  # fmt: skip


def meeting(case: Case, account: int, unit: Unit, number: int, *, proposed: bool = False) -> Meeting:
    """Make a meeting that somebody takes part in, at a time of its own; a proposed one has a full grid."""
    moment, key = clock.now(), case_files.new_key()
    at = (moment + timedelta(days=3 + number)).replace(minute=0, second=0, microsecond=0)
    wall = clock.local(at).strftime("%Y-%m-%dT%H:%M")
    set_at = {} if proposed else {"wall": wall, "starts_at": at, "ends_at": at + timedelta(hours=1), "set_at": moment}
    made = Meeting.create(
        key=key, reference=case_files.new_reference("M"), case=case, state="proposed" if proposed else "set",
        uid=f"{key}@mote", created_at=moment, created_by=account, place_words="Rum Näckrosen", **set_at,
    )  # fmt: skip
    party = MeetingParty.create(meeting=made, unit=unit)
    Participant.create(key=case_files.new_key(), meeting=made, party=party, account=account, state="asked")
    for _ in range(GRID - 1 if proposed else 3):
        _person(made, party)
    for place in range(GRID if proposed else 0):
        _slot(made, at + timedelta(hours=place))
    return made


def _person(made: Meeting, party: MeetingParty) -> None:
    key, said = case_files.new_key(), {"name": "Karin Testlind", "email": "k@flen.example", "phone": "", "note": ""}
    sealed = database.case_keys().seal(made.seal, json.dumps(said), f"participant.person:{key}")
    Participant.create(key=key, meeting=made, party=party, person=sealed, state="asked", asked_at=clock.now())


def _slot(made: Meeting, at) -> None:
    wall = clock.local(at).strftime("%Y-%m-%dT%H:%M")
    slot = MeetingSlot.create(meeting=made, wall=wall, starts_at=at, ends_at=at + timedelta(hours=1))
    for participant in made.participants:
        SlotAnswer.create(slot=slot, participant=participant, answer="yes", at=clock.now())


def measured(server: Server, path: str, headers: dict[str, str], seconds: float, expected: int) -> tuple[float, float]:
    """Ask for something again and again; give milliseconds of the median and of processor each."""
    asked = repeat(get(server.port, path, headers))
    drive(server.port, asked, connections=2, seconds=seconds / 3, expected=expected)
    before = server.processor_seconds()
    found = drive(server.port, asked, connections=1, seconds=seconds, expected=expected)
    return found.share(0.5), (server.processor_seconds() - before) * 1_000 / len(found.milliseconds)


def run(engine: str, count: int, seconds: float) -> None:
    """Measure one engine and print what was found."""
    with tempfile.TemporaryDirectory() as name, engines.empty(engine, Path(name)) as address:
        folder = Path(name)
        environ = environment(folder, address)
        ring = Keyring(read_keys((folder / "sealing-keys").read_text().splitlines()))
        keys = CaseKeys(folder / "case-keys.db", ring)
        database.configure(address, keyring=ring, case_keys=keys)
        population.fill(298)
        with database.connection():
            account, unit = cases.office(0)
            case = cases.case(account, unit)
            with database.db.atomic():
                made = [meeting(case, account, unit, number) for number in range(count)]
                grid = meeting(case, account, unit, count, proposed=True)
            secret = calendar_feeds.make(actors.of_account(account, strong=True))
            cookie = {"Cookie": f"{COOKIES[0]}={sittings.begin(account, method='bench', strong=True)}"}
        feed = f"/kalender/flode/{secret}.ics"
        plain = {"TBB_BENCH_DATABASE": str(folder / "none")}
        with (
            serving("bench.yardsticks:app", "/hello", plain, *PLAIN) as yard,
            serving("app:app", "/halsa", environ) as server,
        ):
            known = {"If-None-Match": answer(server.port, feed)[1]["etag"]}
            pages = (
                ("hello (bare Flask)", yard, "/hello", {}, 200),
                (f"proposals, {GRID} × {GRID}", server, f"/moten/{grid.key}/val", cookie, 200),
                ("letters to look at, 4", server, f"/moten/{made[0].key}/kallelse", cookie, 200),
                (f"feed of {count} meetings", server, feed, {}, 200),
                (f"feed of {count}, unchanged", server, feed, known, 304),
                ("one meeting's .ics", server, f"/moten/{made[0].key}/mote.ics", cookie, 200),
            )
            best: dict[str, tuple[float, float]] = {}
            for _ in range(ROUNDS):
                for what, on, path, headers, expected in pages:
                    found = measured(on, path, headers, seconds, expected)
                    best[what] = min(best.get(what, found), found)
        print(f"\n── {engine} ──")
        cases.show(best)
        _alone(made)
        keys.close()
        engines.close()


def _alone(made: list[Meeting]) -> None:
    """Time what is made without a server: a file, a feed, a whole letter as it goes over the wire."""
    events = [Event(each.uid, each.reference, each.starts_at, each.ends_at, wall=each.wall) for each in made]

    def letter() -> bytes:
        said = render("meeting_request", FACTS, base_url="https://tbb.example")
        file = calendar_files.single(method="REQUEST", **vars(events[0]))
        return mail.compose(
            sender="a@tbb.example", recipient="b@tbb.example", subject=said.subject, body=said.text, html=said.html,
            message_id="<a@tbb.example>", calendar=mail.CalendarPart(file, "REQUEST"),
        ).as_bytes()  # fmt: skip

    for what, do, times in (
        ("an .ics", lambda: calendar_files.single(**vars(events[0])), 200),
        (f"a feed of {len(events)}", lambda: calendar_files.many(events, "x"), 10),
        ("a letter with its calendar", letter, 100),
    ):
        began = time.perf_counter()
        for _ in range(times):
            size = len(do())
        print(f"{what:28}{(time.perf_counter() - began) * 1_000 / times:9.2f} ms{size:9,} bytes", flush=True)


def main() -> None:
    """Read what is wanted and measure it."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.meetings", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engines", nargs="+", choices=engines.ENGINES, default=["sqlite"])
    parser.add_argument("--meetings", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=3.0)
    given = parser.parse_args()
    for engine in given.engines:
        run(engine, given.meetings, given.seconds)


if __name__ == "__main__":
    main()

"""What the machine of consent works with: the county as each run finds it, and how a deed is done and watched."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date, datetime
from types import SimpleNamespace

from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from tbb import clock, database, worker
from tbb.case_keys import CaseKeys
from tbb.database import db, load, rows
from tbb.models import Case, Coordinator, Meeting
from tbb.services import actors, calendar_feeds, consents, coordinating
from tbb.services.wheel_texts import AREAS
from tests import engines
from tests.services.case_office import Office
from tests.services.consent_world import EVERYBODY_SAYS_YES, LIVE, OTHERS, PLAN, REFUSALS, World, everything


class Working(RuleBasedStateMachine):
    """What every step of the machine has at hand; its rules are in test_consent_machine.py."""

    office: Office
    moment: datetime
    start: datetime
    steps = 0
    happened: Counter[str] = Counter()
    known: SimpleNamespace

    @initialize()
    def begin(self) -> None:
        engines.close()
        shutil.copyfile(self.office.template, self.office.live)
        path = self.office.live.with_name("live-keys.db")
        shutil.copyfile(engines.case_key_file(), path)
        self.keys = CaseKeys(path, engines.KEYRING)
        database.configure(f"sqlite:///{self.office.live}", keyring=engines.KEYRING, case_keys=self.keys)
        db.connect()
        Working.moment = self.start
        self.units = {name: self.office.units[name] for name in OTHERS}
        others = frozenset(self.units.values())
        self.world = World(self.known.own, set(self.known.anonymous), others=others)
        self.links: list[str] = []
        self.planned: set[str] = set()
        self.feeds = {name: calendar_feeds.make(self.who(persona)) for name, persona in OTHERS.items()}
        for number in range(2):
            self.say(number, EVERYBODY_SAYS_YES, "heard", 20, tuple(OTHERS), AREAS, consents.KINDS, ())
        self.postman = worker.Postman(
            SimpleNamespace(smtp_url="", mail_from="tbb <no-reply@tbb.example>", base_url="https://tbb.example")
        )

    def teardown(self) -> None:
        if hasattr(self, "keys"):
            self.keys.close()
            engines.close()

    def note(self, what: str, really: object = True) -> None:
        Working.happened[what] += bool(really)

    def who(self, name: str):
        return actors.of_account(self.office.accounts[name], strong=True)

    @property
    def bba(self):
        return self.who("bba")

    def case(self, number: int) -> Case:
        return Case.get_by_id(self.known.cases[number % len(self.known.cases)])

    def meeting(self, number: int) -> Meeting | None:
        found = load(Meeting, "state <> 'cancelled' ORDER BY id DESC LIMIT 6")
        return found[number % len(found)] if found else None

    def covered(self, case: int, unit: int, day: date | None = None, **more) -> bool:
        return self.world.covered(case, unit, day or clock.today(), **more)

    def do(self, deed, *given, lacks=(), **more):
        """Do something; what is refused for want of consent changes nothing, and the want is real."""
        before = everything()
        try:
            return deed(*given, **more)
        except consents.NotCovered:
            assert everything() == before, "nothing is changed"
            assert any(not self.covered(case, unit, day) for case, unit, day in lacks), "the want is real"
            self.note("refused")
        except REFUSALS:
            assert everything() == before
        return None

    @invariant()
    def another_step(self):
        Working.steps += 1

    def asked(self, meeting: Meeting) -> set[int]:
        return {unit for _number, case, unit in rows(LIVE + " AND m.id = ?", (meeting.id,))}

    def asked_by_account(self, account: int) -> set[int]:
        return {
            row[0] for row in rows(LIVE.replace("SELECT p.id", "SELECT m.id") + " AND p.account_id = ?", (account,))
        }

    def coordinates(self, case: int, account: int) -> bool:
        """Whether they are samordningsperson, at work today and covered by a consent."""
        found = load(Coordinator, "ended_at IS NULL AND case_id = ? AND account_id = ?", (case, account))
        return any(self.covered(case, one.unit_id, kind=PLAN) and not coordinating.is_away(one) for one in found)

"""Everybody does anything in any order: a case is never without an owner, no reading without a row, no stranger reads.

TBB_MACHINE_STEPS says how many steps are taken in all; the promise of 20 000 is kept by a run of its own.
"""

from __future__ import annotations

import os
import shutil
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tbb import clock, database
from tbb.case_keys import CaseKeys, KeyGone
from tbb.database import case_keys, db, load, on_postgresql, rows, run
from tbb.models import Account, Case, Responsibility, Unit, Wheel
from tbb.policy import Refused
from tbb.services import (
    actors,
    case_desk,
    case_ownership,
    consent_taking,
    delegations,
    doomed_keys,
    drafts,
    forgetting,
    holds,
    informing,
    joining_cases,
    mapping,
    outcomes,
    transitions,
)
from tbb.services.consents import Voice
from tests import engines
from tests.services.case_office import ANSWERED, EVERYBODY, STAFF, TOLD, WORD, Office

STEPS, EACH = int(os.environ.get("TBB_MACHINE_STEPS", "2000")), 100
REFUSALS = (
    Refused, drafts.NotADraft, informing.CannotSend, informing.AlreadySent, informing.TooLate, mapping.Closed,
    mapping.NotReceived, outcomes.NotReady, outcomes.NotOpen, outcomes.Emptied, joining_cases.CannotJoin,
    joining_cases.CannotPart, delegations.NotNow, delegations.NotHere, consent_taking.NotThere,
    consent_taking.BadConsent, transitions.CannotOffer, transitions.NotWaiting, holds.AlreadyHeld, holds.NotHeld,
    forgetting.Late, forgetting.NothingToForget,
)  # fmt: skip
"""What may be answered to somebody who asks for what cannot be."""
OWNER = "whoever answers for it"
person, anybody = st.sampled_from((OWNER, OWNER, OWNER, *STAFF)), st.sampled_from((OWNER, OWNER, OWNER, *EVERYBODY))
which = st.integers(0, 9)
where = st.sampled_from(("own", "own", "sister", "other"))
WAITING = """
    SELECT w.id, w.unit_id, w.handover_of_id FROM wheel w JOIN casefile c ON c.id = w.case_id
    WHERE w.crosses AND w.about <> 'anonymous' AND c.state = 'sent' AND w.id = (
        SELECT MIN(x.id) FROM wheel x WHERE x.case_id = c.id)
"""
NEWEST = "SELECT id, withdrawn_at, ends_on FROM consent WHERE {} = ? ORDER BY version DESC LIMIT 1"
ROLES = """
    SELECT a.id, r.role, r.away_from IS NOT NULL FROM responsibility r JOIN account a ON a.person_id = r.person_id
    WHERE r.unit_id = ? AND a.state = 'active' AND r.role IN ('bba', 'deputy')
      AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on >= ?)
"""
HEADS = """
    SELECT a.id FROM "grant" g JOIN account a ON a.id = g.account_id
    WHERE g.unit_id = ? AND g.duty = 'unit_head' AND a.state = 'active' AND g.ended_at IS NULL
"""
DELEGATES = """
    SELECT g.account_id FROM delegation d JOIN "grant" g ON g.id = d.grant_id
    WHERE d.case_id = ? AND g.ended_at IS NULL AND g.ends_on >= ?
"""
OFFERED = """
    SELECT 1 FROM wheel w JOIN casefile c ON c.id = w.case_id
    WHERE w.handover_of_id = ? AND c.state = 'sent'
"""


class Work(RuleBasedStateMachine):
    """The rules are what people do; the invariants are what must never be."""

    office: Office
    steps = 0

    @initialize()
    def begin(self) -> None:
        engines.close()
        shutil.copyfile(self.office.template, self.office.live)
        # The keys too: what one run has destroyed is there again for the next.
        path = self.office.live.with_name("live-keys.db")
        shutil.copyfile(engines.case_key_file(), path)
        self.keys = CaseKeys(path, engines.KEYRING)
        database.configure(f"sqlite:///{self.office.live}", keyring=engines.KEYRING, case_keys=self.keys)
        db.connect()
        self.gone: set[str] = set()

    def teardown(self) -> None:
        if hasattr(self, "gone"):
            assert doomed_keys.look().without == 0, "nothing that is left has lost its key"
            self.keys.close()
            engines.close()

    def named(self, name: str, case: Case | None) -> str:
        """Whom a name stands for: the owner of a case, when it says so and that is one of us."""
        if name != OWNER:
            return name
        known = {account: each for each, account in self.office.accounts.items()}
        owners = case_ownership.owner_of(case).accounts if case else ()
        return next((known[account] for account in owners if account in known), STAFF[0])

    def who(self, name: str):
        """The actor of a name; a shut account lets nobody in, so it holds nothing."""
        account = self.office.accounts[name]
        active = rows("SELECT 1 FROM account WHERE id = ? AND state = 'active'", (account,))
        return actors.of_account(account, strong=True, halfway=not active)

    def one(self, model, condition: str, number: int):
        found = load(model, f"{condition} ORDER BY id DESC LIMIT 10", ())
        return found[number % len(found)] if found else None

    def do(self, deed, *given, **more):
        try:
            return deed(*given, **more)
        except REFUSALS:
            return None

    # what those do who see

    @rule(by=person, to=where, about=st.sampled_from(("child", "child", "anonymous")))
    def draft(self, by, to, about):
        actor = self.who(self.named(by, None))
        homes = sorted(actor.units(*(held.duty for held in actor.held)))
        if homes:
            unit = load(Unit, "id = ?", (homes[0],))[0]
            wheel = self.do(drafts.begin, actor, from_unit=unit, about=about, answers=TOLD)
            if wheel:
                chosen = load(Unit, "id = ?", (self.office.units[to],))[0]
                self.do(drafts.set_recipient, actor, wheel.key, chosen)

    @rule(by=person, number=which)
    def send(self, by, number):
        wheel = self.one(Wheel, "state = 'draft'", number)
        if wheel:
            author = next((name for name in STAFF if self.office.accounts[name] == wheel.author_id), by)
            for name in sorted({self.named(by, None), author}):
                sent = self.do(informing.send, self.who(name), wheel.key)
                assert sent is None or self.office.accounts[name] == wheel.author_id, "only their own"

    @rule(number=which)
    def undo(self, number):
        wheel = self.one(Wheel, "state = 'sent'", number)
        if wheel and wheel.author_id:
            actor = actors.of_account(wheel.author_id, strong=True)
            seal = wheel.case.seal
            if self.do(informing.undo, actor, wheel.key):
                self.gone.add(seal)

    @rule(by=person, number=which, yes=st.booleans(), on_case=st.booleans())
    def consent(self, by, number, yes, on_case):
        thing = self.one(Case, "1 = 1", number) if on_case else self.one(Wheel, "state = 'draft'", number)
        if thing is not None:
            by = self.named(by, thing if on_case else None)
            said = Voice("yes" if yes else "no", "oral", clock.today())
            voices = {"guardian_1": Voice("yes", "oral", clock.today()), "guardian_2": said, "child": Voice()}
            more = {"case": thing} if on_case else {"wheel": thing}
            self.do(
                consent_taking.record, self.who(by), **more, voices=voices, units=[self.office.units["other"]],
                information=WORD, ends_on=clock.today() + timedelta(days=30),
            )  # fmt: skip

    @rule(by=person, number=which)
    def withdraw(self, by, number):
        found = rows("SELECT key FROM consent WHERE withdrawn_at IS NULL ORDER BY id DESC LIMIT 10")
        if found:
            self.do(consent_taking.withdraw, self.who(self.named(by, None)), found[number % len(found)][0])

    # what those do who answer for a case

    @rule(by=anybody, number=which)
    def receive(self, by, number):
        case = self.one(Case, "state = 'sent'", number)
        by = self.named(by, case)
        if case and self.do(case_desk.receive, self.who(by), case.key):
            assert self.may_decide(by, case)

    @rule(by=anybody, number=which, ready=st.booleans())
    def map(self, by, number, ready):
        case = self.one(Case, "state IN ('received', 'mapping')", number)
        by = self.named(by, case)
        if case and self.do(mapping.save, self.who(by), case, ANSWERED if ready else {"voice.own": WORD}):
            assert self.may_read(by, case)

    @rule(by=anybody, number=which, outcome=st.sampled_from(("own", "other", "meeting", "none")), close=st.booleans())
    def decide(self, by, number, outcome, close):
        case = self.one(Case, "state IN ('mapping', 'collaborating')", number)
        by = self.named(by, case)
        if case and self.do(outcomes.decide, self.who(by), case, outcome, WORD, WORD, close=close):
            assert self.may_decide(by, case)

    @rule(by=person, number=which, again=st.booleans())
    def close_or_open(self, by, number, again):
        case = self.one(Case, "state = 'closed'" if again else "state <> 'closed'", number)
        by = self.named(by, case)
        if case and self.do(outcomes.reopen if again else outcomes.close, self.who(by), case, WORD):
            assert self.may_decide(by, case)

    @rule(by=person, one=which, two=which, apart=st.booleans())
    def join_or_part(self, by, one, two, apart):
        first, second = (self.one(Case, "state IN ('received', 'mapping')", number) for number in (one, two))
        by = self.named(by, first)
        if first and apart:
            wheel = self.one(Wheel, f"case_id = {first.id}", two)
            self.do(joining_cases.part, self.who(by), first, wheel.key if wheel else "")
        elif first and second and first.id != second.id:
            self.do(joining_cases.join, self.who(by), first, second)

    @rule(by=person, to=st.sampled_from(STAFF), number=which)
    def delegate(self, by, to, number):
        case = self.one(Case, "state IN ('received', 'mapping')", number)
        by = self.named(by, case)
        if case:
            key = load(Account, "id = ?", (self.office.accounts[to],))[0].key
            if self.do(delegations.give, self.who(by), case, key, clock.today() + timedelta(days=5)):
                assert self.may_decide(by, case)

    @rule(by=person, to=where, number=which)
    def offer(self, by, to, number):
        case = self.one(Case, "state IN ('received', 'mapping', 'collaborating')", number)
        by = self.named(by, case)
        if case:
            unit = load(Unit, "id = ?", (self.office.units[to],))[0]
            actor = self.who(by)
            if self.do(transitions.begin, actor, case, unit, reason="moves", areas=["trygghet"], summary=WORD):
                self.do(transitions.send, actor, case)

    @rule(by=person, number=which, end=st.booleans())
    def hold(self, by, number, end):
        case = self.one(Case, "1 = 1", number)
        by = self.named(by, case)
        if case:
            self.do(holds.end, self.who(by), case) if end else self.do(holds.hold, self.who(by), case, WORD)

    # what changes around them

    @rule(at=where, role=st.sampled_from(("bba", "bba", "deputy")), away=st.booleans())
    def away(self, at, role, away):
        day = clock.today() - timedelta(days=1) if away else None
        Responsibility.update(away_from=day).where(
            Responsibility.unit == self.office.units[at], Responsibility.role == role
        ).execute()

    @rule(at=where, over=st.booleans())
    def end_responsibility(self, at, over):
        day = clock.today() - timedelta(days=1) if over else None
        Responsibility.update(ends_on=day).where(
            Responsibility.unit == self.office.units[at], Responsibility.role == "bba"
        ).execute()

    @rule(who=st.sampled_from(STAFF[1:]), shut=st.booleans())
    def shut_account(self, who, shut):
        run("UPDATE account SET state = ? WHERE id = ?", ("disabled" if shut else "active", self.office.accounts[who]))

    @rule(number=which)
    def forget(self, number):
        case = self.one(Case, "state = 'closed'", number)
        if case is None:
            return
        held = bool(rows("SELECT 1 FROM hold WHERE case_id = ? AND ended_at IS NULL", (case.id,)))
        ours = case.unit_id != self.office.units["other"]
        waits = bool(rows(OFFERED, (case.id,)))
        seals = {row[0] for row in rows("SELECT seal FROM wheel WHERE case_id = ?", (case.id,))} | {case.seal}
        Case.update(closed_at=clock.now() - timedelta(days=40)).where(Case.id == case.id).execute()
        organizer = rows("SELECT organizer_id FROM unit WHERE id = ?", (self.office.units["own"],))[0][0]
        made = self.do(forgetting.draw, self.who("huvudman"), organizer)
        if made:
            forgetting.propose(self.who("huvudman"), made.key)
            with pytest.raises(Refused):
                forgetting.approve(self.who("huvudman"), made.key)
            forgetting.approve(self.who("second admin"), made.key)
        forgetting.carry_out()
        doomed_keys.destroy_doomed()
        left = bool(rows("SELECT 1 FROM casefile WHERE id = ?", (case.id,)))
        assert left == (held or waits or not ours), "what is held or offered stays, all else of ours goes"
        if not left:
            self.gone |= seals
        for seal in self.gone:
            with pytest.raises(KeyGone):
                case_keys().seal(seal, "x", "y")

    # reading

    @rule(by=anybody, number=which)
    def read(self, by, number):
        case = self.one(Case, "1 = 1", number)
        if case is None:
            return
        by = self.named(by, case)
        related, before = self.may_read(by, case), self.readings(by, case)
        db.close()
        answer = self.office.browsers[by].get(f"/arenden/{case.key}")
        db.connect()
        if not rows("SELECT 1 FROM account WHERE id = ? AND state = 'active'", (self.office.accounts[by],)):
            assert answer.status_code == 303
        else:
            assert answer.status_code == (200 if related else 404), (by, answer.status)
        assert self.readings(by, case) == before + (answer.status_code == 200)
        assert (answer.status_code == 200) or WORD not in answer.text

    @rule(by=anybody)
    def list(self, by):
        by = self.named(by, self.one(Case, "1 = 1", 0))
        actor = self.who(by)
        counted = rows("SELECT COUNT(*) FROM audit_row WHERE action = 'cases:list'")[0][0]
        found = self.do(case_desk.listing, actor, case_desk.Filters())
        lines = case_desk.opened(actor, found.numbers) if found else []
        now = rows("SELECT COUNT(*) FROM audit_row WHERE action = 'cases:list'")[0][0]
        assert now - counted == len({line.unit for line in lines}), "a row for each unit whose cards were shown"
        for line in lines:
            assert self.may_read(by, load(Case, "id = ?", (line.id,))[0])

    # what must never be

    @invariant()
    def another_step(self):
        Work.steps += 1

    @invariant()
    def every_open_case_has_an_owner(self):
        for unit, organizer in rows(
            "SELECT DISTINCT c.unit_id, u.organizer_id FROM casefile c JOIN unit u ON u.id = c.unit_id"
            " WHERE c.state <> 'closed'"
        ):
            owner = case_ownership.owner_of_unit(unit)
            assert organizer and owner.accounts, unit
            active = {row[0] for row in rows("SELECT id FROM account WHERE state = 'active'")}
            assert set(owner.accounts) <= active

    @invariant()
    def every_sent_wheel_has_its_recipient(self):
        assert not rows(
            "SELECT 1 FROM wheel w LEFT JOIN casefile c ON c.id = w.case_id"
            " WHERE w.state = 'sent' AND (c.id IS NULL OR w.unit_id IS NULL OR c.unit_id <> w.unit_id)"
        )

    @invariant()
    def nothing_waits_across_a_border_without_a_consent(self):
        for wheel, unit, handed in rows(WAITING):
            owner = ("case_id", handed) if handed else ("wheel_id", wheel)
            newest = rows(NEWEST.format(owner[0]), (owner[1],))
            assert newest, "there is one"
            assert newest[0][1] is None, "it is not withdrawn"
            voices = dict(rows("SELECT who, answer FROM consent_voice WHERE consent_id = ?", (newest[0][0],)))
            assert voices["guardian_1"] == voices["guardian_2"] == "yes" and voices["child"] != "no"
            assert rows("SELECT 1 FROM consent_party WHERE consent_id = ? AND unit_id = ?", (newest[0][0], unit))

    def may_decide(self, name: str, case: Case) -> bool:
        """Whether somebody answers for a case today, worked out from the tables alone."""
        today, account = clock.today(), self.office.accounts[name]
        roles = rows(ROLES, (case.unit_id, today, today))
        here = {role for _account, role, away in roles if not away}
        mine = {role for number, role, _away in roles if number == account}
        head = not here and account in {row[0] for row in rows(HEADS, (case.unit_id,))}
        return "bba" in mine or ("deputy" in mine and "bba" not in here) or head

    def may_read(self, name: str, case: Case) -> bool:
        """Whether somebody has to do with a case today."""
        delegates = {row[0] for row in rows(DELEGATES, (case.id, clock.today()))}
        return self.may_decide(name, case) or self.office.accounts[name] in delegates

    def readings(self, name: str, case: Case) -> int:
        """How often the audit says that somebody has read a case."""
        asked = "SELECT COUNT(*) FROM audit_row WHERE action = 'case:read' AND actor = ? AND thing_id = ?"
        return rows(asked, (f"account:{self.office.accounts[name]}", case.reference))[0][0]


def test_no_order_of_deeds_breaks_what_is_promised(make_app, county_template, tmp_path):
    if on_postgresql():
        pytest.skip("the database is copied as a file for every run of the machine")
    template, live = tmp_path / "template.db", tmp_path / "live.db"
    shutil.copyfile(county_template[0], template)
    Work.office = Office(make_app(f"sqlite:///{template}"), template, live)
    engines.close()
    way = settings(
        max_examples=4, stateful_step_count=EACH, deadline=None, database=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    Work.steps = 0
    while Work.steps < STEPS:
        run_state_machine_as_test(Work, settings=way)

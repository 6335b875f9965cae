"""Forgetting on time: by a decision, by two, with a receipt; and then nothing is left that anybody could read."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import peewee
import pytest

from tbb import clock, database, jobs
from tbb.case_keys import KeyGone
from tbb.database import case_keys, connection, on_postgresql, rows, run, transaction
from tbb.models import (
    Assessment,
    AuditRow,
    Case,
    CaseExport,
    CaseNote,
    Consent,
    Delegation,
    DoomedKey,
    Forgetting,
    Grant,
    Letter,
    RetentionRule,
    Wheel,
)
from tbb.policy import Refused
from tbb.services import actors, case_files, doomed_keys, forgetting, holds, letters, retention, sealed_fields
from tbb.services.demo_cast import account_of
from tbb.services.forgetting import Late, NothingToForget
from tests import engines, make_cases
from tests.at_work import units

LONG_AGO = timedelta(days=800)


@pytest.fixture
def here(county_url):
    """The demo county with a connection, a second administrator of the municipality, and its units."""
    engines.configure(county_url)
    with connection():
        found = units()
        with database.db.atomic():
            Grant.create(
                account=account_of("processledare2"),
                duty="organizer_admin",
                organizer=found["own"].organizer_id,
                starts_on=date(2026, 1, 1),
                given_at=clock.now(),
            )
        yield found
    engines.close()


def actor(persona: str, *, strong: bool = True):
    """Somebody of the cast, signed in with two factors."""
    return actors.of_account(account_of(persona), strong=strong)


def closed(unit, answers=make_cases.ALVA, *, days: int = 800, **more) -> Case:
    """Make a case that was closed so many days ago."""
    return make_cases.case(unit, answers=answers, state="closed", closed_at=clock.now() - timedelta(days=days), **more)


def decide(organizer: int, document: str = "child", days: int = 730) -> None:
    """Let the administrator write down a decision."""
    retention.decide(
        actor("huvudman"), organizer, document, days=days, decision="BUN 2026/7", decided_on=date(2026, 9, 1)
    )


def approved(organizer: int) -> Forgetting:
    """Draw up a list, let one propose and another approve it."""
    made = forgetting.draw(actor("huvudman"), organizer)
    forgetting.propose(actor("huvudman"), made.key)
    forgetting.approve(actor("processledare2"), made.key)
    return Forgetting.get_by_id(made.id)


@transaction
def fill(case: Case, word: str) -> None:
    """Put a word in everything of a case that is sealed, and a delegation."""
    bba, seal = account_of("bba"), sealed_fields.seal
    sealed_fields.save(case, {"voice.own": word, "question.1": word})
    CaseNote.create(case=case, key="n" * 32, body=seal(case, word, "case_note.body:n"), by=bba, at=clock.now())
    CaseExport.create(case=case, key="e" * 32, kind="archive", reason=seal(case, word, "x"), by=bba, at=clock.now())
    Consent.create(
        case=case, key="c" * 32, information=seal(case, word, "x"), ends_on=clock.today(), taken_at=clock.now()
    )
    grant = Grant.create(
        account=account_of("delegerad"), duty="delegate", unit=case.unit_id, starts_on=clock.today(),
        ends_on=clock.today() + timedelta(days=9), given_at=clock.now(),
    )  # fmt: skip
    Delegation.create(case=case, grant=grant, at=clock.now())


def test_nothing_is_due_without_a_decision_and_then_only_what_it_says(here):
    own = here["own"].organizer_id
    old, young = closed(here["own"]), closed(here["own"], days=700)
    closed(here["own"], about="group", days=900)
    closed(here["other"])
    still = make_cases.case(here["own"])
    assert retention.due(own) == []
    with pytest.raises(NothingToForget):
        forgetting.draw(actor("huvudman"), own)
    decide(own)
    (item,) = retention.due(own)
    assert (item.reference, item.document, item.days) == (old.reference, "child", 730)
    assert item.ended_on == clock.local(old.closed_at).date()
    assert still.reference != young.reference
    decide(own, days=690)
    assert [each.reference for each in retention.due(own)] == [old.reference, young.reference]
    assert retention.undo_decision(actor("huvudman"), own, "child") and retention.due(own) == []


def test_the_day_itself_counts_whole(here, at):
    own = here["own"].organizer_id
    decide(own, days=30)
    made = closed(here["own"], days=0)
    ended = clock.local(made.closed_at)
    at(ended.replace(hour=23, minute=59) + timedelta(days=29))
    assert retention.due(own) == []
    at(ended.replace(hour=0, minute=0) + timedelta(days=30))
    assert [each.reference for each in retention.due(own)] == [made.reference]


def test_one_proposes_another_approves_and_the_database_says_so_too(here):
    own = here["own"].organizer_id
    decide(own)
    closed(here["own"])
    made = forgetting.draw(actor("huvudman"), own)
    for stranger in ("granne", "enhetschef", "bba", "loggranskare", "drift"):
        with pytest.raises((Refused, Late)):
            forgetting.propose(actor(stranger), made.key)
        assert forgetting.show(actor(stranger), made.key) is None
    with pytest.raises((Refused, Late)):
        forgetting.propose(actor("huvudman", strong=False), made.key)
    with pytest.raises(Late):
        forgetting.approve(actor("processledare2"), made.key)
    forgetting.propose(actor("huvudman"), made.key)
    with pytest.raises(Refused):
        forgetting.approve(actor("huvudman"), made.key)
    with pytest.raises(peewee.IntegrityError), database.db.atomic():
        run("UPDATE forgetting SET approved_by_id = proposed_by_id WHERE id = ?", (made.id,))
    assert forgetting.carry_out() == 0 and Case.select().count() == 1
    with pytest.raises(Late):
        forgetting.draw(actor("huvudman"), own)
    forgetting.approve(actor("processledare2"), made.key)
    with pytest.raises(Late):
        forgetting.stop(actor("huvudman"), made.key)
    assert forgetting.carry_out() == 1
    shown = forgetting.show(actor("huvudman"), made.key)
    assert (shown.state, shown.done, shown.kept) == ("done", 1, 0)
    assert shown.proposer and shown.approver and shown.proposer != shown.approver and shown.mine
    actions = [row.action for row in AuditRow.select().where(AuditRow.thing == "forgetting").order_by(AuditRow.id)]
    assert actions == ["forgetting:draw", "forgetting:propose", "forgetting:approve", "forgetting:done"]


def test_what_is_held_reopened_or_closed_again_meanwhile_is_left_alone(here):
    own = here["own"].organizer_id
    decide(own)
    held, reopened, again, gone = (closed(here["own"], days=800 + number) for number in range(4))
    made = approved(own)
    assert len(forgetting.show(actor("huvudman"), made.key).items) == 4
    holds.hold(actor("huvudman"), held, "Begäran om registerutdrag, dnr 2026/31")
    Case.update(state="mapping").where(Case.id == reopened.id).execute()
    Case.update(closed_at=clock.now() - timedelta(days=760)).where(Case.id == again.id).execute()
    assert forgetting.carry_out() == 1
    assert {case.reference for case in Case.select()} == {held.reference, reopened.reference, again.reference}
    outcomes = {item.reference: item.outcome for item in forgetting.show(actor("huvudman"), made.key).items}
    assert outcomes == dict.fromkeys((held.reference, reopened.reference, again.reference), "kept") | {
        gone.reference: "forgotten"
    }
    assert [each.reason for each in holds.of(actor("bba"), held)] == ["Begäran om registerutdrag, dnr 2026/31"]
    with pytest.raises(holds.AlreadyHeld):
        holds.hold(actor("bba"), held, "igen")
    holds.end(actor("bba"), held)
    with pytest.raises(holds.NotHeld):
        holds.end(actor("bba"), held)
    assert held.reference in [item.reference for item in retention.due(own)]
    assert holds.case_by_reference(actor("huvudman"), held.reference.lower()).id == held.id
    assert holds.case_by_reference(actor("granne"), held.reference) is None


def test_a_list_that_is_broken_off_is_gone_on_with_and_doing_it_twice_changes_nothing(here, monkeypatch):
    own = here["own"].organizer_id
    decide(own)
    for _ in range(5):
        closed(here["own"])
    made = approved(own)
    monkeypatch.setattr(forgetting, "BATCH", 2)
    real, times = forgetting._forget_case, []

    def breaks_off(item, organizer):
        times.append(item)
        if len(times) == 4:
            raise KeyboardInterrupt
        return real(item, organizer)

    monkeypatch.setattr(forgetting, "_forget_case", breaks_off)
    with pytest.raises(KeyboardInterrupt):
        forgetting.carry_out()
    assert Case.select().count() == 3 and DoomedKey.select().count() == 4, "the batch that broke is undone whole"
    assert forgetting.carry_out() == 3 and Case.select().count() == 0
    before = rows("SELECT items, done, state FROM forgetting WHERE id = ?", (made.id,))
    assert before[0][1:] == (5, "done")
    assert forgetting.carry_out() == 0
    assert rows("SELECT items, done, state FROM forgetting WHERE id = ?", (made.id,)) == before
    assert AuditRow.select().where(AuditRow.action == "case:forget").count() == 5


def test_drafts_of_analyses_and_traces_of_exports_go_by_their_own_rules(here):
    own, long_ago = here["own"].organizer_id, clock.now() - LONG_AGO
    case = make_cases.case(here["own"])
    with database.db.atomic():
        CaseExport.create(case=case, key="e" * 32, kind="archive", reason=b"x", at=long_ago)
        for key, state in (("a" * 32, "draft"), ("b" * 32, "finished")):
            Assessment.create(
                key=key, organizer=own, title="Ny skolgård", edition="2024", created_at=long_ago, saved_at=long_ago,
                state=state,
            )  # fmt: skip
    decide(own, "assessment", 180)
    decide(own, "export", 365)
    approved(own)
    assert forgetting.carry_out() == 2
    assert [each.key for each in Assessment.select()] == ["b" * 32]
    assert CaseExport.select().count() == 0 and Case.select().count() == 1


def test_each_month_a_list_is_drawn_once_and_the_administrators_are_told(here, at):
    own = here["own"].organizer_id
    decide(own)
    closed(here["own"])
    Letter.delete().execute()
    assert (forgetting.draw_monthly(), forgetting.draw_monthly()) == (1, 0)
    told = list(Letter.select())
    assert {letter.template for letter in told} == {"forgetting_waiting"} and len(told) == 2
    assert letters.facts_of(told[0])["stage"] == "propose"
    made = Forgetting.get()
    forgetting.stop(actor("huvudman"), made.key)
    assert forgetting.draw_monthly() == 0, "not again in the same month"
    at(clock.now() + timedelta(days=32))
    assert forgetting.draw_monthly() == 1
    assert {"carry-out-forgetting", "draw-forgetting", "doomed-keys", "orphan-keys"} <= {job.name for job in jobs.JOBS}


def test_keys_die_after_the_change_is_committed_and_never_before(here):
    case = closed(here["own"])
    seals = {case.seal, *(wheel.seal for wheel in Wheel.select())}
    with pytest.raises(KeyboardInterrupt), database.db.atomic():
        forgetting.doom(*seals)
        Case.delete().execute()
        raise KeyboardInterrupt
    assert doomed_keys.destroy_doomed() == 0 and case_files.card_of(case).label == "Alva E"
    forgetting.doom(*seals)
    assert doomed_keys.destroy_doomed() == 0, "what something still refers to is never destroyed"
    assert case_files.card_of(case).label == "Alva E" and DoomedKey.select().count() == 0
    with database.db.atomic():
        Case.delete().execute()
        forgetting.doom(*seals)
        forgetting.doom(*seals)
    assert (doomed_keys.destroy_doomed(), doomed_keys.destroy_doomed()) == (2, 0)
    assert not seals & case_keys().names()


def test_keys_that_belong_to_nothing_go_after_a_day_but_never_most_of_them(here, at, monkeypatch):
    keys = case_keys()
    keys.destroy(keys.names())
    case = make_cases.case(here["own"])
    stray = keys.make(clock.now())
    assert doomed_keys.destroy_orphans() == 0
    at(clock.now() + timedelta(days=1, minutes=1))
    assert doomed_keys.orphaned() == {stray} and doomed_keys.destroy_orphans() == 1
    assert case_files.card_of(case).label == "Alva E"
    monkeypatch.setattr(doomed_keys, "FEW", 0)
    Wheel.delete().execute()
    keys.make(clock.now() - timedelta(days=2))
    with pytest.raises(doomed_keys.TooManyOrphans):
        doomed_keys.destroy_orphans()
    Case.delete().execute()
    monkeypatch.setattr(doomed_keys, "FEW", 1_000)
    with pytest.raises(doomed_keys.TooManyOrphans):
        doomed_keys.destroy_orphans()
    assert len(keys.names()) == 3, "an empty database destroys nothing"


def test_what_is_forgotten_is_found_nowhere_and_an_old_copy_cannot_be_opened(here, tmp_path, caplog):
    if on_postgresql():
        pytest.skip("files are looked through on SQLite")
    own, word = here["own"].organizer_id, "kanariefågel4711"
    decide(own)
    case = closed(here["own"], {"child.label": word, "area.halsa.level": "stod", "area.halsa.see": word})
    fill(case, word)
    kept = closed(here["own"], days=10)
    seals = [case.seal, *(wheel.seal for wheel in Wheel.select().where(Wheel.case == case))]
    sealed = [bytes(row[0]) for row in rows("SELECT body FROM case_field WHERE case_id = ?", (case.id,))]
    live = Path(database.db.database)
    with closing(sqlite3.connect(live)) as tool:
        tool.execute(f"VACUUM INTO '{tmp_path / 'backup.db'}'")
    approved(own)
    assert forgetting.carry_out() == 1
    assert doomed_keys.destroy_doomed() == 2
    run("PRAGMA wal_checkpoint(TRUNCATE)")
    keys = engines.case_key_file()
    looked_at = [path for path in (*live.parent.rglob("*"), *keys.parent.iterdir()) if path.is_file()]
    looked_at = [path for path in looked_at if path.name != "backup.db"]
    assert live in looked_at and keys in looked_at
    for path in looked_at:
        found = path.read_bytes()
        for trace in (word.encode(), *sealed, *(seal.encode() for seal in seals)):
            assert trace not in found, f"{trace[:20]!r} in {path.name}"
    assert word not in caplog.text
    receipt = rows("SELECT items FROM forgetting WHERE state = 'done'")[0][0]
    assert case.reference in receipt and word not in receipt
    assert Grant.get(Grant.duty == "delegate", Grant.account == account_of("delegerad"), Grant.unit == case.unit_id,
                     Grant.ended_at.is_null(False))  # fmt: skip
    engines.close()
    shutil.copy(tmp_path / "backup.db", tmp_path / "restored.db")
    engines.configure(f"sqlite:///{tmp_path / 'restored.db'}")
    with connection():
        again = Case.get(Case.reference == case.reference)
        for attempt in (lambda: case_files.card_of(again), lambda: sealed_fields.read(again)):
            with pytest.raises(KeyGone):
                attempt()
        assert case_files.card_of(Case.get_by_id(kept.id)).label == "Alva E"
        assert set(doomed_keys.without_key()) >= {("casefile", case.reference)}
        assert forgetting.forget_without_key() == 1
        assert list(doomed_keys.without_key()) == []
    engines.close()


def test_a_rule_has_bounds_that_the_database_keeps(here):
    with pytest.raises(peewee.IntegrityError), database.db.atomic():
        decide(here["own"].organizer_id, days=29)
    with pytest.raises(Refused):
        retention.decide(
            actor("granne"), here["own"].organizer_id, "child", days=90, decision="x", decided_on=clock.today()
        )
    assert RetentionRule.select().count() == 0

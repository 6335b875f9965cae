"""Sealing anew: every sealed column is known, nothing becomes unreadable, also when it is killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from peewee import BlobField

from tbb import clock, commands_cases, database
from tbb.case_keys import CaseKeys
from tbb.crypto import CannotOpen
from tbb.database import case_keys, connection, on_postgresql, rows, transaction
from tbb.models import ALL_MODELS, Case, CaseEvent, CaseExport, CaseNote, Consent, Hold, Wheel
from tbb.models.kinds import CaseEventKind
from tbb.policy import WORKER
from tbb.services import case_export, case_files, case_notes, doomed_keys, resealing, sealed_fields
from tests import engines, make_cases
from tests.at_work import units

ROOT = Path(__file__).resolve().parents[2]
KEYRINGS = {"application", "feedback", "letter", "otp", "authenticator", "account", "sitting"}


@pytest.fixture
def here(county_url):
    """The demo county with a connection."""
    engines.configure(county_url)
    with connection():
        yield units()
    engines.close()


@transaction
def filled(unit, word: str = "kanariefågel") -> Case:
    """Make a case with a word in every column that its key seals."""
    case, moment, seal = make_cases.case(unit, answers={"child.label": word}), clock.now(), sealed_fields.seal
    wheel = Wheel.get(Wheel.case == case)
    sealed_fields.save(case, {"voice.own": word})
    case_files.note_event(WORKER, case, CaseEventKind.REOPENED, reason=word)
    key = case_files.new_key
    one, two, three, four, five = key(), key(), key(), key(), key()
    CaseNote.create(case=case, key=one, body=seal(case, word, case_notes.place_of_note(one)), at=moment)
    Hold.create(case=case, key=two, reason=seal(case, word, f"hold.reason:{two}"), at=moment)
    CaseExport.create(
        case=case, key=three, kind="extract", at=moment, reason=seal(case, word, case_export.reason_place(three)),
        choices=seal(case, word, case_export.choices_place(three)),
    )  # fmt: skip
    for mark, owner, more in ((four, case, {"case": case, "wheel": wheel}), (five, wheel, {"wheel": wheel})):
        body = seal(owner, word, f"consent.information:{mark}")
        Consent.create(key=mark, information=body, ends_on=clock.today(), taken_at=moment, **more)
    return Case.get_by_id(case.id)


def opened(thing) -> list[str]:
    """Open every text that is sealed with the key of a case or a wheel."""
    found = []
    for column in resealing.columns(thing):
        for _number, body, mark in rows(column.asked, (thing.id,)):
            found.append(sealed_fields.unseal(thing, body, column.place(mark)))
    return found


def test_every_sealed_column_of_a_case_is_known():
    every = (*resealing.columns(Case(id=1)), *resealing.columns(Wheel(id=1)))
    known = {(column.table, column.column) for column in every}
    about = {"case", "wheel", "meeting", "plan"}
    sealed = {
        (model._meta.table_name, field.column_name)
        for model in ALL_MODELS
        if model in (Case, Wheel) or about & set(model._meta.fields)
        for field in model._meta.sorted_fields
        if isinstance(field, BlobField)
    }
    assert sealed == known and len(known) >= 15


def test_a_case_is_sealed_anew_whole_or_not_at_all(here):
    case = filled(here["own"])
    other = make_cases.case(here["own"])
    before = {thing.id: thing.seal for thing in resealing.things(case.reference)}
    with connection():
        done = CliRunner().invoke(commands_cases.reseal_case, [case.reference.lower(), "--yes"])
    assert done.exit_code == 0 and "10 texts sealed anew" in done.output, done.output
    for thing in resealing.things(case.reference):
        assert thing.seal != before[thing.id]
        assert "kanariefågel" in "".join(opened(thing))
    assert doomed_keys.destroy_doomed() == 2
    assert sum(text.count("kanarief") for thing in resealing.things(case.reference) for text in opened(thing)) == 10
    assert case_files.card_of(other).label == "Alva E"
    with database.db.atomic():
        CaseEvent.update(reason=b"no sealed text at all").where(CaseEvent.reason.is_null(False)).execute()
    seal = Case.get_by_id(case.id).seal
    refused = CliRunner().invoke(commands_cases.reseal_case, [case.reference, "--yes"])
    assert refused.exit_code == 1 and "left as it was" in refused.output and "kanarie" not in refused.output
    assert Case.get_by_id(case.id).seal == seal and doomed_keys.destroy_doomed() == 0


def test_kill_9_in_the_middle_leaves_all_readable_and_the_next_run_goes_on(here, county_url, key_file, tmp_path):
    if on_postgresql():
        pytest.skip("the engine's own promise; the keys' file is the same")
    for _ in range(60):
        make_cases.case(here["own"])
    environ = {
        "PATH": os.environ["PATH"], "TBB_ENV": "test", "TBB_INSTANCE": str(tmp_path), "TBB_DATABASE_URL": county_url,
        "TBB_KEY_FILE": str(key_file), "TBB_CASE_KEYS": str(engines.case_key_file()),
    }  # fmt: skip
    script = (
        "import os, sys, itertools; from tbb import database, settings; from tbb.case_keys import CaseKeys;"
        "from tbb.services import resealing; s = settings.read_settings(os.environ);"
        "database.configure(s.database_url, keyring=s.keyring, case_keys=CaseKeys(s.case_keys, s.keyring));"
        "database.db.connect(); began = resealing.begin();"
        "[(resealing.reseal(thing), print(n, flush=True)) for n, thing in enumerate(resealing.left(began))]"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True) as working:
        while working.stdout.readline().strip() != "20":
            assert working.poll() is None
        os.kill(working.pid, signal.SIGKILL)
    assert all(opened(thing) for thing in (*Case.select(), *Wheel.select()))
    began = resealing.begin()
    assert began < clock.now() - timedelta(microseconds=1)
    assert 0 < len(list(resealing.left(began))) <= 120 - 20, "what is done is not done again"
    started = time.perf_counter()
    done = CliRunner().invoke(commands_cases.reseal_cases, ["--yes"])
    assert done.exit_code == 0, done.output
    assert list(resealing.left(began)) == [] and resealing.begin() > began
    assert all(opened(thing) for thing in (*Case.select(), *Wheel.select()))
    assert time.perf_counter() - started < 20
    assert doomed_keys.look().without == 0


def test_the_commands_count_rotate_and_mend(here, tmp_path):
    runner = CliRunner()
    case, again = make_cases.case(here["own"]), make_cases.case(here["own"])
    told = runner.invoke(commands_cases.count_keys, [])
    assert told.exit_code == 0 and "wrapped by sealing key 1:" in told.output and "without a key 0" in told.output
    assert "0 keys wrapped anew" in runner.invoke(commands_cases.rotate, []).output
    copy = tmp_path / "copy"
    copy.write_bytes(engines.case_key_file().read_bytes())
    wheels = [wheel.seal for wheel in Wheel.select().where(Wheel.case == case)]
    case_keys().destroy([case.seal, again.seal, *wheels])
    assert runner.invoke(commands_cases.count_keys, []).exit_code == 1
    with pytest.raises(CannotOpen):
        case_files.card_of(case)
    taken = runner.invoke(commands_cases.count_keys, ["--adopt", str(copy)])
    assert taken.exit_code == 0 and "Taken over: 3" in taken.output
    assert case_files.card_of(case).label == "Alva E"
    case_keys().destroy([again.seal])
    runner.invoke(commands_cases.count_keys, ["--forget-without-key", "--yes"])
    assert [each.reference for each in Case.select()] == [case.reference]
    (tmp_path / "no").write_text("nothing")
    assert (
        "Nothing was taken over" in runner.invoke(commands_cases.count_keys, ["--adopt", str(tmp_path / "no")]).output
    )
    CaseKeys(engines.case_key_file(), engines.KEYRING).make(clock.now() - timedelta(days=3))
    assert "Destroyed:" in runner.invoke(commands_cases.count_keys, ["--destroy-orphans", "--yes"]).output
    assert case_files.card_of(case).label == "Alva E"

"""Whatever must be right is looked at, and what is wrong shows."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from tbb import clock, database, migrations
from tbb.case_keys import CaseKeys
from tbb.database import on_postgresql, run
from tbb.models import Account, Unit
from tbb.policy import COMMAND
from tbb.services import audit, audit_anchor, forgetting, health, letters, site
from tests import engines, make, make_cases


@pytest.fixture
def settings(tmp_path):
    """The settings that the findings depend on."""
    return SimpleNamespace(
        production=True,
        instance=tmp_path,
        secret_key="s" * 32,
        smtp_url="smtp://127.0.0.1",
        keyring=engines.KEYRING,
        case_keys=engines.case_key_file(),
        anchor_file=tmp_path / "anchors",
        anchor_email="",
        alarm_email="granskare@tbb.example",
    )


def wrong(settings) -> list[str]:
    """Name what is wrong."""
    return [finding.what for finding in health.findings(settings) if not finding.well]


def test_a_healthy_installation_has_nothing_wrong(db, settings):
    assert wrong(settings) == []
    assert len(list(health.findings(settings))) >= 8


def test_demo_data_in_production_is_wrong(db, settings):
    site.mark_as_demo()
    assert wrong(settings) == ["demo data"]
    settings.production = False
    assert wrong(settings) == []


def test_a_migration_that_is_not_applied_is_wrong(db, settings):
    migrations.revert()
    assert wrong(settings) == ["migrations"]


def test_a_broken_audit_chain_is_wrong(db, settings):
    with db.atomic():
        audit.record(COMMAND, "a:b", "c", 1)
    if on_postgresql():
        run("ALTER TABLE audit_row DISABLE TRIGGER ALL")
    else:
        run("DROP TRIGGER audit_row_no_update")
    audit_anchor.anchor(settings)
    run("UPDATE audit_row SET note = 'x'")
    assert wrong(settings) == ["audit chain"]


def words_of(settings, what: str) -> str:
    """Say what was found of one thing."""
    return next(finding.words for finding in health.findings(settings) if finding.what == what)


STUCK = {
    "failed": lambda letter: letters.mark_problem(letter, "refused 550", for_ever=True),
    "unsure": letters.mark_unsure,
    "held": lambda letter: letters.mark_held(letter, letters.Cause.WORDS),
}


@pytest.mark.parametrize("state", STUCK)
def test_a_letter_that_waits_for_a_person_is_wrong(db, settings, state):
    letters.write("a", "a@tbb.example", "plain", {})
    STUCK[state](letters.claim())
    assert wrong(settings) == ["letters"]
    assert words_of(settings, "letters").startswith("1 failed, unsure or held")


def test_letters_that_could_have_left_long_ago_are_wrong(db, settings, monkeypatch):
    letters.write("a", "a@tbb.example", "plain", {})
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment + timedelta(minutes=9))
    assert "outbox" not in wrong(settings)
    monkeypatch.setattr(clock, "now", lambda: moment + timedelta(minutes=11))
    assert "outbox" in wrong(settings)
    assert "1 overdue" in words_of(settings, "outbox") and "worker" in words_of(settings, "outbox")


def test_a_letter_that_waits_for_its_next_try_is_not_overdue(db, settings):
    letters.write("a", "a@tbb.example", "plain", {})
    letters.mark_problem(letters.claim(), "later 451", for_ever=False)
    assert wrong(settings) == []


def test_without_a_mail_server_the_check_says_where_letters_are(db, settings):
    settings.smtp_url, settings.production = "", False
    assert words_of(settings, "mail") == "letters are kept here, unsent"


def test_missing_mail_and_a_short_secret_are_wrong(db, settings):
    settings.smtp_url, settings.secret_key = "", "kort"
    assert wrong(settings) == ["secret key", "mail"]


def test_a_pragma_that_is_not_as_it_should_be_is_wrong(db, settings):
    if on_postgresql():
        pytest.skip("PostgreSQL has no pragmas")
    run("PRAGMA synchronous = 1")
    run("PRAGMA secure_delete = 0")
    assert wrong(settings) == ["pragma synchronous", "pragma secure_delete"]


def test_nothing_that_is_told_is_secret(db, settings):
    told = " ".join(finding.words for finding in health.findings(settings))
    assert "s" * 32 not in told and "smtp://" not in told


def test_a_missing_open_or_incomplete_file_of_case_keys_is_wrong(db, settings, tmp_path, monkeypatch):
    settings.case_keys = tmp_path / "case-keys.db"
    keys = CaseKeys(settings.case_keys, engines.KEYRING)
    monkeypatch.setitem(database._vault, "case keys", keys)
    make.unit()
    account = Account.create(key="a" * 32, email="a@tbb.example", name="A", state="active", created_at=clock.now())
    made = make_cases.case(Unit.get(), account.id)
    assert wrong(settings) == [] and words_of(settings, "case keys") == "2 keys"
    settings.case_keys.chmod(0o640)
    assert wrong(settings) == ["case keys"] and "chmod 600" in words_of(settings, "case keys")
    settings.case_keys.chmod(0o600)
    keys.destroy([made.seal])
    assert wrong(settings) == ["case keys"] and "1 cases and wheels lack theirs" in words_of(settings, "case keys")
    settings.case_keys.unlink()
    assert "case keys" in wrong(settings)
    settings.case_keys.write_bytes(b"no file of keys" * 100)
    assert "cannot be read" in words_of(settings, "case keys")
    with db.atomic():
        forgetting.doom("f" * 32)
    assert "doomed keys" not in wrong(settings)
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment + timedelta(days=1, minutes=1))
    settings.case_keys.unlink()
    assert "is the worker running" in words_of(settings, "doomed keys")

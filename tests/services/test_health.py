"""Whatever must be right is looked at, and what is wrong shows."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tbb import migrations
from tbb.database import on_postgresql, run
from tbb.policy import COMMAND
from tbb.services import audit, health, letters, site
from tests import engines


@pytest.fixture
def settings(tmp_path):
    """The settings that the findings depend on."""
    return SimpleNamespace(
        production=True, instance=tmp_path, secret_key="s" * 32, smtp_url="smtp://127.0.0.1", keyring=engines.KEYRING
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
    run("UPDATE audit_row SET note = 'x'")
    assert wrong(settings) == ["audit chain"]


def test_a_stuck_letter_is_wrong(db, settings):
    letters.write("a", "a@tbb.example", "s", "b")
    letters.mark_unsure(letters.claim())
    assert wrong(settings) == ["letters"]


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

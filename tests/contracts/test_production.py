"""In production nothing starts that is not safe: not without secrets, not over http, not with invented people."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tbb import clock, jobs
from tbb.database import connection
from tbb.settings import BadSetting
from tests import engines

ROOT = Path(__file__).parents[2]
PRODUCTION = {"TBB_ENV": "production", "TBB_BASE_URL": "https://tbb.example", "TBB_SMTP_URL": "smtp://127.0.0.1:25"}


def command(app, *words: str):
    """Give the application a command, as `flask` does."""
    with app.app_context():
        return app.test_cli_runner().invoke(args=words)


def test_a_database_with_demo_data_is_refused_in_production(make_app, county_url):
    with pytest.raises(BadSetting, match="demo"):
        make_app(county_url, **PRODUCTION)


def test_an_empty_database_and_one_that_is_not_migrated_yet_are_not(make_app, database_url, tmp_path):
    app = make_app(database_url, **PRODUCTION)
    assert app.test_client().get("/halsa", base_url="https://tbb.example").status_code == 200
    if database_url.startswith("sqlite"):
        make_app(f"sqlite:///{tmp_path / 'new.db'}", **PRODUCTION)


def test_demo_data_is_never_loaded_in_production(make_app, database_url):
    result = command(make_app(database_url, **PRODUCTION), "load-demo")
    assert result.exit_code != 0 and "never" in result.output


@pytest.mark.parametrize("missing", ["TBB_SECRET_KEY", "TBB_KEY_FILE", "TBB_CASE_KEYS", "TBB_BASE_URL", "TBB_SMTP_URL"])
def test_the_front_door_stays_shut_with_a_sentence_and_no_trace(tmp_path, key_file, missing):
    surroundings = PRODUCTION | {
        "TBB_SECRET_KEY": "s" * 40,
        "TBB_KEY_FILE": str(key_file),
        "TBB_CASE_KEYS": str(engines.case_key_file()),
        "TBB_INSTANCE": str(tmp_path),
    }
    environ = {"PATH": os.environ["PATH"], **{name: value for name, value in surroundings.items() if name != missing}}
    done = subprocess.run(
        [sys.executable, "-c", "import app"], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert done.stderr.startswith("tbb cannot start.") and missing in done.stderr and "Traceback" not in done.stderr


def test_production_shows_no_demo_banner_and_no_debugging(make_app, database_url):
    app = make_app(database_url, **PRODUCTION)
    assert not app.debug and not app.testing
    assert "demonstration" not in app.test_client().get("/", base_url="https://tbb.example").text


def test_the_demo_says_that_it_is_one_on_every_page(client):
    assert "påhittade" in client.get("/").text and "påhittade" in client.get("/kontakt").text


@pytest.fixture
def sound(make_app, database_url, tmp_path):
    """The application as it should run: somebody is told of alarms, and the audit's head is sent outside."""
    outside = {"TBB_ANCHOR_FILE": str(tmp_path / "anchors"), "TBB_ALARM_EMAIL": "granskare@tbb.example"}
    return make_app(database_url, **PRODUCTION, **outside)


def test_the_check_finds_nothing_wrong_in_a_sound_installation(sound):
    with connection():
        jobs.run_due(sound.config["TBB"])
    result = command(sound, "check")
    assert result.exit_code == 0, result.output
    assert "WRONG" not in result.output and len(result.output.splitlines()) >= 8
    assert "ok    jobs: in time" in result.output


def test_the_check_tells_of_jobs_that_are_not_done(sound, monkeypatch):
    with connection():
        jobs.run_due(sound.config["TBB"])
    later = clock.now() + timedelta(hours=6)
    monkeypatch.setattr(clock, "now", lambda: later)
    result = command(sound, "check")
    assert result.exit_code == 1
    assert re.search(r"WRONG jobs: not done for long: .*audit-anchor", result.output), result.output


def test_the_check_of_an_empty_database_asks_for_the_migrations(make_app, tmp_path):
    result = command(make_app(f"sqlite:///{tmp_path / 'new.db'}", **PRODUCTION), "check")
    assert result.exit_code == 1 and "WRONG migrations" in result.output


def test_passwords_are_never_cheap_in_production(make_app, database_url):
    with pytest.raises(BadSetting, match="TBB_PASSWORD_MEMORY_KIB"):
        make_app(database_url, **PRODUCTION, TBB_PASSWORD_MEMORY_KIB="65535")


def test_the_check_complains_until_somebody_outside_watches_the_audit(make_app, database_url):
    result = command(make_app(database_url, **PRODUCTION), "check")
    assert result.exit_code == 1
    assert "TBB_ANCHOR_EMAIL" in result.output and "TBB_ALARM_EMAIL" in result.output


def test_the_check_fails_when_something_is_wrong(make_app, database_url):
    from tbb.services import site

    app = make_app(database_url, **PRODUCTION)
    with connection():
        site.mark_as_demo()
    result = command(app, "check")
    assert result.exit_code == 1 and "WRONG demo data" in result.output

"""When something breaks, nothing opens: no page that is to be on record is served, and nothing is half done."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager

import pytest

from tbb import database
from tbb.database import connection, on_postgresql, rows, run
from tbb.services import demo_cast
from tests import engines
from tests.page import Page
from tests.people import account, filled_in, signed_in

LOG = "/arbetsyta/logg"
MARK = "Fylla demonstrationen"
"""What stands on the page of the log when it is served."""


@pytest.fixture
def county(lively):
    """The demo county with its scenes: there is an alarm to settle."""
    return lively


@pytest.fixture
def reviewer(county):
    """The browser of a reviewer, in an application that answers faults as in production."""
    client = signed_in(county, "loggranskare")
    assert MARK in client.get(LOG).text
    county.testing = False
    return client


@contextmanager
def broken(statement: str, mended: str):
    """Break something in the database, and mend it."""
    with connection():
        run(statement)
    yield
    with connection():
        run(mended)


def refuse_to_insert():
    """Let the audit take no more rows, as when its table is full, locked or taken away."""
    if on_postgresql():
        return broken(
            "ALTER TABLE audit_row ADD CONSTRAINT no_more CHECK (id < 0) NOT VALID",
            "ALTER TABLE audit_row DROP CONSTRAINT no_more",
        )
    return broken(
        "CREATE TRIGGER no_more BEFORE INSERT ON audit_row BEGIN SELECT RAISE(ABORT, 'KANARIE'); END",
        "DROP TRIGGER no_more",
    )


def check_closed(answer, *statuses: int) -> None:
    """Hold an answer to what may be said when something is broken: words, and nothing of what was asked for."""
    assert answer.status_code in statuses, answer.status
    assert MARK not in answer.text and "Lova Provberg" not in Page(answer.text).soup.select_one("main").get_text()
    for word in ("Traceback", "KANARIE", "peewee", "sqlite", "psycopg", "audit_row"):
        assert word not in answer.text
    page = Page(answer.text)
    assert page.heading == "Något gick fel hos oss" and answer.headers["X-Request-ID"] in page.words
    assert answer.headers["Cache-Control"] == "no-store"


def recorded(app) -> list[tuple[str, str]]:
    """Every address without parts that is to be on record, with one of the cast who may read it."""
    found = []
    for rule in app.url_map.iter_rules():
        if getattr(app.view_functions[rule.endpoint], "reads", "") and not rule.arguments and "GET" in rule.methods:
            for persona in demo_cast.CAST:
                with signed_in(app, persona.key).get(rule.rule) as answer:
                    if answer.status_code == 200:
                        found.append((rule.rule, persona.key))
                        break
    return found


def test_what_cannot_be_recorded_is_not_served_on_any_page(county):
    addresses = recorded(county)
    assert (LOG, "loggranskare") in addresses
    county.testing = False
    clients = {persona: signed_in(county, persona) for _, persona in addresses}
    with refuse_to_insert():
        for address, persona in addresses:
            check_closed(clients[persona].get(address), 503)
    for address, persona in addresses:
        assert clients[persona].get(address).status_code == 200, "and it comes back by itself"


def test_without_its_table_the_audit_lets_nothing_by(reviewer):
    with broken("ALTER TABLE audit_row RENAME TO elsewhere", "ALTER TABLE elsewhere RENAME TO audit_row"):
        for path in (LOG, f"{LOG}/person/{account('bba')}", f"{LOG}/sak/database:all"):
            check_closed(reviewer.get(path), 500, 503)


def test_without_its_key_the_audit_lets_nothing_by(reviewer, monkeypatch):
    monkeypatch.setattr(database, "_vault", {})
    check_closed(reviewer.get(LOG), 500, 503)


@pytest.mark.parametrize("table", ['"grant"', "responsibility", "account", "sitting"])
def test_when_duties_cannot_be_looked_up_nobody_has_any(reviewer, table):
    away = table.strip('"') + "_away"
    with broken(f"ALTER TABLE {table} RENAME TO {away}", f"ALTER TABLE {away} RENAME TO {table}"):
        check_closed(reviewer.get(LOG), 500)
    assert MARK in reviewer.get(LOG).text


def test_when_a_duty_is_unknown_nobody_gets_in(reviewer):
    with connection():
        number = account("loggranskare")
        if not on_postgresql():
            run("PRAGMA ignore_check_constraints = 1")
        else:
            run('ALTER TABLE "grant" DISABLE TRIGGER ALL')
            for (name,) in rows("SELECT conname FROM pg_constraint WHERE conrelid = '\"grant\"'::regclass"):
                if "check" in name:
                    run(f'ALTER TABLE "grant" DROP CONSTRAINT "{name}"')
        run("UPDATE \"grant\" SET duty = 'sees_everything' WHERE account_id = ?", (number,))
    check_closed(reviewer.get(LOG), 500)


def test_while_somebody_else_holds_the_database_nothing_is_served_unrecorded(county, county_url, monkeypatch):
    if on_postgresql():
        pytest.skip("PostgreSQL does not lock out writers as a whole")
    reviewer = _with_pragma(county, county_url, monkeypatch, "busy_timeout", 50)
    holder = sqlite3.connect(county_url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    check_closed(reviewer.get(LOG), 503)
    holder.execute("ROLLBACK")
    holder.close()
    assert MARK in reviewer.get(LOG).text


def test_when_the_disk_is_full_nothing_is_served_unrecorded(county, county_url, monkeypatch):
    if on_postgresql():
        pytest.skip("a full disk is simulated by SQLite's own limit")
    with connection():
        pages = rows("PRAGMA page_count")[0][0]
    reviewer = _with_pragma(county, county_url, monkeypatch, "max_page_count", pages + 2)
    answers = [reviewer.get(LOG) for _ in range(60)]
    assert MARK in answers[0].text
    check_closed(answers[-1], 503)
    served = sum(answer.status_code == 200 for answer in answers)
    with connection():
        assert rows("SELECT COUNT(*) FROM audit_row WHERE action = 'audit:read'")[0][0] == served


def _with_pragma(county, county_url: str, monkeypatch, name: str, value: int):
    """Let the database have one pragma more from now on; give a reviewer's browser."""
    kept = tuple(pair for pair in database.PRAGMAS if pair[0] != name)
    monkeypatch.setattr(database, "PRAGMAS", (*kept, (name, value)))
    client = signed_in(county, "loggranskare")
    engines.close()
    engines.configure(county_url)
    county.testing = False
    return client


def test_a_change_whose_audit_row_fails_is_undone_whole(reviewer):
    """Settling an alarm writes the alarm, its audit row and a receipt: all or nothing."""
    path = f"{LOG}/larm/1"
    data = filled_in(Page(reviewer.get(path).text).soup.select_one("main form")) | {"remark": "Utrett och klart."}

    def everything() -> list:
        with connection():
            return [rows(f"SELECT * FROM {table} ORDER BY 1") for table in ("alarm", "receipt", "audit_row", "letter")]

    before = everything()
    with refuse_to_insert():
        check_closed(reviewer.post(path, data=data, headers={"Sec-Fetch-Site": "same-origin"}), 500, 503)
    assert everything() == before
    answer = reviewer.post(path, data=data, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303 and everything() != before


def test_when_the_clock_cannot_be_read_nothing_opens(reviewer, monkeypatch):
    def stopped():
        raise OSError("KANARIE")

    monkeypatch.setattr("tbb.clock.now", stopped)
    check_closed(reviewer.get(LOG), 500)

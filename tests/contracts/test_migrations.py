"""The history leads to the very database that the models describe, and back, on both engines."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from tbb import database, migrations
from tbb.database import on_postgresql, rows, run
from tbb.models import ALL_MODELS, Letter, Unit
from tbb.policy import COMMAND
from tbb.services import audit, demo, letters
from tbb.web.letters import render
from tests import engines, make

MOMENT = datetime(2026, 11, 23, 3, 0)
"""In UTC without saying so, as databases keep it."""


@pytest.fixture
def empty(engine, tmp_path):
    """A database that has had no migration."""
    with engines.empty(engine, tmp_path) as address:
        engines.configure(address)
        with database.connection():
            yield database.db
        engines.close()


def plain(sql: str) -> str:
    """One way of writing it."""
    return re.sub(r"\s+", " ", sql).strip()


def sqlite_schema() -> dict[str, object]:
    """Tables with columns, keys and checks, and indexes; triggers are only the migrations'."""
    found: dict[str, object] = {}
    for kind, name, table, sql in rows(
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    ):
        if table == "migratehistory" or name.startswith(("migrat", "_migrat")):
            continue
        if kind == "table":
            checks = sorted(
                plain(check) for check in re.findall(r"CHECK \((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)", plain(sql))
            )
            found[f"table {name}"] = {
                "columns": sorted(
                    rows(f"SELECT name, upper(type), \"notnull\", dflt_value, pk FROM pragma_table_info('{name}')")
                ),
                "references": sorted(row[2:] for row in rows(f"PRAGMA foreign_key_list('{name}')")),
                "checks": checks,
            }
        elif kind == "index":
            found[f"index {nameless(plain(sql), name)}"] = True
    return found


def nameless(definition: str, name: str) -> str:
    """An index by what it does: its name is the library's affair, unless we gave it."""
    return definition.replace(f'"{name}"', "…").replace(name, "…").replace('"', "").replace(" IF NOT EXISTS", "")


def postgresql_schema() -> dict[str, object]:
    """The same, as PostgreSQL tells it."""
    columns = rows(
        "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default"
        " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
    )
    constraints = rows(
        "SELECT conrelid::regclass::text, contype::text, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2, 3"
    )
    indexes = rows("SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2")
    ours = {model._meta.table_name for model in ALL_MODELS}
    return {
        "columns": [row for row in columns if row[0] in ours],
        "constraints": [row for row in constraints if row[0] in ours],
        "indexes": sorted((table, nameless(sql, name)) for table, name, sql in indexes if table in ours),
    }


def schema() -> dict[str, object]:
    """The whole shape of the database."""
    return postgresql_schema() if on_postgresql() else sqlite_schema()


def guards() -> list:
    """The triggers and functions that no model knows."""
    if on_postgresql():
        return rows("SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1") + rows(
            "SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1"
        )
    return rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY 1")


def test_the_history_leads_to_what_the_models_describe(empty):
    migrations.migrate()
    migrated = schema()
    while migrations.revert():
        pass
    empty.create_tables(ALL_MODELS)
    described = schema()
    assert migrated.keys() == described.keys()
    for name, shape in described.items():
        assert migrated[name] == shape, name
    assert len(ALL_MODELS) >= 17


def test_up_down_and_up_again_is_the_same(empty):
    applied = migrations.migrate()
    first = (schema(), guards())
    assert applied and migrations.pending() == []
    while migrations.revert():
        pass
    left = set(empty.get_tables()) & {model._meta.table_name for model in ALL_MODELS}
    assert not left and not guards()
    assert migrations.migrate() == applied
    assert (schema(), guards()) == first


def test_every_single_step_can_be_taken_back_and_again(empty):
    for _ in range(len(migrations.migrate())):
        before = (schema(), guards())
        (reverted,) = migrations.revert()
        assert migrations.pending()[0] == reverted
        applied = migrations.migrate()
        assert applied[0] == reverted
        for _later in applied[1:]:
            migrations.revert()
        assert (schema(), guards()) == before
        migrations.revert()
    assert migrations.revert() == []


def test_a_database_that_is_up_to_date_is_left_alone(db, tmp_path):
    assert migrations.pending() == [] and migrations.migrate(tmp_path / "backups") == []
    assert not (tmp_path / "backups").exists()


def test_before_a_migration_the_database_is_copied_for_its_owner_alone(db, tmp_path):
    if on_postgresql():
        pytest.skip("PostgreSQL is backed up by its own tools")
    make.unit("Innan")
    run("CREATE TABLE kept (word TEXT)")
    run("INSERT INTO kept VALUES ('KANARIE')")
    migrations.revert()
    folder = tmp_path / "backups"
    migrations.migrate(folder)
    (copy,) = folder.iterdir()
    assert (folder.stat().st_mode & 0o777, copy.stat().st_mode & 0o777) == (0o700, 0o600)
    assert b"KANARIE" in copy.read_bytes()


def test_data_survives_what_the_newest_step_does_not_touch(db):
    demo.load(COMMAND)
    units = Unit.select().count()
    assert migrations.migrate() == [] and Unit.select().count() == units
    assert audit.first_broken() is None


def test_letters_that_wait_when_templates_come_keep_their_words(db):
    while "0005_letters_and_audit" not in migrations.pending():
        migrations.revert()
    words = ("Någon har skrivit", "Hej!\n\nhttp://127.0.0.1:8000/enhet/x\n\nflask feedback 1\n")
    for number, body in enumerate((words[1], "")):
        mark = letters.fingerprint(f"feedback:{number}")
        run(
            "INSERT INTO letter (dedupe, recipient, subject, body, message_id, state, attempts, next_at, last_problem,"
            " created_at) VALUES (?, 'vakt@tbb.example', ?, ?, ?, ?, 0, ?, '', ?)",
            (f"feedback:{number}", words[0], body, f"<{mark}@tbb>", "queued" if body else "sent", MOMENT, MOMENT),
        )
    migrations.migrate()
    waiting, sent = Letter.select().order_by(Letter.id)
    assert (waiting.template, waiting.state, sent.state, sent.facts) == ("plain", "queued", "sent", None)
    assert words[1].encode() not in bytes(waiting.facts)
    said = render(waiting.template, letters.facts_of(waiting), base_url="http://127.0.0.1:8000")
    assert said.subject == words[0] and said.text.startswith(words[1].strip())
    assert letters.claim().id == waiting.id and letters.mark_of(waiting) == letters.fingerprint("feedback:0")
    with database.db.atomic():
        letters.write("feedback:9", "vakt@tbb.example", "feedback", {"page": "/", "number": 9})
    assert Letter.select().count() == 3
    while "0005_letters_and_audit" not in migrations.pending():
        migrations.revert()
    assert rows("SELECT subject, body FROM letter WHERE dedupe = 'feedback:0'") == [words]


def test_a_step_that_breaks_references_is_told(db, monkeypatch):
    if on_postgresql():
        pytest.skip("PostgreSQL never lets a reference break")
    run("PRAGMA foreign_keys = 0")
    unit = make.unit()
    run("INSERT INTO unit_alias (unit_id, name) VALUES (?, 'x')", (unit.id + 99,))
    with pytest.raises(migrations.BrokenReferences, match="unit_alias"):
        migrations._check_references()
    run("PRAGMA foreign_keys = 1")

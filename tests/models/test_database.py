"""The one handle: its addresses, its transactions, and how SQLite is kept safe."""

from __future__ import annotations

import threading

import pytest

from tbb import database
from tbb.database import connection, on_postgresql, rows, run, transaction
from tbb.models import Meta
from tbb.services import health, versions


@pytest.mark.parametrize("address", ["mysql://x", "sqlite://relative", "", "/srv/tbb.db"])
def test_an_address_of_another_form_is_refused_with_a_sentence(address):
    with pytest.raises(ValueError, match=r"TBB_DATABASE_URL .*\.$"):
        database.configure(address)


def test_a_transaction_happens_wholly_or_not_at_all(db):
    @transaction
    def half() -> None:
        Meta.create(key="a", value="1")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    assert Meta.select().count() == 0


def test_versions_grow_by_one_for_each_change_and_are_told_apart(db):
    assert versions.current("directory") == 0
    for wanted in (1, 2, 3):
        versions.bump("directory")
        assert versions.current("directory") == wanted
    assert versions.current("search") == 0


def test_no_change_is_lost_when_many_count_at_once(db):
    def count() -> None:
        with connection():
            for _ in range(20):
                with db.atomic():
                    versions.bump("directory")

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert versions.current("directory") == 80


def test_readers_read_while_somebody_writes(db):
    read: list[int] = []

    def look() -> None:
        with connection():
            read.append(versions.current("directory"))

    with db.atomic():
        versions.bump("directory")
        thread = threading.Thread(target=look)
        thread.start()
        thread.join(timeout=5)
        assert read == [0], "the reader waited for the writer, or saw what is not yet there"


def test_sqlite_is_kept_as_safely_as_it_can_be(db):
    if on_postgresql():
        pytest.skip("PostgreSQL has no pragmas")
    for name, wanted in health.PRAGMAS_WANTED.items():
        assert rows(f"PRAGMA {name}")[0][0] == wanted
    assert run("PRAGMA foreign_key_check").fetchall() == []

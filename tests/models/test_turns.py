"""Writers of one process come into SQLite in the order they came, and a turn is never lost or given twice."""

from __future__ import annotations

import threading
import time

import pytest
from peewee import OperationalError

from tbb.database import connection, on_postgresql, run
from tbb.models import Meta
from tbb.turns import Turns


def until(true) -> None:
    """Wait, at most five seconds, until something is so."""
    ends = time.monotonic() + 5
    while not true():
        assert time.monotonic() < ends, "it never came to be so"
        time.sleep(0.001)


def start(act, *given) -> threading.Thread:
    """Let a thread begin."""
    thread = threading.Thread(target=act, args=given)
    thread.start()
    return thread


def test_who_has_waited_longest_is_next():
    turns, order = Turns(), []

    def come(number: int) -> None:
        turns.take()
        order.append(number)
        turns.give_up()

    turns.take()
    threads = []
    for number in range(8):
        threads.append(start(come, number))
        until(lambda wanted=number + 1: turns.queue() == wanted)
    turns.give_up()
    turns.take()  # whoever has just had it does not come before those who wait
    order.append("again")
    turns.give_up()
    for thread in threads:
        thread.join()
    assert order == [*range(8), "again"]


def test_one_who_waits_in_vain_is_told_and_holds_nobody_up():
    turns, told = Turns(patience=0.02), []

    def wait_in_vain() -> None:
        with pytest.raises(OperationalError, match="never ended"):
            turns.take()
        turns.give_up()  # not its own to give
        told.append(True)

    turns.take()
    start(wait_in_vain).join()
    assert told == [True]
    assert turns.queue() == 0
    turns.give_up()
    for _ in range(2):
        turns.take()
        turns.give_up()


def test_a_transaction_gives_up_its_turn_however_it_ends(db):
    if on_postgresql():
        pytest.skip("PostgreSQL keeps its own queue")

    def change(key: str) -> None:
        with connection(), db.atomic():
            Meta.create(key=key, value="1")

    with pytest.raises(RuntimeError), db.atomic():
        raise RuntimeError
    start(change, "after an error").join()
    with db.atomic() as work:
        Meta.create(key="taken back", value="1")
        work.rollback()
        Meta.create(key="kept", value="1")
    start(change, "after taking back").join()
    with pytest.raises(OperationalError), db.atomic():
        run("COMMIT")  # ends it behind the library's back, so that its own commit fails
    start(change, "after a commit that failed").join()
    assert {row.key for row in Meta} == {"after an error", "kept", "after taking back", "after a commit that failed"}


def test_many_writers_all_come_in(db):
    if on_postgresql():
        pytest.skip("PostgreSQL keeps its own queue")
    most = []

    def write(number: int) -> None:
        with connection():
            for turn in range(20):
                with db.atomic():
                    most.append(db.obj.turns.queue())
                    Meta.create(key=f"{number} {turn}", value="1")

    for thread in [start(write, number) for number in range(6)]:
        thread.join()
    assert Meta.select().count() == 120
    assert max(most) > 1, "they never met, so nothing was tried"

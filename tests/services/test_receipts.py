"""Receipts: a form is acted on once, leads to the same place again, and keeps no token in clear."""

from __future__ import annotations

import threading
from datetime import timedelta

from tbb import clock
from tbb.database import connection, rows
from tbb.database import db as handle
from tbb.services import receipts

WHERE = "/anslut/a-token-that-nobody-may-read/granska"


def test_the_first_is_acted_on_and_the_second_is_led_to_where_it_led(db):
    assert receipts.note("k" * 32) and receipts.location("k" * 32) == ""
    receipts.keep("k" * 32, WHERE)
    assert not receipts.note("k" * 32) and receipts.location("k" * 32) == WHERE
    assert receipts.note("j" * 32) and receipts.location("unknown") == ""


def test_where_it_led_is_kept_sealed(db):
    receipts.note("k" * 32)
    receipts.keep("k" * 32, WHERE)
    assert "token" not in str(rows("SELECT * FROM receipt"))


def test_of_many_at_once_one_is_the_first(db):
    first = []

    def send() -> None:
        with connection(), handle.atomic():
            if receipts.note("k" * 32):
                first.append(1)

    senders = [threading.Thread(target=send) for _ in range(8)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert first == [1]


def test_receipts_are_forgotten_after_two_days(db, at):
    moment = clock.now()
    receipts.note("k" * 32)
    at(moment + timedelta(days=1))
    assert receipts.forget_old() == 0
    at(moment + timedelta(days=2, minutes=1))
    assert receipts.forget_old() == 1

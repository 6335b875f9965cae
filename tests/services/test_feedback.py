"""What visitors tell us is sealed, told on without its words, read by few, and forgotten in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tbb.crypto import CannotOpen
from tbb.database import keyring, rows
from tbb.models import AuditRow, Feedback, Letter
from tbb.policy import COMMAND, VISITOR, Refused
from tbb.services import feedback, letters
from tbb.services.limits import TooOften
from tests import make

NOON = datetime(2026, 11, 23, 12, 0, 1, tzinfo=UTC)


def tell(message: str = "Fel nummer", sender: str = "192.0.2.1", **more) -> None:
    """Tell us something."""
    values = {
        "subject": "report",
        "topic": "person",
        "reply_to": "",
        "page": "/enhet/x",
        "tell_address": "vakt@tbb.example",
    }
    feedback.tell(VISITOR, sender, message=message, **values | more)


@pytest.mark.parametrize("message", ["Åäö ÅÄÖ", "", "a\nb\r\n", "🦆 e\u0301 \u202e", "x" * 1000])
def test_a_message_comes_back_exactly(db, message):
    tell(message, reply_to="någon@exempel.example")
    (told,) = feedback.waiting(COMMAND)
    assert (told.message, told.reply_to, told.topic, told.page) == (
        message,
        "någon@exempel.example",
        "person",
        "/enhet/x",
    )


def test_what_is_stored_is_sealed_and_bound_to_its_row(db):
    tell("KANARIE-message", reply_to="KANARIE@exempel.example")
    tell("another")
    first, second = Feedback.select().order_by(Feedback.id)
    for column in (first.message, first.reply_to):
        assert b"KANARIE" not in bytes(column)
    with pytest.raises(CannotOpen):
        keyring().open(first.message, f"feedback.message:{second.key}")
    with pytest.raises(CannotOpen):
        keyring().open(first.message, f"feedback.reply_to:{first.key}")


def test_neither_the_letter_nor_the_audit_says_what_it_says(db):
    tell("KANARIE-message", reply_to="KANARIE@exempel.example", sender="192.0.2.66")
    letter, row = Letter.get(), AuditRow.get()
    assert letter.recipient == "vakt@tbb.example"
    assert letters.facts_of(letter) == {"page": "/enhet/x", "number": Feedback.get().id}
    assert row.action == "feedback:create"
    everything = repr([rows(f"SELECT * FROM {table}") for table in ("letter", "audit_row", "rate_count", "feedback")])
    assert "KANARIE" not in everything and "192.0.2.66" not in everything


def test_only_a_keeper_reads(db):
    tell()
    for refused in (lambda: list(feedback.waiting(VISITOR)), lambda: feedback.handle(VISITOR, 1)):
        with pytest.raises(Refused):
            refused()


def test_a_handled_message_waits_no_more_and_handling_is_an_event(db):
    tell()
    number = Feedback.get().id
    assert feedback.handle(COMMAND, number).message == "Fel nummer"
    assert list(feedback.waiting(COMMAND)) == []
    assert [row.action for row in AuditRow.select().order_by(AuditRow.id)] == ["feedback:create", "feedback:handle"]
    assert feedback.handle(COMMAND, number + 1) is None


def test_a_message_is_forgotten_after_ninety_days_and_not_before(db, at):
    at(NOON)
    tell()
    at(NOON + timedelta(days=89))
    assert feedback.forget_old() == 0
    at(NOON + timedelta(days=90))
    assert feedback.forget_old() == 1
    assert Feedback.select().count() == 0


def test_one_sender_may_write_five_times_and_no_more(db, at):
    at(NOON)
    for _ in range(5):
        tell()
    with pytest.raises(TooOften):
        tell()
    tell(sender="192.0.2.2")
    assert Feedback.select().count() == Letter.select().count() == 6


def test_all_senders_together_have_a_limit_too(db, at, monkeypatch):
    at(NOON)
    monkeypatch.setattr(feedback, "ALL_SENDERS", 3)
    for number in range(3):
        tell(sender=f"192.0.2.{number}")
    with pytest.raises(TooOften):
        tell(sender="192.0.2.99")


def test_a_message_goes_with_the_unit_it_is_about(db):
    unit = make.unit()
    assert feedback.unit_id_of(unit.slug) == unit.id
    assert feedback.unit_id_of("no-such-unit") is None
    tell(unit_id=unit.id)
    assert Feedback.get().unit_id == unit.id

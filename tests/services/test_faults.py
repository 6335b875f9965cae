"""What visitors report lands with the owner and the county, sealed, is settled once, and is answered by letter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from tbb.database import rows
from tbb.models import Feedback, Grant, Letter
from tbb.policy import COMMAND, VISITOR, Refused
from tbb.services import faults, feedback
from tbb.services.faults import FaultState
from tests.services.keeping_cast import acting, all_at_once, assemble, letters_of

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
COUNTY = "lanet@tbb.example"
WORDS = "KANARIE: fel nummer"


@pytest.fixture
def cast(db, at):
    at(NOON)
    return assemble()


def report(cast, *, reply_to="besokare@exempel.example", sender="192.0.2.1", unit=None, words=WORDS) -> str:
    """Let a visitor report a fault; give its key."""
    unit = unit or cast.unit
    told = {"subject": "report", "topic": "person", "message": words, "reply_to": reply_to}
    feedback.tell(VISITOR, sender, page=f"/enhet/{unit.slug}", tell_address=COUNTY, unit_id=unit.id, **told)
    return Feedback.select().order_by(Feedback.id.desc()).get().key


def test_owners_and_county_are_told_once_a_day_and_not_what_it_says(cast, at):
    for number in range(3):
        report(cast, sender=f"192.0.2.{number}")
    told = letters_of("fault_reported")
    assert set(told) == {cast.head.email, cast.admin.email, COUNTY}
    assert Letter.select().count() == 3 and all(WORDS not in facts.values() for facts in told.values())
    at(NOON + timedelta(days=1))
    report(cast)
    assert Letter.select().count() == 6


def test_a_unit_without_owners_is_the_countys(cast):
    Grant.delete().where(Grant.account << [cast.head, cast.admin]).execute()
    report(cast)
    assert set(letters_of("fault_reported")) == {cast.county.email, COUNTY}


@pytest.mark.parametrize("who", ["head", "admin", "bba", "county"])
def test_who_may_read_opens_the_seal(cast, who):
    key, actor = report(cast), acting(getattr(cast, who))
    (listed,), total = faults.listed(actor)
    assert (listed.key, listed.unit, listed.state, total) == (key, "Näckrosskolan", "new", 1)
    fault = faults.open_one(actor, key)
    assert (fault.message, fault.wants_answer, fault.is_open) == (WORDS, True, True)
    assert WORDS not in repr(listed) and "KANARIE" not in repr(rows("SELECT * FROM feedback"))


@pytest.mark.parametrize("who", ["deputy", "stranger"])
def test_others_find_nothing_and_settle_nothing(cast, who):
    key, actor = report(cast), acting(getattr(cast, who))
    assert faults.listed(actor) == ([], 0)
    assert faults.open_one(actor, key) is None
    for act in (lambda: faults.look(actor, key), lambda: faults.settle(actor, key, FaultState.FIXED, "Svar")):
        with pytest.raises(Refused):
            act()
    assert Feedback.get().state == "new"


def test_what_concerns_no_unit_is_not_a_fault_of_an_entry(cast):
    told = {"subject": "accessibility", "topic": "hindrance", "message": "x", "reply_to": ""}
    feedback.tell(VISITOR, "192.0.2.1", page="/", tell_address=COUNTY, **told)
    assert faults.listed(acting(cast.county)) == ([], 0)
    assert faults.open_one(acting(cast.county), Feedback.get().key) is None
    assert set(letters_of("feedback")) == {COUNTY}
    (told,) = feedback.waiting(COMMAND)
    assert told.subject == "accessibility"


def test_the_answer_goes_to_the_reporter_alone_and_the_address_is_forgotten(cast):
    key = report(cast)
    faults.look(acting(cast.bba), key)
    assert Feedback.get().state == "looked_at"
    faults.settle(acting(cast.head), key, FaultState.FIXED, "Nu står rätt nummer där.")
    told = letters_of("fault_answered")
    path = f"/enhet/{cast.unit.slug}"
    assert told == {"besokare@exempel.example": {"answer": "Nu står rätt nummer där.", "path": path}}
    kept = Feedback.get()
    assert (kept.state, kept.reply_to, kept.answered_at, kept.handled_at) == ("fixed", None, NOON, NOON)
    fault = faults.open_one(acting(cast.county), key)
    assert (fault.answer, fault.is_open) == ("Nu står rätt nummer där.", False)
    assert "rätt nummer" not in repr(rows("SELECT * FROM feedback"))
    assert faults.counts(acting(cast.head)) == (0, 1)


def test_without_an_address_no_letter_goes_and_no_answer_is_needed(cast):
    key = report(cast, reply_to="")
    faults.settle(acting(cast.head), key, FaultState.NO_FAULT, "")
    assert letters_of("fault_answered") == {} and Feedback.get().answered_at is None


def test_who_left_an_address_gets_an_answer(cast):
    key = report(cast)
    with pytest.raises(faults.AnswerNeeded):
        faults.settle(acting(cast.head), key, FaultState.FIXED, "")
    assert Feedback.get().state == "new"


def test_of_two_who_settle_at_once_one_answers(cast):
    key = report(cast)
    found = all_at_once(
        partial(faults.settle, acting(cast.head), key, FaultState.FIXED, "Ett"),
        partial(faults.settle, acting(cast.county), key, FaultState.NO_FAULT, "Två"),
    )
    assert sorted(type(one).__name__ for one in found) == ["AlreadySettled", "NoneType"]
    assert len(letters_of("fault_answered")) == 1
    with pytest.raises(faults.AlreadySettled):
        faults.look(acting(cast.head), key)


def test_long_lists_come_in_pages_and_open_ones_oldest_first(cast, monkeypatch):
    monkeypatch.setattr(faults, "PAGE_SIZE", 2)
    keys = [report(cast, sender=f"192.0.2.{number}") for number in range(3)]
    pages = [[one.key for one in faults.listed(acting(cast.county), page=number)[0]] for number in (1, 2, 3)]
    assert pages == [keys[:2], keys[2:], []]


def test_a_report_and_its_answer_are_forgotten_together(cast, at):
    faults.settle(acting(cast.head), report(cast), FaultState.FIXED, "Svar")
    at(NOON + timedelta(days=90))
    assert letters_of("fault_answered")
    assert feedback.forget_old() == 1 and not Feedback.select().exists()
    assert not letters_of("fault_answered"), "the reporter's address is in the letter too"


def test_who_handles_it_at_the_server_is_seen_to_look_at_it(cast):
    report(cast)
    feedback.handle(COMMAND, Feedback.get().id)
    assert Feedback.get().state == "looked_at"

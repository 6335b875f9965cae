"""Who has read a case: every row of the case and of its wheels, nobody else's, in words."""

from __future__ import annotations

import pytest

from tbb.database import connection
from tbb.models import Case
from tbb.policy import Refused
from tbb.services import actors, audit, case_readers, case_shelf
from tbb.services.demo_cast import account_of
from tests import make_cases
from tests.at_work import units


def acting(persona: str):
    """One of the cast, signed in with two factors."""
    return actors.of_account(account_of(persona), strong=True)


@pytest.fixture
def case(county) -> Case:
    """A case of the school that most of the cast works at, with another beside it."""
    with connection():
        unit = units()["own"]
        make_cases.case(unit)
        yield make_cases.case(unit)


def test_it_shows_every_row_of_the_case_and_its_wheels_and_no_other(case):
    bba, place, wheel = acting("bba"), case_shelf.place_of(case), case.wheels.get()
    audit.record_reading(bba, "case:read", "case", case.reference, place=place)
    audit.record_reading(acting("personal"), "wheel:own", "wheel", wheel.reference, place=place)
    audit.record(bba, "case:map", "case", case.reference, place=place, fields=("area.halsa.child", "question.2"))
    audit.record_reading(bba, "cases:list", "cases", "list", place=place)
    audit.record_reading(acting("granne"), "case:read", "case", "B-ANNAT", place=place)
    found = case_readers.look(bba, case)
    assert [(line.action, line.who) for line in found.lines] == [
        ("case:map", bba_name(bba)), ("wheel:own", "Sara Skissberg"), ("case:read", bba_name(bba)),
    ]  # fmt: skip
    assert found.lines[1].duty == "staff" and found.lines[0].unit_name
    assert {reader.who for reader in found.readers} == {bba_name(bba), "Sara Skissberg"}
    assert [reader.times for reader in found.lists] == [1]
    assert case_readers.field_name("area.halsa.child") == "Hälsa: barnet säger"
    assert case_readers.field_name("question.2") == "Fråga 2" and case_readers.field_name("unit") == ""


def test_it_is_paged_and_can_be_had_whole(case):
    bba, place = acting("bba"), case_shelf.place_of(case)
    for _ in range(case_readers.PER_PAGE + 3):
        audit.record_reading(bba, "case:read", "case", case.reference, place=place)
    first = case_readers.look(bba, case)
    second = case_readers.look(bba, case, before=first.older)
    assert (len(first.lines), len(second.lines), second.older) == (case_readers.PER_PAGE, 3, None)
    whole = case_readers.look(bba, case, whole=True)
    assert [line.id for line in whole.lines] == [line.id for line in (*first.lines, *second.lines)]
    assert whole.count == len(whole.lines) and whole.older is None


def test_only_those_who_answer_for_the_case_may_ask(case):
    for persona in ("personal", "enhetschef", "delegerad", "huvudman", "granne", "processledare", "loggranskare"):
        with pytest.raises(Refused):
            case_readers.look(acting(persona), case)


def bba_name(actor) -> str:
    """What the audit calls the BBA."""
    from tbb.models import Account

    return Account.get_by_id(actor.account).name

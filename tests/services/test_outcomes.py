"""What a mapping leads to: nothing is decided before it is done, and closing and reopening each take a reason."""

from __future__ import annotations

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import AuditRow, Case, CaseEvent
from tbb.policy import Actor, Refused
from tbb.services import actors, case_page, mapping, outcomes, sealed_fields
from tbb.services.demo_cast import account_of
from tests import make_cases
from tests.at_work import units

ANSWERS = {f"question.{number}": f"Svar {number}" for number in range(1, 5)} | {"question.5.none": "Ingen behövs."}


@pytest.fixture
def held(county):
    """A connection to the demo county for the length of a test."""
    with connection():
        yield


def bba() -> Actor:
    """The BBA of the own unit, signed in with two factors."""
    return actors.of_account(account_of("bba"), strong=True)


def mapped(**more) -> Case:
    """A case whose mapping is done, but for what `more` takes away."""
    case = make_cases.case(units()["own"], state="received", received_at=clock.now())
    mapping.save(bba(), case, ANSWERS | {"voice.child": "Jag vill ha lugn."} | more)
    return Case.get_by_id(case.id)


@pytest.mark.parametrize(
    ("lacking", "missing"),
    [({"question.3": ""}, ("question.3",)), ({"voice.child": "", "question.1": " "}, ("voice.child", "question.1"))],
)
def test_nothing_is_decided_before_the_mapping_is_done(held, lacking, missing):
    case = mapped(**lacking)
    with pytest.raises(outcomes.NotReady) as caught:
        outcomes.decide(bba(), case, "none", "Allt är bra.")
    assert set(missing) <= set(caught.value.missing)
    mapping.save(bba(), case, dict.fromkeys(caught.value.missing, "Nu") | {"voice.child.none": "För liten."})
    assert outcomes.decide(bba(), case, "none", "Allt är bra.").state == "closed"


@pytest.mark.parametrize(
    ("outcome", "close", "state"),
    [
        ("own", False, "mapping"),
        ("own", True, "closed"),
        ("other", True, "mapping"),
        ("meeting", True, "collaborating"),
    ],
)
def test_each_outcome_leads_on(held, outcome, close, state):
    case = outcomes.decide(bba(), mapped(), outcome, "Därför.", "En vuxen möter varje morgon.", close=close)
    assert (case.outcome, case.state) == (outcome, state) and case.decided_at
    assert sealed_fields.texts(case)["outcome.reason"] == "Därför."
    row = AuditRow.select().where(AuditRow.action == "case:decide").get()
    assert "Därför" not in row.note + row.fields and row.note == outcome


def test_a_decision_needs_a_reason_and_own_measures_must_be_told(held):
    case = mapped()
    for words, problem in (
        (("own", "Därför.", " "), outcomes.MeasuresMissing),
        (("none", " "), outcomes.ReasonMissing),
    ):
        with pytest.raises(problem):
            outcomes.decide(bba(), case, *words)
    assert Case.get_by_id(case.id).outcome == ""


def test_closing_and_reopening_take_a_reason_and_begin_anew(held):
    case = outcomes.decide(bba(), mapped(), "meeting", "Flera behövs.")
    with pytest.raises(outcomes.ReasonMissing):
        outcomes.close(bba(), case, " ")
    closed = outcomes.close(bba(), case, "Familjen har flyttat.")
    assert closed.state == "closed" and closed.closed_at
    with pytest.raises(outcomes.NotOpen):
        outcomes.close(bba(), case, "Igen.")
    opened = outcomes.reopen(bba(), case, "De kom tillbaka.")
    assert (opened.state, opened.outcome, opened.closed_at, opened.decided_at) == ("mapping", "", None, None)
    with pytest.raises(outcomes.NotOpen):
        outcomes.reopen(bba(), case, "Igen.")
    events = case_page.shown(bba(), opened).events
    assert [(event.what, event.reason) for event in events[-3:]] == [
        ("decided", "Flera behövs."), ("closed", "Familjen har flyttat."), ("reopened", "De kom tillbaka."),
    ]  # fmt: skip
    stored = CaseEvent.select().where(CaseEvent.what == "closed").get()
    assert b"flyttat" not in bytes(stored.reason)


def test_only_who_answers_for_the_case_decides(held):
    case = mapped()
    for persona in ("personal", "delegerad", "huvudman", "enhetschef"):
        actor = actors.of_account(account_of(persona), strong=True)
        for deed, words in ((outcomes.decide, ("none", "x")), (outcomes.close, ("x",)), (outcomes.reopen, ("x",))):
            with pytest.raises(Refused):
                deed(actor, case, *words)

"""What the sender of a wheel sees and may do: the way without content, questions, answers, and nothing of others'."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb.database import connection, rows
from tbb.models import AuditRow, Case, CaseNote, Grant, Letter
from tbb.policy import Actor, Refused
from tbb.services import actors, case_notes, case_shelf, reports
from tbb.services.demo_cast import account_of
from tests import make_cases
from tests.at_work import units
from tests.quiet_days import quiet_monday

MONDAY = quiet_monday()
DAY = timedelta(days=1)


def acting(persona: str) -> Actor:
    """One of the cast, signed in with two factors, with the duties of this moment."""
    return actors.of_account(account_of(persona), strong=True)


@pytest.fixture
def wheel(county, at):
    """A wheel that the school nurse has just sent."""
    with connection():
        at(MONDAY)
        yield make_cases.case(units()["own"]).wheels.get()


def way(wheel) -> list[tuple[str, bool]]:
    """The steps that the sender sees, and which one it is at."""
    return [(step.code, step.now) for step in reports.status_of(type(wheel).get_by_id(wheel.id)).steps]


def told(template: str) -> list[str]:
    """To whom letters of a kind have gone."""
    return [letter.recipient for letter in Letter.select().where(Letter.template == template)]


def test_the_way_is_shown_step_by_step_and_a_closed_one_ends_where_it_came(wheel, at):
    assert way(wheel) == [("sent", True), ("received", False), ("mapping", False), ("collaborating", False)]
    assert reports.status_of(wheel).undo_until == MONDAY + timedelta(minutes=10)
    at(MONDAY + timedelta(minutes=10))
    assert reports.status_of(wheel).undo_until is None
    Case.update(state="collaborating", received_at=MONDAY, mapping_at=MONDAY, decided_at=MONDAY).execute()
    assert way(wheel)[-1] == ("collaborating", True)
    Case.update(state="closed", closed_at=MONDAY + DAY, outcome="none", mapping_at=None).execute()
    assert way(wheel) == [("sent", False), ("received", False), ("closed", True)]
    with pytest.raises(reports.NotSent):
        reports.status_of(make_cases.draft(account_of("personal"), units()["own"]))


def test_a_question_is_asked_answered_and_told_of_and_every_look_is_on_record(wheel):
    case, sender, bba = wheel.case, acting("personal"), acting("bba")
    first = case_notes.ask(bba, case, wheel.key, "När började det?")
    case_notes.ask(bba, case, wheel.key, "Vem har talat med hemmet?")
    case_notes.write(bba, case, "Bara för oss.", hidden=True)
    assert len(told("wheel_question")) == 1 and reports.waiting(sender) == 2
    reports.add(sender, wheel, "I september.", first.key)
    reports.add(sender, wheel, "Det har hänt igen.")
    assert len(told("wheel_answered")) == 1 and reports.waiting(sender) == 1
    before = AuditRow.select().count()
    seen = reports.questions(sender, wheel)
    assert [(note.kind, note.text, note.answered) for note in seen] == [
        ("question", "När började det?", True),
        ("question", "Vem har talat med hemmet?", False),
        ("addition", "I september.", False),
        ("addition", "Det har hänt igen.", False),
    ]
    row = AuditRow.select().order_by(AuditRow.id.desc()).get()
    assert AuditRow.select().count() == before + 1
    assert (row.action, row.thing_id, row.outcome) == ("wheel:own", wheel.reference, "read")
    assert [note.text for note in case_notes.notes(case)][2] == "Bara för oss."
    assert case_notes.notes(case)[2].hidden and "Bara" not in str(rows("SELECT * FROM case_note"))


def test_nobody_else_asks_answers_or_reads_and_whoever_has_left_neither(wheel):
    case = wheel.case
    for persona in ("bba", "delegerad", "enhetschef", "granne"):
        assert case_shelf.wheel(acting(persona), wheel.key) is None
        with pytest.raises(Refused):
            reports.questions(acting(persona), wheel)
        with pytest.raises(Refused):
            reports.add(acting(persona), wheel, "Jag också.")
    for persona in ("personal", "delegerad", "ersattare", "huvudman"):
        with pytest.raises(Refused):
            case_notes.ask(acting(persona), case, wheel.key, "Får jag?")
    Grant.update(ended_at=MONDAY).where(Grant.account == account_of("personal")).execute()
    assert case_shelf.wheel(acting("personal"), wheel.key) is None and reports.waiting(acting("personal")) == 0
    with pytest.raises(Refused):
        reports.add(acting("personal"), wheel, "Jag har slutat.")
    assert not CaseNote.select().exists()


def test_what_does_not_belong_together_or_is_closed_is_refused(wheel):
    other = make_cases.case(units()["own"])
    asked = case_notes.ask(acting("bba"), other, other.wheels.get().key, "Vad hände?")
    with pytest.raises(case_notes.NotOfTheCase):
        case_notes.ask(acting("bba"), wheel.case, other.wheels.get().key, "Fel hjul")
    with pytest.raises(case_notes.NotOfTheCase):
        reports.add(acting("personal"), wheel, "Fel fråga", asked.key)
    Case.update(state="closed", closed_at=MONDAY).execute()
    with pytest.raises(case_notes.Closed):
        reports.add(acting("personal"), type(wheel).get_by_id(wheel.id), "För sent.")
    with pytest.raises(case_notes.Closed):
        case_notes.ask(acting("bba"), Case.get_by_id(wheel.case_id), wheel.key, "För sent?")
    assert CaseNote.select().count() == 1

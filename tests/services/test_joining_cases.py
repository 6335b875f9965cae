"""Joining and parting: by hand, nothing lost, and the number of the emptied case still leads on."""

from __future__ import annotations

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import AuditRow, Case, CaseNote, Wheel
from tbb.policy import Actor, Refused
from tbb.services import actors, case_notes, case_page, joining_cases, mapping, outcomes, sealed_fields
from tbb.services.demo_cast import account_of
from tests import make_cases
from tests.at_work import units


@pytest.fixture
def held(county):
    """A connection to the demo county for the length of a test."""
    with connection():
        yield


def bba() -> Actor:
    """The BBA of the own unit, signed in with two factors."""
    return actors.of_account(account_of("bba"), strong=True)


def received(**more) -> Case:
    """A case of the own unit that is received."""
    return make_cases.case(units()["own"], **{"state": "received", "received_at": clock.now()} | more)


def test_everything_moves_and_what_collides_becomes_a_note(held):
    ours, theirs = received(), received()
    mapping.save(bba(), ours, {"voice.own": "Vårt.", "question.1": "Lika."})
    mapping.save(
        bba(), theirs, {"voice.own": "Deras.", "voice.own.hidden": "1", "question.1": "Lika.", "voice.child": "Hej."}
    )
    asked = Wheel.get(Wheel.case == theirs)
    case_notes.write(bba(), theirs, "Ringde mentorn.", hidden=True)
    case_notes.write(bba(), theirs, "När började det?", "question", wheel=asked)
    case = joining_cases.join(bba(), ours, theirs)
    shown = case_page.shown(bba(), case)
    assert {sent.key for sent in shown.wheels} == {asked.key, Wheel.get(Wheel.case == ours, Wheel.id != asked.id).key}
    assert shown.texts == {"voice.own": "Vårt.", "question.1": "Lika.", "voice.child": "Hej."}
    notes = {note.text: note.hidden for note in case_notes.notes(case)}
    assert notes.pop(f"Från {theirs.reference}. Den egna verksamheten: Deras.") is True
    assert notes == {"Ringde mentorn.": True, "När började det?": False}
    emptied = Case.get_by_id(theirs.id)
    assert emptied.state == "closed" and not sealed_fields.read(emptied)
    assert CaseNote.select().where(CaseNote.case == emptied).count() == 0
    gone = case_page.shown(bba(), emptied)
    assert joining_cases.went_to(bba(), gone).id == ours.id and joining_cases.went_to(bba(), shown) is None
    assert AuditRow.select().where(AuditRow.action == "case:join").count() == 2
    with pytest.raises(outcomes.Emptied):
        outcomes.reopen(bba(), emptied, "Ångrar.")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"state": "sent"}, "sent"),
        ({"about": "anonymous"}, "about"),
        ({"state": "closed", "closed_at": True}, "closed"),
    ],
)
def test_only_open_cases_of_one_child_in_one_unit_are_joined(held, more, why):
    more = {name: clock.now() if value is True else value for name, value in more.items()}
    ours, theirs = received(), received(**more)
    assert joining_cases.why_not(ours, theirs) == why and joining_cases.why_not(ours, ours) == "same"
    with pytest.raises(joining_cases.CannotJoin):
        joining_cases.join(bba(), ours, theirs)
    elsewhere = make_cases.case(units()["sister"], account_of("ersattare"), state="received", received_at=clock.now())
    assert joining_cases.why_not(ours, elsewhere) == "unit" and joining_cases.beside(bba(), ours, elsewhere.key) is None
    with pytest.raises(Refused):
        joining_cases.join(bba(), ours, elsewhere)
    assert [other.key for other in joining_cases.choices(bba(), ours)] == []


def test_the_list_and_the_comparison_are_written_down_as_read(held):
    ours, theirs = received(), received()
    (other,) = joining_cases.choices(bba(), ours)
    assert (other.key, other.card.label, other.wheels) == (theirs.key, "Alva E", 1)
    assert joining_cases.beside(bba(), ours, theirs.key).case.id == theirs.id
    read = [(row.action, row.thing_id) for row in AuditRow.select().where(AuditRow.outcome == "read")]
    assert read == [("cases:list", "list"), ("case:read", theirs.reference)]


def test_a_wheel_is_parted_with_what_was_asked_about_it(held):
    ours, theirs = received(), received()
    moved = Wheel.get(Wheel.case == theirs)
    case_notes.write(bba(), theirs, "När började det?", "question", wheel=moved)
    case = joining_cases.join(bba(), ours, theirs)
    mapping.save(bba(), case, {"voice.own": "Kvar."})
    made = joining_cases.part(bba(), case, moved.key)
    assert made.state == "received" and made.unit_id == ours.unit_id and made.seal != ours.seal
    assert [sent.key for sent in case_page.shown(bba(), made).wheels] == [moved.key]
    assert [note.text for note in case_notes.notes(made)] == ["När började det?"] and not case_notes.notes(case)
    assert sealed_fields.texts(case) == {"voice.own": "Kvar."} and not sealed_fields.texts(made)
    with pytest.raises(joining_cases.CannotPart):
        joining_cases.part(bba(), case, Wheel.get(Wheel.case == case).key)

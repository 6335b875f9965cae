"""The mapping: saved field by field, begun by its first words, and never at the cost of anybody else's."""

from __future__ import annotations

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import Account, AuditRow, Case, CaseEvent
from tbb.policy import Actor, Refused
from tbb.services import actors, case_files, case_page, mapping, sealed_fields
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
    return make_cases.case(units()["own"], state="received", received_at=clock.now(), **more)


def test_the_first_words_begin_the_mapping_and_the_audit_names_no_area(held):
    case = received()
    assert mapping.save(bba(), case, {}, {}) == () and Case.get_by_id(case.id).state == "received"
    changed = mapping.save(bba(), case, {"voice.child": "Jag vill ha en vän.", "now.halsa.see": "Ont i magen."}, {})
    stands = Case.get_by_id(case.id)
    assert set(changed) == {"voice.child", "now.halsa.see"}
    assert stands.state == "mapping" and stands.mapping_at and stands.version > case.version
    assert [event.what for event in CaseEvent.select().where(CaseEvent.case == case).order_by(CaseEvent.id)] == [
        "sent",
        "mapping",
    ]
    row = AuditRow.select().where(AuditRow.action == "case:map").get()
    assert row.fields == "now,voice" and row.thing_id == case.reference
    mapping.save(bba(), case, {"voice.own": "Vi ser mer."})
    assert CaseEvent.select().where(CaseEvent.what == "mapping").count() == 1


def test_the_card_follows_the_mapping_and_falls_back_on_the_newest_wheel(held):
    case = received()
    mapping.save(bba(), case, {"now.larande.level": "stod"})
    card = case_files.card_of(Case.get_by_id(case.id))
    assert card.levels == {"larande": "stod"} and card.label == "Alva E"
    mapping.save(bba(), case, {"now.larande.level": ""})
    assert case_files.card_of(Case.get_by_id(case.id)).levels == {
        "trygghet": "stod",
        "hemmet": "uppm",
        "larande": "bra",
    }


def test_no_ones_words_vanish_when_three_write_at_once(held):
    case, field = received(), "voice.own"
    mapping.save(bba(), case, {field: "Ett"}, {})
    seen = {field: 1}
    mapping.save(bba(), case, {field: "Ett och två"}, seen)
    with pytest.raises(sealed_fields.Overtaken) as caught:
        mapping.save(bba(), case, {field: "Ett och tre", "voice.guardians": "Nytt"}, seen)
    (conflict,) = caught.value.conflicts
    assert (conflict.mine, conflict.theirs, conflict.version) == ("Ett och tre", "Ett och två", 2)
    assert "voice.guardians" not in sealed_fields.texts(case)
    mapping.save(bba(), case, {field: "Fyra"}, {field: 2})
    with pytest.raises(sealed_fields.Overtaken):
        mapping.save(bba(), case, {field: "Ett, två och tre"}, {field: conflict.version})
    assert sealed_fields.texts(case)[field] == "Fyra"


def test_only_who_works_with_the_case_may_map_it_and_only_while_it_is_open(held):
    case = received()
    strong = {name: actors.of_account(account_of(name), strong=True) for name in ("personal", "huvudman", "delegerad")}
    for actor in (*strong.values(), actors.of_account(account_of("bba"))):
        with pytest.raises(Refused):
            mapping.save(actor, case, {"voice.own": "x"})
    with pytest.raises(ValueError, match="no fields"):
        mapping.save(bba(), case, {"outcome.reason": "x"})
    for state, problem in (("sent", mapping.NotReceived), ("closed", mapping.Closed)):
        Case.update(state=state, closed_at=clock.now()).where(Case.id == case.id).execute()
        with pytest.raises(problem):
            mapping.save(bba(), case, {"voice.own": "x"})
    assert not sealed_fields.texts(case)


def test_the_page_shows_what_presses_most_first_and_what_it_was_before(held):
    case = received()
    delegated = Account.get_by_id(account_of("delegerad")).name
    sister = make_cases.draft(
        account_of("delegerad"), units()["own"], units()["own"], {"area.halsa.level": "uppm"},
        case=case, state="sent", sent_at=clock.now(),
    )  # fmt: skip
    mapping.save(bba(), case, {"now.hemmet.level": "stod", "now.halsa.level": "bra", "voice.child": "Hej."})
    shown = case_page.shown(bba(), Case.get_by_id(case.id))
    assert [area.code for area in shown.urgent][0] == "hemmet" and [area.code for area in shown.urgent][-1] == "halsa"
    assert shown.flagged == ["hemmet"] and shown.urgent[-1].before == "uppm"
    assert [sent.key for sent in shown.wheels][0] == sister.key and shown.wheels[0].sender == delegated
    assert shown.heading == "Alva E, årskurs 6" and shown.name == "Alva"
    assert shown.missing == tuple(f"question.{number}" for number in range(1, 6)) and shown.readers == 1
    with pytest.raises(Refused):
        case_page.shown(actors.of_account(account_of("personal"), strong=True), case)
    assert case_page.wheel_of(received(), sister.key) is None

"""Handing a case over: who leaves in the summer, the gate, and that somebody has the case at every moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tbb import clock
from tbb.database import connection, rows
from tbb.models import AuditRow, Case, CaseField, DoomedKey, Letter, Organizer, Unit, Wheel
from tbb.policy import Refused
from tbb.services import (
    actors,
    case_files,
    consent_taking,
    informing,
    mapping,
    sealed_fields,
    transition_round,
    transitions,
)
from tbb.services.consents import Voice
from tbb.services.demo_cast import account_of
from tbb.services.transition_round import Leaving
from tests import heads, make, make_cases
from tests.at_work import units


@pytest.fixture
def here(county):
    """The demo county with a connection, and somebody with an account at the other unit."""
    with connection():
        found = units()
        heads.head(found["other"])
        yield found


def actor(persona: str):
    """Somebody of the cast, signed in with two factors."""
    return actors.of_account(account_of(persona), strong=True)


def mapped(unit: Unit, **answers: str) -> Case:
    """A case that its BBA maps."""
    case = make_cases.case(unit, state="received", received_at=clock.now())
    said = {"now.trygghet.level": "stod", "now.trygghet.see": "Undviker rasten.", "now.larande.level": "bra"}
    mapping.save(actor("bba"), case, said | answers)
    return Case.get_by_id(case.id)


def choose(case: Case, to: Unit, areas=("trygghet",), **more) -> Wheel:
    """Let the BBA choose to whom and what."""
    return transitions.begin(actor("bba"), case, to, **{"reason": "moves", "areas": areas, "summary": ""} | more)


def agree(case: Case, to: Unit, child: str = "yes", days: int = 10):
    """Let everybody say yes, or the child no."""
    yes = Voice("yes", "oral", clock.today())
    return consent_taking.record(
        actor("bba"),
        case=case,
        voices={"guardian_1": yes, "guardian_2": yes, "child": Voice(child, "oral", clock.today())},
        units=[to],
        information="Det om trygghet.",
        ends_on=clock.today() + timedelta(days=days),
    )


def test_who_leaves_in_the_summer(here):
    school, preschool = here["own"], here["other"]
    school.grade_to = 6
    upper = make.unit("Gymnasiet", kind="upper_secondary")
    asked = [
        ("Årskurs 6", date(2026, 11, 1), school, 2027, Leaving.NEXT_SCHOOL),
        ("Årskurs 5", date(2026, 11, 1), school, 2027, None),
        ("Årskurs 5", date(2026, 7, 31), school, 2027, Leaving.NEXT_SCHOOL),
        ("Årskurs 5", date(2026, 8, 1), school, 2027, None),
        ("Förskoleklass", date(2026, 9, 1), school, 2027, None),
        ("Förskola, 5 år", date(2026, 11, 1), preschool, 2027, Leaving.PRESCHOOL_CLASS),
        ("Förskola, 5 år", date(2027, 4, 1), preschool, 2027, Leaving.PRESCHOOL_CLASS),
        ("Förskola, 4 år", date(2026, 11, 1), preschool, 2027, None),
        ("Förskola, 4 år", date(2026, 11, 1), preschool, 2028, Leaving.PRESCHOOL_CLASS),
        ("Gymnasiet, år 3", date(2026, 9, 1), upper, 2027, Leaving.DONE),
        ("Gymnasiet, år 2", date(2026, 9, 1), upper, 2027, None),
        ("KAA", date(2026, 9, 1), upper, 2027, None),
        ("", date(2026, 9, 1), school, 2027, None),
    ]
    for stage, noted, unit, summer, why in asked:
        assert transition_round.leaves(stage, noted, unit, summer) == why, (stage, noted, summer)
    school.grade_to = None
    assert transition_round.leaves("Årskurs 9", date(2026, 9, 1), school, 2027) == Leaving.UPPER_SECONDARY


def test_a_stage_moves_on_with_the_school_years():
    noted, later = date(2026, 11, 1), date(2028, 5, 1)
    for stage, becomes in (
        ("Årskurs 6", "Årskurs 7"),
        ("Förskoleklass", "Årskurs 1"),
        ("Gymnasiet, år 1", "Gymnasiet, år 2"),
        ("Förskola, 2 år", "Förskola, 3 år"),
        ("Årskurs 9", "Årskurs 9"),
        ("KAA", "KAA"),
        ("", ""),
    ):
        assert transition_round.stage_on(stage, noted, later) == becomes
        assert transition_round.stage_on(stage, noted, date(2027, 5, 1)) == stage


def test_the_round_asks_until_each_child_is_seen_to(here, at):
    own = here["own"]
    Unit.update(grade_to=6).where(Unit.id == own.id).execute()
    Unit.update(grade_to=9).where(Unit.id == here["sister"].id).execute()
    cases = [make_cases.case(own, state="received", received_at=clock.now()) for _ in range(3)]
    make_cases.case(own, answers=make_cases.ALVA | {"child.stage": "Årskurs 2"})
    assert transition_round.count(actor("bba")) == 0 and transition_round.ask() == 0, "it is not May"
    assert sum(line.waits for line in transition_round.lines(actor("bba"))) == 3, "but shown all year"
    at(datetime(2027, 5, 3, 8, tzinfo=clock.STOCKHOLM))
    assert transition_round.count(actor("bba")) == 3
    assert transition_round.ask() == 1 and transition_round.ask() == 1
    told = Letter.select().where(Letter.template == "transition_round")
    assert told.count() == 1, "one letter for each of its days"
    transition_round.mark(actor("bba"), cases[0], stays=True)
    choose(cases[1], here["sister"], areas=("trygghet",))
    transitions.send(actor("bba"), cases[1])
    assert transition_round.count(actor("bba")) == 1
    Case.update(state="closed", closed_at=clock.now()).where(Case.id == cases[2].id).execute()
    at(datetime(2027, 6, 2, 8, tzinfo=clock.STOCKHOLM))
    assert transition_round.count(actor("bba")) == 0 and transition_round.ask() == 0
    transition_round.mark(actor("bba"), cases[0], stays=False)
    assert (
        transition_round.ask() == 1 and not CaseField.select().where(CaseField.name.startswith("transition")).exists()
    )
    for persona in ("personal", "granne", "enhetschef", "delegerad"):
        assert transition_round.lines(actor(persona)) == []


def test_what_goes_along_is_what_was_chosen_and_nothing_hidden_by_itself(here):
    case = mapped(here["own"], **{"now.hemmet.level": "uppm", "now.hemmet.see": "Hemligt.", "now.hemmet.hidden": "1"})
    parts = {part.area: part for part in transitions.parts(case)}
    assert [area for area, part in parts.items() if part.goes_along] == ["trygghet"]
    assert parts["hemmet"].hidden and not parts["hemmet"].goes_along
    wheel = choose(case, here["sister"], summary="Trivs med läraren.")
    said = sealed_fields.texts(wheel)
    assert {name for name in said if name.startswith("area.")} == {"area.trygghet.level", "area.trygghet.see"}
    assert said["child.label"] == "Alva E" and said[transitions.SUMMARY] == "Trivs med läraren."
    again = choose(case, here["sister"], areas=("trygghet", "hemmet"))
    assert sealed_fields.texts(again)["area.hemmet.hidden"] == "1", "chosen, and still marked"
    assert [each.key for each in case.handed_over] == [again.key], "there is one choice at a time"


def test_no_order_of_doing_things_sends_it_over_a_border_without_a_yes(here, at):
    case, other = mapped(here["own"]), here["other"]
    with pytest.raises(transitions.CannotOffer):
        transitions.send(actor("bba"), case)
    wheel = choose(case, other)

    def refused() -> bool:
        for send in (lambda: transitions.send(actor("bba"), case), lambda: informing.send(actor("bba"), wheel.key)):
            with pytest.raises(informing.CannotSend) as problem:
                send()
            assert problem.value.reasons == ("consent",)
        return Wheel.get_by_id(wheel.id).state == "draft" and Case.select().where(Case.unit == other).count() == 0

    assert refused()
    given = agree(case, here["sister"])
    assert refused(), "it covers somebody else"
    given = agree(case, other, child="no")
    assert refused(), "the child says no"
    given = agree(case, other)
    consent_taking.withdraw(actor("bba"), given.key)
    assert refused(), "it is withdrawn"
    agree(case, other, days=3)
    at(clock.now() + timedelta(days=4))
    assert refused(), "it has gone out"
    agree(case, other)
    sent = transitions.send(actor("bba"), case)
    assert sent.crosses and sent.case.state == "sent" and Case.get_by_id(case.id).state == "mapping"
    with pytest.raises(transitions.CannotOffer):
        choose(case, here["sister"])


def test_the_old_case_closes_when_somebody_has_received_it_and_not_before(here):
    case = mapped(here["own"])
    choose(case, here["sister"])
    wheel = transitions.send(actor("bba"), case)
    assert Case.get_by_id(case.id).state == "mapping"
    assert [(one.reference, one.received) for one in transitions.offered(actor("bba"))] == [(case.reference, False)]
    new = wheel.case
    Case.update(state="received", received_at=clock.now()).where(Case.id == new.id).execute()
    transitions.accepted(actor("ersattare"), wheel)
    old = Case.get_by_id(case.id)
    assert (old.state, old.outcome) == ("closed", "other") and old.closed_at
    assert [event.what for event in old.events.order_by(case.events.model.id)][-2:] == ["offered", "handed_over"]
    assert Letter.select().where(Letter.template == "handover_accepted").count() == 1
    with pytest.raises(transitions.NotWaiting):
        transitions.take_back(actor("bba"), case, wheel.key)
    transitions.accepted(actor("ersattare"), wheel)
    assert Letter.select().where(Letter.template == "handover_accepted").count() == 1, "once is enough"


def test_an_offer_that_is_taken_back_is_forgotten_where_it_came(here):
    case = mapped(here["own"])
    choose(case, here["sister"])
    wheel = transitions.send(actor("bba"), case)
    seals = {wheel.seal, wheel.case.seal}
    with pytest.raises(Refused):
        transitions.take_back(actor("ersattare"), case, wheel.key)
    transitions.take_back(actor("bba"), case, wheel.key)
    assert Case.get_by_id(case.id).state == "mapping"
    assert not Wheel.select().where(Wheel.handover_of == case).exists() and len(rows("SELECT 1 FROM casefile")) == 1
    assert {key.seal for key in DoomedKey.select()} >= seals
    assert AuditRow.select().where(AuditRow.action == "case:offer-end").count() == 2, "told at both units"
    choose(case, here["sister"])
    assert transitions.send(actor("bba"), case), "and can be offered anew"


def test_who_waits_for_an_answer_is_told_each_week(here, at):
    case = mapped(here["own"])
    choose(case, here["sister"])
    transitions.send(actor("bba"), case)
    assert transitions.remind() == 0
    for days, letters in ((8, 1), (9, 1), (15, 2)):
        at(clock.now() + timedelta(days=days - (0 if days == 8 else 8 if days == 9 else 9)))
        assert transitions.remind() == 1
        assert Letter.select().where(Letter.template == "handover_offered").count() == letters


def test_only_those_who_answer_hand_over(here):
    case = mapped(here["own"])
    for persona in ("personal", "delegerad", "enhetschef", "granne", "huvudman", "processledare"):
        with pytest.raises(Refused):
            transitions.begin(actor(persona), case, here["sister"], reason="moves", areas=(), summary="")
        with pytest.raises(Refused):
            transitions.send(actor(persona), case)
    assert case_files.card_of(case).label and Organizer.select().exists()

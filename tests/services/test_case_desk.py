"""The desk of cases: who sees what, what waits, that looks are on record, and that receiving is seen by the sender."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import Account, AuditRow, Case, CaseEvent, Grant, Letter, Responsibility
from tbb.policy import Actor, Refused
from tbb.services import (
    actors,
    case_desk,
    case_notes,
    case_reminders,
    case_todos,
    desk,
    handovers,
    reports,
    sealed_fields,
)
from tbb.services.case_desk import Filters
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
def school(county, at):
    """The school that most of the cast works at, on a Monday, in a request's connection."""
    with connection():
        at(MONDAY)
        yield units()["own"]


def listed(persona: str, **wanted) -> list[str]:
    """The references that somebody sees in their list."""
    return [line.reference for line in case_todos.desk(acting(persona), Filters(**wanted)).lines]


def todo(persona: str = "bba") -> list[tuple[str, bool]]:
    """What waits for somebody: of which kind, and whether it should be done today."""
    return [(each.kind, each.urgent) for each in case_todos.desk(acting(persona), Filters()).todos]


def bba_of(unit) -> Responsibility:
    """The unit's own Barnets bästa-ansvarig."""
    return Responsibility.get(Responsibility.unit == unit, Responsibility.role == "bba")


def told(template: str) -> list[int]:
    """To which accounts letters of a kind were written, in order."""
    found = Letter.select().where(Letter.template == template).order_by(Letter.id)
    return [Account.get(Account.email == letter.recipient).id for letter in found]


def test_only_those_who_answer_for_a_unit_see_its_cases(school):
    own, sister = make_cases.case(school), make_cases.case(units()["sister"])
    seen = {name: listed(name) for name in ("bba", "delegerad", "enhetschef", "ersattare")}
    assert seen == {"bba": [own.reference], "delegerad": [], "enhetschef": [], "ersattare": [sister.reference]}
    for stranger in ("personal", "huvudman", "granne", "processledare"):
        with pytest.raises(Refused):
            listed(stranger)
    line = case_todos.desk(acting("bba"), Filters()).lines[0]
    assert (line.card.label, line.card.stage, line.card.levels["trygghet"]) == ("Alva E", "Årskurs 6", "stod")
    assert (line.step, line.due, line.age, line.sender) == ("receive", MONDAY.date() + 2 * DAY, 0, school.label)


def test_a_deputy_sees_them_while_the_bba_is_away_and_not_a_day_longer(school, at):
    sister = units()["sister"]
    case = make_cases.case(sister)
    part = bba_of(sister)
    Responsibility.update(away_from=None, away_until=None).where(Responsibility.id == part.id).execute()
    assert [place.why for place in case_desk.standing_in(acting("ersattare"))] == ["none"]  # the BBA has no account
    more = {"key": "k", "email": "omar@tbb.example", "name": "Omar", "state": "active", "created_at": MONDAY}
    Account.create(person=part.person, **more)
    assert listed("ersattare") == []
    until = MONDAY.date() + 3 * DAY
    Responsibility.update(away_from=MONDAY.date(), away_until=until).where(Responsibility.id == part.id).execute()
    (place,) = case_desk.standing_in(acting("ersattare"))
    assert (place.why, place.until, listed("ersattare")) == ("away", until, [case.reference])
    at(MONDAY + 4 * DAY)
    assert (case_desk.standing_in(acting("ersattare")), listed("ersattare")) == ([], [])


def test_the_head_sees_them_only_when_nobody_else_answers_and_is_told_why(school):
    case = make_cases.case(school)
    assert listed("enhetschef") == []
    Account.update(state="disabled").where(Account.id == account_of("bba")).execute()
    (place,) = case_desk.standing_in(acting("enhetschef"))
    assert (place.why, listed("enhetschef")) == ("unanswered", [case.reference])


def test_a_look_is_on_record_once_for_each_unit_on_the_page_before_any_card_is_opened(school):
    for _ in range(3):
        make_cases.case(school)
    before = AuditRow.select().count()
    case_todos.desk(acting("bba"), Filters())
    (row,) = AuditRow.select().order_by(AuditRow.id).offset(before)
    assert (row.action, row.thing, row.thing_id, row.unit, row.outcome) == (
        "cases:list", "cases", "list", school.id, "read",
    )  # fmt: skip
    assert case_todos.desk(acting("bba"), Filters(tab="avslutade"), most=0).lines == []
    assert AuditRow.select().count() == before + 1  # nothing was shown, so nothing was read


def test_the_list_is_narrowed_by_tab_unit_day_and_whole_reference_and_by_nothing_else(school, at):
    old = make_cases.case(school, state="mapping", received_at=MONDAY - 9 * DAY, opened_at=MONDAY - 10 * DAY)
    new = make_cases.case(school)
    shut = make_cases.case(school, state="closed", closed_at=MONDAY)
    wheel = shut.wheels.get()
    assert listed("bba") == [new.reference, old.reference]
    assert listed("bba", tab="kartlagga") == listed("bba", until=MONDAY.date() - DAY) == [old.reference]
    assert listed("bba", since=MONDAY.date()) == [new.reference]
    assert listed("bba", reference=wheel.reference) == listed("bba", reference=shut.reference) == [shut.reference]
    assert listed("bba", unit=school.slug, tab="avslutade") == [shut.reference]
    assert listed("bba", unit=units()["sister"].slug) == listed("bba", reference="B-222222") == []
    assert case_desk.listing(acting("bba"), Filters()).counts == {
        "alla": 2, "upptacka": 1, "kartlagga": 1, "samarbeta": 0, "avslutade": 1,
    }  # fmt: skip
    assert set(Filters.__dataclass_fields__) == {"tab", "unit", "since", "until", "reference"}


def test_what_waits_comes_in_order_and_goes_when_it_is_done(school, at):
    case = make_cases.case(school)
    wheel = case.wheels.get()
    assert todo() == [("receive", False)]
    at(MONDAY + 2 * DAY)
    assert todo() == [("receive", True)] and desk.waiting(acting("bba"))[0].what == "wheels"
    assert case_desk.receive(acting("bba"), case.key)
    assert todo() == [("begin", False)]
    case = Case.get_by_id(case.id)
    asked = case_notes.ask(acting("bba"), case, wheel.key, "När började det?")
    assert reports.waiting(acting("personal")) == 1
    at(MONDAY + 9 * DAY)
    assert todo() == [("begin", True), ("silent", True)]
    reports.add(acting("personal"), wheel, "I september.", asked.key)
    assert todo() == [("begin", True), ("answer", False)] and reports.waiting(acting("personal")) == 0
    case_notes.mark_read(acting("bba"), case)
    assert todo() == [("begin", False)]
    Case.update(state="mapping").where(Case.id == case.id).execute()
    assert todo() == [("questions", False)]
    answers = {f"question.{number}": "Ja" for number in range(1, 5)}
    sealed_fields.save(case, answers | {"question.5": "", "question.5.none": "Ingen annan behövs"})
    assert todo() == [("decide", False)]


def test_receiving_is_done_once_and_seen_by_the_sender_and_in_the_audit(school):
    case = make_cases.case(school)
    for persona in ("delegerad", "enhetschef", "granne", "ersattare", "personal"):
        assert case_desk.receive(acting(persona), case.key) is None
    assert case_desk.receive(acting("bba"), case.key) is True
    assert case_desk.receive(acting("bba"), case.key) is False
    kept = Case.get_by_id(case.id)
    assert (kept.state, kept.received_at, kept.unit_id) == ("received", MONDAY, school.id)
    assert [event.what for event in CaseEvent.select().order_by(CaseEvent.id)] == ["sent", "received"]
    assert told("wheel_received") == [account_of("personal")]
    assert AuditRow.select().where(AuditRow.action == "case:receive", AuditRow.thing_id == case.reference).count() == 1
    way = reports.status_of(case.wheels.get()).steps
    assert [(step.code, step.now) for step in way][:2] == [("sent", False), ("received", True)]


def test_reminders_go_to_those_who_answer_then_to_the_head_and_never_twice_a_day(school, at):
    make_cases.case(school)
    slow = make_cases.case(school, state="received", received_at=MONDAY)
    bba, head = account_of("bba"), account_of("enhetschef")
    at(MONDAY + DAY)
    assert case_reminders.remind() == 0
    at(MONDAY + 2 * DAY)
    assert (case_reminders.remind(), case_reminders.remind(), told("case_waiting")) == (1, 0, [bba])
    at(MONDAY + 7 * DAY)
    assert case_reminders.remind() == 1 and told("case_unattended") == []
    at(MONDAY + 9 * DAY)
    assert case_reminders.remind() == 1 and told("case_unattended") == [head]
    case_notes.write(acting("bba"), Case.get_by_id(slow.id), "Ringt hem.")
    at(MONDAY + 14 * DAY)
    assert case_reminders.remind() == 0  # something was done with the slow one, and the other was told of on day 9
    assert told("case_waiting") == [bba] * 3 and Grant.select().where(Grant.duty == "delegate").count() == 1


def test_a_handover_of_the_unit_counts_its_open_cases(school):
    make_cases.case(school)
    make_cases.case(school, state="closed", closed_at=clock.now())
    assert handovers.in_words(handovers.counts(school.id))[0] == (1, "pågående ärende")

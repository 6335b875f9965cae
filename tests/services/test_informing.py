"""Sending the wheel: refused until all is there, exactly once, and taken back within ten minutes or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import Account, AuditRow, Case, CaseEvent, DoomedKey, Letter, Responsibility, Wheel
from tbb.models.kinds import About
from tbb.services import actors, case_files, consent_taking, consents, drafts, informing, wheel_recipients
from tbb.services.demo_cast import account_of
from tests.at_work import units
from tests.make_cases import ALVA, draft


@pytest.fixture
def here(county):
    """The application's database, connected."""
    with connection():
        yield county


def actor(persona: str = "personal"):
    """One of the cast, signed in with two factors."""
    return actors.of_account(account_of(persona), strong=True)


def ready(to: str = "own", answers=ALVA, **more) -> Wheel:
    """A draft of the school nurse's that is filled in, for a unit near or far."""
    found = units()
    return draft(account_of("personal"), found["own"], found[to], answers, **more)


def give_account(unit) -> Account:
    """Let the Barnets bästa-ansvarig of a unit have an account."""
    who = Responsibility.get(Responsibility.unit == unit, Responsibility.role == "bba").person
    like = Account.get_by_id(account_of("bba"))
    kept = {name: value for name, value in like.__data__.items() if name != "id"}
    return Account.create(**kept | {"key": f"bba{unit.id}", "email": f"bba{unit.id}@flen.example", "person": who.id})


def why_not(wheel: Wheel) -> tuple[str, ...]:
    """What refuses a wheel, without a trace of the try."""
    before = Case.select().count(), Letter.select().count()
    with pytest.raises(informing.CannotSend) as refused:
        informing.send(actor(), wheel.key)
    assert (Case.select().count(), Letter.select().count()) == before
    assert Wheel.get_by_id(wheel.id).state == "draft"
    return refused.value.reasons


def test_a_sent_wheel_opens_one_case_and_tells_those_who_answer(here):
    wheel = informing.send(actor(), ready().key)
    case = Case.get_by_id(wheel.case_id)
    assert (wheel.state, case.state, case.unit_id, wheel.crosses) == ("sent", "sent", wheel.unit_id, False)
    assert case_files.card_of(case).levels == {"trygghet": "stod", "hemmet": "uppm", "larande": "bra"}
    letter = Letter.get(Letter.template == "wheel_arrived")
    assert letter.recipient == Account.get_by_id(account_of("bba")).email
    assert CaseEvent.get(CaseEvent.case == case).what == "sent"
    assert AuditRow.select().where(AuditRow.action == "wheel:send", AuditRow.thing_id == wheel.reference).count() == 1
    with pytest.raises(informing.AlreadySent):
        informing.send(actor(), wheel.key)
    with pytest.raises(drafts.NotADraft):
        informing.send(actor("bba"), ready().key)
    with pytest.raises(drafts.NotADraft):
        drafts.save(actor(), wheel.key, {"area.halsa.see": "För sent."})
    assert Case.select().count() == 1
    assert [each.reference for each in drafts.sent(actor())] == [wheel.reference]


def test_what_is_missing_is_named(here):
    assert why_not(ready(answers=ALVA | {"area.trygghet.level": "bra", "area.hemmet.level": "vetinte"})) == ("flag",)
    assert why_not(ready(answers={name: text for name, text in ALVA.items() if "told" not in name})) == ("told",)
    assert why_not(ready(answers=ALVA | {"child.label": ""})) == ("label",)
    assert why_not(ready(answers=ALVA | {"strengths": "Född 19121212-1212, stark."})) == ("personal_number",)
    nowhere = ready()
    Wheel.update(unit=None).where(Wheel.id == nowhere.id).execute()
    assert why_not(nowhere) == ("recipient",)


def test_a_unit_where_nobody_answers_can_neither_be_chosen_nor_sent_to(here):
    other, wheel = units()["other"], ready()
    with pytest.raises(wheel_recipients.CannotReceive):
        wheel_recipients.choose(actor(), wheel.key, other.slug)
    Wheel.update(unit=other, about=About.ANONYMOUS).where(Wheel.id == wheel.id).execute()
    assert why_not(wheel) == ("answers",)
    give_account(other)
    wheel_recipients.choose(actor(), wheel.key, other.slug)
    other.status = "dormant"
    other.save()
    assert why_not(wheel) == ("answers",)


def test_nothing_crosses_a_border_without_consent_unless_nobody_is_named(here):
    give_account(units()["other"])
    assert why_not(ready("other")) == ("consent",)
    assert why_not(ready("other", ALVA | {"group.label": "6 B"}, about=About.GROUP)) == ("consent",)
    assert informing.send(actor(), ready("other", about=About.ANONYMOUS).key).crosses
    wheel, today = ready("other"), clock.today()
    consent_taking.record(
        actor(),
        wheel=wheel,
        voices={who: consents.Voice("yes", "oral", today) for who in consents.WHO},
        units=[units()["other"]],
        information="Det som står i hjulet.",
        ends_on=today + timedelta(days=30),
    )
    assert informing.send(actor(), wheel.key).case_id


def test_a_wheel_can_be_taken_back_within_ten_minutes_and_is_then_a_draft_again(here, at):
    wheel = informing.send(actor(), ready().key)
    seal, start = wheel.case.seal, clock.now()
    at(start + timedelta(minutes=9))
    assert informing.undo(actor(), wheel.key).state == "draft"
    assert Case.select().count() == 0 and [row.seal for row in DoomedKey.select()] == [seal]
    assert Letter.get(Letter.template == "wheel_arrived").state == "stopped"
    assert drafts.find(actor(), wheel.key).texts["child.label"] == "Alva E"
    again = informing.send(actor(), wheel.key)
    assert Letter.select().where(Letter.template == "wheel_arrived", Letter.state == "queued").count() == 1
    at(start + timedelta(minutes=20))
    with pytest.raises(informing.TooLate):
        informing.undo(actor(), again.key)
    with pytest.raises(drafts.NotADraft):
        informing.undo(actor("bba"), again.key)


def test_what_has_been_received_is_not_taken_back(here):
    wheel = informing.send(actor(), ready().key)
    Case.update(state="received", received_at=clock.now()).where(Case.id == wheel.case_id).execute()
    assert not informing.may_undo(Wheel.get_by_id(wheel.id))
    with pytest.raises(informing.TooLate):
        informing.undo(actor(), wheel.key)
    assert Case.select().count() == 1 and Wheel.get_by_id(wheel.id).state == "sent"


def test_own_units_come_first_and_the_directory_says_who_answers(here):
    found = units()
    wheel = drafts.find(actor(), ready().key)
    shown = wheel_recipients.choices(wheel, actor(), found["other"].label)
    assert [each.row.id for each in shown.own] == [found["own"].id] and shown.own[0].answers
    far = next(each for each in shown.found if each.row.id == found["other"].id)
    assert far.crosses and not far.answers and far.phone
    where, every = wheel_recipients.where_to_tell(found["own"], "flen")
    assert (where.name, len(every)) == ("Flen", 9)
    assert wheel_recipients.where_to_tell(found["own"])[0].name == "Eskilstuna"

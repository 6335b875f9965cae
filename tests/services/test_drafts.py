"""Drafts of the wheel: two devices lose nothing, what is forgotten is forgotten with its key."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.case_keys import KeyGone
from tbb.database import case_keys, rows
from tbb.models import AuditRow, DoomedKey, Wheel, WheelField
from tbb.models.kinds import About
from tbb.policy import Refused
from tbb.services import actors, drafts, sealed_fields
from tbb.services.demo_cast import account_of
from tests.at_work import units

SEE = "area.halsa.see"


@pytest.fixture
def here(county):
    """The application's database, connected."""
    from tbb.database import connection

    with connection():
        yield county


def actor(persona: str = "personal"):
    """One of the cast, signed in with two factors."""
    return actors.of_account(account_of(persona), strong=True)


def begun(**more) -> Wheel:
    """A draft at the actor's own unit."""
    return drafts.begin(actor(), from_unit=units()["own"], **more)


def test_a_draft_begins_sealed_and_with_what_was_brought_from_the_talk(here):
    wheel = begun(
        levels={"halsa": "stod", "larande": "underbart", "påhitt": "bra"}, answers={"child.label": "Kaktusen"}
    )
    draft = drafts.find(actor(), wheel.key)
    assert draft.levels == {"halsa": "stod"} and draft.texts["child.label"] == "Kaktusen"
    assert b"Kaktusen" not in b"".join(bytes(body) for (body,) in rows("SELECT body FROM wheel_field"))
    assert drafts.find(actor("bba"), wheel.key) is None
    with pytest.raises(Refused):
        drafts.begin(actor("granne"), from_unit=units()["own"])
    with pytest.raises(drafts.NotADraft):
        drafts.save(actor("bba"), wheel.key, {SEE: "Inte min."})


def test_two_devices_lose_nothing(here):
    wheel = begun(answers={SEE: "Sover dåligt.", "area.hemmet.level": "bra"})
    phone = computer = drafts.find(actor(), wheel.key).seen
    first = drafts.save(actor(), wheel.key, {SEE: "Sover dåligt. Trött.", "area.hemmet.level": "uppm"}, phone)
    second = drafts.save(
        actor(),
        wheel.key,
        {SEE: "Sover dåligt.\r\nÄter lite.", "area.hemmet.level": "bra", "strengths": "Snäll."},
        computer,
    )
    both = "Sover dåligt. Trött.\nSover dåligt.\nÄter lite."
    texts = drafts.find(actor(), wheel.key).texts
    assert not first.merged and second.merged == {SEE: both} and texts[SEE] == both
    assert texts["area.hemmet.level"] == "uppm", "what was not touched on the computer is left as the phone has it"
    assert texts["strengths"] == "Snäll."
    # The one who has seen both may shorten, and an empty field that overtakes a text takes nothing away.
    third = drafts.save(actor(), wheel.key, {SEE: "Sover dåligt."}, phone | second.seen)
    assert not third.merged and drafts.find(actor(), wheel.key).texts[SEE] == "Sover dåligt."
    assert drafts.save(actor(), wheel.key, {SEE: ""}, phone).merged == {SEE: "Sover dåligt."}


def test_what_the_wheel_has_no_field_for_is_left_out(here):
    wheel = begun()
    answers = {"child.address": "Exempelvägen 3", "area.halsa.level": "dålig", "absence.back.text": "X", SEE: "Y"}
    assert drafts.save(actor(), wheel.key, answers).changed == (SEE,)
    assert drafts.save(actor(), begun(template="absence").key, answers).changed == ("absence.back.text", SEE)


def test_nobody_is_named_in_an_anonymous_consultation(here):
    wheel = begun(answers={"child.label": "Kim", "child.stage": "Årskurs 6", "told.child_says": "Ja", SEE: "Tyst."})
    drafts.set_about(actor(), wheel.key, About.ANONYMOUS)
    left = {field.name for field in WheelField.select().where(WheelField.wheel == wheel)}
    assert left == {SEE}
    assert drafts.save(actor(), wheel.key, {"child.label": "Kim", "group.label": "6 B"}).changed == ()


def test_the_audit_knows_of_the_writing_but_not_of_every_word(here, at):
    wheel, start = begun(), clock.now()
    for minute in (1, 2, 3, 15):
        at(start + timedelta(minutes=minute))
        drafts.save(actor(), wheel.key, {SEE: "x" * minute}, quiet=True)
    drafts.show_concern(actor(), wheel.key)
    found = [(row.action, row.fields) for row in AuditRow.select().where(AuditRow.thing_id == wheel.reference)]
    assert found == [("wheel:begin", ""), ("wheel:save", SEE), ("wheel:concern-shown", "")]


def test_drafts_are_forgotten_after_fourteen_days_with_their_keys(here, at):
    old, young, start = begun(answers={SEE: "Gammalt."}), begun(), clock.now()
    body = bytes(WheelField.get(WheelField.wheel == old).body)
    at(start + timedelta(days=13))
    drafts.save(actor(), young.key, {SEE: "Nytt."})
    assert drafts.forget_old() == 0 and {each.key for each in drafts.mine(actor())} == {old.key, young.key}
    at(start + timedelta(days=14, minutes=1))
    assert drafts.forget_old() == 1 and [each.key for each in drafts.mine(actor())] == [young.key]
    assert [row.seal for row in DoomedKey.select()] == [old.seal] and WheelField.select().count() == 1
    case_keys().destroy([old.seal])
    with pytest.raises(KeyGone):
        case_keys().open(old.seal, body, sealed_fields.place_of(old, SEE))


def test_what_is_thrown_away_is_gone(here):
    wheel = begun(answers={SEE: "Bort."})
    drafts.throw_away(actor(), wheel.key)
    assert drafts.find(actor(), wheel.key) is None and WheelField.select().count() == 0
    assert DoomedKey.get().seal == wheel.seal
    with pytest.raises(drafts.NotADraft):
        drafts.throw_away(actor(), wheel.key)

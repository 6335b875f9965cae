"""What is told of a plan: by the family through a link that shows nothing, and of services that do not take part."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import Account, AuditRow, Letter, OneTimeToken, PlanNote
from tbb.policy import Refused
from tbb.services import desk, letters, limits, plan_notes, plans
from tbb.services.demo_cast import account_of
from tests.at_work import units
from tests.services.plan_cast import held_meeting, planned, who

WORDS = "Ingen har ringt, kanariefågel."


@pytest.fixture
def plan(county):
    """A plan that the deputy of the sister unit leads."""
    with connection():
        yield planned(held_meeting())


def test_the_family_tells_and_the_samordningsperson_settles_it(plan):
    secret = plan_notes.new_link(who("ersattare"), plan)
    assert plan_notes.link_of(plan) == secret and len(secret.replace("-", "")) == 16
    assert plan_notes.leads_somewhere(secret.lower().replace("-", " "), "192.0.2.1"), "as it is written from a paper"
    note = plan_notes.tell(secret, words=WORDS, phone="070-174 06 05")
    sealed = PlanNote.get_by_id(note.id)
    assert WORDS.encode() not in bytes(sealed.body) and (sealed.kind, sealed.by_id) == ("family", None)
    (letter,) = Letter.select().where(Letter.template == "plan_told")
    assert letter.recipient == Account.get_by_id(account_of("ersattare")).email
    assert letters.facts_of(letter) == {"path": f"/planer/{plan.key}"}
    assert {each.what: each.count for each in desk.waiting(who("ersattare"))}["plan_told"] == 1
    (shown,) = plan_notes.of_plan(who("bba"), plan)
    assert (shown.text, shown.phone, shown.done) == (WORDS, "070-174 06 05", "")
    plan_notes.settle(who("ersattare"), plan, shown.key, "Ringde i dag.")
    assert plan_notes.of_plan(who("bba"), plan)[0].done == "Ringde i dag."
    with pytest.raises(plan_notes.NotThere):
        plan_notes.settle(who("bba"), plan, shown.key, "En gång till.")
    rows = AuditRow.select().where(AuditRow.action == "plan:told")
    assert [row.actor for row in rows] == ["public"]


@pytest.mark.parametrize("end", ["renewed", "ended", "plan ended", "old"])
def test_a_link_that_is_renewed_ended_or_old_leads_nowhere(plan, end, at):
    secret = plan_notes.new_link(who("ersattare"), plan)
    if end == "renewed":
        assert plan_notes.new_link(who("bba"), plan) != secret
    elif end == "ended":
        plan_notes.end_link(who("bba"), plan)
        assert plan_notes.link_of(plan) == ""
    elif end == "plan ended":
        plans.end(who("ersattare"), plan, "Klart.")
    else:
        at(clock.now() + plan_notes.LASTS + timedelta(minutes=1))
    assert not plan_notes.leads_somewhere(secret, "192.0.2.1")
    with pytest.raises(plan_notes.NoSuchLink):
        plan_notes.tell(secret, words="x", phone="")
    assert PlanNote.select().count() == 0


def test_nobody_finds_a_link_by_trying_and_nobody_floods(plan):
    secret = plan_notes.new_link(who("ersattare"), plan)
    for number in range(plan_notes.PER_HOUR):
        assert not plan_notes.leads_somewhere(f"AAAA-BBBB-CCCC-{number:04d}", "192.0.2.1")
    with pytest.raises(limits.TooOften):
        plan_notes.leads_somewhere(secret, "192.0.2.1")
    for number in range(plan_notes.PER_DAY):
        for _ in range(2):
            plan_notes.tell(secret, words=f"x{number}", phone="")
    assert PlanNote.select().count() == plan_notes.PER_DAY, "the same words that wait still are one"
    with pytest.raises(limits.TooOften):
        plan_notes.tell(secret, words="x", phone="")
    kept = OneTimeToken.get(OneTimeToken.purpose == plan_notes.PURPOSE)
    assert secret not in kept.digest and secret.encode() not in bytes(kept.payload)


def test_that_a_service_does_not_take_part_is_noted_and_read_by_two_alone(plan):
    plan_notes.deviate(who("bba"), plan, units()["other"].id, "Kom inte.")
    with pytest.raises(plan_notes.NotThere):
        plan_notes.deviate(who("bba"), plan, units()["own"].id + 999, "x")
    for persona in ("granne", "personal"):
        for ask in (lambda p: plan_notes.of_plan(who(p), plan), lambda p: plan_notes.new_link(who(p), plan)):
            with pytest.raises(Refused):
                ask(persona)
    (note,) = plan_notes.of_plan(who("ersattare"), plan)
    assert (note.kind, note.text, note.unit) == ("deviation", "Kom inte.", units()["other"].label)

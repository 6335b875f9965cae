"""The letters about who answers for what: neutral subjects, links of our own, and no name that is not the reader's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection, transaction
from tbb.models import Grant, Letter, Person, Responsibility, Unit
from tbb.services import (
    actors,
    appointing,
    confirmations,
    demo_cast,
    demo_responsibilities,
    gaps,
    handovers,
    letters,
)
from tbb.services.demo_responsibilities import STARTS
from tbb.web.letters import render

HOSTILE = "<script>alert(1)</script> -> Tryck | /ond"
WRITTEN = {
    "appointed",
    "appointed_notice",
    "responsibility_ending",
    "handover_to_confirm",
    "gap_unit",
    "gap_organizer",
    "gap_county",
    "confirm_entry",
    "confirm_reminder",
    "confirm_silence",
}


@pytest.fixture
def all_letters(county, at):
    """Every letter that this subject writes, about units with hostile names."""
    start = clock.now()
    with connection():
        head = Grant.get(Grant.duty == "unit_head")
        transaction(demo_responsibilities.play)()
        Unit.update(name=HOSTILE, display_name="").execute()
        Person.update(email="namn@skolan.example").where(Person.name == "Vera Skissberg").execute()
        lost = Unit.select().where(Unit.kind == "preschool").order_by(Unit.id.desc()).first()
        Responsibility.update(ends_on=clock.today()).where(Responsibility.unit == lost).execute()
        Grant.create(account=head.account, duty="unit_head", unit=lost, starts_on=clock.today(), given_at=start)
        _appoint(lost)
        for days in range(0, 80, 4):
            at(start + timedelta(days=days))
            gaps.watch()
            confirmations.watch(STARTS)
            handovers.remind()
        return list(Letter.select())


def _appoint(lost: Unit) -> None:
    actor = actors.of_account(demo_cast.account_of("enhetschef"))
    new = appointing.NewPerson(name=HOSTILE, phone="070-174 06 92", email="ny@skolan.example")
    draft = appointing.Draft("deputy", clock.today(), new=new)
    appointing.appoint(actor, lost, draft, appointing.plan(actor, lost, draft).mark)


def test_every_letter_is_in_words_that_do_no_harm(all_letters):
    assert {letter.template for letter in all_letters} >= WRITTEN
    with connection():
        names = {person.name for person in Person.select() if person.name and person.name != HOSTILE}
        for letter in all_letters:
            if letter.template not in WRITTEN:
                continue
            said = render(letter.template, letters.facts_of(letter), base_url="https://tbb.example")
            assert "script" not in said.subject and "\n" not in said.subject
            assert "<script" not in said.html and '/ond"' not in said.html, letter.template
            assert said.html.count("href=") <= 2 and "https://tbb.example/" in said.html
            assert not [name for name in names if name in said.text], letter.template

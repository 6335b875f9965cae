"""Ending and handing over: both confirm, nobody is forgotten, and what was planned can be called off."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb.models import ContactChange, EntryChange, Flag, Gap, Handover, Responsibility, TermConfirmation
from tbb.models.kinds import Role
from tbb.policy import Refused
from tbb.services import appointing, handovers, responsibilities
from tbb.services.appointing import Draft, Hindered, Mandated, NewPerson
from tbb.services.handovers import LEFT, TAKEN, AlreadyDone, NoSuccessor, NoteMissing
from tbb.services.responsibilities import Ending
from tests import make
from tests.services import town as town_
from tests.services.town import NOON, TODAY, account, acting, told

DAY = timedelta(days=1)
BY_POSITION = Mandated("decision_maker")


@pytest.fixture
def town(db, at):
    """The town, with a BBA and a deputy who have accounts."""
    at(NOON)
    unit = town_.build()
    unit.bba = make.responsible(unit, make.person(email="helena@skolan.example"))
    unit.deputy = make.responsible(unit, make.person("Omar Provberg"), role="deputy")
    account("helena", person=unit.bba.person)
    account("omar", person=unit.deputy.person)
    return unit


def end(unit, ends_on=TODAY, deputy=None, mandated=BY_POSITION, who="chef") -> Handover | None:
    """End the BBA's responsibility."""
    part = responsibilities.find(acting(who), unit.slug, unit.bba.id)
    return responsibilities.end(acting(who), part, Ending(ends_on, "new_work", deputy, mandated))


def appoint(unit, starts_on) -> Responsibility:
    """Let Vera begin on a day."""
    draft = Draft(Role.BBA, starts_on, mandated=BY_POSITION, new=NewPerson(name="Vera", phone="070-174 06 91"))
    plan = appointing.plan(acting("chef"), unit, draft)
    return appointing.appoint(acting("chef"), unit, draft, plan.mark)[0]


def shown(who: str, unit) -> handovers.Shown:
    """The handover as somebody sees it."""
    return handovers.show(acting(who), unit.slug)


def test_the_end_opens_a_handover_and_foresees_the_gap(town):
    opened = end(town, TODAY + 5 * DAY)
    assert Responsibility.get_by_id(town.bba.id).ends_on == TODAY + 5 * DAY
    assert (opened.coming_id, opened.due_on, opened.reason) == (None, TODAY + 19 * DAY, "new_work")
    assert Gap.get().since == TODAY + 6 * DAY
    assert told("responsibility_ending", "gap_unit") == [("responsibility_ending", "helena"), ("gap_unit", "chef")]
    assert EntryChange.get(EntryChange.what == "end").after.count("2026-09-06") == 1


def test_a_deputy_becomes_the_acting_bba_with_a_mandate_and_both_confirm(town):
    with pytest.raises(Hindered, match="mandate"):
        end(town, deputy=town.deputy.id, mandated=Mandated())
    assert Responsibility.get_by_id(town.bba.id).ends_on is None
    opened = end(town, deputy=town.deputy.id)
    coming = opened.coming
    assert opened.acting and (coming.role, coming.starts_on) == ("bba", TODAY + DAY)
    assert not Gap.select().exists()
    assert not handovers.confirm(acting("helena"), town.slug, opened.id, LEFT)
    assert handovers.confirm(acting("omar"), town.slug, opened.id, TAKEN)
    closed = Handover.get()
    assert closed.closed_at == NOON and closed.left_by.key == "helena" and closed.taken_by.key == "omar"
    with pytest.raises(AlreadyDone):
        handovers.confirm(acting("omar"), town.slug, opened.id, TAKEN)


def test_a_successor_appointed_later_takes_over_the_open_handover(town):
    opened = end(town, TODAY + 5 * DAY)
    with pytest.raises(NoSuccessor):
        handovers.confirm(acting("chef"), town.slug, opened.id, TAKEN)
    part = appoint(town, TODAY + 6 * DAY)
    assert Handover.get().coming_id == part.id and not Gap.select().exists()
    assert shown("chef", town).taken.name == "Vera"


def test_the_head_may_confirm_for_somebody_with_a_note_but_not_early(town, at):
    part = appoint(town, TODAY + 3 * DAY)
    number = Handover.get().id
    with pytest.raises(NoteMissing):
        handovers.confirm(acting("chef"), town.slug, number, LEFT)
    handovers.confirm(acting("chef"), town.slug, number, LEFT, "Har slutat.")
    with pytest.raises(Refused):
        handovers.confirm(acting("chef"), town.slug, number, TAKEN, "Börjar snart.")
    at(NOON + 3 * DAY)
    assert handovers.confirm(acting("admin"), town.slug, number, TAKEN, "På kurs.")
    seen = shown("chef", town)
    assert (seen.left.by, seen.left.note, seen.taken.by) == ("Chef", "Har slutat.", "Admin")
    assert seen.closed_at and part.id == Handover.get().coming_id


@pytest.mark.parametrize(("who", "side"), [("omar", LEFT), ("omar", TAKEN), ("helena", TAKEN), ("lan", LEFT)])
def test_nobody_confirms_what_is_not_theirs(town, who, side):
    appoint(town, TODAY + DAY)
    with pytest.raises(Refused):
        handovers.confirm(acting(who), town.slug, Handover.get().id, side, "Jag vill.")
    assert Handover.get().left_at is None and Handover.get().taken_at is None


def test_strangers_find_no_handover(town):
    account("granne", "organizer_admin", organizer=make.organizer("Granne"))
    end(town)
    assert shown("granne", town) is None and handovers.waiting(acting("granne")) == []
    with pytest.raises(AlreadyDone):
        handovers.confirm(acting("granne"), town.slug, Handover.get().id, LEFT, "x")
    assert [one.label for one in handovers.waiting(acting("admin"))] == [town.name]


def test_what_is_open_is_counted_now_and_kept_when_it_closes(town):
    ContactChange.create(
        unit=town, person=town.bba.person, before="{}", after="{}", proposed_at=NOON, due_at=NOON + DAY
    )
    flag = Flag.create(unit=town, message="Se över numret", raised_at=NOON)
    Flag.create(unit=town, message="Löst", raised_at=NOON, settled_at=NOON)
    TermConfirmation.create(responsibility=town.bba, term="HT2026", asked_at=NOON)
    end(town, deputy=town.deputy.id)
    assert [number for number, _words in shown("chef", town).open] == [1, 1, 1]
    flag.delete_instance()
    handovers.confirm(acting("helena"), town.slug, Handover.get().id, LEFT)
    handovers.confirm(acting("omar"), town.slug, Handover.get().id, TAKEN)
    ContactChange.delete().execute()
    assert [words for _number, words in shown("chef", town).open] == [
        "obesvarad fråga om uppgifterna stämmer",
        "ändring av kontaktuppgifter som väntar",
    ]


def test_reminders_go_to_those_who_owe_and_then_further_up_once_each(town, at):
    opened = end(town, TODAY + 5 * DAY)
    for day in range(45):
        at(NOON + day * DAY)
        handovers.remind()
        handovers.remind()
    due = (opened.due_on - TODAY).days
    assert due == 19
    # Helena is gone by then, so the head is asked at once, and again after a week; then the organizer.
    assert told("handover_to_confirm") == [
        ("handover_to_confirm", "chef"),
        ("handover_to_confirm", "chef"),
        ("handover_to_confirm", "admin"),
    ]
    assert Handover.get().reminders == 3


def test_whoever_is_still_here_is_reminded_themselves(town, at):
    opened = end(town, TODAY, deputy=town.deputy.id)
    handovers.confirm(acting("helena"), town.slug, opened.id, LEFT)
    at(NOON + 14 * DAY)
    before = len(told("handover_to_confirm"))
    handovers.remind()
    assert told("handover_to_confirm")[before:] == [("handover_to_confirm", "omar")]


def test_a_planned_change_can_be_called_off_and_all_is_as_before(town):
    Responsibility.update(ends_on=TODAY + 300 * DAY).where(Responsibility.id == town.bba.id).execute()
    part = appoint(town, TODAY + 3 * DAY)
    responsibilities.call_off(acting("chef"), responsibilities.find(acting("chef"), town.slug, part.id))
    assert Responsibility.get_by_id(town.bba.id).ends_on == TODAY + 300 * DAY
    assert not Handover.select().exists() and not Gap.select().exists()


def test_what_has_begun_cannot_be_called_off(town):
    with pytest.raises(Hindered):
        responsibilities.call_off(acting("chef"), responsibilities.find(acting("chef"), town.slug, town.bba.id))


@pytest.mark.parametrize("ends_on", [TODAY - 2 * DAY, TODAY + 800 * DAY])
def test_a_last_day_out_of_reach_is_refused(town, ends_on):
    with pytest.raises(Hindered, match="ends_on"):
        end(town, ends_on)
    assert not Handover.select().exists()


def test_a_last_day_after_the_successor_begins_is_refused(town):
    appoint(town, TODAY + 10 * DAY)
    with pytest.raises(Hindered, match="ends_on"):
        end(town, TODAY + 10 * DAY)
    end(town, TODAY + 5 * DAY)
    assert Handover.select().count() == 1 and Handover.get().coming is not None


def test_a_deputys_end_opens_no_handover(town):
    part = responsibilities.find(acting("chef"), town.slug, town.deputy.id)
    assert responsibilities.end(acting("chef"), part, Ending(TODAY, "other")) is None
    assert Responsibility.get_by_id(town.deputy.id).ends_on == TODAY and not Handover.select().exists()


def test_absence_is_set_by_the_bba_and_taken_back(town):
    part = responsibilities.find(acting("helena"), town.slug, town.bba.id)
    responsibilities.set_absence(acting("helena"), part, TODAY, TODAY + 3 * DAY)
    assert responsibilities.overview(acting("helena"), town.slug).bba.away
    for away in ((None, TODAY), (TODAY, TODAY - DAY), (TODAY - 5 * DAY, TODAY - DAY)):
        with pytest.raises(Hindered):
            responsibilities.set_absence(acting("helena"), part, *away)
    responsibilities.set_absence(acting("helena"), part, None, None)
    assert not responsibilities.overview(acting("helena"), town.slug).bba.away
    with pytest.raises(Refused):
        responsibilities.set_absence(acting("omar"), part, TODAY, None)


def test_mandate_and_days_are_changed_by_those_who_appoint(town):
    bba, deputy = (responsibilities.find(acting("chef"), town.slug, one.id) for one in (town.bba, town.deputy))
    responsibilities.change_mandate(acting("chef"), bba, Mandated("delegated", "Rektor Eva", TODAY))
    assert Responsibility.get_by_id(bba.id).mandate_by == "Rektor Eva"
    responsibilities.change_period(acting("chef"), deputy, deputy.starts_on, TODAY + DAY)
    assert Responsibility.get_by_id(deputy.id).ends_on == TODAY + DAY
    with pytest.raises(Hindered):
        responsibilities.change_mandate(acting("chef"), bba, Mandated("delegated"))
    with pytest.raises(Hindered):
        responsibilities.change_period(acting("chef"), bba, TODAY, None)
    with pytest.raises(Refused):
        responsibilities.change_mandate(acting("helena"), bba, BY_POSITION)

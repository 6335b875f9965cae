"""Appointing: one BBA at a time with a mandate, planned ahead, told to those it concerns, and won by one of two."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tbb.database import connection
from tbb.models import Account, AuditRow, EntryChange, Gap, Handover, Letter, Person, Responsibility, Unit
from tbb.models.kinds import Role
from tbb.policy import RULES, Permission, Refused
from tbb.services import appointing, gaps, letters, search, versions
from tbb.services.appointing import Changed, Draft, Hindered, Mandated, NewPerson
from tests import make
from tests.services import town as town_
from tests.services.town import NOON, TODAY, account, acting, told

BY_POSITION = Mandated("decision_maker")
VERA = NewPerson(name="Vera Skissberg", title="Rektor", phone="070-174 06 91", email="vera@skolan.example")
SOON = TODAY + timedelta(days=30)


@pytest.fixture
def town(db, at):
    """The town on a Tuesday at noon."""
    at(NOON)
    return town_.build()


def appoint(who: str, unit: Unit, draft: Draft) -> list[Responsibility]:
    """Look at the plan and carry it out."""
    plan = appointing.plan(acting(who), unit, draft)
    return appointing.appoint(acting(who), unit, draft, plan.mark)


def new(**more) -> Draft:
    """Vera from today."""
    return Draft(**{"role": Role.BBA, "starts_on": TODAY, "mandated": BY_POSITION, "new": VERA} | more)


def test_a_first_bba_is_in_the_directory_and_the_gap_is_gone(town):
    gaps.watch()
    version = versions.current(versions.DIRECTORY)
    (part,) = appoint("chef", town, new())
    assert (part.person.name, part.mandate, part.confirmed_on) == ("Vera Skissberg", "decision_maker", TODAY)
    assert not Gap.select().exists()
    assert versions.current(versions.DIRECTORY) > version
    assert search.find("skissberg", today=TODAY).rows[0].slug == town.slug
    row = AuditRow.get(AuditRow.action == "bba:appoint")
    assert (row.thing_id, row.unit, row.organizer) == (str(part.id), town.id, town.organizer_id)
    assert "Vera" not in row.fields and "Skissberg" in EntryChange.get(EntryChange.what == "appoint").after


def test_a_change_is_planned_ahead_and_the_present_one_ends_the_day_before(town):
    old = make.responsible(town, make.person(email="helena@skolan.example"))
    plan = appointing.plan(acting("chef"), town, new(starts_on=SOON))
    assert (plan.steps[0].replaces.id, plan.steps[0].last_day) == (old.id, SOON - timedelta(days=1))
    assert Responsibility.get().ends_on is None
    (part,) = appoint("chef", town, new(starts_on=SOON))
    assert Responsibility.get_by_id(old.id).ends_on == SOON - timedelta(days=1)
    opened = Handover.get()
    assert (opened.leaving_id, opened.coming_id, opened.earlier_end) == (old.id, part.id, None)
    assert part.confirmed_on == SOON
    assert told("responsibility_ending", "handover_to_confirm") == [
        ("responsibility_ending", "helena"),
        ("handover_to_confirm", "vera"),
    ]


@pytest.mark.parametrize(
    ("ends_on", "starts_on", "field"),
    [
        (None, TODAY - timedelta(days=10), "starts_on"),
        (None, TODAY - timedelta(days=20), "starts_on"),
        (SOON, TODAY - timedelta(days=10), "starts_on"),
    ],
)
def test_whoever_began_that_day_or_later_stands_in_the_way(town, ends_on, starts_on, field):
    make.responsible(town, starts_on=TODAY - timedelta(days=10), ends_on=ends_on)
    with pytest.raises(Hindered) as problem:
        appointing.plan(acting("chef"), town, new(starts_on=starts_on))
    assert problem.value.field == field and "Helena Exempelsson" in problem.value.sentence


def test_a_planned_successor_stands_in_the_way_too(town):
    make.responsible(town)
    appoint("chef", town, new(starts_on=SOON))
    with pytest.raises(Hindered, match="starts_on"):
        appointing.plan(acting("chef"), town, new(new=replace(VERA, email="a@b.example"), starts_on=SOON))
    with pytest.raises(Hindered):
        appointing.plan(acting("chef"), town, new(new=replace(VERA, email="a@b.example"), ends_on=None))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"mandated": Mandated()}, "mandate"),
        ({"mandated": Mandated("delegated")}, "mandate_by"),
        ({"mandated": Mandated("delegated", "Rektor")}, "mandate_on"),
        ({"mandated": Mandated("delegated", "Rektor", SOON)}, "mandate_on"),
        ({"starts_on": TODAY - timedelta(days=91)}, "starts_on"),
        ({"starts_on": TODAY + timedelta(days=732)}, "starts_on"),
        ({"ends_on": TODAY - timedelta(days=1)}, "ends_on"),
        ({"starts_on": SOON, "ends_on": SOON - timedelta(days=1)}, "ends_on"),
        ({"new": replace(VERA, phone="", email="")}, "phone"),
        ({"new": None, "person": 999}, "person"),
        ({"also": ("finns-inte",)}, "also"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_changes_nothing(town, change, field):
    with pytest.raises(Hindered) as problem:
        appoint("chef", town, replace(new(), **change))
    assert problem.value.field == field and problem.value.sentence.endswith(".")
    assert not (Responsibility.select().exists() or Person.select().exists() or Letter.select().exists())


def test_an_address_that_somebody_here_has_leads_to_that_person(town):
    make.responsible(town, make.person(email="VERA@skolan.example"))
    with pytest.raises(Hindered, match="email"):
        appointing.plan(acting("chef"), town, new(starts_on=SOON))


def test_a_deputy_needs_no_mandate_and_stands_beside_the_bba(town):
    make.responsible(town)
    (part,) = appoint("chef", town, new(role=Role.DEPUTY, mandated=Mandated()))
    assert (part.role, part.mandate) == ("deputy", "") and not Handover.select().exists()


def test_with_a_protected_identity_only_function_and_switchboard_are_kept(town):
    hidden = NewPerson(protected=True, function_name="Ansvarig på skolan", switchboard="08-465 004 10")
    appoint("chef", town, new(new=hidden, invite=True, account_email="skyddad@tbb.example"))
    person = Person.get()
    assert (person.name, person.phone, person.email, person.label) == ("", "", "", "Ansvarig på skolan")
    assert Account.get(Account.email == "skyddad@tbb.example").person_id == person.id


def test_one_person_in_several_units_happens_in_all_or_none(town):
    two, three = (make.unit(name, organizer=town.organizer) for name in ("Två", "Tre"))
    wanted = new(also=(two.slug, three.slug))
    assert [choice.value for choice in appointing.other_units(acting("admin"), town)] == [three.slug, two.slug]
    assert appointing.other_units(acting("chef"), town) == []
    with pytest.raises(Hindered):
        appoint("chef", town, wanted)
    blocked = make.responsible(three, starts_on=TODAY)
    with pytest.raises(Hindered):
        appoint("admin", town, wanted)
    assert Responsibility.select().count() == 1
    blocked.delete_instance()
    assert len(appoint("admin", town, wanted)) == 3
    assert Person.select().where(Person.name == VERA.name).count() == 1
    assert letters.facts_of(Letter.get(Letter.template == "appointed"))["units"] == ["Näckrosskolan", "Två", "Tre"]


def test_an_account_is_invited_or_tied_so_that_the_duty_follows(town):
    appoint("chef", town, new(invite=True))
    invited = Account.get(Account.email == VERA.email)
    assert invited.state == "invited" and invited.person.name == VERA.name
    known = account("karin")
    appoint("chef", town, new(role=Role.DEPUTY, new=replace(VERA, name="Karin", email=known.email)))
    assert Account.get_by_id(known.id).person.name == "Karin"
    assert acting("karin").units("deputy") == {town.id}


def test_an_address_one_types_is_not_tied_to_somebody_who_also_answers_out_of_reach(town):
    elsewhere = make.unit("Långt bort", organizer=make.organizer("Granne"))
    shared = make.responsible(elsewhere, make.person("Delad Exempelsson", email="delad@granne.example")).person
    make.responsible(town, shared, "holiday")
    thief = account("tjuven")
    draft = new(role=Role.DEPUTY, new=None, person=shared.id, invite=True, account_email=thief.email)
    appoint("chef", town, draft)
    assert Account.get_by_id(thief.id).person is None and not acting("tjuven").held
    assert Account.get(Account.person == shared).email == "delad@granne.example"


def test_a_new_public_address_is_told_to_somebody_else_who_answers_for_the_unit(town):
    appoint("chef", town, new())
    assert told("appointed", "appointed_notice") == [("appointed", "vera"), ("appointed_notice", "admin")]
    facts = letters.facts_of(Letter.get(Letter.template == "appointed_notice"))
    assert not {"Vera", "070-174 06 91", VERA.email} & set(map(str, facts.values()))
    person = Person.get()
    other = make.unit("Två", organizer=town.organizer)
    appoint("admin", other, new(new=None, person=person.id))
    assert told("appointed_notice") == [("appointed_notice", "admin")]


def test_where_nobody_else_answers_the_units_own_address_is_told(town):
    Account.update(state="disabled").where(Account.key == "admin").execute()
    appoint("chef", town, new())
    assert told("appointed_notice") == [("appointed_notice", "info")]


def test_only_those_who_keep_the_unit_may_appoint(town):
    account("granne", "organizer_admin", organizer=make.organizer("Granne"))
    part = make.responsible(town)
    account("helena", person=part.person)
    for name in ("granne", "lan", "helena"):
        with pytest.raises(Refused):
            appointing.plan(acting(name), town, new(starts_on=SOON))
    given = {rule.__name__.removeprefix("is_") for rule in RULES[Permission.APPOINT]}
    assert given == {duty.value for duty in appointing.APPOINTERS}


def test_what_has_changed_since_the_look_is_looked_at_again(town):
    draft = new(starts_on=SOON)
    mark = appointing.plan(acting("chef"), town, draft).mark
    make.responsible(town)
    with pytest.raises(Changed):
        appointing.appoint(acting("chef"), town, draft, mark)
    assert Responsibility.select().count() == 1 and not Handover.select().exists()


@pytest.mark.parametrize("replaced", [True, False])
def test_of_two_who_appoint_at_once_exactly_one_does(town, replaced):
    if replaced:
        make.responsible(town)
    drafts = [
        new(
            new=replace(VERA, name=f"Person {number}", email=f"p{number}@tbb.example"),
            starts_on=SOON + timedelta(number),
        )
        for number in range(4)
    ]
    plans = [appointing.plan(acting("chef"), town, draft).mark for draft in drafts]
    actor, ready, outcomes = acting("chef"), threading.Barrier(4, timeout=10), []

    def race(draft: Draft, mark: str) -> None:
        with connection():
            ready.wait()
            try:
                appointing.appoint(actor, town, draft, mark)
                outcomes.append("done")
            except (Hindered, Changed) as problem:
                outcomes.append(type(problem).__name__)

    threads = [threading.Thread(target=race, args=pair) for pair in zip(drafts, plans, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes)[-1] == "done" and outcomes.count("done") == 1 and len(outcomes) == 4
    assert Responsibility.select().count() == 1 + replaced
    assert Person.select().where(Person.name.startswith("Person")).count() == 1


def test_the_databases_own_no_is_said_in_words(town):
    make.responsible(town, starts_on=date(2026, 8, 1))
    with pytest.raises(Hindered, match="starts_on") as problem:
        appointing.begin_one(town, make.person("Vera Skissberg"), Role.BBA, TODAY, None, BY_POSITION)
    assert "Någon annan" in problem.value.sentence
    assert Responsibility.select().count() == 1

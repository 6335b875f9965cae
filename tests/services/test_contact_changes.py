"""Nobody alone changes a public phone or e-mail at once: a second person does, or a day that everybody is told of."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from tbb.models import Account, AuditRow, ContactChange, EntryChange, Grant, Person, Responsibility, Unit
from tbb.models.kinds import Duty
from tbb.policy import Refused
from tbb.services import contact_changes, search, versions
from tbb.services.contact_people import SharedPerson
from tests import make
from tests.services.keeping_cast import account, acting, all_at_once, assemble, letters_of

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NEW = {"phone": "08-465 004 77"}


@pytest.fixture
def cast(db, at):
    at(NOON)
    made = assemble()
    search.reindex()
    return made


def unit_phone(cast) -> str:
    return Unit.get_by_id(cast.unit.id).phone


def propose(cast, who, values=None, person=None):
    return contact_changes.propose(acting(who), cast.unit, values or NEW, person)


@pytest.mark.parametrize("who", ["head", "admin", "bba"])
@pytest.mark.parametrize("field", ["phone", "email"])
@pytest.mark.parametrize("whose", ["unit", "person"])
def test_no_single_person_changes_a_public_contact_at_once(cast, who, field, whose):
    value = {"phone": "070-174 06 66", "email": "ny@exempelby.example"}[field]
    before = (Unit.get().phone, Unit.get().email, Person.get().phone, Person.get().email)
    change = propose(cast, getattr(cast, who), {field: value}, cast.person if whose == "person" else None)
    assert (Unit.get().phone, Unit.get().email, Person.get().phone, Person.get().email) == before
    with pytest.raises(Refused):
        contact_changes.approve(acting(getattr(cast, who)), cast.unit, change.id)
    assert contact_changes.apply_due() == 0
    assert ContactChange.get().state == "waiting"


@pytest.mark.parametrize("who", ["deputy", "county", "stranger"])
def test_who_does_not_own_the_entry_proposes_approves_and_stops_nothing(cast, who):
    actor = acting(getattr(cast, who))
    with pytest.raises(Refused):
        contact_changes.propose(actor, cast.unit, NEW)
    change = propose(cast, cast.head)
    for act in (contact_changes.approve, contact_changes.stop):
        with pytest.raises(Refused):
            act(actor, cast.unit, change.id)
    assert ContactChange.get().state == "waiting"


def test_a_second_person_lets_it_count_at_once_and_everything_follows(cast):
    change, version = propose(cast, cast.head, {"phone": "08-465 004 77"}), versions.current(versions.DIRECTORY)
    contact_changes.approve(acting(cast.admin), cast.unit, change.id)
    assert unit_phone(cast) == "08-465 004 77"
    assert versions.current(versions.DIRECTORY) == version + 1
    assert json.loads(Unit.get_by_id(cast.unit.id).provenance) == {"phone": "hand"}
    written = EntryChange.get()
    assert (json.loads(written.before), json.loads(written.after)) == ({"phone": "08-465 004 10"}, NEW)
    assert written.by == "Hugo Exempelholm, administratör, godkände förslag av Eva Testborg, enhetschef"
    actions = [row.action for row in AuditRow.select().order_by(AuditRow.id)]
    assert actions == ["contact:propose", "contact:apply"]
    assert "004 77" not in repr([(row.fields, row.note) for row in AuditRow.select()])


def test_after_a_day_it_counts_by_itself_and_not_a_minute_before(cast, at):
    propose(cast, cast.bba, {"email": "ny@exempelby.example"}, cast.person)
    at(NOON + timedelta(hours=23, minutes=59))
    assert contact_changes.apply_due() == 0
    at(NOON + timedelta(hours=24))
    assert contact_changes.apply_due() == 1
    assert Person.get_by_id(cast.person.id).email == "ny@exempelby.example"
    assert contact_changes.apply_due() == 0
    assert EntryChange.get().by == "Helena Exempelsson, Barnets bästa-ansvarig, efter ett dygn"
    assert json.loads(Unit.get_by_id(cast.unit.id).provenance) == {"bba": "hand"}


def test_the_old_and_the_new_address_and_the_second_persons_are_told_without_what_it_says(cast):
    change = propose(cast, cast.head, {"email": "ny@exempelby.example"})
    told = letters_of("contact_change_waiting")
    assert set(told) == {"skolan@exempelby.example", "ny@exempelby.example", cast.admin.email, cast.bba.email}
    for facts in told.values():
        assert facts["path"] == f"/arbetsyta/verksamheter/{cast.unit.slug}/andringar/{change.id}"
        assert facts["when"] == "2026-11-24 kl. 13.00"
        assert "ny@exempelby.example" not in facts.values()
    contact_changes.approve(acting(cast.admin), cast.unit, change.id)
    assert set(letters_of("contact_change_done")) == {"skolan@exempelby.example", "ny@exempelby.example"}


def test_a_stopped_change_never_counts_and_who_began_it_is_told(cast, at):
    change = propose(cast, cast.head)
    contact_changes.stop(acting(cast.bba), cast.unit, change.id)
    at(NOON + timedelta(days=2))
    assert contact_changes.apply_due() == 0 and unit_phone(cast) == "08-465 004 10"
    assert set(letters_of("contact_change_stopped")) == {"skolan@exempelby.example", cast.head.email}


def test_who_began_may_stop_too(cast):
    contact_changes.stop(acting(cast.head), cast.unit, propose(cast, cast.head).id)
    assert ContactChange.get().state == "stopped"


@pytest.mark.parametrize("loses", ["disabled", "duty"])
def test_what_somebody_began_who_has_lost_the_right_is_stopped(cast, at, loses):
    propose(cast, cast.head)
    if loses == "disabled":
        Account.update(state="disabled").where(Account.id == cast.head.id).execute()
    else:
        Grant.update(ended_at=NOON).where(Grant.account == cast.head.id).execute()
    at(NOON + timedelta(hours=25))
    assert contact_changes.apply_due() == 0
    assert (ContactChange.get().state, unit_phone(cast)) == ("stopped", "08-465 004 10")


def test_a_newer_change_of_a_field_replaces_the_older_and_leaves_its_other_fields(cast):
    first = propose(cast, cast.head, {"phone": "08-465 004 71", "email": "ett@exempelby.example"})
    second = propose(cast, cast.admin, {"phone": "08-465 004 72"})
    assert json.loads(ContactChange.get_by_id(first.id).after) == {"email": "ett@exempelby.example"}
    third = propose(cast, cast.bba, {"email": "tva@exempelby.example"})
    states = [ContactChange.get_by_id(change.id).state for change in (first, second, third)]
    assert states == ["stopped", "waiting", "waiting"]


def test_the_same_again_and_what_stands_already_make_no_new_change(cast):
    assert propose(cast, cast.head, {"phone": "08-465 004 10"}) is None
    propose(cast, cast.head)
    assert propose(cast, cast.head) is None
    assert ContactChange.select().count() == 1


def test_nobody_is_left_without_a_way_to_be_reached(cast):
    with pytest.raises(contact_changes.NoContactLeft):
        propose(cast, cast.head, {"phone": "", "email": ""}, cast.person)
    propose(cast, cast.head, {"phone": ""}, cast.person)
    with pytest.raises(contact_changes.NoContactLeft):
        propose(cast, cast.admin, {"email": ""}, cast.person)


def test_a_protected_person_gets_no_phone_of_their_own_but_a_switchboard_after_the_hold(cast):
    hidden = Person.create(protected=True, function_name="BBA på skolan", switchboard="08-465 004 01")
    Responsibility.update(person=hidden).where(Responsibility.id == cast.part.id).execute()
    for field, value in (("phone", "070-174 06 66"), ("email", "x@exempelby.example")):
        with pytest.raises(contact_changes.Protected):
            propose(cast, cast.head, {field: value}, hidden)
    change = propose(cast, cast.head, {"switchboard": "08-465 004 02"}, hidden)
    assert Person.get_by_id(hidden.id).switchboard == "08-465 004 01"
    contact_changes.approve(acting(cast.admin), cast.unit, change.id)
    assert Person.get_by_id(hidden.id).switchboard == "08-465 004 02"


def test_who_reaches_only_one_of_a_persons_units_leaves_their_contact_alone(cast):
    elsewhere = make.unit("Bergskolan", organizer=make.organizer("Bergby kommun"))
    make.responsible(elsewhere, cast.person)
    for who in (cast.head, cast.admin):
        with pytest.raises(SharedPerson):
            propose(cast, who, {"phone": "070-174 06 66"}, cast.person)
    own = propose(cast, cast.bba, {"phone": "070-174 06 66"}, cast.person)
    contact_changes.approve(acting(cast.head), cast.unit, own.id)
    assert sorted(change.unit_id for change in EntryChange.select()) == sorted([cast.unit.id, elsewhere.id])


def test_a_person_of_another_unit_is_refused(cast):
    with pytest.raises(Refused):
        propose(cast, cast.head, {"phone": "070-174 06 66"}, make.person("Någon Annan"))


def test_a_change_of_another_unit_is_not_found(cast):
    other = make.unit("Bergskolan", organizer=cast.organizer)
    with pytest.raises(ContactChange.DoesNotExist):
        contact_changes.approve(acting(cast.admin), other, propose(cast, cast.head).id)


@pytest.mark.parametrize("phone", ["08-465 004 81", "08-465 004 82", "08-465 004 83"])
def test_of_approving_and_stopping_at_once_exactly_one_wins(cast, phone):
    second = account("Anna Exempelholm", duty=Duty.ORGANIZER_ADMIN, organizer=cast.organizer)
    change = propose(cast, cast.head, {"phone": phone})
    approvers = [acting(who) for who in (cast.admin, cast.bba, second)]
    acts = [partial(contact_changes.approve, who, cast.unit, change.id) for who in approvers]
    found = all_at_once(*acts, partial(contact_changes.stop, approvers[0], cast.unit, change.id))
    assert sum(isinstance(one, contact_changes.AlreadySettled) for one in found) == 3, found
    applied = ContactChange.get().state == "applied"
    assert (unit_phone(cast) == phone) == applied
    assert EntryChange.select().count() == applied


def test_two_workers_apply_a_due_change_once(cast, at):
    propose(cast, cast.head)
    at(NOON + timedelta(hours=25))
    assert sorted(all_at_once(contact_changes.apply_due, contact_changes.apply_due)) == [0, 1]
    assert EntryChange.select().count() == 1

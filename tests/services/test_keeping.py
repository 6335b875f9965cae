"""An entry is seen and changed by those whose it is, what a hand set is kept, and a protected name leaves no trace."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tbb.database import connection, on_postgresql, rows, run
from tbb.models import (
    Account,
    ContactChange,
    EntryChange,
    Flag,
    Letter,
    Municipality,
    Organizer,
    Person,
    Responsibility,
    Unit,
    Upload,
)
from tbb.models.kinds import Duty
from tbb.policy import COMMAND, VISITOR, Permission, Refused, may
from tbb.services import (
    contact_changes,
    demo_cast,
    entries,
    faults,
    flags,
    keeping,
    protecting,
    search,
    shelf,
    versions,
)
from tbb.services.actors import of_account
from tbb.services.registers import apply_plan, make_plan, read_bytes
from tests import make
from tests.services import registers_samples as samples
from tests.services.keeping_cast import account, acting, assemble

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
STARTS = ((1, 10), (8, 20))
CANARY = "Kanarina Hemligsson"


@pytest.fixture
def cast(db, at):
    at(NOON)
    made = assemble()
    search.reindex()
    return made


def listed(who, **wanted):
    return entries.listed(acting(who), entries.Wanted(**wanted), STARTS)


def labels(found) -> list[str]:
    return [row.label for row in found.rows]


# Whose


SEES_NONE = {"personal", "delegerad", "kommunikator", "styrgrupp", "loggranskare", "dataskyddsombud", "drift"}


def test_the_shelves_let_through_just_what_the_policy_does(county):
    with connection():
        units = list(Unit.select())
        for key in (persona.key for persona in demo_cast.CAST):
            actor = of_account(demo_cast.account_of(key), strong=True)
            for duties, permission in (
                (shelf.KEEPERS, Permission.READ_ENTRY),
                (faults.READERS, Permission.READ_FAULTS),
                (shelf.OWNERS, Permission.APPOINT),
            ):
                where, params = shelf.units(actor, duties)
                through = {number for (number,) in rows(f"SELECT u.id FROM unit u WHERE {where}", params)}
                allowed = {unit.id for unit in units if may(actor, permission, shelf.place_of(unit))}
                assert through == allowed, (key, permission)
            assert bool(shelf.units(actor)[0] != "1 = 0") == (key not in SEES_NONE), key


def test_a_visitor_and_who_is_halfway_see_no_shelf_at_all(cast):
    halfway = of_account(cast.head.id, halfway=True)
    for actor in (VISITOR, COMMAND, halfway):
        assert shelf.units(actor) == ("1 = 0", [])
        assert shelf.unit(actor, cast.unit.slug) is None


def test_each_sees_their_own_units_in_the_list(cast):
    assert labels(listed(cast.head)) == labels(listed(cast.bba)) == labels(listed(cast.deputy)) == ["Näckrosskolan"]
    assert labels(listed(cast.stranger)) == ["Grannskolan"]
    assert labels(listed(cast.county)) == ["Grannskolan", "Näckrosskolan"]
    assert entries.entry(acting(cast.stranger), cast.unit.slug, STARTS) is None


# The list


def test_the_list_finds_by_name_place_and_person_and_takes_signs_as_they_are(cast):
    for words in ("näckros", "NACKROS", "exempelby", "helena", "helena näck"):
        assert "Näckrosskolan" in labels(listed(cast.county, words=words)), words
    for words in ("xyzzy", "näck xyzzy", "crosskolan helena"):
        assert labels(listed(cast.county, words=words)) == [], words
    assert len(listed(cast.county, words="%_'").rows) == 2


def test_what_is_wrong_is_counted_and_may_be_asked_for(cast):
    contact_changes.propose(acting(cast.head), cast.unit, {"phone": "08-465 004 77"})
    flags.raise_flag(acting(cast.county), cast.unit, "Fel webbplats")
    found = listed(cast.county)
    assert found.counts == {"": 2, "saknar": 1, "obekraftad": 1, "vantar": 1, "fel": 0, "flagga": 1}
    assert labels(listed(cast.county, problem="saknar")) == ["Grannskolan"]
    assert labels(listed(cast.county, problem="flagga")) == ["Näckrosskolan"]
    (row,) = listed(cast.head).rows
    assert row.problems == ("obekraftad", "vantar", "flagga") and row.bba == "Helena Exempelsson"


@pytest.mark.parametrize(("day", "confirmed"), [(date(2026, 8, 20), True), (date(2026, 8, 19), False)])
def test_a_confirmation_counts_in_its_own_term(cast, day, confirmed):
    Responsibility.update(confirmed_on=day).where(Responsibility.id == cast.part.id).execute()
    assert ("obekraftad" not in listed(cast.head).rows[0].problems) == confirmed
    assert entries.entry(acting(cast.head), cast.unit.slug, STARTS).confirmed == confirmed


def test_long_lists_come_in_pages_and_a_page_too_far_is_the_last(cast):
    for number in range(30):
        make.unit(f"Skola {number:02d}", organizer=cast.organizer)
    first, far = listed(cast.admin), listed(cast.admin, page=99)
    assert (first.total, first.pages, len(first.rows)) == (31, 2, 25)
    assert (far.page, len(far.rows)) == (2, 6)


def test_the_list_of_a_whole_county_takes_few_questions(cast, monkeypatch):
    asked = []
    original = entries.rows
    monkeypatch.setattr(entries, "rows", lambda *given: asked.append(given) or original(*given))
    listed(cast.county)
    assert len(asked) == 5


# Changing


def test_an_owner_changes_facts_at_once_with_history_search_and_mark(cast):
    version = versions.current(versions.DIRECTORY)
    changed = keeping.change_unit(
        acting(cast.head), cast.unit, {"display_name": "Nya Skolan", "street": "Exempelvägen 3"}
    )
    unit = Unit.get_by_id(cast.unit.id)
    assert (changed.at_once, changed.waits) == (("display_name", "street"), False)
    assert (unit.label, unit.street, unit.folded, unit.slug) == (
        "Nya Skolan",
        "Exempelvägen 3",
        "nya skolan",
        cast.unit.slug,
    )
    assert json.loads(unit.provenance) == {"display_name": "hand", "street": "hand"}
    assert search.find("nya skolan", today=NOON.date()).rows[0].slug == unit.slug
    assert versions.current(versions.DIRECTORY) == version + 1
    assert EntryChange.get().by == "Eva Testborg, enhetschef"


def test_an_import_keeps_what_a_hand_has_set(cast):
    flen = make.municipality("Flen", code="0482")
    unit = make.unit("Importskolan", where=flen, organizer=cast.organizer, ids={"skolenhetskod": "90000009"})
    keeping.change_unit(acting(cast.admin), unit, {"street": "Exempelvägen 3"})
    told = "skolenhetskod;verksamhet;namn;kommun;adress;webbplats\n"
    told += "90000009;grundskola;Importskolan;Flen;Registervägen 9;https://register.example\n"
    read = read_bytes(samples.as_bytes(told), "lista.csv")
    apply_plan(COMMAND, make_plan(read.records, read.errors, today=date(2026, 11, 23)))
    kept = Unit.get_by_id(unit.id)
    assert (kept.street, kept.website) == ("Exempelvägen 3", "https://register.example")


@pytest.mark.parametrize("who", ["deputy", "county", "stranger"])
def test_who_does_not_own_the_entry_changes_nothing(cast, who):
    actor = acting(getattr(cast, who))
    acts = (
        lambda: keeping.change_unit(actor, cast.unit, {"street": "X"}),
        lambda: keeping.change_person(actor, cast.unit, cast.person, {"title": "X"}),
        lambda: keeping.protect(actor, cast.unit, cast.person, function_name="X", switchboard=cast.unit.phone),
    )
    for act in acts:
        with pytest.raises(Refused):
            act()
    assert not EntryChange.select().exists() and Person.get_by_id(cast.person.id).name == "Helena Exempelsson"


def test_hours_and_title_count_at_once_and_the_phone_of_the_same_form_waits(cast):
    values = {"title": "Rektor", "phone_hours": "Tisdag 9–10", "phone": "070-174 06 66"}
    changed = keeping.change_person(acting(cast.bba), cast.unit, cast.person, values)
    person = Person.get_by_id(cast.person.id)
    assert (person.title, person.phone_hours, person.phone) == ("Rektor", "Tisdag 9–10", "070-174 06 11")
    assert changed.waits and json.loads(ContactChange.get().after) == {"phone": "070-174 06 66"}


def test_a_form_that_shows_what_no_longer_stands_is_not_saved(cast):
    seen = keeping.fingerprint(keeping.values_of(cast.unit))
    keeping.change_unit(acting(cast.admin), cast.unit, {"street": "Exempelvägen 3"}, seen=seen)
    with pytest.raises(keeping.ChangedMeanwhile):
        keeping.change_unit(acting(cast.head), cast.unit, {"place": "Annanstans"}, seen=seen)
    assert Unit.get_by_id(cast.unit.id).place == "Exempelby"


# Protecting


def seed(cast) -> None:
    """Put a name wherever a name may come to stand."""
    head, admin = acting(cast.head), acting(cast.admin)
    Person.update(name=CANARY, phone="070-174 06 95", email="kanarina@exempelby.example").where(
        Person.id == cast.person.id
    ).execute()
    Account.update(name=CANARY).where(Account.id == cast.bba.id).execute()
    Unit.update(head_name=CANARY).where(Unit.id == cast.unit.id).execute()
    search.reindex()
    keeping.change_unit(acting(cast.bba), cast.unit, {"website": "https://exempelby.example"})
    keeping.change_person(head, cast.unit, Person.get_by_id(cast.person.id), {"phone": "070-174 06 96"})
    waits = contact_changes.propose(head, cast.unit, {"email": "kanarina.ny@exempelby.example"}, cast.person)
    contact_changes.approve(admin, cast.unit, waits.id)
    by_canary = contact_changes.propose(acting(cast.bba), cast.unit, {"phone": "08-465 004 55"})
    contact_changes.approve(admin, cast.unit, by_canary.id)
    keeping.change_person(head, cast.unit, Person.get_by_id(cast.person.id), {"phone": "070-174 06 94"})
    contact_changes.propose(head, cast.unit, {"email": "kanarina.tre@exempelby.example"}, cast.person)
    EntryChange.create(
        unit=cast.unit, by="x", what="appoint", before="{}", after=json.dumps({"person": CANARY}), at=NOON
    )
    Flag.create(unit=cast.unit, by=cast.county, message=f"Är {CANARY} kvar?", raised_at=NOON)
    make.responsible(make.unit("Tredje"), make.person("Någon"), mandate="delegated", mandate_by=CANARY)
    Upload.create(key="k", account=cast.admin, name="lista.csv", content=f"namn\n{CANARY}\n", uploaded_at=NOON)
    Letter.update(state="sent").where(Letter.template == "contact_change_done").execute()


def everything() -> str:
    """All that the database says, in whatever table."""
    if on_postgresql():
        tables = [name for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return "\n".join(repr(rows(f'SELECT * FROM "{table}"')) for table in tables)
    run("PRAGMA wal_checkpoint(TRUNCATE)")
    path = Path(rows("PRAGMA database_list")[0][2])
    raw = b"".join(one.read_bytes() for one in path.parent.glob(path.name + "*"))
    return raw.decode("utf-8", "replace")


def test_a_protected_name_phone_and_address_leave_nothing_behind(cast):
    seed(cast)
    marks = (CANARY, "kanarina", "hemligsson", "070-174 06 95", "070-174 06 96", "070-174 06 94")
    before = everything()
    assert all(mark in before for mark in (CANARY, "kanarina.tre", "hemligsson", "070-174 06 94"))
    head = acting(cast.head)
    keeping.protect(head, cast.unit, cast.person, function_name="BBA på skolan", switchboard="08-465 004 55")
    after = everything().casefold()
    assert [mark for mark in marks if mark.casefold() in after] == []
    person = Person.get_by_id(cast.person.id)
    assert (person.protected, person.label, person.switchboard) == (True, "BBA på skolan", "08-465 004 55")
    assert {change.state for change in ContactChange.select().where(ContactChange.person == person)} <= {
        "stopped",
        "applied",
    }
    assert (
        search.find("kanarina", today=NOON.date()).total == 0 and Account.get_by_id(cast.bba.id).name == "BBA på skolan"
    )


def test_who_stands_in_the_directory_twice_is_protected_in_every_row_also_in_those_that_have_ended(cast):
    ended = {"starts_on": date(2020, 1, 1), "ends_on": date(2022, 6, 1)}
    before = make.person("Helena Exempelsson", phone="070-174 06 91", email="")
    make.responsible(cast.unit, before, **ended)
    elsewhere = make.person("Helena Exempelsson", phone="070-174 06 92", email=cast.person.email)
    make.responsible(make.unit("Fjärde"), elsewhere)
    namesake = make.person("Helena Exempelsson", phone="070-174 06 93", email="helena@annanby.example")
    make.responsible(make.unit("Femte"), namesake)
    keeping.protect(acting(cast.head), cast.unit, cast.person, function_name="BBA", switchboard=cast.unit.phone)
    hidden = {person.id: person.protected for person in Person.select()}
    assert hidden[before.id] and hidden[elsewhere.id] and not hidden[namesake.id]
    assert Person.get_by_id(before.id).label == "BBA" and search.find("helena", today=NOON.date()).total <= 1


def test_what_was_protected_cannot_come_back_by_restoring_nor_by_a_change_that_waits(cast, at):
    seed(cast)
    keeping.protect(acting(cast.head), cast.unit, cast.person, function_name="BBA", switchboard="08-465 004 55")
    at(NOON + timedelta(days=3))
    assert contact_changes.apply_due() == 0
    for change in keeping.entry_history.of_unit(cast.unit.id)[0]:
        if change.person == cast.person.id:
            with pytest.raises((contact_changes.Protected, keeping.NothingToRestore)):
                keeping.restore(acting(cast.head), cast.unit, change)
    assert Person.get_by_id(cast.person.id).phone == ""


def test_only_a_number_that_stands_in_public_counts_at_once(cast):
    with pytest.raises(protecting.UnknownNumber):
        keeping.protect(acting(cast.head), cast.unit, cast.person, function_name="BBA", switchboard="070-174 06 66")
    assert Person.get_by_id(cast.person.id).name == "Helena Exempelsson"
    Unit.update(phone="").execute()
    Municipality.update(switchboard="").execute()
    Organizer.update(phone="").execute()
    unit = Unit.get_by_id(cast.unit.id)
    assert keeping.known_numbers(unit) == []
    keeping.protect(acting(cast.head), unit, cast.person, function_name="BBA", switchboard="08-465 004 66")
    assert Person.get_by_id(cast.person.id).protected


def test_a_person_is_protected_in_every_unit_even_by_who_owns_only_one(cast):
    elsewhere = make.unit("Bergskolan", organizer=make.organizer("Bergby kommun"))
    make.responsible(elsewhere, cast.person)
    search.reindex()
    keeping.protect(acting(cast.head), cast.unit, cast.person, function_name="BBA", switchboard=cast.unit.phone)
    assert search.find("helena", today=NOON.date()).total == 0
    written = {change.unit_id for change in EntryChange.select().where(EntryChange.what == "protect")}
    assert written == {cast.unit.id, elsewhere.id}


def test_another_organizers_admin_does_not_reach_the_unit_through_a_number(cast):
    other = account("Nils Provlund", duty=Duty.ORGANIZER_ADMIN, organizer=make.organizer("Bergby kommun"))
    with pytest.raises(Refused):
        keeping.protect(acting(other), cast.unit, cast.person, function_name="BBA", switchboard=cast.unit.phone)

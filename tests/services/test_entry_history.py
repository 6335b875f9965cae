"""The history tells who changed what and when, and what it tells of can be put back by the same rules."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from tbb.models import AuditRow, ContactChange, EntryChange, Person, Unit
from tbb.policy import COMMAND, WORKER, Refused
from tbb.services import contact_changes, entry_history, import_history, keeping, search
from tbb.services.registers import make_plan, read_bytes
from tests import make
from tests.services.keeping_cast import acting, assemble

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def cast(db, at):
    at(NOON)
    made = assemble()
    search.reindex()
    return made


def newest(cast) -> entry_history.Change:
    return entry_history.of_unit(cast.unit.id)[0][0]


def test_only_what_differs_is_written_and_nothing_when_nothing_does(cast):
    actor, same = acting(cast.head), {"title": "Rektor", "ends_on": None}
    assert not entry_history.write(actor, cast.unit, "facts", same, dict(same))
    assert entry_history.write(
        actor, cast.unit.id, "appoint", same, same | {"ends_on": date(2026, 12, 1)}, cast.person.id
    )
    change = newest(cast)
    assert (change.before, change.after) == ({"ends_on": None}, {"ends_on": "2026-12-01"})
    assert (change.label, change.about, change.at) == ("Utsåg en ansvarig", "Helena Exempelsson", NOON)


@pytest.mark.parametrize(
    ("who", "signature"),
    [
        ("head", "Eva Testborg, enhetschef"),
        ("admin", "Hugo Exempelholm, administratör"),
        ("bba", "Helena Exempelsson, Barnets bästa-ansvarig"),
        ("deputy", "Omar Provberg, ersättare"),
        ("county", "Petra Exempelsson, processledare"),
        ("stranger", "Greta Provberg"),
    ],
)
def test_who_it_was_is_told_by_name_and_the_duty_that_reaches_the_unit(cast, who, signature):
    entry_history.write(acting(getattr(cast, who)), cast.unit, "facts", {"street": "A"}, {"street": "B"})
    assert newest(cast).by == signature


def test_machines_have_names_too_and_a_long_signature_is_cut(cast):
    for actor, name in ((COMMAND, "Den som driver tjänsten"), (WORKER, "Tjänsten")):
        entry_history.write(actor, cast.unit, "import", {"street": "A"}, {"street": "B"})
        assert newest(cast).by == name
    entry_history.write(WORKER, cast.unit, "import", {"street": "A"}, {"street": "B"}, by="å" * 200)
    assert newest(cast).by == "å" * 120


def test_differences_are_told_in_words_and_in_order(cast):
    found = entry_history.diffs(
        {"email": "", "status": "active", "protected": False, "unknown": 1}, {"status": "closed", "protected": True}
    )
    assert [(diff.label, diff.before, diff.after) for diff in found] == [
        ("E-post", "", ""),
        ("Status", "I drift", "Stängd"),
        ("Skyddade personuppgifter", "nej", "ja"),
        ("unknown", "1", ""),
    ]


def test_the_newest_comes_first_and_in_pages(cast, at):
    for number in range(5):
        at(NOON + timedelta(minutes=number))
        entry_history.write(WORKER, cast.unit, "import", {"street": "A"}, {"street": str(number)})
    found, total = entry_history.of_unit(cast.unit.id, page=2, size=2)
    assert ([change.after["street"] for change in found], total) == (["2", "1"], 5)
    assert entry_history.one(cast.unit.id, found[0].id).after == {"street": "2"}
    assert entry_history.one(cast.unit.id + 1, found[0].id) is None


def test_a_change_is_put_back_as_a_new_change(cast):
    actor = acting(cast.head)
    keeping.change_unit(actor, cast.unit, {"street": "Exempelvägen 3", "place": "Exempelstad"})
    keeping.restore(acting(cast.admin), cast.unit, newest(cast))
    unit = Unit.get_by_id(cast.unit.id)
    assert (unit.street, unit.place) == ("", "Exempelby")
    assert (newest(cast).what, newest(cast).by) == ("restore", "Hugo Exempelholm, administratör")
    assert EntryChange.select().count() == 2
    assert "entry:restore" in {row.action for row in AuditRow.select()}


def test_a_phone_that_is_put_back_waits_as_every_phone_does(cast):
    change = contact_changes.propose(acting(cast.head), cast.unit, {"phone": "08-465 004 77"})
    contact_changes.approve(acting(cast.admin), cast.unit, change.id)
    changed = keeping.restore(acting(cast.head), cast.unit, newest(cast))
    assert changed.waits and not changed.at_once
    assert Unit.get_by_id(cast.unit.id).phone == "08-465 004 77"
    waiting = ContactChange.get(ContactChange.state == "waiting")
    assert json.loads(waiting.after) == {"phone": "08-465 004 10"}


def test_what_was_told_of_a_person_is_put_back_with_the_person(cast):
    keeping.change_person(acting(cast.bba), cast.unit, cast.person, {"phone_hours": "Aldrig"})
    keeping.restore(acting(cast.head), cast.unit, newest(cast))
    assert Person.get_by_id(cast.person.id).phone_hours == "Måndag 8–9"


def test_what_stands_already_and_what_is_not_a_fact_cannot_be_put_back(cast):
    keeping.change_unit(acting(cast.head), cast.unit, {"street": "Exempelvägen 3"})
    change = newest(cast)
    keeping.restore(acting(cast.head), cast.unit, change)
    with pytest.raises(keeping.NothingToRestore):
        keeping.restore(acting(cast.head), cast.unit, change)
    entry_history.write(acting(cast.head), cast.unit, "appoint", {"phone": "1"}, {"phone": "2"}, cast.person.id)
    with pytest.raises(keeping.NothingToRestore):
        keeping.restore(acting(cast.head), cast.unit, newest(cast))


@pytest.mark.parametrize("who", ["deputy", "county", "stranger"])
def test_who_does_not_own_the_entry_puts_nothing_back(cast, who):
    keeping.change_unit(acting(cast.head), cast.unit, {"street": "Exempelvägen 3"})
    with pytest.raises(Refused):
        keeping.restore(acting(getattr(cast, who)), cast.unit, newest(cast))
    assert Unit.get_by_id(cast.unit.id).street == "Exempelvägen 3"


def test_an_import_leaves_its_changes_in_the_history(cast):
    flen = make.municipality("Flen", code="0482")
    unit = make.unit("Importskolan", where=flen, organizer=cast.organizer, ids={"skolenhetskod": "90000009"})
    part = make.responsible(unit, make.person("Kim Exempelsson", phone="070-174 06 05", email="kim@skola.example"))
    told = (
        "skolenhetskod;verksamhet;namn;kommun;adress;bba_namn;bba_telefon;bba_epost;bba_titel;bba_mandat;bba_fran\n"
        "90000009;grundskola;Importskolan;Flen;Registervägen 9;Kim Exempelsson;070-174 06 06;kim@skola.example;Rektor;"
        "beslutsfattare;2025-01-01\n"
        ";bvc;BVC Nya;Flen;Registervägen 8;;;;;;\n"
    )
    reading = read_bytes(told.encode(), "lista.csv")
    plan = make_plan(reading.records, reading.errors, today=NOON.date())
    assert len(plan.added) == 1
    assert import_history.write(COMMAND, plan, {one.key: one.id for one in plan.changed}, {}) == 2
    found = {change.person: change for change in entry_history.of_unit(unit.id)[0]}
    assert found[None].after["street"] == "Registervägen 9" and found[None].by == "Den som driver tjänsten"
    who = found[part.person_id]
    assert (who.before["phone"], who.after["phone"], who.label) == (
        "070-174 06 05",
        "070-174 06 06",
        "Ändrat av en import",
    )
    assert "street" in keeping.restorable(found[None]) and "phone" in keeping.restorable(who)

"""A reviewer finds rows by person, place, deed and day, sees the own organizer's only, takes rows out with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tbb.database import rows
from tbb.models import AuditRow
from tbb.policy import COMMAND, Place, Refused
from tbb.services import audit, audit_reading
from tbb.services.audit_reading import NotThere, Wanted
from tbb.services.limits import TooOften
from tests import make
from tests.services.test_audit_alarms import account, acting, reviewer

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def world(db, at):
    """Two organizers with a unit and somebody at home in each, and what they did on two days."""
    near, far = make.organizer(), make.organizer("Annanby kommun")
    make.municipality()
    here, there = make.unit("Näckrosskolan", organizer=near), make.unit("Åkerskolan", organizer=far)
    sara, greta = account("Sara Åkerberg", organizer=near), account("Greta Provberg", organizer=far)
    with db.atomic():
        at(NOON - timedelta(days=1))
        audit.record(acting(sara), "entry:read", "unit", here.id, place=Place(unit=here.id), outcome="read")
        audit.record(acting(sara), "entry:read", "unit", there.id, place=Place(unit=there.id), outcome="read")
        at(NOON)
        audit.record(acting(greta), "entry:change", "unit", there.id, place=Place(unit=there.id), fields=("phone",))
        audit.record(acting(greta), "entry:read", "unit", here.id, place=Place(unit=here.id), outcome="refused")
        audit.record(COMMAND, "directory:import", "database", "all", note="298 units")
    return {"near": near, "far": far, "here": here, "there": there, "sara": sara, "greta": greta}


def numbers(actor, **wanted) -> list[int]:
    """The numbers of the rows that are found."""
    return [line.id for line in audit_reading.look(actor, Wanted(**wanted)).lines]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [5, 4, 3, 2, 1]),
        ({"person": "åkerberg"}, [2, 1]),
        ({"person": "ÅKERBERG"}, [2, 1]),
        ({"person": "greta@"}, [4, 3]),
        ({"person": "kommando"}, [5]),
        ({"person": "finns inte"}, []),
        ({"place": "åker"}, [3, 2]),
        ({"place": "100%"}, []),
        ({"action": "entry:read"}, [4, 2, 1]),
        ({"outcome": "refused"}, [4]),
        ({"thing": "database"}, [5]),
        ({"since": date(2026, 11, 23)}, [5, 4, 3]),
        ({"until": date(2026, 11, 22)}, [2, 1]),
        ({"since": date(2026, 11, 22), "until": date(2026, 11, 22), "person": "sara"}, [2, 1]),
    ],
)
def test_rows_are_found_by_what_is_asked(world, wanted, found):
    assert numbers(reviewer(account("Lova Provberg")), **wanted) == found


def test_a_day_is_a_swedish_day(world, db, at):
    at(datetime(2026, 11, 23, 23, 30, tzinfo=UTC))
    with db.atomic():
        audit.record(COMMAND, "demo:load", "database", "all")
    county = reviewer(account("Lova Provberg"))
    assert numbers(county, since=date(2026, 11, 24)) == [6]


def test_a_reviewer_of_an_organizer_sees_what_concerns_it_and_what_its_people_do_elsewhere(world):
    near = reviewer(account("Dilan Testström"), world["near"])
    far = reviewer(account("Pia Provlund"), world["far"])
    assert numbers(near) == [4, 2, 1] and numbers(far) == [4, 3, 2]
    assert [line.id for line in audit_reading.these(near, [1, 3, 5])] == [1]
    for stranger in (acting(world["sara"]), COMMAND):
        with pytest.raises(Refused):
            audit_reading.look(stranger, Wanted())


def test_one_factor_is_not_enough(world):
    with pytest.raises(Refused):
        audit_reading.look(replace(reviewer(account("Lova Provberg")), strong=False), Wanted())


def test_rows_say_names_instead_of_numbers(world):
    line = audit_reading.look(reviewer(account("Lova Provberg")), Wanted(action="entry:change")).lines[0]
    assert (line.who, line.account, line.unit_name) == ("Greta Provberg", world["greta"].id, "Åkerskolan")
    assert (line.organizer_name, line.fields, line.outcome) == ("Annanby kommun", ("phone",), "done")


def test_pages_follow_on_each_other_by_number(world):
    county = reviewer(account("Lova Provberg"))
    first = audit_reading.look(county, Wanted(), most=2)
    second = audit_reading.look(county, Wanted(), most=2, before=first.older)
    third = audit_reading.look(county, Wanted(), most=2, before=second.older)
    assert [[line.id for line in page.lines] for page in (first, second, third)] == [[5, 4], [3, 2], [1]]
    assert third.older is None


def test_who_has_read_is_listed_with_first_and_last(world, db, at):
    at(NOON + timedelta(days=2))
    here = world["here"].id
    with db.atomic():
        audit.record(acting(world["sara"]), "entry:read", "unit", here, place=Place(unit=here), outcome="read")
    (reader,) = audit_reading.readers(reviewer(account("Lova Provberg")), Wanted(thing="unit", thing_id=str(here)))
    assert (reader.who, reader.times) == ("Sara Åkerberg", 2)
    assert (reader.first, reader.last) == (NOON - timedelta(days=1), NOON + timedelta(days=2))


def test_a_person_and_a_unit_are_there_only_for_those_who_may_see_them(world):
    near = reviewer(account("Dilan Testström"), world["near"])
    sara, greta = world["sara"].id, world["greta"].id
    shown = audit_reading.person(near, sara)
    assert (shown.name, shown.note, shown.counts) == ("Sara Åkerberg", "sara@tbb.example", {"read": 2})
    assert audit_reading.person(near, greta).counts == {"refused": 1}, "she was refused at the own organizer's unit"
    assert audit_reading.unit(near, world["here"].id).counts == {"read": 1, "refused": 1}
    stranger = account("Nils Provlund", organizer=world["far"]).id
    for look, number in ((audit_reading.person, stranger), (audit_reading.unit, world["there"].id)):
        with pytest.raises(NotThere):
            look(near, number)
        assert look(reviewer(account(f"Lova {number}", email=f"lova{number}@tbb.example")), number)
    for look in (audit_reading.person, audit_reading.unit):
        with pytest.raises(NotThere):
            look(near, 2_000_000_000)


def test_what_is_taken_out_is_on_record_with_its_reason_and_limited(world, at):
    near = reviewer(account("Dilan Testström"), world["near"])
    lines = audit_reading.take_out(near, Wanted(person="sara", outcome="read"), "Dnr 2026-117")
    assert [line.id for line in lines] == [2, 1]
    row = AuditRow.select().order_by(AuditRow.id.desc()).first()
    assert (row.action, row.thing_id, row.fields, row.note) == (
        "audit:export",
        "2 rows",
        "outcome,person",
        "Dnr 2026-117",
    )
    for _ in range(audit_reading.EXPORTS_PER_DAY - 1):
        audit_reading.take_out(near, Wanted(), "Dnr 2026-117")
    with pytest.raises(TooOften):
        audit_reading.take_out(near, Wanted(), "Dnr 2026-117")
    assert rows("SELECT COUNT(*) FROM audit_row WHERE action = 'audit:export'")[0][0] == audit_reading.EXPORTS_PER_DAY
    at(NOON + timedelta(days=1))
    audit_reading.take_out(near, Wanted(), "Dnr 2026-117")
    with pytest.raises(Refused):
        audit_reading.take_out(acting(world["sara"]), Wanted(), "Nyfiken")

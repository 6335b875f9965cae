"""What the directory shows of a unit and a municipality on a given day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tbb.models import UnitSlug
from tbb.models.kinds import Kind
from tbb.services import directory
from tests import make

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def page(unit, day: date = TODAY):
    """A unit's page on a day."""
    return directory.unit_page(unit.slug, day)


def test_an_address_that_is_not_there_gives_nothing_and_an_old_one_leads_on(db):
    unit = make.unit()
    UnitSlug.create(unit=unit, slug="gamla-skolan")
    assert directory.unit_page("no-such-unit", TODAY) is None
    with pytest.raises(directory.Moved) as moved:
        directory.unit_page("gamla-skolan", TODAY)
    assert moved.value.slug == unit.slug
    assert directory.unit_name(unit.slug) == unit.label and directory.unit_name("gamla-skolan") is None


def test_a_responsibility_holds_from_its_first_day_to_its_last(db):
    unit = make.unit()
    make.responsible(unit, make.person("Första Exempelsson"), starts_on=date(2026, 1, 1), ends_on=TODAY)
    make.responsible(unit, make.person("Andra Exempelsson"), starts_on=TODAY + DAY)
    names = {day: page(unit, day).bba for day in (date(2025, 12, 31), date(2026, 1, 1), TODAY, TODAY + DAY)}
    assert [found and found.name for found in names.values()] == [
        None, "Första Exempelsson", "Första Exempelsson", "Andra Exempelsson",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("away_from", "away_until", "away"),
    [
        (None, None, False),
        (TODAY, TODAY, True),
        (TODAY - DAY, None, True),
        (TODAY + DAY, None, False),
        (TODAY - 2 * DAY, TODAY - DAY, False),
    ],
)
def test_who_is_away_and_whom_to_reach_today(db, away_from, away_until, away):
    unit = make.unit()
    make.responsible(unit, make.person("Helena Exempelsson"), away_from=away_from, away_until=away_until)
    make.responsible(unit, make.person("Omar Provberg"), role="deputy")
    shown = page(unit)
    assert shown.bba.away is away
    assert shown.reach_today.name == ("Omar Provberg" if away else "Helena Exempelsson")
    assert shown.bba.away_until == (away_until if away else None)


def test_with_everybody_away_the_holiday_contact_is_reached_and_then_nobody(db):
    unit = make.unit()
    for role in ("bba", "deputy"):
        make.responsible(unit, role=role, away_from=TODAY)
    assert page(unit).reach_today is None
    make.responsible(unit, make.person("Jouren"), role="holiday")
    assert page(unit).reach_today.name == "Jouren"


def test_a_protected_person_shows_nothing_of_their_own(db):
    unit = make.unit()
    person = make.person("", protected=True, phone="", function_name="Ansvarig", switchboard="08-465 004 20", title="")
    make.responsible(unit, person)
    contact = page(unit).bba
    assert (contact.name, contact.phone, contact.email, contact.protected) == ("Ansvarig", "08-465 004 20", "", True)
    assert contact.phone_href == "+46846500420"


@pytest.mark.parametrize(
    ("name", "initials"), [("Helena Exempelsson", "HE"), ("Anna-Lisa Ek", "AE"), ("Åsa", "Å"), ("", ""), ("1 2", "")]
)
def test_initials(db, name, initials):
    unit = make.unit()
    make.responsible(unit, make.person(name, email="x@y.example"))
    assert page(unit).bba.initials == initials


def test_neighbours_are_the_nearest_of_each_service_in_the_same_municipality(db):
    here, there = make.municipality("Här"), make.municipality("Där")
    unit = make.unit(where=here, latitude=59.0, longitude=16.0)
    for number in range(5):
        make.unit(f"BVC {number}", Kind.BVC, here, latitude=59.0 + number / 100, longitude=16.0)
    make.unit("KAA", Kind.KAA, here)
    make.unit("KAA borta", Kind.KAA, there)
    make.unit("KAA nedlagd", Kind.KAA, here, status="closed")
    assert [found.label for found in page(unit).neighbours] == ["BVC 0", "BVC 1", "BVC 2", "KAA"]


def test_the_units_of_one_school_know_each_other(db):
    where = make.municipality()
    school = make.school("Exempelgymnasiet", where)
    one, two = (
        make.unit(f"Exempelgymnasiet {number}", Kind.UPPER_SECONDARY, where, school=school) for number in (1, 2)
    )
    assert [found.label for found in page(one).siblings] == [two.label]
    assert page(make.unit("Ensam", where=where)).siblings == ()


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ({"latitude": 59.1, "longitude": 16.2}, "mlat=59.10000&mlon=16.20000"),
        ({"street": "Exempelvägen 3", "place": "Flen"}, "query=Exempelv%C3%A4gen+3%2C+Flen"),
    ],
)
def test_the_map_is_a_link(db, place, wanted):
    assert wanted in page(make.unit(**place)).map_address


def test_a_municipality_counts_what_is_at_work_and_who_has_a_bba(db):
    here = make.municipality("Här")
    independent = make.organizer("Kooperativet", "independent")
    for number in range(3):
        unit = make.unit(f"Skola {number}", where=here, organizer=independent if number else None)
        if number:
            make.responsible(unit)
    make.unit("Nedlagd", where=here, status="closed", organizer=independent)
    make.unit("Mottagningen", Kind.SOCIAL_SERVICES, here)
    make.unit("KAA", Kind.KAA, here)
    shown = directory.municipality_page(here.slug, TODAY)
    assert (shown.units, shown.shall_have_bba, shown.with_bba, shown.independent) == (5, 4, 2, 2)
    assert [unit.label for unit in shown.kaa] == ["KAA"]
    assert [unit.label for unit in shown.social_services] == ["Mottagningen"]
    assert directory.municipality_page("ingenstans", TODAY) is None


def test_municipalities_are_in_swedish_order_and_only_those_that_take_part(db):
    for name in ("Örebro", "Åre", "Ängelholm", "Zinkgruvan", "Arboga"):
        make.municipality(name)
    make.municipality("Utanför", participates=False)
    names = [row.name for row in directory.participating_municipalities()]
    assert names == ["Arboga", "Zinkgruvan", "Åre", "Ängelholm", "Örebro"]


def test_addresses_for_search_engines_leave_out_what_is_closed(db):
    open_unit = make.unit()
    make.unit("Nedlagd", status="closed")
    assert directory.addresses()[0] == [open_unit.slug]

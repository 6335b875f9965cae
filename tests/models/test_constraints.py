"""What must never be stored is refused by the database itself, whoever asks."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from peewee import IntegrityError

from tbb.database import UtcDateTimeField, run
from tbb.models import (
    Feedback,
    Letter,
    Municipality,
    Organizer,
    Person,
    Posting,
    Responsibility,
    Term,
    Unit,
    UnitId,
    UnitSlug,
)
from tbb.models.kinds import Kind, OrganizerKind, Role, Status
from tests import make


def refused(db, action) -> None:
    """The database says no."""
    with pytest.raises(IntegrityError), db.atomic():
        action()


@pytest.mark.parametrize(
    "values",
    [
        {"name": "Namn Exempelsson", "protected": True, "switchboard": "08-465 004 01", "phone": ""},
        {"name": "", "protected": True, "phone": "070-174 06 11"},
        {"name": "", "protected": True, "phone": "", "email": "a@b.example", "switchboard": "08-465 004 01"},
        {"phone": "", "email": "", "switchboard": ""},
    ],
)
def test_a_person_is_reachable_and_a_protected_one_has_nothing_of_their_own(db, values):
    refused(db, lambda: make.person(**values))


@pytest.mark.parametrize(
    "values",
    [
        {"role": "boss"},
        {"mandate": ""},
        {"mandate": "because"},
        {"mandate": "delegated"},
        {"ends_on": date(2024, 12, 31)},
        {"away_from": date(2026, 2, 2), "away_until": date(2026, 2, 1)},
    ],
)
def test_a_responsibility_has_a_role_a_mandate_and_days_in_order(db, values):
    unit = make.unit()
    refused(db, lambda: make.responsible(unit, **values))
    assert Responsibility.select().count() == 0


def test_closed_lists_are_closed_and_every_code_of_them_fits(db):
    where = make.municipality()
    refused(db, lambda: make.unit(kind="circus", where=where))
    refused(db, lambda: make.unit(status="sleepy", where=where))
    refused(db, lambda: make.organizer(kind="private"))
    for kind in Kind:
        make.unit(f"En {kind}", kind, where)
    for status in Status:
        make.unit(f"En {status}", where=where, status=status)
    for kind in OrganizerKind:
        make.organizer(f"En {kind}", kind)
    for role in Role:
        make.responsible(Unit.get(), role=role)


def test_what_must_be_unique_is(db):
    unit = make.unit(ids={"skolenhetskod": "12345678"})
    other = make.unit("Gullvivan")
    refused(db, lambda: UnitId.create(unit=other, scheme="skolenhetskod", value="12345678"))
    UnitId.create(unit=other, scheme="forskole_id", value="12345678")
    refused(db, lambda: Unit.update(slug=unit.slug).where(Unit.id == other.id).execute())
    UnitSlug.create(unit=unit, slug="gammal")
    refused(db, lambda: UnitSlug.create(unit=other, slug="gammal"))
    refused(db, lambda: make.municipality("Annan", code=unit.municipality.code))
    make.organizer("A", orgnr="2120000357")
    refused(db, lambda: make.organizer("B", orgnr="2120000357"))
    make.organizer("C")
    make.organizer("D")


def test_what_others_lean_on_cannot_be_taken_away(db):
    unit = make.unit(organizer=make.organizer())
    part = make.responsible(unit)
    for model, number in (
        (Municipality, unit.municipality_id),
        (Organizer, unit.organizer_id),
        (Person, part.person_id),
    ):
        refused(db, lambda model=model, number=number: model.delete().where(model.id == number).execute())


def test_what_belongs_to_a_unit_goes_with_it(db):
    unit = make.unit(ids={"own": "1"}, aliases=["Lilla"])
    make.responsible(unit)
    UnitSlug.create(unit=unit, slug="gammal")
    Posting.create(term=Term.create(text="lilla"), unit=unit, weight=1)
    unit.delete_instance()
    for model in (UnitId, UnitSlug, Responsibility, Posting):
        assert model.select().count() == 0
    assert Person.select().count() == Term.select().count() == 1


def test_a_school_that_goes_leaves_its_units(db):
    where = make.municipality()
    unit = make.unit(where=where, school=make.school("Gymnasiet", where))
    unit.school.delete_instance()
    assert Unit.get().school_id is None


@pytest.mark.parametrize("model", [Letter, Feedback, Unit])
def test_no_naive_moment_is_stored(model):
    moments = [field for field in model._meta.sorted_fields if isinstance(field, UtcDateTimeField)]
    assert moments
    for field in moments:
        with pytest.raises(ValueError):
            field.db_value(datetime(2026, 11, 23))


def test_moments_come_back_aware_and_in_utc(db):
    from tbb import clock

    moment = clock.local(clock.now())
    unit = make.unit(updated_at=moment)
    kept = Unit.get_by_id(unit.id).updated_at
    assert kept == moment and kept.utcoffset().total_seconds() == 0


def test_parameters_may_hold_anything(db):
    for text in ("100 % ?", "'; DROP TABLE unit; --", "%s %(x)s {0}", "\u202eÅ"):
        assert run("SELECT CAST(? AS TEXT)", (text,)).fetchall() == [(text,)]

"""Who is Barnets bästa-ansvarig comes in from our own list: handed over with history, never two at once."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tbb.models import Person, Responsibility, Unit
from tbb.policy import COMMAND
from tbb.services.registers import apply_plan, describe, make_plan, read_bytes
from tests import make
from tests.services import registers_samples as samples

TODAY = date(2026, 11, 23)
HEAD = "skolenhetskod;bba_namn;bba_telefon;bba_epost;bba_mandat;bba_fran;bba_till;ersattare_namn;ersattare_telefon\n"
KIM = "Kim Exempelsson;070-174 06 05;kim@skola.example;beslutsfattare;2026-08-17;;;\n"
ROBIN = "Robin Exempelsson;070-174 06 06;robin@skola.example;beslutsfattare;2026-11-01;;;\n"


@pytest.fixture(autouse=True)
def schools(db):
    """Two schools, known by their numbers."""
    make.municipality("Flen", code="0482")
    return [make.unit(f"Skola {n}", ids={"skolenhetskod": f"9000000{n}"}) for n in (1, 2)]


def plan_of(text: str, today: date = TODAY):
    reading = read_bytes(samples.as_bytes(text), "lista.csv")
    return make_plan(reading.records, reading.errors, today=today)


def bring_in(*rows: str, head: str = HEAD):
    plan = plan_of(head + "".join(rows))
    apply_plan(COMMAND, plan)
    return plan


def history(unit: Unit, role: str = "bba") -> list[tuple[str, str, str | None]]:
    found = Responsibility.select().where(Responsibility.unit == unit, Responsibility.role == role)
    return [
        (part.person.name, str(part.starts_on), part.ends_on and str(part.ends_on))
        for part in found.order_by(Responsibility.starts_on)
    ]


def test_a_bba_begins_and_the_second_import_changes_nothing(schools):
    plan = bring_in("90000001;" + KIM)
    assert history(schools[0]) == [("Kim Exempelsson", "2026-08-17", None)]
    assert Responsibility.get().confirmed_on is None
    assert "Skola 1: Barnets bästa-ansvarig Kim Exempelsson (ny)" in "\n".join(describe(plan))
    assert plan_of(HEAD + "90000001;" + KIM).empty


def test_one_person_may_serve_many_units(schools):
    bring_in("90000001;" + KIM, "90000002;" + KIM)
    assert Person.select().count() == 1
    assert history(schools[0]) == history(schools[1])
    assert plan_of(HEAD + "90000001;" + KIM + "90000002;" + KIM).empty


def test_another_bba_takes_over_and_the_history_is_kept(schools):
    bring_in("90000001;" + KIM)
    plan = bring_in("90000001;" + ROBIN)
    assert history(schools[0]) == [
        ("Kim Exempelsson", "2026-08-17", "2026-10-31"),
        ("Robin Exempelsson", "2026-11-01", None),
    ]
    assert "(slutar)" in "\n".join(describe(plan))
    assert plan_of(HEAD + "90000001;" + ROBIN).empty


def test_a_handover_without_a_later_date_is_made_today(schools):
    bring_in("90000001;" + KIM)
    bring_in("90000001;" + ROBIN.replace("2026-11-01", "2026-01-01"))
    assert history(schools[0]) == [
        ("Kim Exempelsson", "2026-08-17", "2026-11-22"),
        ("Robin Exempelsson", "2026-11-23", None),
    ]


def test_somebody_who_begins_later_still_cannot_be_overtaken(schools):
    bring_in("90000001;" + KIM.replace("2026-08-17", "2027-01-07"))
    plan = bring_in("90000001;" + ROBIN)
    assert [error.field for error in plan.bad_rows] == ["bba_fran"]
    assert history(schools[0]) == [("Kim Exempelsson", "2027-01-07", None)]


def test_a_new_surname_or_phone_changes_the_person_and_nobody_else(schools):
    bring_in("90000001;" + KIM, "90000002;" + KIM)
    bring_in("90000001;" + KIM.replace("Kim Exempelsson;070-174 06 05", "Kim Provsson;070-174 06 07"))
    assert history(schools[1]) == [("Kim Provsson", "2026-08-17", None)]
    person = Person.get()
    assert (person.name, person.phone, person.email) == ("Kim Provsson", "070-174 06 07", "kim@skola.example")


def test_a_mailbox_that_passes_on_does_not_rename_who_had_it(schools):
    bring_in("90000001;" + KIM)
    bring_in("90000001;" + ROBIN.replace("Robin Exempelsson", "Robin Provsson").replace("robin@", "kim@"))
    assert [name for name, _start, _end in history(schools[0])] == ["Kim Exempelsson", "Robin Provsson"]


def test_a_deputy_is_kept_apart_from_the_bba(schools):
    row = "90000001;" + KIM.replace(";;;\n", ";;Robin Exempelsson;070-174 06 06\n")
    bring_in(row)
    assert history(schools[0], "deputy") == [("Robin Exempelsson", str(TODAY), None)]
    assert plan_of(HEAD + row).empty


def test_a_protected_bba_is_stored_without_a_name(schools):
    head = "skolenhetskod;bba_namn;bba_funktion;bba_vaxel;bba_mandat;skyddad_identitet\n"
    row = "90000001;Kim Exempelsson;BBA, Skola 1;08-465 004 00;beslutsfattare;ja\n"
    plan = bring_in(row, head=head)
    person = Person.get()
    assert (person.protected, person.name, person.function_name) == (True, "", "BBA, Skola 1")
    assert "Exempelsson" not in "\n".join(describe(plan, everything=True))
    assert plan_of(head + row).empty


def test_what_a_hand_has_set_is_kept(schools):
    bring_in("90000001;" + KIM)
    Unit.update(provenance=json.dumps({"bba": "hand"})).where(Unit.id == schools[0].id).execute()
    plan = plan_of(HEAD + "90000001;" + ROBIN)
    assert plan.empty
    assert "satt för hand" in "\n".join(describe(plan))


def test_what_has_ended_already_is_left_out(schools):
    plan = bring_in("90000001;" + KIM.replace("2026-08-17;", "2026-08-17;2026-10-01"))
    assert plan.empty
    assert "redan tagit slut" in "\n".join(describe(plan))


def test_a_bba_for_a_unit_nobody_knows_is_told(schools):
    plan = plan_of(HEAD + "90000009;" + KIM)
    assert plan.empty
    assert [error.field for error in plan.errors] == ["90000009"]

"""A plan tells what an import would do, field by field, and applying it does that, once, and nothing else."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from tbb.database import db
from tbb.models import AuditRow, Municipality, Organizer, School, Unit, UnitId, UnitSlug
from tbb.policy import COMMAND, VISITOR, Refused
from tbb.services import search, versions
from tbb.services.registers import (
    Records,
    StalePlan,
    apply_plan,
    describe,
    make_plan,
    read_bytes,
    summary,
)
from tests import make
from tests.services import registers_samples as samples

TODAY = date(2026, 11, 23)
pytestmark = pytest.mark.usefixtures("db")


def plan_of(*files, today=TODAY):
    readings = [read_bytes(samples.as_bytes(file), f"fil{number}") for number, file in enumerate(files)]
    records = Records.joined(reading.records for reading in readings)
    return make_plan(records, [error for reading in readings for error in reading.errors], today=today)


def bring_in(*files, today=TODAY):
    plan = plan_of(*files, today=today)
    apply_plan(COMMAND, plan)
    return plan


def unit(value: str) -> Unit:
    return Unit.select().join(UnitId).where(UnitId.value == value).get()


def text_of(plan, **how) -> str:
    return "\n".join(describe(plan, **how))


FILES = (
    samples.PRESCHOOLS, samples.YEAR_NINE, samples.MERGED, samples.MUNICIPALITIES, samples.SKOLDATA, samples.OWN,
    samples.detail(), samples.planned("90000009"),
)  # fmt: skip


@pytest.mark.parametrize("file", FILES)
def test_importing_the_same_file_again_changes_nothing(file):
    first = bring_in(file)
    assert not first.empty
    again = plan_of(file)
    assert again.empty
    assert again.units == ()
    assert "Inget att ändra" in text_of(again)
    before = list(Unit.select().dicts())
    assert apply_plan(COMMAND, again) == 0
    assert list(Unit.select().dicts()) == before


def test_all_files_at_once_and_in_any_order_come_to_rest():
    bring_in(*FILES)
    assert plan_of(*FILES).empty
    for file in FILES:
        assert plan_of(file).changed == (), text_of(plan_of(file))
    bring_in(*reversed(FILES))
    assert plan_of(*FILES).empty


def test_a_plan_alone_changes_nothing():
    plan = plan_of(*FILES)
    assert plan.added
    assert Unit.select().count() == Municipality.select().count() == 0


def test_new_units_get_all_they_hang_on():
    bring_in(samples.MERGED, samples.MUNICIPALITIES)
    flen = Municipality.get(code="0482")
    assert (flen.name, flen.legal_name, flen.participates, flen.slug) == ("Flen", "Flens kommun", True, "flen")
    owner = Organizer.get(orgnr="2120009994")
    assert (owner.name, owner.kind, owner.municipality) == ("Flens kommun", "municipal", flen)
    assert unit("90000003").school == unit("90000004").school == School.get(name="Exempelgymnasiet")
    solros = unit("900101")
    assert (solros.slug, solros.organizer, solros.status) == ("solrosens-forskola-flen", owner, "active")
    assert json.loads(solros.provenance)["name"] == "forskolor"


def test_units_with_the_same_name_get_addresses_of_their_own():
    bring_in(samples.PRESCHOOLS)
    assert {unit("900102").slug, unit("900103").slug} == {"regnbagens-forskola-flen", "regnbagens-forskola-flen-2"}


def test_an_owner_without_a_name_gets_it_from_the_list_that_knows():
    bring_in(samples.PRESCHOOLS)
    assert Organizer.get(orgnr="5569990012").name == "Enskild huvudman, org.nr 556999-0012"
    bring_in(samples.YEAR_NINE)
    assert Organizer.get(orgnr="5569990012").name == "Provskolan AB"


def test_new_units_are_found_by_the_search():
    bring_in(samples.PRESCHOOLS)
    found = search.find("solrosen flen", today=TODAY)
    assert "Solrosens Förskola" in repr(found)


def test_a_change_is_told_field_by_field():
    bring_in(samples.PRESCHOOLS)
    plan = plan_of(samples.PRESCHOOLS.replace("Exempelvägen 3,64231", "Nyvägen 1,64299"))
    (changed,) = plan.changed
    assert [(change.field, change.old, change.new) for change in changed.changes] == [
        ("street", "Exempelvägen 3", "Nyvägen 1"),
        ("postal_code", "64231", "64299"),
    ]
    assert "gatuadress: ”Exempelvägen 3” → ”Nyvägen 1”" in text_of(plan)
    assert summary(plan) == "1 ändrad enhet"


def test_silence_overwrites_nothing():
    bring_in(samples.PRESCHOOLS)
    bring_in(samples.PRESCHOOLS.replace("Exempelvägen 3,64231", ",.."))
    assert (unit("900101").street, unit("900101").postal_code) == ("Exempelvägen 3", "64231")


def test_what_a_hand_has_set_is_kept_and_shown():
    bring_in(samples.PRESCHOOLS)
    solros = unit("900101")
    solros.street, solros.phone = "Rätta vägen 1", ""
    solros.provenance = json.dumps(json.loads(solros.provenance) | {"street": "hand", "phone": "hand"})
    solros.save()
    plan = plan_of(samples.PRESCHOOLS)
    assert plan.empty
    assert "behåll gatuadress ”Rätta vägen 1” (satt för hand)" in text_of(plan)
    apply_plan(COMMAND, plan_of(samples.detail("90000001"), samples.PRESCHOOLS))
    assert unit("900101").street == "Rätta vägen 1"


def test_a_lesser_source_changes_nothing_that_a_better_one_has_said():
    bring_in(samples.detail(displayName="Exempelskolan Nya"))
    plan = plan_of(samples.YEAR_NINE)
    assert plan.changed == ()
    apply_plan(COMMAND, plan)
    assert unit("90000001").name == "Exempelskolan Nya"
    assert "säkrare källa" in text_of(plan)


def test_a_guess_gives_way_to_every_source_and_overwrites_none():
    bring_in(samples.MERGED)
    assert json.loads(unit("90000003").provenance)["kind"] == "gissning"
    adapted = samples.detail("90000003", displayName="Exempelgymnasiet EX 1N", schoolTypes=["GYAN"], schoolName=None)
    bring_in(adapted)
    bring_in(samples.MERGED)
    assert unit("90000003").kind == "upper_secondary_adapted"


def test_units_that_a_source_no_longer_lists_are_only_proposed_for_closing():
    bring_in(samples.PRESCHOOLS, samples.YEAR_NINE)
    shorter = "\n".join(samples.PRESCHOOLS.splitlines()[:3]) + "\n"
    plan = plan_of(shorter)
    assert plan.empty
    assert [(closing.label, closing.source) for closing in plan.closings] == [("Regnbågens Förskola", "forskolor")]
    assert "Inget stängs av sig självt" in text_of(plan)
    apply_plan(COMMAND, plan)
    assert unit("900103").status == "active"


def test_another_municipality_kind_or_source_proposes_nothing():
    bring_in(samples.PRESCHOOLS, samples.YEAR_NINE)
    assert plan_of(samples.detail("90000002", municipalityCode="0484")).closings == ()
    assert plan_of(samples.OWN).closings == ()


def test_a_list_of_contacts_never_proposes_to_close_a_school():
    bring_in(samples.YEAR_NINE)
    own = "verksamhet;skolenhetskod;namn;kommun;telefon\ngrundskola;{};Exempelskolan;Flen;08-465 004 20\n"
    bring_in(own.format("90000001"), own.format("90000002"))
    assert plan_of(own.format("90000001")).closings == ()


def test_the_register_closes_and_opens_again():
    bring_in(samples.detail())
    plan = bring_in(samples.listing(("90000001", "Exempelskolan 7-9", "UPPHORT")))
    assert "Stängs, eftersom registret säger det" in text_of(plan)
    assert (unit("90000001").status, unit("90000001").valid_to) == ("closed", TODAY)
    assert plan_of(samples.listing(("90000001", "Exempelskolan 7-9", "UPPHORT"))).empty
    again = bring_in(samples.detail())
    assert [part.reopened for part in again.changed] == [True]
    assert (unit("90000001").status, unit("90000001").valid_to) == ("active", None)


def test_the_answer_that_a_unit_is_gone_counts_over_the_list():
    bring_in(samples.detail())
    gone = {"data": {"schoolUnitCode": "90000001", "attributes": {"status": "UPPHORT"}}}
    listed = samples.listing(("90000001", "Exempelskolan 7-9", "AKTIV"))
    bring_in(gone, listed)
    assert unit("90000001").status == "closed"
    assert plan_of(listed, gone).empty


def test_an_old_list_does_not_open_what_the_register_has_closed():
    bring_in(samples.detail())
    bring_in(samples.detail(status="UPPHORT", endDate="2026-06-30"))
    bring_in(samples.YEAR_NINE)
    assert (unit("90000001").status, str(unit("90000001").valid_to)) == ("closed", "2026-06-30")


def test_closed_units_are_not_added_and_thin_rows_only_change():
    plan = plan_of(samples.detail(status="UPPHORT"), samples.listing(("90000005", "Provskolan", "AKTIV")))
    assert plan.added == ()
    assert [(error.error, error.field) for error in plan.errors] == [(False, "90000005")]


def test_a_new_name_gives_a_new_address_and_the_old_one_leads_on():
    bring_in(samples.detail())
    assert unit("90000001").slug == "exempelskolan-7-9-flen"
    bring_in(samples.detail(displayName="Nya Exempelskolan 7-9"))
    assert unit("90000001").slug == "nya-exempelskolan-7-9-flen"
    assert UnitSlug.get(slug="exempelskolan-7-9-flen").unit == unit("90000001")
    bring_in(samples.detail())
    assert unit("90000001").slug == "exempelskolan-7-9-flen"
    assert [old.slug for old in UnitSlug.select()] == ["nya-exempelskolan-7-9-flen"]


def test_a_unit_with_a_name_of_its_own_keeps_its_address():
    bring_in(samples.detail())
    Unit.update(display_name="Exempelskolan", slug="exempelskolan-flen").execute()
    bring_in(samples.detail(displayName="Exempelskolan ÅK 7-9"))
    assert unit("90000001").slug == "exempelskolan-flen"
    assert UnitSlug.select().count() == 0


def test_a_stale_plan_is_refused_and_changes_nothing():
    bring_in(samples.PRESCHOOLS)
    plan = plan_of(samples.PRESCHOOLS.replace("Exempelvägen 3", "Nyvägen 1"))
    Unit.update(street="Någon annans väg 2").where(Unit.id == unit("900101").id).execute()
    with pytest.raises(StalePlan, match="Inget är infört"):
        apply_plan(COMMAND, plan)
    assert unit("900101").street == "Någon annans väg 2"


def test_a_plan_has_the_same_number_until_something_changes():
    assert plan_of(*FILES).digest == plan_of(*FILES).digest
    assert plan_of(samples.PRESCHOOLS).digest != plan_of(samples.YEAR_NINE).digest
    bring_in(samples.PRESCHOOLS)
    other = samples.PRESCHOOLS.replace("Exempelvägen 3", "Nyvägen 1")
    before = plan_of(other).digest
    Unit.update(street="Mellanvägen 1").where(Unit.id == unit("900101").id).execute()
    assert plan_of(other).digest != before


def test_only_who_keeps_the_directory_may_apply():
    with pytest.raises(Refused):
        apply_plan(VISITOR, plan_of(samples.PRESCHOOLS))
    assert Unit.select().count() == 0


def test_one_import_is_one_audit_row_and_a_new_version_without_contents():
    version = versions.current(versions.DIRECTORY)
    bring_in(samples.PRESCHOOLS)
    (row,) = AuditRow.select()
    assert (row.actor, row.action) == ("command", "directory:import")
    assert "street" in row.fields
    assert "Exempelvägen" not in row.fields + row.note
    assert versions.current(versions.DIRECTORY) == version + 1


def test_progress_is_told_to_the_end():
    told = []
    apply_plan(COMMAND, plan_of(samples.PRESCHOOLS), progress=lambda done, of: told.append((done, of)))
    assert told[-1] == (3, 3)


def test_the_number_of_queries_does_not_grow_with_the_rows(monkeypatch):
    line = samples.PRESCHOOLS.splitlines()[1]
    many = samples.PRESCHOOLS + "".join(line.replace("900101", str(910000 + n)) + "\n" for n in range(300))
    assert (
        _queries(monkeypatch, lambda: plan_of(many)) <= _queries(monkeypatch, lambda: plan_of(samples.PRESCHOOLS)) + 1
    )


def _queries(monkeypatch, work) -> int:
    asked = []
    real = db.obj.execute_sql
    with monkeypatch.context() as patch:
        patch.setattr(db.obj, "execute_sql", lambda *args, **more: asked.append(args) or real(*args, **more))
        work()
    return len(asked)


def test_a_row_without_number_is_known_by_kind_place_and_name():
    flen = make.municipality("Flen", code="0482")
    kept = make.unit("BVC Exemplet", "bvc", flen)
    make.unit("BVC Exemplet", "family_centre", flen)
    bring_in(samples.OWN)
    assert Unit.select().where(Unit.kind == "bvc").count() == 1
    assert Unit.get_by_id(kept.id).phone == "08-465 004 10"


def test_two_units_of_the_same_name_are_never_guessed_between():
    flen = make.municipality("Flen", code="0482")
    make.unit("BVC Exemplet", "bvc", flen)
    make.unit("BVC Exemplet", "bvc", flen)
    plan = plan_of(samples.OWN)
    assert [unit.kind for unit in plan.added] == ["kaa"]
    assert plan.changed == ()
    assert "flera enheter med det namnet" in plan.bad_rows[0].reason


def test_an_unknown_municipality_is_reported_and_the_template_imports_nothing():
    plan = plan_of(samples.OWN.replace("Flens kommun", "Påhittköping"))
    assert [error.field for error in plan.bad_rows] == ["kommun"]
    assert "Påhittköping" in plan.bad_rows[0].reason


def test_a_municipalitys_contact_for_concern_is_stored():
    text = "verksamhet;kommun;telefon;jourtelefon\nOrosanmälan;Flen;08-465 004 13;08-465 004 14\n"
    bring_in(text)
    flen = Municipality.get(code="0482")
    assert (flen.concern_phone, flen.after_hours_phone) == ("08-465 004 13", "08-465 004 14")
    assert plan_of(text).empty
    assert "telefon för orosanmälan" in text_of(plan_of(text.replace("13", "15")))


def test_long_lists_are_cut_unless_all_is_asked_for():
    line = samples.PRESCHOOLS.splitlines()[1]
    plan = plan_of(samples.PRESCHOOLS + "".join(line.replace("900101", str(910000 + n)) + "\n" for n in range(40)))
    assert "23 till. Visa alla med --all." in text_of(plan)
    assert "Visa alla" not in text_of(plan, everything=True)
    assert len(text_of(plan, everything=True)) > len(text_of(plan))


def test_half_an_import_is_no_import():
    def break_down(done, of):
        raise RuntimeError("strömavbrott")

    plan = plan_of(*FILES, today=TODAY + timedelta(days=1))
    with pytest.raises(RuntimeError):
        apply_plan(COMMAND, plan, progress=break_down)
    assert Unit.select().count() == Municipality.select().count() == Organizer.select().count() == 0

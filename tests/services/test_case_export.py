"""A case on paper and as a file: all of it for the archive, and nothing hidden for guardians."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection, db, rows
from tbb.models import Account, Case, CaseExport, Person
from tbb.models.kinds import NoteKind
from tbb.policy import Refused
from tbb.services import (
    actors,
    case_export,
    case_names,
    case_notes,
    case_paper,
    case_printing,
    case_record,
    limits,
    sealed_fields,
)
from tbb.services.demo_cast import account_of
from tbb.services.wheel_texts import AREAS
from tests import make_cases
from tests.at_work import units

WHEEL = {
    "child.label": "etikett", "child.stage": "årskurs", "area.halsa.see": "", "area.halsa.child": "",
    "area.hemmet.see": "", "strengths": "", "told.child_says": "", "told.guardians_say": "",
    "absence.detect.text": "", "something.new": "",
}  # fmt: skip
MAPPING = ("voice.own", "voice.guardians", "now.larande.see", "question.1", "question.5.none", "outcome.reason")
HIDDEN = ("area.trygghet.see", "area.trygghet.child", "voice.child", "now.omsorg.see")


def acting(persona: str):
    """One of the cast, signed in with two factors."""
    return actors.of_account(account_of(persona), strong=True)


def bird(name: str) -> str:
    """A word that is found nowhere else."""
    return f"kanarie{secrets.token_hex(8)}{name.replace('.', '')}"


@pytest.fixture
def planted(county):
    """A case with a canary in every field: (case, {name: open canary}, {name: hidden canary})."""
    with connection():
        shown, hidden = {name: bird(name) for name in (*WHEEL, *MAPPING)}, {name: bird(name) for name in HIDDEN}
        sent = {name: (shown | hidden).get(name) for name in (*WHEEL, "area.trygghet.see", "area.trygghet.child")}
        levels = {f"area.{area}.level": "stod" for area in AREAS} | {"area.trygghet.hidden": "1"}
        case, bba = make_cases.case(units()["own"], answers=sent | levels), acting("bba")
        with db.atomic():
            answers = {name: (shown | hidden)[name] for name in (*MAPPING, "voice.child", "now.omsorg.see")}
            marks = {"voice.child.hidden": "1", "now.omsorg.hidden": "1"}
            sealed_fields.save(case, answers | marks, by=bba.account)
        for text, kind, secret in (("open note", NoteKind.NOTE, False), ("secret note", NoteKind.NOTE, True)):
            (hidden if secret else shown)[text] = bird(text[:4])
            case_notes.write(bba, case, (hidden if secret else shown)[text], kind, hidden=secret)
        yield Case.get_by_id(case.id), shown, hidden


def words_of(sheet) -> str:
    """All that stands in a document."""
    return json.dumps(case_paper._content(sheet), ensure_ascii=False)


def test_the_printout_for_own_use_holds_everything(planted):
    case, shown, hidden = planted
    said = words_of(case_printing.sheet(acting("bba"), case))
    assert [name for name, word in (shown | hidden).items() if word not in said] == []


def test_the_printout_for_guardians_leaves_out_wholly_what_is_hidden(planted):
    case, shown, hidden = planted
    sheet = case_printing.sheet(acting("bba"), case, case_printing.GUARDIANS)
    said = words_of(sheet)
    assert [name for name, word in hidden.items() if word in said] == []
    assert [name for name, word in shown.items() if word not in said] == []
    areas = {area.code for section in sheet.sections for area in section.areas}
    assert {"trygghet", "omsorg"} & areas == set() and "halsa" in areas, "hidden anywhere is hidden everywhere"
    assert "Visas inte" not in said and "Sara Skissberg" not in said
    assert rows("SELECT note FROM audit_row WHERE action = 'case:print'") == [(case_printing.GUARDIANS,)]


def test_the_pdf_is_tagged_archival_and_says_nothing_of_the_child_in_its_title(planted):
    case, shown, _hidden = planted
    made = case_printing.pdf(acting("bba"), case)
    assert made.startswith(b"%PDF-1.7") and b"/StructTreeRoot" in made and b"/Lang(sv" in made
    assert b"pdfaid" in made and b"pdfuaid" in made
    assert shown["child.label"].encode() not in made, "texts are in compressed streams, titles would not be"


def test_signs_that_no_font_has_do_not_stop_it_and_are_told_of(planted):
    case, _shown, _hidden = planted
    with db.atomic():
        sealed_fields.save(case, {"voice.own": "Bra 😀 سلام 漢字 \u200f\x07 ! " + "x" * 300})
    sheet = case_printing.sheet(acting("bba"), case)
    assert case_paper.pdf(sheet).startswith(b"%PDF")


def test_an_export_is_on_record_limited_and_can_be_fetched_for_an_hour_by_its_maker(planted, at):
    case, shown, hidden = planted
    at(clock.local(clock.now()).replace(hour=12))
    bba = acting("bba")
    export = case_export.make(bba, case, "Dnr 2026/118, bevaras")
    assert case_export.reason_of(case, export) == "Dnr 2026/118, bevaras"
    assert b"2026/118" not in bytes(CaseExport.get_by_id(export.id).reason)
    told = json.loads(case_export.fetch(bba, case, export, case_export.JSON))
    said = json.dumps(told, ensure_ascii=False)
    assert [name for name, word in (shown | hidden).items() if word not in said] == []
    [wheel] = told["wheels"]
    assert (
        wheel["sender"]["name"] == "Sara Skissberg" and wheel["recipient"]["unit"]["organizer"] == "Eskilstuna kommun"
    )
    answer = next(each for each in wheel["answers"] if each["name"] == "area.halsa.child")
    assert answer["label"] == "Barnet säger" and answer["version"] == 1 and answer["at"] and answer["by"]
    assert told["case"]["edition"] == "2024" and told["made"]["by"]
    assert case_export.fetch(bba, case, export, case_export.PDF).startswith(b"%PDF")
    actions = [action for (action,) in rows("SELECT action FROM audit_row WHERE thing_id = ?", (case.reference,))]
    assert actions.count("case:fetch-export") == 2 and "case:export" in actions
    assert CaseExport.get_by_id(export.id).taken_at
    name = case_export.file_name(case, case_export.ARCHIVE, "pdf")
    assert case.reference.lower() in name and shown["child.label"] not in name
    at(clock.now() + case_export.READY_FOR + timedelta(seconds=1))
    with pytest.raises(case_export.NotReady):
        case_export.fetch(bba, case, export, case_export.PDF)
    for _ in range(case_export.MOST_A_DAY - 1):
        case_export.make(bba, case, "Dnr 2026/118, bevaras")
    with pytest.raises(limits.TooOften):
        case_export.make(bba, case, "Dnr 2026/118, bevaras")


def test_only_those_who_answer_may_export(planted):
    case, _shown, _hidden = planted
    for persona in ("personal", "delegerad", "enhetschef", "huvudman", "granne"):
        with pytest.raises(Refused):
            case_export.make(acting(persona), case, "Dnr 2026/118, bevaras")


def test_a_protected_sender_is_nameless_on_paper(planted):
    case, _shown, _hidden = planted
    person = Person.create(function_name="Skolsköterska", protected=True, switchboard="016-465 00 00")
    Account.update(person=person).where(Account.id == account_of("personal")).execute()
    record = case_record.gather(case)
    assert record.wheels[0].sender == "Skolsköterska"
    assert "Sara Skissberg" not in case_export.as_json(record, kind="archive", who="x", at=clock.now()).decode()


def test_every_answer_has_a_place_in_the_order_and_a_name():
    assert case_names.word_of("question.5").label == "Vilken ytterligare hjälp behöver jag från andra?"
    assert case_names.in_words("area.halsa.level", "uppm") == "Behöver uppmärksammas"
    assert case_names.in_words("absence.detect.on", "2026-11-22") == "22 november 2026"
    assert case_names.word_of("something.new").label == "something.new"
    names = ["question.2", "now.halsa.see", "area.hemmet.see", "area.halsa.see", "x", "child.label"]
    assert sorted(names, key=case_names.place_in_order) == [
        "child.label", "area.halsa.see", "area.hemmet.see", "now.halsa.see", "question.2", "x",
    ]  # fmt: skip

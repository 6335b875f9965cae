"""Registerutdrag: all that is the child's, nothing that is another's, released by a second person."""

from __future__ import annotations

import json
import secrets

import pytest

from tbb.database import connection, db, rows
from tbb.models import Case, CaseExport, Grant, Letter
from tbb.models.kinds import NoteKind
from tbb.policy import Refused
from tbb.services import actors, case_export, case_notes, extracts, sealed_fields
from tbb.services.case_sheet import MASKED
from tbb.services.demo_cast import account_of
from tbb.services.extracts import CHILD, GUARDIAN, Choices
from tests import make_cases
from tests.at_work import units

REASON = "Dnr 2026/118, begäran kom 20 november"
OWN = ("area.halsa.see", "area.halsa.child", "strengths", "told.child_says", "voice.own", "question.3", "voice.child")
OTHERS = ("area.relationer.see", "told.guardians_say", "voice.guardians")
SECRET = ("area.hemmet.see", "area.hemmet.child")


def acting(persona: str):
    """One of the cast, signed in with two factors."""
    return actors.of_account(account_of(persona), strong=True)


@pytest.fixture
def planted(county):
    """A case with canaries, and another child's beside it: (case, {name: canary}, a foreign canary)."""
    with connection():
        word = {name: f"kanarie{secrets.token_hex(8)}" for name in (*OWN, *OTHERS, *SECRET, "note", "other note")}
        foreign = f"kanarie{secrets.token_hex(8)}"
        levels = {"area.halsa.level": "stod", "area.hemmet.hidden": "1"}
        of_wheel = {name: word[name] for name in word if name.startswith(("area", "strengths", "told"))}
        unit, bba = units()["own"], acting("bba")
        case, other = make_cases.case(unit, answers=of_wheel | levels), make_cases.case(unit)
        with db.atomic():
            sealed_fields.save(case, {name: word[name] for name in word if name.startswith(("voice", "question"))})
            sealed_fields.save(other, {"voice.own": foreign})
        for name in ("note", "other note"):
            case_notes.write(bba, case, word[name], NoteKind.NOTE)
        yield Case.get_by_id(case.id), word, foreign


def ids(case: Case) -> dict[str, str]:
    """The id of every piece of a case, by what it says."""
    return {
        piece.entry.text: piece.entry.id for group in extracts.material(acting("bba"), case) for piece in group.pieces
    }


def prepared(case: Case, word: dict[str, str], asker: str, **more) -> CaseExport:
    """An extract in which what is about others is masked."""
    known = ids(case)
    masked = (known[word["area.relationer.see"]], known[word["other note"]])
    return extracts.prepare(acting("bba"), case, Choices(asker, masked=masked, **more), REASON)


def released(case: Case, export: CaseExport) -> str:
    """What the file for computers says once the unit's head has released it."""
    extracts.decide(acting("enhetschef"), case, export, release=True)
    return case_export_text(case, export)


def case_export_text(case: Case, export: CaseExport) -> str:
    """Both files of an extract: the second as words, the first at least made."""
    found = CaseExport.get_by_id(export.id)
    assert extracts.fetch(acting("bba"), case, found, "pdf").startswith(b"%PDF")
    return extracts.fetch(acting("bba"), case, found, "json").decode()


def test_a_child_gets_all_of_its_own_and_nothing_of_others(planted):
    case, word, foreign = planted
    said = released(case, prepared(case, word, CHILD))
    assert [name for name in (*OWN, *SECRET, "note") if word[name] not in said] == []
    assert [name for name in (*OTHERS, "other note") if word[name] in said] == [] and foreign not in said
    told = json.loads(said)
    masked = {
        each["name"] for each in (*told["wheels"][0]["answers"], *told["answers"], *told["notes"]) if "masked" in each
    }
    assert masked == {*OTHERS, "note.note"} and MASKED in said, "what is masked is named"
    assert told["wheels"][0]["sender"]["name"] == "Sara Skissberg" and "by" not in told["notes"][0]


def test_a_guardian_gets_their_own_words_but_not_what_is_secret_to_them(planted):
    case, word, _foreign = planted
    own = (ids(case)[word["voice.guardians"]],)
    reference = case.wheels.get().reference
    said = released(case, prepared(case, word, GUARDIAN, own=own, senders=(reference,)))
    assert word["voice.guardians"] in said and word["told.guardians_say"] not in said
    assert [name for name in SECRET if word[name] in said] == [] and "hemmet" not in said
    assert json.loads(said)["left_out_by_secrecy"] == 3 and "Sara Skissberg" not in said


def test_nobody_releases_their_own_and_nothing_leaves_before(planted):
    case, word, _foreign = planted
    export = prepared(case, word, CHILD)
    told = rows("SELECT recipient, template FROM letter WHERE template LIKE 'extract%'")
    assert told == [(email("enhetschef"), "extract_waiting")]
    with pytest.raises(Refused):
        extracts.decide(acting("bba"), case, export, release=True)
    with pytest.raises(case_export.NotReady):
        extracts.fetch(acting("bba"), case, export, "json")
    for persona in ("personal", "delegerad", "huvudman", "granne", "ersattare"):
        assert extracts.find(acting(persona), case.key, export.key) is None
    head = acting("enhetschef")
    assert extracts.find(head, case.key, export.key) and extracts.show(head, case, export).may_decide
    extracts.decide(head, case, export, release=False, reason="Ett syskon nämns i hjulet.")
    assert extracts.find(head, case.key, export.key) is None, "the head sees it only while it waits"
    found = CaseExport.get_by_id(export.id)
    shown = extracts.show(acting("bba"), case, found)
    assert (shown.export.state, shown.answer, shown.may_fetch) == ("refused", "Ett syskon nämns i hjulet.", False)
    assert extracts.earlier(acting("bba"), case, export.key).asker == CHILD
    with pytest.raises(extracts.AlreadyDecided):
        extracts.decide(head, case, found, release=True)
    with pytest.raises(case_export.NotReady):
        extracts.fetch(acting("bba"), case, found, "json")
    assert Letter.get(Letter.template == "extract_decided").recipient == email("bba")


def test_what_nobody_has_looked_at_is_not_released(planted):
    case, word, _foreign = planted
    first, second = prepared(case, word, CHILD), prepared(case, word, CHILD)
    extracts.decide(acting("enhetschef"), case, second, release=True)
    with db.atomic():
        sealed_fields.save(case, {"voice.own": "Något nytt."})
    with pytest.raises(extracts.HasChanged):
        extracts.decide(acting("enhetschef"), case, first, release=True)
    with pytest.raises(extracts.HasChanged):
        extracts.fetch(acting("bba"), case, CaseExport.get_by_id(second.id), "json")
    assert extracts.show(acting("bba"), case, CaseExport.get_by_id(second.id)).changed


def test_without_a_second_person_there_is_no_extract(planted):
    case, word, _foreign = planted
    Grant.delete().where(Grant.account == account_of("enhetschef")).execute()
    with pytest.raises(extracts.NobodyToRelease):
        prepared(case, word, CHILD)
    assert CaseExport.select().count() == 0


def email(persona: str) -> str:
    """Where one of the cast gets letters."""
    return rows("SELECT email FROM account WHERE id = ?", (account_of(persona),))[0][0]

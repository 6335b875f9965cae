"""What is said of a child is sealed: a word in every text is found in no file that the application writes."""

from __future__ import annotations

import json
import logging
import secrets
from datetime import timedelta
from pathlib import Path

import pytest

from tbb import clock, database
from tbb.case_keys import CaseKeys
from tbb.crypto import CannotOpen
from tbb.database import connection, on_postgresql, rows
from tbb.models import Case, Meeting, Unit, Wheel
from tbb.policy import Actor
from tbb.services import (
    actors,
    case_desk,
    case_export,
    case_notes,
    consent_taking,
    drafts,
    family_sheet,
    followup_record,
    followups,
    holds,
    informing,
    mapping,
    meetings,
    outcomes,
    plan_actions,
    plan_carrying,
    plan_notes,
    plan_owners,
    plans,
    resealing,
    sealed_fields,
    transitions,
)
from tbb.services.consents import Voice
from tbb.services.demo_cast import account_of
from tests import engines, make_meetings
from tests.at_work import units
from tests.people import signed_in

AREAS = ("halsa", "utveckling", "larande", "omsorg", "hemmet", "relationer", "trygghet")


class Birds:
    """Words that stand nowhere else, each given out once."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def __call__(self, what: str) -> str:
        self.words.append(f"kanarie{what.replace('.', '').replace('_', '')}{secrets.token_hex(8)}")
        return self.words[-1]


@pytest.fixture
def own_keys(county, tmp_path, monkeypatch):
    """The application with a file of case keys in a folder that is looked through."""
    kept = CaseKeys(tmp_path / "case-keys.db", engines.KEYRING)
    monkeypatch.setitem(database._vault, "case keys", kept)
    yield county
    kept.close()


def actor(persona: str):
    """Somebody of the cast, signed in with two factors."""
    return actors.of_account(account_of(persona), strong=True)


def live(bird: Birds) -> Case:
    """Let a case go the whole way, with a bird in every text that anybody may write."""
    own, other = units()["own"], units()["other"]
    author, bba, today = actor("personal"), actor("bba"), clock.today()
    wheel = drafts.begin(author, from_unit=own)
    texts = {name: bird(name) for name in ("child.label", "child.own_reference", "strengths",
                                           "told.child_says", "told.guardians_say")}  # fmt: skip
    texts |= {f"area.{area}.{part}": bird(part) for area in AREAS for part in ("see", "child", "strength")}
    drafts.save(author, wheel.key, texts | {"area.halsa.level": "stod", "told.child": "yes", "told.guardians": "yes"})
    drafts.set_recipient(author, wheel.key, own)
    yes = Voice("yes", "oral", today)
    voices = {"guardian_1": yes, "guardian_2": yes, "child": yes}
    consent_taking.record(author, wheel=wheel, voices=voices, units=[other], information=bird("consent"), ends_on=today,
                    why_not_asked=bird("why"))  # fmt: skip
    key = informing.send(author, wheel.key).case.key
    case_desk.receive(bba, key)
    case = Case.get(Case.key == key)
    free = [name for name in mapping.KNOWN if not name.endswith((".level", ".hidden", ".none", ".on"))]
    mapping.save(bba, case, {name: bird(name) for name in free})
    case_notes.write(bba, case, bird("note"))
    case_notes.ask(bba, case, wheel.key, bird("question"))
    consent_taking.record(bba, case=case, voices=voices, units=[other], information=bird("consent"), ends_on=today)
    holds.hold(bba, case, bird("hold"))
    outcomes.decide(bba, Case.get_by_id(case.id), "own", bird("outcome"), bird("measures"), close=True)
    outcomes.reopen(bba, Case.get_by_id(case.id), bird("reopen"))
    case = Case.get_by_id(case.id)
    meet(bird, bba, case)
    told = {"plan": plan_carrying.ENDS, "plan_reason": bird("plan ends")}
    transitions.begin(bba, case, other, reason="moves", areas=AREAS, summary=bird("summary"), **told)
    case_export.make(bba, case, bird("export"))
    return Case.get_by_id(case.id)


def meet(bird: Birds, bba: Actor, case: Case) -> None:
    """Let the case have a meeting, a samordningsperson, a plan, what is told of it, and a follow-up."""
    bba_account, today = account_of("bba"), clock.today()
    meeting = make_meetings.meeting(case, at=clock.now() - timedelta(hours=2), state="held")
    guardian = make_meetings.participant(meeting)
    person = json.dumps(make_meetings.GUARDIAN | {"name": bird("person"), "note": bird("person")})
    guardian.person = sealed_fields.seal(meeting, person, meetings.person_place(guardian.key))
    guardian.save()
    sealed_fields.save(meeting, {name: bird(name) for name in ("voice.says", "area.halsa.agreed", "needs")})
    goals = {f"goal.{area}.{part}": bird("goal") for area in AREAS for part in ("child", "own")}
    action = plan_actions.NewAction(bird("what"), bird("who"), due_on=today, unit=case.unit_id, account=bba_account)
    plan = plans.make(bba, meeting, goals=goals, actions=[action])
    somebody = plan_actions.possible(case)[0]
    plan_owners.hand_on(
        bba, plan, plan_owners.Choice(somebody, False, bird("why"), bird("wish"), False, bird("reason"))
    )
    plan_notes.tell(plan_notes.new_link(bba, plan), words=bird("family"), phone="070-174 06 05")
    note = plan_notes.of_plan(bba, plan)[0]
    plan_notes.settle(bba, plan, note.key, bird("done"))
    wall = (clock.local(clock.now()) + timedelta(days=3)).strftime("%Y-%m-%dT13:00")
    booked = followups.book(bba, plan, wall=wall, by_words=bird("booked"))
    begun = clock.now() - timedelta(minutes=5)
    Meeting.update(starts_at=begun, ends_at=begun + timedelta(hours=1)).where(Meeting.id == booked.id).execute()
    said = {name: bird(name) for name in followup_record.FIELDS if name.endswith((".see", ".words"))}
    said |= {"better.child": "yes", "listened.child": "yes"}
    followup_record.record(bba, plan, said, outcome="changed", reason=bird("outcome"), next_wall=wall)
    family_sheet.content(bba, plan)


def test_no_word_about_a_child_lies_open_in_any_file(own_keys, tmp_path, caplog, capfd):
    if on_postgresql():
        pytest.skip("files are looked through on SQLite")
    bird = Birds()
    caplog.set_level(logging.DEBUG)
    with connection():
        case = live(bird)
        sealed = [*resealing.things(case.reference), *Wheel.select().where(Wheel.state == "draft")]
        opened = [
            sealed_fields.unseal(thing, body, column.place(mark))
            for thing in sealed
            for column in resealing.columns(thing)
            for _number, body, mark in rows(column.asked, (thing.id,))
        ]
        assert Unit.select().count() > 100
    client = signed_in(own_keys, "bba")
    page = client.get(f"/arenden/{case.key}")
    assert page.status_code == 200 and sum(word in page.text for word in bird.words) > 10
    assert client.get("/arenden").status_code == 200 and client.get("/halsa").status_code == 200
    everything = "".join(opened)
    assert [word for word in bird.words if word not in everything] == [], "all of it was kept, and sealed"
    assert len(bird.words) > 60
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"tbb.db", "tbb.db-wal", "case-keys.db"} <= {path.name for path in files}
    for path in (*files, *temporary_files()):
        held = path.read_bytes()
        assert not [word for word in bird.words if word.encode() in held], path
    said = caplog.text + "".join(capfd.readouterr())
    assert not [word for word in bird.words if word in said]
    with connection():
        audit = (
            str(rows("SELECT * FROM audit_row")) + str(rows("SELECT * FROM letter")) + str(rows("SELECT * FROM meta"))
        )
    assert "kanarie" not in audit


def temporary_files() -> list[Path]:
    """What the process has open, and what it has left in its folder for passing things."""
    held = []
    for number in Path("/proc/self/fd").iterdir():
        try:
            path = number.resolve(strict=True)
        except OSError:
            continue
        if path.is_file() and path.stat().st_size < 50_000_000:
            held.append(path)
    return held


def test_what_cannot_be_opened_says_nothing_of_texts_or_keys(own_keys):
    with connection():
        case = live(Birds())
        keys, told = database.case_keys(), []
        body = rows("SELECT body FROM case_field WHERE case_id = ?", (case.id,))[0][0]
        for attempt in (
            lambda: keys.open(case.seal, body, "elsewhere"),
            lambda: keys.open(case.seal, bytes(body)[:-1], "elsewhere"),
            lambda: keys.open("0" * 32, body, "elsewhere"),
        ):
            with pytest.raises(CannotOpen) as problem:
                attempt()
            told.append(f"{problem.value!r} {problem.value.__cause__!r} {problem.value.__context__!r}")
    assert case.seal not in "".join(told) and "kanarie" not in "".join(told) and "elsewhere" not in "".join(told)

"""A case with a meeting and a plan: joined, parted, closed, handed over, printed, taken out, and forgotten with it."""

from __future__ import annotations

import json
import secrets
from datetime import date, timedelta

import pytest

from tbb import clock
from tbb.database import connection, rows, run
from tbb.models import AuditRow, Case, Coordinator, Meeting, Participant, Plan
from tbb.policy import Refused
from tbb.services import (
    case_export,
    case_paper,
    case_printing,
    case_record,
    extracts,
    followups,
    forgetting,
    joining_cases,
    outcomes,
    plan_actions,
    plan_notes,
    plan_owners,
    plans,
    resealing,
    sealed_fields,
    sip_basis,
)
from tbb.services.extracts import Choices
from tests import make_cases, make_meetings
from tests.at_work import units
from tests.services.plan_cast import held_meeting, planned, wall, who

OPEN = ("voice.says", "area.halsa.agreed", "goal.halsa.own", "what", "who", "deviation", "family", "wish", "reason")
HIDDEN = ("goal.trygghet.child", "hidden what")


class Planted:
    """A case in whose meeting, plan and notes stand words that are found nowhere else."""

    def __init__(self) -> None:
        self.word = {name: f"kanarie{secrets.token_hex(6)}" for name in (*OPEN, *HIDDEN, "guardian", "karin")}
        meeting, word = held_meeting(), self.word
        guardian = Participant.get(Participant.meeting == meeting, Participant.account.is_null())
        self._person(meeting, guardian, word["guardian"])
        self._person(meeting, make_meetings.participant(meeting, units()["sister"]), word["karin"])
        sealed_fields.save(meeting, {name: word[name] for name in ("voice.says", "area.halsa.agreed")})
        plan = planned(meeting, what=word["what"], who=word["who"], area="", due_on=date(2030, 1, 2))
        leader = who("ersattare")
        goals = {name: word[name] for name in ("goal.halsa.own", "goal.trygghet.child")}
        plans.change(leader, plan, goals | {"goal.trygghet.hidden": "1"})
        hidden = plan_actions.NewAction(word["hidden what"], "Vi", due_on=date(2030, 1, 2), hidden=True)
        plan_actions.add(leader, plan, hidden)
        plan_notes.deviate(leader, plan, units()["other"].id, word["deviation"])
        plan_notes.tell(plan_notes.new_link(leader, plan), words=word["family"], phone="")
        choice = plan_owners.Choice(plan_actions.possible(plan.case)[0], True, wish=word["wish"], as_wished=False,
                                    reason=word["reason"])  # fmt: skip
        plan_owners.hand_on(leader, plan, choice)
        self.case, self.meeting, self.plan = Case.get_by_id(plan.case_id), meeting, plan

    def _person(self, meeting: Meeting, participant: Participant, name: str) -> None:
        said = json.dumps(make_meetings.GUARDIAN | {"name": name})
        participant.person = sealed_fields.seal(meeting, said, f"participant.person:{participant.key}")
        participant.state = "accepted"
        participant.save()

    def missing(self, said: str, names: tuple[str, ...]) -> list[str]:
        """Which of some words do not stand in a text."""
        return [name for name in names if self.word[name] not in said]


@pytest.fixture
def planted(county):
    """Such a case, for the length of a test."""
    with connection():
        yield Planted()


def printed(sheet) -> str:
    """All that stands in a document, after it has been set."""
    assert case_paper.pdf(sheet).startswith(b"%PDF")
    return json.dumps(case_paper._content(sheet), ensure_ascii=False)


def test_printouts_and_exports_hold_all_of_it_and_guardians_what_is_theirs(planted):
    bba, everything = who("bba"), (*OPEN, *HIDDEN, "guardian", "karin")
    assert planted.missing(printed(case_printing.sheet(bba, planted.case)), everything) == []
    export = case_export.make(bba, planted.case, "Till diariet.")
    told = case_export.fetch(bba, planted.case, export, "json").decode()
    assert planted.missing(told, everything) == []
    said = printed(case_printing.sheet(bba, planted.case, case_printing.GUARDIANS))
    assert planted.missing(said, OPEN) == []
    assert planted.missing(said, (*HIDDEN, "guardian", "karin")) == [*HIDDEN, "guardian", "karin"]
    assert "Samverkansmöte M-" in said and "Barnets plan P-" in said and "Detta är inte en SIP." in said
    assert planted.case.seal not in told


def test_an_extract_masks_others_and_lets_the_preparer_mask_every_word(planted):
    record = case_record.gather(planted.case)
    pieces = [piece for group in extracts.material(who("bba"), planted.case) for piece in group.pieces]
    named = {piece.entry.value for piece in pieces}
    assert planted.missing(" ".join(named), OPEN) == [] and all(piece.label for piece in pieces)
    plain = extracts.masked(record, Choices("child"))
    said = " ".join(entry.value for entry in plain.entries())
    assert planted.missing(said, ("guardian", "karin", "family")) == ["guardian", "karin", "family"]
    guardian = next(entry for entry in record.entries() if planted.word["guardian"] in entry.value)
    own = extracts.masked(record, Choices("guardian", own=(guardian.id,)))
    said = " ".join(entry.value for entry in own.entries())
    assert planted.missing(said, ("karin", *HIDDEN)) == ["karin", *HIDDEN]
    every = extracts.masked(record, Choices("child", masked=tuple(piece.entry.id for piece in pieces)))
    said = " ".join(entry.value for entry in every.entries())
    assert planted.missing(said, OPEN) == list(OPEN)
    assert extracts._digest(record) != extracts._digest(plain)


def test_joined_with_another_case_all_of_it_moves_and_is_sealed_anew(planted):
    bba = who("bba")
    target = make_cases.case(planted.case.unit, state="received", received_at=clock.now())
    old, new = planted.case.seal, target.seal
    joining_cases.join(bba, target, planted.case)
    assert {Meeting.get_by_id(planted.meeting.id).case_id, Plan.get_by_id(planted.plan.id).case_id} == {target.id}
    moved = Case.get_by_id(target.id)
    said = " ".join(entry.value for entry in case_record.gather(moved).entries())
    assert planted.missing(said, (*OPEN, *HIDDEN, "guardian", "karin")) == []
    assert (moved.state, moved.outcome, moved.seal) == ("collaborating", "meeting", new) and old != new
    assert plans.change(bba, Plan.get_by_id(planted.plan.id), {"goal.omsorg.own": "Nytt"})
    third = held_meeting()
    planned(third)
    assert joining_cases.why_not(moved, Case.get_by_id(third.case_id)) == "plans"
    plans.end(who("ersattare"), Plan.get(Plan.case == third.case_id), "Klart.")
    assert joining_cases.why_not(moved, Case.get_by_id(third.case_id)) == ""


def test_a_wheel_that_is_parted_leaves_meeting_and_plan_where_they_are(planted):
    other = make_cases.case(planted.case.unit, state="received", received_at=clock.now())
    joining_cases.join(who("bba"), planted.case, other)
    case = Case.get_by_id(planted.case.id)
    made = joining_cases.part(who("bba"), case, case.wheels.order_by(-case.wheels.model.id).get().key)
    assert rows("SELECT case_id FROM plan") == [(case.id,)] and rows("SELECT case_id FROM meeting") == [(case.id,)]
    assert case_record.gather(made).together.entries() == []


def test_closing_the_case_ends_plan_coordinator_and_what_is_booked(planted):
    leader = next(each for each in ("bba", "ersattare") if who(each).account == _coordinator(planted))
    followups.book(who(leader), planted.plan, wall=wall(30))
    outcomes.close(who("bba"), planted.case, "Familjen flyttar.")
    assert Plan.get_by_id(planted.plan.id).state == "ended"
    assert Coordinator.select().where(Coordinator.ended_at.is_null()).count() == 0
    assert [each.state for each in Meeting.select().order_by(Meeting.id)] == ["held", "cancelled"]
    assert plan_notes.link_of(Plan.get_by_id(planted.plan.id)) == ""


def test_all_of_it_is_forgotten_with_the_case(planted):
    outcomes.close(who("bba"), planted.case, "Klart.")
    resealing.reseal(Case.get_by_id(planted.case.id))
    forgetting._remove_case(planted.case.id)
    for table in ("meeting", "meeting_field", "participant", "plan", "plan_field", "plan_action", "plan_note",
                  "coordinator", "meeting_party"):  # fmt: skip
        assert rows(f"SELECT COUNT(*) FROM {table}") == [(0,)], table
    run("DELETE FROM doomed_key")


def test_a_basis_for_a_sip_has_the_five_points_and_nothing_hidden_and_is_on_record(planted):
    leader = who("bba")
    with pytest.raises(Refused):
        sip_basis.sheet(who("granne"), planted.plan)
    said = printed(sip_basis.sheet(leader, planted.plan))
    assert "Detta är inte en SIP" in said and all(f'"{number}. ' in said for number in range(1, 6))
    assert planted.missing(said, ("what", "who", "goal.halsa.own", "wish")) == []
    assert planted.missing(said, HIDDEN) == list(HIDDEN)
    assert planted.missing(said, ("family", "deviation")) == ["family", "deviation"]
    assert AuditRow.select().where(AuditRow.action == "plan:export-sip").count() == 1
    assert sip_basis.pdf(leader, planted.plan).startswith(b"%PDF") and clock.today() < date(2030, 1, 1) + timedelta(1)


def _coordinator(planted: Planted) -> int:
    return Coordinator.get(Coordinator.case == planted.case, Coordinator.ended_at.is_null()).account_id

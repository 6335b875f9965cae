"""The samordningsperson: appointed in the meeting and not before, the child first asked, and only ever one."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import AuditRow, CaseEvent, Coordinator, Letter, Meeting, Participant
from tbb.policy import Actor, Refused
from tbb.services import actors, consent_taking, consents, coordinators, letters, meeting_shelf, sealed_fields
from tbb.services.demo_cast import account_of
from tbb.services.meeting_moments import Closed, NotHeld
from tests import make_cases, make_meetings
from tests.at_work import units
from tests.services.keeping_cast import all_at_once


def who(persona: str) -> Actor:
    """Somebody of the cast, signed in with two factors."""
    return actors.of_account(account_of(persona), strong=True)


@pytest.fixture
def held(county):
    """A connection to the demo county for the length of a test."""
    with connection():
        yield


@pytest.fixture
def meeting(held) -> Meeting:
    """A meeting that is going on, with the nurse, the neighbour, a guardian, and somebody who did not come."""
    near = units()
    case = make_cases.case(near["own"], state="collaborating", received_at=clock.now())
    make_meetings.consent(who("bba"), case, near["other"], near["sister"])
    made = make_meetings.meeting(case, at=clock.now() - timedelta(minutes=20))
    make_meetings.participant(made, near["own"], account=account_of("personal"), attended="yes")
    make_meetings.participant(made, near["other"], account=account_of("granne"), attended="part")
    make_meetings.participant(made, near["sister"], account=account_of("ersattare"), attended="no")
    make_meetings.participant(made, attended="yes")
    return made


def part(meeting: Meeting, persona: str) -> Participant:
    """The part that one of the cast has in a meeting."""
    return Participant.get(Participant.meeting == meeting, Participant.account == account_of(persona))


def guardian(meeting: Meeting) -> Participant:
    """The guardian's part."""
    return Participant.get(Participant.meeting == meeting, Participant.role == "guardian")


def as_wished(meeting: Meeting, persona: str) -> Coordinator:
    """Appoint whom the child wishes."""
    chosen = part(meeting, persona)
    return coordinators.appoint(who("bba"), meeting, participant=chosen, child_asked=True, wish=chosen.key)


def test_whom_the_child_wishes_is_appointed_sealed_told_and_noted(meeting):
    made = as_wished(meeting, "granne")
    assert made.as_wished and made.child_asked and made.unit_id == units()["other"].id
    shown = coordinators.of_case(meeting.case)
    assert shown.name == made.account.name and shown.wish.startswith(shown.name) and shown.reason == ""
    assert Meeting.get_by_id(meeting.id).state == "held"
    assert CaseEvent.select().where(CaseEvent.case == meeting.case, CaseEvent.what == "coordinator").count() == 1
    row = AuditRow.get(AuditRow.action == "coordinator:appoint")
    assert row.thing_id == meeting.case.reference and row.fields == "child_asked,wish" and row.note == ""
    letter = Letter.get(Letter.template == "coordinator_appointed")
    assert letter.recipient == made.account.email
    assert "Alva" not in json.dumps(letters.facts_of(letter))
    assert meeting_shelf.place_of_meeting(meeting).coordinator == account_of("granne")


def test_it_is_not_set_before_the_meeting_nor_after_nor_in_a_consultation(meeting):
    later = make_meetings.meeting(meeting.case, at=clock.now() + timedelta(minutes=1))
    nurse = make_meetings.participant(later, units()["own"], account=account_of("personal"), attended="yes")
    asked = {"child_asked": True, "wish": nurse.key}
    for state, kind, problem in (
        ("set", "collaboration", NotHeld), ("draft", "collaboration", NotHeld), ("cancelled", "collaboration", NotHeld),
        ("held", "consultation", NotHeld), ("closed", "collaboration", Closed),
    ):  # fmt: skip
        Meeting.update(state=state, kind=kind).where(Meeting.id == later.id).execute()
        with pytest.raises(problem):
            coordinators.appoint(who("bba"), later, participant=nurse, **asked)
    assert not Coordinator.select().where(Coordinator.case == meeting.case).exists()


@pytest.mark.parametrize(
    ("answers", "lacks"),
    [
        ({"child_asked": False}, "why_not_asked"),
        ({"child_asked": True}, "wish"),
        ({"child_asked": True, "wish": "nobody we know"}, "wish"),
        ({"child_asked": True, "wish": "other"}, "reason"),
        ({"child_asked": True, "wish": "guardian"}, "reason"),
    ],
)
def test_what_the_child_was_asked_and_why_it_became_another_must_be_told(meeting, answers, lacks):
    if answers.get("wish") == "guardian":
        answers = answers | {"wish": guardian(meeting).key}
    with pytest.raises(coordinators.Unsaid) as caught:
        coordinators.appoint(who("bba"), meeting, participant=part(meeting, "personal"), **answers)
    assert caught.value.what == lacks and coordinators.of_case(meeting.case) is None


def test_a_child_that_does_not_know_needs_no_special_reasons_and_another_choice_does(meeting):
    chosen = part(meeting, "personal")
    made = coordinators.appoint(who("bba"), meeting, participant=chosen, child_asked=True, wish="unknown")
    assert not made.as_wished and coordinators.opened(made).wish == "Vet inte"
    assert coordinators.take_back(who("bba"), meeting)
    because = {"wish": guardian(meeting).key, "reason": "Mamma arbetar inte med barn."}
    made = coordinators.appoint(who("bba"), meeting, participant=chosen, child_asked=True, **because)
    assert coordinators.opened(made).wish == "Gun Exempelsson" and not made.as_wished
    assert coordinators.opened(made).reason == because["reason"] and because["reason"].encode() not in made.words


def test_only_one_who_came_or_has_agreed_for_a_service_that_a_consent_covers(meeting):
    asked = {"child_asked": True, "wish": "unknown"}
    for chosen in (guardian(meeting), part(meeting, "ersattare")):
        with pytest.raises(coordinators.NotHere):
            coordinators.appoint(who("bba"), meeting, participant=chosen, **asked)
    elsewhere = make_meetings.meeting(meeting.case, at=clock.now() - timedelta(days=1))
    stranger = make_meetings.participant(elsewhere, units()["own"], account=account_of("personal"), attended="yes")
    with pytest.raises(coordinators.NotHere):
        coordinators.appoint(who("bba"), meeting, participant=stranger, **asked)
    consent_taking.withdraw(who("bba"), consents.of_case(meeting.case)[0].key)
    Participant.update(ended_at=None).where(Participant.meeting == meeting).execute()
    with pytest.raises((coordinators.NotCovered, coordinators.NotHere)):
        coordinators.appoint(who("bba"), meeting, participant=part(meeting, "granne"), **asked)
    make_meetings.consent(who("bba"), meeting.case, units()["sister"])
    made = coordinators.appoint(who("bba"), meeting, participant=part(meeting, "personal"), **asked, agreed=True)
    assert made.account_id == account_of("personal")


def test_only_those_who_work_with_the_case_appoint(meeting):
    chosen = part(meeting, "personal")
    for persona in ("personal", "granne", "ersattare", "enhetschef", "huvudman"):
        with pytest.raises(Refused):
            coordinators.appoint(who(persona), meeting, participant=chosen, child_asked=True, wish=chosen.key)
    with pytest.raises(Refused):
        weak = actors.of_account(account_of("bba"))
        coordinators.appoint(weak, meeting, participant=chosen, child_asked=True, wish=chosen.key)


def test_of_two_who_appoint_at_once_one_does_and_is_told(meeting):
    nurse, neighbour = part(meeting, "personal"), part(meeting, "granne")

    def appoint(chosen: Participant):
        return lambda: coordinators.appoint(who("bba"), meeting, participant=chosen, child_asked=True, wish=chosen.key)

    for _turn in range(4):
        found = all_at_once(appoint(nurse), appoint(neighbour), appoint(nurse), appoint(neighbour))
        assert [type(each).__name__ for each in found if not isinstance(each, Coordinator)] == ["AlreadyAppointed"] * 3
        standing = Coordinator.select().where(Coordinator.case == meeting.case, Coordinator.ended_at.is_null())
        assert standing.count() == 1
        assert Letter.select().where(Letter.template == "coordinator_appointed").count() == _turn + 1
        coordinators.take_back(who("bba"), meeting)


def test_the_words_open_only_where_they_were_written(meeting):
    made = as_wished(meeting, "personal")
    other = make_cases.case(units()["own"], state="received", received_at=clock.now())
    with pytest.raises(Exception, match="does not belong"):
        sealed_fields.unseal(other, made.words, coordinators.words_place(made.id))

"""A huvudman that wants both guardians' yes ends at once what counted on one of them, and nothing else."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import AuditRow, MeetingParty, Participant
from tbb.services import consent_taking, meeting_sending, meeting_shelf, owner_rules
from tests import make_cases, make_meetings
from tests.at_work import units
from tests.postbox import open_postbox
from tests.services.meeting_office import NOON, calendar_of, fresh, office, postman
from tests.services.plan_cast import who

NEVER = threading.Event()
ONE_SAYS_YES = make_meetings.ALL_SAY_YES | {"guardian_2": make_meetings.Voice()}


def decide(guardians: str) -> tuple[str, ...]:
    """Let the huvudman of the BBA's unit decide whose yes is needed."""
    organizer = units()["own"].organizer_id
    shown = owner_rules.show(who("huvudman"), organizer)
    told = {"regime": "osl", "boards": shown.boards, "decided_on": clock.today(), "decision": "BUN 2027/1"}
    return owner_rules.change(who("huvudman"), organizer, guardians=guardians, seen=shown.version, **told)


@pytest.fixture
def made(county, at):
    """A meeting to which somebody of another huvudman has been called; one guardian's yes was enough."""
    at(NOON)
    with connection():
        decide("one")
        found = office()
        consent_taking.withdraw(found.bba, found.consent.key)
        Participant.update(ended_at=None, state="asked").execute()
        MeetingParty.update(ended_at=None, ended_why="").execute()
        make_meetings.consent(found.bba, found.case, found.near["other"], voices=ONE_SAYS_YES)
        yield found


def test_who_was_called_by_one_guardians_yes_is_told_at_once_that_they_are_not(made, at, tmp_path):
    waiting = meeting_sending.drafts(made.bba, made.meeting)
    meeting_sending.send(made.bba, made.meeting, seen=len(waiting), sequence=0)
    elsewhere = make_cases.case(made.near["other"], state="collaborating", received_at=clock.now())
    theirs = make_meetings.participant(make_meetings.meeting(elsewhere, at=NOON + timedelta(days=9)), made.near["own"])
    at(NOON + timedelta(minutes=11))
    with open_postbox() as box, postman(box, tmp_path) as carries:
        carries.deliver(NEVER)
        assert "guardians" in decide("both")
        assert (
            fresh(made.people.karin).ended_at == clock.now() and fresh(made.people.karin.party).ended_why == "consent"
        )
        assert carries.deliver(NEVER) == 1, "to them alone"
        assert box.recipients[-1] == ["karin.testlind@flen.example"] and calendar_of(box.letters[-1])[0] == "CANCEL"
    assert {fresh(each).ended_at for each in (made.people.bba, made.people.guardian, theirs)} == {None}
    assert [row.thing for row in AuditRow.select().where(AuditRow.action == "consent:end-access")].count("case") == 2
    assert not meeting_shelf.may_be_shared_with(made.case, made.near["other"].id)


def test_what_both_have_said_yes_to_and_other_rules_end_nothing(made):
    make_meetings.consent(made.bba, made.case, made.near["other"])
    assert "guardians" in decide("both") and fresh(made.people.karin).ended_at is None
    assert AuditRow.select().where(AuditRow.action == "consent:end-access").count() == 1

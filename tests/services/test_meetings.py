"""Making a meeting: who may, who is to take part in it, what is needed, and its end."""

from __future__ import annotations

import pytest

from tbb import clock
from tbb.database import connection, rows
from tbb.models import AuditRow, Case, Meeting, MeetingParty, Participant
from tbb.models.meeting_kinds import MeetingKind, MeetingState, ParticipantState
from tbb.policy import Refused
from tbb.services import actors, mapping, meetings, sealed_fields
from tbb.services.demo_cast import account_of
from tbb.services.meetings import Contact
from tests import make, make_cases
from tests.at_work import units

GUN = Contact("Gun Exempelsson", "gun@exempelsson.example", "070-174 06 05", "")


@pytest.fixture
def office(county):
    """The demo county with a case that is received, its BBA, and somebody else of the unit."""
    with connection():
        own = units()["own"]
        yield {
            "own": own,
            "other": units()["other"],
            "bba": actors.of_account(account_of("bba"), strong=True),
            "staff": actors.of_account(account_of("personal"), strong=True),
            "case": make_cases.case(own, state="received", received_at=clock.now()),
        }


def changes(action: str) -> int:
    return AuditRow.select().where(AuditRow.action == action).count()


def test_who_answers_for_a_case_books_and_others_do_not(office):
    made = meetings.make(office["bba"], office["case"])
    assert (made.state, made.kind, made.minutes) == (MeetingState.DRAFT, MeetingKind.COLLABORATION, 60)
    assert made.reference.startswith("M-") and made.key not in made.uid
    with pytest.raises(Refused):
        meetings.make(office["staff"], office["case"])
    assert changes("meeting:make") == 1
    # The case's own unit and whoever books take part from the start.
    (begun,) = Participant.select()
    assert (begun.account_id, begun.party.unit_id) == (office["bba"].account, office["own"].id)


def test_a_case_that_is_not_received_or_is_closed_has_no_meeting(office):
    for state, problem in (("sent", mapping.NotReceived), ("closed", mapping.Closed)):
        Case.update(state=state, closed_at=clock.now()).where(Case.id == office["case"].id).execute()
        with pytest.raises(problem):
            meetings.make(office["bba"], Case.get_by_id(office["case"].id))
    assert Meeting.select().count() == 0


def test_services_and_people_are_added_and_taken_out(office):
    bba, meeting = office["bba"], meetings.make(office["bba"], office["case"])
    party = meetings.add_party(bba, meeting, office["other"], least=1)
    with pytest.raises(meetings.AlreadyThere):
        meetings.add_party(bba, meeting, office["other"])
    karin = meetings.add_participant(bba, meeting, party=party, person=Contact("Karin Testlind", "k@flen.example"))
    guardian = meetings.add_participant(bba, meeting, role="guardian", who="guardian_1", person=GUN, language="ar")
    own = MeetingParty.get(MeetingParty.unit == office["own"])
    sara = meetings.add_participant(bba, meeting, party=own, account=account_of("personal"))
    assert meetings.contact_of(guardian) == GUN and meetings.contact_of(sara) == Contact()
    with pytest.raises(meetings.AlreadyThere):
        meetings.add_participant(bba, meeting, role="guardian", who="guardian_1", person=GUN)
    with pytest.raises(meetings.AlreadyThere):
        meetings.add_participant(bba, meeting, party=own, account=account_of("personal"))
    assert meetings.take_out(bba, sara) and not meetings.take_out(bba, sara)
    assert meetings.add_participant(bba, meeting, party=own, account=account_of("personal")).id == sara.id
    assert meetings.take_out_party(bba, party) and not meetings.take_out_party(bba, party)
    assert Participant.get_by_id(karin.id).state == ParticipantState.ENDED
    assert meetings.add_party(bba, meeting, office["other"], least=2).id == party.id
    assert MeetingParty.get_by_id(party.id).least == 2


def test_nothing_of_who_they_are_is_readable_in_the_tables(office):
    bba, meeting = office["bba"], meetings.make(office["bba"], office["case"])
    meetings.add_participant(bba, meeting, role="guardian", who="guardian_1", person=GUN)
    meetings.save_needs(bba, meeting, {"child.part": "part", "child.how": "De första tjugo minuterna."})
    told = (
        str(rows("SELECT * FROM participant"))
        + str(rows("SELECT * FROM meeting_field"))
        + str(rows("SELECT note, fields FROM audit_row WHERE thing = 'meeting'"))
    )
    for word in ("Gun Exempelsson", "gun@exempelsson", "tjugo", "070-174 06 05"):
        assert word not in told
    assert sealed_fields.texts(meeting) == {"child.part": "part", "child.how": "De första tjugo minuterna."}


def test_a_consultation_has_no_child_and_no_guardian(office):
    case = make_cases.case(office["own"], state="received", received_at=clock.now(), about="anonymous")
    meeting = meetings.make(office["bba"], case)
    assert meeting.kind == MeetingKind.CONSULTATION
    for role, who in (("guardian", "guardian_1"), ("child", "child")):
        with pytest.raises(meetings.NotInConsultation):
            meetings.add_participant(office["bba"], meeting, role=role, who=who, person=GUN)
    with pytest.raises(meetings.NotInConsultation):
        meetings.save_needs(office["bba"], meeting, {"child.part": "all"})
    meetings.save_needs(office["bba"], meeting, {"needs": "Hörslinga"})


def test_those_who_do_not_belong_are_refused(office):
    bba, meeting = office["bba"], meetings.make(office["bba"], office["case"])
    another = meetings.make(bba, office["case"])
    party = meetings.add_party(bba, another, office["other"])
    with pytest.raises(meetings.NotOfThere):
        meetings.add_participant(bba, meeting, party=party, person=GUN)
    with pytest.raises(meetings.NotOfThere):
        meetings.add_participant(bba, meeting, person=GUN)
    with pytest.raises(meetings.NotOfThere):
        meetings.add_party(bba, meeting, make.unit("Stängd", status="closed"))
    with pytest.raises(Refused):
        meetings.add_party(office["staff"], meeting, office["other"])


def test_a_meeting_that_is_called_off_is_changed_no_more(office):
    bba, meeting = office["bba"], meetings.make(office["bba"], office["case"])
    assert meetings.call_off(bba, meeting) and not meetings.call_off(bba, meeting)
    with pytest.raises(meetings.NotNow):
        meetings.add_party(bba, meeting, office["other"])
    assert changes("meeting:call-off") == 1

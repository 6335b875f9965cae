"""What is taken back by hand is looked at, told in ten minutes and undone until then; what a consent takes is not."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import AuditRow, Letter, Meeting, MeetingParty, Participant, RoomBooking
from tbb.policy import Refused
from tbb.services import (
    consent_taking,
    consents,
    meeting_asking,
    meeting_invitations,
    meeting_mail,
    meeting_people,
    meeting_sending,
    meeting_undoing,
    meetings,
    rooms,
)
from tests import make_meetings
from tests.calendars import readers
from tests.postbox import open_postbox
from tests.services.meeting_office import KARIN, NOON, STARTS, calendar_of, fresh, office, postman, states
from tests.services.plan_cast import who

NEVER = threading.Event()
MINUTE = timedelta(minutes=1)
CALLED = NOON + 11 * MINUTE


@pytest.fixture
def box():
    """A real mail server."""
    with open_postbox() as opened:
        yield opened


@pytest.fixture
def made(county, at, box, tmp_path):
    """A meeting to which everybody has been called, and whose letters have left; it has a room."""
    at(NOON)
    with connection():
        found = office()
        found.room = rooms.add(found.bba, found.near["own"], rooms.Facts("Näckrosen"))
        Meeting.update(room=found.room).execute()
        RoomBooking.create(room=found.room, meeting=found.meeting.id, starts_at=STARTS, ends_at=found.meeting.ends_at)
        waiting = meeting_sending.drafts(found.bba, fresh(found.meeting))
        meeting_sending.send(found.bba, found.meeting, seen=len(waiting), sequence=0)
        Participant.update(state="accepted").where(Participant.id == found.people.karin.id).execute()
        with postman(box, tmp_path) as found.post:
            at(CALLED)
            assert found.post.deliver(NEVER) == 3
            yield found


def rest_of(box) -> list[tuple[str, str]]:
    """What has come since all were called: to whom, and by which method."""
    return [(str(letter["To"].addresses[0].username), calendar_of(letter)[0]) for letter in box.letters[3:]]


def test_a_meeting_that_is_called_off_is_told_after_ten_minutes_and_to_everybody(made, at):
    assert meetings.call_off(made.bba, made.meeting)
    at(CALLED + 9 * MINUTE)
    assert made.post.deliver(NEVER) == 0 and meeting_undoing.until(fresh(made.meeting)) == CALLED + 10 * MINUTE
    at(CALLED + 10 * MINUTE)
    assert meeting_undoing.until(fresh(made.meeting)) is None
    with pytest.raises(meeting_undoing.TooLate):
        meeting_undoing.call_back(made.bba, made.meeting)
    assert made.post.deliver(NEVER) == 3


def test_undone_in_time_nobody_has_been_told_and_all_is_as_before(made, box, at):
    before = states(made)
    meetings.call_off(made.bba, made.meeting)
    assert not RoomBooking.select().count()
    at(CALLED + 9 * MINUTE)
    with pytest.raises(Refused):
        meeting_undoing.call_back(who("granne"), made.meeting)
    assert meeting_undoing.call_back(made.bba, made.meeting) is True
    at(CALLED + 30 * MINUTE)
    assert made.post.deliver(NEVER) == 0 and rest_of(box) == []
    stands = fresh(made.meeting)
    assert (stands.state, stands.cancelled_at, states(made)) == ("set", None, before)
    assert RoomBooking.get().room_id == made.room.id and not meeting_invitations.waiting(stands)
    assert AuditRow.select().where(AuditRow.action == "meeting:undo-call-off").count() == 1
    with pytest.raises(meeting_undoing.TooLate):
        meeting_undoing.call_back(made.bba, made.meeting)


def test_a_room_that_was_taken_meanwhile_stays_with_who_took_it_and_the_change_waits_to_be_told(made):
    meetings.call_off(made.bba, made.meeting)
    RoomBooking.create(room=made.room, meeting=9999, starts_at=STARTS, ends_at=STARTS + timedelta(hours=1))
    assert meeting_undoing.call_back(made.bba, made.meeting) is False
    stands = fresh(made.meeting)
    assert (stands.state, stands.room_id) == ("set", None) and RoomBooking.get().meeting == 9999
    assert len(meeting_invitations.waiting(stands)) == 4


def test_letters_that_never_left_are_to_be_looked_at_anew_when_it_is_undone(county, at, box, tmp_path):
    at(NOON)
    with connection():
        found = office()
        meeting_sending.send(found.bba, found.meeting, seen=4, sequence=0)
        assert [draft.reader.email for draft in meeting_invitations.told_off(found.meeting)] == [""]
        meetings.call_off(found.bba, found.meeting)
        meeting_undoing.call_back(found.bba, found.meeting)
        assert states(found) == {"bba": "asked", "karin": "asked", "guardian": "asked", "nobody": "invited"}
        at(CALLED)
        with postman(box, tmp_path) as carries:
            assert carries.deliver(NEVER) == 0


def test_what_was_not_looked_at_is_not_done(made):
    mark = meeting_mail.mark_of(meeting_invitations.told_off(made.meeting))
    meetings.change_participant(made.bba, made.people.guardian, meetings.Contact("Gun", "annan@exempelsson.example"))
    for act in (
        lambda: meetings.call_off(made.bba, made.meeting, seen=mark),
        lambda: meetings.take_out(made.bba, made.people.karin, seen=meeting_mail.mark_of([])),
        lambda: meetings.take_out_party(made.bba, made.people.karin.party, seen=mark),
    ):
        with pytest.raises(meetings.Overtaken):
            act()
    assert fresh(made.meeting).state == "set" and fresh(made.people.karin).ended_at is None
    mark = meeting_mail.mark_of(meeting_invitations.told_off(fresh(made.meeting), [made.people.karin]))
    assert meetings.take_out(made.bba, made.people.karin, seen=mark)


def test_who_is_taken_out_alone_is_told_after_ten_minutes_and_comes_back_as_they_were(made, box, at):
    meetings.take_out(made.bba, made.people.karin)
    (gone,) = meeting_undoing.gone(fresh(made.meeting))
    assert (gone.reader.email, gone.until, gone.party) == (KARIN["email"], CALLED + 10 * MINUTE, None)
    at(CALLED + 9 * MINUTE)
    meeting_undoing.take_back(made.bba, made.people.karin)
    assert (fresh(made.people.karin).state, fresh(made.people.karin).ended_at) == ("accepted", None)
    at(CALLED + 20 * MINUTE)
    assert made.post.deliver(NEVER) == 0
    meetings.take_out(made.bba, made.people.karin)
    at(CALLED + 30 * MINUTE)
    assert made.post.deliver(NEVER) == 1 and rest_of(box) == [("karin.testlind", "CANCEL")]
    assert meeting_undoing.gone(fresh(made.meeting)) == []
    with pytest.raises(meeting_undoing.TooLate):
        meeting_undoing.take_back(made.bba, made.people.karin)


def test_a_service_comes_back_with_its_people(made):
    party = made.people.karin.party
    meetings.take_out_party(made.bba, party)
    assert meeting_undoing.gone(fresh(made.meeting))[0].party == party.id
    assert meeting_undoing.take_back_party(made.bba, made.meeting, party.id) == 1
    assert fresh(party).ended_at is None and fresh(made.people.karin).state == "accepted"
    with pytest.raises(meeting_undoing.TooLate):
        meeting_undoing.take_back_party(made.bba, made.meeting, party.id)


@pytest.mark.parametrize("how", ["alone", "service", "meeting"])
def test_a_consent_taken_back_meanwhile_tells_them_at_once_and_is_not_undone(made, box, how):
    if how == "meeting":
        meetings.call_off(made.bba, made.meeting)
    elif how == "service":
        meetings.take_out_party(made.bba, made.people.karin.party)
    else:
        meetings.take_out(made.bba, made.people.karin)
    assert made.post.deliver(NEVER) == 0
    consent_taking.withdraw(made.bba, made.consent.key)
    assert made.post.deliver(NEVER) == 1 and rest_of(box) == [("karin.testlind", "CANCEL")]
    if how == "meeting":
        meeting_undoing.call_back(made.bba, made.meeting)
    else:
        with pytest.raises(meeting_undoing.TooLate):
            meeting_undoing.take_back(made.bba, made.people.karin)
    assert fresh(made.people.karin).ended_at is not None
    assert meeting_undoing.gone(fresh(made.meeting)) == []


def test_a_service_that_no_consent_covers_any_longer_does_not_come_back(made):
    meetings.take_out(made.bba, made.people.karin)
    Participant.update(was="accepted").execute()
    consent_taking.withdraw(made.bba, made.consent.key)
    Participant.update(was="accepted").where(Participant.id == made.people.karin.id).execute()
    with pytest.raises(consents.NotCovered):
        meeting_undoing.take_back(made.bba, made.people.karin)


def test_a_guardian_does_not_come_back_beside_who_was_asked_in_their_place(made):
    meetings.take_out(made.bba, made.people.guardian)
    meetings.add_participant(
        made.bba, made.meeting, role="guardian", who="guardian_1", person=meetings.Contact("Bo", "bo@example.example")
    )
    with pytest.raises(meetings.AlreadyThere):
        meeting_undoing.take_back(made.bba, made.people.guardian)


def test_the_calendar_of_somebody_who_is_asked_anew_is_newer_than_what_took_them_out(made, box, at):
    """Whoever is taken out, told so and asked again in a new line must not have an older number than the end."""
    meetings.take_out(made.bba, made.people.karin)
    party = MeetingParty.get_by_id(made.people.karin.party_id)
    meetings.add_participant(made.bba, made.meeting, party=party, person=meetings.Contact(**KARIN))
    at(CALLED + MINUTE)
    meeting_asking.ask(made.bba, made.meeting)
    waiting = meeting_sending.drafts(made.bba, fresh(made.meeting))
    meeting_sending.send(made.bba, made.meeting, seen=len(waiting), sequence=fresh(made.meeting).sequence)
    for minutes in (10, 12):
        at(CALLED + minutes * MINUTE)
        made.post.deliver(NEVER)
    assert rest_of(box) == [("karin.testlind", "CANCEL"), ("karin.testlind", "REQUEST")]
    numbers = [readers.by_icalendar(calendar_of(each)[1])["events"][0]["sequence"] for each in box.letters[3:]]
    assert numbers == sorted(set(numbers)) and numbers[0] > 0


def test_nothing_is_undone_when_the_case_is_closed_or_the_meeting_called_off_by_that(made):
    meetings.call_off(made.bba, made.meeting)
    type(made.case).update(state="closed", closed_at=clock.now()).execute()
    with pytest.raises(meeting_undoing.TooLate):
        meeting_undoing.call_back(made.bba, fresh(made.meeting))


def test_questions_about_times_are_looked_at_before_they_are_sent(county, at):
    at(NOON)
    with connection():
        found = office(at=None)
        Meeting.update(answers_by=NOON.date() + timedelta(days=3)).execute()
        make_meetings.slot(found.meeting, STARTS)
        Participant.update(state="draft", asked_at=None).execute()
        looked = meeting_asking.questions(found.bba, fresh(found.meeting))
        assert [draft.what for draft in looked] == ["ask"] * 4 and looked[0].facts["slots"]
        make_meetings.slot(found.meeting, STARTS + timedelta(days=1))
        with pytest.raises(meetings.Overtaken):
            meeting_asking.ask(found.bba, found.meeting, seen=meeting_mail.mark_of(looked))
        assert set(states(found).values()) == {"draft"} and not Letter.select().count()
        again = meeting_mail.mark_of(meeting_asking.questions(found.bba, fresh(found.meeting)))
        meeting_asking.ask(found.bba, found.meeting, seen=again)
        assert Letter.select().where(Letter.template == "meeting_ask").count() == 3
        assert {each.state for each in meeting_people.people(fresh(found.meeting), openly=True)} == {"asked"}

"""Calling people to a meeting: looked at first, sent once to each, stopped in time, changed and taken back."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from tbb.database import connection, transaction
from tbb.models import Account, AuditRow, Letter, Meeting, MeetingLetter, Participant, Person
from tbb.models.meeting_kinds import MeetingState
from tbb.policy import Refused
from tbb.services import actors, consent_taking, consents, letters, meeting_invitations, meeting_mail, meeting_sending
from tbb.services.demo_cast import account_of
from tbb.services.letters import State
from tests.calendars import readers
from tests.postbox import open_postbox
from tests.services.meeting_office import CHILD_WORDS, NOON, calendar_of, fresh, office, postman, states

NEVER = threading.Event()
LATER = NOON + timedelta(minutes=11)


@pytest.fixture
def made(county, at):
    """A meeting whose time is set; nobody is called yet."""
    at(NOON)
    with connection():
        yield office()


@pytest.fixture
def box():
    """A real mail server."""
    with open_postbox() as opened:
        yield opened


def send(made) -> int:
    """Send all that waits, as it was looked at."""
    waiting = meeting_sending.drafts(made.bba, fresh(made.meeting))
    return meeting_sending.send(made.bba, made.meeting, seen=len(waiting), sequence=fresh(made.meeting).sequence)


def by_reader(box) -> dict[str, list]:
    """The letters that have come, by whom they are to."""
    found: dict[str, list] = {}
    for letter in box.letters:
        found.setdefault(letter["To"].addresses[0].username, []).append(letter)
    return found


def test_each_reader_gets_one_letter_with_the_calendar_of_their_own(made, box, at, tmp_path):
    looked_at = meeting_sending.drafts(made.bba, made.meeting)
    assert [draft.reader.email != "" for draft in looked_at] == [True, True, True, False]
    assert f"/ar{meeting_mail.MASKED}" in [draft.facts["path"] for draft in looked_at], "the page is in their language"
    assert send(made) == 3
    with postman(box, tmp_path) as carries:
        assert carries.deliver(NEVER) == 0, "nothing leaves before ten minutes"
        at(LATER)
        assert carries.deliver(NEVER) == 3
    assert sorted(len(who) for who in box.recipients) == [1, 1, 1], "one reader per letter"
    for letter in box.letters:
        assert letter.get_content_type() == "multipart/alternative" and letter["List-Unsubscribe"] is None
        kinds = [part.get_content_type() for part in letter.iter_parts()]
        assert kinds == ["text/plain", "text/html", "text/calendar"]
        method, file = calendar_of(letter)
        (event,) = readers.by_icalendar(file)["events"]
        calendar = readers.icalendar.Calendar.from_ical(file).walk("VEVENT")[0]
        assert (method, event["uid"], event["sequence"]) == ("REQUEST", made.meeting.uid, 0)
        assert (event["starts"], event["ends"]) == ("2027-03-28T11:00Z", "2027-03-28T12:00Z")
        assert calendar["attendee"] == f"mailto:{letter['To'].addresses[0].addr_spec}"
        assert calendar["attendee"].params["RSVP"] == "TRUE"
        assert calendar["organizer"] == "mailto:no-reply@tbb.example"
        assert made.meeting.reference in letter["Subject"] and made.meeting.reference in event["summary"]
    assert states(made) == dict.fromkeys(("bba", "karin", "guardian", "nobody"), "invited")
    arabic = by_reader(box)["gun"][0]
    assert 'dir="rtl"' in arabic.get_body(("html",)).get_content() and "اجتماع" in arabic["Subject"]


def test_no_letter_tells_of_the_child_or_of_anybody_else(made, box, at, tmp_path):
    send(made)
    at(LATER)
    with postman(box, tmp_path) as carries:
        carries.deliver(NEVER)
    assert len(box.letters) == 3
    everybody = {"gun", "karin", "nils", "helena"}
    for letter in box.letters:
        words = " ".join(part.get_content() for part in letter.iter_parts()) + str(letter["Subject"])
        words += calendar_of(letter)[1].decode().replace("\r\n ", "")
        own = letter["To"].addresses[0].addr_spec
        said = words.lower().replace(own, "")
        assert [word for word in CHILD_WORDS if word in said] == []
        assert [name for name in everybody if name in said] == []


def test_letters_are_sent_once_however_often_it_is_asked_and_wherever_the_clock_goes(made, box, at, tmp_path):
    assert send(made) == 3
    with pytest.raises(meeting_sending.NothingToSend):
        send(made)
    with postman(box, tmp_path) as carries:
        at(LATER)
        carries.deliver(NEVER)
        at(NOON - timedelta(hours=2))
        with pytest.raises(meeting_sending.NothingToSend):
            send(made)
        carries.deliver(NEVER)
        at(LATER)
        carries.deliver(NEVER)
    assert len(box.letters) == 3 and len(set(box.ids)) == 3


def test_what_has_changed_since_it_was_looked_at_is_not_sent(made):
    for wrong in ({"seen": 3, "sequence": 0}, {"seen": 4, "sequence": 1}):
        with pytest.raises(meeting_sending.Overtaken):
            meeting_sending.send(made.bba, made.meeting, **wrong)
    assert Letter.select().where(Letter.template == "meeting_request").count() == 0


def test_letters_can_be_stopped_for_ten_minutes_and_sent_again(made, box, at, tmp_path):
    send(made)
    assert meeting_sending.can_undo(fresh(made.meeting))
    assert meeting_sending.undo(made.bba, made.meeting) == 3
    at(LATER)
    with postman(box, tmp_path) as carries:
        assert carries.deliver(NEVER) == 0
        assert set(states(made).values()) == {"asked", "invited"}, "who has no address was to be told by phone"
        assert send(made) == 3
        at(LATER + timedelta(minutes=11))
        assert carries.deliver(NEVER) == 3
        with pytest.raises(meeting_sending.TooLate):
            meeting_sending.undo(made.bba, made.meeting)
    assert len(box.letters) == 3
    facts = Letter.select().where(Letter.state == State.STOPPED)
    assert facts.count() == 3 and all(letter.facts is None for letter in facts)


def test_a_changed_time_is_told_with_the_same_name_and_a_higher_number(made, box, at, tmp_path):
    send(made)
    at(LATER)
    with postman(box, tmp_path) as carries:
        carries.deliver(NEVER)
        move(made)
        assert send(made) == 3
        at(LATER + timedelta(minutes=11))
        carries.deliver(NEVER)
    for first, second in by_reader(box).values():
        earlier, later = (readers.by_icalendar(calendar_of(each)[1])["events"][0] for each in (first, second))
        assert later["uid"] == earlier["uid"] and later["sequence"] == earlier["sequence"] + 1
        assert later["starts"] == "2027-03-28T13:00Z" and second["In-Reply-To"] == first["Message-ID"]


def move(made, hours: int = 2) -> None:
    """Let the meeting be at another time."""
    meeting = fresh(made.meeting)
    later = meeting.starts_at + timedelta(hours=hours), meeting.ends_at + timedelta(hours=hours)
    meeting.starts_at, meeting.ends_at = later
    meeting.wall = f"2027-03-28T{13 + hours}:00"
    meeting.save()
    transaction(meeting_invitations.changed)(made.bba, meeting)


def test_a_time_that_changes_before_the_letters_leave_is_told_once(made, box, at, tmp_path):
    send(made)
    move(made)
    assert send(made) == 3
    at(LATER)
    with postman(box, tmp_path) as carries:
        carries.deliver(NEVER)
    assert {readers.by_icalendar(calendar_of(each)[1])["events"][0]["starts"] for each in box.letters} == {
        "2027-03-28T13:00Z"
    }
    assert len(box.letters) == 3


def test_called_off_is_told_to_all_and_one_who_is_taken_out_alone(made, box, at, tmp_path):
    send(made)
    at(LATER)
    with postman(box, tmp_path) as carries:
        carries.deliver(NEVER)
        transaction(meeting_invitations.cancel_for)(made.bba, made.people.karin)
        Participant.update(state="ended", ended_at=LATER).where(Participant.id == made.people.karin.id).execute()
        assert carries.deliver(NEVER) == 1
        assert box.recipients[-1] == ["karin.testlind@flen.example"]
        method, file = calendar_of(box.letters[-1])
        assert method == "CANCEL" and readers.by_icalendar(file)["events"][0]["sequence"] == 1
        assert b"STATUS:CANCELLED" in file and b"RSVP" not in file
        transaction(meeting_invitations.called_off)(made.bba, fresh(made.meeting))
        Meeting.update(state=MeetingState.CANCELLED).where(Meeting.id == made.meeting.id).execute()
        assert carries.deliver(NEVER) == 2
    methods = {reader: [calendar_of(each)[0] for each in found] for reader, found in by_reader(box).items()}
    assert all(each == ["REQUEST", "CANCEL"] for each in methods.values()) and len(methods) == 3


def test_who_was_not_told_anything_yet_is_told_nothing_when_taken_out(made, box, at, tmp_path):
    send(made)
    transaction(meeting_invitations.cancel_for)(made.bba, made.people.karin)
    at(LATER)
    with postman(box, tmp_path) as carries:
        carries.deliver(NEVER)
    assert "karin.testlind" not in by_reader(box) and len(box.letters) == 2


def test_without_a_consent_nobody_is_asked_called_or_told(made):
    consent_taking.withdraw(made.bba, made.consent.key)
    made.people.karin.ended_at, made.people.karin.state = None, "asked"
    made.people.karin.save()
    made.people.karin.party.ended_at = None
    made.people.karin.party.save()
    before = AuditRow.select().count(), Letter.select().count()
    for act in (
        lambda: meeting_invitations.ask(made.bba, made.people.karin),
        lambda: meeting_invitations.remind(made.people.karin),
        lambda: meeting_invitations.time_set(made.bba, made.meeting),
        lambda: meeting_invitations.changed(made.bba, made.meeting),
        lambda: send(made),
    ):
        with pytest.raises(consents.NotCovered):
            transaction(act)()
    assert (AuditRow.select().count(), Letter.select().count()) == before


def test_a_consent_that_ends_before_the_meeting_calls_nobody(made, at):
    at(NOON - timedelta(days=85))
    short = transaction(lambda: office())()
    assert short.consent.ends_on < short.meeting.starts_at.date()
    with pytest.raises(consents.NotCovered):
        send(short)


def test_a_withdrawn_consent_stops_the_letter_that_waits_and_no_other(made, box, at, tmp_path):
    send(made)
    consent_taking.withdraw(made.bba, made.consent.key)
    at(LATER)
    with postman(box, tmp_path) as carries:
        carries.deliver(NEVER)
    assert "karin.testlind" not in by_reader(box) and len(box.letters) == 2
    stopped = Letter.get(Letter.recipient == "karin.testlind@flen.example")
    assert stopped.state == State.STOPPED and stopped.facts is None


def test_a_withdrawn_consent_takes_back_what_has_left_from_them_alone(made, box, at, tmp_path):
    send(made)
    at(LATER)
    with postman(box, tmp_path) as carries:
        carries.deliver(NEVER)
        consent_taking.withdraw(made.bba, made.consent.key)
        assert carries.deliver(NEVER) == 1
    assert [calendar_of(each)[0] for each in by_reader(box)["karin.testlind"]] == ["REQUEST", "CANCEL"]
    assert len(box.letters) == 4


def test_a_letter_that_lies_when_a_consent_runs_out_does_not_leave(made, box, at, tmp_path):
    send(made)
    at(NOON + timedelta(days=200))
    with postman(box, tmp_path) as carries:
        carries.deliver(NEVER)
    assert "karin.testlind" not in by_reader(box) and len(box.letters) == 2


def test_only_who_books_the_meeting_looks_sends_and_stops(made):
    staff = actors.of_account(account_of("granne"), strong=True)
    for act in (
        lambda: meeting_sending.drafts(staff, made.meeting),
        lambda: meeting_sending.standing(staff, made.meeting),
        lambda: meeting_sending.send(staff, made.meeting, seen=4, sequence=0),
        lambda: meeting_sending.undo(staff, made.meeting),
    ):
        with pytest.raises(Refused):
            act()


def test_it_shows_how_far_it_has_come_with_each(made, box, at, tmp_path):
    assert [each.waits for each in meeting_sending.standing(made.bba, made.meeting)] == [True] * 4
    send(made)
    shown = meeting_sending.standing(made.bba, fresh(made.meeting))
    assert [each.letter for each in shown] == [State.QUEUED] * 3 + [None] and not any(each.waits for each in shown)
    at(LATER)
    with postman(box, tmp_path) as carries:
        carries.deliver(NEVER)
    assert {each.letter for each in meeting_sending.standing(made.bba, fresh(made.meeting))} == {State.SENT, None}


def test_whoever_answers_times_is_asked_and_reminded_with_a_link_that_stays_good(county, box, at, tmp_path):
    at(NOON)
    with connection():
        made = office(at=None)
        Meeting.update(state="proposed", answers_by=NOON.date() + timedelta(days=5)).execute()
        transaction(meeting_invitations.ask)(made.bba, made.people.guardian)
        at(LATER)
        with postman(box, tmp_path) as carries:
            carries.deliver(NEVER)
            transaction(meeting_invitations.remind)(made.people.guardian)
            carries.deliver(NEVER)
    first, second = (each.get_body(("plain",)).get_content() for each in box.letters)
    links = [line for words in (first, second) for line in words.splitlines() if "/svar/" in line]
    assert len(links) == 2 and links[0] != links[1] and calendar_of(box.letters[0]) == ("", b"")
    from tbb.services import meeting_links

    with connection():
        Participant.update(link_ends_at=NOON + timedelta(days=9)).execute()
        for link in links:
            assert meeting_links.look(link.rpartition("/")[2]).id == made.people.guardian.id


def test_whoever_is_protected_is_called_by_function_wherever_letters_are_looked_at(made):
    colleague = Account.get_by_id(made.bba.account).person
    hidden = {"protected": True, "function_name": "Skolans kontaktperson", "name": "", "phone": "", "email": ""}
    hidden |= {"switchboard": "08-465 004 00"}
    Person.update(**hidden).where(Person.id == colleague.id).execute()
    shown = [draft.reader.name for draft in meeting_sending.drafts(made.bba, made.meeting)]
    shown += [each.reader.name for each in meeting_sending.standing(made.bba, made.meeting)]
    assert "Skolans kontaktperson" in shown and Account.get_by_id(made.bba.account).name not in shown


def test_a_letter_about_a_meeting_is_remembered_with_it(made):
    send(made)
    assert {letter.what for letter in MeetingLetter.select()} == {"request"}
    known = {letter.dedupe for letter in MeetingLetter.select()}
    assert known == set(letters.states_of(known)) and len(known) == 3

"""Times of a meeting: which can be proposed, who is asked and when, what each answers, and which one is chosen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tbb import clock
from tbb.database import connection, rows
from tbb.models import Letter, Meeting, MeetingAgreement, MeetingSlot, Participant, Room, RoomBooking
from tbb.models.meeting_kinds import MeetingState, ParticipantState
from tbb.policy import VISITOR, Refused
from tbb.services import (
    actors,
    consent_taking,
    consents,
    meeting_asking,
    meeting_links,
    meeting_mail,
    meeting_sending,
    meeting_times,
    meetings,
    quorum,
    rooms,
    sealed_fields,
    tokens,
    wall_clock,
)
from tbb.services.demo_cast import account_of
from tbb.services.meeting_times import BadTimes, Place
from tbb.services.meetings import Contact
from tests import make_cases, make_meetings
from tests.at_work import units

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
KARIN = Contact("Karin Testlind", "karin@flen.example", "070-174 06 07", "socialsekreterare")
GUN = Contact("Gun Exempelsson", "gun@exempelsson.example", "070-174 06 05")
TIMES = ("2026-12-01T13:00", "2026-12-02T08:30", "2026-12-03T15:00")


@pytest.fixture
def office(county, at):
    """A meeting that is being prepared: the BBA, a service of another huvudman with one person, and a guardian."""
    with connection():
        own, other = units()["own"], units()["other"]
        bba = actors.of_account(account_of("bba"), strong=True)
        # Before the clock is set: keys that look old and belong to nothing would trouble other tests.
        case = make_cases.case(own, state="received", received_at=clock.now())
        nobody = make_cases.case(own, state="received", received_at=clock.now(), about="anonymous")
        at(NOW)
        meeting = meetings.make(bba, case)
        party = meetings.add_party(bba, meeting, other)
        karin = meetings.add_participant(bba, meeting, party=party, person=KARIN)
        guardian = meetings.add_participant(bba, meeting, role="guardian", who="guardian_1", person=GUN)
        yield {
            "bba": bba, "own": own, "other": other, "case": case, "meeting": meeting, "party": party, "karin": karin,
            "guardian": guardian, "nobody": nobody,
            "staff": actors.of_account(account_of("personal"), strong=True),
        }  # fmt: skip


def asked(office) -> dict[str, str]:
    """Propose the times and ask everybody, after a yes to sharing."""
    make_meetings.consent(office["bba"], office["case"], office["other"])
    meeting_times.propose(office["bba"], office["meeting"], TIMES, answers_by=date(2026, 11, 27))
    return meeting_asking.ask(office["bba"], office["meeting"])


def fresh(office) -> Meeting:
    return Meeting.get_by_id(office["meeting"].id)


def everything() -> list:
    tables = ("meeting", "meeting_party", "participant", "meeting_slot", "meeting_agreement", "letter", "audit_row")
    return [rows(f"SELECT * FROM {table} ORDER BY id") for table in tables]


# Which times


@pytest.mark.parametrize(
    ("wall", "why"),
    [
        ("2026-11-20T13:00", "past"),
        ("2027-03-28T02:30", "skipped"),
        ("2027-10-31T02:30", "doubled"),
        ("2027-02-29T13:00", "wrong"),
        ("i morgon", "wrong"),
        ("2026-12-01", "wrong"),
    ],
)
def test_a_time_that_is_none_is_refused_with_its_reason_and_nothing_is_saved(office, wall, why):
    with pytest.raises(BadTimes) as problem:
        meeting_times.propose(office["bba"], office["meeting"], [TIMES[0], wall])
    assert problem.value.why == {1: why}
    assert MeetingSlot.select().count() == 0


def test_the_same_time_twice_is_refused_and_so_are_too_many(office):
    with pytest.raises(BadTimes) as problem:
        meeting_times.propose(office["bba"], office["meeting"], [TIMES[0], TIMES[0]])
    assert problem.value.why == {1: "twice"}
    meeting_times.propose(office["bba"], office["meeting"], TIMES)
    with pytest.raises(BadTimes) as problem:
        meeting_times.propose(office["bba"], office["meeting"], [TIMES[1]])
    assert problem.value.why == {0: "twice"}
    many = [f"2026-12-{day:02d}T10:00" for day in range(4, 14)]
    with pytest.raises(BadTimes) as problem:
        meeting_times.propose(office["bba"], office["meeting"], many)
    assert set(problem.value.why.values()) == {"many"}


def test_the_nights_when_clocks_change_and_the_leap_day_are_right_to_the_minute(office):
    walls = ["2027-03-28T01:30", "2027-03-28T03:30", "2027-10-31T01:30", "2027-10-31T03:30", "2028-02-29T23:30"]
    office["meeting"].minutes = 120
    meetings.set_minutes(office["bba"], office["meeting"], 120)
    slots = meeting_times.propose(office["bba"], office["meeting"], walls)
    assert [slot.starts_at.isoformat()[:16] for slot in slots] == [
        "2027-03-28T00:30", "2027-03-28T01:30", "2027-10-30T23:30", "2027-10-31T02:30", "2028-02-29T22:30",
    ]  # fmt: skip
    ends = [wall_clock.on_the_wall(slot.ends_at) for slot in slots]
    # Two hours are two hours, whatever the clock on the wall does meanwhile, and past midnight and the leap day.
    assert ends == ["2027-03-28T04:30", "2027-03-28T05:30", "2027-10-31T02:30", "2027-10-31T05:30", "2028-03-01T01:30"]


def test_the_last_day_to_answer_lies_ahead_and_before_the_last_time(office):
    for day in (date(2026, 11, 22), date(2026, 12, 4)):
        with pytest.raises(meeting_times.BadDay):
            meeting_times.propose(office["bba"], office["meeting"], TIMES, answers_by=day)
    meeting_times.propose(office["bba"], office["meeting"], TIMES, answers_by=date(2026, 12, 3))


# Asking


def test_without_a_consent_nobody_is_asked_and_nothing_is_changed(office):
    meeting_times.propose(office["bba"], office["meeting"], TIMES, answers_by=date(2026, 11, 27))
    before = everything()
    with pytest.raises(consents.NotCovered) as problem:
        meeting_asking.ask(office["bba"], office["meeting"])
    assert problem.value.units == (office["other"].label,)
    assert everything() == before


def test_asking_takes_a_time_and_a_last_day(office):
    make_meetings.consent(office["bba"], office["case"], office["other"])
    with pytest.raises(meeting_asking.NothingToAsk):
        meeting_asking.ask(office["bba"], office["meeting"])


def test_all_are_asked_once_with_the_consent_that_was_counted_on(office):
    codes = asked(office)
    assert set(codes) == {office["karin"].key, office["guardian"].key}
    assert all(len(code) == 6 and code.isdecimal() for code in codes.values())
    assert fresh(office).state == MeetingState.PROPOSED
    assert {each.state for each in Participant.select()} == {ParticipantState.ASKED}
    agreement = MeetingAgreement.get()
    assert (agreement.party_id, agreement.consent_version, agreement.needed) == (office["party"].id, 1, True)
    with pytest.raises(meeting_asking.NothingToAsk):
        meeting_asking.ask(office["bba"], office["meeting"])


def test_an_anonymous_consultation_asks_without_a_consent(office):
    meeting = meetings.make(office["bba"], office["nobody"])
    party = meetings.add_party(office["bba"], meeting, office["other"])
    meetings.add_participant(office["bba"], meeting, party=party, person=KARIN)
    meeting_times.propose(office["bba"], meeting, TIMES, answers_by=date(2026, 11, 27))
    assert len(meeting_asking.ask(office["bba"], meeting)) == 1


def test_only_those_who_have_not_answered_are_reminded_and_only_once(office, at):
    asked(office)
    meeting_times.answer(VISITOR, office["karin"], {meeting_times.slots_of(fresh(office))[0].id: "yes"})
    at(NOW + timedelta(days=1))
    assert meeting_asking.remind_the_silent() == 0
    at(NOW + timedelta(days=2, hours=1))
    assert meeting_asking.remind_the_silent() == 1
    reminded = {each.id for each in Participant.select().where(Participant.reminded_at.is_null(False))}
    assert reminded == {office["guardian"].id}
    at(NOW + timedelta(days=3))
    assert meeting_asking.remind_the_silent() == 0
    assert not meeting_asking.remind(office["bba"], office["karin"])
    Letter.update(state="sent").execute()
    looked_at = meeting_asking.reminder(office["bba"], office["guardian"])
    assert looked_at.what == "remind" and looked_at.facts["path"].endswith("*")
    with pytest.raises(meetings.Overtaken):
        meeting_asking.remind(office["bba"], office["guardian"], seen=meeting_mail.mark_of([]))
    assert meeting_asking.remind(office["bba"], office["guardian"], seen=meeting_mail.mark_of([looked_at]))
    assert not meeting_asking.remind(office["bba"], office["guardian"])
    (waiting,) = Letter.select().where(Letter.template == "meeting_ask", Letter.state == "queued")
    assert waiting.next_at == clock.now() + timedelta(minutes=10)
    # A clock that is set back reminds nobody again.
    at(NOW + timedelta(days=2, hours=2))
    assert meeting_asking.remind_the_silent() == 0
    assert meeting_sending.undo(office["bba"], office["meeting"]) == 1
    undone = Participant.get_by_id(office["guardian"].id)
    assert (undone.reminded_at, undone.state) == (None, "asked"), "as if it had never been"


@pytest.mark.parametrize("last", [date(2027, 3, 28), date(2027, 10, 31), date(2028, 2, 29), date(2027, 1, 1)])
def test_each_is_reminded_once_whatever_the_clock_does_about_the_last_day(office, at, last):
    midnight = datetime(last.year, last.month, last.day, tzinfo=UTC)
    at(midnight - timedelta(days=5))
    make_meetings.consent(office["bba"], office["case"], office["other"])
    after = last + timedelta(days=1)
    meeting_times.propose(office["bba"], office["meeting"], [f"{after}T13:00"], answers_by=last)
    meeting_asking.ask(office["bba"], office["meeting"])
    told = 0
    for hours in (*range(-60, 27), *range(24, 30), *range(-3, 4)):  # and the clock of the machine is set back
        at(midnight + timedelta(hours=hours))
        told += meeting_asking.remind_the_silent()
    assert told == 2, "the guardian and the one of the other service, once each"


# Answering


def test_each_answers_for_oneself_and_who_books_for_those_they_have_rung(office):
    asked(office)
    slots = meeting_times.slots_of(fresh(office))
    assert meeting_times.answer(VISITOR, office["karin"], {slots[0].id: "yes", slots[1].id: "if_needed", 99: "yes"})
    assert meeting_times.answer(office["bba"], office["guardian"], {slots[0].id: "no"})
    with pytest.raises(Refused):
        meeting_times.answer(office["staff"], office["guardian"], {slots[0].id: "yes"})
    answers = quorum.answers_of(fresh(office))
    assert answers[slots[0].id][office["karin"].id] == "yes" and answers[slots[0].id][office["guardian"].id] == "no"
    assert not meeting_times.answer(VISITOR, office["karin"], {slots[0].id: "kanske"})
    meeting_times.withdraw(office["bba"], slots[1])
    assert not meeting_times.answer(VISITOR, office["karin"], {slots[1].id: "yes"})


def test_another_time_may_be_suggested_a_few_times(office):
    asked(office)
    made = meeting_times.suggest(VISITOR, office["karin"], "2026-12-04T10:00")
    assert made.proposed_by_id == office["karin"].id
    assert quorum.answers_of(fresh(office))[made.id] == {office["karin"].id: "yes"}
    with pytest.raises(BadTimes):
        meeting_times.suggest(VISITOR, office["karin"], TIMES[0])
    meeting_times.suggest(VISITOR, office["karin"], "2026-12-04T11:00")
    with pytest.raises(BadTimes) as problem:
        meeting_times.suggest(VISITOR, office["karin"], "2026-12-04T12:00")
    assert problem.value.why == {0: "many"}


def link_of(participant: Participant) -> str:
    """The secret of somebody's link, as their letters have it."""
    return tokens.issue("meeting", participant.key, lasts=timedelta(days=400))


def test_a_link_opens_until_the_meeting_ends_and_no_longer_than_the_consent(office, at):
    asked(office)
    secret = link_of(office["karin"])
    assert meeting_links.look(secret).id == office["karin"].id
    assert meeting_links.look(secret).id == office["karin"].id
    newer = link_of(office["karin"])
    assert meeting_links.look(secret) is None and meeting_links.look(newer) is not None
    at(NOW + timedelta(days=11))
    assert meeting_links.look(newer) is None
    at(NOW)
    assert meeting_links.look("x" * 43) is None
    consent = consents.of_case(office["case"])[0]
    consent_taking.withdraw(office["bba"], consent.key)
    assert meeting_links.look(newer) is None


def test_the_code_is_right_until_another_is_made_and_cannot_be_guessed(office):
    codes = asked(office)
    karin = Participant.get_by_id(office["karin"].id)
    code = codes[karin.key]
    assert meeting_links.is_right(karin, f"{code[:3]} {code[3:]}")
    assert code not in str(rows("SELECT * FROM participant"))
    newer = meeting_links.new_code(office["bba"], karin)
    karin = Participant.get_by_id(karin.id)
    assert meeting_links.is_right(karin, newer) and (newer == code or not meeting_links.is_right(karin, code))
    with pytest.raises(meeting_links.limits.TooOften):
        for _try in range(6):
            meeting_links.is_right(karin, "000000")
    with pytest.raises(Refused):
        meeting_links.new_code(office["staff"], karin)


# Choosing


def test_the_quorum_is_by_service_and_family_not_by_person(office):
    make_meetings.consent(office["bba"], office["case"], office["other"])
    second = meetings.add_participant(office["bba"], office["meeting"], party=office["party"], person=KARIN)
    child = meetings.add_participant(office["bba"], office["meeting"], role="child", who="child", person=Contact())
    needed = {need.what: need for need in quorum.needs(fresh(office))}
    assert list(needed)[:2] == ["child", "guardians"] and len(needed) == 4
    party = needed[str(office["party"].id)]
    assert party.people == {office["karin"].id, second.id} and party.label == office["other"].label
    assert party.is_met({second.id: "if_needed"}) and not party.is_met({second.id: "no"})
    meetings.save_needs(office["bba"], office["meeting"], {"child.part": "through"})
    assert "child" not in {need.what for need in quorum.needs(fresh(office))}
    meetings.set_least(office["bba"], office["party"], 0)
    assert str(office["party"].id) not in {need.what for need in quorum.needs(fresh(office))}
    assert child.party_id is None


def test_a_time_that_breaks_the_quorum_takes_a_reason_that_is_sealed(office):
    asked(office)
    slot = meeting_times.slots_of(fresh(office))[0]
    with pytest.raises(meeting_times.NeedsReason) as problem:
        meeting_times.choose(office["bba"], fresh(office), slot, Place(), version=fresh(office).version)
    assert {need.what for need in problem.value.lacking} == {"guardians", str(office["party"].id)}
    assert fresh(office).state == MeetingState.PROPOSED
    made = meeting_times.choose(
        office["bba"], fresh(office), slot, Place(), version=fresh(office).version, reason="Gun har sagt ja i telefon."
    )
    assert (made.state, made.wall, made.starts_at) == (MeetingState.SET, TIMES[0], slot.starts_at)
    assert sealed_fields.texts(made)["quorum.reason"] == "Gun har sagt ja i telefon."


def everybody_can(office):
    slot = meeting_times.slots_of(fresh(office))[0]
    for participant in (office["karin"], office["guardian"]):
        meeting_times.answer(VISITOR, participant, {slot.id: "yes"})
    return slot


def test_of_two_who_choose_one_is_told_of_the_other(office):
    asked(office)
    first, second = everybody_can(office), meeting_times.slots_of(fresh(office))[1]
    seen = fresh(office).version
    meeting_times.choose(office["bba"], fresh(office), first, Place(words="Rektors rum"), version=seen)
    with pytest.raises(meeting_times.Overtaken):
        meeting_times.choose(office["bba"], fresh(office), second, Place(), version=seen, reason="Passar bättre.")
    assert (fresh(office).wall, fresh(office).place_words) == (TIMES[0], "Rektors rum")


def test_a_room_is_taken_and_free_again(office):
    asked(office)
    slot, room = everybody_can(office), Room.create(unit=office["own"], name="Vassen")
    other = meetings.make(office["bba"], office["case"])
    rooms.book(other, room.id, slot.starts_at + timedelta(minutes=30), slot.ends_at + timedelta(minutes=30))
    with pytest.raises(rooms.Taken) as problem:
        meeting_times.choose(office["bba"], fresh(office), slot, Place(room=room.id), version=fresh(office).version)
    assert problem.value.starts_at == slot.starts_at + timedelta(minutes=30)
    assert fresh(office).state == MeetingState.PROPOSED
    assert [choice.free for choice in rooms.choices([office["own"].id], slot.starts_at, slot.ends_at)] == [False]
    meetings.call_off(office["bba"], other)
    meeting_times.choose(office["bba"], fresh(office), slot, Place(room=room.id), version=fresh(office).version)
    assert RoomBooking.get().meeting == office["meeting"].id
    meeting_times.move(
        office["bba"], fresh(office), "2026-12-08T09:00", Place(video="https://video.example/m"),
        version=fresh(office).version, reason="Karin är sjuk.",
    )  # fmt: skip
    assert RoomBooking.select().count() == 0 and fresh(office).wall == "2026-12-08T09:00"


def test_rooms_next_to_each_other_in_time_do_not_overlap(office):
    room, meeting = Room.create(unit=office["own"], name="Vassen"), office["meeting"]
    other = meetings.make(office["bba"], office["case"])
    rooms.book(meeting, room.id, NOW, NOW + timedelta(hours=1))
    rooms.book(other, room.id, NOW + timedelta(hours=1), NOW + timedelta(hours=2))
    with pytest.raises(rooms.Taken):
        rooms.book(other, room.id, NOW + timedelta(minutes=59), NOW + timedelta(hours=2))
    assert RoomBooking.get(RoomBooking.meeting == other.id).starts_at == NOW + timedelta(hours=1)

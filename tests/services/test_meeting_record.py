"""The record of a meeting: the flagged areas, kept from several devices, closed when nothing lacks, read by part."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tbb import clock
from tbb.database import connection
from tbb.models import AuditRow, Case, CaseEvent, Letter, Meeting, MeetingField, Participant, Plan, PlanAction
from tbb.policy import Actor, Refused
from tbb.services import (
    actors,
    audit,
    case_files,
    case_page,
    case_readers,
    collaboration_record,
    consent_taking,
    consents,
    coordinators,
    followups,
    mapping,
    meeting_minutes,
    meeting_record,
    meeting_sheet,
    meeting_shelf,
    plan_actions,
    plan_notes,
    resealing,
    sealed_fields,
    weeks,
)
from tbb.services.case_entry import Place
from tbb.services.consent_taking import Scope
from tbb.services.demo_cast import account_of
from tbb.services.meeting_moments import Closed, NotHeld
from tests import make_cases, make_meetings
from tests.at_work import units
from tests.services.keeping_cast import all_at_once

ALL_SAID = {
    "voice.says": "Jag vill att någon möter mig.",
    "area.trygghet.agreed": "Samma vuxna varje morgon.",
    "area.trygghet.child": "Jag vill kunna gå ut på rasten.",
    "area.hemmet.agreed": "Familjen får stöd.",
}
KEY = "a" * 32


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
    """A meeting that has begun: the nurse of the own unit, the neighbour for trygghet alone, and a guardian."""
    near = units()
    case = make_cases.case(near["own"], state="collaborating", received_at=clock.now())
    make_meetings.consent(who("bba"), case, Scope(near["other"].id, areas=("trygghet",)), near["sister"])
    made = make_meetings.meeting(case, at=clock.now() - timedelta(minutes=20))
    make_meetings.participant(made, near["own"], account=account_of("personal"))
    make_meetings.participant(made, near["other"], account=account_of("granne"))
    make_meetings.participant(made)
    return made


def sheet_of(meeting: Meeting, persona: str = "bba") -> meeting_sheet.Sheet:
    """The record as one of the cast sees it."""
    return meeting_sheet.opened(who(persona), Meeting.get_by_id(meeting.id))


def said(meeting: Meeting) -> dict[str, str]:
    """What is written."""
    return sealed_fields.texts(Meeting.get_by_id(meeting.id))


def part(meeting: Meeting, persona: str) -> Participant:
    """The part that one of the cast has."""
    return Participant.get(Participant.meeting == meeting, Participant.account == account_of(persona))


def coming_week() -> str:
    """The Sunday of the week after the next."""
    return weeks.coming(3)[-1].isoformat()


def everything(meeting: Meeting, *, coordinator: str = "personal") -> dict[str, str]:
    """All that closing wants, with who coordinates appointed."""
    came = {f"attended.{each.key}": "yes" for each in Participant.select().where(Participant.meeting == meeting)}
    meeting_record.save(who("bba"), meeting, came)
    chosen = part(meeting, coordinator)
    coordinators.appoint(who("bba"), meeting, participant=chosen, child_asked=True, wish=chosen.key)
    ahead = (clock.today() + timedelta(days=40)).isoformat()
    return ALL_SAID | {
        f"do.{KEY}.what": "Möter vid dörren", f"do.{KEY}.who": chosen.key, f"do.{KEY}.by": coming_week(),
        f"do.{KEY}.area": "trygghet", "followup.day": ahead, "followup.time": "13:00", "followup.agreed": "1",
    }  # fmt: skip


def test_the_agenda_is_just_what_was_flagged_and_more_only_with_a_word_why(meeting):
    sheet = sheet_of(meeting)
    assert [area.code for area in sheet.agenda] == ["trygghet", "hemmet"]
    assert len(sheet.questions) == 5 and sheet.questions[1].words == "Vad står i vägen för barnets välmående?"
    mapping.save(who("bba"), meeting.case, {"now.larande.level": "stod", "now.trygghet.level": "uppm"})
    assert [area.code for area in sheet_of(meeting).agenda] == ["larande", "trygghet"]
    meeting_record.save(who("bba"), meeting, {"area.halsa.agreed": "Skolsköterskan frågar om sömnen."})
    sheet = sheet_of(meeting)
    assert [area.code for area in sheet.agenda] == ["larande", "trygghet", "halsa"]
    assert "area.halsa.why" in meeting_record.missing(sheet, who("bba"))
    meeting_record.save(who("bba"), meeting, {"area.halsa.why": "Barnet tog upp det."})
    assert "area.halsa.why" not in meeting_record.missing(sheet_of(meeting), who("bba"))


def test_it_is_sealed_noted_by_part_and_makes_the_meeting_one_that_is_held(meeting):
    changed = meeting_record.save(who("bba"), meeting, ALL_SAID | {f"attended.{part(meeting, 'granne').key}": "part"})
    assert len(changed) == 5 and Meeting.get_by_id(meeting.id).state == "held"
    assert part(meeting, "granne").attended == "part"
    assert not [row for row in MeetingField.select() if b"Jag vill" in bytes(row.body)]
    row = AuditRow.get(AuditRow.action == "meeting:record")
    assert row.thing_id == meeting.reference and row.fields == "area,attended,voice"


def test_only_those_who_may_and_only_while_it_goes_on(meeting):
    for persona in ("personal", "granne", "enhetschef", "huvudman", "processledare"):
        with pytest.raises(Refused):
            meeting_record.save(who(persona), meeting, {"voice.says": "x"})
    with pytest.raises(ValueError, match="no fields"):
        meeting_record.save(who("bba"), meeting, {"child.how": "x"})
    later = clock.now() + timedelta(hours=1)
    for values, problem in (
        ({"starts_at": later, "ends_at": later + timedelta(hours=1)}, NotHeld),
        ({"state": "draft"}, NotHeld), ({"state": "cancelled"}, NotHeld), ({"state": "closed"}, Closed),
    ):  # fmt: skip
        Meeting.update(**values).where(Meeting.id == meeting.id).execute()
        with pytest.raises(problem):
            meeting_record.save(who("bba"), meeting, {"voice.says": "x"})
        with pytest.raises(problem):
            meeting_record.keep(who("bba"), meeting, {"voice.says": "x"}, {})
    soon = clock.now() + timedelta(minutes=10)
    Meeting.update(state="set", starts_at=soon, ends_at=soon + timedelta(hours=1)).where(
        Meeting.id == meeting.id
    ).execute()
    assert meeting_record.save(who("bba"), meeting, {"voice.says": "x"})
    assert Meeting.get_by_id(meeting.id).state == "set", "people come early, but it has not begun"


def test_two_devices_words_are_put_together_and_of_a_choice_the_last_counts(meeting):
    bba, name, week = who("bba"), "area.trygghet.agreed", f"do.{KEY}.by"
    first = meeting_record.keep(bba, meeting, {name: "Ett", week: "2030-01-06"}, {})
    mine = meeting_record.keep(bba, meeting, {name: "Ett och två", week: "2030-01-13"}, first.seen)
    theirs = meeting_record.keep(bba, meeting, {name: "Tre", week: "2030-01-20"}, first.seen)
    assert mine.merged == {} and theirs.merged == {name: "Ett och två\nTre"}
    assert said(meeting)[name] == "Ett och två\nTre" and said(meeting)[week] == "2030-01-20"
    untouched = meeting_record.keep(bba, meeting, {name: "Ett"}, {name: first.seen[name]})
    assert said(meeting)[name] == "Ett och två\nTre" and untouched.merged == {}
    with pytest.raises(sealed_fields.Overtaken) as caught:
        meeting_record.save(bba, meeting, {name: "Fyra", "voice.says": "Nytt"}, {name: 1})
    assert [each.name for each in caught.value.conflicts] == [name] and "voice.says" not in said(meeting)
    rows = AuditRow.select().where(AuditRow.action == "meeting:record")
    assert [row.fields for row in rows] == ["area,do"], "one who goes on in the same parts is told of now and then"


def test_many_who_write_at_once_lose_nothing(meeting):
    name, words = "voice.says", [f"Ord {number}" for number in range(8)]
    found = all_at_once(
        *(lambda text=text: meeting_record.keep(who("bba"), meeting, {name: text}, {}) for text in words)
    )
    assert all(isinstance(each, meeting_record.Saved) for each in found), found
    assert sorted(said(meeting)[name].split("\n")) == words


def test_closing_names_all_that_is_missing_and_changes_nothing(meeting):
    with pytest.raises(meeting_record.NotReady) as caught:
        meeting_record.close(who("bba"), meeting)
    lacking = caught.value.missing
    assert lacking[-2:] == ("coordinator", "followup.day") and "voice.says" in lacking
    assert len([name for name in lacking if name.startswith("attended.")]) == 3
    assert Meeting.get_by_id(meeting.id).state == "set" and not Plan.select().where(Plan.case == meeting.case).exists()
    answers = everything(meeting)
    meeting_record.save(who("bba"), meeting, answers)
    for name, value, lack in (
        (f"do.{KEY}.who", "", f"do.{KEY}.who"), (f"do.{KEY}.by", "", f"do.{KEY}.by"),
        ("followup.agreed", "", "followup.agreed"), ("followup.day", "2020-01-01", "followup.day"),
        ("followup.time", "25:00", "followup.day"), ("area.trygghet.agreed", "", "area.trygghet.agreed"),
        ("voice.says", "", "voice.says"),
    ):  # fmt: skip
        meeting_record.save(who("bba"), meeting, {name: value})
        with pytest.raises(meeting_record.NotReady) as caught:
            meeting_record.close(who("bba"), meeting)
        assert caught.value.missing == (lack,)
        meeting_record.save(who("bba"), meeting, {name: answers[name]})
    coordinators.take_back(who("bba"), meeting)
    with pytest.raises(meeting_record.NotReady) as caught:
        meeting_record.close(who("bba"), meeting)
    assert caught.value.missing == ("coordinator",)
    for persona in ("personal", "granne", "enhetschef"):
        with pytest.raises(Refused):
            meeting_record.close(who(persona), meeting)


def test_closing_makes_the_plan_books_the_followup_and_tells_those_who_read(meeting):
    sister = make_meetings.participant(meeting, units()["sister"], account=account_of("ersattare"))
    answers = everything(meeting) | {f"attended.{sister.key}": "no", "area.hemmet.own": "Lugn på morgonen."}
    meeting_record.save(who("bba"), meeting, answers | {f"deviation.{units()['sister'].id}": "Fick förhinder."})
    meeting_record.close(who("bba"), meeting)
    plan = Plan.get(Plan.case == meeting.case)
    assert sealed_fields.texts(plan) == {
        "goal.trygghet.child": "Jag vill kunna gå ut på rasten.", "goal.hemmet.own": "Lugn på morgonen."
    }  # fmt: skip
    (action,) = plan_actions.of_plan(plan)
    assert (action.what, action.account, action.area) == ("Möter vid dörren", account_of("personal"), "trygghet")
    assert action.due_on.isoformat() == coming_week() and action.unit == units()["own"].id
    booked = plan.followup
    assert booked.kind == "followup" and booked.wall.endswith("T13:00")
    by = sealed_fields.texts(booked)[followups.BY]
    assert by.startswith("Bokad av ") and by.endswith(" åt samordningspersonen.")
    assert said(meeting)["followup.by"] == by and said(meeting)["agenda"] == "trygghet hemmet"
    (note,) = plan_notes.of_plan(who("bba"), plan)
    assert (note.kind, note.text, note.unit) == ("deviation", "Fick förhinder.", units()["sister"].label)
    assert [each.what for each in CaseEvent.select().where(CaseEvent.case == meeting.case)][-1] == "meeting_closed"
    told = {letter.recipient for letter in Letter.select().where(Letter.template == "minutes_ready")}
    assert told == {part(meeting, persona).account.email for persona in ("personal", "granne", "ersattare")}
    with pytest.raises(Closed):
        meeting_record.save(who("bba"), meeting, {"voice.says": "Annat"})
    mapping.save(who("bba"), Case.get_by_id(meeting.case_id), {"now.larande.level": "stod"})
    assert [area.code for area in sheet_of(meeting).agenda] == ["trygghet", "hemmet"], "closed minutes never change"


def test_the_samordningsperson_at_the_screen_books_in_their_own_name(meeting):
    answers = everything(meeting, coordinator="granne") | {"followup.agreed": ""}
    meeting_record.save(who("bba"), meeting, answers)
    with pytest.raises(meeting_record.NotReady):
        meeting_record.close(who("bba"), meeting)
    meeting_record.close(who("granne"), meeting)
    booked = Plan.get(Plan.case == meeting.case).followup
    assert followups.BY not in sealed_fields.texts(booked) and booked.created_by_id == account_of("granne")


def test_of_many_who_close_at_once_one_does(meeting):
    meeting_record.save(who("bba"), meeting, everything(meeting))
    found = all_at_once(*[lambda: meeting_record.close(who("bba"), meeting)] * 4)
    assert sorted(type(each).__name__ for each in found) == ["Closed", "Closed", "Closed", "Meeting"]
    assert Plan.select().where(Plan.case == meeting.case).count() == PlanAction.select().count() == 1
    assert Meeting.select().where(Meeting.case == meeting.case, Meeting.kind == "followup").count() == 1
    assert CaseEvent.select().where(CaseEvent.case == meeting.case, CaseEvent.what == "meeting_closed").count() == 1


def test_an_action_of_who_is_covered_no_longer_stops_the_closing(meeting):
    answers = everything(meeting) | {f"do.{KEY}.who": part(meeting, "granne").key}
    meeting_record.save(who("bba"), meeting, answers)
    consent_taking.withdraw(who("bba"), consents.of_case(meeting.case)[0].key)
    with pytest.raises(meeting_record.NotReady) as caught:
        meeting_record.close(who("bba"), meeting)
    assert caught.value.missing == (f"do.{KEY}.who",)


def test_a_consultation_is_about_nobody_and_needs_decisions_alone(held):
    case = make_cases.case(
        units()["own"], answers={"area.omsorg.level": "uppm"}, about="anonymous", state="mapping",
        received_at=clock.now(),
    )  # fmt: skip
    meeting = make_meetings.meeting(case, at=clock.now() - timedelta(minutes=5), kind="consultation")
    make_meetings.participant(meeting, units()["other"], account=account_of("granne"))
    sheet = sheet_of(meeting)
    assert not [name for name in sheet.names() if name.startswith(("voice", "followup", "do."))]
    with pytest.raises(ValueError, match="no fields"):
        meeting_record.save(who("bba"), meeting, {"voice.says": "x"})
    with pytest.raises(meeting_record.NotReady) as caught:
        meeting_record.close(who("bba"), meeting)
    assert caught.value.missing == ("area.omsorg.agreed",)
    meeting_record.save(who("bba"), meeting, {"area.omsorg.agreed": "Fråga i morgonsamlingen."})
    meeting_record.close(who("bba"), meeting)
    assert Meeting.get_by_id(meeting.id).state == "closed" and not Plan.select().where(Plan.case == case).exists()
    assert meeting_minutes.opened(who("granne"), meeting).sheet.texts["area.omsorg.agreed"]


def test_other_services_read_only_the_areas_that_a_consent_covers(meeting):
    meeting_record.save(who("bba"), meeting, everything(meeting) | {f"do.{KEY}.area": "hemmet"})
    seen = meeting_minutes.opened(who("granne"), meeting).sheet
    assert {area.code for area in seen.agenda} == {"trygghet"} and "area.hemmet.agreed" not in seen.texts
    assert not seen.todos and seen.texts["voice.says"] and not seen.whole
    assert not [area for area in seen.areas if area.see or area.child]
    own = meeting_minutes.opened(who("personal"), meeting).sheet
    assert {area.code for area in own.agenda} == {"trygghet", "hemmet"} and own.todos
    consent_taking.withdraw(who("bba"), consents.of_case(meeting.case)[0].key)
    assert meeting_sheet.find(who("granne"), meeting.key) is None


def test_each_confirms_once_or_remarks_and_what_is_closed_is_corrected_by_addition(meeting):
    with pytest.raises(meeting_minutes.NotClosed):
        meeting_minutes.confirm(who("granne"), meeting)
    meeting_record.save(who("bba"), meeting, everything(meeting))
    meeting_record.close(who("bba"), meeting)
    before = said(meeting)
    meeting_minutes.confirm(who("granne"), meeting, "Vi sa torsdag.")
    meeting_minutes.confirm(who("personal"), meeting, "Namnet är fel stavat.")
    meeting_minutes.confirm(who("personal"), meeting)
    with pytest.raises(meeting_minutes.Confirmed):
        meeting_minutes.confirm(who("personal"), meeting)
    with pytest.raises(Refused):
        meeting_minutes.confirm(who("bba"), meeting)
    guardian = Participant.get(Participant.meeting == meeting, Participant.role == "guardian")
    meeting_minutes.confirm_for(who("bba"), meeting, guardian.key)
    with pytest.raises(meeting_minutes.NotThere):
        meeting_minutes.confirm_for(who("bba"), meeting, part(meeting, "granne").key)
    meeting_minutes.correct(who("bba"), meeting, "Det var torsdag.", "hemmet")
    with pytest.raises(Refused):
        meeting_minutes.correct(who("granne"), meeting, "Nej.")
    after = said(meeting)
    assert {name: after[name] for name in before} == before and len(after) == len(before) + 3
    assert len(meeting_minutes.opened(who("bba"), meeting).remarks) == 2
    assert [each.text for each in meeting_minutes.opened(who("granne"), meeting).remarks] == ["Vi sa torsdag."]
    assert len(meeting_minutes.opened(who("personal"), meeting).remarks) == 2, "who coordinates reads what all remark"
    assert meeting_minutes.opened(who("granne"), meeting).corrections == (), "it is about an area that is not theirs"
    assert [each.area for each in meeting_minutes.opened(who("personal"), meeting).corrections] == ["hemmet"]
    for number in range(meeting_minutes.MOST_REMARKS - 1):
        meeting_minutes.confirm(who("granne"), meeting, f"Mer {number}.")
    with pytest.raises(meeting_minutes.TooMany):
        meeting_minutes.confirm(who("granne"), meeting, "Ännu mer.")


def test_the_words_of_a_record_move_with_the_cases_new_key(meeting):

    meeting_record.save(who("bba"), meeting, everything(meeting))
    before = said(meeting)
    resealing.reseal(Case.get_by_id(meeting.case_id))
    assert said(meeting) == before and case_files.card_of(Case.get_by_id(meeting.case_id)).label == "Alva E"
    assert coordinators.of_case(Case.get_by_id(meeting.case_id)).wish


def test_who_reads_the_minutes_has_read_of_the_case(meeting):
    place = meeting_shelf.place_of_meeting(meeting)
    audit.record_reading(who("granne"), "meeting:read", "meeting", meeting.reference, place=place)
    case = Case.get_by_id(meeting.case_id)
    name = part(meeting, "granne").account.name
    assert name in {reader for _at, reader in case_page.last_readers(who("bba"), case)}
    assert name in {reader.who for reader in case_readers.look(who("bba"), case).readers}


def test_what_guardians_may_not_read_is_marked_on_its_way_to_paper(meeting):
    mapping.save(who("bba"), meeting.case, {"now.hemmet.level": "stod", "now.hemmet.hidden": "1"})
    meeting_record.save(who("bba"), meeting, everything(meeting) | {f"do.{KEY}.area": "hemmet"})
    assert [area.code for area in sheet_of(meeting).agenda if area.hidden] == ["hemmet"]
    case = Case.get_by_id(meeting.case_id)
    (met,) = collaboration_record.gather(case, lambda _account: "", lambda _unit: Place()).meetings
    open_to_all = {entry.text for entry in met.entries if not entry.hidden}
    assert "Jag vill att någon möter mig." in open_to_all
    assert not {"Familjen får stöd.", "Möter vid dörren"} & open_to_all

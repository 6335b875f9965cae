"""A scene for the demonstration: a consent, times that are proposed and answered, a meeting that is set, rooms, lov."""

from __future__ import annotations

from datetime import date, timedelta

from tbb import clock
from tbb.database import load
from tbb.models import Case, Meeting, Municipality, Participant, Room, SchoolBreak, Unit
from tbb.models.kinds import Kind
from tbb.policy import VISITOR, Actor
from tbb.services import (
    actors,
    case_files,
    consent_taking,
    demo_cast,
    meeting_asking,
    meeting_times,
    meetings,
    working_days,
)
from tbb.services.consents import Voice
from tbb.services.meeting_times import Place
from tbb.services.meetings import Contact

MOTHER = Contact("Mona Exempelsson", "mona@exempelsson.example", "070-174 06 21")
FATHER = Contact("Farid Exempelsson", "", "070-174 06 22")
KARIN = Contact("Karin Testlind", "karin@socialtjansten.example", "070-174 06 23", "Socialsekreterare")
NEEDS = {
    "child.part": "part",
    "child.how": "Alva är med de första 20 minuterna. Det är så hon själv vill ha det.",
    "child.symbols": "1",
    "child.wish": "Omar, för han lyssnar.",
    "interpreter": "Arabiska, till vårdnadshavare 1",
}
LOV = (("Jullov", (12, 21), 19), ("Sportlov", (2, 22), 4), ("Påsklov", (3, 29), 4), ("Höstlov", (11, 1), 4))
"""The breaks of a school year: a name, the day they begin near, and how many days they go on."""


def play() -> None:
    """Let two cases of the first school have meetings, within the caller's transaction."""
    school = Unit.select().where(Unit.kind == Kind.COMPULSORY).order_by(Unit.id).get()
    bba = actors.of_account(demo_cast.account_of("bba"), strong=True, demo=True)
    _furnish(school)
    cases = {case_files.card_of(case).label: case for case in Case.select().where(Case.unit == school)}
    other = (
        Unit.select()
        .where(Unit.kind == Kind.SOCIAL_SERVICES, Unit.municipality == school.municipality_id)
        .order_by(Unit.id)
        .first()
    )
    if other is None or not {"Alva", "Yasmin"} <= cases.keys():
        return
    _proposed(bba, cases["Alva"], other)
    _set(bba, cases["Yasmin"], other)


def _furnish(school: Unit) -> None:
    """Rooms to book, and the breaks of the school year in every municipality that takes part."""
    access = "Ingång B, hiss till plan 2."
    Room.create(unit=school, name="Vassen", seats=8, step_free=True, hearing_loop=True, access=access)
    Room.create(unit=school, name="Bryggan", seats=4)
    today = clock.today()
    for where in load(Municipality, "participates = ?", (True,)):
        for name, (month, day), days in LOV:
            year = today.year if (month, day) >= (today.month, today.day) else today.year + 1
            begins = date(year, month, day)
            begins -= timedelta(days=begins.weekday())
            SchoolBreak.create(municipality=where, name=name, starts_on=begins, ends_on=begins + timedelta(days=days))


def _proposed(bba: Actor, case: Case, other: Unit) -> None:
    """A meeting whose times have been asked for: some have answered, one has not."""
    _agreed(bba, case, other)
    meeting = meetings.make(bba, case)
    people = _invited(bba, meeting, other)
    colleague = demo_cast.account_of("delegerad")
    people["own"] = meetings.add_participant(bba, meeting, party=_own_party(meeting), account=colleague)
    meetings.save_needs(bba, meeting, NEEDS)
    meetings.let_child_take_part(bba, meeting, NEEDS["child.part"])
    people["child"] = Participant.get(Participant.meeting == meeting, Participant.who == "child")
    first = working_days.after(clock.today(), 8)
    days = [first, *(working_days.after(first, more) for more in (1, 2, 4))]
    walls = [f"{day}T{hour}" for day, hour in zip(days, ("13:00", "08:30", "15:00", "10:00"), strict=True)]
    meeting_times.propose(bba, meeting, walls, answers_by=working_days.after(clock.today(), 4))
    meeting_asking.ask(bba, meeting)
    _answer(meeting, people["child"], "yes", "no", "yes", "yes")
    _answer(meeting, people["guardian_1"], "yes", "yes", "yes", "no")
    _answer(meeting, people["other"], "yes", "yes", "if_needed")
    _answer(meeting, people["own"], "yes", "yes", "no", "yes")


def _set(bba: Actor, case: Case, other: Unit) -> None:
    """A meeting whose time and room are set."""
    _agreed(bba, case, other)
    meeting = meetings.make(bba, case, minutes=60)
    people = _invited(bba, meeting, other)
    meeting_times.propose(
        bba, meeting, [f"{working_days.after(clock.today(), 5)}T10:30"], answers_by=working_days.after(clock.today(), 2)
    )
    meeting_asking.ask(bba, meeting)
    for person in people.values():
        _answer(meeting, person, "yes")
    (slot,) = meeting_times.slots_of(meeting)
    room = Room.get(Room.name == "Vassen")
    stands = Meeting.get_by_id(meeting.id)
    meeting_times.choose(bba, stands, slot, Place(room=room.id), version=stands.version)


def _agreed(bba: Actor, case: Case, other: Unit) -> None:
    """Both guardians and the child have said yes to sharing with the other service."""
    voice = Voice("yes", "oral", clock.today())
    consent_taking.record(
        bba,
        case=case,
        voices={"guardian_1": voice, "guardian_2": voice, "child": voice},
        units=[other],
        information="Det som står i hjulet och hur det går i skolan.",
        ends_on=clock.today() + timedelta(days=180),
    )


def _invited(bba: Actor, meeting: Meeting, other: Unit) -> dict[str, Participant]:
    party = meetings.add_party(bba, meeting, other)
    guardian = meetings.add_participant(bba, meeting, role="guardian", who="guardian_1", person=MOTHER, language="ar")
    meetings.add_participant(bba, meeting, role="guardian", who="guardian_2", person=FATHER)
    return {"guardian_1": guardian, "other": meetings.add_participant(bba, meeting, party=party, person=KARIN)}


def _own_party(meeting: Meeting):
    return next(party for party in meeting.parties if party.unit_id == meeting.case.unit_id)


def _answer(meeting: Meeting, person: Participant, *said: str) -> None:
    slots = meeting_times.slots_of(meeting)
    answers = {slot.id: answer for slot, answer in zip(slots, said, strict=False)}
    meeting_times.answer(VISITOR, person, answers)

"""A scene for the demonstration: Noah's plan after a samverkansmöte, with three things to do and a booked follow-up."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from tbb import clock
from tbb.database import run
from tbb.models import Case, Meeting, Participant, Unit
from tbb.models.kinds import Kind
from tbb.models.meeting_kinds import Attendance, MeetingState, ParticipantRole, ParticipantState
from tbb.policy import Actor
from tbb.services import (
    actors,
    case_files,
    consent_taking,
    demo_cast,
    followups,
    mapping,
    meetings,
    outcomes,
    plan_actions,
    plan_notes,
    plan_owners,
    plans,
    wall_clock,
)
from tbb.services.consents import Voice
from tbb.services.meetings import Contact
from tbb.services.plan_actions import NewAction

DAY = timedelta(days=1)
MAPPED = {
    "voice.own": "Mentorn och kuratorn har pratat med Noah. Han vill ha en lugn plats att äta på.",
    "voice.guardians": "De är glada att skolan hör av sig. Noah sover dåligt.",
    "voice.child": "Jag vill äta i lugn och ro. Jag vill att någon hjälper mig att komma i gång.",
    "now.larande.level": "stod", "now.larande.see": "Kommer i gång när någon sitter bredvid den första stunden.",
    "now.halsa.level": "uppm", "now.halsa.see": "Är trött. Somnar sent.",
    "now.relationer.level": "bra", "now.hemmet.level": "bra", "now.trygghet.level": "bra",
}  # fmt: skip
ANSWERS = (
    "Nästan. Vi vet inte hur Noah sover.", "Tröttheten, och att matsalen är så högljudd.",
    "Sitta bredvid Noah när lektionen börjar.", "En lugn plats att äta på.", "Råd om sömn, och stöd till föräldrarna.",
)  # fmt: skip
GOALS = {
    "goal.larande.child": "Jag vill hinna klart på lektionen så att jag slipper läxor.",
    "goal.larande.own": "Noah kommer i gång inom tio minuter på tre av fyra lektioner.",
    "goal.halsa.child": "Jag vill äta utan att alla tittar.",
    "goal.halsa.own": "Noah äter lunch minst fyra dagar i veckan.",
}  # fmt: skip


def play() -> None:
    """Let Noah's case have had a samverkansmöte, within the caller's transaction."""
    case = next((each for each in Case.select() if case_files.card_of(each).label == "Noah"), None)
    first = Unit.select().where(Unit.kind == Kind.COMPULSORY).order_by(Unit.id).first()
    services = Unit.get_or_none(Unit.kind == Kind.SOCIAL_SERVICES, Unit.municipality == first.municipality)
    if case is None or services is None:
        return
    bba, counsellor = _actor("bba"), demo_cast.account_of("personal")
    _decide(bba, case, services)
    meeting = _met(bba, Case.get_by_id(case.id), services, counsellor)
    social = Participant.get(Participant.meeting == meeting, Participant.party == _party(meeting, services))
    actions = (
        NewAction("Noah äter i uppehållsrummet med en kompis", "Sara Skissberg, skolsköterska", "halsa", first.id,
                  counsellor, due_on=clock.today() + 5 * DAY),
        NewAction("Sitter bredvid Noah när lektionen börjar", "Mentorn", "larande", first.id,
                  due_on=clock.today() - 3 * DAY),
        NewAction("Föräldrarna får prata om sömn och kvällar", "Karin Testlind, socialtjänsten", "halsa", services.id,
                  participant=social.id, due_on=clock.today() + 19 * DAY),
    )  # fmt: skip
    plan = plans.make(bba, meeting, goals=GOALS, actions=actions)
    run("UPDATE meeting SET state = 'closed', closed_at = held_at WHERE id = ?", (meeting.id,))
    chosen = next(each for each in plan_actions.possible(plan.case) if each.account == counsellor)
    plan_owners.hand_on(bba, plan, plan_owners.Choice(chosen, child_asked=True, wish="Sara. Hon lyssnar."))
    nurse = actors.of_account(counsellor, strong=True, demo=True)
    plan_actions.set_state(nurse, plan, plan_actions.of_plan(plan)[0].key, "doing")
    plan_actions.set_state(nurse, plan, plan_actions.of_plan(plan)[1].key, "done")
    followups.book(nurse, plan, wall=_wall(clock.today() + 30 * DAY, 13), place_words="Skolan, rum Näckrosen")
    plan_notes.new_link(nurse, plan)


def _decide(bba: Actor, case: Case, services: Unit) -> None:
    questions = {f"question.{number}": text for number, text in enumerate(ANSWERS, start=1)}
    mapping.save(bba, case, MAPPED | questions)
    yes = Voice("yes", "oral", clock.today() - 22 * DAY)
    consent_taking.record(
        bba,
        case=Case.get_by_id(case.id),
        voices={"guardian_1": yes, "guardian_2": yes, "child": yes},
        units=[services],
        information="Hur det går på lektionerna, maten och sömnen.",
        ends_on=clock.today() + 150 * DAY,
    )
    outcomes.decide(bba, Case.get_by_id(case.id), "meeting", "Familjen vill ha råd om sömn från socialtjänsten.")


def _met(bba: Actor, case: Case, services: Unit, counsellor: int) -> Meeting:
    """A meeting that has been held, with the school nurse, social services and one guardian."""
    meeting = meetings.make(bba, case)
    own = _party(meeting, Unit.get_by_id(case.unit_id)) or meetings.add_party(bba, meeting, case.unit_id)
    meetings.add_participant(bba, meeting, party=own, account=counsellor)
    other = meetings.add_party(bba, meeting, services)
    karin = Contact("Karin Testlind", "karin@socialtjansten.example", "070-174 06 31", "Socialsekreterare")
    meetings.add_participant(bba, meeting, party=other, person=karin)
    mother = Contact("Noahs mamma", "", "070-174 06 32", "")
    meetings.add_participant(bba, meeting, role=ParticipantRole.GUARDIAN, who="guardian_1", person=mother)
    day = clock.today() - 14 * DAY
    starts_at = wall_clock.moment_of(_wall(day, 13))
    Participant.update(state=ParticipantState.ACCEPTED, asked_at=starts_at - 7 * DAY, attended=Attendance.YES).where(
        Participant.meeting == meeting
    ).execute()
    Meeting.update(
        state=MeetingState.HELD, wall=_wall(day, 13), starts_at=starts_at, ends_at=starts_at + timedelta(hours=1),
        set_at=starts_at - 7 * DAY, held_at=starts_at, place_words="Skolan, rum Näckrosen",
    ).where(Meeting.id == meeting.id).execute()  # fmt: skip
    return Meeting.get_by_id(meeting.id)


def _party(meeting: Meeting, unit: Unit):
    return meeting.parties.where(meeting.parties.model.unit == unit).first()


def _wall(day, hour: int) -> str:
    while day.isoweekday() > 5:
        day += DAY
    return datetime.combine(day, time(hour)).strftime(wall_clock.FORM)


def _actor(key: str) -> Actor:
    return actors.of_account(demo_cast.account_of(key), strong=True, demo=True)

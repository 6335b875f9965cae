"""A scene for the demonstration: a meeting that is closed, with a samordningsperson, and one that has just begun."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from tbb import clock
from tbb.database import case_keys
from tbb.models import Case, Meeting, MeetingParty, Participant, Unit
from tbb.models.kinds import Kind
from tbb.models.meeting_kinds import Attendance, MeetingState, ParticipantRole, ParticipantState
from tbb.policy import Actor
from tbb.services import (
    actors,
    case_desk,
    case_files,
    consent_taking,
    coordinators,
    demo_cases,
    demo_cast,
    drafts,
    informing,
    mapping,
    meeting_minutes,
    meeting_record,
    meetings,
    outcomes,
    weeks,
)
from tbb.services.consents import Voice

MELKER = {
    "child.label": "Melker", "child.stage": "Årskurs 5", "told.child": "yes", "told.guardians": "yes",
    "area.relationer.level": "stod", "area.relationer.see": "Är ensam på rasterna sedan i höstas.",
    "area.relationer.child": "De andra har ett eget språk i spelet. Jag kan inte det.",
    "area.halsa.level": "uppm", "area.halsa.see": "Går ofta till skolsköterskan efter lunch.",
    "area.larande.level": "bra", "area.larande.strength": "Bygger och ritar gärna, och förklarar för andra.",
}  # fmt: skip
QUESTIONS = {f"question.{number}": text for number, text in enumerate(
    ("Ja, det räcker för att börja.", "Att inte ha någon att vara med.", "Vara med på rasten en gång om dagen.",
     "Starta en rastgrupp.", "Råd om hur vi pratar om spelet hemma."), 1,
)}  # fmt: skip
TUVA = {
    "child.label": "Tuva", "child.stage": "Årskurs 3", "told.child": "yes", "told.guardians": "yes",
    "area.trygghet.level": "stod", "area.trygghet.see": "Vågar inte gå hem själv sedan i oktober.",
    "area.trygghet.child": "Det är mörkt vid tunneln.",
    "area.omsorg.level": "uppm", "area.omsorg.see": "Är ofta kvar längst på fritids.",
}  # fmt: skip
SAID = {
    "voice.says": "Jag vill ha någon som kommer ut samtidigt som jag.",
    "area.relationer.agreed": "En rastgrupp börjar på måndag. Melker väljer två att vara med.",
    "area.relationer.child": "Jag vill ha någon att vara med.",
    "area.relationer.own": "Melker är med någon på minst en rast om dagen.",
    "area.halsa.agreed": "Skolsköterskan träffar Melker varannan vecka.",
}
MOTHER = {"name": "Malin Exempelsson", "email": "malin@exempelsson.example", "phone": "070-174 06 21", "note": ""}


def play() -> None:
    """Let a case of the first school have a meeting behind it and another be in one, in the caller's transaction."""
    school = Unit.select().where(Unit.kind == Kind.COMPULSORY).order_by(Unit.id).get()
    mentor, bba = (actors.of_account(demo_cast.account_of(key), strong=True, demo=True) for key in ("personal", "bba"))
    _closed(mentor, bba, _met(_mapped(mentor, bba, school, MELKER), school, timedelta(hours=2)))
    _met(_mapped(mentor, bba, school, TUVA), school, timedelta(minutes=10))


def _closed(mentor: Actor, bba: Actor, meeting: Meeting) -> None:
    """Record a meeting from the child's first words to minutes that somebody has confirmed."""
    people = {each.account_id or each.role: each for each in Participant.select().where(Participant.meeting == meeting)}
    nurse, counsellor = (people[demo_cast.account_of(key)] for key in ("personal", "delegerad"))
    came = {f"attended.{each.key}": str(Attendance.YES) for each in people.values()}
    came[f"attended.{counsellor.key}"] = str(Attendance.PART)
    meeting_record.save(bba, meeting, SAID | came)
    coordinators.appoint(bba, meeting, participant=nurse, child_asked=True, wish=nurse.key)
    meeting_record.save(bba, meeting, _actions(nurse, counsellor) | _followup())
    meeting_record.close(bba, meeting)
    meeting_minutes.confirm(mentor, meeting)


def _mapped(mentor: Actor, bba: Actor, school: Unit, told: dict[str, str]) -> Case:
    """A case that has come as far as to a meeting, with everybody's consent."""
    wheel = drafts.begin(mentor, from_unit=school, answers=told)
    drafts.set_recipient(mentor, wheel.key, school)
    case = Case.get_by_id(informing.send(mentor, wheel.key).case_id)
    case_desk.receive(bba, case.key)
    mapping.save(bba, case, {"voice.child": "Det är bäst på bilden.", **QUESTIONS})
    outcomes.decide(bba, case, outcomes.MEETING, "Skolan och elevhälsan behöver göra det här tillsammans.")
    yes = Voice("yes", "oral", clock.today())
    consent_taking.record(
        bba, case=case, voices=dict.fromkeys(("guardian_1", "child"), yes), units=[school],
        information="Hur det går i skolan och på rasterna.", ends_on=clock.today() + timedelta(days=120),
    )  # fmt: skip
    demo_cases.age(case, 16)
    return Case.get_by_id(case.id)


def _met(case: Case, school: Unit, ago: timedelta) -> Meeting:
    """A meeting of that case that began a while ago, with those who were asked."""
    begins = clock.now() - ago
    key = case_files.new_key()
    meeting = Meeting.create(
        key=key, reference=case_files.new_reference("M"), case=case, state=MeetingState.SET,
        wall=clock.local(begins).strftime("%Y-%m-%dT%H:%M"), starts_at=begins, ends_at=begins + timedelta(hours=1),
        place_words="Näckrosskolan, grupprummet", uid=f"{key}@mote", created_at=begins, set_at=begins,
    )  # fmt: skip
    party = MeetingParty.create(meeting=meeting, unit=school)
    asked = {"meeting": meeting, "state": ParticipantState.ACCEPTED, "asked_at": begins, "invited_at": begins,
             "invited_sequence": 0}  # fmt: skip
    for persona in ("personal", "delegerad"):
        Participant.create(key=case_files.new_key(), party=party, account=demo_cast.account_of(persona), **asked)
    Participant.create(key=case_files.new_key(), role=ParticipantRole.CHILD, who="child", **asked)
    key = case_files.new_key()
    sealed = case_keys().seal(meeting.seal, json.dumps(MOTHER), meetings.person_place(key))
    Participant.create(key=key, role=ParticipantRole.GUARDIAN, who="guardian_1", person=sealed, **asked)
    return meeting


def _actions(nurse: Participant, counsellor: Participant) -> dict[str, str]:
    coming = weeks.coming(8)
    wanted = (
        ("Startar rastgruppen och bjuder in två som Melker väljer", counsellor, coming[1], "relationer"),
        ("Träffar Melker varannan vecka", nurse, coming[6], "halsa"),
    )
    found = {}
    for what, whom, by, area in wanted:
        start = f"do.{case_files.new_key()}."
        found |= {start + "what": what, start + "who": whom.key, start + "by": by.isoformat(), start + "area": area}
    return found


def _followup() -> dict[str, str]:
    day: datetime = clock.local(clock.now()) + timedelta(days=42)
    day += timedelta(days=(2 - day.weekday()) % 7)
    return {
        "followup.day": day.date().isoformat(),
        "followup.time": "13:00",
        "followup.minutes": "45",
        "followup.agreed": "1",
    }

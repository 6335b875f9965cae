"""Factories for meetings and plans: plain functions that make one thing with as little said as possible."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

from tbb import clock
from tbb.database import case_keys, transaction
from tbb.models import (
    Case,
    Consent,
    Coordinator,
    Forum,
    ForumDate,
    ForumItem,
    ForumMember,
    Meeting,
    MeetingParty,
    MeetingSlot,
    Participant,
    Plan,
    PlanAction,
    PlanNote,
    Unit,
)
from tbb.models.meeting_kinds import MeetingState, ParticipantRole, ParticipantState
from tbb.policy import Actor
from tbb.services import case_files, consent_taking, plan_actions, plan_notes, sealed_fields, tokens
from tbb.services.consents import Voice

YES = Voice("yes", "oral", date(2026, 11, 20))
ALL_SAY_YES = {"guardian_1": YES, "guardian_2": YES, "child": YES}
GUARDIAN = {"name": "Gun Exempelsson", "email": "gun@exempelsson.example", "phone": "070-174 06 05", "note": ""}


def consent(actor: Actor, case: Case, *units: Unit, days: int = 90, **more) -> Consent:
    """Let everybody have said yes to sharing a case's information with some units."""
    told = {"voices": ALL_SAY_YES, "information": "Hur det går i skolan.", "ends_on": clock.today() + timedelta(days)}
    return consent_taking.record(actor, case=case, units=units, **(told | more))


@transaction
def meeting(case: Case, *, at: datetime | None = None, state: str = MeetingState.DRAFT, **more) -> Meeting:
    """Make a meeting of a case; `at` is the moment it begins, and then its time is set unless another state is said."""
    key, moment = case_files.new_key(), clock.now()
    if at is not None:
        state = MeetingState.SET if state == MeetingState.DRAFT else state
        wall = clock.local(at).strftime("%Y-%m-%dT%H:%M")
        more = {"wall": wall, "starts_at": at, "ends_at": at + timedelta(hours=1), "set_at": moment} | more
    return Meeting.create(
        key=key, reference=case_files.new_reference("M"), case=case, state=state, uid=f"{key}@tbb.example",
        created_at=moment, **more,
    )  # fmt: skip


@transaction
def participant(meeting: Meeting, unit: Unit | None = None, *, account: int | None = None, **more) -> Participant:
    """Let somebody be asked to a meeting: of a unit, or a guardian when none is named."""
    party = MeetingParty.get_or_create(meeting=meeting, unit=unit)[0] if unit is not None else None
    key = case_files.new_key()
    role = ParticipantRole.PROFESSIONAL if unit is not None else ParticipantRole.GUARDIAN
    person = None
    if account is None:
        person = case_keys().seal(meeting.seal, json.dumps(GUARDIAN), f"participant.person:{key}")
    told = {
        "key": key, "meeting": meeting, "party": party, "role": role, "account": account, "person": person,
        "who": "guardian_1" if unit is None else "", "state": ParticipantState.ASKED, "asked_at": clock.now(),
    }  # fmt: skip
    return Participant.create(**(told | more))


@transaction
def slot(meeting: Meeting, at: datetime, minutes: int = 60) -> MeetingSlot:
    """Propose a time."""
    return MeetingSlot.create(
        meeting=meeting,
        wall=clock.local(at).strftime("%Y-%m-%dT%H:%M"),
        starts_at=at,
        ends_at=at + timedelta(minutes=minutes),
    )


@transaction
def coordinator(case: Case, account: int, unit: Unit | None = None, **more) -> Coordinator:
    """Let somebody be the samordningsperson of a case."""
    told = {"case": case, "account": account, "unit": unit, "child_asked": True, "as_wished": True}
    made = Coordinator.create(**(told | {"words": b"", "starts_at": clock.now()} | more))
    words = json.dumps({"why_not_asked": "", "wish": "Skolsköterskan.", "reason": ""})
    made.words = case_keys().seal(case.seal, words, f"coordinator.words:{made.id}")
    made.save()
    return made


@transaction
def plan(case: Case, meeting: Meeting | None = None, **more) -> Plan:
    """Make a plan of a case with one goal."""
    made = Plan.create(
        key=case_files.new_key(), reference=case_files.new_reference("P"), case=case, meeting=meeting,
        made_at=clock.now(), **more,
    )  # fmt: skip
    sealed_fields.save(made, {"goal.trygghet.child": "Jag vill kunna gå ut på rasten."})
    return made


@transaction
def forum(near: Unit, *members: Unit, **more) -> Forum:
    """Make a forum in the municipality of a unit, with the services that belong to it."""
    told = {"key": case_files.new_key(), "municipality": near.municipality, "name": "Samverkansforum Skolstart"}
    made = Forum.create(**(told | {"about": "För barn som börjar skolan.", "how": "Ring först."} | more))
    for unit in members:
        ForumMember.create(forum=made, unit=unit)
    return made


@transaction
def sitting(forum: Forum, at: datetime) -> ForumDate:
    """Let a forum sit."""
    wall = clock.local(at).strftime("%Y-%m-%dT%H:%M")
    return ForumDate.create(
        key=case_files.new_key(),
        forum=forum,
        wall=wall,
        starts_at=at,
        ends_at=at + timedelta(hours=1),
        place="Torget 1",
    )


@transaction
def item(date: ForumDate, case: Case) -> ForumItem:
    """Put a case on an agenda without asking whether it may be."""
    return ForumItem.create(key=case_files.new_key(), date=date, case=case, at=clock.now())


@transaction
def action(plan: Plan, what: str = "Pratar på rasten", **more) -> PlanAction:
    """Let something be to do by a plan."""
    return plan_actions.create(plan, plan_actions.NewAction(**({"what": what, "who": "Kuratorn"} | more)))


def family_link(plan: Plan) -> str:
    """Let a family have a link by which it tells that the plan is not followed."""
    secret = f"AAAA-BBBB-CCCC-{plan.id:04d}"
    tokens.issue(plan_notes.PURPOSE, plan.id, lasts=plan_notes.LASTS, payload={"secret": secret}, secret=secret)
    return secret


@transaction
def told(plan: Plan, text: str = "Ingen ringde.") -> PlanNote:
    """Let a family have told that a plan is not followed."""
    key = case_files.new_key()
    body = case_keys().seal(plan.seal, json.dumps({"text": text, "phone": ""}), plan_notes.place_of(key))
    return PlanNote.create(plan=plan, key=key, kind="family", body=body, at=clock.now())

"""The plan after a samverkansmöte: its samordningsperson, its goals and actions, and what happened with it."""

from __future__ import annotations

from peewee import SQL, BlobField, BooleanField, CharField, Check, DateField, ForeignKeyField, IntegerField

from tbb.database import BaseModel, UtcDateTimeField
from tbb.models.accounts import Account
from tbb.models.cases import Case
from tbb.models.directory import Unit, one_of
from tbb.models.meeting_kinds import ActionState, PlanState
from tbb.models.meetings import Meeting, Participant


class Plan(BaseModel):
    """What was agreed around a child (R17). Its words are sealed with the case's key. It is not a SIP.

    `meeting` is where it was made; `followup` the meeting that follows it up, which the samordningsperson books (R18).
    """

    key = CharField(max_length=32, unique=True)
    reference = CharField(max_length=12, unique=True)
    case = ForeignKeyField(Case, backref="plans", on_delete="CASCADE")
    meeting = ForeignKeyField(Meeting, null=True, backref="plans", on_delete="SET NULL")
    followup = ForeignKeyField(Meeting, null=True, backref="follows_up", on_delete="SET NULL")
    state = CharField(max_length=10, default=PlanState.ACTIVE)
    version = IntegerField(default=1)
    made_at = UtcDateTimeField()
    ended_at = UtcDateTimeField(null=True)

    class Meta:
        constraints = [one_of("state", PlanState), Check("state <> 'ended' OR ended_at IS NOT NULL")]

    @property
    def seal(self) -> str:
        """The name of the key that seals its words: the case's."""
        return self.case.seal


Plan.add_index(
    Plan.index(Plan.case, unique=True, where=SQL("state <> 'ended'"), name="plan_one_at_a_time")  # one plan per case
)


class Coordinator(BaseModel):
    """Who is the samordningsperson of a case, from when to when (R15, R16). At most one at a time.

    `words` is sealed JSON with the case's key: {"why_not_asked", "wish", "reason"}. `account` is missing when the
    person signs in nowhere; then `participant` says who it is, and the BBA keeps the plan for them.
    """

    case = ForeignKeyField(Case, backref="coordinators", on_delete="CASCADE")
    meeting = ForeignKeyField(Meeting, null=True, backref="coordinators", on_delete="SET NULL")
    account = ForeignKeyField(Account, null=True, backref="coordinates", on_delete="SET NULL")
    participant = ForeignKeyField(Participant, null=True, backref="coordinates", on_delete="SET NULL")
    unit = ForeignKeyField(Unit, null=True, backref="coordinators", on_delete="SET NULL")
    child_asked = BooleanField()
    as_wished = BooleanField()
    words = BlobField()
    appointed_by = ForeignKeyField(Account, null=True, backref="appointed_coordinators", on_delete="SET NULL")
    starts_at = UtcDateTimeField()
    ended_at = UtcDateTimeField(null=True)
    ended_why = CharField(max_length=12, default="")

    class Meta:
        constraints = [Check("ended_why IN ('', 'passed_on', 'left', 'plan_ended', 'consent')")]


Coordinator.add_index(
    Coordinator.index(Coordinator.case, unique=True, where=SQL("ended_at IS NULL"), name="coordinator_one")
)
Coordinator.add_index(Coordinator.index(Coordinator.account, Coordinator.ended_at, name="coordinator_of_account"))


class PlanField(BaseModel):
    """One thing written in a plan, sealed with the case's key: a goal in the child's words, in the professionals'."""

    plan = ForeignKeyField(Plan, backref="fields", on_delete="CASCADE")
    name = CharField(max_length=40)
    body = BlobField()
    version = IntegerField(default=1)
    saved_at = UtcDateTimeField()
    saved_by = ForeignKeyField(Account, null=True, backref="plan_fields", on_delete="SET NULL")

    class Meta:
        indexes = ((("plan", "name"), True),)


class PlanAction(BaseModel):
    """What somebody shall do by a week. Its words are sealed: {"what", "who"}; `due_on` is that week's Sunday.

    `account` is who does it, when they sign in here; `unit` the service they do it for.
    """

    plan = ForeignKeyField(Plan, backref="actions", on_delete="CASCADE")
    key = CharField(max_length=32, unique=True)
    area = CharField(max_length=12, default="")
    body = BlobField()
    unit = ForeignKeyField(Unit, null=True, backref="plan_actions", on_delete="SET NULL")
    account = ForeignKeyField(Account, null=True, backref="plan_actions", on_delete="SET NULL")
    participant = ForeignKeyField(Participant, null=True, backref="plan_actions", on_delete="SET NULL")
    due_on = DateField(null=True)
    state = CharField(max_length=10, default=ActionState.PLANNED)
    position = IntegerField(default=0)
    version = IntegerField(default=1)
    reminded_on = DateField(null=True)
    done_at = UtcDateTimeField(null=True)

    class Meta:
        constraints = [one_of("state", ActionState)]


PlanAction.add_index(PlanAction.index(PlanAction.state, PlanAction.due_on, name="plan_action_by_day"))


class PlanNote(BaseModel):
    """Something told of a plan, sealed: that a service does not take part, or that the family says it is not followed.

    `kind` is deviation or family. `by` is empty for the family, who have no account.
    """

    plan = ForeignKeyField(Plan, backref="notes", on_delete="CASCADE")
    key = CharField(max_length=32, unique=True)
    kind = CharField(max_length=10)
    unit = ForeignKeyField(Unit, null=True, backref="plan_notes", on_delete="SET NULL")
    body = BlobField()
    by = ForeignKeyField(Account, null=True, backref="plan_notes", on_delete="SET NULL")
    at = UtcDateTimeField()
    settled_at = UtcDateTimeField(null=True)

    class Meta:
        constraints = [Check("kind IN ('deviation', 'family')")]

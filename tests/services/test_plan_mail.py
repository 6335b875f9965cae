"""A letter about a plan is looked at once more when it is about to leave, so that only who has part in it gets it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from tbb import worker
from tbb.database import connection
from tbb.models import Account, Case, Coordinator, Letter, Meeting, MeetingLetter, Participant, PlanAction
from tbb.services import (
    consent_taking,
    consents,
    letters,
    meeting_mail,
    plan_actions,
    plan_notes,
    plan_owners,
    plan_reminders,
    plans,
)
from tbb.services.demo_cast import account_of
from tests import make_meetings
from tests.at_work import units
from tests.services.plan_cast import held_meeting, planned, who

MONDAY = datetime(2027, 1, 11, 8, tzinfo=UTC)


@pytest.fixture
def plan(county, at):
    """A plan with something for the neighbour to do this week, led by the deputy of the sister unit."""
    at(MONDAY)
    with connection():
        yield planned(held_meeting(), due_on=MONDAY.date())


def deliver(tmp_path) -> None:
    """Let the worker take what is due; without a mail server it keeps what may leave."""
    kept_here = SimpleNamespace(smtp_url="", mail_from="TBB <no-reply@tbb.example>", base_url="https://tbb.example",
                                instance=tmp_path, production=False)  # fmt: skip
    worker.Postman(kept_here).deliver(threading.Event())


def state_of(template: str) -> str:
    """Where the newest letter of a kind is."""
    return Letter.select().where(Letter.template == template).order_by(Letter.id.desc()).first().state


def withdrawn(plan) -> None:
    """Take the consent back as it would look if nothing but the consent itself had been touched."""
    consent_taking.withdraw(who("bba"), consents.of_case(plan.case)[0].key)
    Letter.update(state="queued").where(Letter.state == "stopped").execute()


def done(plan) -> None:
    """Let the action be done."""
    plan_actions.set_state(who("granne"), plan, plan_actions.of_plan(plan)[0].key, "done")


def given_to_another(plan) -> None:
    """Let somebody else do what was to be done."""
    PlanAction.update(account=account_of("ersattare")).where(PlanAction.plan == plan).execute()


def shut(persona: str):
    """Let an account be shut."""
    return lambda _plan: Account.update(state="disabled").where(Account.id == account_of(persona)).execute()


def ended(plan) -> None:
    """End the plan."""
    plans.end(who("ersattare"), plan, "Klart.")


def closed(plan) -> None:
    """Close the case as if nothing else had been touched."""
    Case.update(state="closed", closed_at=MONDAY).where(Case.id == plan.case_id).execute()


def handed_on(plan) -> None:
    """Let the neighbour be the samordningsperson."""
    chosen = next(each for each in plan_actions.possible(plan.case) if each.account == account_of("granne"))
    plan_owners.hand_on(who("bba"), plan, plan_owners.Choice(chosen, child_asked=True, wish="Grannen"))


def told(plan) -> None:
    """Let the family tell that the plan is not followed."""
    plan_notes.tell(plan_notes.new_link(who("bba"), plan), words="Ingen har ringt.", phone="")


def booked_late(at):
    """Let a follow-up be late, so that its samordningsperson is told."""

    def wait(_plan) -> None:
        at(MONDAY + timedelta(days=4))
        plan_reminders.escalate()

    return wait


@pytest.mark.parametrize(
    "meanwhile",
    [withdrawn, done, given_to_another, shut("granne"), ended, closed],
    ids=["withdrawn", "done", "given", "shut", "ended", "closed"],
)
def test_a_reminder_leaves_only_to_who_has_something_to_do_still(plan, meanwhile, tmp_path):
    assert plan_reminders.remind() == 1
    meanwhile(plan)
    deliver(tmp_path)
    assert state_of("plan_action") == "stopped"


def test_what_still_holds_leaves_to_everybody_whom_it_is_for(plan, tmp_path, at):
    plan_reminders.remind()
    told(plan)
    handed_on(plan)
    booked_late(at)(plan)
    Coordinator.update(ended_at=MONDAY, ended_why="left").where(Coordinator.ended_at.is_null()).execute()
    plan_owners.watch()
    deliver(tmp_path)
    assert state_of("plan_action") == "kept" and state_of("plan_without_coordinator") == "kept"
    assert (state_of("plan_yours"), state_of("plan_followup"), state_of("plan_told")) == ("stopped",) * 3


@pytest.mark.parametrize("meanwhile", [withdrawn, handed_on, shut("ersattare"), ended],
                         ids=["withdrawn", "handed", "shut", "ended"])  # fmt: skip
def test_what_the_samordningsperson_is_told_goes_to_nobody_who_is_not_one(plan, meanwhile, tmp_path, at):
    told(plan)
    booked_late(at)(plan)
    meanwhile(plan)
    deliver(tmp_path)
    assert (state_of("plan_told"), state_of("plan_followup")) == ("stopped", "stopped")


def test_to_the_samordningsperson_it_leaves(plan, tmp_path, at):
    handed_on(plan)
    told(plan)
    booked_late(at)(plan)
    deliver(tmp_path)
    assert [state_of(each) for each in ("plan_yours", "plan_told", "plan_followup")] == ["kept"] * 3


def test_one_without_account_is_written_to_only_while_they_are_asked(plan, tmp_path):
    karin = make_meetings.participant(Meeting.get_by_id(plan.meeting_id), units()["other"], account=None)
    PlanAction.update(account=None, participant=karin.id).where(PlanAction.plan == plan).execute()
    assert plan_reminders.remind() == 1
    Participant.update(ended_at=MONDAY).where(Participant.id == karin.id).execute()
    deliver(tmp_path)
    assert state_of("plan_action_elsewhere") == "stopped"


@pytest.mark.parametrize("meanwhile", [withdrawn, shut("granne")], ids=["withdrawn", "shut"])
def test_that_minutes_are_ready_and_that_one_is_called_are_looked_at_in_the_same_way(plan, meanwhile, tmp_path):
    granne = Participant.get(Participant.account == account_of("granne"))
    meeting, email = granne.meeting, Account.get_by_id(account_of("granne")).email
    mark = f"{meeting_mail.MINUTES}{meeting.key}:{granne.key}"
    letters.write(mark, email, "minutes_ready", {"reference": "M-7K3M2Q", "path": "/"})
    MeetingLetter.create(participant=granne, what="confirm", dedupe=mark, at=MONDAY)
    called = meeting_mail.write(meeting, meeting_mail.reader_of(meeting, granne), meeting_mail.REQUEST)
    assert meeting_mail.may_leave(mark) and meeting_mail.may_leave(called)
    meanwhile(plan)
    assert not meeting_mail.may_leave(mark) and not meeting_mail.may_leave(called)
    deliver(tmp_path)
    assert state_of("minutes_ready") == "stopped"

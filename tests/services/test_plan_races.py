"""Many at once around one plan: of those who want different things one decides, no word is lost, somebody has it."""

from __future__ import annotations

import os
from datetime import timedelta
from functools import wraps
from threading import Event, Thread

import pytest

from tbb import clock
from tbb.database import connection, rows, transaction
from tbb.models import AuditRow, Case, Coordinator, Meeting, Plan, PlanAction, PlanNote
from tbb.policy import Refused
from tbb.services import (
    actors,
    coordinators,
    followup_record,
    followups,
    meeting_minutes,
    meeting_moments,
    meeting_record,
    meeting_shelf,
    plan_actions,
    plan_notes,
    plan_owners,
    plan_shelf,
    plans,
    sealed_fields,
    transitions,
)
from tbb.services.demo_cast import account_of
from tbb.services.plan_actions import NewAction
from tests import engines, make_cases, make_meetings
from tests.at_work import units
from tests.services.plan_cast import held_meeting, planned, wall, who
from tests.services.test_meeting_races import all_at_once

ROUNDS = int(os.environ.get("TBB_PLAN_RACES", "2"))
"""How many times each race is run; TBB_PLAN_RACES=100 with -s prints the figures of the full race."""
EDITORS = 4
OWNED = """
    SELECT COUNT(*) FROM plan p WHERE p.state <> 'ended'
      AND NOT EXISTS (SELECT 1 FROM coordinator k WHERE k.case_id = p.case_id AND k.ended_at IS NULL)
"""
AT_MOST_ONE = "SELECT COUNT(*) FROM coordinator WHERE ended_at IS NULL GROUP BY case_id HAVING COUNT(*) > 1"


@pytest.fixture
def crowd(county_url):
    """The demo county with a connection for each of many, and the cast who work with one plan."""
    engines.configure(county_url, threads=2 * EDITORS + 2)
    with connection():
        yield {persona: who(persona) for persona in ("bba", "ersattare", "granne")}
    engines.close()


class Watch:
    """Looks all the time, from a connection of its own, for a plan that nobody has or two have."""

    def __init__(self) -> None:
        self.found, self.looks, self._over = [], 0, Event()
        self._thread = Thread(target=self._look)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_problem) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        with connection():
            while not self._over.is_set():
                self.looks += 1
                if rows(OWNED)[0][0] or rows(AT_MOST_ONE):
                    self.found.append(self.looks)


def again_and_again(race):
    """Run a race as often as is asked for, each time with a plan or a meeting of its own."""

    @wraps(race)
    def run(crowd):
        for _round in range(ROUNDS):
            race(crowd)
        print(f"\n{race.__name__} ({engines.wanted()}): {ROUNDS} rounds")

    return run


def new_plan() -> Plan:
    """A plan that is followed, led by the deputy of the sister unit."""
    return Plan.get_by_id(transaction(lambda: planned(held_meeting()))().id)


def choice(plan: Plan, persona: str) -> plan_owners.Choice:
    """Let one of the cast be chosen, as the child wished."""
    found = next(each for each in plan_actions.possible(plan.case) if each.account == account_of(persona))
    return plan_owners.Choice(found, child_asked=True, wish="Hen")


def kinds(given: list) -> list[str]:
    """What each gave or raised, by name and sorted."""
    return sorted(type(each).__name__ for each in given)


@again_and_again
def test_of_two_who_hand_it_on_one_decides_and_nobody_is_ever_without(crowd):
    plan = new_plan()
    seen = plan_owners.mark_of_owner(plan)
    chosen = {persona: choice(plan, persona) for persona in ("bba", "granne")}
    with Watch() as watch:
        given = all_at_once(
            [
                lambda who=who, to=to: plan_owners.hand_on(crowd[who], plan, chosen[to], seen)
                for who, to in (("bba", "granne"), ("ersattare", "bba"), ("bba", "bba"), ("ersattare", "granne"))
            ]
        )
    assert kinds(given) in (["Coordinator", *["Overtaken"] * 3], ["Coordinator", "Overtaken", "Overtaken", "Refused"],
                            ["Coordinator", "Overtaken", "Refused", "Refused"])  # fmt: skip
    made = next(each for each in given if isinstance(each, Coordinator))
    assert meeting_shelf.coordinator_of(plan.case_id).id == made.id and watch.looks and not watch.found
    _end(plan)


@again_and_again
def test_of_many_who_end_it_one_does_and_whoever_changes_it_meanwhile_is_told(crowd):
    plan, leader = new_plan(), crowd["ersattare"]
    ends = [lambda number=number: plans.end(leader, plan, f"Skäl {number}") for number in range(EDITORS)]
    changes = [
        lambda number=number, area=area: plans.change(leader, plan, {f"goal.{area}.own": f"Mål {number}"})
        for number, area in enumerate(("halsa", "hemmet", "omsorg", "larande"))
    ]
    given = all_at_once([*ends, *changes])
    assert sum(isinstance(each, Plan) for each in given) == 1
    assert {type(each) for each in given} <= {Plan, bool, plan_shelf.Ended, Refused}
    texts = sealed_fields.texts(Plan.get_by_id(plan.id))
    kept = {text for name, text in texts.items() if text.startswith("Mål ")}
    assert kept == {f"Mål {number}" for number, each in enumerate(given[EDITORS:]) if each is True}
    assert AuditRow.select().where(AuditRow.action == "plan:end", AuditRow.thing_id == plan.reference).count() == 1


@again_and_again
def test_two_who_write_the_same_goal_from_the_same_page_lose_no_word(crowd):
    plan, name = new_plan(), "goal.trygghet.own"
    seen = {name: sealed_fields.read(plan)[name].version}
    given = all_at_once(
        [lambda number=number: plans.change(crowd["ersattare"], plan, {name: f"Mål {number}"}, seen)
         for number in range(EDITORS)]
    )  # fmt: skip
    assert kinds(given) == sorted([*["Overtaken"] * (EDITORS - 1), "bool"])
    assert sealed_fields.texts(plan)[name] == f"Mål {given.index(True)}"
    assert sealed_fields.read(plan)[name].version == seen[name] + 1
    _end(plan)


@again_and_again
def test_of_many_who_change_or_mark_the_same_action_one_does_and_what_is_added_is_all_there(crowd):
    plan, leader = new_plan(), crowd["ersattare"]
    (action,) = plan_actions.of_plan(plan)
    same = {"unit": units()["other"].id, "account": account_of("granne"), "due_on": clock.today()}
    wanted = [NewAction(f"Ord {number}", "Grannen", **same) for number in range(EDITORS)]
    given = all_at_once(
        [*(lambda new=new: plan_actions.change(leader, plan, action.key, new, action.version) for new in wanted),
         lambda: plan_actions.set_state(crowd["granne"], plan, action.key, "done", action.version),
         lambda: plan_actions.set_state(leader, plan, action.key, "dropped", action.version),
         *(lambda new=new: plan_actions.add(leader, plan, new) for new in wanted[:2])]
    )  # fmt: skip
    assert kinds(given[:-2]) == sorted([*["Changed"] * (EDITORS + 1), "NoneType"]), given
    assert kinds(given[-2:]) == ["PlanAction", "PlanAction"]
    stands = next(each for each in plan_actions.of_plan(plan) if each.key == action.key)
    first = next(number for number, each in enumerate(given) if each is None)
    expected = [*(new.what for new in wanted), action.what, action.what][first]
    assert (stands.what, stands.version) == (expected, action.version + 1)
    assert stands.state == {EDITORS: "done", EDITORS + 1: "dropped"}.get(first, "planned")
    assert PlanAction.select().where(PlanAction.plan == plan).count() == 3
    _end(plan)


@again_and_again
def test_of_two_who_book_or_record_the_followup_one_does(crowd):
    plan, leader = new_plan(), crowd["ersattare"]
    given = all_at_once([lambda day=day: followups.book(leader, plan, wall=wall(day)) for day in (7, 8, 9)])
    assert kinds(given) == ["AlreadyBooked", "AlreadyBooked", "Meeting"]
    meeting = Plan.get_by_id(plan.id).followup
    assert Meeting.select().where(Meeting.case == plan.case_id, Meeting.kind == "followup").count() == 1
    begun = clock.now() - timedelta(minutes=30)
    Meeting.update(starts_at=begun, ends_at=begun + timedelta(hours=1)).where(Meeting.id == meeting.id).execute()
    said = {"better.child": "yes", "listened.child": "yes"}
    given = all_at_once(
        [lambda: followup_record.record(leader, plan, said, outcome="ended", reason="Nått."),
         lambda: followup_record.record(leader, plan, said, outcome="continued", next_wall=wall(30)),
         lambda: followup_record.record(leader, plan, said, outcome="changed", reason="Nytt.", next_wall=wall(31))]
    )  # fmt: skip
    assert kinds(given).count("Plan") == 1 and set(kinds(given)) <= {
        "Plan",
        "Ended",
        "NotYet",
        "NotBooked",
        "Refused",
    }
    assert len(followup_record.of_plan(plan)) == 1
    _end(plan)


@again_and_again
def test_of_many_who_appoint_one_does_and_of_many_who_close_one_makes_the_plan(crowd):
    bba, meeting, people = crowd["bba"], *_going_on()
    asked = {"child_asked": False, "why_not_asked": "Var sjuk.", "agreed": True}
    given = all_at_once(
        [lambda person=person: coordinators.appoint(bba, meeting, participant=person.id, **asked) for person in people]
    )
    assert kinds(given) == ["AlreadyAppointed", "Coordinator"]
    given = all_at_once([lambda: meeting_record.close(bba, meeting)] * EDITORS)
    assert kinds(given) == sorted([*["Closed"] * (EDITORS - 1), "Meeting"])
    assert Plan.select().where(Plan.case == meeting.case_id).count() == 1 and not rows(OWNED)[0][0]
    nurse = actors.of_account(account_of("personal"), strong=True)
    given = all_at_once([lambda: meeting_minutes.confirm(nurse, meeting)] * EDITORS)
    assert kinds(given) == sorted([*["Confirmed"] * (EDITORS - 1), "NoneType"])
    given = all_at_once([lambda: coordinators.take_back(bba, meeting), lambda: meeting_record.close(bba, meeting)])
    assert {type(each) for each in given} == {meeting_moments.Closed} and not rows(OWNED)[0][0]
    _end(plan_shelf.of_case(meeting.case_id))


@again_and_again
def test_what_a_family_tells_many_times_at_once_waits_once_and_is_settled_once(crowd):
    plan = new_plan()
    secret = plan_notes.new_link(crowd["bba"], plan)
    given = all_at_once([lambda: plan_notes.tell(secret, words="Ingen ringer.", phone="")] * EDITORS)
    assert {each.key for each in given} == {PlanNote.get(PlanNote.plan == plan).key}
    key = given[0].key
    given = all_at_once([lambda who=who: plan_notes.settle(crowd[who], plan, key, f"Av {who}")
                         for who in ("bba", "ersattare", "bba", "ersattare")])  # fmt: skip
    assert kinds(given) == ["NoneType", *["NotThere"] * 3]
    _end(plan)


@again_and_again
def test_a_plan_that_is_changed_while_its_case_is_received_elsewhere_is_lost_nowhere(crowd):
    plan, leader = new_plan(), crowd["ersattare"]
    case = Case.get_by_id(plan.case_id)
    transitions.begin(crowd["bba"], case, units()["sister"], reason="moves", areas=("trygghet",), summary="",
                      plan="goes_on")  # fmt: skip
    wheel = transitions.send(crowd["bba"], case)
    Case.update(state="received", received_at=clock.now()).where(Case.id == wheel.case_id).execute()
    given = all_at_once(
        [lambda: transitions.accepted(leader, wheel),
         lambda: transitions.accepted(leader, wheel),
         lambda: plans.change(leader, plan, {"goal.trygghet.own": "Sista ordet"}),
         lambda: plans.change(leader, plan, {"goal.trygghet.child": "Mitt ord"})]
    )  # fmt: skip
    new = plan_shelf.of_case(wheel.case_id)
    assert given[:2] == [None, None] and Plan.select().where(Plan.case == wheel.case_id).count() == 1
    texts = sealed_fields.texts(new)
    for name, word, outcome in zip(("own", "child"), ("Sista ordet", "Mitt ord"), given[2:], strict=True):
        assert (texts[f"goal.trygghet.{name}"] == word) == (outcome is True), (outcome, texts)
    assert plan_shelf.of_case(plan.case_id) is None and meeting_shelf.coordinator_of(wheel.case_id) is not None
    _end(new)


def _going_on():
    """A meeting that lacks nothing but its samordningsperson, and the two who may become it."""
    bba, near = who("bba"), units()
    case = make_cases.case(near["own"], state="collaborating", received_at=clock.now())
    make_meetings.consent(bba, case, near["other"])
    meeting = make_meetings.meeting(case, at=clock.now() - timedelta(minutes=20))
    people = [
        make_meetings.participant(meeting, near["own"], account=account_of("personal")),
        make_meetings.participant(meeting, near["other"], account=account_of("granne")),
    ]
    said = {"voice.says": "Hej", "area.trygghet.agreed": "Ja", "area.hemmet.agreed": "Ja", "followup.agreed": "1",
            "followup.day": (clock.today() + timedelta(days=40)).isoformat(), "followup.time": "13:00",
            "followup.minutes": "45"}  # fmt: skip
    came = {f"attended.{person.key}": "yes" for person in people}
    meeting_record.save(bba, meeting, said | came)
    return meeting, people


def _end(plan: Plan) -> None:
    """End a plan, so that the next round begins anew."""
    stands = Plan.get_by_id(plan.id)
    if stands.state != "ended":
        transaction(plans.finish)(who("bba"), stands, "Klart.")

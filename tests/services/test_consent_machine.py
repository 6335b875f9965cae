"""Everybody does anything in any order: no service sees, is asked, invited or mailed without consent on that day (C10).

What a consent covers is worked out here once more, from what was said, and not asked of the service. TBB_MACHINE_STEPS
says how many steps are taken in all; the promise of 50 000 is kept by a run of its own.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from tbb import clock
from tbb.database import load, on_postgresql, rows
from tbb.models import Case, Meeting, MeetingSlot, OwnerRules, Participant, Plan, Unit
from tbb.services import (
    actors,
    calendar_feeds,
    consent_days,
    consent_taking,
    consents,
    forum_agenda,
    forums,
    letters,
    meeting_asking,
    meeting_invitations,
    meeting_links,
    meeting_lists,
    meeting_sending,
    meeting_shelf,
    meeting_times,
    meeting_undoing,
    meetings,
    plan_actions,
    plan_reminders,
)
from tbb.services.consent_taking import Scope
from tbb.services.consents import Voice
from tbb.services.meetings import Contact
from tbb.services.plan_actions import NewAction
from tbb.services.wheel_texts import AREAS
from tests import engines, make_meetings
from tests.services.case_office import Office
from tests.services.consent_work import Working
from tests.services.consent_world import (
    ANSWERS,
    OTHERS,
    PLAN,
    PLANNED,
    TOLD,
    Said,
    ended_exactly,
    furnish,
    untouched,
)

STEPS, EACH = int(os.environ.get("TBB_MACHINE_STEPS", "1500")), 100
which = st.integers(0, 9)
answers = st.sampled_from(ANSWERS)
persons = st.sampled_from(consents.WHO)
some_areas = st.sampled_from((AREAS, AREAS, ("trygghet",), ("halsa", "hemmet")))
some_kinds = st.sampled_from((*[consents.KINDS] * 4, ("meeting", "plan"), ("meeting",), ("wheel",)))
noes = st.sampled_from(((), (), (), (), (), (), (("child", "trygghet"),), (("guardian_2", ""),)))
maturity = st.sampled_from(("heard", "heard", "with", "alone"))
another = st.sampled_from(tuple(OTHERS))


class Consenting(Working):
    """The rules are what people do and what days do; the assertions are what must never be."""

    # what families say

    @rule(
        number=which, answered=answers, weighs=maturity, days=st.integers(3, 40),
        whom=st.sampled_from((("sister",), ("other",), ("sister", "other"), ("sister", "other"))),
        areas=some_areas, kinds=some_kinds, closed=noes,
    )  # fmt: skip
    def say(self, number, answered, weighs, days, whom, areas, kinds, closed):
        case, today = self.case(number), clock.today()
        voices = dict(zip(consents.WHO, answered, strict=True))
        closed = tuple((who, area) for who, area in closed if area in ("", *areas))
        stood = untouched()
        made = self.do(
            consent_taking.record, self.bba, case=case, information="x", ends_on=today + timedelta(days=days),
            voices={who: Voice(said, "" if said == "not_asked" else "oral", today) for who, said in voices.items()},
            units=[Scope(self.units[name], areas, kinds, closed) for name in whom], maturity=weighs,
        )  # fmt: skip
        if made:
            parties = {self.units[name]: (areas, kinds, set(closed)) for name in whom}
            self.world.said[case.id] = Said(voices, weighs, today + timedelta(days=days), parties)
            self.note("ended", ended_exactly(self.world, {case.id}, stood))

    @rule(number=which)
    def take_all_back(self, number):
        case = self.case(number)
        newest, stood = consents.newest_of(case), untouched()
        if newest and self.do(consent_taking.withdraw, self.bba, newest.key):
            self.world.said[case.id].withdrawn = True
            self.note("ended", ended_exactly(self.world, {case.id}, stood))

    @rule(number=which, name=another, who=persons, area=st.sampled_from(("", "trygghet", "halsa")))
    def take_one_back(self, number, name, who, area):
        case = self.case(number)
        newest, stood, before = consents.newest_of(case), untouched(), rows("SELECT * FROM consent")
        if newest is None:
            return
        count = rows("SELECT COUNT(*) FROM consent_exception")
        self.do(consent_taking.withdraw_cell, self.bba, newest.key, self.units[name], who, area)
        assert rows("SELECT * FROM consent") == before, "never edited"
        if rows("SELECT COUNT(*) FROM consent_exception") != count:
            self.world.said[case.id].parties[self.units[name]][2].add((who, area))
            self.note("ended", ended_exactly(self.world, {case.id}, stood))

    @rule()
    def decide_another_rule(self):
        self.world.both = not self.world.both
        OwnerRules.update(guardians="both" if self.world.both else "one").execute()

    # what days do

    @rule(days=st.sampled_from((0, 0, 0, 1, 1, 3)), hours=st.integers(0, 11))
    def wait(self, days, hours):
        Working.moment += timedelta(days=days, hours=hours, minutes=11)

    @rule()
    def begin_a_day(self):
        stood = untouched()
        consent_days.remind()
        consent_days.end()
        self.note("ended", ended_exactly(self.world, set(self.known.cases), stood))

    @rule()
    def deliver(self):
        before = {dedupe: state for dedupe, state, *_ in rows(TOLD)}
        self.postman.deliver(threading.Event())
        for dedupe, state, what, case, unit, _person in rows(TOLD):
            if state != before.get(dedupe) and state == "kept" and what != "cancel" and unit is not None:
                assert self.covered(case, unit), "no mail without consent"
                self.note("mailed")
        for state, mark, case, unit in rows(PLANNED):
            if state == "kept" and mark not in self.planned:
                assert self.covered(case, unit, kind=PLAN), "no mail about a plan without consent"
                self.planned.add(mark)
                self.note("mailed of the plan")
        self.links += [
            letters.facts_of(letter)["path"].rpartition("/svar/")[2]
            for letter in load(letters.Letter, "state = 'kept' AND template LIKE 'meeting_%' ORDER BY id DESC LIMIT 4")
            if "/svar/" in str(letters.facts_of(letter).get("path", ""))
        ]

    # what the one does who books

    @rule(number=which)
    def make(self, number):
        if rows("SELECT COUNT(*) FROM meeting")[0][0] < 5:
            meeting = self.do(meetings.make, self.bba, self.case(number))
            if meeting:
                self.do(meetings.add_participant, self.bba, meeting, role="support", person=Contact("Stöd"))

    @rule(number=which, name=another, signs_in=st.booleans())
    def add(self, number, name, signs_in):
        meeting = self.meeting(number)
        if meeting is None:
            return
        self.do(meetings.add_party, self.bba, meeting, self.units[name])
        party = next((each for each in meeting.parties if each.unit_id == self.units[name] and not each.ended_at), None)
        if party:
            person = Contact("Karin Testlind", f"karin@{name}.example")
            whom = {"account": self.office.accounts[OTHERS[name]]} if signs_in else {"person": person}
            if signs_in or party.participants.count() < 4:
                self.do(meetings.add_participant, self.bba, meeting, party=party, **whom)

    @rule(number=which, days=st.integers(1, 12))
    def propose(self, number, days):
        if meeting := self.meeting(number):
            day = clock.today() + timedelta(days=days)
            self.do(meeting_times.propose, self.bba, meeting, [f"{day}T13:00"], answers_by=day)

    @rule(number=which)
    def ask(self, number):
        if meeting := self.meeting(number):
            waiting = {each.party.unit_id for each in meeting_asking.to_ask(meeting) if each.party_id}
            lacks = [(meeting.case_id, unit, clock.today()) for unit in waiting]
            if self.do(meeting_asking.ask, self.bba, meeting, lacks=lacks) is not None:
                assert all(self.covered(*each) for each in lacks), "nobody is asked without consent"
                self.note("asked", waiting)

    @rule(number=which, slot=which)
    def choose(self, number, slot):
        meeting = self.meeting(number)
        found = meeting_times.slots_of(meeting) if meeting else []
        if not found:
            return
        chosen: MeetingSlot = found[slot % len(found)]
        days = {clock.today(), clock.local(chosen.starts_at).date()}
        lacks = [(meeting.case_id, unit, day) for unit in self.asked(meeting) for day in days]
        place = meeting_times.Place(words="Rum Näckrosen")
        more = {"version": Meeting.get_by_id(meeting.id).version, "reason": "Det är bråttom."}
        if self.do(meeting_times.choose, self.bba, meeting, chosen, place, lacks=lacks, **more):
            assert all(self.covered(*each) for each in lacks), "no time is set for who may not come"
            self.note("time set", lacks)

    @rule(number=which)
    def call(self, number):
        meeting = self.meeting(number)
        if meeting is None:
            return
        waiting = meeting_invitations.waiting(meeting)
        units = {each.party.unit_id for each in waiting if each.party_id}
        days = {clock.today(), clock.local(meeting.starts_at or clock.now()).date()}
        lacks = [(meeting.case_id, unit, day) for unit in units for day in days]
        if self.do(meeting_sending.send, self.bba, meeting, seen=len(waiting), sequence=meeting.sequence, lacks=lacks):
            assert all(self.covered(*each) for each in lacks), "nobody is invited without consent"
            self.note("invited", units)

    @rule(number=which, name=another, slot=which, seen=st.booleans())
    def arrange(self, number, name, slot, seen):
        """All of it at once, so that a run is deep soon."""
        self.make(number)
        self.add(number, name, signs_in=seen)
        self.propose(number, 3)
        self.ask(number)
        self.choose(number, slot)
        self.call(number)
        self.wait(0, 0)
        self.deliver()
        self.coordinate(number, name)
        self.bring(number, slot)

    @rule(number=which, name=another, slot=which)
    def arrange_and_look(self, number, name, slot):
        """All of it at once, and all that the others see."""
        self.arrange(number, name, slot, seen=True)
        self.read(name)
        self.read_the_agenda(name, slot)
        self.fetch_the_feed(name)
        self.follow_a_link(number)

    @rule(number=which)
    def think_again(self, number):
        if meeting := self.meeting(number):
            self.do(meeting_sending.undo, self.bba, meeting)

    @rule(number=which, off=st.booleans())
    def call_off_or_take_out(self, number, off):
        meeting = self.meeting(number)
        if meeting and off and number == 0:
            self.do(meetings.call_off, self.bba, meeting)
        elif meeting and not off and (found := load(Participant, "meeting_id = ? AND ended_at IS NULL", (meeting.id,))):
            self.do(meetings.take_out, self.bba, found[number % len(found)])

    @rule(number=which)
    def undo_what_was_taken_back(self, number):
        found = load(Meeting, "1 = 1 ORDER BY id DESC LIMIT 6")
        meeting = found[number % len(found)] if found else None
        if meeting is None:
            return
        if meeting_undoing.until(meeting):
            lacks = [(meeting.case_id, unit, clock.today()) for unit in self.units.values()]
            if self.do(meeting_undoing.call_back, self.bba, meeting, lacks=lacks) is not None:
                self.note("called back")
        for each in meeting_undoing.gone(Meeting.get_by_id(meeting.id)):
            person = each.reader.participant
            lacks = [(meeting.case_id, person.party.unit_id, clock.today())] if person.party_id else []
            self.do(meeting_undoing.take_back, self.bba, person, lacks=lacks)
            if Participant.get_by_id(person.id).ended_at is None:
                assert all(self.covered(*each) for each in lacks), "nobody comes back without consent"
                self.note("taken back", person.party_id)

    @rule(number=which, off=st.booleans(), again=st.booleans(), back=st.booleans())
    def take_back_and_think_again(self, number, off, again, back):
        """Taking back by hand, perhaps a withdrawal within the ten minutes, perhaps undoing."""
        self.call_off_or_take_out(0 if off else number, off)
        if again:
            self.take_all_back(number)
        if back:
            self.undo_what_was_taken_back(number)

    @rule()
    def remind(self):
        meeting_asking.remind_the_silent()
        plan_reminders.remind()

    @rule(name=another, days=st.integers(0, 9), signs_in=st.booleans())
    def give_to_do(self, name, days, signs_in):
        (case, key), unit = next(iter(self.known.plans.items())), self.units[name]
        plan = load(Plan, "key = ?", (key,))[0]
        there = {each.unit: each for each in plan_actions.possible(plan.case) if bool(each.account) == signs_in}
        someone = there.get(unit)
        whom = {"account": someone.account, "participant": someone.participant} if someone else {}
        wanted = NewAction("x", "y", unit=unit, due_on=clock.today() + timedelta(days=days), **whom)
        keeps = meeting_shelf.place_of_plan(plan).coordinator
        actor = actors.of_account(keeps, strong=True) if keeps else self.bba
        if plan.actions.count() < 6 and self.do(plan_actions.add, actor, plan, wanted):
            assert self.covered(case, unit, kind=PLAN), "nothing is given to who may not know"
            self.note("given to do")

    @rule(number=which, name=another)
    def coordinate(self, number, name):
        case, unit = self.case(number), self.units[name]
        if case.id not in self.known.anonymous and self.covered(case.id, unit, kind=PLAN):
            if meeting_shelf.coordinator_of(case) is None:
                make_meetings.coordinator(case, self.office.accounts[OTHERS[name]], Unit.get_by_id(unit))

    @rule(number=which, later=which)
    def bring(self, number, later):
        case, date_ = self.case(number), self.known.dates[later % len(self.known.dates)]
        moment = rows("SELECT starts_at FROM forum_date WHERE key = ?", (date_,))[0][0]
        day = clock.local(MeetingSlot.starts_at.python_value(moment)).date()
        lacks = [(case.id, unit, each) for unit in self.units.values() for each in (clock.today(), day)]
        if self.do(forum_agenda.bring, self.bba, case, date_, lacks=lacks):
            assert all(self.covered(*each) for each in lacks), "nothing is brought before those who may not know"
            self.note("brought", case.id not in self.known.anonymous)

    # what the others see

    @rule(name=another)
    def read(self, name):
        actor, unit = self.who(OTHERS[name]), self.units[name]
        mine = self.asked_by_account(actor.account)
        for meeting in load(Meeting, "1 = 1 ORDER BY id"):
            coordinates = self.coordinates(meeting.case_id, actor.account)
            may = meeting.id in mine and self.covered(meeting.case_id, unit)
            assert bool(meeting_shelf.meeting(actor, meeting.key)) == (may or coordinates), "it is read just by consent"
            self.note("meeting read", may)
        listed = [*meeting_lists.mine(actor), *meeting_lists.mine(actor, ended=True)]
        seen = {line.key for line in listed}
        for meeting in load(Meeting, "1 = 1"):
            assert (
                meeting.key not in seen
                or self.covered(meeting.case_id, unit)
                or self.coordinates(meeting.case_id, actor.account)
            )
        for number, key in self.known.plans.items():
            allowed = {meeting.case_id for meeting in load(Meeting, "1 = 1") if meeting.id in mine}
            may = number in allowed and self.covered(number, unit, kind=PLAN)
            plan = meeting_shelf.plan(actor, key)
            assert bool(plan) == (may or self.coordinates(number, actor.account))
            self.note("plan read", may)

    @rule(name=another, later=which)
    def read_the_agenda(self, name, later):
        actor, unit, forum = self.who(OTHERS[name]), self.units[name], forums.find(self.known.forum)
        date_ = forums.date_of(forum, self.known.dates[later % len(self.known.dates)])
        for item in forum_agenda.agenda(actor, forum, date_):
            case = Case.get(Case.reference == item.reference)
            assert self.covered(case.id, unit), "an agenda tells just what is covered"
            self.note("agenda read", case.id not in self.known.anonymous)
            assert all(self.covered(case.id, unit, area=area) for area in item.areas)

    @rule(name=another)
    def fetch_the_feed(self, name):
        feed = calendar_feeds.read(self.feeds[name]).file.decode()
        for meeting in load(Meeting, "1 = 1"):
            if meeting.reference in feed:
                assert self.covered(meeting.case_id, self.units[name]), "a feed holds just what is covered"
                self.note("in the feed", meeting.case_id not in self.known.anonymous)

    @rule(number=which)
    def follow_a_link(self, number):
        if self.links:
            if person := meeting_links.look(self.links[-1 - number % len(self.links)]):
                if person.party_id is not None:
                    assert self.covered(person.meeting.case_id, person.party.unit_id), "a link opens just by consent"
                    self.note("link followed")


def test_no_order_of_deeds_lets_a_service_know_without_consent(make_app, county_template, tmp_path, monkeypatch):
    if on_postgresql():
        pytest.skip("the database is copied as a file for every run of the machine")
    template, live = tmp_path / "template.db", tmp_path / "live.db"
    shutil.copyfile(county_template[0], template)
    Working.office = Office(make_app(f"sqlite:///{template}"), template, live)
    Working.known = furnish(Working.office)
    Working.start = clock.now()
    engines.close()
    for name, module in list(sys.modules.items()):
        if name.startswith("tbb.") and name != "tbb.cli" and getattr(module, "now", None) is not None:
            monkeypatch.setattr(module, "now", lambda: Working.moment)
    way = settings(
        max_examples=4, stateful_step_count=EACH, deadline=None, database=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    Working.steps = 0
    Working.happened.clear()
    while Working.steps < STEPS:
        run_state_machine_as_test(Consenting, settings=way)
    print(Working.steps, dict(Working.happened))

"""The world in which the machine of consent works: what was said, what that covers, and what there is to begin with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace

from tbb import clock
from tbb.database import connection, db, rows
from tbb.models import ForumMember, Letter, Meeting, OwnerRules, Unit
from tbb.services import (
    consent_taking,
    consents,
    forum_agenda,
    meeting_asking,
    meeting_sending,
    meeting_times,
    meeting_undoing,
    meetings,
    plan_actions,
)
from tests import make_cases, make_meetings
from tests.services.case_office import Office

MEETING, PLAN = "meeting", "plan"
OTHERS = {"sister": "bba of sister", "other": "bba of other"}
"""The services that may know only by consent, and who comes for each."""
REFUSALS = (
    consents.NotCovered, consent_taking.BadConsent, consent_taking.NotThere, meetings.NotNow, meetings.AlreadyThere,
    meetings.NotOfThere, meeting_times.BadTimes, meeting_times.BadDay, meeting_times.Overtaken,
    meeting_asking.NothingToAsk, meeting_sending.NothingToSend, meeting_sending.Overtaken, meeting_sending.TooLate,
    forum_agenda.NotNow, plan_actions.NotTheirs, meeting_undoing.TooLate,
)  # fmt: skip
"""What may be answered to somebody who asks for what cannot be."""
EVERYBODY_SAYS_YES = ("yes", "yes", "yes")
ANSWERS = (
    *[EVERYBODY_SAYS_YES] * 7, ("yes", "not_asked", "yes"), ("yes", "yes", "not_asked"), ("yes", "yes", "no"),
    ("no", "yes", "yes"), ("not_asked", "not_asked", "yes"),
)  # fmt: skip
"""What guardian 1, guardian 2 and the child may say; mostly yes, so that something happens."""
STATES = "SELECT id, state, ended_at FROM participant ORDER BY id"
LIVE = """
    SELECT p.id, m.case_id, y.unit_id FROM participant p JOIN meeting m ON m.id = p.meeting_id
    JOIN meeting_party y ON y.id = p.party_id
    WHERE p.ended_at IS NULL AND p.state <> 'draft' AND y.ended_at IS NULL AND m.state <> 'cancelled'
"""
TOLD = """
    SELECT l.dedupe, l.state, w.what, m.case_id, y.unit_id, p.id FROM letter l
    JOIN meeting_letter w ON w.dedupe = l.dedupe JOIN participant p ON p.id = w.participant_id
    JOIN meeting m ON m.id = p.meeting_id LEFT JOIN meeting_party y ON y.id = p.party_id ORDER BY l.id
"""

PLANNED = """
    SELECT l.state, l.dedupe, p.case_id, a.unit_id FROM letter l
    JOIN plan_action a ON l.dedupe LIKE 'plan-action:' || a.key || ':%' JOIN plan p ON p.id = a.plan_id
"""


@dataclass
class Said:
    """What was said in the newest version: who, to what, until when."""

    voices: dict[str, str]
    maturity: str
    ends_on: date
    parties: dict[int, tuple[tuple[str, ...], tuple[str, ...], set[tuple[str, str]]]]
    withdrawn: bool = False


@dataclass
class World:
    """What has been said of each case, and which rule the huvudman has."""

    own: int
    anonymous: set[int]
    said: dict[int, Said] = field(default_factory=dict)
    both: bool = True
    others: frozenset[int] = frozenset()

    def covered(self, case: int, unit: int, day: date, area: str = "", kind: str = MEETING) -> bool:
        """Whether a service may know of a case on a day, worked out from what was said alone."""
        if unit == self.own or case in self.anonymous:
            return True
        said = self.said.get(case)
        if said is None or said.withdrawn or said.ends_on < day or unit not in said.parties:
            return False
        areas, kinds, closed = said.parties[unit]
        decide = {"child"} if said.maturity == "alone" else set(said.voices)
        if kind not in kinds or not self.enough(said, decide):
            return False
        against = {where for who, where in closed if who in decide}
        left = set() if "" in against else set(areas) - against
        return bool(left) if not area else area in left

    def enough(self, said: Said, decide: set[str]) -> bool:
        """Whether all have said yes who must, and nobody no who decides."""
        answers = {who: said.voices[who] for who in said.voices if who in decide or who == "child"}
        if "no" in answers.values() or (said.maturity != "heard" and answers.get("child") != "yes"):
            return False
        if said.maturity == "alone":
            return True
        guardians = [answers[who] for who in ("guardian_1", "guardian_2")]
        return (all if self.both else any)(each == "yes" for each in guardians)


def everything() -> tuple:
    """All that these steps could change for somebody else."""
    return (
        rows(STATES),
        rows("SELECT id, state, starts_at, sequence FROM meeting ORDER BY id"),
        rows("SELECT dedupe, state FROM letter ORDER BY id"),
        rows("SELECT id, ended_at FROM forum_item ORDER BY id"),
        rows("SELECT COUNT(*) FROM consent_exception"),
    )


def untouched() -> dict[int, tuple]:
    """How each stands who takes part somewhere."""
    return {number: (state, ended) for number, state, ended in rows(STATES)}


def ended_exactly(world: World, cases: set[int], before: dict[int, tuple]) -> int:
    """Whoever is covered no longer is ended, nothing waits for them, nobody else is touched; tell how many ended."""
    today, ended = clock.today(), 0
    live = {number: (around, unit) for number, around, unit in rows(LIVE)}
    assert all(world.covered(around, unit, today) for around, unit in live.values() if around in cases)
    for dedupe, state, what, around, unit, _person in rows(TOLD):
        if state == "queued" and unit is not None and around in cases and not world.covered(around, unit, today):
            assert what == "cancel", dedupe
            assert not rows(
                "SELECT 1 FROM letter WHERE dedupe = ? AND next_at > ?", (dedupe, Letter.next_at.db_value(clock.now()))
            ), "what a consent takes back is told at once"
    units = dict(rows("SELECT p.id, y.unit_id FROM participant p JOIN meeting_party y ON y.id = p.party_id"))
    around = dict(rows("SELECT p.id, m.case_id FROM participant p JOIN meeting m ON m.id = p.meeting_id"))
    for number, now in untouched().items():
        case = around[number]
        stays = number not in units or case not in cases or world.covered(case, units[number], today)
        assert not stays or now == before[number], "everybody else notices nothing"
        ended += now != before[number]
    for case in cases:
        asked = "SELECT unit_id FROM coordinator WHERE ended_at IS NULL AND case_id = ?"
        assert all(world.covered(case, unit, today, kind=PLAN) for (unit,) in rows(asked, (case,)))
        items = rows("SELECT 1 FROM forum_item WHERE ended_at IS NULL AND case_id = ?", (case,))
        assert not items or any(world.covered(case, unit, today) for unit in world.others)
    return ended


def furnish(office: Office) -> SimpleNamespace:
    """Two children, one question about nobody, a plan, and a forum of all three services with dates to come."""
    with connection(), db.atomic():
        own, sister, other = (Unit.get_by_id(office.units[name]) for name in ("own", "sister", "other"))
        moment = clock.now()
        OwnerRules.create(organizer=own.organizer_id, guardians="both", changed_at=moment)
        made = [make_cases.case(own, state="mapping", received_at=moment, about=each) for each in ("child", "child")]
        nobody = make_cases.case(own, state="mapping", received_at=moment, about="anonymous")
        forum = make_meetings.forum(own, sister, other)
        for name, persona in OTHERS.items():
            ForumMember.update(account=office.accounts[persona]).where(ForumMember.unit == office.units[name]).execute()
        dates = [make_meetings.sitting(forum, moment + timedelta(days=days)) for days in (4, 8, 15, 30, 90)]
        for case in (*made, nobody):
            meeting = make_meetings.meeting(case)
            for unit, persona in ((sister, OTHERS["sister"]), (other, OTHERS["other"]), (other, None)):
                account = office.accounts[persona] if persona else None
                make_meetings.participant(meeting, unit, account=account, state="draft", asked_at=None)
            for days in (5, 9, 16, 40):
                make_meetings.slot(meeting, moment + timedelta(days=days))
            Meeting.update(answers_by=clock.today() + timedelta(days=4)).where(Meeting.id == meeting.id).execute()
        return SimpleNamespace(
            own=own.id,
            cases=[each.id for each in (*made, nobody)],
            anonymous=[nobody.id],
            forum=forum.key,
            dates=[each.key for each in dates],
            plans={made[0].id: make_meetings.plan(made[0]).key},
        )

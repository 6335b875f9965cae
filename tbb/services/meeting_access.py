"""What ends when no consent covers a service any longer (R13, AC09): its part in meetings, in forums, in the plan."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from tbb import clock
from tbb.database import load, rows
from tbb.models import Case, Coordinator, ForumItem, MeetingParty, Participant
from tbb.models.kinds import Information
from tbb.models.meeting_kinds import ParticipantState
from tbb.policy import Actor
from tbb.services import audit, case_shelf, consents, letters, meeting_invitations, meeting_undoing

_PARTIES = """
    SELECT y.id, y.unit_id FROM meeting_party y JOIN meeting m ON m.id = y.meeting_id
    WHERE m.case_id = ? AND y.ended_at IS NULL AND EXISTS (
        SELECT 1 FROM participant p WHERE p.party_id = y.id AND p.state <> 'draft') ORDER BY y.id
"""
"""The services that have been asked: what is only drafted has not reached anybody, and may lack a consent still."""
_ACTIONS = """
    SELECT a.unit_id, a.key FROM plan_action a JOIN plan p ON p.id = a.plan_id
    WHERE p.case_id = ? AND p.state <> 'ended' AND a.unit_id IS NOT NULL ORDER BY a.id
"""
_MEMBERS = """
    SELECT i.id, f.unit_id FROM forum_item i JOIN forum_date d ON d.id = i.date_id
    JOIN forum_member f ON f.forum_id = d.forum_id WHERE i.case_id = ? AND i.ended_at IS NULL
"""


def end_uncovered(actor: Actor, case: Case) -> int:
    """Within the caller's transaction, end what no consent covers today; tell how many services lost something.

    Exactly that: nobody else is told or touched. Safe to do twice.
    """

    @cache
    def open_to(unit: int, kind: str = Information.MEETING) -> bool:
        return consents.may_be_shared_with(case, unit, kind=kind)

    ended = set()
    for party, unit in rows(_PARTIES, (case.id,)):
        if not open_to(unit):
            _end_party(actor, party)
            ended.add(unit)
    meeting_undoing.hurry(case.id, open_to)
    for coordinator in load(Coordinator, "case_id = ? AND ended_at IS NULL AND unit_id IS NOT NULL", (case.id,)):
        if not open_to(coordinator.unit_id, Information.PLAN):
            _end(Coordinator, coordinator.id)
            _stop_letters(f"coordinator:{coordinator.id}", f"plan-yours:{coordinator.id}")
            ended.add(coordinator.unit_id)
    for unit, key in rows(_ACTIONS, (case.id,)):
        if not open_to(unit, Information.PLAN):
            _stop_letters(f"plan-action:{key}:%")
    ended |= _end_items(case, open_to)
    if ended:
        audit.record(
            actor, "consent:end-access", "case", case.reference, place=case_shelf.place_of(case), fields=("parties",)
        )
    return len(ended)


def _end_party(actor: Actor, number: int) -> None:
    for participant in load(Participant, "party_id = ? AND ended_at IS NULL ORDER BY id", (number,)):
        was = participant.state
        participant.ended_at, participant.state = clock.now(), ParticipantState.ENDED
        participant.link_ends_at = min(participant.link_ends_at or clock.now(), clock.now())
        participant.save()
        if was != ParticipantState.DRAFT:
            meeting_invitations.cancel_for(actor, participant)
    _end(MeetingParty, number)


def _end_items(case: Case, open_to: Callable[[int], bool]) -> set[int]:
    """End what is on a forum's agenda when none of the forum's services may see it any longer."""
    seen: dict[int, list[int]] = {}
    for item, unit in rows(_MEMBERS, (case.id,)):
        if unit != case.unit_id:
            seen.setdefault(item, []).append(unit)
    ended = set()
    for item, units in seen.items():
        if not any(open_to(unit) for unit in units):
            _end(ForumItem, item)
            ended |= set(units)
    return ended


def _stop_letters(*marks: str) -> None:
    """Stop what is written to somebody about a plan and has not left."""
    for mark in marks:
        for (dedupe,) in rows("SELECT dedupe FROM letter WHERE state = 'queued' AND dedupe LIKE ?", (mark,)):
            letters.stop(dedupe)


def _end(model: type, number: int) -> None:
    model.update(ended_at=clock.now(), ended_why="consent").where(model.id == number).execute()

"""Who must be able to come for a meeting to be worth holding: by service, not by person, and always the family."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tbb.database import load, rows
from tbb.models import Meeting, MeetingParty, Participant
from tbb.models.meeting_kinds import ParticipantRole, ParticipantState, SlotAnswerKind
from tbb.services import sealed_fields

CAN = (SlotAnswerKind.YES, SlotAnswerKind.IF_NEEDED)
PRESENT = ("all", "part")
"""How a child takes part that is there itself, so that the time must suit it."""
_LABELS = """
    SELECT y.id, COALESCE(NULLIF(u.display_name, ''), u.name) FROM meeting_party y JOIN unit u ON u.id = y.unit_id
    WHERE y.meeting_id = ? AND y.ended_at IS NULL
"""
GUARDIANS, CHILD = "guardians", "child"


@dataclass(frozen=True)
class Need:
    """One of those who are needed: a service by its party's number, or "guardians" or "child"; how many, and who."""

    what: str
    label: str
    least: int
    people: frozenset[int]

    def is_met(self, answers: Mapping[int, str]) -> bool:
        """Whether enough of them can, by what each participant has answered to a time."""
        return sum(answers.get(person) in CAN for person in self.people) >= self.least


def needs(meeting: Meeting) -> list[Need]:
    """Who is needed at a meeting: the child first if it is there itself, then a guardian, then each service."""
    people = load(Participant, "meeting_id = ? AND ended_at IS NULL ORDER BY id", (meeting.id,))
    found = []
    child = _of(people, ParticipantRole.CHILD)
    if child and sealed_fields.texts(meeting).get("child.part", "all") in PRESENT:
        found.append(Need(CHILD, "", 1, child))
    if guardians := _of(people, ParticipantRole.GUARDIAN):
        found.append(Need(GUARDIANS, "", 1, guardians))
    labels = dict(rows(_LABELS, (meeting.id,)))
    for party in load(MeetingParty, "meeting_id = ? AND ended_at IS NULL ORDER BY id", (meeting.id,)):
        here = frozenset(each.id for each in people if each.party_id == party.id)
        if party.least:
            found.append(Need(str(party.id), labels[party.id], party.least, here))
    return found


def lacking(needed: Iterable[Need], answers: Mapping[int, str]) -> list[Need]:
    """Those of who is needed that cannot come, by what each participant has answered to a time."""
    return [need for need in needed if not need.is_met(answers)]


def answers_of(meeting: Meeting) -> dict[int, dict[int, str]]:
    """What everybody has answered to each time: {slot: {participant: answer}}."""
    found: dict[int, dict[int, str]] = {}
    asked = (
        "SELECT s.id, a.participant_id, a.answer FROM slot_answer a JOIN meeting_slot s ON s.id = a.slot_id"
        " JOIN participant p ON p.id = a.participant_id WHERE s.meeting_id = ? AND p.ended_at IS NULL"
    )
    for slot, participant, answer in rows(asked, (meeting.id,)):
        found.setdefault(slot, {})[participant] = answer
    return found


def _of(people: Iterable[Participant], role: str) -> frozenset[int]:
    return frozenset(each.id for each in people if each.role == role and each.state != ParticipantState.ENDED)

"""Those who take part in a meeting, with the names they go by: the child and its guardians first, then the services."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from tbb.database import case_keys, rows
from tbb.models import Meeting, Participant
from tbb.models.meeting_kinds import Attendance, ParticipantRole, ParticipantState
from tbb.services import case_page

CAME = (Attendance.YES, Attendance.PART)
NAMELESS = {
    ParticipantRole.PROFESSIONAL: "En medarbetare",
    ParticipantRole.GUARDIAN: "Vårdnadshavare",
    ParticipantRole.INTERPRETER: "Tolk",
    ParticipantRole.SUPPORT: "Stödperson",
}
"""What those are called who have told no name."""
_ORDER = (
    ParticipantRole.CHILD,
    ParticipantRole.GUARDIAN,
    ParticipantRole.SUPPORT,
    ParticipantRole.INTERPRETER,
    ParticipantRole.PROFESSIONAL,
)
_PEOPLE = """
    SELECT p.id, p.key, p.role, p.who, p.account_id, p.person, p.state, p.attended, p.confirmed_at,
           p.ended_at IS NOT NULL OR y.ended_at IS NOT NULL, y.unit_id,
           COALESCE(NULLIF(u.display_name, ''), u.name, ''), COALESCE(a.name, ''), COALESCE(a.email, ''),
           COALESCE(a.state, ''), COALESCE(e.title, ''), CASE WHEN e.protected THEN e.function_name ELSE '' END
    FROM participant p LEFT JOIN meeting_party y ON y.id = p.party_id LEFT JOIN unit u ON u.id = y.unit_id
    LEFT JOIN account a ON a.id = p.account_id LEFT JOIN person e ON e.id = a.person_id
    WHERE p.meeting_id = ? ORDER BY p.id
"""


@dataclass(frozen=True)
class Somebody:
    """One who takes part. `name` is never empty; `ended` says that they are asked no longer."""

    id: int
    key: str
    role: ParticipantRole
    who: str
    name: str
    title: str
    unit: int | None
    unit_label: str
    account: int | None
    email: str
    state: ParticipantState
    attended: Attendance
    confirmed_at: datetime | None
    ended: bool

    @property
    def came(self) -> bool:
        """Whether they were there, for all of it or a part."""
        return self.attended in CAME

    @property
    def professional(self) -> bool:
        """Whether they take part for a service."""
        return self.role == ParticipantRole.PROFESSIONAL

    @property
    def label(self) -> str:
        """Name and work, as they are written in the minutes: Omar Provberg, kurator."""
        title = self.title[:1].lower() + self.title[1:]
        return ", ".join(part for part in (self.name, title) if part)


def of(meeting: Meeting) -> tuple[Somebody, ...]:
    """Open all who take part, and those who did and have been taken out since. The caller has checked the right."""
    found = rows(_PEOPLE, (meeting.id,))
    sealed = [(bytes(row[5]), f"participant.person:{row[1]}") for row in found if row[5] is not None]
    opened = iter(case_keys().open_many(meeting.seal, sealed) if sealed else ())
    child = case_page.middle_of(meeting.case)
    people = [_somebody(row, json.loads(next(opened)) if row[5] is not None else {}, child) for row in found]
    there = [each for each in people if not each.ended or each.attended]
    return tuple(sorted(there, key=lambda each: (_ORDER.index(each.role), each.who)))


def _somebody(row: tuple, said: dict[str, str], child: str) -> Somebody:
    (number, key, role, who, account, _person, state, attended, confirmed, ended, unit, label, name, email, active,
     title, function) = row  # fmt: skip
    role = ParticipantRole(role)
    return Somebody(
        id=number,
        key=key,
        role=role,
        who=who,
        name=function or name or said.get("name", "") or _nameless(role, who, child),
        title="" if function else title or said.get("note", ""),
        unit=unit,
        unit_label=label,
        account=account if active == "active" else None,
        email=email if active == "active" else said.get("email", ""),
        state=ParticipantState(state),
        attended=Attendance(attended),
        confirmed_at=Participant.confirmed_at.python_value(confirmed),
        ended=bool(ended),
    )


def _nameless(role: ParticipantRole, who: str, child: str) -> str:
    if role == ParticipantRole.CHILD:
        return child
    number = who.partition("_")[2]
    return f"{NAMELESS[role]} {number}" if number else NAMELESS[role]

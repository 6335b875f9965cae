"""The record of a meeting, opened: the agenda of flagged areas (R20), what is written, by whom it may be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from tbb import clock
from tbb.database import rows
from tbb.models import Case, Meeting, Plan
from tbb.models.kinds import CaseState, Information
from tbb.models.meeting_kinds import Attendance, MeetingKind, MeetingState, ParticipantRole
from tbb.policy import Actor, Permission, may
from tbb.services import (
    case_files,
    case_page,
    case_shelf,
    consents,
    coordinators,
    followups,
    keeping_both,
    meeting_roll,
    meeting_shelf,
    plan_shelf,
    sealed_fields,
    wall_clock,
)
from tbb.services.coordinators import Appointed
from tbb.services.meeting_moments import is_anonymous, is_open
from tbb.services.meeting_roll import Somebody
from tbb.services.sealed_fields import Field
from tbb.services.wheel_texts import AREAS, FLAGGED, Edition, edition

VOICE = ("voice.says", "voice.brought", "voice.none")
"""What the child says; or how its voice was brought when it is not there; or why it is not heard."""
AREA_PARTS = ("why", "agreed", "child", "own")
"""Of an area: why it was taken up though not flagged, what was agreed, the goal in the child's words and in ours."""
ACTION_PARTS = ("what", "who", "by", "area")
SUM = "sum.agreed"
"""What was agreed besides the areas."""
FOLLOWUP = ("followup.day", "followup.time", "followup.minutes", "followup.agreed")
"""When the follow-up is to be, and that the samordningsperson has chosen it though somebody else writes it."""
BOOKED_BY = "followup.by"
"""Who booked it in the samordningsperson's name, in words; written when the minutes are closed."""
AGENDA = "agenda"
"""The areas of the minutes, frozen when they are closed."""
ACTION = re.compile(r"do\.([0-9a-f]{32})\.(what|who|by|area)")
ATTENDED = re.compile(r"attended\.([0-9a-f]{32})")
DEVIATION = re.compile(r"deviation\.(\d{1,9})")
MOST_ACTIONS = 30
LENGTHS = ("30", "45", "60", "90")
"""Minutes that a follow-up may be booked for here."""
_MUNICIPALITY = "SELECT m.slug FROM unit u JOIN municipality m ON m.id = u.municipality_id WHERE u.id = ?"
_PARTS = """
    SELECT DISTINCT y.unit_id, p.role FROM participant p JOIN meeting m ON m.id = p.meeting_id
    LEFT JOIN meeting_party y ON y.id = p.party_id
    WHERE m.case_id = ? AND p.account_id = ? AND m.state <> 'cancelled' AND p.ended_at IS NULL AND y.ended_at IS NULL
"""


@dataclass(frozen=True)
class OnAgenda:
    """An area as the meeting has it: its level by the mapping, what that says of it, and what is written of it now.

    `see` and `child` are the mapping's words, only for those who may read the case; `hidden` is not for guardians.
    """

    code: str
    level: str
    flagged: bool
    hidden: bool
    see: str
    child: str
    texts: Mapping[str, str]

    @property
    def taken_up(self) -> bool:
        """Whether it is on the agenda: flagged, or something is written about it."""
        return self.flagged or any(self.texts.values())


@dataclass(frozen=True)
class Todo:
    """An action as it is written down in the meeting. `who` is the key of one who takes part, `by` a week's Sunday."""

    key: str
    what: str = ""
    who: str = ""
    by: str = ""
    area: str = ""

    @property
    def due_on(self) -> date | None:
        """The Sunday that ends its week."""
        try:
            return date.fromisoformat(self.by)
        except ValueError:
            return None


@dataclass(frozen=True)
class Sheet:
    """The record of one meeting as one person may see it. `fields` holds only what they may read.

    `shared` are the services that a consent covers today; `whole` says that the reader works with the case.
    """

    meeting: Meeting
    case: Case
    edition: Edition
    heading: str
    child: str
    people: tuple[Somebody, ...]
    areas: tuple[OnAgenda, ...]
    fields: Mapping[str, Field]
    coordinator: Appointed | None
    plan: Plan | None
    questions: tuple[case_page.Question, ...]
    shared: frozenset[int]
    municipality: str
    whole: bool
    anonymous: bool

    @property
    def texts(self) -> dict[str, str]:
        """What is written, by name."""
        return {name: field.text for name, field in self.fields.items() if field.text}

    @property
    def agenda(self) -> tuple[OnAgenda, ...]:
        """The areas that are taken up, what presses most first."""
        return tuple(area for area in self.areas if area.taken_up)

    @property
    def more(self) -> tuple[OnAgenda, ...]:
        """The areas that could be taken up too."""
        return tuple(area for area in self.areas if not area.taken_up)

    @property
    def todos(self) -> tuple[Todo, ...]:
        """The actions that say something, in the order they were begun."""
        return todos_of(self.texts)

    @property
    def owners(self) -> tuple[Somebody, ...]:
        """Those who can be given something to do: of other services only whom a consent covers today (R13)."""
        return tuple(
            each
            for each in self.people
            if not each.ended
            and each.role != ParticipantRole.INTERPRETER
            and (each.unit is None or each.unit in self.shared)
        )

    @property
    def plans(self) -> bool:
        """Whether goals and actions are written: not in a consultation, nor in a follow-up that has ended the plan."""
        return not self.anonymous and not (self.meeting.kind == MeetingKind.FOLLOWUP and self.plan is None)

    @property
    def books(self) -> bool:
        """Whether the follow-up is booked here (R18); after a follow-up the next one is booked in the plan."""
        return self.meeting.kind == MeetingKind.COLLABORATION

    @property
    def next_meeting(self) -> Meeting | None:
        """The follow-up that is booked already, by whoever coordinates; None when there is none."""
        found = followups.following(self.plan) if self.plan is not None else None
        return found if found is not None and found.id != self.meeting.id else None

    @property
    def followup(self) -> tuple[str, int] | None:
        """When the follow-up is to be: (time on the wall, minutes); None when that is not told, or cannot be."""
        said = self.texts
        wall, minutes = (
            f"{said.get('followup.day', '')}T{said.get('followup.time', '')}",
            said.get("followup.minutes", "60"),
        )
        try:
            ahead = wall_clock.moment_of(wall) > clock.now()
        except ValueError:
            return None
        return (wall, int(minutes)) if ahead and minutes in LENGTHS else None

    @property
    def absent(self) -> dict[int, str]:
        """The services of which nobody came: {unit: label}."""
        units = {each.unit: each.unit_label for each in self.people if each.unit is not None}
        there = {each.unit for each in self.people if each.came or each.attended == Attendance.UNKNOWN}
        return {unit: label for unit, label in units.items() if unit not in there}

    @property
    def closed(self) -> bool:
        """Whether the minutes are closed and change no more."""
        return self.meeting.state == MeetingState.CLOSED

    @property
    def open(self) -> bool:
        """Whether it can be written in now."""
        return is_open(self.meeting) and self.case.state != CaseState.CLOSED

    def mark_of(self, name: str, field: Field) -> str:
        """What a page is to say that it has shown of a field."""
        return keeping_both.mark_of(self.meeting.key, name, field)

    def names(self, sent: Iterable[str] = ()) -> tuple[str, ...]:
        """Every field that can be written here; new actions are known by the names that were `sent`."""
        keys = dict.fromkeys(found[1] for name in (*self.fields, *sent) if (found := ACTION.fullmatch(name)))
        of_areas = [f"area.{area.code}.{part}" for area in self.areas for part in AREA_PARTS]
        if self.anonymous:
            of_areas = [name for name in of_areas if name.endswith((".why", ".agreed"))]
        attended = [f"attended.{each.key}" for each in self.people if not each.ended]
        if self.anonymous:
            return (*attended, *of_areas, SUM)
        actions = [f"do.{key}.{part}" for key in list(keys)[:MOST_ACTIONS] for part in ACTION_PARTS]
        deviations = [f"deviation.{unit}" for unit in dict.fromkeys(each.unit for each in self.people if each.unit)]
        return (*attended, *deviations, *VOICE, *of_areas, SUM, *actions, *(FOLLOWUP if self.books else ()))


def find(actor: Actor, key: str, permission: Permission = Permission.READ_MEETING) -> Meeting | None:
    """Find a meeting among those the actor may do this with; None when there is none there."""
    return meeting_shelf.meeting(actor, key, permission)


def opened(actor: Actor, meeting: Meeting) -> Sheet:
    """Open the record of a meeting whose reader has been let in, as far as they may read it."""
    place = meeting_shelf.place_of_meeting(meeting)
    whole, records = may(actor, Permission.READ_CASE, place), may(actor, Permission.RECORD_MEETING, place)
    return _open(meeting, open_areas(actor, meeting), whole=whole, records=records)


def opened_for(meeting: Meeting, unit: int | None) -> Sheet:
    """Open it for somebody without account who has been let in: of a service, or without one for child and guardian."""
    units = set() if unit is None else {unit}
    return _open(meeting, _areas_open_to(meeting, units, family=unit is None), whole=False, records=False)


def whole_of(meeting: Meeting) -> Sheet:
    """Open the whole record of a meeting, to look at what it lacks or to make the plan of it."""
    return _open(meeting, AREAS, whole=True, records=True)


def _open(meeting: Meeting, codes: tuple[str, ...], *, whole: bool, records: bool) -> Sheet:
    case = meeting.case
    fields, mapped = sealed_fields.read(meeting), known_of(case)
    texts = {name: field.text for name, field in fields.items() if field.text}
    people = meeting_roll.of(meeting)
    card, words = case_files.card_of(case), edition(case.edition)
    every = fields | {f"attended.{each.key}": Field(each.attended) for each in people}
    return Sheet(
        meeting=meeting,
        case=case,
        edition=words,
        heading=case_page.heading_of(card) or case.reference,
        child=case_page.middle_of(case, card),
        people=people,
        areas=tuple(_areas(card.levels, texts, mapped if whole else {}, hidden_areas(mapped), codes)),
        fields={
            name: field for name, field in every.items() if _may_read(name, texts, codes, whole=whole, records=records)
        },
        coordinator=coordinators.of_case(case),
        plan=plan_shelf.of_case(case),
        questions=case_page.questions_of(mapped if whole else {}, words),
        shared=frozenset(unit for unit in _units(people) if meeting_shelf.may_be_shared_with(case, unit)),
        municipality=rows(_MUNICIPALITY, (case.unit_id,))[0][0],
        whole=whole,
        anonymous=is_anonymous(meeting),
    )


def todos_of(texts: Mapping[str, str]) -> tuple[Todo, ...]:
    """Gather the actions of which something is said, in the order they were begun."""
    found: dict[str, dict[str, str]] = {}
    for name, text in texts.items():
        if match := ACTION.fullmatch(name):
            found.setdefault(match[1], {})[match[2]] = text
    return tuple(Todo(key, **parts) for key, parts in found.items() if parts.get("what"))


def in_order(levels: Mapping[str, str]) -> list[str]:
    """Put the areas in order, what presses most first."""
    return sorted(AREAS, key=lambda code: (case_page.URGENCY.index(levels.get(code, "")), AREAS.index(code)))


def open_areas(actor: Actor, meeting: Meeting) -> tuple[str, ...]:
    """Name the areas that somebody may read of: all who work with the case, others what a consent covers today."""
    case = meeting.case
    if may(actor, Permission.READ_CASE, case_shelf.place_of(case)):
        return AREAS
    units, family = _units_of(actor, case)
    return _areas_open_to(meeting, units, family=family)


def known_of(case: Case) -> dict[str, str]:
    """Gather what the mapping says, and of areas that it does not tell of what the newest wheel that does says."""
    told: dict[str, str] = {}
    for wheel in reversed(case_page.wheels_of(case)):
        told |= {
            f"now.{name.partition('.')[2]}": text for name, text in wheel.texts.items() if name.startswith("area.")
        }
    return told | sealed_fields.texts(case)


def hidden_areas(texts: Mapping[str, str]) -> frozenset[str]:
    """Name the areas that the mapping or a wheel keeps from guardians (OSL 12:3)."""
    return frozenset(code for code in AREAS if texts.get(f"now.{code}.hidden"))


def _areas_open_to(meeting: Meeting, units: set[int], *, family: bool) -> tuple[str, ...]:
    """Name the areas that a consent opens to some services today, or to child and guardian."""
    case = meeting.case
    if case.unit_id in units or is_anonymous(meeting):
        return AREAS
    hidden = hidden_areas(known_of(case)) if family else frozenset()
    return tuple(
        code
        for code in AREAS
        if (family and code not in hidden)
        or any(consents.covers(case, unit, area=code, kind=Information.MEETING) for unit in units)
    )


def _units(people: tuple[Somebody, ...]) -> set[int]:
    return {each.unit for each in people if each.unit is not None}


def _units_of(actor: Actor, case: Case) -> tuple[set[int], bool]:
    """The services for which somebody takes part around a case or coordinates it, and whether as child or guardian."""
    found = rows(_PARTS, (case.id, actor.account))
    units = {unit for unit, _role in found if unit is not None}
    present = meeting_shelf.coordinator_of(case)
    if present is not None and present.account_id == actor.account and present.unit_id is not None:
        units.add(present.unit_id)
    return units, any(role in (ParticipantRole.GUARDIAN, ParticipantRole.CHILD) for _unit, role in found)


def _areas(card: Mapping[str, str], sheet_texts: Mapping[str, str], seen: Mapping[str, str], hidden: frozenset[str],
           codes: tuple[str, ...]) -> list[OnAgenda]:  # fmt: skip
    """Gather the areas that may be read, what presses most first; closed minutes keep the agenda they had."""
    frozen = sheet_texts[AGENDA].split() if AGENDA in sheet_texts else None
    return [
        OnAgenda(
            code=code,
            level=card.get(code, ""),
            flagged=code in frozen if frozen is not None else card.get(code) in FLAGGED,
            hidden=code in hidden,
            see=seen.get(f"now.{code}.see", ""),
            child=seen.get(f"now.{code}.child", ""),
            texts={part: sheet_texts.get(f"area.{code}.{part}", "") for part in AREA_PARTS},
        )
        for code in dict.fromkeys([*(frozen or ()), *in_order(card)])
        if code in codes
    ]


def _may_read(name: str, texts: Mapping[str, str], codes: tuple[str, ...], *, whole: bool, records: bool) -> bool:
    """Whether a field may be read by somebody to whom just these areas are open."""
    head, _, rest = name.partition(".")
    middle = rest.partition(".")[0]
    if head in ("voice", "sum", "followup", "attended", AGENDA):
        return True
    if head == "area":
        return middle in codes
    if head == "do":
        area = texts.get(f"do.{middle}.area", "")
        return not area or area in codes
    if head == "fix":
        return rest.partition(".")[2] in ("", "all", *codes)
    if head in ("deviation", "say"):
        return whole or records
    return whole and name in ("child.how", "child.wish")

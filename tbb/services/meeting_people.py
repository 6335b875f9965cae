"""Who takes part in a meeting, as each may see it, and whom there is to choose: suggested, in forums, one's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tbb import clock
from tbb.database import load, rows
from tbb.models import Case, Meeting, MeetingParty, Participant, Unit
from tbb.models.kinds import Status
from tbb.models.meeting_kinds import MeetingKind, ParticipantRole, ParticipantState
from tbb.policy import Actor
from tbb.services import area_actors, borders, case_files, meeting_shelf, meetings, search
from tbb.services.consents import GUARDIANS
from tbb.services.search_rows import Row, rows_of
from tbb.services.wheel_texts import AREAS, FLAGGED

MOST_FOUND = 10
ORDER = (
    ParticipantRole.CHILD,
    ParticipantRole.GUARDIAN,
    ParticipantRole.PROFESSIONAL,
    ParticipantRole.SUPPORT,
    ParticipantRole.INTERPRETER,
)
"""Child and guardians come first wherever people of a meeting are shown."""
_NAMES = """
    SELECT a.id, CASE WHEN w.protected THEN w.function_name ELSE a.name END, COALESCE(w.title, '')
    FROM account a LEFT JOIN person w ON w.id = a.person_id WHERE a.id IN ({marks})
"""
_STAFF = """
    SELECT DISTINCT a.id, a.key, CASE WHEN w.protected THEN w.function_name ELSE a.name END, COALESCE(w.title, '')
    FROM account a LEFT JOIN person w ON w.id = a.person_id WHERE a.state = 'active' AND (
      a.id IN (SELECT g.account_id FROM "grant" g WHERE g.unit_id = ? AND g.ended_at IS NULL
        AND g.duty IN ({duties}) AND g.starts_on <= ? AND (g.ends_on IS NULL OR g.ends_on >= ?))
      OR a.person_id IN (SELECT r.person_id FROM responsibility r WHERE r.unit_id = ? AND r.role IN ('bba', 'deputy')
        AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on >= ?))
      OR a.id IN (SELECT f.account_id FROM forum_member f WHERE f.unit_id = ?))
    ORDER BY 3, a.id
"""
_FORUMS = """
    SELECT f.name, m.unit_id FROM forum f JOIN forum_member m ON m.forum_id = f.id
    WHERE f.municipality_id = ? AND f.closed_at IS NULL ORDER BY f.name, f.id, m.id
"""


@dataclass(frozen=True)
class Shown:
    """Somebody who takes part, as the one who looks may see them.

    `name` is empty for child and guardians to all but those who book. How somebody is reached is for those too.
    """

    id: int
    key: str
    role: str
    who: str
    name: str
    title: str
    party: int | None
    unit: str
    state: str
    account: int | None
    language: str
    email: str
    phone: str
    note: str
    has_code: bool
    asked_at: datetime | None
    reminded_at: datetime | None
    answered_at: datetime | None
    attended: str

    @property
    def family(self) -> bool:
        """Whether it is the child or a guardian."""
        return self.role in (ParticipantRole.CHILD, ParticipantRole.GUARDIAN)

    @property
    def is_asked(self) -> bool:
        """Whether they know of the meeting."""
        return self.state != ParticipantState.DRAFT


@dataclass(frozen=True)
class Party:
    """A service that is to take part: how many of it must come, whether a consent covers it, and its people."""

    id: int
    unit_id: int
    slug: str
    label: str
    least: int
    own: bool
    covered: bool
    people: tuple[Shown, ...]


@dataclass(frozen=True)
class Colleague:
    """Somebody with an account who can be asked for a unit."""

    account: int
    key: str
    name: str
    title: str


@dataclass(frozen=True)
class Choosable:
    """A unit that can be asked: as the directory shows it, and whether secrecy lies between, so that it takes a yes."""

    row: Row
    crosses: bool
    chosen: bool


@dataclass(frozen=True)
class Offer:
    """Whom to think of: by flagged area, by forum, and what a search found."""

    areas: tuple[tuple[str, tuple[tuple[str, tuple[Choosable, ...]], ...]], ...]
    forums: tuple[tuple[str, tuple[Choosable, ...]], ...]
    found: tuple[Choosable, ...]
    total: int
    query: str


def people(meeting: Meeting, *, openly: bool) -> list[Shown]:
    """Show those who take part, child and guardians first; `openly` with names and addresses of those without account.

    Only for those who book it; others see that a guardian comes, and not who.
    """
    found = load(Participant, "meeting_id = ? AND ended_at IS NULL ORDER BY id", (meeting.id,))
    names = _names([each.account_id for each in found if each.account_id is not None])
    units = {party.id: party.unit.label for party in meeting.parties}
    label = child_label(meeting) if openly else ""
    shown = [_shown(meeting, each, names, units, label, openly) for each in found]
    return sorted(shown, key=lambda each: (ORDER.index(each.role), each.who, each.party or 0, each.id))


def parties(meeting: Meeting, shown: Sequence[Shown]) -> list[Party]:
    """Show the services that take part, the case's own first."""
    case = meeting.case
    found = [
        Party(
            id=party.id,
            unit_id=party.unit_id,
            slug=party.unit.slug,
            label=party.unit.label,
            least=party.least,
            own=party.unit_id == case.unit_id,
            covered=meeting_shelf.may_be_shared_with(case, party.unit_id),
            people=tuple(each for each in shown if each.party == party.id),
        )
        for party in meeting.parties
        if party.ended_at is None
    ]
    return sorted(found, key=lambda party: (not party.own, party.id))


def child_label(meeting: Meeting) -> str:
    """What the child is called in its own unit: a working name; nothing in an anonymous consultation."""
    return "" if meeting.kind == MeetingKind.CONSULTATION else case_files.card_of(meeting.case).label


def flagged(case: Case) -> list[str]:
    """The areas of a case's wheel to look at, those that need support first (R20)."""
    levels = case_files.card_of(case).levels
    areas = [area for area in AREAS if levels.get(area) in FLAGGED]
    return sorted(areas, key=lambda area: levels[area] != "stod")


def offer(meeting: Meeting, query: str = "") -> Offer:
    """Whom to think of for a meeting (R14): by flagged areas, the forums near, and what is searched for."""
    case = meeting.case
    unit = Unit.get_by_id(case.unit_id)
    chosen = {party.unit_id for party in meeting.parties if party.ended_at is None}
    suggested = area_actors.suggested(flagged(case), unit.municipality_id)
    slugs = {local.slug for _area, lines in suggested for line in lines for local in line.units}
    numbers = dict(rows(f"SELECT slug, id FROM unit WHERE slug IN ({_marks(slugs)})", sorted(slugs))) if slugs else {}
    in_forums = rows(_FORUMS, (unit.municipality_id,))
    result = (
        search.find(query, page_size=MOST_FOUND, own_municipality=unit.municipality.slug, today=clock.today())
        if query.strip()
        else None
    )
    hits = [row.id for row in (result.rows or result.near)] if result else []
    known = _choosable(unit, {*numbers.values(), *(number for _name, number in in_forums), *hits}, chosen)
    forums: dict[str, list[Choosable]] = {}
    for name, number in in_forums:
        if number in known and number != unit.id:
            forums.setdefault(name, []).append(known[number])
    return Offer(
        areas=tuple(
            (area, tuple((line.name, _of(known, numbers, line.units, unit.id)) for line in lines))
            for area, lines in suggested
        ),
        forums=tuple((name, tuple(some)) for name, some in forums.items()),
        found=tuple(known[number] for number in hits if number in known),
        total=result.total if result else 0,
        query=query,
    )


def colleagues(meeting: Meeting, unit: int) -> list[Colleague]:
    """Those with an account who can be asked for a unit and are not yet: of one's own huvudman all who work there.

    Of another one only those who answer for it, lead it or stand in a forum for it.
    """
    today, own = clock.today(), Unit.get_by_id(meeting.case.unit_id)
    near = Unit.get_by_id(unit).organizer_id == own.organizer_id and own.organizer_id is not None
    duties = ("staff", "delegate", "unit_head") if near else ("unit_head",)
    asked = _STAFF.replace("{duties}", ", ".join(f"'{duty}'" for duty in duties))
    there = {each.account_id for each in load(Participant, "meeting_id = ? AND ended_at IS NULL", (meeting.id,))}
    found = rows(asked, (unit, today, today, unit, today, today, unit))
    return [Colleague(*row) for row in found if row[0] not in there]


def row(meeting: Meeting, key: str) -> Participant | None:
    """Find one who takes part by their key; None when nobody does."""
    return next(iter(load(Participant, "meeting_id = ? AND key = ? AND ended_at IS NULL", (meeting.id, key))), None)


def own(actor: Actor, meeting: Meeting) -> Participant | None:
    """Find the actor among those who take part; None when they do not."""
    where = "meeting_id = ? AND account_id = ? AND ended_at IS NULL AND state <> 'draft'"
    return next(iter(load(Participant, where, (meeting.id, actor.account))), None)


def party_row(meeting: Meeting, number: int) -> MeetingParty | None:
    """Find a service of a meeting by its number; None when it is none of them."""
    found = load(MeetingParty, "meeting_id = ? AND id = ? AND ended_at IS NULL", (meeting.id, number))
    return next(iter(found), None)


def unit_number(slug: str) -> int:
    """Find the number of a unit by its address; 0 when there is none."""
    found = rows("SELECT id FROM unit WHERE slug = ?", (slug,))
    return found[0][0] if found else 0


def usual_domains(unit: int) -> list[str]:
    """The domains of the addresses that the directory has of a unit and of all others of its huvudman."""
    asked = """
        SELECT DISTINCT u.email FROM unit u WHERE u.email <> '' AND (u.id = ? OR u.organizer_id = (
            SELECT s.organizer_id FROM unit s WHERE s.id = ?))
    """
    return sorted({email.rpartition("@")[2].lower() for (email,) in rows(asked, (unit, unit))})


def is_usual(unit: int, email: str) -> bool:
    """Whether an address is of a domain that the unit's huvudman is known to have (C07)."""
    own = email.rpartition("@")[2].lower()
    return any(own == each or own.endswith(f".{each}") for each in usual_domains(unit))


def free_guardian(meeting: Meeting) -> str:
    """Which of the two guardians is not asked yet; "" when both are."""
    there = {each.who for each in load(Participant, "meeting_id = ? AND ended_at IS NULL", (meeting.id,))}
    return next((who for who in GUARDIANS if who not in there), "")


def _shown(
    meeting: Meeting,
    each: Participant,
    names: dict[int, tuple[str, str]],
    units: dict[int, str],
    child: str,
    openly: bool,
) -> Shown:
    contact, family = meetings.Contact(), each.role in (ParticipantRole.CHILD, ParticipantRole.GUARDIAN)
    if each.account_id is None and (openly or not family):
        contact = meetings.contact_of(each, meeting)
    name, title = names.get(each.account_id, (contact.name, contact.note))
    if each.role == ParticipantRole.CHILD:
        name = child
    return Shown(
        id=each.id,
        key=each.key,
        role=each.role,
        who=each.who,
        name=name if openly or not family else "",
        title=title,
        party=each.party_id,
        unit=units.get(each.party_id, ""),
        state=each.state,
        account=each.account_id,
        language=each.language if openly else "",
        email=contact.email if openly else "",
        phone=contact.phone if openly else "",
        note=contact.note if openly else "",
        has_code=bool(each.code),
        asked_at=each.asked_at,
        reminded_at=each.reminded_at,
        answered_at=each.answered_at,
        attended=each.attended,
    )


def _names(accounts: Sequence[int]) -> dict[int, tuple[str, str]]:
    if not accounts:
        return {}
    found = rows(_NAMES.replace("{marks}", _marks(accounts)), list(accounts))
    return {account: (name, title) for account, name, title in found}


def _choosable(own: Unit, numbers: Iterable[int], chosen: set[int]) -> dict[int, Choosable]:
    listed = rows_of(sorted(numbers), clock.today())
    if not listed:
        return {}
    units = {each.id: each for each in load(Unit, f"id IN ({_marks(listed)})", [row.id for row in listed])}
    return {
        row.id: Choosable(row, borders.between(own, units[row.id]).crosses, row.id in chosen)
        for row in listed
        if row.status == Status.ACTIVE
    }


def _of(
    known: dict[int, Choosable], numbers: dict[str, int], units: Iterable[area_actors.Local], own: int
) -> tuple[Choosable, ...]:
    found = (numbers.get(local.slug) for local in units)
    return tuple(known[number] for number in found if number in known and number != own)


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _value in values)
